"""What every command of the program shares: options, errors without traceback, tables and JSON."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from simulator.errors import SmearbenchError

DEBUG_FLAG = "--debug"
INTERRUPTED = 130
_settings = {"debug": False}


def _check_seed(seed: int) -> int:
    if seed >= 1 << 64:
        raise typer.BadParameter(f"must be below 2^64, got {seed}")
    return seed


AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an output that is already there.")]
Seed = Annotated[int, typer.Option("--seed", min=0, callback=_check_seed, metavar="N", help="Seed of the world.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Override a setting; 'all' means every name. May be repeated."),
]
Accounts = Annotated[
    int | None,
    typer.Option("--accounts", min=1, metavar="N", help="Scale the world to this many accounts."),
]
Days = Annotated[
    int | None, typer.Option("--days", min=1, metavar="N", help="Keep only so many days around the launch.")
]
Prevalence = Annotated[
    float | None,
    typer.Option("--prevalence", metavar="SHARE", help="Share of operated accounts; left out, the scenario's."),
]
OUT_HELP = "Where the result is written; never replaced without --force."


class Program(TyperGroup):
    """A group of commands whose failures are one message each: exit code 2 for bad input, 1 for a failed run."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; turn what it raises into a message and an exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            note("Interrupted; nothing unfinished was kept.")
            # Else `python -m` ends by the signal when Ctrl-C fell into an exec of text, as dataclasses do: an exec
            # that ends well makes Python forget it (Python 3.11, Python/pythonrun.c, run_eval_code_obj).
            exec("")
            raise typer.Exit(INTERRUPTED) from None
        except SmearbenchError as error:
            if is_debugging():
                raise
            note(str(error))
            raise typer.Exit(error.exit_code) from None
        except Exception as error:
            if isinstance(error, (typer.Exit, typer.Abort, BrokenPipeError)) or hasattr(error, "format_message"):
                raise
            if is_debugging():
                raise
            note(f"The run failed: {type(error).__name__}: {error}\nUse {DEBUG_FLAG} to see where.")
            raise typer.Exit(1) from None


def is_debugging() -> bool:
    """Whether `--debug` was given."""
    return _settings["debug"]


def start(app: typer.Typer, arguments: Sequence[str] | None = None) -> None:
    """Run a program; `--debug` may stand anywhere among its arguments."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if DEBUG_FLAG in given:
        given = [argument for argument in given if argument != DEBUG_FLAG]
        _settings["debug"] = True
    app(given, prog_name="smearbench")


def note(text: str) -> None:
    """Print a message for people, on stderr."""
    print(text, file=sys.stderr, flush=True)


def print_json(content: Any) -> None:
    """Print one JSON document on stdout."""
    print(json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, texts: Sequence[int] = (0,)
) -> None:
    """Print a table on stdout; columns named in `texts` by place hold text and wrap, the others are figures.

    The first one wraps only where it is the only text: a figure is never cut.
    """
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        is_text = place in texts
        is_kept = not is_text or (place == 0 and len(texts) > 1)
        table.add_column(column, justify="left" if is_text else "right", no_wrap=is_kept, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(soft_wrap=False).print(table)


def describe_bytes(n_bytes: float) -> str:
    """Return a size as people say it.

    Examples
    --------
    >>> describe_bytes(2_500_000)
    '2.5 MB'
    """
    for unit in ("B", "kB", "MB"):
        if n_bytes < 1000:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.3g} GB"


def measure_folder(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(os.path.getsize(path) for path in folder.rglob("*") if path.is_file())
