"""The shipped facts of real populations: value, interval, sample, definition and source, read from JSON."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "facts"
FILES = ("real_facts.json", "published_facts.json")
_RECALLED = "recalled"
_GROUPS = re.compile(r"(\d+) groups")


@dataclass(frozen=True, slots=True)
class Fact:
    """One number of one real population.

    Attributes
    ----------
    name, definition, population : str
    value : float
        As found in the real data.
    low, high : float or None
        The real interval: quartiles, or a 95 % interval, as the definition says.
    n : int
        Sample that it was measured on; 0 where the source does not say.
    source, note : str
    """

    name: str
    definition: str
    population: str
    value: float
    low: float | None
    high: float | None
    n: int
    source: str
    note: str = ""

    @property
    def is_recalled(self) -> bool:
        """Whether the value was recalled from its source and not read again."""
        return _RECALLED in self.note

    @property
    def n_groups(self) -> int:
        """The groups of equal posts over which a fact ``sync_`` is a mean; 0 for others."""
        if not self.name.startswith("sync_"):
            return 0
        found = _GROUPS.search(self.note)
        return int(found[1]) if found else self.n

    @property
    def profile(self) -> tuple[float, ...]:
        """The shares of a profile fact (hours, weekdays), which stand in its note; empty for others."""
        return tuple(json.loads(self.note)) if self.note.startswith("[") else ()


@cache
def read_facts() -> tuple[Fact, ...]:
    """Return all shipped facts.

    Examples
    --------
    >>> len([fact for fact in read_facts() if fact.population == "organic:brand-mentions"])
    12
    """
    rows = [row for name in FILES for row in json.loads((FOLDER / name).read_text(encoding="utf-8"))]
    return tuple(_make_fact(row) for row in rows)


def _make_fact(row: dict[str, Any]) -> Fact:
    return Fact(
        name=row["name"],
        definition=row["definition"],
        population=row["population"],
        value=float(row["value"]),
        low=row.get("low"),
        high=row.get("high"),
        n=int(row.get("n", 0)),
        source=row["source"],
        note=row.get("note") or "",
    )


def find_facts(population: str) -> dict[str, Fact]:
    """Return the facts of a population by name; empty for an unknown one."""
    return {fact.name: fact for fact in read_facts() if fact.population == population}


def find_fact(population: str, name: str) -> Fact:
    """Return one fact; KeyError where there is none."""
    return find_facts(population)[name]
