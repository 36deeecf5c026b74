"""The verb fidelity: how near datasets are to real populations."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from simulator.console import OUT_HELP, AsJson, Force, note, print_json
from simulator.errors import SmearbenchError

Worlds = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATASET...",
        help="A dataset folder; of several worlds of a scenario, the medians are held against the real ones.",
    ),
]
Reference = Annotated[
    Path | None,
    typer.Option(
        "--reference",
        metavar="TABLE",
        help="Hold people's posts against your own: Parquet or CSV with account_id, created_at, text.",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("-o", "--out", help=f"{OUT_HELP} A folder of figures and JSON; left out, none."),
]


def fidelity(
    datasets: Worlds,
    reference: Reference = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Hold datasets against real populations, fact by fact: inside or outside, a score a pair, the contrast."""
    from benchmarks.fidelity.fidelity_tables import print_fidelity
    from benchmarks.fidelity.report import measure_worlds
    from benchmarks.scoring.run_folder import check_result_folder
    from simulator.dataset import open_dataset

    opened = [open_dataset(path, verify=True) for path in datasets]
    if out is not None:
        check_result_folder(out, force=force)
    found = measure_worlds(opened, note, reference)
    files = _write(found, out, force) if out is not None else []
    if as_json:
        print_json(found | {"files": files})
        return
    print_fidelity(found)
    if out is not None:
        print(f"\nfigures and fidelity.json: {out}")


def _write(found: dict[str, Any], out: Path, force: bool) -> list[str]:
    """Write the document and its figures; return the files."""
    from benchmarks.alerting.termination import end_in_order
    from benchmarks.fidelity.figures import FIGURE_FILES, draw_figures
    from benchmarks.fidelity.report import RESULT_FILE
    from benchmarks.scoring.run_folder import whole_result_folder

    earlier = (RESULT_FILE, *FIGURE_FILES)
    with end_in_order(), whole_result_folder(out, force=force, earlier=earlier) as folder:
        document = folder / RESULT_FILE
        document.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        figures = []
        try:
            figures = draw_figures(found, folder)
        except SmearbenchError as error:
            note(str(error))
        return [str(out / path.name) for path in (document, *figures)]
