"""Runs a script of cells and writes it as a notebook: ``python -m benchmarks.notebook docs/first_look.py``.

The script is the source that people edit (jupytext's "percent" form, which Jupyter and editors open as it is); the
notebook beside it is made, never edited. Needs matplotlib (the extra ``notebook``).
"""

import base64
import io
import json
import re
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_CELL = re.compile(r"^# %%(?P<kind> \[markdown\])?\n(?P<body>.*?)(?=^# %%|\Z)", re.MULTILINE | re.DOTALL)
_DOTS_PER_INCH = 80


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, and whether that is Markdown instead of code."""

    source: str
    is_markdown: bool


@dataclass(frozen=True, slots=True)
class Output:
    """What a cell of code gave: the text that it printed and the pictures that it left open, as PNG."""

    text: str
    pictures: tuple[bytes, ...]


def read_cells(script: str) -> list[Cell]:
    """Return the cells of a script in percent form, in order.

    Examples
    --------
    >>> [cell.source for cell in read_cells("# %% [markdown]\\n# # Title\\n#\\n# Text.\\n\\n# %%\\nprint(1)\\n")]
    ['# Title\\n\\nText.', 'print(1)']
    """
    return [
        Cell(_uncomment(match["body"]) if match["kind"] else match["body"].strip("\n"), bool(match["kind"]))
        for match in _CELL.finditer(script)
    ]


def _uncomment(body: str) -> str:
    return "\n".join(line.removeprefix("#").removeprefix(" ") for line in body.strip().splitlines())


def run_cells(cells: list[Cell]) -> Iterator[Output]:
    """Run the code cells of a notebook in one namespace, and yield what each gave.

    Parameters
    ----------
    cells : list of Cell
        Cells of text are passed over.
    """
    import matplotlib

    matplotlib.use("Agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    for place, cell in enumerate(cells):
        if not cell.is_markdown:
            code = compile(cell.source, f"<cell {place + 1}>", "exec")
            with redirect_stdout(io.StringIO()) as said:
                exec(code, names)
            yield Output(said.getvalue(), tuple(_take_pictures()))


def _take_pictures() -> Iterator[bytes]:
    """Yield the open figures as PNG and close them, as a notebook does after each cell."""
    from matplotlib import pyplot

    for number in pyplot.get_fignums():
        buffer = io.BytesIO()
        pyplot.figure(number).savefig(buffer, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None})
        yield buffer.getvalue()
    pyplot.close("all")


def make_notebook(cells: list[Cell], outputs: list[Output]) -> dict[str, Any]:
    """Return a notebook as of format 4.5 (nbformat.readthedocs.io), ready for JSON.

    Parameters
    ----------
    cells : list of Cell
    outputs : list of Output
        One for each cell of code, in order.
    """
    given = iter(enumerate(outputs, start=1))
    return {
        "cells": [_describe_cell(place, cell, given) for place, cell in enumerate(cells, start=1)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
            "synthetic": True,
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _describe_cell(place: int, cell: Cell, given: Iterator[tuple[int, Output]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "cell_type": "markdown" if cell.is_markdown else "code",
        "id": f"cell-{place:02}",
        "metadata": {},
        "source": cell.source.splitlines(keepends=True),
    }
    if not cell.is_markdown:
        number, output = next(given)
        described |= {"execution_count": number, "outputs": list(_describe_output(output))}
    return described


def _describe_output(output: Output) -> Iterator[dict[str, Any]]:
    if output.text:
        yield {"output_type": "stream", "name": "stdout", "text": output.text.splitlines(keepends=True)}
    for picture in output.pictures:
        image = base64.b64encode(picture).decode("ascii")
        yield {"output_type": "display_data", "metadata": {}, "data": {"image/png": image}}


def read_notebook(path: str | Path) -> tuple[list[Cell], list[str]]:
    """Return the cells of a notebook, and the text that each cell of code printed."""
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    cells = [Cell("".join(cell["source"]), cell["cell_type"] == "markdown") for cell in content["cells"]]
    texts = [
        "".join(line for output in cell["outputs"] for line in output.get("text", ()))
        for cell in content["cells"]
        if cell["cell_type"] == "code"
    ]
    return cells, texts


def write_notebook(script: str | Path) -> Path:
    """Run a script and write the notebook beside it; return its path."""
    source = Path(script)
    cells = read_cells(source.read_text(encoding="utf-8"))
    notebook = make_notebook(cells, list(run_cells(cells)))
    path = source.with_suffix(".ipynb")
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    print(write_notebook(sys.argv[1]))
