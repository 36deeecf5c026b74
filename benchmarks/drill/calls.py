"""What the team called while a drill ran: taken by hand, and placed in the drill's time."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.alerting.alert_lines import ATTACK, CRISIS, Alert, read_alerts, read_name
from benchmarks.collecting.alert_log import append_alerts
from benchmarks.drill.drill_folder import Run, Stage
from simulator.errors import InputError

_ADVICE = {
    Stage.ready: "Begin it with: smearbench drill resume {}",
    Stage.over: "Open the truth with: smearbench drill reveal {}",
    Stage.given_up: "Open the truth with: smearbench drill reveal {}",
    Stage.revealed: "The truth is open.",
}


def call(run: Run, text: str, *, is_crisis: bool = False, now: Callable[[], float] = time.time) -> Alert:
    """Note that somebody was alerted now; it is on the disk when this returns.

    Parameters
    ----------
    run : Run
    text : str
        What is said.
    is_crisis : bool
        Whether it says that a real crisis is on, with nobody behind it.
    now : callable
        Wall clock, seconds since the epoch.

    Raises
    ------
    InputError
        When the drill does not run, or the text is none.
    """
    stage = run.stage
    if stage is not Stage.begun:
        raise InputError(f"{run.path}: must be a drill that runs, got one that is {stage}. {_advise(run, stage)}")
    try:
        name = read_name(text)
    except ValueError as error:
        raise InputError(f"drill alert: {error}") from error
    alert = Alert(round(now() * 1000), name, CRISIS if is_crisis else ATTACK)
    append_alerts(run.alerts_file, [alert])
    return alert


def _advise(run: Run, stage: Stage) -> str:
    return _ADVICE[stage].format(run.path)


def read_calls(run: Run, others: Sequence[Path] = ()) -> list[Alert]:
    """Return all calls of a drill, by wall clock: by hand, by webhook, and those of other files.

    Raises
    ------
    InputError
        When a line of a file is no alert.
    """
    append_alerts(run.alerts_file, [])
    found = [alert for path in (run.alerts_file, *others) for alert in read_alerts(path)]
    return sorted(found, key=lambda alert: (alert.time_ms, alert.name, alert.kind))
