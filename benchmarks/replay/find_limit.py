"""Finds how many events a second a target stands: steps of rising load until one is not sustained."""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from benchmarks.replay.events import SOURCES, Chunk, read_events
from benchmarks.replay.load_step import MOST_LAG_SECONDS, Step, run_step
from benchmarks.replay.merging import Batch, merge, number_lines
from benchmarks.replay.replay import Options, open_sink
from benchmarks.replay.sinks import Sink
from benchmarks.replay.targets import NDJSON, STDOUT, Target
from simulator.dataset import Dataset
from simulator.errors import InputError, OutputError

# Events that are kept in memory and played over and over, so that reading them is not what is measured: about
# 100 MB. Assumed.
MOST_LOADED: Final = 1 << 18


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

    def most_seconds(self, timeout_seconds: float) -> float:
        """Return the longest time that all steps can take, with one answer that does not come."""
        return self.n_steps * (self.step_seconds + MOST_LAG_SECONDS) + timeout_seconds


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
        Not stdout; of ndjson, a file that is not there yet, and is removed at the end.
    options : Options
        `policy.batch_events`, `allowed_hosts` and `timeout_seconds` are used.
    stairs : Stairs
    say : callable
        Told of each step.

    Returns
    -------
    dict
        The steps, and `sustained_rate`: the highest rate asked for that was sustained; None without one.

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
    steps: list[Step] = []
    try:
        interrupted = _climb(stairs, feed, sink, options.policy.batch_events, steps, say)
    finally:
        sink.close()
        if target.kind == NDJSON:
            target.file.unlink(missing_ok=True)
    sustained = [step for step in steps if step.is_sustained]
    return {
        "synthetic": True,
        "target": target.text,
        "run": run,
        "stairs": asdict(stairs),
        "sustained_rate": sustained[-1].rate if sustained else None,
        "is_limit_found": len(sustained) < len(steps),
        "interrupted": interrupted,
        "n_sent": feed.n_taken,
        "n_rounds": feed.n_rounds,
        "steps": [asdict(step) for step in steps],
    }


def _refuse_target(target: Target) -> None:
    if target.kind == STDOUT:
        raise InputError("--find-limit: must have a target that acknowledges, got stdout. A pipe tells nothing.")
    if target.kind == NDJSON and target.file.exists():
        raise OutputError(f"{target.file}: must be a new file with --find-limit, which removes it at the end.")


def _climb(
    stairs: Stairs, feed: RoundFeed, sink: Sink, batch_events: int, steps: list[Step], say: Callable[[str], None]
) -> bool:
    """Add steps until one is not sustained; return whether a person stopped it."""
    try:
        for place, rate in enumerate(stairs.rates, 1):
            step = run_step(rate, stairs.step_seconds, feed, sink, batch_events)
            steps.append(step)
            say(f"step {place}: {rate:,.0f} a second: {step.verdict}")
            if not step.is_sustained:
                break
    except KeyboardInterrupt:
        return True
    return False
