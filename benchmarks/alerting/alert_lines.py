"""Alerts of a team's own pipeline as lines of a file: what a line must be, and when an alert was."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from simulator.errors import InputError

MOST_NAME = 200
# Problems of a file that are told; the others are counted.
MOST_TOLD = 20
ATTACK: Final = "attack"
CRISIS: Final = "crisis"
KINDS = (ATTACK, CRISIS)

# From 2001-09-09 to 2286-11-20: in this range a number of seconds cannot be taken for one of milliseconds.
_SECONDS = (1e9, 1e10)
_MILLIS = (1e12, 1e13)
_TIME_RULE = "be ISO 8601 with a zone, or a number of seconds (10 digits) or milliseconds (13 digits) since 1970"
_NAME_RULE = f"be a text of 1 to {MOST_NAME} characters without control characters"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert.

    Attributes
    ----------
    time_ms : int
        When somebody heard, ms since the epoch; wall clock or simulated time, as the file has it.
    name : str
        What raised it, as a rule's name.
    kind : str
        What it says that is happening: attack, or crisis (a real one, with no operator behind it).
    """

    time_ms: int
    name: str
    kind: str = ATTACK

    def to_line(self) -> str:
        """Return the line of a file, with its end."""
        content: dict[str, Any] = {"time": self.time_ms, "name": self.name}
        if self.kind != ATTACK:
            content["kind"] = self.kind
        return json.dumps(content, ensure_ascii=False) + "\n"


def read_alerts(path: Path) -> list[Alert]:
    """Return the alerts of a file, in the order of time.

    Parameters
    ----------
    path : Path
        A JSON object a line with `time` and `name`; empty lines and other members are left aside.

    Raises
    ------
    InputError
        When it cannot be read; or naming each line that is no alert, the first twenty of them.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise InputError(f"{path}: must be a file of alerts, got {error.strerror or error}.") from error
    alerts, problems = parse_lines(lines, str(path))
    if problems:
        raise InputError(*_cut(problems, str(path)))
    return sorted(alerts, key=lambda alert: alert.time_ms)


def parse_lines(lines: Iterable[bytes], place: str, default_ms: int | None = None) -> tuple[list[Alert], list[str]]:
    """Return the alerts of lines, and what is wrong with the others.

    Parameters
    ----------
    lines : iterable of bytes
    place : str
        What messages call the file.
    default_ms : int, optional
        Time of an alert that says none, ms.
    """
    alerts, problems = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            alerts.append(parse_alert(_load(line), default_ms))
        except ValueError as error:
            problems.append(f"{place}:{number}: {error}")
    return alerts, problems


def parse_alert(content: Any, default_ms: int | None = None) -> Alert:
    """Return the alert that a JSON object describes.

    Raises
    ------
    ValueError
        Naming the member, the rule and what it got.
    """
    if not isinstance(content, dict):
        raise ValueError(f"must be a JSON object with time and name, got {_show(content)}.")
    kind = content.get("kind", ATTACK)
    is_timed = default_ms is None or "time" in content
    time_ms = read_moment(content.get("time")) if is_timed else default_ms
    assert time_ms is not None
    return Alert(time_ms, read_name(content.get("name")), kind if kind in KINDS else ATTACK)


def read_name(value: Any) -> str:
    """Return the name of an alert.

    Raises
    ------
    ValueError
    """
    if not isinstance(value, str) or not 1 <= len(value.strip()) <= MOST_NAME or not value.strip().isprintable():
        raise ValueError(f"name: must {_NAME_RULE}, got {_show(value)}.")
    return value.strip()


def read_moment(value: Any) -> int:
    """Return a moment in ms since the epoch.

    Raises
    ------
    ValueError
        When it has no zone, is a number that could be of another unit, or is no time at all.

    Examples
    --------
    >>> read_moment("2025-05-22T19:00:00+08:00") == read_moment(1747911600) == read_moment(1747911600000)
    True
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if _SECONDS[0] <= value < _SECONDS[1]:
            return round(value * 1000)
        if _MILLIS[0] <= value < _MILLIS[1]:
            return round(value)
    if isinstance(value, str):
        moment = _read_text(value)
        if moment is not None and moment.tzinfo is not None:
            return round(moment.timestamp() * 1000)
    raise ValueError(f"time: must {_TIME_RULE}, got {_show(value)}.")


def _read_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _load(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("must be JSON, got one that is nested too deeply.") from None
    except ValueError as error:
        raise ValueError(f"must be a JSON object with time and name, got {_show(line)} ({error}).") from error


def _refuse_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _show(value: Any) -> str:
    """Return a value as messages show it, cut."""
    if value is None:
        return "none"
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else json.dumps(value, default=str)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _cut(problems: list[str], place: str) -> list[str]:
    left = len(problems) - MOST_TOLD
    return problems if left <= 0 else [*problems[:MOST_TOLD], f"{place}: {left:,} more lines are wrong."]
