"""Measures of how often a brand is mentioned: by five minutes, hour and day."""

import numpy as np

from benchmarks.fidelity.activity import find_entropy
from benchmarks.fidelity.burst_measures import find_bursts, measure_decay, measure_rise
from benchmarks.fidelity.calendar_measures import (
    count_by,
    find_weekdays,
    measure_autocorrelation,
    measure_variation,
)
from benchmarks.fidelity.measured import Measured, missing, take_median
from benchmarks.fidelity.posts import DAY, HOUR, MINUTE, Posts

_SATURDAY = 5


def brand_daily_ac1(posts: Posts) -> Measured:
    """Autocorrelation of mentions a day at a lag of a day."""
    return measure_autocorrelation(count_by(posts, DAY), 1, "days")


def brand_daily_ac7(posts: Posts) -> Measured:
    """Autocorrelation of mentions a day at a lag of a week."""
    return measure_autocorrelation(count_by(posts, DAY), 7, "days")


def brand_daily_cv(posts: Posts) -> Measured:
    """Standard deviation of mentions a day over their mean."""
    return measure_variation(count_by(posts, DAY), "days")


def brand_hour_entropy(posts: Posts) -> Measured:
    """Entropy of the hours of the day, 1 when flat."""
    return Measured(find_entropy(posts.local_ms % DAY // HOUR, 24), n=len(posts)) if len(posts) else missing("no posts")


def brand_hour_peak_trough(posts: Posts) -> Measured:
    """Peak over trough of the mean day by hours."""
    volume = np.bincount(posts.local_ms % DAY // HOUR, minlength=24)
    return Measured(float(volume.max() / volume.min()), n=len(posts)) if volume.min() else missing("an empty hour")


def brand_hourly_ac1(posts: Posts) -> Measured:
    """Autocorrelation of mentions an hour at a lag of an hour."""
    return measure_autocorrelation(count_by(posts, HOUR), 1, "hours")


def brand_hourly_ac24(posts: Posts) -> Measured:
    """Autocorrelation of mentions an hour at a lag of a day."""
    return measure_autocorrelation(count_by(posts, HOUR), 24, "hours")


def brand_weekend_weekday_ratio(posts: Posts) -> Measured:
    """Mean mentions of a weekend day over those of a weekday."""
    volume = count_by(posts, DAY)
    if len(volume) < 7:
        return missing(f"{len(volume)} days, needs 7")
    first = posts.local_ms.min() // DAY + 1
    weekend = find_weekdays((first + np.arange(len(volume))) * DAY) >= _SATURDAY
    return Measured(float(volume[weekend].mean() / volume[~weekend].mean()), n=len(volume))


def brand_peak_to_median_5min(posts: Posts) -> Measured:
    """Most mentions in five minutes over their median."""
    volume = count_by(posts, 5 * MINUTE)
    median = float(np.median(volume)) if len(volume) else 0.0
    if not median:
        return missing("most five minutes without any mention")
    return Measured(float(volume.max()) / median, n=len(volume))


def brand_burst_rise_h(posts: Posts) -> Measured:
    """Hours from half of a burst's peak to the peak."""
    return measure_rise(count_by(posts, HOUR))


def brand_burst_decay_h(posts: Posts) -> Measured:
    """Hours from a burst's peak to half of it."""
    return measure_decay(count_by(posts, HOUR))


def brand_burst_height(posts: Posts) -> Measured:
    """Peak of a burst over the median hour."""
    volume = count_by(posts, HOUR)
    median = float(np.median(volume)) if len(volume) else 0.0
    return take_median(volume[find_bursts(volume)] / median, "bursts") if median else missing("most hours empty")
