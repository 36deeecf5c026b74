"""The replay of a world's observations, plainly: for every step, look through all rows again."""

from datetime import UTC, datetime

from benchmarks.detector import OBSERVATIONS

VISIBLE_AT = {"accounts": "created_at", "posts": "created_at", "likes": "created_at", "follows": "since",
              "metrics": "as_of", "removals": "time"}  # fmt: skip


def replay(observations, step_minutes):
    """Return, step by step, the new rows of every table as dicts and the moment at which the step ended, in ms."""
    start_ms = to_ms(datetime.fromisoformat(observations.context["start"]))
    rows = {name: observations.table(name).to_pylist() for name in OBSERVATIONS}
    steps = []
    end_ms, before_ms = start_ms + step_minutes * 60_000, None
    while end_ms <= observations.as_of_ms:
        new = {
            name: [_show(row, end_ms) for row in rows[name] if _is_new(name, row, before_ms, end_ms)] for name in rows
        }
        steps.append((new, end_ms))
        before_ms, end_ms = end_ms, end_ms + step_minutes * 60_000
    return steps


def to_ms(moment):
    """Return a moment as ms since the epoch."""
    return round(moment.astimezone(UTC).timestamp() * 1000)


def _is_new(name, row, before_ms, end_ms):
    time = to_ms(row[VISIBLE_AT[name]])
    if name == "metrics":
        return (before_ms is None or time > before_ms) and time <= end_ms
    return (before_ms is None or time >= before_ms) and time < end_ms


def _show(row, end_ms):
    until = row.get("until")
    return row | {"until": None} if until is not None and to_ms(until) >= end_ms else row
