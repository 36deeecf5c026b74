"""Says what is wrong in a lesson file in the words of a scenario's problems."""

from collections.abc import Callable
from typing import Any

from simulator.scenario.reader import REFUSED, Document
from simulator.scenario.wording import nearest, show

_RULES = {
    "rule": "{rule}",
    "string_type": "be text",
    "float_type": "be a number",
    "int_type": "be a whole number",
    "bool_type": "be true or false",
    "tuple_type": "be a list",
    "model_type": "be a mapping",
    "literal_error": "be {expected}",
    "too_short": "have at least {min_length} entries",
    "too_long": "have at most {max_length} entries",
    "string_too_short": "have at least {min_length} characters",
    "string_too_long": "have at most {max_length} characters",
    "greater_than": "be above {gt:g}",
    "greater_than_equal": "be {ge:g} or more",
    "less_than_equal": "be {le:g} or less",
}


def _is_long_enough(detail: dict[str, Any]) -> bool:
    """A list whose entries are wrong is called too short as well; that is said once."""
    return bool(detail["type"] == "too_short" and len(detail["input"]) >= detail["ctx"]["min_length"])


def explain(document: Document, detail: dict[str, Any], find_keys: Callable[[tuple[Any, ...]], list[str]]) -> None:
    """Note one error of the models; `find_keys` returns the known keys of the mapping at a path."""
    path, kind = tuple(detail["loc"]), detail["type"]
    if detail["input"] is REFUSED or _is_long_enough(detail):
        return
    if path and path[-1] in ("float", "str"):
        path = path[:-1]
    if kind == "missing":
        document.add(document.mark(path), path, "be given")
    elif kind == "extra_forbidden":
        advice = nearest(str(path[-1]), find_keys(path[:-1]))
        document.add(document.key_mark(path), path, "be a known key", show(path[-1]), advice)
    else:
        context = detail.get("ctx", {})
        rule = _RULES[kind].format(**context) if kind in _RULES else str(detail["msg"]).removeprefix("Input should ")
        value = "" if kind == "rule" and isinstance(detail["input"], dict) else show(detail["input"])
        document.add(document.mark(path), path, rule, value, context.get("advice", ""))
