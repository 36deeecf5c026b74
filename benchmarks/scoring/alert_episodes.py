"""Which alerts are true, and which belong to one episode: what an analyst is called for once.

An alert is true when it lies in a wave and the twin raises none within the cool-down of it. The functions take
arrays of moments, int64, ms since the epoch, UTC, ascending.
"""

from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]


def lie_in_waves(moments: Moments, wave_start_ms: Moments, wave_end_ms: Moments, covers_ms: int = 0) -> Flags:
    """Return which alerts lie in at least one wave [start, end); waves may overlap.

    An alert speaks of the time [moment - covers_ms, moment) and lies in every wave that overlaps it: raised at the
    end of a step, it has seen that step. One that covers nothing lies in a wave when its moment does.
    """
    begun = np.searchsorted(np.sort(wave_start_ms), moments, side="left" if covers_ms else "right")
    over = np.searchsorted(np.sort(wave_end_ms), moments - covers_ms, side="right")
    inside: Flags = begun > over
    return inside


def find_true_alerts(
    alert_ms: Moments,
    wave_start_ms: Moments,
    wave_end_ms: Moments,
    twin_ms: Moments | None,
    cooldown_ms: int,
    covers_ms: int = 0,
) -> Flags:
    """Return which alerts lie in a wave and have no alert of the twin at most a cool-down before or after.

    Parameters
    ----------
    twin_ms : int64[t] or None
        Alerts of the twin; None when there is no twin, then every alert in a wave is true.
    covers_ms : int
        What an alert speaks of, see :func:`lie_in_waves`.
    """
    in_wave = lie_in_waves(alert_ms, wave_start_ms, wave_end_ms, covers_ms)
    if twin_ms is None:
        return in_wave
    first, last = _find_near(alert_ms, twin_ms, cooldown_ms)
    is_true: Flags = in_wave & (first == last)
    return is_true


def find_false_levels(
    alert_ms: Moments,
    wave_start_ms: Moments,
    wave_end_ms: Moments,
    twin_ms: Moments,
    twin_scores: Scores,
    cooldown_ms: int,
    covers_ms: int = 0,
) -> Scores:
    """Return for each alert the highest threshold at which it is false: a higher one silences the twin near it.

    Parameters
    ----------
    twin_ms, twin_scores : int64[t], float64[t]
        All alerts of the twin, before any threshold.

    Returns
    -------
    float64[m]
        inf outside waves, -inf where no alert of the twin is near, else the highest score of those near.
    """
    in_wave = lie_in_waves(alert_ms, wave_start_ms, wave_end_ms, covers_ms)
    first, last = _find_near(alert_ms, twin_ms, cooldown_ms)
    levels = [float(twin_scores[a:b].max(initial=-np.inf)) for a, b in zip(first, last, strict=True)]
    return np.where(in_wave, np.array(levels, np.float64), np.inf)


def number_episodes(alert_ms: Moments, cooldown_ms: int) -> Places:
    """Return the episode of each alert, from 0: one begins at an alert and takes up all less than a cool-down later.

    The cool-down runs from an episode's first alert, not from its latest. So an alarm that never stops is an
    episode every cool-down; chained, it would be a single false alarm however long it lasts.

    Examples
    --------
    >>> number_episodes(np.array([0, 4, 8, 10, 30]), 10).tolist()
    [0, 0, 0, 1, 2]
    """
    first = _find_episodes(alert_ms, cooldown_ms)
    episodes: Places = np.searchsorted(first, np.arange(len(alert_ms)), side="right") - 1
    return episodes


def count_false_episodes(alert_ms: Moments, is_true: Flags, cooldown_ms: int) -> int:
    """Count the episodes in which no alert is true; who was called by a mixed one was called rightly."""
    first = _find_episodes(alert_ms, cooldown_ms)
    return int((~np.logical_or.reduceat(is_true, first)).sum()) if first else 0


def _find_near(alert_ms: Moments, twin_ms: Moments, cooldown_ms: int) -> tuple[Places, Places]:
    """Return where the twin's alerts within the cool-down of each alert begin and end."""
    first = np.searchsorted(twin_ms, alert_ms - cooldown_ms, side="left")
    return first, np.searchsorted(twin_ms, alert_ms + cooldown_ms, side="right")


def _find_episodes(alert_ms: Moments, cooldown_ms: int) -> list[int]:
    """Return where in the alerts each episode begins."""
    moments, first, place = alert_ms.tolist(), [], 0
    while place < len(moments):
        first.append(place)
        place = bisect_left(moments, moments[place] + cooldown_ms, lo=place + 1)
    return first
