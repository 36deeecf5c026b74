"""Finds how many events a second a target stands: steps of rising load until one is not sustained."""

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa

from benchmarks.replay.events import SOURCES, Chunk, read_events
from benchmarks.replay.kafka_sink import KafkaSink
from benchmarks.replay.load_step import LOST, MOST_LAG_SECONDS, REFUSED, Step, describe_loss, run_step
from benchmarks.replay.merging import Batch, merge, number_lines
from benchmarks.replay.redis_sink import RedisSink
from benchmarks.replay.replay import Options, open_sink
from benchmarks.replay.sinks import Sink
from benchmarks.replay.targets import NDJSON, STDOUT, Target
from simulator.dataset import Dataset
from simulator.errors import InputError, OutputError, SmearbenchError

# Events that are kept in memory and played over and over, so that reading them is not what is measured: about
# 100 MB. Assumed.
MOST_LOADED: Final = 1 << 18
# How much longer a step is that confirms one; assumed.
CONFIRMING_FACTOR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Stairs:
    """The steps of a load test.

    Attributes
    ----------
    start_rate : float
        Events a second of the first step.
    factor : float
        How much more each step asks for than the last; above 1.
    step_seconds : float
    n_steps : int
        Most steps.
    """

    start_rate: float = 1000.0
    factor: float = 1.5
    step_seconds: float = 5.0
    n_steps: int = 20

    @property
    def rates(self) -> list[float]:
        """Events a second of each step."""
        return [self.start_rate * self.factor**place for place in range(self.n_steps)]

    @property
    def longest_confirming(self) -> float:
        """Return the longest time of a step that confirms one, seconds, when all its answers come."""
        return CONFIRMING_FACTOR * self.step_seconds + MOST_LAG_SECONDS

    def most_seconds(self, timeout_seconds: float) -> float:
        """Return the longest time of all steps, each once more and longer, with two answers that never come."""
        climbing = self.step_seconds + MOST_LAG_SECONDS
        return self.n_steps * (climbing + self.longest_confirming) + 2 * timeout_seconds


class RoundFeed:
    """Events of a dataset over and over; their sequence numbers go on.

    Parameters
    ----------
    events : Chunk
        At least one.
    """

    def __init__(self, events: Chunk) -> None:
        self._events = events
        self.n_taken = 0
        self.may_repeat_until = 0

    @property
    def n_rounds(self) -> float:
        """How often the events were played."""
        return self.n_taken / len(self._events)

    def take(self, count: int) -> Batch:
        """Return so many events more; their times begin anew with each round."""
        numbers = np.arange(self.n_taken + 1, self.n_taken + 1 + count)
        places = (numbers - 1) % len(self._events)
        lines = number_lines(self._events.lines.take(pa.array(places)), numbers)
        self.n_taken += count
        return Batch(self.n_taken + 1 - count, self._events.times[places], lines)

    def put_back(self, count: int) -> None:
        """Take so many events back; when they are sent again, the target may have them already."""
        self.may_repeat_until = max(self.may_repeat_until, self.n_taken)
        self.n_taken -= count


def load_events(dataset: Dataset, most: int = MOST_LOADED) -> Chunk:
    """Return the first events behind the start of the run, without numbers.

    Parameters
    ----------
    dataset : Dataset
    most : int

    Raises
    ------
    InputError
        When there are none.
    """
    after_ms = dataset.manifest.moments.start_ms
    chunks, n_loaded = [], 0
    for chunk in merge([read_events(dataset, source, after_ms=after_ms) for source in SOURCES]):
        chunks.append(chunk)
        n_loaded += len(chunk)
        if n_loaded >= most:
            break
    if not chunks:
        raise InputError(f"{dataset.path}: must have events behind its start, got none. Choose another dataset.")
    times = np.concatenate([chunk.times for chunk in chunks])[:most]
    return Chunk(times, pa.concat_arrays([chunk.lines for chunk in chunks]).slice(0, most))


def find_limit(
    dataset: Dataset, target: Target, options: Options, stairs: Stairs, say: Callable[[str], None]
) -> dict[str, Any]:
    """Send steps of rising load to a target until one is not sustained; no state and no clock is written.

    Parameters
    ----------
    dataset : Dataset
    target : Target
        Not stdout; of ndjson and redis, a file or stream that holds nothing yet, and is removed at the end.
    options : Options
        `policy.batch_events`, `allowed_hosts`, `timeout_seconds` and, for a stream of Redis, `force` are used.
    stairs : Stairs
    say : callable
        Told of each step.

    Returns
    -------
    dict
        The steps, and `sustained_rate`: the highest rate that was asked for and sustained, once more when there was
        a higher one that was not; None without one.

    Raises
    ------
    InputError
        When the target cannot be measured.
    SmearbenchError
        When the target answers what no other load would mend.
    """
    _refuse_target(target)
    run = f"find-limit-{secrets.token_hex(4)}"
    feed = RoundFeed(load_events(dataset))
    say(
        f"Up to {stairs.n_steps} steps of {stairs.step_seconds:g} s, from {stairs.start_rate:,.0f} events a second; "
        f"ends within {stairs.most_seconds(options.timeout_seconds):,.0f} s."
    )
    sink = open_sink(target, options, run, is_known=False)
    climb = _Climb(stairs, feed, sink, options, say)
    try:
        climb.run()
    finally:
        if isinstance(sink, RedisSink):
            _delete_stream(sink, say)
        sink.close()
        if target.kind == NDJSON:
            target.file.unlink(missing_ok=True)
    return {
        "synthetic": True,
        "target": target.text,
        "run": run,
        "stairs": asdict(stairs),
        **climb.describe(),
        "n_sent": feed.n_taken,
        "n_rounds": feed.n_rounds,
    }


def _delete_stream(sink: RedisSink, say: Callable[[str], None]) -> None:
    """Delete the stream, which began empty; a server that is gone must not hide how the search ended."""
    try:
        sink.delete()
    except SmearbenchError as error:
        say(f"The stream may be left behind: {error}")


def _refuse_target(target: Target) -> None:
    if target.kind == STDOUT:
        raise InputError("--find-limit: must have a target that acknowledges, got stdout. A pipe tells nothing.")
    if target.kind == NDJSON and target.file.exists():
        raise OutputError(f"{target.file}: must be a new file with --find-limit, which removes it at the end.")


@dataclass(slots=True)
class _Climb:
    """Goes up until a step is not sustained, then down until one is sustained for longer."""

    stairs: Stairs
    feed: RoundFeed
    sink: Sink
    options: Options
    say: Callable[[str], None]
    steps: list[Step] = field(default_factory=list)
    confirmations: list[Step] = field(default_factory=list)
    interrupted: bool = False
    began: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Run the steps; Ctrl-C ends them."""
        try:
            for rate in self.stairs.rates:
                if not self._step(rate, self.stairs.step_seconds, self.steps):
                    break
            self._confirm()
        except KeyboardInterrupt:
            self.interrupted = True

    def describe(self) -> dict[str, Any]:
        """Return what was found."""
        confirmed = next((step.rate for step in self.confirmations if step.is_sustained), None)
        # Without a step that failed there is nothing to confirm: more may be possible.
        highest = next((step.rate for step in reversed(self.steps) if step.is_sustained), None)
        return {
            "sustained_rate": confirmed if self.confirmations else highest,
            "is_limit_found": any(not step.is_sustained for step in self.steps),
            "is_confirmed": confirmed is not None,
            "interrupted": self.interrupted,
            "steps": [asdict(step) for step in self.steps],
            "confirmations": [asdict(step) for step in self.confirmations],
        }

    def _confirm(self) -> None:
        if not self._can_be_confirmed():
            return
        for step in reversed(self.steps[:-1]):
            if self._is_too_late() or self._step(
                step.rate, CONFIRMING_FACTOR * self.stairs.step_seconds, self.confirmations
            ):
                return

    def _can_be_confirmed(self) -> bool:
        """Whether a step failed and left nothing behind for the next; Kafka's producer keeps what is not taken."""
        is_stuck = isinstance(self.sink, KafkaSink) and self.steps[-1].verdict == REFUSED
        return not is_stuck and not self.steps[-1].is_sustained

    def _is_too_late(self) -> bool:
        timeout_seconds = self.options.timeout_seconds
        left = self.stairs.most_seconds(timeout_seconds) - (time.monotonic() - self.began)
        return left < self.stairs.longest_confirming + timeout_seconds

    def _step(self, rate: float, seconds: float, steps: list[Step]) -> bool:
        step = self._run_and_count(rate, seconds)
        steps.append(step)
        what = "confirming" if steps is self.confirmations else "step"
        self.say(f"{what} {len(steps)}: {rate:,.0f} events a second for {seconds:g} s: {step.verdict}")
        return step.is_sustained

    def _run_and_count(self, rate: float, seconds: float) -> Step:
        """Run a step; a topic is asked afterwards whether it holds what was acknowledged."""
        if not isinstance(self.sink, KafkaSink):
            return run_step(rate, seconds, self.feed, self.sink, self.options.policy.batch_events)
        begin = self.sink.find_end()
        step = run_step(rate, seconds, self.feed, self.sink, self.options.policy.batch_events)
        n_lost = self.sink.count_lost(begin, step.n_sent)
        return replace(step, verdict=LOST, reason=describe_loss(n_lost)) if n_lost else step
