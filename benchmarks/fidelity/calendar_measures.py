"""Measures of when posts fall: hours, nights, weekends, office hours, days; all on the wall clock."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.fidelity.activity import find_entropy
from benchmarks.fidelity.measured import Measured, missing, take_share
from benchmarks.fidelity.posts import DAY, EPOCH_WEEKDAY, HOUR, Ints, Mask, Posts

_SATURDAY = 5
_OFFICE_HOURS = (9, 18)
_NIGHT_UNTIL = 6


def hour_entropy(posts: Posts) -> Measured:
    """Entropy of the hours of the day of all posts, 1 when flat."""
    return Measured(find_entropy(_hours(posts), 24), n=len(posts)) if len(posts) else missing("no posts")


def hour_peak_trough(posts: Posts) -> Measured:
    """Posts of the busiest hour of the day over those of the quietest."""
    volume = np.bincount(_hours(posts), minlength=24)
    if volume.min() == 0:
        return missing("an hour without any post", len(posts))
    return Measured(float(volume.max() / volume.min()), n=len(posts))


def weekend_share(posts: Posts) -> Measured:
    """Share of posts on Saturday and Sunday."""
    return _share(_weekdays(posts) >= _SATURDAY)


def office_hours_share(posts: Posts) -> Measured:
    """Share of posts from Monday to Friday, 9 to 18."""
    hours = _hours(posts)
    return _share((_weekdays(posts) < _SATURDAY) & (hours >= _OFFICE_HOURS[0]) & (hours < _OFFICE_HOURS[1]))


def night_share(posts: Posts) -> Measured:
    """Share of posts from midnight to 6."""
    return _share(_hours(posts) < _NIGHT_UNTIL)


def daily_volume_ac1(posts: Posts) -> Measured:
    """Autocorrelation of the posts a day at a lag of one day."""
    return measure_autocorrelation(count_by(posts, DAY), 1, "days")


def daily_volume_ac7(posts: Posts) -> Measured:
    """Autocorrelation of the posts a day at a lag of a week."""
    return measure_autocorrelation(count_by(posts, DAY), 7, "days")


def daily_volume_cv(posts: Posts) -> Measured:
    """Standard deviation of the posts a day over their mean."""
    return measure_variation(count_by(posts, DAY), "days")


def find_profile(posts: Posts) -> NDArray[np.float64]:
    """Return the share of the posts in each hour of the day, float64[24]."""
    return np.bincount(_hours(posts), minlength=24) / max(len(posts), 1)


def count_by(posts: Posts, step_ms: int) -> Ints:
    """Return the posts of each whole step of the wall clock; the first and last, cut ones are left out of days."""
    if not len(posts):
        return np.zeros(0, np.int64)
    steps = posts.local_ms // step_ms
    volume = np.bincount(steps - steps.min()).astype(np.int64)
    return volume[1:-1] if step_ms >= DAY else volume


def measure_autocorrelation(volume: Ints, lag: int, what: str) -> Measured:
    """Return the Pearson correlation of a series with itself so many steps later; needs three lags of steps."""
    if len(volume) < 3 * lag + 2:
        return missing(f"{len(volume)} {what}, needs {3 * lag + 2}", len(volume))
    earlier, later = volume[:-lag].astype(np.float64), volume[lag:].astype(np.float64)
    if earlier.std() == 0 or later.std() == 0:
        return missing(f"{what} all alike", len(volume))
    return Measured(float(np.corrcoef(earlier, later)[0, 1]), n=len(volume))


def measure_variation(volume: Ints, what: str) -> Measured:
    """Return the coefficient of variation of a series."""
    if len(volume) < 2 or not volume.any():
        return missing(f"{len(volume)} {what}, needs 2", len(volume))
    return Measured(float(volume.std() / volume.mean()), n=len(volume))


def find_weekdays(local_ms: Ints) -> Ints:
    """Return days of the week, 0 for Monday."""
    return (local_ms // DAY + EPOCH_WEEKDAY) % 7


def _weekdays(posts: Posts) -> Ints:
    return find_weekdays(posts.local_ms)


def _hours(posts: Posts) -> Ints:
    return posts.local_ms % DAY // HOUR


def _share(hits: Mask) -> Measured:
    return take_share(int(hits.sum()), len(hits), "posts")
