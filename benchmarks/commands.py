"""The verbs that score: run, score, detectors, check-detector, new-detector."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.commands import ScenarioName, load, write_world
from simulator.console import (
    OUT_HELP,
    Accounts,
    AsJson,
    Days,
    Force,
    Overrides,
    Prevalence,
    Seed,
    describe_bytes,
    is_debugging,
    measure_folder,
    note,
    print_json,
    print_table,
)
from simulator.errors import SmearbenchError

if TYPE_CHECKING:
    from benchmarks.orders import Limits, Order
    from simulator.dataset import Dataset

REPORT_FILE = "report.html"
_GIGABYTE = 1e9

Detectors = Annotated[
    list[str] | None,
    typer.Option(
        "--detector",
        metavar="NAME",
        help="A detector, module:Class, or a scikit-learn estimator. May be repeated.",
    ),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="K=V", help="An argument of the detector; NAME.K=V with several. May be repeated."),
]
Commands = Annotated[
    list[str] | None,
    typer.Option(
        "--detector-command",
        metavar="CMD",
        help="A program that reads the folder and writes the Parquet file that are added to its arguments; no shell.",
    ),
]
CommandLevel = Annotated[
    str, typer.Option("--command-level", metavar="LEVEL", help="What the program answers: account, post, group, alert.")
]
TimeLimit = Annotated[
    float, typer.Option("--time-limit", min=1, metavar="SECONDS", help="Wall time of a detector's process.")
]
MemoryLimit = Annotated[
    float,
    typer.Option("--memory-limit", min=0.1, metavar="GB", help="Resident memory of a detector's tree of processes."),
]
Calibrate = Annotated[
    list[Path] | None,
    typer.Option("--calibrate", metavar="DATASET", help="A validation world to choose thresholds on. May be repeated."),
]
Train = Annotated[
    list[Path] | None,
    typer.Option("--train", metavar="DATASET", help="A labelled world for detectors that learn. May be repeated."),
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help=f"{OUT_HELP} Left out: results/runs/<id>.")]
Datasets = Annotated[list[Path], typer.Argument(metavar="DATASET...", help="Dataset folders.")]


def make_orders_of(
    detectors: list[str] | None,
    parameters: list[str] | None,
    commands: list[str] | None,
    command_level: str,
    default: tuple[str, ...],
) -> "list[Order]":
    """Return the detectors that the options ask for, or the default ones."""
    from benchmarks.blind.external import check_command
    from benchmarks.orders import make_orders

    for command in commands or ():
        check_command(command)
    chosen = detectors or ([] if commands else list(default))
    return make_orders(chosen, parameters or (), commands or (), command_level)


def make_limits(time_limit: float, memory_limit: float) -> "Limits":
    """Return the limits that the options set."""
    from benchmarks.orders import Limits

    return Limits(time_limit, round(memory_limit * _GIGABYTE))


def run(
    scenario: ScenarioName,
    seed: Seed = 1,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    prevalence: Prevalence = None,
    detectors: Detectors = None,
    parameters: Parameters = None,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario, score detectors on it and print how well they find the campaign."""
    from benchmarks.orders import Limits
    from benchmarks.scoring.run_folder import DATASET_FOLDER, make_run_folder
    from benchmarks.scoring.score import DEFAULT_DETECTORS
    from simulator.dataset import open_dataset

    orders = make_orders_of(detectors, parameters, None, "account", DEFAULT_DETECTORS)
    loaded = load(scenario, overrides, accounts, days, prevalence)
    folder = make_run_folder(f"{loaded.id}-{loaded.n_accounts}-seed{seed}", out, force=force)
    dataset = folder / DATASET_FOLDER
    try:
        write_world(loaded, seed, dataset, force=force)
    except BaseException:
        _remove_if_empty(folder)
        raise
    _score(folder, [dataset], [open_dataset(dataset)], orders, [], [], Limits(), as_json)


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()


def score(
    datasets: Datasets,
    detectors: Detectors = None,
    parameters: Parameters = None,
    commands: Commands = None,
    command_level: CommandLevel = "account",
    calibrate: Calibrate = None,
    train: Train = None,
    time_limit: TimeLimit = 900.0,
    memory_limit: MemoryLimit = 4.0,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Score detectors on datasets: how well they rank, what they accuse, whom wrongly, group by group."""
    from benchmarks.scoring.run_folder import make_run_folder
    from benchmarks.scoring.score import DEFAULT_DETECTORS
    from simulator.dataset import open_dataset

    orders = make_orders_of(detectors, parameters, commands, command_level, DEFAULT_DETECTORS)
    limits = make_limits(time_limit, memory_limit)
    opened = [open_dataset(path, verify=True) for path in datasets]
    validation = [open_dataset(path, verify=True) for path in calibrate or ()]
    training = [open_dataset(path, verify=True) for path in train or ()]
    refuse_overlap(opened, validation, training)
    manifest = opened[0].manifest
    stem = f"{manifest.scenario.id}-{manifest.rows['accounts']}-seed{manifest.seed}"
    folder = make_run_folder(stem, out, force=force)
    try:
        _score(folder, datasets, opened, orders, validation, training, limits, as_json)
    except BaseException:
        _remove_if_empty(folder)
        raise


def refuse_overlap(datasets: "list[Dataset]", validation: "list[Dataset]", training: "list[Dataset]") -> None:
    """Refuse worlds that are used twice, whatever folder they lie in: to be scored, to calibrate on, to learn from."""
    from simulator.errors import InputError

    used: dict[tuple[str, int], tuple[str, Dataset]] = {}
    for option, worlds in (("DATASET", datasets), ("--calibrate", validation), ("--train", training)):
        for world in worlds:
            key = (world.manifest.scenario.digest, world.seed)
            earlier, other = used.setdefault(key, (option, world))
            if earlier != option:
                named = f"{world.path}, which is {other.path} of {earlier}"
                raise InputError(f"{option}: must be another world, got {named} again. Simulate another seed.")


def _score(
    folder: Path,
    paths: list[Path],
    datasets: "list[Dataset]",
    orders: "list[Order]",
    validation: "list[Dataset]",
    training: "list[Dataset]",
    limits: "Limits",
    as_json: bool,
) -> None:
    """Score, write the results into a folder, print them, and end with 1 when a detector failed."""
    from benchmarks.scoring.run_folder import DATASET_FOLDER, write_metrics
    from benchmarks.scoring.score import score_datasets
    from benchmarks.scoring.score_tables import print_scores
    from benchmarks.scoring.scores_file import write_scores

    metrics, scored = score_datasets(
        datasets,
        orders,
        calibrate=validation,
        train=training,
        limits=limits,
        debug=is_debugging(),
        say=note,
    )
    files: dict[str, Any] = {"datasets": [str(path) for path in paths]}
    files["scores"] = str(write_scores(folder, scored))
    files["metrics"] = str(write_metrics(folder, metrics))
    is_run = paths == [folder / DATASET_FOLDER]
    if is_run:
        files["report"] = str(_write_report(datasets[0], folder, metrics))
    if as_json:
        print_json(metrics | {"files": files})
    else:
        print_scores(metrics)
        print()
        if is_run:
            print(f"dataset: {paths[0]} ({describe_bytes(measure_folder(paths[0]))})")
        print(f"scores:  {files['scores']}\nmetrics: {files['metrics']}")
        if is_run:
            print(f"report:  {files['report']} (open it in a browser)")
    _fail_for(metrics)


def _write_report(dataset: "Dataset", folder: Path, metrics: dict[str, Any]) -> Path:
    """Write the page about a dataset beside its scores, with those of accounts over it."""
    from benchmarks.report.report import make_report, save_report

    note("making the page")
    out = folder / REPORT_FILE
    found = metrics["worlds"][0]["detectors"]
    has_ranked = any(one["level"] == "account" and one["status"] == "ok" for one in found)
    save_report(make_report(dataset, scores=[folder] if has_ranked else []), out)
    return out


def _fail_for(metrics: dict[str, Any]) -> None:
    failed = {d["name"]: d for world in metrics["worlds"] for d in world["detectors"] if d["status"] != "ok"}
    if failed:
        lines = [f"detector {name}: {d['status']}: {d['message']}" for name, d in failed.items()]
        raise SmearbenchError("\n".join(lines))


def list_detectors(as_json: AsJson = False) -> None:
    """List the detectors that are installed: level, paper, what they read and how their time grows."""
    from benchmarks.detector_list import describe_all

    found = describe_all()
    if as_json:
        print_json(found)
        return
    rows = [
        (entry["name"], entry["level"], _shorten(entry["paper"]), f"{entry['needs']}; {entry['cost']}")
        for entry in sorted(found, key=lambda entry: (entry["is_control"], entry["level"], entry["name"]))
    ]
    print_table("", ("name", "level", "paper", "reads; time grows"), rows, texts=(0, 1, 2, 3))
    print("\nControls stand last. --json gives the papers' identifiers.")
    for entry in found:
        if entry["package"] != "smearbench":
            print(f"{entry['name']}: offered by the package {entry['package']} ({entry['reference']})")


def _shorten(paper: str) -> str:
    """Return authors and years of papers without their identifiers."""
    return re.sub(r",? ?\(?(doi|arXiv)[: ]\S+?\)?(?=;|$)", "", paper)
