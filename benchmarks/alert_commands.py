"""The verb that tries alert rules before a launch: alerts."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    float, typer.Option("--delay", min=0, metavar="MINUTES", help="From a step's end to who hears of an alert.")
]
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
    datasets: Given = None,
    rules: RuleFile = "starter",
    scenario: ScenarioOption = None,
    seeds: Seeds = 5,
    overrides: Overrides = None,
    accounts: Accounts = None,
    days: Days = None,
    prevalence: Prevalence = None,
    worlds: Worlds = None,
    cooldown: Cooldown = 6.0,
    warm_up: WarmUp = 7.0,
    delay: Delay = 1.0,
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
        _list_series(as_json)
        return
    from benchmarks.alerting.rehearsal import rehearse
    from benchmarks.alerting.rule_file import load_rules
    from benchmarks.alerting.rule_scores import Settings
    from benchmarks.scoring.run_folder import check_result_folder

    _demand_one_source(datasets, scenario)
    loaded = load_rules(rules, time_limit)
    if out is not None:
        check_result_folder(out, force=force)
    lived = None if scenario is None else load(scenario, overrides, accounts, days, prevalence)
    with TemporaryDirectory(prefix="smearbench-alerts-", ignore_cleanup_errors=True) as home:
        pairs = _open(datasets or []) if lived is None else _live(lived, seeds, worlds, Path(home))
        found = rehearse(pairs, loaded, Settings(cooldown, warm_up, delay), Path(home), jobs)
    _show(found, out, force, budget, as_json)


def _show(found: dict[str, Any], out: Path | None, force: bool, budget: float, as_json: bool) -> None:
    from benchmarks.alerting.alert_tables import print_alerts
    from benchmarks.scoring.run_folder import make_result_folder

    files = []
    if out is not None:
        from benchmarks.alerting.rehearsal_folder import write_rehearsal

        files = write_rehearsal(found, make_result_folder(out, force=force), budget)
    if as_json:
        print_json(found)
        return
    print_alerts(found)
    if files:
        print("\n" + "\n".join(str(path) for path in files))


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


def _list_series(as_json: bool) -> None:
    from benchmarks.alerting.series import describe_series

    found = describe_series()
    if as_json:
        print_json(found)
        return
    rows = [(one["name"], one["window"], one["meaning"]) for one in found]
    print_table("", ("series", "over", "what it says"), rows, texts=(0, 1, 2))
