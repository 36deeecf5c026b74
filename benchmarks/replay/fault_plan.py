"""Which events a replay's faults meet: drawn from the fault seed and an event's number, never from chance."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.replay.events import SOURCES, Source
from benchmarks.replay.fault_orders import BURST, DUPLICATE, GAP, LATE, Fault
from simulator.dataset import Dataset
from simulator.random_streams import philox_blocks

Numbers = NDArray[np.int64]

# Beyond every purpose of the simulator, so that no fault follows a draw of the world with the same seed.
_FIRST_PURPOSE: Final = 1 << 16
_PURPOSES: Final = {
    kind: _FIRST_PURPOSE + place for place, kind in enumerate((LATE, DUPLICATE, GAP, BURST, "skew", "malformed"))
}
_COUNTED_AT_ONCE: Final = 1 << 18


@dataclass(frozen=True)
class FaultPlan:
    """The faults of one dataset.

    Events that were there before the run, which are at `start_ms`, meet none.

    Attributes
    ----------
    faults : tuple of Fault
    seed : int
        0 to 2^64 - 1.
    start_ms, end_ms : int
        Of the run, ms since the epoch.
    """

    faults: tuple[Fault, ...]
    seed: int
    start_ms: int
    end_ms: int

    @property
    def identity(self) -> str:
        """What a state file calls them: replays of different faults do not go on from one another."""
        return " ".join((*(fault.text for fault in self.faults), f"seed={self.seed}"))

    @cached_property
    def by_kind(self) -> Mapping[str, Fault]:
        """The faults under their kinds."""
        return {fault.kind: fault for fault in self.faults}

    def are_met(self, kind: str, numbers: Numbers) -> NDArray[np.bool_]:
        """Return whether each event, or stretch of time, meets a fault.

        Parameters
        ----------
        kind : str
        numbers : int64 array, shape (n,)
            Sequence numbers, or places of stretches.
        """
        if kind not in self.by_kind:
            return np.zeros(len(numbers), bool)
        return self._draw(kind, numbers)[0] < self.by_kind[kind].rate

    def draw_sizes(self, kind: str, numbers: Numbers) -> NDArray[np.float64]:
        """Return an even draw in [0, 1) for each event, independent of whether it meets the fault."""
        return self._draw(kind, numbers)[1]

    def draw_delays(self, kind: str, numbers: Numbers) -> Numbers:
        """Return delays, ms: even between 1 and the fault's amount; 0 without an amount."""
        amount_ms = self.by_kind[kind].amount_ms
        if not amount_ms:
            return np.zeros(len(numbers), np.int64)
        return 1 + np.floor(self.draw_sizes(kind, numbers) * amount_ms).astype(np.int64)

    def stretches_of(self, kind: str, times: Numbers) -> Numbers:
        """Return the place of the stretch of time that each moment lies in, counted from the start of the run."""
        places: Numbers = (times - self.start_ms) // self.by_kind[kind].amount_ms
        return places

    @cached_property
    def lost(self) -> NDArray[np.bool_]:
        """Whether each stretch of the run is a gap, shape (n_stretches,)."""
        return self._meet_stretches(GAP)

    @cached_property
    def held(self) -> NDArray[np.bool_]:
        """Whether each stretch of the run is a burst, shape (n_stretches,)."""
        return self._meet_stretches(BURST)

    def are_lost(self, times: Numbers) -> NDArray[np.bool_]:
        """Return whether events at these times, ms, fall into a gap."""
        if GAP not in self.by_kind:
            return np.zeros(len(times), bool)
        places = np.minimum(self.stretches_of(GAP, times), len(self.lost) - 1)
        lost: NDArray[np.bool_] = self.lost[places] & (times > self.start_ms)
        return lost

    def _meet_stretches(self, kind: str) -> NDArray[np.bool_]:
        if kind not in self.by_kind:
            return np.zeros(0, bool)
        n_stretches = (self.end_ms - self.start_ms) // self.by_kind[kind].amount_ms + 1
        parts = [self.are_met(kind, part) for part in _count_up(0, n_stretches)]
        return np.concatenate(parts)

    def _draw(self, kind: str, numbers: Numbers) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        words = philox_blocks(self.seed, _PURPOSES[kind], numbers, 0).astype(np.uint64)
        return _to_share(words[..., 0], words[..., 1]), _to_share(words[..., 2], words[..., 3])


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What faults will do to a whole replay.

    Attributes
    ----------
    n_lines : int
        Events that are sent, duplicates among them.
    lost_by_stretch : int64 array, shape (n_stretches,)
        Events that each stretch of gap's length loses; empty without gaps.
    """

    n_lines: int
    lost_by_stretch: Numbers


def foresee(dataset: Dataset, plan: FaultPlan) -> Foreseen:
    """Count what a replay with faults will send and lose; reads the times of all events once.

    Memory is one byte an event.

    Parameters
    ----------
    dataset : Dataset
    plan : FaultPlan
    """
    n_stock, in_stretches = _count_times(dataset, plan)
    lost = np.where(plan.lost, in_stretches, 0) if len(plan.lost) else in_stretches[:0]
    n_events = n_stock + int(in_stretches.sum())
    # Numbers are given in time order, so that those of a stretch lie together.
    is_kept = ~np.repeat(plan.lost, in_stretches) if len(plan.lost) else np.ones(n_events - n_stock, bool)
    n_copies = sum(
        int((plan.are_met(DUPLICATE, numbers) & is_kept[numbers - n_stock - 1]).sum())
        for numbers in _count_up(n_stock + 1, n_events + 1)
    )
    return Foreseen(n_events - int(lost.sum()) + n_copies, lost)


def _count_times(dataset: Dataset, plan: FaultPlan) -> tuple[int, Numbers]:
    """Return the events at the start, and those of every stretch of gap's length, or of the run, behind it."""
    n_stretches, n_stock = max(len(plan.lost), 1), 0
    counts = np.zeros(n_stretches, np.int64)
    for source in SOURCES:
        for times in _read_times(dataset, source):
            later = times[times > plan.start_ms]
            n_stock += len(times) - len(later)
            places = plan.stretches_of(GAP, later) if len(plan.lost) else np.zeros(len(later), np.int64)
            counts += np.bincount(np.minimum(places, n_stretches - 1), minlength=n_stretches)
    return n_stock, counts


def _read_times(dataset: Dataset, source: Source) -> Iterator[Numbers]:
    for batch in dataset.batches(source.table, [source.time]):
        yield batch.column(0).drop_null().cast(pa.int64()).to_numpy()


def _count_up(first: int, behind: int) -> Iterator[Numbers]:
    """Yield the numbers from `first` to before `behind`, so many at once that memory stays small."""
    for begin in range(first, behind, _COUNTED_AT_ONCE):
        yield np.arange(begin, min(begin + _COUNTED_AT_ONCE, behind), dtype=np.int64)


def _to_share(low: NDArray[np.uint64], high: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Return two 32-bit words as a number in [0, 1) with 53 bits."""
    joined = (high << np.uint64(32)) | low
    share: NDArray[np.float64] = (joined >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return share
