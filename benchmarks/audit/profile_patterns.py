"""Fingerprints of profiles: exact lengths and kinds of writing as categories, which no order of numbers shows."""

import re
from collections.abc import Callable

import numpy as np

from benchmarks.audit.probe_tables import ProbeTable
from benchmarks.detector import Observations

_RUNS = ((re.compile(r"[0-9]+"), "9"), (re.compile(r"[^\W\d_]+"), "a"))
_CAPITALS, _CHINESE = re.compile(r"[A-Z]"), re.compile(r"[\u4e00-\u9fff]")


def outline(text: str) -> str:
    """Return a text with runs of letters as one a and runs of digits as one 9: what kind of pattern it follows.

    Examples
    --------
    >>> outline("mike_1987"), outline("zhang.wei")
    ('a_9', 'a.a')
    """
    for pattern, letter in _RUNS:
        text = pattern.sub(letter, text)
    return text


def case_of(text: str) -> str:
    """Return the writing of a text: has capitals, has Chinese, has others."""
    return f"{bool(_CAPITALS.search(text)):d}{bool(_CHINESE.search(text)):d}{text.isascii():d}"


_KINDS: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("handle", "length", lambda text: str(len(text))),
    ("handle", "outline", outline),
    ("handle", "digits", lambda text: str(sum(letter.isdigit() for letter in text))),
    ("display_name", "length", lambda text: str(len(text))),
    ("display_name", "outline", outline),
    ("display_name", "case", case_of),
    ("bio", "length", lambda text: str(len(text))),
    ("bio", "outline", outline),
    ("bio", "case", case_of),
    ("location", "value", str),
)


def describe_profiles(observations: Observations) -> ProbeTable:
    """Return the fingerprints of all accounts as numbers of categories, in the order of ascending account ids.

    A number is a hash of the category, the same in every world.
    """
    columns = ("handle", "display_name", "bio", "location")
    rows = observations.table("accounts", ["account_id", *columns])
    order = np.argsort(rows["account_id"].to_numpy())
    texts = {name: np.asarray(rows[name].to_pylist(), object)[order] for name in columns}
    values = [[_number(kind(text)) for text in texts[name]] for name, _, kind in _KINDS]
    names = tuple(f"{name}_{word}" for name, word, _ in _KINDS)
    return ProbeTable(names, np.asarray(values, np.float64).T)


def _number(category: str) -> int:
    """Return a number of a category that does not depend on the process (FNV-1a, 32 bits)."""
    number = 2166136261
    for byte in category.encode():
        number = (number ^ byte) * 16777619 & 0xFFFFFFFF
    return number
