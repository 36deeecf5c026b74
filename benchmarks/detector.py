"""The protocol of detectors: what they are given and what they must answer."""

import json
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args, runtime_checkable

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.schema import TABLES, Table

if TYPE_CHECKING:
    import duckdb

Level = Literal["account", "post", "group", "alert"]
LEVELS: tuple[Level, ...] = get_args(Level)

OBSERVATIONS = {table.name: table for table in TABLES if table.path.startswith("observations/")}
SCORES = pa.schema([pa.field("account_id", pa.int64(), False), pa.field("score", pa.float64(), False)])
POST_SCORES = pa.schema([pa.field("post_id", pa.int64(), False), pa.field("score", pa.float64(), False)])
GROUPED_SCORES = SCORES.append(pa.field("group_id", pa.int64(), True))
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

    @contextmanager
    def ask(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """Open an in-memory DuckDB with a view of every table, for joins too large for Python; one thread.

        Examples
        --------
        >>> with observations.ask() as database:
        ...     database.execute("select count(*) > 0 from posts").fetchall()
        [(True,)]
        """
        import duckdb

        from simulator.dataset.queries import escape_pattern

        with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "3GB"}) as database:
            database.execute("set TimeZone = 'UTC'")
            for name in OBSERVATIONS:
                paths = [escape_pattern(str(path)) for path in self.files(name)]
                database.read_parquet(paths).create_view(name)
            yield database


@dataclass(frozen=True, slots=True)
class TrainingWorld:
    """A labelled world to learn from; never one that a detector is scored on.

    Attributes
    ----------
    observations : Observations
    labels : mapping of str to pyarrow.Table
        `accounts`: account_id, operated (bool), squad_id, operator_id, role (null when not operated), one row
        for every account that counts. `posts`: post_id, pushed (bool), tactic. `waves`: wave_id, start, end.
    """

    observations: Observations
    labels: Mapping[str, pa.Table]


class StepTables(Mapping[str, pa.Table]):
    """The tables of one step of time, of which single columns can be asked for."""

    @abstractmethod
    def pick(self, name: str, schema: pa.Schema) -> pa.Table:
        """Return the rows of a table with the columns of a schema, which is a part of the table's."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What became visible in one step of time: new rows of every observation table.

    The first one also holds what was there before the start: its accounts and follows.
    """

    tables: Mapping[str, pa.Table]

    def table(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return the new rows of a table, whole or some columns of them."""
        schema = _select(name, columns)
        if isinstance(self.tables, StepTables):
            return self.tables.pick(name, schema)
        return self.tables[name].select(schema.names)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alarm raised at the end of a step; `score` says how loud, `reason` is for people."""

    score: float
    reason: str = ""


@runtime_checkable
class Detector(Protocol):
    """Ranks accounts or posts, or finds groups of accounts, by suspicion.

    Attributes
    ----------
    name : str
    level : {'account', 'post', 'group'}
        What it scores.

    Further attributes are optional:

    threshold : float
        The score from which it accuses, fixed before it sees any data.
    is_probability : bool
        Whether the score claims to be the probability of being operated.
    within_world : bool
        Whether scores compare only within one world, as those that are scaled by it do.
    paper, needs, cost : str
        Source, tables read and growth of the time, for ``smearbench detectors``.
    fit : method
        ``fit(worlds: Sequence[TrainingWorld])``, called first where training worlds are given.
    """

    name: str
    level: Level

    def score(self, observations: Observations) -> pa.Table:
        """Return one row an entity, higher `score` (float64, finite) meaning more suspicious.

        Level account: `account_id` (int64), `score`, and where it finds groups too `group_id` (int64, null
        for none). Level post: `post_id` (int64), `score`. Level group: `account_id`, `group_id` and, where it
        ranks too, `score`. Entities that are left out count as less suspicious than all others.
        """


@runtime_checkable
class StreamingDetector(Protocol):
    """Raises alerts while time goes on. `name` and the optional attributes are as of :class:`Detector`.

    Attributes
    ----------
    level : {'alert'}
    step_minutes : int
        Optional: minutes from one update to the next, 60 when left out.
    """

    name: str
    level: Level

    def start(self, context: Mapping[str, Any]) -> None:
        """Begin a world; `context` is the content of its ``context.json``."""

    def update(self, batch: Batch, now: datetime) -> Sequence[Alert]:
        """Return the alerts raised by what became visible up to `now` (UTC, exclusive) since the last call.

        Better one alert with a low score than none: a run keeps what reaches the threshold of its budget.
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
    return find_table(name).arrow if columns is None else _select_columns(name, tuple(columns))


@cache
def _select_columns(name: str, columns: tuple[str, ...]) -> pa.Schema:
    schema = find_table(name).arrow
    unknown = [column for column in columns if column not in schema.names]
    if unknown:
        raise ValueError(f"column of {name} must be one of {', '.join(schema.names)}, got {unknown[0]!r}")
    return pa.schema([schema.field(column) for column in columns], schema.metadata)
