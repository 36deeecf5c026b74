"""One day in time order: events, commands and due reactions are merged by time and carried out."""

import numpy as np
from numba import njit

from simulator.kernels.authoring import remove_item, slot_of
from simulator.kernels.commands import carry_out_command
from simulator.kernels.layout import (
    COMMAND_AT,
    DAY,
    DAY_START,
    DELETE,
    DONE,
    EVENT_AT,
    HEADROOM,
    LOG_FULL,
    MEMBERS_FULL,
    N_FOLLOWS,
    N_LIKES,
    N_LOGGED,
    N_MEMBERS,
    N_PENDING,
    N_REMOVED,
    N_TOUCHED,
    NEXT_SEQUENCE,
    OLDEST,
    PENDING_FULL,
    REMOVED,
    RING_FULL,
    RUN_END,
)
from simulator.kernels.pending import drop_first_pending
from simulator.kernels.plan import DAY_MS, ORIGINAL, SESSION
from simulator.kernels.sessions import open_session
from simulator.kernels.views import (
    accounts_of,
    clock_of,
    follows_of,
    hot_of,
    likes_of,
    logged_of,
    members_of,
    pending_of,
    prefetch_account,
    prefetch_followees,
    removed_of,
    touched_of,
)
from simulator.kernels.writing import carry_out_reaction, write_event_talk, write_original

_LATE = np.int64(1) << 62
_AHEAD, _FAR_AHEAD = 2, 8
_HOUR_MS = 3_600_000


@njit(cache=True)
def _room(state):
    """Return DONE, or which buffer might not take another event."""
    clock = clock_of(state)
    if clock[NEXT_SEQUENCE] - clock[OLDEST] + HEADROOM > hot_of(state).shape[0]:
        return RING_FULL
    if clock[N_PENDING] + HEADROOM > pending_of(state).shape[0]:
        return PENDING_FULL
    if 2 * (clock[N_MEMBERS] + HEADROOM) > members_of(state).shape[1]:
        return MEMBERS_FULL
    full = (
        clock[N_LIKES] + HEADROOM > likes_of(state).shape[0]
        or clock[N_FOLLOWS] + HEADROOM > follows_of(state).shape[0]
        or clock[N_REMOVED] + HEADROOM > removed_of(state).shape[0]
        or clock[N_TOUCHED] + HEADROOM > touched_of(state).shape[0]
        or clock[N_LOGGED] + HEADROOM > logged_of(state).shape[0]
    )
    return LOG_FULL if full else DONE


@njit(cache=True, forceinline=True)
def row_of(key):
    """Return the account row of an event key."""
    return (key >> 12) & 0xFFFFFF


@njit(cache=True)
def _carry_out_event(rules, state, key):
    now = clock_of(state)[DAY_START] + (key >> 36)
    row = row_of(key)
    kind = (key >> 10) & 3
    session, original = (key >> 5) & 31, key & 31
    if accounts_of(state)[row].removed_at <= now:
        return
    if kind == SESSION:
        open_session(rules, state, row, clock_of(state)[DAY], session, now)
    elif kind == ORIGINAL:
        write_original(rules, state, row, clock_of(state)[DAY], session, original, now)
    else:
        write_event_talk(rules, state, row, key & 1023, now)


@njit(cache=True)
def _carry_out_pending(rules, state):
    due = pending_of(state)[0]
    now, key = due.time, due.key
    row, target, what = np.int64(due.account), np.int64(due.target), np.int64(due.what)
    drop_first_pending(state)
    if target < clock_of(state)[OLDEST] or accounts_of(state)[row].removed_at <= now:
        return
    if what == DELETE:
        remove_item(state, target, now, row)
        return
    if now >= np.int64(accounts_of(state)[row].ends_hour) * _HOUR_MS:
        return
    item = hot_of(state)[slot_of(state, target)]
    origin = np.int64(item.origin)
    if origin < clock_of(state)[OLDEST] or hot_of(state)[slot_of(state, origin)].flags & REMOVED:
        return
    carry_out_reaction(rules, state, row, origin if item.flags & REMOVED else target, what, key, now)


@njit(cache=True)
def run_day(rules_record, state_record, events, commands):
    """Carry out one day; returns DONE, or which buffer must grow before the call is repeated.

    Parameters
    ----------
    rules_record, state_record : record arrays of one row
        ``views.record_of`` the Rules and the State; the state's arrays are modified in place.
        ``clock[EVENT_AT]`` and ``clock[COMMAND_AT]`` say how far the day has come.
    events : int64[n]
        Sorted event keys of the day, as packed by ``plan.event_key``.
    commands : COMMAND[n]
        Commands of the day, sorted by (time, key).

    Returns
    -------
    int
        DONE, RING_FULL, PENDING_FULL, LOG_FULL or MEMBERS_FULL.

    Notes
    -----
    At equal times events come before commands, and both before reactions.
    """
    rules, state = rules_record[0], state_record[0]
    clock = clock_of(state)
    start = clock[DAY_START]
    end = min(start + DAY_MS, clock[RUN_END])
    while True:
        room = _room(state)
        if room != DONE:
            return room
        event_time = start + (events[clock[EVENT_AT]] >> 36) if clock[EVENT_AT] < events.shape[0] else _LATE
        command_time = commands[clock[COMMAND_AT]].time if clock[COMMAND_AT] < commands.shape[0] else _LATE
        pending_time = pending_of(state)[0].time if clock[N_PENDING] > 0 else _LATE
        if min(event_time, command_time, pending_time) >= end:
            return DONE
        if event_time <= command_time and event_time <= pending_time:
            clock[EVENT_AT] += 1
            if clock[EVENT_AT] + _FAR_AHEAD < events.shape[0]:
                prefetch_account(state, row_of(events[clock[EVENT_AT] + _FAR_AHEAD]))
                prefetch_followees(state, row_of(events[clock[EVENT_AT] + _AHEAD]))
            _carry_out_event(rules, state, events[clock[EVENT_AT] - 1])
        elif command_time <= pending_time:
            clock[COMMAND_AT] += 1
            carry_out_command(rules, state, commands[clock[COMMAND_AT] - 1], command_time)
        else:
            _carry_out_pending(rules, state)
