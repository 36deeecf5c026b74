"""The verbs that score: run, score, detectors."""

from pathlib import Path
from typing import Annotated, Any

import typer

from simulator.commands import DatasetFolder, ScenarioName, load, write_world
from simulator.console import (
    OUT_HELP,
    Accounts,
    AsJson,
    Days,
    Force,
    Overrides,
    Seed,
    describe_bytes,
    is_debugging,
    measure_folder,
    note,
    print_json,
    print_table,
)

Detectors = Annotated[
    list[str] | None,
    typer.Option(
        "--detector", metavar="NAME", help="A detector, or module:Class. May be repeated; left out, the shipped ones."
    ),
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help=f"{OUT_HELP} Left out: results/runs/<id>.")]


def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    detectors: Detectors = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario, score detectors on it and print how well they find the campaign."""
    from benchmarks.registry import find_reference
    from benchmarks.run_folder import DATASET_FOLDER, make_run_folder

    for name in detectors or ():
        find_reference(name)
    loaded = load(scenario, overrides, accounts, days)
    folder = make_run_folder(f"{loaded.id}-{loaded.n_accounts}-seed{seed}", out, force=force)
    dataset = folder / DATASET_FOLDER
    try:
        write_world(loaded, seed, dataset, force=force)
    except BaseException:
        _remove_if_empty(folder)
        raise
    _score(dataset, folder, detectors, as_json)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def score(
    dataset: DatasetFolder,
    detectors: Detectors = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Score detectors on a dataset: precision, recall, average precision, by role and tactic."""
    from benchmarks.registry import find_reference
    from benchmarks.run_folder import make_run_folder
    from simulator.dataset import open_dataset

    for name in detectors or ():
        find_reference(name)
    manifest = open_dataset(dataset, verify=True).manifest
    folder = make_run_folder(
        f"{manifest.scenario.id}-{manifest.rows['accounts']}-seed{manifest.seed}", out, force=force
    )
    try:
        _score(dataset, folder, detectors, as_json)
    except BaseException:
        _remove_if_empty(folder)
        raise


def _score(dataset: Path, folder: Path, detectors: list[str] | None, as_json: bool) -> None:
    from benchmarks.run_folder import DATASET_FOLDER, write_metrics
    from benchmarks.score import DEFAULT_DETECTORS, score_dataset
    from benchmarks.score_tables import print_scores
    from simulator.dataset import open_dataset

    chosen = detectors or list(DEFAULT_DETECTORS)
    note(f"scoring: {', '.join(chosen)}")
    metrics: dict[str, Any] = score_dataset(open_dataset(dataset), chosen, debug=is_debugging())
    path = write_metrics(folder, metrics)
    if as_json:
        print_json(metrics | {"files": {"dataset": str(dataset), "metrics": str(path)}})
        return
    print_scores(metrics)
    print()
    if dataset == folder / DATASET_FOLDER:
        print(f"dataset: {dataset} ({describe_bytes(measure_folder(dataset))})")
    print(f"metrics: {path}")


def list_detectors(as_json: AsJson = False) -> None:
    """List the detectors that are installed."""
    from dataclasses import asdict

    from benchmarks.registry import list_detectors as find_all

    entries = find_all()
    if as_json:
        print_json([asdict(entry) for entry in entries])
        return
    rows = [(entry.name, entry.reference, entry.package) for entry in entries]
    print_table("", ("name", "class", "package"), rows, texts=(0, 1, 2))
