"""Measures of how posts crowd: posts a minute in busy hours, and how hourly bursts rise and fall."""

import numpy as np

from benchmarks.fidelity.calendar_measures import count_by
from benchmarks.fidelity.measured import Measured, missing, take_median
from benchmarks.fidelity.posts import HOUR, MINUTE, Ints, Posts

_BUSY_HOUR = 30
_MAD_ABOVE = 5
_HOURS_APART = 24


def minute_dispersion(posts: Posts) -> Measured:
    """Variance over mean of the posts a minute inside hours with 30 posts or more; 1 for Poisson."""
    if not len(posts):
        return missing("no posts")
    minutes = posts.local_ms // MINUTE
    first = minutes.min() // 60
    hours = minutes // 60 - first
    busy = np.flatnonzero(np.bincount(hours) >= _BUSY_HOUR)
    if not len(busy):
        return missing(f"no hour with {_BUSY_HOUR} posts")
    rows = np.full(hours.max() + 1, -1, np.int64)
    rows[busy] = np.arange(len(busy))
    kept = rows[hours] >= 0
    counts = np.zeros((len(busy), 60), np.int64)
    np.add.at(counts, (rows[hours[kept]], minutes[kept] % 60), 1)
    return take_median(counts.var(axis=1) / counts.mean(axis=1), "busy hours")


def burst_rise_h(posts: Posts) -> Measured:
    """Hours from half of a burst's peak to the peak."""
    return measure_rise(count_by(posts, HOUR))


def burst_decay_h(posts: Posts) -> Measured:
    """Hours from a burst's peak down to half of it."""
    return measure_decay(count_by(posts, HOUR))


def find_bursts(volume: Ints) -> Ints:
    """Return the hours of the peaks above median + 5 MAD, at least 24 h apart, the higher ones first."""
    median = np.median(volume) if len(volume) else 0.0
    mad = np.median(np.abs(volume - median)) if len(volume) else 0.0
    above = np.flatnonzero(volume > median + _MAD_ABOVE * mad)
    peaks: list[int] = []
    for hour in above[np.argsort(-volume[above], kind="stable")].tolist():
        if all(abs(hour - peak) >= _HOURS_APART for peak in peaks):
            peaks.append(hour)
    return np.array(peaks, np.int64)


def measure_rise(volume: Ints) -> Measured:
    """Return the median rise of the bursts of an hourly series."""
    return take_median(_walk(volume, -1), "bursts")


def measure_decay(volume: Ints) -> Measured:
    """Return the median decay of the bursts of an hourly series."""
    return take_median(_walk(volume, 1), "bursts")


def _walk(volume: Ints, step: int) -> Ints:
    """Return the hours from each peak, in one direction, until half of it or the end of the series."""
    return np.array([_walk_from(volume, int(peak), step) for peak in find_bursts(volume)], np.int64)


def _walk_from(volume: Ints, peak: int, step: int) -> int:
    path = volume[peak + 1 :] if step > 0 else volume[:peak][::-1]
    low = np.flatnonzero(path <= volume[peak] / 2)
    return int(low[0]) + 1 if len(low) else max(len(path), 1)
