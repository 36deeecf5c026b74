"""A binary heap of pending reactions, ordered by (time, key)."""

from numba import njit

from simulator.kernels.layout import N_PENDING
from simulator.kernels.views import clock_of, pending_of


@njit(cache=True, forceinline=True)
def _is_before(first, second):
    return first.time < second.time or (first.time == second.time and first.key < second.key)


@njit(cache=True)
def _swap(pending, i, j):
    time, key = pending[i].time, pending[i].key
    account, target, what = pending[i].account, pending[i].target, pending[i].what
    pending[i] = pending[j]
    pending[j].time = time
    pending[j].key = key
    pending[j].account = account
    pending[j].target = target
    pending[j].what = what


@njit(cache=True)
def push_pending(state, time, key, account, target, what):
    """Add one reaction that comes due at `time`; the caller has made sure of a free place."""
    pending = pending_of(state)
    place = clock_of(state)[N_PENDING]
    clock_of(state)[N_PENDING] = place + 1
    pending[place].time = time
    pending[place].key = key
    pending[place].account = account
    pending[place].target = target
    pending[place].what = what
    while place > 0:
        above = (place - 1) // 2
        if not _is_before(pending[place], pending[above]):
            break
        _swap(pending, place, above)
        place = above


@njit(cache=True)
def drop_first_pending(state):
    """Remove the earliest reaction."""
    pending = pending_of(state)
    count = clock_of(state)[N_PENDING] - 1
    clock_of(state)[N_PENDING] = count
    if count == 0:
        return
    _swap(pending, 0, count)
    place = 0
    while True:
        child = 2 * place + 1
        if child >= count:
            break
        if child + 1 < count and _is_before(pending[child + 1], pending[child]):
            child += 1
        if not _is_before(pending[child], pending[place]):
            break
        _swap(pending, place, child)
        place = child
