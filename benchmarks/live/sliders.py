"""What can be turned in a live world, each a question of a defender or a teacher, and the overrides that follow."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.errors import InputError
from simulator.scenario import Operator, Scenario, When
from simulator.scenario.times import LaunchClock

DAY_MS = 86_400_000
LARGEST_SEED = 9_999
# Assumed: what a class wants to try, and what a small world still holds.
LARGEST_SHARE = 30
LARGEST_SHIFT = 14
LEVELS = 6
_SHORTEST_MS = 3_600_000
_STOP_HOUR = "09:00"

Changes = dict[str, int]


@dataclass(frozen=True, slots=True)
class Slider:
    """A whole number that can be turned.

    Attributes
    ----------
    name : str
    low, high : int
        Bounds, both allowed.
    value : int or None
        What the scenario says; None where squads differ or there is no break-up.
    """

    name: str
    low: int
    high: int
    value: int | None


def list_sliders(scenario: Scenario, seed: int) -> list[Slider]:
    """Return the sliders of a scenario; without operators only the seed.

    ``hiding`` is a level of evasion, ``share`` the operated accounts in per cent, ``begin`` and ``stop`` are days
    from the launch (``stop`` at its highest: never), ``shift`` moves the launch by days while the campaign stays.
    """
    sliders = [Slider("seed", 0, max(LARGEST_SEED, seed), seed)]
    if not scenario.operators:
        return sliders
    first, last = (_day_of(scenario, ms) for ms in (scenario.start_ms, scenario.end_ms))
    begins = [_begin_of(scenario, operator) for operator in scenario.operators.values()]
    can_extend = any(operator.plan for operator in scenario.operators.values())
    begin = _day_of(scenario, min(begins, default=scenario.start_ms))
    return [
        Slider("stop", first + 1, last, min(max(_find_stop(scenario, last), first + 1), last)),
        Slider("begin", first if can_extend else begin, last - 1, begin),
        Slider("hiding", 0, LEVELS - 1, _find_level(scenario)),
        Slider("share", 1, LARGEST_SHARE, min(max(round(scenario.prevalence * 100), 1), LARGEST_SHARE)),
        Slider("shift", -LARGEST_SHIFT, LARGEST_SHIFT, 0),
        *sliders,
    ]


def read_changes(given: Any, sliders: list[Slider]) -> Changes:
    """Return what a browser asks for, checked: whole numbers within the bounds; what equals the scenario is left out.

    Raises
    ------
    InputError
        When it is no mapping, or a name or a value is not one of the sliders'.
    """
    if not isinstance(given, Mapping):
        raise InputError(f"changes: must be a mapping, got {_show(given)}.")
    known = {slider.name: slider for slider in sliders}
    changes = {}
    for name, value in given.items():
        if name not in known:
            raise InputError(f"changes: must be of {', '.join(known)}, got {_show(name)}.")
        slider = known[name]
        if type(value) is not int or not slider.low <= value <= slider.high:
            rule = f"be a whole number from {slider.low} to {slider.high}"
            raise InputError(f"changes.{name}: must {rule}, got {_show(value)}.")
        if value != slider.value:
            changes[name] = value
    return changes


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def make_overrides(scenario: Scenario, changes: Changes, never: int) -> list[str]:
    """Return the overrides of a scenario (as of ``--set``) that changes of its sliders mean.

    Parameters
    ----------
    scenario : Scenario
        As its file says, neither scaled nor cut, so that the overrides are of the file's own numbers.
    changes : dict
        As `read_changes` returns it; ``seed`` and ``share`` are no overrides and are passed over.
    never : int
        Value of ``stop`` from which on there is no break-up.

    Returns
    -------
    list of str
        A campaign that is stopped before it begins is left without pushes.
    """
    overrides = []
    if "hiding" in changes:
        overrides.append(f"operators.all.squads.all.evasion=L{changes['hiding']}")
    if "shift" in changes:
        overrides.append(f"launch.time={json.dumps(_launch_after(scenario, changes).wall.strftime('%Y-%m-%d %H:%M'))}")
    if {"shift", "begin", "stop"} & changes.keys():
        for name, operator in scenario.operators.items():
            overrides += [
                f"operators.{name}.{key}={json.dumps(v)}" for key, v in _retime(scenario, operator, changes, never)
            ]
    return overrides


def _launch_after(scenario: Scenario, changes: Changes) -> LaunchClock:
    clock = scenario.launch.clock
    return LaunchClock(clock.wall + timedelta(days=changes.get("shift", 0)), clock.zone)


def _retime(scenario: Scenario, operator: Operator, changes: Changes, never: int) -> list[tuple[str, Any]]:
    """Return what has a time of an operator, at the days that are asked for; all else as it was."""
    launch = _launch_after(scenario, changes)
    moved = DAY_MS * changes.get("shift", 0)
    low = scenario.start_ms + (moved if scenario.start.is_relative else 0)
    high = scenario.end_ms + (moved if scenario.end.is_relative else 0)
    begin = launch.ms + DAY_MS * changes["begin"] if "begin" in changes else None
    break_up, stop_ms = _break_up(scenario, operator, changes, launch, (low, high), never)
    told = operator.model_dump(mode="json")
    window = (max(low, begin or low), min(high, stop_ms))
    plan = {
        name: phase | {"start": _write(start), "end": _write(end)}
        for name, phase in told["plan"].items()
        for start, end in [_cut(scenario, phase, window, begin if name == _first_phase(scenario, operator) else None)]
        if end - start >= _SHORTEST_MS
    }
    pushes = {}
    for name, push in told["pushes"].items():
        start, end = _cut(scenario, push, window, None)
        if end - start >= _SHORTEST_MS:
            share = (end - start) / (scenario.at(When(push["end"])) - scenario.at(When(push["start"])))
            kept = max(round(push["posts"] * share), 1)
            pushes[name] = push | {"start": _write(start), "end": _write(end), "posts": kept}
    # Accounts that would come too late come at the last moment, so that worlds have the same accounts.
    batches = {
        name: batch | {"time": _write(min(scenario.at(When(batch["time"])), window[1] - _SHORTEST_MS))}
        for name, batch in told["batches"].items()
    }
    return [("plan", plan), ("pushes", pushes), ("batches", batches), ("break_up", break_up)]


def _cut(scenario: Scenario, told: dict[str, Any], window: tuple[int, int], begin: int | None) -> tuple[int, int]:
    """Return the part of a stretch that lies in a window, in ms; `begin` draws its start forward."""
    start, end = scenario.at(When(told["start"])), scenario.at(When(told["end"]))
    start = start if begin is None else min(start, begin)
    return max(start, window[0]), min(end, window[1])


def _break_up(
    scenario: Scenario, operator: Operator, changes: Changes, launch: LaunchClock, run: tuple[int, int], never: int
) -> tuple[dict[str, Any] | None, int]:
    """Return the break-up of an operator, None for none, and its ms; far away for none."""
    told = operator.break_up.model_dump(mode="json") if operator.break_up else None
    far = run[1] + DAY_MS
    if "stop" in changes:
        if changes["stop"] >= never:
            return None, far
        hour = _hour_of(scenario, operator)
        time = f"T{changes['stop']:+d}d {hour}"
        return (told or {}) | {"time": time}, When(time).resolve(launch)
    if told is None:
        return None, far
    ms = scenario.at(When(told["time"]))
    return (told | {"time": _write(ms)}, ms) if run[0] < ms < run[1] else (None, far)


def _hour_of(scenario: Scenario, operator: Operator) -> str:
    """Return the wall time at which a break-up takes place."""
    if operator.break_up is None:
        return _STOP_HOUR
    moment = datetime.fromtimestamp(scenario.at(operator.break_up.time) / 1000, scenario.launch.clock.zone)
    return moment.strftime("%H:%M")


def _write(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _first_phase(scenario: Scenario, operator: Operator) -> str | None:
    return min(operator.plan, key=lambda name: scenario.at(operator.plan[name].start), default=None)


def _begin_of(scenario: Scenario, operator: Operator) -> int:
    """Return when the first phase or push of an operator begins, ms."""
    starts = [part.start for part in operator.plan.values()] + [part.start for part in operator.pushes.values()]
    return min(map(scenario.at, starts), default=scenario.end_ms)


def _find_level(scenario: Scenario) -> int | None:
    """Return the level that all squads have; None where they differ."""
    levels = {int(squad.evasion.value[1:]) for o in scenario.operators.values() for squad in o.squads.values()}
    return levels.pop() if len(levels) == 1 else None


def _find_stop(scenario: Scenario, last: int) -> int:
    stops = [scenario.at(o.break_up.time) for o in scenario.operators.values() if o.break_up is not None]
    return _day_of(scenario, max(stops)) if len(stops) == len(scenario.operators) else last


def _day_of(scenario: Scenario, ms: int) -> int:
    """Return the calendar day of a moment, in the launch's zone and counted from the launch's day."""
    clock = scenario.launch.clock
    return (datetime.fromtimestamp(ms / 1000, clock.zone).date() - clock.wall.date()).days
