"""The heap of pending reactions equals the standard library's."""

import heapq

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from simulator.kernels.addresses import record_of
from simulator.kernels.layout import N_PENDING
from simulator.kernels.pending import drop_first_pending, push_pending
from simulator.kernels.views import clock_of, pending_of
from tests.reference.tiny_state import tiny_state

_TIMES = st.integers(0, 20)
_KEYS = st.integers(0, 2**64 - 1)
_STEPS = st.lists(st.one_of(st.none(), st.tuples(_TIMES, _KEYS)), max_size=120)


@njit
def _carry_out(record, times, keys, dropped):  # type: ignore[no-untyped-def]
    """Push (time, key) or, where the time is negative, drop the first and note it; returns how many were dropped."""
    state, n = record[0], 0
    for i in range(times.shape[0]):
        if times[i] >= 0:
            push_pending(state, times[i], keys[i], i, 2 * i, 3)
        elif clock_of(state)[N_PENDING] > 0:
            dropped[n] = pending_of(state)[0]
            drop_first_pending(state)
            n += 1
    return n


@given(_STEPS)
@settings(max_examples=200, deadline=None)
def test_pending_reactions_come_in_the_order_of_a_heap(steps: list[tuple[int, int] | None]) -> None:
    heap: list[tuple[int, int, int]] = []
    expected = []
    for i, step in enumerate(steps):
        if step is not None:
            heapq.heappush(heap, (*step, i))
        elif heap:
            expected.append(heapq.heappop(heap))
    state = tiny_state(n_pending=max(len(steps), 1))
    dropped = np.zeros(len(steps) + 1, state.pending.dtype)
    times = np.asarray([-1 if step is None else step[0] for step in steps], np.int64)
    keys = np.asarray([0 if step is None else step[1] for step in steps], np.uint64)
    n = _carry_out(record_of(state), times, keys, dropped)
    found = [(int(entry["time"]), int(entry["key"])) for entry in dropped[:n]]
    assert found == [(time, key) for time, key, _ in expected]
    assert int(state.clock[N_PENDING]) == len(heap)
    for entry in dropped[:n]:  # what belongs to a reaction stays with it
        i = int(entry["account"])
        assert (int(times[i]), int(keys[i]), 2 * i, 3) == tuple(
            int(entry[name]) for name in ("time", "key", "target", "what")
        )
