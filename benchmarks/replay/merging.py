"""Merges sorted streams of events into one, and numbers it; memory is a few chunks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.replay.events import SOURCES, Chunk, read_events
from simulator.dataset import Dataset

_EMPTY = Chunk(np.zeros(0, np.int64), pa.array([], pa.string()))


@dataclass(frozen=True, slots=True)
class Batch:
    """Numbered events in the order in which they are sent.

    Attributes
    ----------
    first : int
        Place of the first in all that is sent, from 1 without gaps; without faults, its sequence number.
    times : int64 array, shape (n,)
        When they arrive, ms since the epoch, ascending; without faults, their own times.
    lines : StringArray, shape (n,)
        One JSON object each, with its line end.
    turns : int64 array, shape (n,), or None
        The place with which each is due at a steady rate, ascending; None: its own.
    """

    first: int
    times: NDArray[np.int64]
    lines: pa.StringArray
    turns: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.times)

    @property
    def last(self) -> int:
        """Place of the last event."""
        return self.first + len(self) - 1

    @property
    def payload(self) -> memoryview:
        """The lines one after another, in UTF-8, without a copy."""
        _, offsets, content = self.lines.buffers()
        ends = np.frombuffer(offsets, np.int32)
        at = self.lines.offset
        return memoryview(content)[ends[at] : ends[at + len(self)]]

    def cut(self, begin: int, end: int) -> "Batch":
        """Return events `begin` to `end`, exclusive, counted from the first of the batch."""
        turns = None if self.turns is None else self.turns[begin:end]
        return Batch(self.first + begin, self.times[begin:end], self.lines.slice(begin, end - begin), turns)


def number_events(dataset: Dataset, after: int = 0) -> Iterator[Batch]:
    """Yield a dataset's events in time order, numbered from 1, those up to `after` left out.

    Numbers and order depend on the dataset alone. Cost is linear in all events, also in those left out.

    Parameters
    ----------
    dataset : Dataset
    after : int
        The last number that is not wanted.
    """
    first = 1
    for chunk in merge_events(dataset):
        begin = max(after + 1 - first, 0)
        if begin < len(chunk):
            yield _number(chunk, first).cut(begin, len(chunk))
        first += len(chunk)


def merge_events(dataset: Dataset) -> Iterator[Chunk]:
    """Yield a dataset's events in time order, without numbers."""
    return merge([read_events(dataset, source) for source in SOURCES])


def number_lines(lines: pa.StringArray, numbers: NDArray[np.int64]) -> pa.StringArray:
    """Return whole JSON objects: lines that begin with `time`, behind their sequence numbers."""
    return pc.binary_join_element_wise('{"sequence":', pa.array(numbers).cast(pa.string()), ",", lines, "")


def _number(chunk: Chunk, first: int) -> Batch:
    return Batch(first, chunk.times, number_lines(chunk.lines, np.arange(first, first + len(chunk))))


def merge(streams: Sequence[Iterator[Chunk]]) -> Iterator[Chunk]:
    """Yield the events of all streams in time order; at one instant, in the order of the streams.

    Parameters
    ----------
    streams : sequence of iterators of Chunk
        Each in time order.
    """
    queues = [_Queue(stream) for stream in streams]
    while any(len(queue.rows) for queue in queues):
        chunk = _sort_together(_take_safe(queues))
        if len(chunk):
            yield chunk


def _take_safe(queues: Sequence["_Queue"]) -> list[Chunk]:
    """Take the events that no unread one can precede; the stream that bounds them reads on.

    Whatever a stream reads later is not before its last event, and equal instants keep the order of the streams.
    """
    bounds = [(int(queue.rows.times[-1]), place) for place, queue in enumerate(queues) if not queue.is_finished]
    if not bounds:
        return [queue.take(len(queue.rows)) for queue in queues]
    end_ms, bound = min(bounds)
    taken = [
        queue.take(int(np.searchsorted(queue.rows.times, end_ms, "right" if place <= bound else "left")))
        for place, queue in enumerate(queues)
    ]
    queues[bound].load()
    return taken


class _Queue:
    """What was read of a stream and not yet taken; only a finished one may be empty."""

    def __init__(self, stream: Iterator[Chunk]) -> None:
        self._stream = stream
        self.is_finished = False
        self.rows = _EMPTY
        self.load()

    def load(self) -> None:
        """Read the next chunk into the empty queue."""
        chunk = next(self._stream, None)
        self.is_finished = chunk is None
        self.rows = _EMPTY if chunk is None else chunk

    def take(self, count: int) -> Chunk:
        """Remove and return the first events."""
        taken = Chunk(self.rows.times[:count], self.rows.lines.slice(0, count))
        self.rows = Chunk(self.rows.times[count:], self.rows.lines.slice(count))
        return taken


def _sort_together(chunks: Sequence[Chunk]) -> Chunk:
    filled = [chunk for chunk in chunks if len(chunk)]
    if len(filled) < 2:
        return filled[0] if filled else _EMPTY
    times = np.concatenate([chunk.times for chunk in filled])
    order = np.argsort(times, kind="stable")
    return Chunk(times[order], pa.concat_arrays([chunk.lines for chunk in filled]).take(pa.array(order)))
