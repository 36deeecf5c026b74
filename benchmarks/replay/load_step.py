"""One step of a load test: sends at a rate for some seconds, and judges whether the target stood it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.replay.merging import Batch
from benchmarks.replay.sending import LINGER_SECONDS
from benchmarks.replay.sinks import Delivery, Sink, SinkUnavailable

# Longest lag of 99 % of the events, and how much the lag may rise in a step, that count as sustained. Assumed: in
# five seconds, 2 % more than the target takes is a rise of 0.1 s.
MOST_LAG_SECONDS: Final = 1.0
MOST_RISE_SECONDS: Final = 0.1
# A smaller share of the time in the target says that the replay itself was the slower part.
_OWN_LIMIT_SHARE: Final = 0.5

# Shorter waits are none: a clock may be too coarse for them.
_TICK_SECONDS: Final = 1e-5

SUSTAINED: Final = "sustained"
LATE: Final = "late"
GROWING: Final = "growing queue"
LOST: Final = "lost"
REFUSED: Final = "not taken"


class Feed(Protocol):
    """Where a step takes its events from."""

    @property
    def may_repeat_until(self) -> int:
        """Number of the last event that was ever sent without an acknowledgement."""

    def take(self, count: int) -> Batch:
        """Return so many events more."""

    def put_back(self, count: int) -> None:
        """Take so many back, because they were not acknowledged."""


@dataclass(slots=True)
class Measured:
    """What was measured while a step ran.

    Attributes
    ----------
    sizes : list of int
        Events of each acknowledged batch.
    acknowledged : list of float
        When it was acknowledged, seconds since the step began.
    sink_seconds : float
        Time spent in the target.
    seconds : float
        Time of the step.
    refusal : str
        Why a batch was not acknowledged; empty when all were.
    n_lost : int
        Acknowledged events that the target does not hold, where it can be asked.
    """

    sizes: list[int] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    sink_seconds: float = 0.0
    seconds: float = 0.0
    refusal: str = ""
    n_lost: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """A step and its verdict.

    Attributes
    ----------
    rate : float
        Events a second that were asked for.
    seconds : float
        How long the step took.
    rate_sent : float
        Events a second that were acknowledged.
    n_sent : int
    lag_p50_seconds, lag_p99_seconds : float
        From when an event was due to its acknowledgement; of those still in the queue, to the end of the step.
    lag_rise_seconds : float
        How much the lag of the first event in the queue rose in the step, by its trend; the queue is so many times
        the rate longer at the end.
    n_queued : int
        Events that were due and not acknowledged at the end of the step.
    verdict : str
    reason : str
        Of a verdict that is not `sustained`.
    """

    rate: float
    seconds: float
    rate_sent: float
    n_sent: int
    lag_p50_seconds: float
    lag_p99_seconds: float
    lag_rise_seconds: float
    n_queued: int
    verdict: str
    reason: str

    @property
    def is_sustained(self) -> bool:
        """Whether the target stood the step."""
        return self.verdict == SUSTAINED


def run_step(
    rate: float,
    seconds: float,
    feed: Feed,
    sink: Sink,
    batch_events: int,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> Step:
    """Send at a rate for some seconds, one batch at a time, each once, and judge.

    Parameters
    ----------
    rate : float
        Events a second.
    seconds : float
    feed : Feed
    sink : Sink
    batch_events : int
        Most events of a batch.
    clock, wait : callable
        Monotonic seconds, and waiting so many.
    """
    n_due = max(round(rate * seconds), 1)
    measured = _send(rate, n_due, seconds, feed, sink, batch_events, clock, wait)
    return judge(rate, n_due, measured)


def _send(
    rate: float,
    n_due: int,
    seconds: float,
    feed: Feed,
    sink: Sink,
    batch_events: int,
    clock: Callable[[], float],
    wait: Callable[[float], None],
) -> Measured:
    measured, start, n_sent = Measured(), clock(), 0
    while n_sent < n_due and (now := clock() - start) < seconds + MOST_LAG_SECONDS:
        n_wanted = min(batch_events, n_due - n_sent)
        filled = min((n_sent + n_wanted - 1) / rate, n_sent / rate + LINGER_SECONDS)
        if filled - now > _TICK_SECONDS:
            wait(filled - now)
            continue
        batch = feed.take(min(n_wanted, max(int((now + _TICK_SECONDS) * rate) + 1 - n_sent, 1)))
        before = clock()
        try:
            sink.send(batch, Delivery(may_repeat=batch.first <= feed.may_repeat_until))
        except SinkUnavailable as error:
            feed.put_back(len(batch))
            measured.refusal = str(error)
            break
        measured.sink_seconds += clock() - before
        n_sent += len(batch)
        measured.sizes.append(len(batch))
        measured.acknowledged.append(clock() - start)
        measured.n_lost = 0 if sink.position is None else batch.last - sink.position
    measured.seconds = clock() - start
    return measured


def judge(rate: float, n_due: int, measured: Measured) -> Step:
    """Return the verdict on what was measured.

    Parameters
    ----------
    rate : float
    n_due : int
        Events that the step had to send.
    measured : Measured
    """
    n_sent = sum(measured.sizes)
    # An event may leave a tick before it is due.
    n_queued = max(min(n_due, int(measured.seconds * rate) + 1) - n_sent, 0)
    lags = _lags(rate, measured, n_queued)
    p50, p99 = (float(x) for x in np.percentile(lags, (50, 99), method="higher"))
    rise = _find_rise(rate, n_due / rate, measured)
    verdict, reason = _find_verdict(measured, p99, rise, n_queued)
    if verdict in (LATE, GROWING) and measured.sink_seconds < _OWN_LIMIT_SHARE * measured.seconds:
        reason += "; the replay was slower than the target"
    elapsed = max(measured.acknowledged[-1] if measured.acknowledged else measured.seconds, n_sent / rate)
    rate_sent = n_sent / elapsed if elapsed > 0 else 0.0
    return Step(rate, measured.seconds, rate_sent, n_sent, p50, p99, rise, n_queued, verdict, reason)


def _lags(rate: float, measured: Measured, n_queued: int) -> NDArray[np.float64]:
    """Return the lag of every event that was due, seconds; at least one."""
    moments = np.repeat(measured.acknowledged, measured.sizes)
    moments = np.append(moments, np.full(max(n_queued, 1 if not len(moments) else 0), measured.seconds))
    lags: NDArray[np.float64] = moments - np.arange(len(moments)) / rate
    return lags


def _find_rise(rate: float, seconds: float, measured: Measured) -> float:
    """Return how much the lag of each batch's first event rose in a step, by least squares; 0 with one batch.

    The first batch finds no queue yet, and is left out where others tell enough.
    """
    begin = 1 if len(measured.sizes) > 3 else 0
    dues = ((np.cumsum(measured.sizes) - measured.sizes) / rate)[begin:]
    lags = np.array(measured.acknowledged)[begin:] - dues
    if len(dues) < 2:
        return 0.0
    centred = dues - dues.mean()
    return float(centred @ lags) / float(centred @ centred) * seconds


def describe_loss(n_lost: int) -> str:
    """Return what is said of events that a target acknowledged and does not hold."""
    return f"{n_lost:,} acknowledged events are not there"


def _find_verdict(measured: Measured, p99: float, rise: float, n_queued: int) -> tuple[str, str]:
    if measured.refusal:
        return REFUSED, measured.refusal
    if measured.n_lost:
        return LOST, describe_loss(measured.n_lost)
    if p99 > MOST_LAG_SECONDS:
        return LATE, f"lag of {p99:.2f} s at p99, over {MOST_LAG_SECONDS:g} s"
    if rise > MOST_RISE_SECONDS:
        return GROWING, f"lag rose by {rise:.2f} s in the step, over {MOST_RISE_SECONDS:g} s"
    if n_queued:
        return GROWING, f"{n_queued:,} events were still to be sent {MOST_LAG_SECONDS:g} s behind the end"
    return SUSTAINED, ""
