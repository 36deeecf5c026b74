"""What is usual at this hour of the week, learnt from the past alone."""

from datetime import datetime, timedelta

import numpy as np

# About two weeks for an hour of the day, two days for a day of the week (assumed).
_DAYS_REMEMBERED = 14
_HOURS_OF_WEEKDAY = 48
# Learning sees at most this many deviations, so that an attack does not become usual at once (assumed).
_MOST_DEVIATIONS = 3.0


class SeasonalBaseline:
    """Standardises a series by running means of its hour of the day and day of the week, in UTC.

    The expected value is the mean of the hour plus an offset of the weekday; both, and the variance around
    them, forget exponentially and learn from a value only after it was judged.

    Parameters
    ----------
    step_minutes : int
        From one value to the next.
    least_deviation : float
        Standard deviation below which a series is never taken to be; that of chance alone.
    """

    def __init__(self, step_minutes: int = 60, least_deviation: float = 1.0) -> None:
        self._step = timedelta(minutes=step_minutes)
        self._steps_per_hour = max(60 / step_minutes, 1 / 24)
        self._least_variance = least_deviation**2
        self._variance = self._least_variance
        self._hour_means = np.zeros(24)
        self._hour_counts = np.zeros(24)
        self._weekday_offsets = np.zeros(7)

    def standardise(self, value: float, now: datetime) -> float:
        """Return by how many deviations the value of the step that ends `now` exceeds what is usual; then learn it."""
        middle = now - self._step / 2
        hour, weekday = middle.hour, middle.weekday()
        expected = float(self._hour_means[hour] + self._weekday_offsets[weekday])
        is_new = self._hour_counts[hour] == 0
        deviation = float(np.sqrt(self._variance))
        error = 0.0 if is_new else value - expected
        bound = _MOST_DEVIATIONS * deviation
        self._learn(hour, weekday, value - expected if is_new else min(max(error, -bound), bound))
        return error / deviation

    def _learn(self, hour: int, weekday: int, error: float) -> None:
        self._hour_counts[hour] += 1
        is_new = self._hour_counts[hour] == 1
        hour_rate = max(1 / self._hour_counts[hour], 1 / max(_DAYS_REMEMBERED * self._steps_per_hour, 1))
        self._hour_means[hour] += hour_rate * error
        weekday_rate = min(1 / (_HOURS_OF_WEEKDAY * self._steps_per_hour), 1.0)
        self._weekday_offsets[weekday] += weekday_rate * (1 - hour_rate) * error
        if not is_new:
            rate = min(1 / (24 * _DAYS_REMEMBERED * self._steps_per_hour), 1.0)
            self._variance = max(self._variance + rate * (error**2 - self._variance), self._least_variance)


class RunningShare:
    """Says how far a count among n exceeds its usual share, in binomial deviations, forgetting the past.

    Parameters
    ----------
    step_minutes : int
        From one count to the next.
    """

    def __init__(self, step_minutes: int = 60) -> None:
        self._kept = 1 - min(step_minutes / (60 * 24 * _DAYS_REMEMBERED), 1.0)
        self._hits = 0.0
        self._total = 0.0

    def exceed(self, count: float, total: float) -> float:
        """Return the excess of `count` among `total`; then learn it. 0 before anything was learnt."""
        share = self._hits / self._total if self._total > 0 else 0.0
        # One more in the root keeps small numbers small.
        excess = (count - total * share) / np.sqrt(total * share * (1 - share) + 1) if self._total > 0 else 0.0
        self._hits = self._hits * self._kept + count
        self._total = self._total * self._kept + total
        return float(excess)
