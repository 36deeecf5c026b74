"""Plain data to a Scenario: what the models refuse, said in plain words at its place in the file."""

import difflib
from typing import Any, Literal

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import ScenarioError
from simulator.scenario.checks import check_data
from simulator.scenario.fields import NAME_RULE, Field, describe_bounds, describe_rule, find_field
from simulator.scenario.models import Scenario
from simulator.scenario.reader import REFUSED, Document, Place, Refused
from simulator.scenario.wording import nearest, show, suggest

_BOUNDS = ("greater_than", "greater_than_equal", "less_than", "less_than_equal")


def validate(document: Document, file_id: str | None = None) -> Scenario:
    """Return the scenario of a document whose defaults are filled.

    Parameters
    ----------
    document : Document
        Its problems are added to.
    file_id : str, optional
        The id that the scenario must have to agree with its file's name.

    Raises
    ------
    ScenarioError
        With every mistake of the document, in the order of the file.
    """
    refused = set(_find_refused(document.data, ()))
    bad = set(refused)
    scenario = None
    try:
        scenario = Scenario.model_validate(document.data)
    except ValidationError as error:
        bad |= _explain_all(document, error.errors(include_url=False), refused)
    check_data(document, bad, file_id)
    if document.problems or scenario is None:
        raise ScenarioError(*sorted(document.problems, key=lambda problem: (problem.line == 0, problem)))
    return scenario


def _find_refused(value: object, path: Place) -> list[Place]:
    match value:
        case Refused():
            return [path]
        case dict():
            return [found for key, inner in value.items() for found in _find_refused(inner, (*path, key))]
        case list():
            return [found for index, inner in enumerate(value) for found in _find_refused(inner, (*path, index))]
    return []


def _explain_all(document: Document, details: list[ErrorDetails], refused: set[Place]) -> set[Place]:
    """Note the errors of the models, but for those that only follow from another; return the places they spoil."""
    unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    misspelt = {(*place[:-1], _nearest_field(place)) for place in unknown}
    bad_keys = {detail["loc"][:-1] for detail in details if detail["loc"][-1:] == ("[key]",)}
    spoilt: set[Place] = set()
    for detail in details:
        place = detail["loc"]
        follows = any(place[:length] in bad_keys for length in range(1, len(place))) and place[-1] != "[key]"
        if (follows or place in bad_keys) or (detail["type"] == "missing" and place in misspelt):
            spoilt.add(place)
        else:
            spoilt |= _explain(document, detail, refused)
    return spoilt


def _nearest_field(place: Place) -> str:
    """Return the name of the field that an unknown key most resembles; empty when none."""
    parent = find_field(place[:-1])
    names = parent.model.model_fields if parent and parent.model else ()
    return next(iter(difflib.get_close_matches(str(place[-1])[:60], names, n=1, cutoff=0.6)), "")


def _explain(document: Document, detail: ErrorDetails, refused: set[Place]) -> set[Place]:
    """Note one error of the models, unless it only follows from a refused value; return the places it spoils."""
    path: Place = detail["loc"]
    is_key = bool(path) and path[-1] == "[key]"
    path = path[:-1] if is_key else path
    if any(path[:length] in refused for length in range(len(path) + 1)) or detail["input"] is REFUSED:
        return set()
    if is_key:
        _explain_key(document, path, detail)
    elif detail["type"] == "missing":
        _explain_missing(document, path)
    elif detail["type"] == "extra_forbidden":
        _explain_unknown(document, path)
    else:
        _explain_value(document, path, detail)
    return {path}


def _explain_key(document: Document, path: Place, detail: ErrorDetails) -> None:
    parent = find_field(path[:-1])
    rule, advice = NAME_RULE, ""
    if detail["type"] == "rule":
        rule, advice = _own_words(detail)
    elif parent and parent.keys:
        rule, advice = f"be one of {', '.join(parent.keys)}", suggest(path[-1], parent.keys)
    document.add(document.key_mark(path), path, rule, show(path[-1]), advice)


def _explain_missing(document: Document, path: Place) -> None:
    field = find_field(path)
    advice = field.description if field else ""
    document.add(document.mark(path[:-1]), path, "be given", "", advice)


def _explain_unknown(document: Document, path: Place) -> None:
    parent = find_field(path[:-1])
    known = parent.model.model_fields if parent and parent.model else ()
    document.add(document.key_mark(path), path, "be a known key", show(path[-1]), nearest(str(path[-1]), known))


def _explain_value(document: Document, path: Place, detail: ErrorDetails) -> None:
    field, kind = find_field(path), detail["type"]
    rule, advice = "be valid", detail["msg"]
    value = show(detail["input"])
    if kind == "rule":
        rule, advice = _own_words(detail)
    elif field and kind in _BOUNDS:
        rule, advice = f"be {describe_bounds(field)}", ""
    elif kind in ("too_short", "too_long"):
        rule, value, advice = _count_rule(detail["ctx"])
    elif kind in ("string_too_short", "string_too_long"):
        rule, advice = f"have {_length_rule(field)} characters", ""
    elif kind == "string_pattern_mismatch":
        rule, advice = _pattern_rule(path), ""
    elif field:
        rule, advice = describe_rule(field), _type_advice(field, detail["input"])
    document.add(document.mark(path), path, rule, value, advice)


def _own_words(detail: ErrorDetails) -> tuple[str, str]:
    return detail["ctx"]["rule"], detail["ctx"]["advice"]


def _count_rule(context: dict[str, Any]) -> tuple[str, str, str]:
    bound = f"at least {context['min_length']}" if "min_length" in context else f"at most {context['max_length']}"
    return f"have {bound} entries".replace("1 entries", "1 entry"), str(context.get("actual_length", "more")), ""


def _length_rule(field: Field | None) -> str:
    bounds = (
        {
            name: getattr(rule, name)
            for rule in field.constraints
            for name in ("min_length", "max_length")
            if hasattr(rule, name)
        }
        if field
        else {}
    )
    low, high = bounds.get("min_length", 0), bounds.get("max_length", "any number of")
    return f"{low} to {high}"


def _pattern_rule(path: Place) -> str:
    if path and path[0] == "target":
        return "be a name of 2 to 30 characters without @, #, / and :"
    return NAME_RULE


def _type_advice(field: Field, value: object) -> str:
    """Return what to do about a value of the wrong type."""
    if field.type in (bool, Literal[True]) and isinstance(value, str):
        return "Only true and false are booleans."
    if field.type in (int, float) and isinstance(value, str):
        digits = value.replace("_", "").replace(",", "").lstrip("0")
        return f"Write {digits}." if digits != value and digits.isdecimal() and digits.isascii() else ""
    if field.model is not None or field.is_mapping:
        return "Give names and values."
    return suggest(value, map(str, getattr(field.type, "__args__", ())))
