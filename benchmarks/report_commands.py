"""The verb that makes the page: report."""

import os
from pathlib import Path
from typing import Annotated

import typer

from simulator.console import OUT_HELP, AsJson, Force, describe_bytes, print_json
from simulator.errors import InputError, OutputError

DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
Out = Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help=f"{OUT_HELP} The page, for any browser.")]
Compare = Annotated[
    list[Path] | None,
    typer.Option("--compare", metavar="DATASET2", help="Another run of the same seed, side by side. Once or twice."),
]
Scores = Annotated[
    list[Path] | None,
    typer.Option("--scores", metavar="DIR", help="A folder of smearbench score or run. May be repeated."),
]
Alerts = Annotated[
    Path | None, typer.Option("--alerts", metavar="FILE", help="The alerts.json of smearbench alerts -o DIR.")
]
Teach = Annotated[
    str | None,
    typer.Option("--lesson", metavar="FILE", help="Guided steps: a YAML file, or campaign, hard_negatives, stopped."),
]


def report(
    dataset: DatasetFolder,
    compare: Compare = None,
    scores: Scores = None,
    alerts: Alerts = None,
    lesson: Teach = None,
    out: Out = Path("report.html"),
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Make one HTML page about a dataset: play it, read it, then reveal the truth."""
    from benchmarks.report.lesson_file import load_lesson
    from benchmarks.report.report import make_report, save_report
    from simulator.dataset import open_dataset

    _check_out(out, force)
    taught = load_lesson(lesson) if lesson is not None else None
    others = [open_dataset(other) for other in compare or []]
    page = make_report(open_dataset(dataset), others, lesson=taught, scores=scores or [], alerts=alerts)
    save_report(page, out)
    n_bytes = out.stat().st_size
    if as_json:
        print_json({"synthetic": True, "report": str(out), "bytes": n_bytes})
    else:
        print(f"{out}: {describe_bytes(n_bytes)}, synthetic; open it in a browser")


def _check_out(out: Path, force: bool) -> None:
    if out.is_dir():
        raise InputError(f"{out}: must be a file, got a folder. Give the page a name, as report.html.")
    if not out.parent.is_dir():
        raise InputError(f"{out}: must be in a folder that is there, got {out.parent}. Make it first.")
    if not os.access(out.parent, os.W_OK):
        raise OutputError(
            f"{out}: must be in a folder to write in, got {out.parent}, which is read-only. Give another -o."
        )
    if out.exists() and not force:
        raise InputError(f"{out}: must not be there yet, got a file. Give another -o, or --force.")
