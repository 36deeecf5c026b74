"""The loop of a replay: waits until events are due, sends them in batches, retries, and notes what was acknowledged."""

import math
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from benchmarks.replay.clock_file import ClockFile
from benchmarks.replay.merging import Batch
from benchmarks.replay.pacing import FreePace, Pace
from benchmarks.replay.replay_state import Journal
from benchmarks.replay.sinks import Delivery, Sink, SinkUnavailable
from simulator.errors import SmearbenchError
from simulator.progress import LineProgress, describe_seconds

# Assumed, as are all four: small enough that nobody waits, large enough that a request costs little per event.
BATCH_EVENTS = 5000
LINGER_SECONDS = 0.05
RETRIES = 10
_FIRST_WAIT_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 10.0
_SHOW_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Policy:
    """How batches are made and retried.

    Attributes
    ----------
    batch_events : int
        Most events of a batch.
    linger_seconds : float
        Longest time that an event waits for a batch to fill.
    retries : int
        Further attempts with one batch.
    """

    batch_events: int = BATCH_EVENTS
    linger_seconds: float = LINGER_SECONDS
    retries: int = RETRIES

    def wait_seconds(self, attempt: int) -> float:
        """Return the wait after a failed attempt; it doubles, up to ten seconds."""
        return float(min(_FIRST_WAIT_SECONDS * 2.0 ** min(attempt - 1, 20), _LONGEST_WAIT_SECONDS))


@dataclass(slots=True)
class Totals:
    """What a replay did in this run of the program.

    Attributes
    ----------
    sent : int
        Events that were acknowledged.
    batches, n_bytes, retries : int
    may_repeat : int
        Events in acknowledged batches that may have arrived before.
    seconds : float
        Wall time of the loop.
    longest_lag_seconds : float
        Longest time from when an event was due to when it was acknowledged; 0 without a pace.
    lag_seconds : float
        The same of the last batch.
    """

    sent: int = 0
    batches: int = 0
    n_bytes: int = 0
    retries: int = 0
    may_repeat: int = 0
    seconds: float = 0.0
    longest_lag_seconds: float = 0.0
    lag_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.sent / self.seconds if self.seconds > 0 else 0.0


@dataclass(slots=True)
class Sender:
    """Sends events, in order, one batch at a time: the next waits for the acknowledgement of the last.

    Attributes
    ----------
    sink, journal, clock_file, pace, policy, progress
        What it works with.
    say : callable
        Told of retries.
    clock, wait : callable
        Monotonic seconds, and waiting so many.
    totals : Totals
    """

    sink: Sink
    journal: Journal
    clock_file: ClockFile
    pace: Pace
    policy: Policy
    progress: LineProgress
    say: Callable[[str], None]
    clock: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    totals: Totals = field(default_factory=Totals)
    _may_repeat_until: int = 0
    _start: float = 0.0
    _shown: float = -math.inf
    _simulated_ms: int | None = None

    def send_all(self, batches: Iterable[Batch]) -> None:
        """Send all events, and note each acknowledgement.

        Parameters
        ----------
        batches : iterable of Batch
            Of any size; they begin behind what was acknowledged.

        Raises
        ------
        SmearbenchError
            When the sink refuses, or stays unavailable for longer than the retries last.
        """
        self._may_repeat_until = self.journal.state.on_its_way
        self._start = self.clock()
        try:
            for place, batch in enumerate(batches):
                if not place and not isinstance(self.pace, FreePace):
                    self._start = self.clock()  # what was read before, and left out, is not the target's lag
                for part in self._wait_for_due(batch):
                    self._deliver(part)
        finally:
            self.totals.seconds = self.clock() - self._start

    def _wait_for_due(self, batch: Batch) -> Iterator[Batch]:
        """Yield parts of a batch as they become due; notes the lag of each when it is done."""
        due = self.pace.due_seconds(batch)
        begin = 0
        while begin < len(batch):
            most = self._find_longest(batch, begin)
            self._wait_until(min(float(due[most - 1]), float(due[begin]) + self.policy.linger_seconds))
            end = min(most, int(np.searchsorted(due, self.clock() - self._start, "right")))
            if end > begin:
                yield batch.cut(begin, end)
                self._note_lag(float(due[begin]))
            begin = max(begin, end)

    def _find_longest(self, batch: Batch, begin: int) -> int:
        """Return where a part of a batch ends at the latest: events that may repeat do not mix with others."""
        most = min(begin + self.policy.batch_events, len(batch))
        n_may_repeat = self._may_repeat_until + 1 - batch.first
        return min(most, n_may_repeat) if begin < n_may_repeat else most

    def _wait_until(self, due_seconds: float) -> None:
        while (left := due_seconds - (self.clock() - self._start)) > 0:
            self.wait(min(left, _SHOW_SECONDS))
            self._show()

    def _deliver(self, batch: Batch) -> None:
        self.journal.begin(batch.last)
        may_repeat = batch.first <= self._may_repeat_until
        attempt = self._send_until_acknowledged(batch, may_repeat)
        self.journal.acknowledge(batch.last)
        self.clock_file.note(int(batch.times[-1]), batch.last)
        self._count(batch, may_repeat or attempt > 1)
        self._simulated_ms = int(batch.times[-1])
        self._show()

    def _send_until_acknowledged(self, batch: Batch, may_repeat: bool) -> int:
        """Return the attempt that succeeded."""
        attempt = 1
        while True:
            try:
                self.sink.send(batch, Delivery(attempt, may_repeat or attempt > 1))
                return attempt
            except SinkUnavailable as error:
                if attempt > self.policy.retries:
                    raise SmearbenchError(f"{error}; given up after {attempt} attempts.") from error
                self._back_off(attempt, error)
                attempt += 1

    def _back_off(self, attempt: int, error: SinkUnavailable) -> None:
        longest = self.policy.wait_seconds(attempt)
        seconds = longest if error.wait_seconds is None else max(error.wait_seconds, longest)
        self.totals.retries += 1
        self.say(f"{error}; attempt {attempt + 1} of {self.policy.retries + 1} in {seconds:.1f} s")
        self.wait(seconds)

    def _count(self, batch: Batch, may_repeat: bool) -> None:
        totals = self.totals
        totals.sent += len(batch)
        totals.batches += 1
        totals.n_bytes += len(batch.payload)
        totals.may_repeat += len(batch) if may_repeat else 0
        totals.seconds = self.clock() - self._start

    def _note_lag(self, due_seconds: float) -> None:
        if not isinstance(self.pace, FreePace):
            self.totals.lag_seconds = self.clock() - self._start - due_seconds
            self.totals.longest_lag_seconds = max(self.totals.longest_lag_seconds, self.totals.lag_seconds)

    def _show(self) -> None:
        now, state = self.clock(), self.journal.state
        is_due = now - self._shown >= _SHOW_SECONDS or state.is_finished
        if is_due and self._simulated_ms is not None:
            self._shown = now
            line = describe_sending(self.totals, state.acknowledged, state.total, self._simulated_ms)
            self.progress.show(line, state.acknowledged, state.total)


def describe_sending(totals: Totals, sequence: int, total: int, simulated_ms: int) -> str:
    """Return the line of a running replay: simulated date, sent, rate, lag, time left; 60 columns beside a bar."""
    date = datetime.fromtimestamp(simulated_ms / 1000, UTC)
    left = (total - sequence) / totals.rate if totals.rate else 0.0
    rate = f"{totals.rate / 1000:,.0f}k/s" if totals.rate >= 10_000 else f"{totals.rate:,.0f}/s"
    lag = f"{totals.lag_seconds:.1f}" if totals.lag_seconds < 10 else f"{totals.lag_seconds:.0f}"
    return f"{date:%m-%d %H:%M}  {sequence:,} sent  {rate}  lag {lag} s  {describe_seconds(left)} left"
