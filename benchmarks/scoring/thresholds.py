"""Thresholds chosen on validation worlds, so that wrong accusations and false alarms keep within a budget."""

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring.alert_episodes import count_false_episodes

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
Moments = NDArray[np.int64]
ScoredWorld = tuple[Flags, Scores]
AlertWorld = tuple[Moments, Scores, Flags | Scores, float]

# Above -inf, so that who is left out by a detector is never accused.
LOWEST_THRESHOLD = float(np.nextafter(-np.inf, 0))


def calibrate(worlds: Sequence[ScoredWorld], budget_per_10000: float = 10.0) -> float | None:
    """Return the lowest threshold that keeps a budget of wrong accusations, worlds weighing equally.

    The share of negatives that score at least the threshold, averaged over the worlds that have negatives,
    is at most the budget; compared as fractions, so that ties and equality are exact. It is the float after
    the highest score that would break the budget: do not round it. Where not even one negative fits into
    the budget it is the float after the highest score of a negative, and :func:`can_resolve` is False: the
    share in other worlds may then be well above the budget.

    Parameters
    ----------
    worlds : sequence of (bool[n], float64[n])
        Positives and scores (higher is more suspicious, -inf for left out) of validation worlds.
    budget_per_10000 : float
        Wrong accusations allowed among 10,000 negatives; at least 0.

    Returns
    -------
    float or None
        None when there are no negatives.

    Examples
    --------
    >>> calibrate([(np.array([False, False, True]), np.array([1.0, 2.0, 3.0]))], 5000) > 1
    True
    """
    negatives = _sort_negatives(worlds)
    if not negatives:
        return None
    budget = _read_budget(budget_per_10000) / 10_000
    levels = np.unique(np.concatenate(negatives))
    kept = bisect_left(levels, True, key=lambda level: _share_accused(negatives, level) <= budget)
    return float(np.nextafter(levels[kept - 1], np.inf)) if kept else LOWEST_THRESHOLD


def can_resolve(worlds: Sequence[ScoredWorld], budget_per_10000: float = 10.0) -> bool:
    """Return whether one wrong accusation, in any of the worlds, fits into the budget."""
    sizes = [len(scores) for scores in _sort_negatives(worlds)]
    return bool(sizes) and Fraction(1, min(sizes) * len(sizes)) <= _read_budget(budget_per_10000) / 10_000


def to_within_world(scores: Scores) -> Scores:
    """Return the scores as quantiles of their world, for detectors whose scores compare only within one.

    An account's quantile is the middle of its place, (mean rank - 1/2) / n with ranks from 1: between 0 and 1,
    equal for equal scores, and 1/2 for all when all are equal.

    Examples
    --------
    >>> to_within_world(np.array([5.0, -np.inf, 5.0, 7.0])).tolist()
    [0.5, 0.125, 0.5, 0.875]
    """
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    below = np.cumsum(counts) - counts
    return ((below + counts / 2) / max(len(scores), 1))[place]


def calibrate_alerts(worlds: Sequence[AlertWorld], budget_per_day: float, cooldown_ms: int) -> float | None:
    """Return the lowest threshold that keeps a budget of false alarms, as every higher one does.

    False alarms are episodes, see :func:`benchmarks.scoring.alert_episodes.count_false_episodes`, over the days of all
    worlds. Episodes can merge when the threshold falls; a threshold below one that breaks the budget does not
    count. Cost grows with the square of a world's alerts above the threshold.

    Parameters
    ----------
    worlds : sequence of (int64[m], float64[m], bool[m] or float64[m], float)
        Moments (ms, ascending) and scores of the alerts; which are false, or the highest threshold at which
        each is, from :func:`benchmarks.scoring.alert_episodes.find_false_levels`; and days.
    budget_per_day : float
        At least 0.
    cooldown_ms : int
        Well below a day over the budget, else no alarm can break it.

    Returns
    -------
    float or None
        Not to be rounded; None when there are no days.
    """
    budget = _read_budget(budget_per_day) * sum(Fraction(repr(float(n_days))) for *_, n_days in worlds)
    if not any(n_days > 0 for *_, n_days in worlds):
        return None
    prepared = [(moments, scores, _find_levels(false)) for moments, scores, false, _ in worlds]
    touched = _list_changes(prepared)
    counts = [0] * len(prepared)
    for level in sorted(touched, reverse=True):
        for world in touched[level]:
            counts[world] = _count_false(prepared[world], level, cooldown_ms)
        if sum(counts) > budget:
            return float(np.nextafter(level, np.inf))
    return LOWEST_THRESHOLD


def _sort_negatives(worlds: Sequence[ScoredWorld]) -> list[Scores]:
    return [np.sort(scores[~is_positive]) for is_positive, scores in worlds if not is_positive.all()]


def _share_accused(negatives: Sequence[Scores], threshold: float) -> Fraction:
    shares = [
        Fraction(len(scores) - int(np.searchsorted(scores, threshold, side="left")), len(scores))
        for scores in negatives
    ]
    return sum(shares, Fraction(0)) / len(shares)


def _read_budget(budget: float) -> Fraction:
    """Take a budget for the decimal that it is written as."""
    if not 0 <= budget < np.inf:
        raise ValueError(f"budget: must be a number from 0, got {budget}")
    return Fraction(repr(float(budget)))


def _find_levels(false: Flags | Scores) -> Scores:
    return np.where(false, np.inf, -np.inf) if false.dtype == np.bool_ else false.astype(np.float64)


def _list_changes(worlds: Sequence[tuple[Moments, Scores, Scores]]) -> dict[float, list[int]]:
    """Return the worlds in which something changes at a threshold: an alert appears, or becomes false."""
    touched: dict[float, list[int]] = {}
    for world, (_, scores, levels) in enumerate(worlds):
        for level in np.unique(np.concatenate([scores, levels[np.isfinite(levels)]])).tolist():
            touched.setdefault(level, []).append(world)
    return touched


def _count_false(world: tuple[Moments, Scores, Scores], threshold: float, cooldown_ms: int) -> int:
    moments, scores, levels = world
    raised = scores >= threshold
    return count_false_episodes(moments[raised], levels[raised] < threshold, cooldown_ms)
