"""What a rule found in a dataset, and the questions by which rules find it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.dataset import Dataset
from simulator.dataset.context import to_iso
from simulator.dataset.queries import Queries
from simulator.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Fault:
    """One place that breaks a rule: where, what must be there and what is."""

    where: str
    must: str
    got: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one rule.

    Attributes
    ----------
    rule : str
        Name of the rule, `group.name`.
    claim : str
        What the rule says, with the number of things that were looked at.
    n_faults : int
        How many of them break it.
    first : Fault or None
        One of those that do.
    """

    rule: str
    claim: str
    n_faults: int = 0
    first: Fault | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing breaks the rule."""
        return self.n_faults == 0


def judge(rule: str, claim: str, faults: Iterable[Fault]) -> Finding:
    """Return the finding of a rule whose faults were listed one by one."""
    found = list(faults)
    return Finding(rule, claim, len(found), found[0] if found else None)


def compare(where: str, must: object, got: object) -> list[Fault]:
    """Return the fault of one value that must equal another; none when it does."""
    return [] if must == got else [Fault(where, f"be {must}", str(got))]


class Subject:
    """A dataset under proof: its tables as views, and its scenario read anew from its text.

    Parameters
    ----------
    dataset : Dataset
    scenario : Scenario
        Of the dataset's own ``scenario.yaml``.
    queries : Queries
        With the dataset's tables as views without prefix; they may be joined into temporary tables.
    """

    def __init__(self, dataset: Dataset, scenario: Scenario, queries: Queries) -> None:
        self.dataset, self.scenario, self.queries = dataset, scenario, queries
        self.start_ms, self.end_ms = scenario.start_ms, scenario.end_ms

    @property
    def is_quiet(self) -> bool:
        """Whether nobody commands anything: no operators, or a twin."""
        return self.dataset.is_twin or not self.scenario.operators

    @cached_property
    def n_accounts(self) -> int:
        """Number of accounts in the labels."""
        return self.count("truth_accounts")

    @cached_property
    def pushed(self) -> str:
        """Name of a temporary table of the commanded posts, with their authors' labels; `ms` is when."""
        self.queries.rows(
            """create temp table pushed as
               select posts.post_id, epoch_ms(created_at) as ms, posts.account_id, kind, truth.push_id, root_push_id,
                      narrative_id, tactic, technique, manuscript_id, stance, operator_id, squad_id, role, operated,
                      epoch_ms(operated_from) as from_ms
               from posts join (from truth_posts where push_id is not null) as truth using (post_id)
               left join truth_accounts using (account_id)"""
        )
        return "pushed"

    def count(self, table: str) -> int:
        """Return the number of rows of a table or subquery."""
        return int(self.queries.row(f"select count(*) from {table}")[0])

    def end_of(self, operator: str) -> int:
        """Return when an operator stops commanding, ms since the epoch, UTC."""
        break_up = self.scenario.operators[operator].break_up
        return self.end_ms if break_up is None else min(self.end_ms, self.scenario.at(break_up.time))

    def search(self, rule: str, claim: str, faults: str, **parameters: Any) -> Finding:
        """Return the finding of a rule whose faults a query lists as (where, must, got).

        The rows stay in DuckDB but for the first one.
        """
        rows = self.queries.rows(f"select *, count(*) over () from ({faults}) limit 1", parameters)
        if not rows:
            return Finding(rule, claim)
        where, must, got, n_faults = rows[0]
        return Finding(rule, claim, int(n_faults), Fault(str(where), str(must), str(got)))

    def enter(self, table: str, columns: dict[str, str], rows: Sequence[Sequence[Any]]) -> None:
        """Make a small temporary table for the queries that follow; `columns` maps names to SQL types."""
        lists = list(zip(*rows, strict=True)) or [()] * len(columns)
        unnested = ", ".join(f'unnest(${name}::{kind}[]) as "{name}"' for name, kind in columns.items())
        given = {name: list(values) for name, values in zip(columns, lists, strict=True)}
        self.queries.rows(f"create or replace temp table {table} as select {unnested}", given)


def span(first_ms: int, last_ms: int) -> str:
    """Return a half-open window as a message shows it."""
    return f"{to_iso(first_ms)} to {to_iso(last_ms)}"


def count_words(n: int, singular: str, plural: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> count_words(1, "push", "pushes"), count_words(1234, "post")
    ('1 push', '1,234 posts')
    """
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"
