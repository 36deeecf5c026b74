"""The verb that tries alert rules before a launch: alerts."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from benchmarks.own_alert_commands import (
    Against,
    ClockFile,
    Collect,
    Grace,
    OwnFile,
    OwnOptions,
    TwinClock,
    TwinFile,
    end,
    score_own_alerts,
)
from benchmarks.suite_commands import N_CORES, Jobs
from simulator.commands import load
from simulator.console import (
    OUT_HELP,
    Accounts,
    AsJson,
    Days,
    Force,
    Overrides,
    Prevalence,
    print_json,
    print_table,
)
from simulator.errors import InputError

if TYPE_CHECKING:
    from benchmarks.alerting.rehearsal_worlds import WorldPair
    from simulator.scenario import Scenario

Given = Annotated[list[Path] | None, typer.Argument(metavar="DATASET...", help="Dataset folders.")]
RuleFile = Annotated[
    str, typer.Option("--rules", metavar="FILE", help="A YAML file of rules, or a shipped one's name.")
]
EngineOption = Annotated[
    str | None,
    typer.Option("--engine", metavar="NAME", help="duckdb, prometheus or vmalert; left out, by the file of rules."),
]
OwnSeriesFile = Annotated[
    Path | None,
    typer.Option("--series", metavar="FILE", help="Your own series, for Prometheus's rule files, which hold none."),
]
ScenarioOption = Annotated[
    str | None, typer.Option("--scenario", metavar="NAME", help="Live this scenario's worlds instead of given ones.")
]
Seeds = Annotated[int, typer.Option("--seeds", min=1, metavar="N", help="Worlds to live: seeds 1 to N.")]
Worlds = Annotated[
    Path | None,
    typer.Option("--worlds", metavar="DIR", help="Where lived worlds are kept; left out, they are removed."),
]
Cooldown = Annotated[
    float, typer.Option("--cooldown", min=0.1, max=24, metavar="HOURS", help="How long an episode takes up alerts.")
]
WarmUp = Annotated[float, typer.Option("--warm-up", min=0, metavar="DAYS", help="What is not scored at the start.")]
Delay = Annotated[
    float | None,
    typer.Option(
        "--delay",
        min=0,
        metavar="MINUTES",
        help="From a step's end to who hears of an alert; left out, 1 for rules, 0 for --alerts.",
    ),
]
# Assumed: scrape, evaluation and notification.
RULES_DELAY_MINUTES = 1.0
Budget = Annotated[
    float,
    typer.Option("--budget", min=0, metavar="PER_DAY", help="False alarms a day that the page allows a rule."),
]
QuestionLimit = Annotated[
    float, typer.Option("--time-limit", min=0.1, metavar="SECONDS", help="What each SQL question of yours may take.")
]
ListSeries = Annotated[bool, typer.Option("--list-series", help="List the series that rules may name, and end.")]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help=f"{OUT_HELP} A folder: figures, pictures, a page. Left out, none.")
]


def alerts(
    context: typer.Context,
    datasets: Given = None,
    rules: RuleFile = "starter",
    engine: EngineOption = None,
    series: OwnSeriesFile = None,
    scenario: ScenarioOption = None,
    seeds: Seeds = 5,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    prevalence: Prevalence = None,
    worlds: Worlds = None,
    cooldown: Cooldown = 6.0,
    warm_up: WarmUp = 7.0,
    delay: Delay = None,
    own_alerts: OwnFile = None,
    clock: ClockFile = None,
    twin_alerts: TwinFile = None,
    twin_clock: TwinClock = None,
    collect: Collect = None,
    grace: Grace = 30.0,
    against: Against = None,
    budget: Budget = 1.0,
    time_limit: QuestionLimit = 60.0,
    jobs: Jobs = N_CORES,
    list_series: ListSeries = False,
    out: Out = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Try alert rules on worlds under attack: which waves they find, how soon, and how often in vain."""
    if list_series:
        _list_series(engine, as_json)
        return
    from benchmarks.alerting.engines.choosing import load_engine
    from benchmarks.alerting.rehearsal import rehearse
    from benchmarks.alerting.rule_scores import Settings
    from benchmarks.alerting.termination import end_in_order
    from benchmarks.scoring.run_folder import check_result_folder

    _demand_one_source(datasets, scenario)
    own = OwnOptions(own_alerts, clock, twin_alerts, twin_clock, collect, grace, against)
    if own.is_asked:
        own.refuse_rules(rules, engine, series)
        own.refuse_living(context)
        if out is not None:
            check_result_folder(out, force=force)
        scored, interrupted = score_own_alerts(datasets, own, Settings(cooldown, warm_up, delay or 0.0))
        _show(scored, out, force, budget, as_json)
        end(interrupted)
        return
    own.demand_alerts()
    loaded = load_engine(rules, engine, time_limit, series)
    if out is not None:
        check_result_folder(out, force=force)
    lived = None if scenario is None else load(scenario, overrides, accounts, days, prevalence)
    settings = Settings(cooldown, warm_up, RULES_DELAY_MINUTES if delay is None else delay)
    with end_in_order(), TemporaryDirectory(prefix="smearbench-alerts-", ignore_cleanup_errors=True) as home:
        pairs = _open(datasets or []) if lived is None else _live(lived, seeds, worlds, Path(home))
        found = rehearse(pairs, loaded, settings, Path(home), jobs)
    _show(found, out, force, budget, as_json)


def _show(found: dict[str, Any], out: Path | None, force: bool, budget: float, as_json: bool) -> None:
    from benchmarks.alerting.alert_tables import print_alerts

    files = _write(found, out, force, budget) if out is not None else []
    if as_json:
        print_json(found)
        return
    print_alerts(found)
    if files:
        print("\n" + "\n".join(str(path) for path in files))


def _write(found: dict[str, Any], out: Path, force: bool, budget: float) -> list[Path]:
    from benchmarks.alerting.rehearsal_folder import FILES, write_rehearsal
    from benchmarks.alerting.termination import end_in_order
    from benchmarks.scoring.run_folder import whole_result_folder

    with end_in_order(), whole_result_folder(out, force=force, earlier=FILES) as folder:
        return [out / path.name for path in write_rehearsal(found, folder, budget)]


def _demand_one_source(datasets: list[Path] | None, scenario: str | None) -> None:
    if bool(datasets) == (scenario is not None):
        got = "both" if datasets else "neither"
        raise InputError(f"alerts: must be given datasets or --scenario, got {got}. As: smearbench alerts FOLDER")


def _live(scenario: "Scenario", seeds: int, kept: Path | None, home: Path) -> "list[WorldPair]":
    from benchmarks.alerting.rehearsal_worlds import make_home, place_lived

    if kept is not None:
        make_home(kept)
    return place_lived(scenario, seeds, kept or home, is_kept=kept is not None)


def _open(paths: list[Path]) -> "list[WorldPair]":
    """Open all before the first is scored: a wrong path is told at once."""
    from benchmarks.alerting.rehearsal_worlds import place_given
    from simulator.dataset import open_dataset

    return place_given([open_dataset(path, verify=True) for path in paths])


def _list_series(engine: str | None, as_json: bool) -> None:
    from benchmarks.alerting.engines.metrics import show_metric
    from benchmarks.alerting.series import describe_series

    found = [one | {"metric": show_metric(one["name"])} for one in describe_series()]
    if as_json:
        print_json(found)
        return
    name = "name" if engine in (None, "duckdb") else "metric"
    rows = [(one[name], one["window"], one["meaning"]) for one in found if one[name] is not None]
    print_table("", ("series", "over", "what it says"), rows, texts=(0, 1, 2))
