"""Whether a detector keeps more and more memory: over repeated runs, and over weeks of a stream.

What Python, numpy and Arrow hold is counted; what other libraries allocate by themselves is not seen.
"""

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from benchmarks.checking.check_subject import ask, step, update
from benchmarks.checking.check_worlds import DAY_MS, START_MS, CheckWorld, make_world
from benchmarks.detector import Batch, Observations

_N_SETTLING_RUNS, _N_RUNS = 1, 2
_N_LONG_DAYS, _N_SETTLING_DAYS, _LONG_POSTS_PER_DAY = 12, 7, 700
# Assumed: twice what detectors that keep nothing were seen to grow by, for the caches of Python and its libraries;
# in a stream, some bytes a post.
_MOST_BYTES_A_RUN, _MOST_BYTES_OF_STREAM = 16_000, 80_000


def find_growth_of_runs(detector: Any, observations: Observations) -> str:
    """Return how much memory every further run of a detector keeps, or nothing when it is little."""
    held = 0
    with _tracing():
        for run in range(_N_SETTLING_RUNS + _N_RUNS):
            if run == _N_SETTLING_RUNS:
                held = _measure_held()
            ask(detector, observations)
        grown = (_measure_held() - held) / _N_RUNS
    if grown <= _MOST_BYTES_A_RUN:
        return ""
    return f"keeps {grown / 1e3:,.0f} kB more with every run, at most {_MOST_BYTES_A_RUN / 1e3:g} kB"


def make_long_world() -> CheckWorld:
    """Return a world for :func:`find_growth_of_stream`."""
    return make_world("long", _N_LONG_DAYS, _LONG_POSTS_PER_DAY)


def find_growth_of_stream(detector: Any, observations: Observations) -> str:
    """Return how much more memory a stream keeps after its first week, or nothing when it is little.

    A state may grow with the accounts and cover a week; what still grows after that has no bound.
    """
    held: list[int] = []
    n_days = _N_LONG_DAYS - 1 - _N_SETTLING_DAYS
    moments = [START_MS + days * DAY_MS for days in (_N_SETTLING_DAYS, _N_SETTLING_DAYS + n_days)]
    with _tracing():
        detector.start(observations.context)
        for batch, now in step(detector, observations):
            # A copy, so that what is kept of it counts and not the whole table that it is a slice of.
            update(detector, copy_batch(batch), now)
            if len(held) < len(moments) and now.timestamp() * 1000 >= moments[len(held)]:
                held.append(_measure_held())
    grown = held[-1] - held[0] if held else 0
    if grown <= _MOST_BYTES_OF_STREAM:
        return ""
    seen = f"keeps {grown / 1e3:,.0f} kB more after {n_days} days of {_LONG_POSTS_PER_DAY} posts"
    return f"{seen}, at most {_MOST_BYTES_OF_STREAM / 1e3:g} kB"


@contextmanager
def _tracing() -> Iterator[None]:
    was_tracing = tracemalloc.is_tracing()
    tracemalloc.start()
    try:
        yield
    finally:
        if not was_tracing:
            tracemalloc.stop()


def _measure_held() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0] + int(pa.total_allocated_bytes())


def copy_batch(batch: Batch) -> Batch:
    """Return a batch that shares no memory with another."""
    tables = {}
    for name, rows in batch.tables.items():
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
        tables[name] = pa.ipc.open_stream(sink.getvalue()).read_all()
    return Batch(tables)
