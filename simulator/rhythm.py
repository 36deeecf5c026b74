"""When people are awake and how often they come: the set-up tables of time, all rounded to coarse integer grids.

Floats are allowed here because nothing here is decided: every table is rounded far more coarsely than
the last bits in which exp or log differ between machines.
"""

import math
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from statistics import NormalDist
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
N_CHRONOTYPES = 8
N_RATE_CLASSES = 113
STEPS_PER_DOUBLING = 8
_LOWEST_DOUBLING = -10
_GRID = 1 << 20
_N_LATE = 34  # of 256 reactions, so many are late
_MOST_DAYS_LATE = 5
LONGEST_DELAY_MS = _MOST_DAYS_LATE * 45 * _HOUR_MS // 2 * 9 // 8

# A person's local hours 0..23, such that the chronotypes below add up to the hours of the facts' German election
# (hour_profile; without its spike at 19, which was a broadcast): nights hardly carry anything. Smoothed by hand.
_WEEKDAY_HOURS = (7, 2, 2, 2, 5, 19, 44, 70, 72, 68, 63, 61, 57, 54, 54, 51, 52, 50, 54, 74, 66, 42, 28, 16)
# Weekends start and end about two hours later. Assumed.
_WEEKEND_HOURS = (13, 6, 3, 2, 2, 4, 10, 26, 46, 62, 68, 68, 64, 60, 57, 54, 53, 52, 55, 70, 66, 50, 36, 24)
# Chronotypes shift the whole day, in half hours (assumed; spread as in common sleep surveys).
_CHRONOTYPE_SHIFTS = (-4, -3, -2, -1, 0, 1, 3, 5)
# Habits lean a day to its morning, middle or evening (hour, spread in hours), and to the rest of it by a floor. Such
# that accounts differ as in the facts (account_hour_entropy 0.82) while all of them together keep the hours above.
_HABITS = ((8.5, 2.2), (13.5, 2.2), (19.5, 2.5))
_HABIT_FLOOR = 0.2
N_CLOCKS = N_CHRONOTYPES * len(_HABITS)


def as_thresholds(shares: NDArray[np.floating]) -> NDArray[np.uint32]:
    """Return cumulative 32-bit thresholds of shares along the last axis, on a grid of 2^-20.

    A draw at or below the first threshold means the first outcome; the last threshold is left at 2^32 - 1.
    """
    cumulative = np.cumsum(shares, axis=-1) / np.sum(shares, axis=-1, keepdims=True)
    gridded = np.rint(cumulative * _GRID).astype(np.int64) << 12
    thresholds: NDArray[np.uint32] = np.minimum(gridded, 0xFFFFFFFF).astype(np.uint32)
    return thresholds


def as_threshold(share: float) -> int:
    """Return the 32-bit threshold of a share, on a grid of 2^-28."""
    return min(round(share * (1 << 28)) << 4, 1 << 32)


def _habits() -> NDArray[np.float64]:
    """Return how each habit leans to each half hour, shape (habits, 48); the mean over habits is 1."""
    moments = np.arange(48) / 2 + 0.25
    away = np.abs(moments - np.asarray(_HABITS)[:, :1])
    away = np.minimum(away, 24 - away) / np.asarray(_HABITS)[:, 1:]
    leaning = np.exp(-(away**2) / 2) + _HABIT_FLOOR
    habits: NDArray[np.float64] = leaning / leaning.mean(axis=0)
    return habits


def build_clocks() -> NDArray[np.uint32]:
    """Return cumulative thresholds of local half hours, shape (clocks, 2, 48); 2 is weekday, weekend.

    The eight chronotypes, early to late, stand one habit after the other.
    """
    clocks = np.empty((N_CLOCKS, 2, 48), np.uint32)
    for rest, hours in enumerate((_WEEKDAY_HOURS, _WEEKEND_HOURS)):
        points = np.interp(np.arange(48) / 2, np.arange(25), [*hours, hours[0]])
        for habit, leaning in enumerate(_habits()):
            for chronotype, shift in enumerate(_CHRONOTYPE_SHIFTS):
                clocks[habit * N_CHRONOTYPES + chronotype, rest] = as_thresholds(np.roll(points * leaning, shift))
    return clocks


def awake_share_q8() -> NDArray[np.int64]:
    """Return how awake people are at each local hour, 0 to 256, shape (24,)."""
    hours = np.asarray(_WEEKDAY_HOURS, np.float64)
    shares: NDArray[np.int64] = np.rint(256 * hours / hours.max()).astype(np.int64)
    return shares


def class_rates_q16() -> NDArray[np.int64]:
    """Return the mean count of each rate class, Q16; eight classes double it."""
    exponents = np.arange(N_RATE_CLASSES) / STEPS_PER_DOUBLING + _LOWEST_DOUBLING
    rates: NDArray[np.int64] = np.rint(65_536 * 2.0**exponents).astype(np.int64)
    return rates


def classes_of(rates_q16: NDArray[np.integer]) -> NDArray[np.uint8]:
    """Return the nearest rate class at or below each rate (Q16); rates below the lowest get class 0."""
    classes = np.searchsorted(class_rates_q16(), np.asarray(rates_q16, np.int64), side="right") - 1
    return np.clip(classes, 0, N_RATE_CLASSES - 1).astype(np.uint8)


def build_counts() -> NDArray[np.uint32]:
    """Return cumulative Poisson thresholds, shape (classes, 32); class 0 never happens."""
    rates = class_rates_q16()[:, None] / 65_536
    counts = np.arange(32)[None, :]
    log_factorials = np.array([math.lgamma(k + 1) for k in range(32)])[None, :]
    shares = np.exp(counts * np.log(rates) - rates - log_factorials)
    shares[0] = np.eye(1, 32)
    return as_thresholds(shares)


def build_items(mean: float) -> NDArray[np.uint32]:
    """Return cumulative thresholds of the items of a session beyond the first, geometric, shape (48,)."""
    stop = 1.0 / max(mean, 1.01)
    return as_thresholds(stop * (1 - stop) ** np.arange(48))


def build_delays() -> NDArray[np.int64]:
    """Return delays of reactions by quantile, ms, in steps of 100 ms, shape (256,).

    Most react within minutes: log-normal, assumed. The rest come back to what they saw, days later at about the
    same hour; so many that 0.88 of a cascade falls into its first day (facts, cascade:Weibo-nonrumour).
    """
    prompt, late = 256 - _N_LATE, np.arange(1, _MOST_DAYS_LATE + 1)
    normal = NormalDist()
    seconds = [53.0 * math.exp(1.7 * normal.inv_cdf((i + 0.5) / prompt)) for i in range(prompt)]
    soon = np.clip(np.rint(np.asarray(seconds) * 10) * 100, 3_000, 8 * _HOUR_MS)
    # Days late: a power law, assumed. What comes due spreads over the eighth above, hence 22.5 hours.
    ends = np.rint(np.cumsum(late**-1.3) / np.sum(late**-1.3) * _N_LATE).astype(np.int64)
    days = np.repeat(late, np.diff(ends, prepend=0))
    return np.concatenate([soon.astype(np.int64), days * (45 * _HOUR_MS // 2)])


def session_shifts(n_segments: int, quiet_weekend: tuple[int, ...]) -> NDArray[np.int16]:
    """Return the rate-class steps of each segment on weekdays and weekends, shape (segments, 2).

    Those who talk for a living rest: their segments (`quiet_weekend`) drop two doublings. Assumed.
    """
    shifts = np.zeros((n_segments, 2), np.int16)
    shifts[list(quiet_weekend), 1] = -2 * STEPS_PER_DOUBLING
    return shifts


@lru_cache(maxsize=16)  # every brand event of a world asks for it
def zone_offsets(zones: tuple[str, ...], start_ms: int, n_days: int) -> NDArray[np.int64]:
    """Return for each run day and zone the local time of day at the run day's start, ms, shape (days, zones).

    Taken at the middle of the run day, so a change of summer time moves at most half a day early. Not to be changed
    by the caller: the next one gets the same array.
    """
    offsets = np.empty((n_days, len(zones)), np.int64)
    for day in range(n_days):
        moment = datetime.fromtimestamp((start_ms + day * DAY_MS) / 1000, UTC) + timedelta(hours=12)
        for column, zone in enumerate(zones):
            shift = moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
            offsets[day, column] = (start_ms + shift // timedelta(milliseconds=1)) % DAY_MS
    offsets.flags.writeable = False
    return offsets


def weekend_flags(zones: tuple[str, ...], start_ms: int, n_days: int) -> NDArray[np.uint8]:
    """Return 1 where the middle of a run day falls on a Saturday or Sunday, shape (days, zones)."""
    flags = np.empty((n_days, len(zones)), np.uint8)
    for day in range(n_days):
        moment = datetime.fromtimestamp((start_ms + day * DAY_MS) / 1000, UTC) + timedelta(hours=12)
        for column, zone in enumerate(zones):
            flags[day, column] = moment.astimezone(ZoneInfo(zone)).weekday() >= 5
    return flags
