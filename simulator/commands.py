"""The verbs of the command line that only simulate: check, scenarios, schema, simulate, describe, verify, effect."""

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console, RenderableType

from simulator.console import (
    OUT_HELP,
    Accounts,
    AsJson,
    Days,
    Force,
    Overrides,
    Prevalence,
    Program,
    Seed,
    describe_bytes,
    measure_folder,
    note,
    print_json,
    print_table,
    start,
)
from simulator.errors import InputError, Problem, ScenarioError
from simulator.progress import SimulationProgress

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.simulation import Run

ScenarioName = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A YAML file, or the name of a shipped scenario.")
]
DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]

Found = dict[str, Any]

SUMMARY = "Make synthetic online smear campaigns with the truth attached, and measure detectors on them."


def make_app() -> typer.Typer:
    """Return a program with the verbs of this module."""
    app = typer.Typer(
        cls=Program, help=SUMMARY, no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False
    )
    app.callback()(_set_global_options)
    for verb in (check, scenarios, schema, simulate, describe, verify, effect):
        app.command()(verb)
    return app


def _set_global_options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure; stands anywhere.")] = False,
) -> None:
    """Options before the command; read by the program itself."""


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files, or names of shipped ones.")],
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    as_json: AsJson = False,
) -> None:
    """Check scenario files completely and say all that is wrong with them."""
    answers = [_check_file(file, overrides, accounts, days) for file in files]
    problems = [problem for _, found, _ in answers for problem in found]
    if as_json:
        print_json([_describe_check(*answer) for answer in answers])
    else:
        for file, _, scenario in answers:
            if scenario is not None:
                size = f"{scenario.n_accounts:,} accounts, {scenario.n_days} days, prevalence {scenario.prevalence:.1%}"
                print(f"{file}: good; {size}")
    if problems:
        raise typer.Exit(InputError.exit_code) if as_json else ScenarioError(*problems)


def _check_file(
    file: str, overrides: Iterable[str] | None, accounts: int | None, days: int | None
) -> tuple[str, tuple[Problem | str, ...], "Scenario | None"]:
    try:
        return file, (), load(file, overrides, accounts, days)
    except ScenarioError as error:
        return file, error.problems, None


def _describe_check(file: str, problems: tuple[Problem | str, ...], scenario: "Scenario | None") -> dict[str, object]:
    answer: dict[str, object] = {"file": file, "good": not problems}
    if scenario is None:
        return answer | {"problems": [_describe_problem(problem) for problem in problems]}
    size = {"accounts": scenario.n_accounts, "days": scenario.n_days, "prevalence": round(scenario.prevalence, 6)}
    return answer | {"id": scenario.id} | size


def _describe_problem(problem: Problem | str) -> dict[str, object]:
    if isinstance(problem, str):
        return {"message": problem}
    names = ("file", "line", "column", "path", "rule", "value", "advice")
    return {name: getattr(problem, name) for name in names} | {"message": str(problem)}


def _show_notes(notes: Iterable[str]) -> None:
    for line in notes:
        note(f"note: {line}")


def scenarios(as_json: AsJson = False) -> None:
    """List the shipped scenarios: what they show, their size and prevalence."""
    from dataclasses import asdict

    from simulator.scenario import list_scenarios

    rows = list_scenarios()
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    cells = [(row.id, row.summary, f"{row.accounts:,}", f"{row.days}", f"{row.prevalence:.1%}") for row in rows]
    print_table("", ("id", "what it shows", "accounts", "days", "prevalence"), cells, texts=(0, 1))


def schema(
    dataset: Annotated[bool, typer.Option("--dataset", help="The columns of a dataset instead of a scenario.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of scenario files, or with --dataset every column of a dataset."""
    if not dataset:
        from simulator.scenario import json_schema_text

        print(json_schema_text(), end="")
        return
    from simulator.dataset.reference import name_type, render_schema
    from simulator.schema import SCHEMA_VERSION, TABLES

    if not as_json:
        print(render_schema(), end="")
        return
    tables = [
        {
            "name": table.name,
            "path": table.path,
            "text": table.text,
            "order": list(table.order),
            "columns": [
                {"name": column.name, "type": name_type(column.type), "null": column.nullable, "text": column.text}
                for column in table.columns
            ],
        }
        for table in TABLES
    ]
    print_json({"schema_version": SCHEMA_VERSION, "tables": tables})


def simulate(
    scenario: ScenarioName,
    out: Annotated[Path, typer.Option("-o", "--out", help=OUT_HELP)],
    seed: Seed = 1,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    prevalence: Prevalence = None,
    twin: Annotated[bool, typer.Option("--twin", help="Also write the twin, to OUT-twin.")] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario and write it as a dataset folder."""
    loaded = load(scenario, overrides, accounts, days, prevalence)
    outs = [out, out.with_name(f"{out.name}-twin")] if twin else [out]
    check_outputs(outs, force)
    runs = [write_world(loaded, seed, folder, twin=place == 1, force=force) for place, folder in enumerate(outs)]
    if as_json:
        print_json({"scenario": loaded.id, "seed": seed, "datasets": [_describe_run(run) for run in runs]})
        return
    for run in runs:
        print(f"{run.path}: {run.counters['posts']:,} posts, {describe_bytes(measure_folder(run.path))}")


def _describe_run(run: "Run") -> dict[str, object]:
    from simulator.dataset import open_dataset

    rows = open_dataset(run.path).counts
    return {"path": str(run.path), "bytes": measure_folder(run.path), "rows": rows, "counters": run.counters}


def load(
    name: str,
    overrides: Iterable[str] | None,
    accounts: int | None,
    days: int | None,
    prevalence: float | None = None,
) -> "Scenario":
    """Load a scenario and say on stderr how it was cut."""
    from simulator.scenario import load_scenario_with_notes

    scenario, notes = load_scenario_with_notes(
        name, overrides=tuple(overrides or ()), accounts=accounts, days=days, prevalence=prevalence
    )
    _show_notes(notes)
    return scenario


def check_outputs(outs: Iterable[Path], force: bool) -> None:
    """Refuse outputs that are there or cannot be written, before any work."""
    from simulator.dataset.folder import OutputFolder

    for out in outs:
        OutputFolder(out, force=force)


def write_world(
    scenario: "Scenario", seed: int, out: Path, *, twin: bool = False, placebo: bool = False, force: bool = False
) -> "Run":
    """Simulate a world, its twin or a placebo into a dataset folder, with progress on stderr."""
    from simulator.simulation import simulate as run

    variant = " twin" if twin else " placebo" if placebo else ""
    with SimulationProgress(f"{scenario.id}{variant}, seed {seed}") as progress:
        finished = run(scenario, seed, out, twin=twin, placebo=placebo, force=force, progress=progress)
    _show_notes(finished.notes)
    return finished


def describe(dataset: DatasetFolder, as_json: AsJson = False) -> None:
    """Summarise a dataset: rows, languages, prevalence, pushes, busiest days, narratives, exposure."""
    from simulator.describe import describe as summarise
    from simulator.describe import render_description

    summary = summarise(dataset)
    print_json(summary) if as_json else Console().print(render_description(summary))


def verify(dataset: DatasetFolder, as_json: AsJson = False) -> None:
    """Prove a dataset against its own scenario: a line a rule; exit code 1 when one does not hold."""
    from simulator.verify import prove, render_proof

    proof = prove(dataset)
    print_json(proof) if as_json else Console().print(render_proof(proof))
    if not proof["holds"]:
        raise typer.Exit(1)


def effect(
    world: Annotated[str, typer.Argument(metavar="DATASET|SCENARIO", help="A dataset, or with --seeds a scenario.")],
    twin: Annotated[Path | None, typer.Argument(metavar="[TWIN]", help="The dataset of its twin.")] = None,
    seeds: Annotated[
        int | None, typer.Option("--seeds", min=1, metavar="N", help="Simulate so many seeds of a scenario.")
    ] = None,
    seed: Seed = 1,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    as_json: AsJson = False,
) -> None:
    """Print what a campaign changed: reach, exposures by tactic, attitudes by segment, reactions.

    Give a dataset and its twin, or a scenario and --seeds for mean, interval and the placebo floor.
    """
    if seeds is None:
        found, render = _measure_pair(world, twin)
    elif twin is not None:
        raise InputError("effect: --seeds simulates its own twins: give a scenario and no TWIN.")
    else:
        found, render = _measure_seeds(load(world, overrides, accounts, days), range(seed, seed + seeds))
    print_json(found) if as_json else Console().print(render(found))


def _measure_pair(world: str, twin: Path | None) -> tuple[Found, Callable[[Found], RenderableType]]:
    from simulator.effect import effect as measure
    from simulator.effect_tables import render_effect

    if twin is None:
        raise InputError(f"effect: needs the twin of {world} too, or --seeds N to simulate a scenario.")
    return measure(world, twin), render_effect


def _measure_seeds(scenario: "Scenario", seeds: range) -> tuple[Found, Callable[[Found], RenderableType]]:
    """Simulate world, twin and placebo of every seed in a temporary folder; measure and remove them one by one."""
    from simulator.effect import effect as measure
    from simulator.effect_over_seeds import effect_over_seeds
    from simulator.effect_tables import render_effect_over_seeds

    found: dict[tuple[str, str], Found] = {}
    triples = []
    for seed in seeds:
        with tempfile.TemporaryDirectory(prefix="smearbench-effect-") as folder:
            world, twin, placebo = (Path(folder) / name for name in ("world", "twin", "placebo"))
            write_world(scenario, seed, world)
            write_world(scenario, seed, twin, twin=True)
            write_world(scenario, seed, placebo, placebo=True)
            for first in (world, placebo):
                found[str(first), str(twin)] = measure(first, twin)
            triples.append((str(world), str(twin), str(placebo)))
    answer = effect_over_seeds(triples, measure=lambda first, second: found[str(first), str(second)])
    return answer, render_effect_over_seeds


def main() -> None:
    """Run the program with the verbs that only simulate."""
    os.environ.setdefault("PYTHONUTF8", "1")
    start(make_app())
