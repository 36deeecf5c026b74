"""Fills what a scenario file leaves out and only another setting can decide: segments and dials."""

from typing import Any

from simulator.scenario.apportionment import split_largest_remainder
from simulator.scenario.dials import DIAL_NAMES, LADDER, LADDER_STOCK
from simulator.scenario.segments import SEGMENT_DEFAULTS
from simulator.vocabulary import EvasionLevel

_GRID = 10**6


def fill_defaults(data: object) -> None:
    """Fill segments and dials into the plain data of a scenario, in place; what is malformed is left for validation."""
    if not isinstance(data, dict):
        return
    organic = data.get("organic")
    if isinstance(organic, dict) and isinstance(organic.setdefault("segments", {}), dict):
        _fill_segments(organic["segments"])
    for operator in _entries(data.get("operators")):
        for squad in _entries(operator.get("squads")):
            _fill_dials(squad)


def _entries(mapping: object) -> list[dict[str, Any]]:
    return [entry for entry in mapping.values() if isinstance(entry, dict)] if isinstance(mapping, dict) else []


def _fill_segments(segments: dict[str, Any]) -> None:
    """Fill settings and shares; segments without a share divide what is left as their defaults do."""
    known = {segment.name: defaults.model_dump() for segment, defaults in SEGMENT_DEFAULTS.items()}
    given = {name: entry for name, entry in segments.items() if isinstance(entry, dict) and "share" in entry}
    waiting = [name for name in known if name not in given and isinstance(segments.get(name, {}), dict)]
    shares = _divide_rest([entry["share"] for entry in given.values()], [known[name]["share"] for name in waiting])
    for name, share in zip(waiting, shares, strict=True):
        segments.setdefault(name, {})["share"] = share
    for name in known:
        if isinstance(segments.get(name), dict):
            segments[name] = known[name] | segments[name]
            if segments[name]["share"] == 0 and not isinstance(segments[name]["share"], bool):
                del segments[name]


def _divide_rest(given: list[object], defaults: list[float]) -> list[float]:
    """Return shares, on a grid of a millionth, that fill the given ones up to 1 in proportion to the defaults."""
    taken = sum(share for share in given if isinstance(share, int | float))
    rest = max(0, round((1 - taken) * _GRID))
    parts = split_largest_remainder(rest, [round(share * _GRID) for share in defaults], [0] * len(defaults))
    return [share / _GRID for share in parts]


def _fill_dials(squad: dict[str, Any]) -> None:
    """Fill the dials, and the stock that a level brings."""
    name = squad.get("evasion", EvasionLevel.L2.name)
    level = EvasionLevel.__members__.get(name) if isinstance(name, str) else None
    if level is None:
        return
    ladder = LADDER[level].model_dump(mode="json")
    for dial in DIAL_NAMES:
        if squad.get(dial) is None:
            squad[dial] = ladder[dial]
    if squad.get("stock") is None and level in LADDER_STOCK:
        squad["stock"] = {stock.name: share for stock, share in LADDER_STOCK[level].items()}
