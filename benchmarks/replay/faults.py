"""Makes faults in a stream of events: some are lost, late, doubled, held back, wrongly stamped or spoiled."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.replay.events import Chunk
from benchmarks.replay.fault_orders import BURST, DUPLICATE, LATE, MALFORMED, SKEW
from benchmarks.replay.fault_plan import FaultPlan, Numbers
from benchmarks.replay.malformed import shift_times, spoil
from benchmarks.replay.merging import Batch, number_lines

# Most events that are held until they arrive late: about 50 MB. Assumed.
MOST_HELD: Final = 1 << 17
MARKS: Final = {LATE: 1, DUPLICATE: 2, BURST: 4, SKEW: 8, MALFORMED: 16, "released_early": 32}
Marks = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Faulty:
    """Numbered events as they are sent.

    Attributes
    ----------
    batch : Batch
        Its `first` counts what is sent; its times are those of arrival.
    marks : uint8 array, shape (n,)
        Sum of the ``MARKS`` of each event.
    """

    batch: Batch
    marks: Marks


@dataclass(frozen=True, slots=True)
class _Rows:
    """Events with when they arrive; `originals` are their own times."""

    arrivals: Numbers
    originals: Numbers
    numbers: Numbers
    marks: Marks
    lines: pa.StringArray

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, places: NDArray[np.intp]) -> "_Rows":
        return _Rows(
            self.arrivals[places],
            self.originals[places],
            self.numbers[places],
            self.marks[places],
            self.lines.take(pa.array(places)),
        )


def make_faults(plan: FaultPlan, chunks: Iterable[Chunk], most_held: int = MOST_HELD) -> Iterator[Faulty]:
    """Yield the events as they are sent, in order of arrival, with a mark for every fault they met.

    Sequence numbers stay those of the events without faults: lost ones leave holes, copies repeat the line, late
    ones come between later numbers. Depends on the plan and the chunks alone.

    Parameters
    ----------
    plan : FaultPlan
    chunks : iterable of Chunk
        All events of the dataset in time order.
    most_held : int
        Most events in memory that are not due; when there are more, those that are due first are sent at once.
    """
    pool = _Pool(most_held)
    holding = _Holding(plan)
    first, place = 1, 1
    for chunk in chunks:
        pool.add(_meet(plan, chunk, first))
        first += len(chunk)
        for rows in (pool.take_stock(plan.start_ms), pool.take_until(int(chunk.times[-1]))):
            if len(rows):
                yield _finish(plan, holding, rows, place)
                place += len(rows)
    if len(pool.rows):
        yield _finish(plan, holding, pool.rows, place)


def _meet(plan: FaultPlan, chunk: Chunk, first: int) -> _Rows:
    """Return the events of a chunk that are not lost, with their copies."""
    n = len(chunk)
    rows = _Rows(chunk.times, chunk.times, np.arange(first, first + n), np.zeros(n, np.uint8), chunk.lines)
    kept = ~plan.are_lost(chunk.times)
    if not kept.all():
        rows = rows.take(np.flatnonzero(kept))
    live = rows.originals > plan.start_ms
    rows = _make_late(plan, rows, live)
    for kind in (SKEW, MALFORMED):
        rows.marks[plan.are_met(kind, rows.numbers) & live] |= MARKS[kind]
    return _make_copies(plan, rows, live)


def _make_late(plan: FaultPlan, rows: _Rows, live: NDArray[np.bool_]) -> _Rows:
    late = np.flatnonzero(plan.are_met(LATE, rows.numbers) & live)
    if not len(late):
        return rows
    arrivals = rows.arrivals.copy()
    arrivals[late] += plan.draw_delays(LATE, rows.numbers[late])
    rows.marks[late] |= MARKS[LATE]
    return replace(rows, arrivals=arrivals)


def _make_copies(plan: FaultPlan, rows: _Rows, live: NDArray[np.bool_]) -> _Rows:
    copied = np.flatnonzero(plan.are_met(DUPLICATE, rows.numbers) & live)
    if not len(copied):
        return rows
    copies = rows.take(copied)
    arrivals = copies.arrivals + plan.draw_delays(DUPLICATE, copies.numbers)
    # A copy is the same line once more: it is late or spoiled when its original is, and only counted as a copy.
    return _join(rows, replace(copies, arrivals=arrivals, marks=copies.marks | np.uint8(MARKS[DUPLICATE])))


def _join(one: _Rows, other: _Rows) -> _Rows:
    return _Rows(
        np.concatenate([one.arrivals, other.arrivals]),
        np.concatenate([one.originals, other.originals]),
        np.concatenate([one.numbers, other.numbers]),
        np.concatenate([one.marks, other.marks]),
        pa.concat_arrays([one.lines, other.lines]),
    )


class _Pool:
    """Events that were read and did not arrive yet, in order of arrival."""

    def __init__(self, most: int) -> None:
        self._most = most
        none = np.zeros(0, np.int64)
        self.rows = _Rows(none, none, none, np.zeros(0, np.uint8), pa.array([], pa.string()))

    def add(self, rows: _Rows) -> None:
        """Put events in; at one instant, earlier numbers come first, and a copy behind its original."""
        joined = _join(self.rows, rows)
        order = np.lexsort((joined.marks & MARKS[DUPLICATE], joined.numbers, joined.arrivals))
        self.rows = joined.take(order)

    def take_stock(self, start_ms: int) -> _Rows:
        """Take what was there before the run."""
        return self._take(int(np.searchsorted(self.rows.arrivals, start_ms, "right")))

    def take_until(self, end_ms: int) -> _Rows:
        """Take what arrives before a moment, and what there is no room for."""
        n_due = int(np.searchsorted(self.rows.arrivals, end_ms))
        taken = self._take(max(n_due, len(self.rows) - self._most))
        is_early = taken.arrivals > end_ms
        marks = taken.marks | np.where(is_early, MARKS["released_early"], 0).astype(np.uint8)
        return replace(taken, arrivals=np.minimum(taken.arrivals, end_ms), marks=marks)

    def _take(self, count: int) -> _Rows:
        places = np.arange(len(self.rows))
        taken, self.rows = self.rows.take(places[:count]), self.rows.take(places[count:])
        return taken


@dataclass(slots=True)
class _Holding:
    """Holds back the events of a burst until its end; they keep their order."""

    plan: FaultPlan
    _stretch: int = -1
    _turn: int = 0

    def hold(self, rows: _Rows, place: int) -> tuple[_Rows, Numbers]:
        """Return the events with their moments of arrival, and the turn of each at a steady rate."""
        turns = np.arange(place, place + len(rows))
        if BURST not in self.plan.by_kind:
            return rows, turns
        live = rows.arrivals > self.plan.start_ms
        stretches = np.where(live, self.plan.stretches_of(BURST, rows.arrivals), -1)
        held = self.plan.are_met(BURST, stretches) & live
        ends = self.plan.start_ms + (stretches + 1) * self.plan.by_kind[BURST].amount_ms
        marks = rows.marks | np.where(held, MARKS[BURST], 0).astype(np.uint8)
        arrivals = np.where(held, ends, rows.arrivals)
        return replace(rows, arrivals=arrivals, marks=marks), self._turns(turns, stretches, held)

    def _turns(self, turns: Numbers, stretches: Numbers, held: NDArray[np.bool_]) -> Numbers:
        """Give all events of a burst the turn of the first of them, also when that came with earlier events."""
        begins = np.flatnonzero(np.diff(stretches, prepend=self._stretch))
        firsts = np.full(len(turns), self._turn)
        if len(begins):
            counts = np.diff(np.append(begins, len(turns)))
            firsts[begins[0] :] = np.repeat(turns[begins], counts)
        self._stretch, self._turn = int(stretches[-1]), int(firsts[-1])
        return np.where(held, firsts, turns)


def _finish(plan: FaultPlan, holding: _Holding, rows: _Rows, place: int) -> Faulty:
    rows, turns = holding.hold(rows, place)
    lines = number_lines(_stamp_wrongly(plan, rows), rows.numbers)
    return Faulty(Batch(place, rows.arrivals, _spoil(plan, rows, lines), turns), rows.marks)


def _stamp_wrongly(plan: FaultPlan, rows: _Rows) -> pa.StringArray:
    places = np.flatnonzero(rows.marks & MARKS[SKEW])
    if not len(places):
        return rows.lines
    shift_ms = plan.by_kind[SKEW].amount_ms
    wrong = shift_times(rows.lines.take(pa.array(places)), rows.originals[places], shift_ms)
    return _put(rows.lines, places, wrong)


def _spoil(plan: FaultPlan, rows: _Rows, lines: pa.StringArray) -> pa.StringArray:
    places = np.flatnonzero(rows.marks & MARKS[MALFORMED])
    if not len(places):
        return lines
    draws = plan.draw_sizes(MALFORMED, rows.numbers[places]).tolist()
    return _put(lines, places, pa.array(spoil(lines.take(pa.array(places)).to_pylist(), draws), pa.string()))


def _put(lines: pa.StringArray, places: NDArray[np.intp], others: pa.StringArray) -> pa.StringArray:
    """Return lines of which some are replaced by others."""
    sources = np.arange(len(lines))
    sources[places] = len(lines) + np.arange(len(places))
    return pa.concat_arrays([lines, others]).take(pa.array(sources))
