"""The words of a scenario's problems: how a value is shown and which known name is nearest."""

import difflib
from collections.abc import Iterable


def show(value: object) -> str:
    """Return a value as a message shows it: shortened, on one line, in YAML's words.

    Examples
    --------
    >>> show(True), show(None), show("yes"), show({"a": 1})
    ('true', 'nothing', "'yes'", 'a mapping')
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    text = repr(value)
    return text if len(text) <= 44 else f"{text[:40]}...{text[0] if text[0] in chr(39) + chr(34) else ''}"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return advice that names the nearest known name, or the known ones when none is near.

    Examples
    --------
    >>> nearest("opperators", ["operators", "events"])
    "Did you mean 'operators'?"
    """
    names = list(known)
    if near := suggest(name, names):
        return near
    if not names:
        return ""
    return f"Known: {', '.join(names[:12])}{', ...' if len(names) > 12 else ''}."


def suggest(name: object, known: Iterable[str]) -> str:
    """Return advice that names the nearest known name; empty when none is near."""
    close = difflib.get_close_matches(name[:60], list(known), n=1, cutoff=0.6) if isinstance(name, str) else []
    return f"Did you mean '{close[0]}'?" if close else ""
