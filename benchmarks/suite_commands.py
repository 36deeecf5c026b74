"""The verbs over many worlds: suite (list, run; see seal_commands too), compare."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchmarks.commands import (
    CommandLevel,
    Commands,
    Detectors,
    MemoryLimit,
    Parameters,
    TimeLimit,
    make_limits,
    make_orders_of,
)
from benchmarks.sealed.seal_commands import answer, reveal, seal
from simulator.console import AsJson, Program, note, print_json, print_table
from simulator.errors import InputError

if TYPE_CHECKING:
    from benchmarks.orders import Order
    from benchmarks.suites.suite import Suite
    from benchmarks.suites.workers import Workers

RESULTS = Path("results")
N_CORES = os.cpu_count() or 1
CACHE = RESULTS / "runs" / "cache"

SuiteName = Annotated[str, typer.Argument(metavar="SUITE", help="A YAML file, or the name of a shipped suite.")]
Jobs = Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="Processes of this machine.")]
Backend = Annotated[str, typer.Option("--backend", metavar="NAME", help="local, or dask with --scheduler.")]
Scheduler = Annotated[str, typer.Option("--scheduler", metavar="TCP", help="Address of a Dask scheduler.")]
Cache = Annotated[
    Path,
    typer.Option("--cache", metavar="DIR", help="Where worlds and answers are kept, for later runs to go on with."),
]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Folder of the results; left out, results/<suite>.")]
Results = Annotated[
    Path, typer.Option("--results", metavar="DIR", help="Results of a suite; left out, results/standard.")
]


def make_suite_app() -> typer.Typer:
    """Return the group of verbs under ``smearbench suite``."""
    app = typer.Typer(cls=Program, help="Run detectors over suites of worlds.", no_args_is_help=True)
    app.command("list")(list_suites)
    app.command("run")(run_suite)
    for verb in (seal, answer, reveal):
        app.command()(verb)
    return app


def list_suites(as_json: AsJson = False) -> None:
    """List the shipped suites: what they tell and how many worlds they have."""
    from benchmarks.suites.suite import list_suites as find_all
    from benchmarks.suites.suite import load_suite

    found = [(load_suite(name)[0], path) for name, path in find_all().items()]
    if as_json:
        print_json([suite.model_dump(mode="json") | {"file": str(path)} for suite, path in found])
        return
    rows = [
        (suite.id, suite.summary, str(_count_worlds(suite, path)), ", ".join(suite.tracks)) for suite, path in found
    ]
    print_table("", ("suite", "what it tells", "worlds", "tracks"), rows, texts=(0, 1, 3))


def _count_worlds(suite: "Suite", path: Path) -> int:
    from benchmarks.suites.suite import list_worlds
    from simulator.vocabulary import Split

    return sum(1 for split in Split for _ in list_worlds(suite, path.parent, split))


def run_suite(
    suite: SuiteName,
    detectors: Detectors = None,
    parameters: Parameters = None,
    commands: Commands = None,
    command_level: CommandLevel = "account",
    jobs: Jobs = N_CORES,
    backend: Backend = "local",
    scheduler: Scheduler = "",
    cache: Cache = CACHE,
    time_limit: TimeLimit = 900.0,
    memory_limit: MemoryLimit = 4.0,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Run detectors over all worlds of a suite and write its results; what is done is never done twice.

    Rows of detectors that are not run this time are kept, so that a new detector joins a leaderboard.
    """
    from benchmarks.suites.suite import load_suite
    from benchmarks.suites.suite_results import LEADERBOARD_FILE, check_results_folder, write_results
    from benchmarks.suites.suite_run import SuiteRun, make_stamp

    loaded, path = load_suite(suite)
    folder = out or RESULTS / loaded.id
    check_results_folder(folder, loaded.id)
    orders = _choose_orders(loaded, detectors, parameters, commands, command_level)
    workers = _choose_workers(jobs, backend, scheduler)
    cache.mkdir(parents=True, exist_ok=True)
    limits = make_limits(time_limit, memory_limit)
    running = SuiteRun(loaded, path.parent, orders, cache.resolve(), workers, limits)
    rows = write_results(folder, running.run(), make_stamp(running))
    if as_json:
        print_json({"suite": loaded.id, "results": str(folder), "rows": rows})
    else:
        _print_headlines(rows, loaded)
        print(f"\nleaderboard: {folder / LEADERBOARD_FILE}")
    failed = sorted({f"{row['detector']} ({row['status']})" for row in rows if row["status"] != "ok"})
    if failed:
        note(f"Failed on at least one world: {', '.join(failed)}. The leaderboard says where and why.")


def _choose_orders(
    suite: "Suite",
    detectors: list[str] | None,
    parameters: list[str] | None,
    commands: list[str] | None,
    command_level: str,
) -> "list[Order]":
    from benchmarks.orders import ORACLE
    from benchmarks.registry import SHIPPED

    return make_orders_of(detectors, parameters, commands, command_level, suite.detectors or (*SHIPPED, ORACLE))


def _choose_workers(jobs: int, backend: str, scheduler: str) -> "Workers":
    from benchmarks.suites.workers import Workers

    if backend not in ("local", "dask"):
        raise InputError(f"--backend: must be local or dask, got {backend!r}.")
    if (backend == "dask") != bool(scheduler):
        raise InputError("--backend dask and --scheduler tcp://... must be given together, got only one of them.")
    return Workers(jobs, scheduler)


def _print_headlines(rows: list[dict[str, Any]], suite: "Suite") -> None:
    """Print the headline of every detector by track and cell."""
    from benchmarks.suites.headlines import tabulate_headlines

    for track in suite.tracks:
        table = tabulate_headlines(rows, track)
        if table is not None:
            print()
            print_table(*table)


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A detector of the results.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    results: Results = RESULTS / "standard",
    metric: Annotated[
        str | None, typer.Option("--metric", help="Figure to compare; left out, the headline of the track.")
    ] = None,
    track: Annotated[
        str | None, typer.Option("--track", help="account, post, group or alert; left out, one that both have.")
    ] = None,
    budget: Annotated[
        float, typer.Option("--budget", help="False alarms a day, at level alert: a budget of the suite.")
    ] = 1.0,
    as_json: AsJson = False,
) -> None:
    """Say which of two detectors is better, by how much, how sure, and whether for new scenarios too."""
    from dataclasses import asdict

    from benchmarks.suites.suite_results import read_rows
    from benchmarks.verdict.compare import compare as compare_rows
    from benchmarks.verdict.result_rows import HEADLINES

    rows = read_rows(results)
    if track is not None and track not in HEADLINES:
        raise InputError(f"--track: must be one of {', '.join(HEADLINES)}, got {track!r}.")
    if first == second:
        raise InputError(f"compare: must name two detectors, got {first!r} twice.")
    chosen = track or _find_common_track(rows, first, second)
    found = compare_rows(rows, first, second, metric or HEADLINES[chosen], chosen, budget)
    if as_json:
        verdict = ("leader", "is_sure", "share_of_resamples", "doubt_about_new")
        print_json(asdict(found) | {name: getattr(found, name) for name in verdict})
    else:
        print(found.text())


def _find_common_track(rows: list[dict[str, Any]], first: str, second: str) -> str:
    from benchmarks.verdict.result_rows import TRACKS

    tracks = [{row["track"] for row in rows if row["detector"] == name} for name in (first, second)]
    common = [track for track in TRACKS if track in tracks[0] & tracks[1]]
    if common:
        return common[0]
    for name, found in zip((first, second), tracks, strict=True):
        if not found:
            known = ", ".join(sorted({row["detector"] for row in rows}))
            raise InputError(f"compare: must name detectors of the results, got {name!r}. They hold {known}.")
    raise InputError(f"compare: must name detectors of one track, got {first!r} and {second!r}, which share none.")
