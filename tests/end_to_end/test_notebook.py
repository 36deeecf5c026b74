"""The notebook is what its script gives: the same cells, code that runs, and the very numbers it shows."""

import base64
import json
import re
from pathlib import Path

import pytest

from benchmarks.notebook import Cell, make_notebook, read_cells, read_notebook, run_cells

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT, NOTEBOOK = DOCS / "first_look.py", DOCS / "first_look.ipynb"
ADVICE = "python -m benchmarks.notebook docs/first_look.py"


def read_committed():
    return json.loads(NOTEBOOK.read_text(encoding="utf-8"))


def count_pictures(cell):
    return sum("image/png" in output.get("data", ()) for output in cell["outputs"])


@pytest.fixture(scope="module")
def cells():
    return read_cells(SCRIPT.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def outputs(cells):
    return list(run_cells(cells))


def test_notebook_holds_the_cells_of_its_script(cells):
    assert read_notebook(NOTEBOOK)[0] == cells, f"make it anew: {ADVICE}"


def test_committed_numbers_are_what_running_gives(outputs):
    assert read_notebook(NOTEBOOK)[1] == [output.text for output in outputs], f"make it anew: {ADVICE}"


def test_committed_pictures_are_as_many_as_running_gives(outputs):
    code = [cell for cell in read_committed()["cells"] if cell["cell_type"] == "code"]
    assert [count_pictures(cell) for cell in code] == [len(output.pictures) for output in outputs]
    assert sum(len(output.pictures) for output in outputs) == 4


def test_notebook_is_small_and_names_no_folder_of_a_machine():
    text = NOTEBOOK.read_text(encoding="utf-8")
    shown = json.dumps([re.sub(r"[A-Za-z0-9+/=]{200,}", "", text)])
    assert len(text.encode()) < 500_000
    assert not re.search(r"/tmp/|/home/|/root/|site-packages", shown)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("# %%\na = 1\n\n# %%\nb = 2\n", [Cell("a = 1", False), Cell("b = 2", False)]),
        ("# %% [markdown]\n# # T\n#\n# text\n", [Cell("# T\n\ntext", True)]),
        ('# %%\n"""# %% in a text"""\n', [Cell('"""# %% in a text"""', False)]),
        ("import before\n# %%\n\na = 1\n", [Cell("a = 1", False)]),
    ],
)
def test_script_is_read_cell_by_cell(script, expected):
    assert read_cells(script) == expected


def test_cells_share_names_and_leave_pictures_behind():
    code = [
        "from matplotlib import pyplot\nfigure = pyplot.figure()",
        "print(len(pyplot.get_fignums()), type(figure).__name__)",
    ]
    first, second = run_cells([Cell(text, False) for text in code])
    assert (first.text, len(first.pictures)) == ("", 1)
    assert first.pictures[0].startswith(b"\x89PNG")
    assert (second.text, second.pictures) == ("0 Figure\n", ())


def test_cell_that_fails_is_named():
    with pytest.raises(ZeroDivisionError) as caught:
        list(run_cells([Cell("text", True), Cell("1 / 0", False)]))
    assert str(caught.traceback[-1].path) == "<cell 2>"


def test_notebook_keeps_text_pictures_and_numbers_of_cells():
    (output,) = run_cells([Cell("print('a')\nprint('b')", False)])
    made = make_notebook([Cell("# T", True), Cell("print", False)], [output])
    text, code = made["cells"]
    assert (text["cell_type"], text["source"]) == ("markdown", ["# T"])
    assert (code["execution_count"], code["outputs"][0]["text"]) == (1, ["a\n", "b\n"])
    assert len({cell["id"] for cell in made["cells"]}) == 2


def test_committed_pictures_are_pictures():
    data = [
        output["data"]["image/png"]
        for cell in read_committed()["cells"]
        for output in cell.get("outputs", ())
        if "data" in output
    ]
    assert all(base64.b64decode(image).startswith(b"\x89PNG") for image in data)
