"""Probe tables: named numbers of accounts, posts, likes or follows, that shortcuts are sought in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from benchmarks.audit.marginal_questions import COUNTED
from benchmarks.detector import Observations
from benchmarks.signals.features import brand_pattern

Matrix = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ProbeTable:
    """Names of k features and their values, float64[n, k]; nan where a row has no such thing."""

    names: tuple[str, ...]
    values: Matrix

    def without(self, left_out: frozenset[str]) -> "ProbeTable":
        """Return the table without some features."""
        kept = [place for place, name in enumerate(self.names) if name not in left_out]
        return ProbeTable(tuple(self.names[place] for place in kept), self.values[:, kept])


def answer_by_account(observations: Observations, questions: Sequence[str], account_ids: Ids) -> ProbeTable:
    """Ask questions of one row an account, and return the answers in the order of ascending `account_ids`."""
    columns: dict[str, Matrix] = {}
    with observations.ask() as database:
        set_variables(database, observations)
        for question in questions:
            columns |= _spread(database.execute(question).fetchnumpy(), account_ids)
    return ProbeTable(tuple(columns), np.column_stack(list(columns.values())))


def set_variables(database: duckdb.DuckDBPyConnection, observations: Observations) -> None:
    """Give a database the variables that the questions read."""
    context = observations.context
    start_ms = int(np.datetime64(str(context["start"]).removesuffix("Z"), "ms").astype(np.int64))
    for name, value in (("start_ms", start_ms), ("brand_pattern", brand_pattern(context))):
        database.execute(f"set variable {name} = ?", [value])
    database.execute("set variable as_of_ms = ?", [observations.as_of_ms])


def _spread(answer: Mapping[str, NDArray[Any]], account_ids: Ids) -> dict[str, Matrix]:
    """Return each column of an answer by account."""
    found = np.asarray(answer["account_id"], np.int64)
    known = np.isin(found, account_ids)
    rows = np.searchsorted(account_ids, found[known])
    columns = {}
    for name, column in answer.items():
        if name != "account_id":
            columns[name] = np.full(len(account_ids), 0.0 if name in COUNTED else np.nan)
            columns[name][rows] = np.ma.filled(np.ma.asarray(column, np.float64), np.nan)[known]
    return columns
