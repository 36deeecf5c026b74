"""Overrides of single settings, as in ``--set operators.agency.squads.night.evasion=L3``."""

from collections.abc import Iterator, Sequence
from typing import Any

from simulator.errors import Problem, ScenarioError
from simulator.scenario.dials import DIAL_NAMES
from simulator.scenario.fields import ROOT, Field
from simulator.scenario.reader import Document, Mark, Place, read_value
from simulator.scenario.wording import nearest, show


def apply_overrides(document: Document, overrides: Sequence[str]) -> None:
    """Put overrides into the plain data of a scenario, in order.

    The name ``all`` means every name at its place. A new level of a squad drops the single dials that
    its file gives.

    Raises
    ------
    ScenarioError
        When an override has no ``=``, no YAML value, or a path that the scenario does not have; all
        wrong ones are named.
    """
    problems: list[Problem | str] = []
    for override in overrides:
        try:
            _apply(document, override)
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(*problems)


def _apply(document: Document, override: str) -> None:
    label = f"--set {override}" if len(override) <= 120 else f"--set {override[:117]}..."
    path, equals, text = override.partition("=")
    if not equals or not path.strip():
        raise ScenarioError(Problem(label, 0, 0, "", "have the form path=value", show(override)))
    value, piece = read_value(text, label)
    if piece.problems:
        raise ScenarioError(*piece.problems)
    for target in _find_targets(label, document.data, ROOT, path.strip().split("."), ()):
        if target[-1] == "evasion":
            _drop_file_dials(document, target[:-1])
        _put(document, target, value, piece)


def _find_targets(label: str, data: object, field: Field, names: list[str], path: Place) -> Iterator[Place]:
    """Yield the paths that the names of an override mean."""
    if not names:
        yield path
        return
    name, *rest = names
    for key in _match(label, data, field, name, path):
        child = field.child(key)
        assert child is not None
        inner = data.get(key) if isinstance(data, dict) else None
        yield from _find_targets(label, inner, child, rest, (*path, key))


def _match(label: str, data: object, field: Field, name: str, path: Place) -> list[str]:
    """Return the names at a place that one name of an override means."""
    place = ".".join(map(str, path))
    present = [str(key) for key in data] if isinstance(data, dict) else []
    if field.model is not None:
        known = list(field.model.model_fields)
    elif field.is_mapping:
        known = list(field.keys) or present
    else:
        raise ScenarioError(Problem(label, 0, 0, place, "be a mapping to have a name under it", show(name)))
    if name == "all" and field.is_mapping:
        every = known if field.has_all_keys else present
        if not every:
            raise ScenarioError(Problem(label, 0, 0, place, "have a name that 'all' can mean", "none"))
        return every
    if name in known or (field.is_mapping and _is_zone_place(path)):
        return [name]
    rule = f"be a known name under {place}" if place else "be a known name"
    raise ScenarioError(Problem(label, 0, 0, "", rule, show(name), nearest(name, known)))


def _is_zone_place(path: Place) -> bool:
    return path == ("organic", "zones")


def _drop_file_dials(document: Document, squad: Place) -> None:
    settings = _at(document.data, squad)
    for dial in DIAL_NAMES:
        if isinstance(settings, dict) and dial in settings and document.mark((*squad, dial)).file == document.file:
            del settings[dial]


def _at(data: Any, path: Place) -> object:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _put(document: Document, path: Place, value: object, piece: Document) -> None:
    """Put a value at a path, with the override as its place; malformed ground is left for validation."""
    data: Any = document.data
    for key in path[:-1]:
        if not isinstance(data, dict):
            return
        if data.get(key) is None:
            data[key] = {}
        data = data[key]
    if not isinstance(data, dict):
        return
    data[path[-1]] = _copy(value)
    for marks in (document.marks, document.key_marks):
        for place in [place for place in marks if place[: len(path)] == path]:
            del marks[place]
    for place in piece.marks:
        document.marks[(*path, *place)] = Mark(piece.file)


def _copy(value: object) -> object:
    """Return a copy that shares no mapping or list."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value
