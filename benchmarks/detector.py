"""The protocol of detectors: what they are given and what they must answer."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.schema import TABLES, Table

Level = Literal["account"]

OBSERVATIONS = {table.name: table for table in TABLES if table.path.startswith("observations/")}
SCORES = pa.schema([pa.field("account_id", pa.int64(), False), pa.field("score", pa.float64(), False)])
BATCH_ROWS = 1 << 17


class Observations:
    """What a platform shows to the brand's analyst, up to a moment; the only thing that a detector is given.

    Parameters
    ----------
    folder : Path
        A folder laid out like the ``observations/`` of a dataset. Not to be changed by a detector.
    as_of_ms : int
        The present, ms since the epoch, UTC; nothing later is in the folder.
    """

    def __init__(self, folder: Path, as_of_ms: int) -> None:
        self.folder = folder
        self.as_of_ms = as_of_ms

    @property
    def as_of(self) -> datetime:
        """The present."""
        return datetime.fromtimestamp(self.as_of_ms / 1000, UTC)

    @property
    def context(self) -> dict[str, Any]:
        """Brand, aliases, hashtags, announced events, launch and window."""
        content: dict[str, Any] = json.loads((self.folder / "context.json").read_bytes())
        return content

    def files(self, name: str) -> tuple[Path, ...]:
        """Return the Parquet files of a table in the order of their rows."""
        table = find_table(name)
        path = self.folder / Path(table.path).relative_to("observations")
        return tuple(sorted(path.glob("part-*.parquet"))) if table.parts else (path,)

    def batches(
        self, name: str, columns: Sequence[str] | None = None, rows: int = BATCH_ROWS
    ) -> Iterator[pa.RecordBatch]:
        """Yield a table in portions, in the order of its rows; memory does not grow with the table.

        Parameters
        ----------
        name : {'accounts', 'posts', 'likes', 'follows', 'metrics', 'removals'}
            Its columns are documented by ``smearbench schema --dataset``.
        columns : sequence of str, optional
            Columns to read, in this order; left out, all.
        rows : int
            Most rows of a portion.

        Raises
        ------
        ValueError
            When there is no such table or column.
        """
        schema = _select(name, columns)
        for path in self.files(name):
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(rows, columns=schema.names):
                    yield batch.select(schema.names).cast(schema)

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return a table, whole or some columns of it."""
        return pa.Table.from_batches(self.batches(name, columns), _select(name, columns)).unify_dictionaries()


@runtime_checkable
class Detector(Protocol):
    """Ranks accounts by suspicion.

    Attributes
    ----------
    name : str
    level : {'account'}
        What it scores.
    threshold : float
        The score from which it calls an account operated, fixed before it sees any data.
    """

    name: str
    level: Level
    threshold: float

    def score(self, observations: Observations) -> pa.Table:
        """Return `account_id` (int64) and `score` (float64, higher is more suspicious), one row an account.

        Accounts that are left out count as less suspicious than all others.
        """


def find_table(name: str) -> Table:
    """Return an observation table.

    Raises
    ------
    ValueError
        When there is none of that name.
    """
    if name not in OBSERVATIONS:
        raise ValueError(f"table must be one of {', '.join(OBSERVATIONS)}, got {name!r}")
    return OBSERVATIONS[name]


def _select(name: str, columns: Sequence[str] | None) -> pa.Schema:
    schema = find_table(name).arrow
    if columns is None:
        return schema
    unknown = [column for column in columns if column not in schema.names]
    if unknown:
        raise ValueError(f"column of {name} must be one of {', '.join(schema.names)}, got {unknown[0]!r}")
    return pa.schema([schema.field(column) for column in columns], schema.metadata)
