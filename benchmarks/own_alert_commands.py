"""What ``smearbench alerts`` does with alerts of a team's own pipeline: collect, place in time, score, put beside."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulator.console import INTERRUPTED, note
from simulator.errors import InputError

if TYPE_CHECKING:
    from benchmarks.alerting.placing import Placed
    from benchmarks.alerting.rule_scores import Settings
    from simulator.dataset import Dataset

Found = dict[str, Any]

OwnFile = Annotated[
    Path | None,
    typer.Option("--alerts", metavar="FILE", help='Score your own pipeline\'s alerts: lines of {"time", "name"}.'),
]
ClockFile = Annotated[
    Path | None,
    typer.Option("--clock", metavar="FILE", help="A replay's clock; without it times of --alerts are simulated."),
]
TwinFile = Annotated[
    Path | None, typer.Option("--twin-alerts", metavar="FILE", help="Your pipeline's alerts in the twin.")
]
TwinClock = Annotated[
    Path | None, typer.Option("--twin-clock", metavar="FILE", help="The clock of the replay of the twin.")
]
Collect = Annotated[
    str | None,
    typer.Option("--collect", metavar="127.0.0.1:PORT", help="Take alerts in by webhook until the replay ends."),
]
Grace = Annotated[
    float, typer.Option("--grace", min=0, max=3600, metavar="SECONDS", help="How long --collect waits after the end.")
]
Against = Annotated[
    Path | None, typer.Option("--against", metavar="FILE", help="An alerts.json of another run to put beside.")
]

_OF_LIVED = ("seeds", "overrides", "accounts", "days", "prevalence", "worlds", "jobs", "time_limit")


@dataclass(frozen=True, slots=True)
class OwnOptions:
    """What a command line says of a pipeline's own alerts; see the options of the same names."""

    alerts: Path | None = None
    clock: Path | None = None
    twin_alerts: Path | None = None
    twin_clock: Path | None = None
    collect: str | None = None
    grace: float = 30.0
    against: Path | None = None

    @property
    def is_asked(self) -> bool:
        """Whether alerts of an own pipeline are to be scored."""
        return self.alerts is not None or self.collect is not None

    def demand_alerts(self) -> None:
        """Refuse options that speak of own alerts when there are none.

        Raises
        ------
        InputError
        """
        given = {"--clock": self.clock, "--twin-alerts": self.twin_alerts, "--twin-clock": self.twin_clock}
        for name, value in {**given, "--against": self.against}.items():
            if value is not None:
                raise InputError(f"{name}: must stand beside --alerts or --collect, got it alone.")

    def refuse_rules(self, rules: str, engine: str | None, series: Path | None) -> None:
        """Refuse rules, their series and an engine beside own alerts: one thing is scored at a time.

        Raises
        ------
        InputError
        """
        given = {"--rules": None if rules == "starter" else rules, "--engine": engine, "--series": series}
        for name, value in given.items():
            if value is not None:
                raise InputError(f"{name}: must stand without --alerts and --collect, got {value} beside.")

    def refuse_living(self, context: typer.Context) -> None:
        """Refuse options of worlds that are lived, and of rules that are evaluated: none is here.

        Raises
        ------
        InputError
        """
        for name in _OF_LIVED:
            source = context.get_parameter_source(name)
            if source is not None and source.name == "COMMANDLINE":
                option = "--set" if name == "overrides" else f"--{name.replace('_', '-')}"
                got = context.params[name]
                raise InputError(f"{option}: must stand without --alerts and --collect, got {got} beside.")


def score_own_alerts(paths: list[Path] | None, options: OwnOptions, settings: "Settings") -> tuple[Found, bool]:
    """Return the scores of own alerts on the dataset, and whether collecting was stopped by a person.

    Raises
    ------
    InputError
        When not one dataset is given, or a file is wrong.
    """
    from benchmarks.alerting.own_rehearsal import OwnAlerts, rehearse_own
    from benchmarks.alerting.placing import open_clock
    from simulator.dataset import open_dataset

    if paths is None or len(paths) != 1:
        raise InputError(f"alerts: must be given the one dataset that was replayed, got {len(paths or ())}.")
    if options.twin_clock is not None and options.twin_alerts is None:
        raise InputError("--twin-clock: must stand beside --twin-alerts, got it alone.")
    dataset = open_dataset(paths[0], verify=True)
    other = None if options.against is None else read_report(options.against)
    file, interrupted = _collect(options) if options.collect is not None else (options.alerts, False)
    assert file is not None
    world, n_crises = _place(file, options.clock, dataset)
    twin = None
    if options.twin_alerts is not None:
        twin, n_more = _place(options.twin_alerts, options.twin_clock, _open_twin(dataset))
        n_crises += n_more
    faults = {} if options.clock is None else open_clock(options.clock, dataset).faults
    found = rehearse_own(dataset, OwnAlerts(world, twin, faults, n_crises), settings)
    return found | _put_beside(found, other, options.against), interrupted


def _place(file: Path, clock_file: Path | None, dataset: "Dataset") -> "tuple[Placed, int]":
    """Return the alerts of a file in the dataset's time, and how many calls of a crisis it holds beside."""
    from benchmarks.alerting.alert_lines import CRISIS, read_alerts
    from benchmarks.alerting.placing import open_clock, place_alerts

    alerts = read_alerts(file)
    attacks = [alert for alert in alerts if alert.kind != CRISIS]
    clock = open_clock(clock_file, dataset) if clock_file else None
    return place_alerts(attacks, dataset, clock), len(alerts) - len(attacks)


def _open_twin(dataset: "Dataset") -> "Dataset":
    from benchmarks.scoring.score import find_twin

    twin = find_twin(dataset)
    if twin is None:
        raise InputError(f"--twin-alerts: must be of the twin {dataset.path}-twin, got no such dataset beside.")
    return twin


def _collect(options: OwnOptions) -> tuple[Path, bool]:
    from benchmarks.collecting.alert_server import AlertServer, read_listen
    from benchmarks.collecting.collecting import collect

    assert options.collect is not None
    port = read_listen(options.collect)
    if options.clock is None:
        raise InputError("--collect: must stand beside --clock, the clock file of the replay, got none.")
    file = options.alerts or options.clock.with_name(f"{options.clock.name.removesuffix('.json')}.alerts.ndjson")
    interrupted = collect(AlertServer(port, file), options.clock, options.grace, note)
    if interrupted and not options.clock.exists():
        raise InputError(f"{options.clock}: must be the clock of the replay, got none by the end. Alerts: {file}")
    return file, interrupted


def read_report(path: Path) -> Found:
    """Return a saved report of alerts.

    Raises
    ------
    InputError
        When it is none.
    """
    from benchmarks.alerting.rehearsed import FORMAT
    from benchmarks.replay.replay_state import read_whole

    what = "the alerts.json of another run"
    content = read_whole(path, what)
    rules = content.get("rules") if isinstance(content, dict) and content.get("format") == FORMAT else None
    if not isinstance(rules, list) or not all(isinstance(rule, dict) and "name" in rule for rule in rules):
        raise InputError(f"{path}: must be {what}, got {'no file' if content is None else 'something else'}.")
    found: Found = content
    return found


def _put_beside(found: Found, other: Found | None, file: Path | None) -> Found:
    from benchmarks.alerting.own_tables import put_beside

    if other is None:
        return {}
    return {"against": {"file": str(file), "rules": put_beside(found, other)}}


def end(interrupted: bool) -> None:
    """End as Ctrl-C does when it ended the collecting."""
    if interrupted:
        raise typer.Exit(INTERRUPTED)
