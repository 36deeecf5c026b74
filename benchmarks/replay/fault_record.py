"""What faults a replay has made so far, kept in ``faults.json`` beside its state: the truth, never in the events."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.replay.fault_orders import BURST, DUPLICATE, GAP, Fault
from benchmarks.replay.fault_plan import FaultPlan, Foreseen
from benchmarks.replay.faults import MARKS, Faulty, Marks
from benchmarks.replay.json_lines import describe_moment
from benchmarks.replay.merging import Batch
from benchmarks.replay.replay_state import replace_json

_FORMAT: Final = "smearbench replay faults"
# Longest list of gaps or bursts in the file; their number is always told. Assumed.
MOST_LISTED: Final = 10_000


class FaultRecord:
    """Counts the faults among the events that were acknowledged.

    Parameters
    ----------
    path : Path or None
        None: nothing is written.
    plan : FaultPlan
    foreseen : Foreseen
    """

    def __init__(self, path: Path | None, plan: FaultPlan, foreseen: Foreseen) -> None:
        self._path = path
        self._plan = plan
        self._foreseen = foreseen
        self._open: deque[Faulty] = deque()
        self._counts: Counter[str] = Counter()
        self._reached_ms = plan.start_ms

    def watch(self, pieces: Iterable[Faulty], after: int = 0) -> Iterator[Batch]:
        """Yield the events of all pieces, those up to place `after` left out but counted."""
        for piece in pieces:
            self._open.append(piece)
            begin = max(after + 1 - piece.batch.first, 0)
            if begin < len(piece.batch):
                yield piece.batch.cut(begin, len(piece.batch))

    def count(self, last: int) -> dict[str, dict[str, Any]]:
        """Return the faults among the events up to place `last`, which never falls, by kind.

        Each kind has `rate`, `amount_seconds` (0 without one) and `n_events`; gaps and bursts their number too.
        """
        counts = self._count_marks(last)
        lost = np.flatnonzero(self._plan.lost[: self._n_ended(GAP, last)])
        counts[GAP] = int(self._foreseen.lost_by_stretch[lost].sum())
        return {fault.kind: self._describe(fault, counts, last) for fault in self._plan.faults}

    def save(self, run: str, last: int) -> dict[str, dict[str, Any]]:
        """Write the file, and return what ``count`` does."""
        counts = self.count(last)
        if self._path is not None:
            content = {
                "format": _FORMAT,
                "synthetic": True,
                "run": run,
                "asked": [fault.text for fault in self._plan.faults],
                "fault_seed": self._plan.seed,
                "n_sent": last,
                "faults": counts,
                "n_released_early": self._count_marks(last)["released_early"],
                "gaps": self._list(GAP, last)[:MOST_LISTED],
                "bursts": self._list(BURST, last)[:MOST_LISTED],
            }
            replace_json(self._path, content)
        return counts

    def _describe(self, fault: Fault, counts: Counter[str], last: int) -> dict[str, Any]:
        found: dict[str, Any] = {
            "rate": fault.rate,
            "amount_seconds": fault.amount_ms / 1000,
            "n_events": counts[fault.kind],
        }
        if fault.kind in (GAP, BURST):
            found["n_stretches"] = len(self._list(fault.kind, last))
        return found

    def _count_marks(self, last: int) -> Counter[str]:
        """Count marks up to a place; pieces that end there are let go of."""
        while self._open and self._open[0].batch.last <= last:
            piece = self._open.popleft()
            self._counts += _count(piece.marks)
            self._reached_ms = int(piece.batch.times[-1])
        if not self._open or self._open[0].batch.first > last:
            return self._counts.copy()
        piece = self._open[0]
        n_sent = last + 1 - piece.batch.first
        self._reached_ms = int(piece.batch.times[n_sent - 1])
        return self._counts + _count(piece.marks[:n_sent])

    def _n_ended(self, kind: str, last: int) -> int:
        """Return how many stretches were over when the event at a place arrived; all, behind the last event."""
        flags = self._flags(kind)
        if not len(flags) or last >= self._foreseen.n_lines:
            return len(flags)
        return min((self._reached_ms - self._plan.start_ms) // self._plan.by_kind[kind].amount_ms, len(flags))

    def _flags(self, kind: str) -> NDArray[np.bool_]:
        return self._plan.lost if kind == GAP else self._plan.held

    def _list(self, kind: str, last: int) -> list[tuple[str, str]]:
        """Return when gaps or bursts began and ended, neighbours as one."""
        flags = self._flags(kind)[: self._n_ended(kind, last)].astype(np.int8)
        edges = np.flatnonzero(np.diff(flags, prepend=0, append=0))
        if not len(edges):
            return []
        moments = self._plan.start_ms + edges * self._plan.by_kind[kind].amount_ms
        return [(describe_moment(int(a)), describe_moment(int(b))) for a, b in moments.reshape(-1, 2)]


def _count(marks: Marks) -> Counter[str]:
    """Count the events of each kind; a copy counts as a duplicate alone."""
    originals = marks[marks & MARKS[DUPLICATE] == 0]
    counts = Counter({kind: int(np.count_nonzero(originals & mark)) for kind, mark in MARKS.items()})
    counts[DUPLICATE] = len(marks) - len(originals)
    return counts
