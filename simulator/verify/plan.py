"""What a scenario's text asks of each push, worked out anew: window, volume, narratives, squads."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from simulator.scenario import Operator, Scenario
from simulator.scenario.models import Office, Phase, Push

_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMBERED = re.compile(r"(.+)_([1-9]\d*)")

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Ask:
    """What the scenario asks of one push; times in ms since the epoch, UTC.

    `opening` holds the least and most (inclusive) first moment; `whole_ms` is the length before the run's end
    or a break-up cut it, `closing` the latest end; `posts` the items of the whole length.
    """

    opening: tuple[int, int]
    closing: int
    whole_ms: int | None
    posts: int
    narratives: tuple[str, ...]
    squads: tuple[str, ...]

    def end_of(self, start_ms: int) -> int:
        """Return when a push that starts then must end."""
        return self.closing if self.whole_ms is None else min(start_ms + self.whole_ms, self.closing)


def list_office_hours(office: Office, start_ms: int, end_ms: int) -> Spans:
    """Return the hours in which an office works inside a window, as (start, end) in ms since the epoch.

    Examples
    --------
    >>> from simulator.scenario.models import Office
    >>> [(a // 3_600_000, b // 3_600_000) for a, b in list_office_hours(Office(zone="UTC"), 0, 2 * 86_400_000)]
    [(9, 18), (33, 42)]
    """
    zone = ZoneInfo(office.zone)
    first = datetime.fromtimestamp(start_ms / 1000, UTC).astimezone(zone).date()
    last = datetime.fromtimestamp(end_ms / 1000, UTC).astimezone(zone).date()
    spans = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if _WEEKDAYS[day.weekday()] in office.rest_days:
            continue
        opens = max(_wall_ms(day.year, day.month, day.day, office.start_hour, zone), start_ms)
        closes = min(_wall_ms(day.year, day.month, day.day, office.end_hour, zone), end_ms)
        if opens < closes:
            spans.append((opens, closes))
    return spans


def _wall_ms(year: int, month: int, day: int, hour: int, zone: ZoneInfo) -> int:
    wall = datetime(year, month, day, tzinfo=zone) + timedelta(hours=hour)
    return int(wall.timestamp()) * 1000


def find_worked_moment(spans: Sequence[tuple[int, int]], worked_ms: int) -> int:
    """Return the moment at which so many ms of the spans have passed; the last moment where they are fewer."""
    for first, last in spans:
        if worked_ms < last - first:
            return first + worked_ms
        worked_ms -= last - first
    return spans[-1][1] - 1


def list_asks(scenario: Scenario) -> dict[str, Ask]:
    """Return what is asked of every push that the scenario may bring, by its name `operator.push`.

    A push of a phase opens in its own stretch of the phase's working hours: the phase's pushes share them evenly.
    Whether a push is still there after a break-up follows from when it opens.
    """
    asks: dict[str, Ask] = {}
    for owner, operator in scenario.operators.items():
        for name, push in operator.pushes.items():
            asks[f"{owner}.{name}"] = _ask_of_push(scenario, operator, push)
        for name, phase in operator.plan.items():
            for number, ask in enumerate(_asks_of_phase(scenario, operator, phase), 1):
                asks.setdefault(f"{owner}.{name}_{number}", ask)
    return asks


def _ask_of_push(scenario: Scenario, operator: Operator, push: Push) -> Ask:
    start, end = scenario.at(push.start), scenario.at(push.end)
    first = max(start, scenario.start_ms)
    posts = max(1, push.posts)
    squads = push.squads or tuple(operator.squads)
    return Ask((first, first), end, None, posts, (push.narrative,), squads)


def _asks_of_phase(scenario: Scenario, operator: Operator, phase: Phase) -> Iterator[Ask]:
    start, end = scenario.at(phase.start), scenario.at(phase.end)
    spans = list_office_hours(operator.office, start, end) or [(start, end)]
    total = sum(last - first for first, last in spans)
    count = max(1, round(phase.pushes_per_week * (end - start) / (7 * _DAY_MS)))
    narratives = phase.narratives or tuple(scenario.narratives)
    posts = max(1, round(phase.posts_per_account * operator.accounts))
    for place in range(count):
        first = find_worked_moment(spans, place * total // count)
        last = find_worked_moment(spans, (place + 1) * total // count)
        whole_ms = round(phase.push_hours * _HOUR_MS)
        yield Ask((first, last), end, whole_ms, posts, narratives, tuple(operator.squads))
