"""When accounts open their feeds and write: sessions and originals of one day, as sortable event keys.

An event key packs everything that identifies the event, so that sorting integers is sorting events:
``time in the day (27 bits) | account row (24) | type (2) | session (5) | original (5)``.
"""

import numpy as np
from numba import njit

from simulator.kernels.philox import philox_block

DAY_MS = 86_400_000
SESSION, ORIGINAL, EVENT_TALK = range(3)

_SESSION_COUNT = np.uint64(17)
_SESSION_SHAPE = np.uint64(18)
_ORIGINAL_SHAPE = np.uint64(20)
_MAX_SESSIONS = 31
EPISODE = 31  # stands for a session in the originals of an episode; sessions themselves have lower numbers
_MAX_ORIGINALS = 31
_HALF_HOUR_MS = 1_800_000
_SCHEDULER_GRID_MS = 900_000
_SCHEDULER_LAG_MS = 2_000
_LONGEST_DELAY_MS = 1_200_000


@njit(cache=True, forceinline=True)
def event_key(time, row, kind, session, original):
    """Pack an event of a day into one sortable integer."""
    return (np.int64(time) << 36) | (np.int64(row) << 12) | (kind << 10) | (session << 5) | original


@njit(cache=True, forceinline=True)
def occasion_of(day, session, original):
    """Return the permanent name of a session (original 0) or of its originals (1, 2, ...)."""
    return (np.uint64(day) << np.uint64(16)) | (np.uint64(session) << np.uint64(8)) | np.uint64(original)


@njit(cache=True, forceinline=True)
def count_from(table_row, draw):
    """Return how many of the cumulative thresholds of a row lie below the 32-bit `draw`."""
    count = 0
    while count < table_row.shape[0] and table_row[count] < draw:
        count += 1
    return count


@njit(cache=True, forceinline=True)
def scale_draw(draw, n):
    """Map a 32-bit draw to 0..n-1 without bias worth naming."""
    return np.int64((draw * np.uint64(n)) >> np.uint64(32))


@njit(cache=True)
def _session_time(clock_row, offset_ms, half_hour_draw, minute_draw):
    half_hour = count_from(clock_row, half_hour_draw)
    local = half_hour * _HALF_HOUR_MS + scale_draw(minute_draw, _HALF_HOUR_MS)
    return (local - offset_ms) % DAY_MS


@njit(cache=True)
def _original_time(session_time, account, delay_draw, schedule_draw):
    # What would fall into the next day is folded into this one, so that no moment gathers posts.
    time = session_time + (5_000 + scale_draw(delay_draw, _LONGEST_DELAY_MS)) % (DAY_MS - session_time)
    if np.int64(schedule_draw >> np.uint64(16)) < account.scheduled_q16:
        # Every account has its own minute of the quarter: programs at large keep no common beat.
        phase = scale_draw(account.key >> np.uint64(32), _SCHEDULER_GRID_MS - _SCHEDULER_LAG_MS)
        time -= (time - phase) % _SCHEDULER_GRID_MS
        time += _SCHEDULER_GRID_MS if time < 0 else 0
        time += scale_draw((schedule_draw & np.uint64(0xFFFF)) << np.uint64(16), _SCHEDULER_LAG_MS)
    return time


@njit(cache=True)
def plan_lives(seed, accounts, lives, low, high, day, day_start, clocks, offsets, weekend, shifts, counts, out):
    """Write the event keys of the sessions and originals of accounts `low` to `high` on one day.

    Parameters
    ----------
    seed : uint64
    accounts : ACCOUNT[n]
    lives : int64[n, 2]
        First and last (exclusive) moment of each account's own life, ms since the start.
    low, high : int
        Rows to plan, half open.
    day, day_start : int
        Day number and its first millisecond.
    clocks : uint32[chronotypes, 2, 48]
        Cumulative thresholds of local half hours, weekday and weekend.
    offsets : int64[zones]
        Local time minus UTC time of the run's day boundary, ms.
    weekend : uint8[zones]
        1 where this day is a weekend.
    shifts : int16[segments, 2]
        Steps that a segment's session rate class moves on weekdays and weekends.
    counts : uint32[classes, 32]
        Cumulative Poisson thresholds by rate class.
    out : int64[capacity]
        Receives the keys, unsorted.

    Returns
    -------
    int
        Number of keys written, or -1 when `out` is too small.
    """
    n = 0
    n_classes = counts.shape[0]
    for row in range(low, high):
        if lives[row, 0] >= day_start + DAY_MS or lives[row, 1] <= day_start:
            continue
        if n + _MAX_SESSIONS * (_MAX_ORIGINALS + 1) > out.shape[0]:
            return -1
        account = accounts[row]
        rest = np.int64(weekend[account.zone])
        rate_class = min(max(np.int64(account.session_class) + shifts[account.law, rest], 0), n_classes - 1)
        block = philox_block(seed, _SESSION_COUNT, account.key, np.uint64(day))
        n_sessions = min(count_from(counts[rate_class], block[0]), _MAX_SESSIONS)
        for session in range(n_sessions):
            shape = philox_block(seed, _SESSION_SHAPE, account.key, occasion_of(day, session, 0))
            time = _session_time(clocks[account.clock_class, rest], offsets[account.zone], shape[0], shape[1])
            if not lives[row, 0] <= day_start + time < lives[row, 1]:
                continue
            out[n] = event_key(time, row, SESSION, session, 0)
            n += 1
            n_originals = min(count_from(counts[account.original_class], shape[3]), _MAX_ORIGINALS)
            for original in range(n_originals):
                draws = philox_block(seed, _ORIGINAL_SHAPE, account.key, occasion_of(day, session, original + 1))
                at = _original_time(time, account, draws[0], draws[3])
                if lives[row, 0] <= day_start + at < lives[row, 1]:
                    out[n] = event_key(at, row, ORIGINAL, session, original)
                    n += 1
    return n
