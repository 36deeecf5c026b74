"""Where the names of brand events stand above a picture of time, so that neither names nor lines cross a name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from benchmarks.alerting.plain_names import show_plainly

# Inches of a character at 8 points, and between two names (assumed).
_SIGN, _GAP = 0.074, 0.12
_LONGEST = 44
_TOGETHER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class EventLabel:
    """A brand event, or several within a day: its name, on which level above the picture it stands, and where.

    Attributes
    ----------
    at : datetime
    text : str
    is_launch : bool
    x, length : float
        Inches from the left edge, and of the name.
    side : str
        left when the name begins at its line, right when it ends there.
    level : int
    """

    at: datetime
    text: str
    is_launch: bool
    x: float
    length: float
    side: str = "left"
    level: int = 0

    @property
    def span(self) -> tuple[float, float]:
        """From where to where the name reaches, inches."""
        return (self.x, self.x + self.length) if self.side == "left" else (self.x - self.length, self.x)


def place_labels(world: dict[str, Any], width: float) -> list[EventLabel]:
    """Return the names of a world's events and its launch, placed over a panel so many inches wide.

    Parameters
    ----------
    world : dict
        One of the worlds of ``smearbench alerts --json``.
    width : float
    """
    begin, end = (datetime.fromisoformat(world["dataset"][name]) for name in ("run_start", "run_end"))
    labels = [
        EventLabel(at, text, is_launch, width * ((at - begin) / (end - begin)), _SIGN * len(text))
        for at, text, is_launch in _merge_events(world)
    ]
    return _raise(_choose_sides(labels, width))


def _merge_events(world: dict[str, Any]) -> list[tuple[datetime, str, bool]]:
    launch = world["dataset"]["launch"]
    events = {(event["time"], event["name"]) for event in world["events"]}
    if launch not in {time for time, _ in events}:
        events.add((launch, "launch"))
    groups: list[tuple[datetime, list[str], bool]] = []
    for time, name in sorted(events):
        at, text = datetime.fromisoformat(time), show_plainly(name).replace("_", " ")
        if groups and at - groups[-1][0] < _TOGETHER:
            first, names, was_launch = groups.pop()
            groups.append((first, [*names, text], was_launch or time == launch))
        else:
            groups.append((at, [text], time == launch))
    return [(at, _join(names), is_launch) for at, names, is_launch in groups]


def _join(names: Sequence[str]) -> str:
    text = ", ".join(names)
    if len(text) > _LONGEST and len(names) > 1:
        text = f"{names[0]} and {len(names) - 1} more"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _choose_sides(labels: Sequence[EventLabel], width: float) -> list[EventLabel]:
    """Let a name begin at its line where it ends before the edge and before the line of one that ends at its own."""
    placed: list[EventLabel] = []
    edge = width
    for label in reversed(labels):
        side = "right" if label.x + label.length > edge else "left"
        edge = min(edge, label.x) if side == "right" else edge
        placed.insert(0, replace(label, side=side))
    return placed


def _raise(labels: Sequence[EventLabel]) -> list[EventLabel]:
    """Lift each name above those that it reaches over: from the right to the left, then the others."""
    placed: list[EventLabel] = []
    on_the_left = [label for label in reversed(labels) if label.side == "left"]
    for label in (*on_the_left, *(label for label in labels if label.side == "right")):
        below = [other.level for other in placed if _reaches_over(label, other)]
        placed.append(replace(label, level=max(below, default=-1) + 1))
    return sorted(placed, key=lambda label: label.at)


def _reaches_over(label: EventLabel, other: EventLabel) -> bool:
    (low, high), (other_low, other_high) = label.span, other.span
    return low < other_high + _GAP and other_low < high + _GAP
