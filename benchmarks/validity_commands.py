"""The verb validity: whether difficulty behaves, from the results of suites."""

from pathlib import Path
from typing import Annotated

import typer

from simulator.console import AsJson, Force, note, print_json, print_table

Results = Annotated[Path, typer.Option("--results", metavar="DIR", help="Folder of the results of suites.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--out",
        metavar="DIR",
        help="Folder of findings and figures, those of an earlier study renewed; left out, <results>/validity.",
    ),
]


def validity(
    results: Results = Path("results"), folder: Out = None, force: Force = False, as_json: AsJson = False
) -> None:
    """Say whether difficulty behaves: ladder, reach, prevalence, overlap, size, rankings, false alarms.

    Reads what `smearbench suite run` wrote; a question whose suite has no results is named as not measured.
    """
    from benchmarks.validity.study import answer_all, check_study_folder, write_study

    home = folder or results / "validity"
    check_study_folder(home, force=force)
    found = answer_all(results)
    files = write_study(found, home, note)
    if as_json:
        print_json({"findings": [one.to_json() for one in found], "files": [str(path) for path in files]})
        return
    rows = [(one.question.name, one.answer.verdict, one.answer.line) for one in found]
    print_table("", ("question", "answer", "finding"), rows, texts=(0, 1, 2))
    print(f"\nfindings and figures: {home}")
