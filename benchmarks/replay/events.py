"""A dataset's observations as events: what becomes visible, when, and its line of JSON."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.replay.json_lines import write_members
from simulator.dataset import Dataset

FORMAT_VERSION = 1
CHUNK_ROWS = 1 << 15


@dataclass(frozen=True, slots=True)
class Source:
    """One table that events are read from.

    Attributes
    ----------
    kind : str
        Kind of its events; empty where the column `kind` of the table says it.
    table : str
        An observation table of ``simulator.schema``.
    time : str
        The column that says when a row became visible; rows without it are no events.
    columns : tuple of str
        What an event carries of its row, in order; nothing that became known only later.
    is_sorted : bool
        Whether the table's rows lie in the order of `time`.
    """

    kind: str
    table: str
    time: str
    columns: tuple[str, ...]
    is_sorted: bool = True


@dataclass(frozen=True, slots=True)
class Chunk:
    """Events in time order.

    Attributes
    ----------
    times : int64 array, shape (n,)
        When they became visible, ms since the epoch, ascending.
    lines : StringArray, shape (n,)
        Their JSON from the member `time` on, each with its line end.
    """

    times: NDArray[np.int64]
    lines: pa.StringArray

    def __len__(self) -> int:
        return len(self.times)


# At one instant, earlier rows come first: an account is there before it follows, a post before it is liked.
SOURCES = (
    Source(
        "account",
        "accounts",
        "created_at",
        (
            *("account_id", "handle", "display_name", "bio", "location", "lang", "created_at", "client", "verified"),
            *("followers_at_start", "following_at_start"),
        ),
    ),
    Source("follow", "follows", "since", ("follower_id", "followee_id", "since")),
    Source("unfollow", "follows", "until", ("follower_id", "followee_id", "since"), is_sorted=False),
    Source(
        "",
        "posts",
        "created_at",
        (
            *("post_id", "account_id", "parent_id", "root_id", "text", "lang", "hashtags", "urls", "mentions"),
            "client",
        ),
    ),
    Source("like", "likes", "created_at", ("account_id", "post_id")),
    Source("removal", "removals", "time", ("account_id", "post_id", "by")),
)


def read_events(
    dataset: Dataset, source: Source, rows: int = CHUNK_ROWS, after_ms: int | None = None
) -> Iterator[Chunk]:
    """Yield a source's events in time order, `rows` at most at once.

    What was there before the run begins with it. Memory does not grow with a sorted table; of an unsorted one
    the rows that are events are kept (32 bytes each).

    Parameters
    ----------
    dataset : Dataset
    source : Source
    rows : int
        Most events of a chunk.
    after_ms : int, optional
        Leaves out the events until then, ms since the epoch.
    """
    start_ms = dataset.manifest.moments.start_ms
    for batch in _read_rows(dataset, source, rows):
        if after_ms is not None:
            batch = batch.filter(pc.greater(batch.column(source.time).cast(pa.int64()), after_ms))
        if batch.num_rows:
            yield _make_chunk(batch, source, start_ms)


def count_events(dataset: Dataset) -> int:
    """Return how many events a replay of the dataset has."""
    sorted_rows = sum(dataset.counts[source.table] for source in SOURCES if source.is_sorted)
    return sorted_rows + sum(_count_ended(dataset, source) for source in SOURCES if not source.is_sorted)


def _count_ended(dataset: Dataset, source: Source) -> int:
    batches = dataset.batches(source.table, [source.time])
    return sum(len(batch) - batch.column(0).null_count for batch in batches)


def _read_rows(dataset: Dataset, source: Source, rows: int) -> Iterator[pa.RecordBatch]:
    names = dict.fromkeys((*source.columns, source.time, *(() if source.kind else ("kind",))))
    batches = dataset.batches(source.table, list(names), rows)
    return batches if source.is_sorted else _sort_rows(batches, source, rows)


def _sort_rows(batches: Iterator[pa.RecordBatch], source: Source, rows: int) -> Iterator[pa.RecordBatch]:
    ended = [batch.filter(batch.column(source.time).is_valid()) for batch in batches]
    if not ended:
        return iter(())
    table = pa.Table.from_batches(ended)
    order = [(name, "ascending") for name in (source.time, *source.columns)]
    return iter(table.sort_by(order).combine_chunks().to_batches(max_chunksize=rows))


def _make_chunk(batch: pa.RecordBatch, source: Source, start_ms: int) -> Chunk:
    times = np.maximum(batch.column(source.time).cast(pa.int64()).to_numpy(), start_ms)
    instants = pa.array(times).cast(pa.timestamp("ms", tz="UTC"))
    kinds = batch.column("kind") if not source.kind else _repeat(source.kind, len(times))
    names = ("time", "kind", "synthetic", *source.columns)
    columns = (instants, kinds, pa.repeat(True, len(times)), *(batch.column(name) for name in source.columns))
    return Chunk(times, pc.binary_join_element_wise(write_members(names, columns), "}\n", ""))


def _repeat(word: str, count: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), count), [word])
