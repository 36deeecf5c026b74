"""The push plan: explicit pushes and those generated from phases, clipped, ordered and grouped into waves."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from simulator.random_streams import Purpose, name_key, philox_blocks
from simulator.scenario import Operator, Scenario
from simulator.scenario.models import Office, Phase

DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class PlannedPush:
    """One push as planned; times in ms since the epoch, UTC; `operator`, `squads` and `narrative` by name."""

    push_id: int
    wave_id: int
    name: str
    operator: str
    narrative: str
    start_ms: int
    end_ms: int
    posts: int
    squads: tuple[str, ...]
    hashtag: str | None = None
    worth_ms: int = 0  # its part of the operator's posts, as a part of the time from the first push to the end


def office_spans(office: Office, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Return the working hours inside a window as (start, end) in ms since the epoch, in order.

    Examples
    --------
    >>> office_spans(Office(zone="UTC"), 0, 2 * DAY_MS)
    [(32400000, 64800000), (118800000, 151200000)]
    """
    zone = ZoneInfo(office.zone)
    day = datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(zone).date() - timedelta(days=1)
    spans: list[tuple[int, int]] = []
    while True:
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        if int(midnight.timestamp()) * 1000 >= end_ms:
            return spans
        opening = int((midnight + timedelta(hours=office.start_hour)).timestamp()) * 1000
        closing = int((midnight + timedelta(hours=office.end_hour)).timestamp()) * 1000
        first, last = max(opening, start_ms), min(closing, end_ms)
        if _WEEKDAYS[day.weekday()] not in office.rest_days and first < last:
            spans.append((first, last))
        day += timedelta(days=1)


def _generate_phase(
    scenario: Scenario, seed: int, owner: str, operator: Operator, name: str, phase: Phase
) -> list[PlannedPush]:
    start, end = scenario.at(phase.start), scenario.at(phase.end)
    spans = office_spans(operator.office, start, end) or [(start, end)]
    total = sum(last - first for first, last in spans)
    count = max(1, round(phase.pushes_per_week * (end - start) / (7 * DAY_MS)))
    narratives = phase.narratives or tuple(scenario.narratives)
    draws = philox_blocks(seed, Purpose.push_plan, name_key(owner, name), np.arange(count)).tolist()
    pushes = []
    for i, (place, choice, *_) in enumerate(draws):
        opening = _at_office_time(spans, (i * total + (place * total >> 32)) // count)
        closing = min(opening + round(phase.push_hours * _HOUR_MS), end)
        posts = max(1, round(phase.posts_per_account * operator.accounts))
        narrative = narratives[(i + choice % 2) % len(narratives)]
        title = f"{name}_{i + 1}"
        squads = tuple(operator.squads)
        pushes.append(PlannedPush(-1, -1, title, owner, narrative, opening, closing, posts, squads, phase.hashtag))
    return pushes


def _at_office_time(spans: list[tuple[int, int]], worked_ms: int) -> int:
    for first, last in spans:
        if worked_ms < last - first:
            return first + worked_ms
        worked_ms -= last - first
    return spans[-1][1] - 1


def _explicit(scenario: Scenario, owner: str, operator: Operator) -> list[PlannedPush]:
    return [
        PlannedPush(
            -1, -1, name, owner, push.narrative, scenario.at(push.start), scenario.at(push.end), push.posts,
            push.squads or tuple(operator.squads), push.hashtag,
        )
        for name, push in operator.pushes.items()
    ]  # fmt: skip


def _clip(push: PlannedPush, start_ms: int, end_ms: int) -> PlannedPush | None:
    """Return the push inside a window, with its posts in proportion, or None when nothing is left."""
    first, last = max(push.start_ms, start_ms), min(push.end_ms, end_ms)
    if first >= last:
        return None
    posts = max(1, push.posts * (last - first) // (push.end_ms - push.start_ms))
    return replace(push, start_ms=first, end_ms=last, posts=posts)


def plan_pushes(scenario: Scenario, seed: int) -> tuple[PlannedPush, ...]:
    """Return all pushes of a world by start; their ids are their places, waves are less than 24 h apart.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Seed of the world; it moves the generated pushes only.
    """
    found: list[PlannedPush] = []
    for owner, operator in scenario.operators.items():
        planned = _explicit(scenario, owner, operator)
        for name, phase in operator.plan.items():
            planned += _generate_phase(scenario, seed, owner, operator, name, phase)
        end = (
            scenario.end_ms if operator.break_up is None else min(scenario.end_ms, scenario.at(operator.break_up.time))
        )
        clipped = [part for push in planned if (part := _clip(push, scenario.start_ms, end))]
        found += _share_time(clipped, end)
    found.sort(key=lambda push: (push.start_ms, push.operator, push.name))
    return tuple(_number_waves(found))


def _share_time(pushes: list[PlannedPush], end_ms: int) -> list[PlannedPush]:
    """Share the time of an operation among its pushes by their posts."""
    posts = sum(push.posts for push in pushes)
    span = end_ms - min((push.start_ms for push in pushes), default=end_ms)
    return [replace(push, worth_ms=span * push.posts // posts) for push in pushes]


def _number_waves(pushes: list[PlannedPush]) -> list[PlannedPush]:
    numbered: list[PlannedPush] = []
    wave, reach = -1, None
    for push_id, push in enumerate(pushes):
        if reach is None or push.start_ms - reach >= DAY_MS:
            wave += 1
            reach = push.end_ms
        reach = max(reach, push.end_ms)
        numbered.append(replace(push, push_id=push_id, wave_id=wave))
    return numbered
