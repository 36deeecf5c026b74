"""The running world's memory: made, grown when a kernel asks for it, and swept at every day's start."""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

from simulator import rhythm
from simulator.kernels import layout
from simulator.kernels.following import lay_out_rows
from simulator.kernels.layout import State
from simulator.kernels.members import grow_members
from simulator.network import FollowGraph
from simulator.population import Accounts
from simulator.processes.episodes import talk_outside_episodes
from simulator.vocabulary import Segment

_HOUR_MS = 3_600_000
# Part of their own reposts that overlapping accounts leave out, so that with those on command they repost as people
# do, Q8; assumed.
_RESTRAINT_Q8 = np.uint8(192)
_LOG_COUNTS = {
    "likes": layout.N_LIKES,
    "follows": layout.N_FOLLOWS,
    "removed": layout.N_REMOVED,
    "touched": layout.N_TOUCHED,
    "logged": layout.N_LOGGED,
}


def _power_of_two(least: int) -> int:
    return 1 << max(least - 1, 1).bit_length()


def make_records(accounts: Accounts) -> NDArray[np.void]:
    """Return what the kernels read of each account, as packed records, ACCOUNT[n]."""
    records = np.zeros(len(accounts), layout.ACCOUNT)
    records["key"] = accounts.key
    records["removed_at"] = layout.NEVER_MS
    records["seen_up_to"] = layout.NONE
    records["attitude"] = records["anchor"] = accounts.attitude
    records["susceptibility_q16"] = accounts.susceptibility_q16
    records["segment"] = accounts.segment
    records["law"] = accounts.mimic
    records["language"] = accounts.language
    records["client"] = accounts.client
    records["interested"] = accounts.brand_interest
    records["session_class"] = rhythm.classes_of(accounts.sessions_q16)
    records["original_class"] = rhythm.classes_of(accounts.originals_q16)
    records["clock_class"] = accounts.chronotype
    records["zone"] = accounts.zone
    records["scheduled_q16"] = accounts.scheduled_q16
    records["brand_talk_q16"] = talk_outside_episodes(accounts)
    records["restraint_q8"] = accounts.overlap * _RESTRAINT_Q8
    return records


def note_ends(records: NDArray[np.void], lives: NDArray[np.int64]) -> None:
    """Enter the hour by which each life is over, from the lives that ``processes.lives.plan_spans`` found."""
    records["ends_hour"] = np.clip(-(-lives[:, 1] // _HOUR_MS), 0, np.iinfo(np.uint16).max)


def make_state(accounts: Accounts, graph: FollowGraph, n_pushes: int, n_narratives: int, n_operators: int) -> State:
    """Return the memory of a world at its start; its run has no end as yet."""
    n = len(accounts)
    clock = np.zeros(layout.CLOCK_SIZE, np.int64)
    clock[layout.RUN_END] = layout.NEVER_MS
    ring = _power_of_two(max(8 * n, 1 << 14))
    log = max(4 * n, 1 << 14)
    lengths = np.diff(graph.indptr).astype(np.int32)
    starts, rooms, followees = lay_out_rows(graph.indptr[:-1], lengths, graph.followees, np.zeros(n, np.int64))
    return State(
        clock=clock,
        accounts=make_records(accounts),
        newest=np.full(n, layout.NONE, np.int32),
        row_start=starts,
        row_length=lengths,
        row_room=rooms,
        followees=followees,
        hot=np.zeros(ring, layout.HOT),
        cold=np.zeros(ring, layout.COLD),
        pending=np.zeros(log, layout.PENDING),
        members=np.zeros((2, _power_of_two(max(8 * n, 1 << 14))), np.uint64),
        memory=np.full((n, layout.MEMORY_SLOTS, 2), layout.NONE, np.int32),
        trending=np.full(64, layout.NONE, np.int32),
        brand_topic=np.full(layout.BRAND_WINDOW, layout.NONE, np.int32),
        official=np.full(layout.PUSH_WINDOW, layout.NONE, np.int32),
        push_items=np.full((max(n_pushes, 1), layout.PUSH_WINDOW), layout.NONE, np.int32),
        push_counts=np.zeros(max(n_pushes, 1), np.int64),
        push_seen=np.zeros((n_pushes + n_narratives + n_operators, n), np.uint8),
        exposures=np.zeros((24, n_pushes + n_narratives + 1, len(Segment), 3), np.int32),
        likes=np.zeros((log, 4), np.int64),
        follows=np.zeros((log, 4), np.int64),
        removed=np.zeros((log, 3), np.int64),
        touched=np.zeros(ring, np.int32),
        logged=np.zeros((log, 4), np.int64),
        shelf=np.zeros((2, layout.SHELF), np.int64),
    )


def _doubled(array: NDArray[np.generic]) -> NDArray[np.generic]:
    grown = np.zeros((2 * array.shape[0], *array.shape[1:]), array.dtype)
    grown[: array.shape[0]] = array
    return grown


def _grow_ring(state: State) -> State:
    old, new = state.hot.shape[0], 2 * state.hot.shape[0]
    live = np.arange(state.clock[layout.OLDEST], state.clock[layout.NEXT_SEQUENCE])
    hot, cold = np.zeros(new, layout.HOT), np.zeros(new, layout.COLD)
    hot[live & (new - 1)] = state.hot[live & (old - 1)]
    cold[live & (new - 1)] = state.cold[live & (old - 1)]
    return state._replace(hot=hot, cold=cold)


def grow(state: State, answer: int) -> State:
    """Return the state with the buffer doubled that the day kernel found too small."""
    if answer == layout.RING_FULL:
        return _grow_ring(state)
    if answer == layout.PENDING_FULL:
        return state._replace(pending=_doubled(state.pending))
    if answer == layout.MEMBERS_FULL:
        return state._replace(members=grow_members(state.members, 2 * state.members.shape[1]))
    full = {
        name: _doubled(getattr(state, name))
        for name, place in _LOG_COUNTS.items()
        if state.clock[place] + layout.HEADROOM > getattr(state, name).shape[0]
    }
    return state._replace(**full)


def begin_day(state: State, day: int, memory_ms: int, longest_deletion_ms: int = 0) -> None:
    """Reset the day's logs, forget items too old to matter, and start a new generation of reactions in time.

    An item matters as long as it is shown, pending reactions to it come due, or its author may delete it
    (`longest_deletion_ms` after posting). A reaction cannot be made again once its origin is not shown any more.
    """
    clock = state.clock
    start = day * rhythm.DAY_MS
    clock[layout.DAY], clock[layout.DAY_START] = day, start
    for place in (layout.EVENT_AT, layout.COMMAND_AT, layout.N_LIKES, layout.N_FOLLOWS, layout.N_REMOVED):
        clock[place] = 0
    clock[layout.N_TOUCHED] = clock[layout.N_LOGGED] = 0
    state.exposures[:] = 0
    horizon = start - max(memory_ms + rhythm.LONGEST_DELAY_MS, longest_deletion_ms)
    live = range(int(clock[layout.OLDEST]), int(clock[layout.NEXT_SEQUENCE]))
    times, mask = state.hot["time"], len(state.hot) - 1
    clock[layout.OLDEST] += bisect_left(live, horizon, key=lambda sequence: int(times[sequence & mask]))
    if day % max(1, -(-memory_ms // rhythm.DAY_MS) + 1) == 0:
        state.members[1] = state.members[0]
        state.members[0] = 0
        clock[layout.N_MEMBERS] = 0
