"""A dataset's tables as views of an in-memory DuckDB, for summaries that need no rows in Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from simulator.dataset.reader import Dataset


class Queries:
    """Questions to one or more open datasets; views are named `<prefix><table>`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def attach(self, dataset: Dataset, prefix: str = "") -> None:
        """Make a view of every table that the dataset has."""
        for name in dataset.counts:
            paths = [str(path) for path in dataset.files(name)]
            # DuckDB would read * ? [ in a path as a pattern.
            relation = self._connection.read_parquet([escape_pattern(path) for path in paths])
            relation.create_view(f"{prefix}{name}")

    def keep(self, name: str, rows: pa.Table) -> None:
        """Make a table of some rows that later questions may name."""
        self._connection.register(name, rows)

    def rows(self, question: str, parameters: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of the answer."""
        return self._connection.execute(question, parameters or {}).fetchall()

    def row(self, question: str, parameters: dict[str, Any] | None = None) -> tuple[Any, ...]:
        """Return the only row of the answer."""
        return self.rows(question, parameters)[0]

    def table(self, question: str, parameters: dict[str, Any] | None = None) -> pa.Table:
        """Return the answer as an Arrow table."""
        return self._connection.sql(question, params=parameters or {}).to_arrow_table()

    def counts(self, question: str, parameters: dict[str, Any] | None = None) -> dict[str, int]:
        """Return an answer of two columns as a mapping, in its order."""
        return {str(name): int(count) for name, count in self.rows(question, parameters)}


@contextmanager
def ask(**datasets: Dataset) -> Iterator[Queries]:
    """Open datasets for questions; each keyword is the prefix of its views, `tables` for none."""
    with duckdb.connect(":memory:") as connection:
        queries = Queries(connection)
        for prefix, dataset in datasets.items():
            queries.attach(dataset, "" if prefix == "tables" else f"{prefix}_")
        yield queries


def escape_pattern(path: str) -> str:
    """Return a path in which DuckDB sees no pattern."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)
