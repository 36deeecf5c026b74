"""The verb validity: whether difficulty behaves, from the results of suites."""

from pathlib import Path
from typing import Annotated

import typer

from simulator.console import AsJson, note, print_json, print_table

Results = Annotated[Path, typer.Option("--results", metavar="DIR", help="Folder of the results of suites.")]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", metavar="DIR", help="Folder of findings and figures; left out, <results>/validity."),
]


def validity(results: Results = Path("results"), folder: Out = None, as_json: AsJson = False) -> None:
    """Say whether difficulty behaves: ladder, reach, prevalence, overlap, size, rankings, false alarms.

    Reads what `smearbench suite run` wrote; a question whose suite has no results is named as not measured.
    """
    from benchmarks.validity.study import answer_all, check_study_folder, write_study

    check_study_folder(folder or results / "validity")
    found = answer_all(results)
    files = write_study(found, folder or results / "validity", note)
    if as_json:
        print_json({"findings": [one.to_json() for one in found], "files": [str(path) for path in files]})
        return
    rows = [(one.question.name, one.answer.verdict, one.answer.line) for one in found]
    print_table("", ("question", "answer", "finding"), rows, texts=(0, 1, 2))
    print(f"\nfindings and figures: {folder or results / 'validity'}")
