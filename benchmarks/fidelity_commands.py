"""The verb fidelity: how near a dataset is to real populations."""

import json
from pathlib import Path
from typing import Annotated

import typer

from simulator.console import AsJson, Force, print_json

DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
Reference = Annotated[
    Path | None,
    typer.Option(
        "--reference",
        metavar="TABLE",
        help="Hold the dataset against your own posts: Parquet or CSV with account_id, created_at, text.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="Folder for the figures and fidelity.json; left out, none.")
]


def fidelity(
    dataset: DatasetFolder,
    reference: Reference = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Hold a dataset against real populations, fact by fact: inside or outside, a score a pair, the contrast."""
    from benchmarks.fidelity.fidelity_tables import print_fidelity
    from benchmarks.fidelity.report import RESULT_FILE, make_result_folder, measure_fidelity
    from simulator.dataset import open_dataset

    opened = open_dataset(dataset)
    if out is not None:
        make_result_folder(out, force=force)
    found = measure_fidelity(opened)
    if out is not None:
        (out / RESULT_FILE).write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if as_json:
        print_json(found)
        return
    print_fidelity(found)
