"""The verbs for authors of detectors: check-detector, new-detector."""

import keyword
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from benchmarks.commands import CommandLevel, Commands, Parameters
from simulator.console import AsJson, print_json, print_table
from simulator.errors import InputError, OutputError, SmearbenchError

if TYPE_CHECKING:
    from benchmarks.checking.check_subject import Subject
    from benchmarks.checking.checks import Report
    from benchmarks.detector import Level

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_TEMPLATE = Path(__file__).with_name("new_detector.py.txt")
_TEST = '''"""{title}, checked for everything that its figures need to be trusted."""

from benchmarks import check_detector
from {name} import {kind}


def test_{name}_passes_the_checks():
    check_detector({kind})
'''

Checked = Annotated[
    str | None, typer.Argument(metavar="NAME", help="A detector, module:Class, or a scikit-learn estimator.")
]
Skips = Annotated[
    list[str] | None,
    typer.Option("--skip", metavar="CHECK=REASON", help="A check that cannot hold, and why. May be repeated."),
]


def check_detector_command(
    name: Checked = None,
    parameters: Parameters = None,
    commands: Commands = None,
    command_level: CommandLevel = "account",
    skips: Skips = None,
    as_json: AsJson = False,
) -> None:
    """Check whether a detector's figures can be trusted: repeatable, blind to ids, no look ahead and more."""
    from dataclasses import asdict

    from benchmarks.checking.checks import run_checks

    subject = _find_subject(name, parameters, commands, command_level)
    report = run_checks(subject, dict(_read_skip(text) for text in skips or ()))
    if as_json:
        print_json(asdict(report))
    else:
        _print_report(report)
    if report.failed:
        names = ", ".join(result.check for result in report.failed)
        raise SmearbenchError(
            f"{report.detector}: fails {len(report.failed)} of {len(report.results)} checks: {names}."
        )


def _print_report(report: "Report") -> None:
    """Print a row a check; a cause that stands above already is not told again."""
    first: dict[str, str] = {}
    rows = []
    for result in report.results:
        earlier = first.setdefault(result.why, result.check)
        why = result.why if earlier == result.check or not result.why else f"as {earlier}"
        rows.append((result.check, result.outcome, why))
    print_table(f"{report.detector} (level {report.level})", ("check", "result", "why"), rows, texts=(0, 1, 2))


def _find_subject(
    name: str | None, parameters: list[str] | None, commands: list[str] | None, command_level: str
) -> "Subject":
    from functools import partial

    from benchmarks.checking.check_subject import Program, find_subject
    from benchmarks.orders import make_orders

    n_given = (name is not None) + len(commands or ())
    if n_given != 1:
        got = "both" if name and commands else "several" if n_given else "none"
        raise InputError(f"check-detector: must be given one detector, by name or by --detector-command, got {got}.")
    # Modules of the working folder come last, as in a run.
    sys.path.append(str(Path.cwd()))
    order = make_orders([name] if name else [], parameters or (), commands or (), command_level)[0]
    if order.command:
        return find_subject(partial(Program, order.command, cast("Level", order.level)))
    return find_subject(order.reference, order.parameters)


def _read_skip(text: str) -> tuple[str, str]:
    check, _, reason = text.partition("=")
    return check, reason


def new_detector(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the detector and of its file, as my_detector.")],
    folder: Annotated[Path, typer.Option("-o", "--out", help="Folder to write into.")] = Path(),
    as_json: AsJson = False,
) -> None:
    """Write a small working detector and its test, to go on from."""
    _check_name(name)
    words: dict[str, Any] = {"name": name, "kind": "".join(map(str.capitalize, name.split("_")))}
    words["title"] = name.replace("_", " ").capitalize()
    texts = {
        folder / f"{name}.py": _TEMPLATE.read_text(encoding="utf-8"),
        folder / f"test_{name}.py": _TEST,
    }
    for path in texts:
        if path.exists():
            raise OutputError(f"{path}: exists already. Choose another name or folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text.format(**words), encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{folder}: must be a folder to write to: {error.strerror or error}.") from error
    if as_json:
        print_json({"detector": f"{name}:{words['kind']}", "files": [str(path) for path in texts]})
        return
    print("\n".join(str(path) for path in texts))
    print(f"Next, in that folder: smearbench check-detector {name}:{words['kind']}")


def _check_name(name: str) -> None:
    from importlib.util import find_spec

    from benchmarks.registry import SHIPPED

    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise InputError(f"new-detector: must be lower-case letters, digits and _, as my_detector, got {name!r}.")
    if name in SHIPPED or find_spec(name) is not None:
        raise InputError(f"new-detector: must be a name that no detector or module has yet, got {name!r}.")
