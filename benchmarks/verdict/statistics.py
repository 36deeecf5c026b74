"""How sure a figure is: resampling of worlds, paired tests, mean ranks; worlds are the unit, never accounts or posts.

Every draw is keyed, so that the same figures give the same interval whatever the order of the rows.

References
----------
Efron, Tibshirani 1993, "An introduction to the bootstrap", doi 10.1007/978-1-4899-4541-9 (percentile interval).
Field, Welsh 2007, "Bootstrapping clustered data", doi 10.1111/j.1467-9868.2007.00593.x (clusters drawn whole).
Wilcoxon 1945, "Individual comparisons by ranking methods", doi 10.2307/3001968.
Holm 1979, "A simple sequentially rejective multiple test procedure", jstor 4615733.
Demšar 2006, "Statistical comparisons of classifiers over multiple data sets", JMLR 7:1-30 (Friedman, Nemenyi).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.random_streams import draw_u64, name_key

Values = NDArray[np.float64]

N_RESAMPLES = 2000
CONFIDENCE = 0.95
SIGNIFICANCE = 0.05
# Above all codes of simulator.random_streams.Purpose; no world draws for it.
_BOOTSTRAP = 0xB007
_HALF = np.uint64(32)
# Differences closer than this are equal, so that the last bit of a subtraction breaks no tie.
_TIE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over worlds with its bootstrap interval.

    Attributes
    ----------
    mean : float
        Mean of the means of the cells (of the clusters), each counting once.
    low, high : float or None
        Percentile interval of 95 %; None where a cell has a single world, whose spread nobody knows.
    share_positive : float or None
        Share of the resamples above 0, those equal to it counting half; None without an interval.
    n_worlds, n_cells : int
    """

    mean: float
    low: float | None
    high: float | None
    share_positive: float | None
    n_worlds: int
    n_cells: int

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval is known and lies on one side of 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def bootstrap_mean(values: ArrayLike, cells: Sequence[str], blocks: Sequence[str] | None = None) -> Estimate:
    """Return the mean over cells with an interval from worlds drawn anew within each cell.

    Parameters
    ----------
    values : float64[n_worlds]
        One figure a world, or one paired difference.
    cells : sequence of str
        The cell of each world, as ``ev_launch L2``.
    blocks : sequence of str, optional
        What worlds of several cells share, as scenario and seed: such worlds have the same people, so that cells
        with the same blocks are drawn together. Left out, all worlds are independent.

    Raises
    ------
    ValueError
        Without any world, or when a value is not finite.

    Notes
    -----
    With ten worlds a cell, a percentile interval of 95 % holds the truth about 90 % of the time for one cell.

    Examples
    --------
    >>> estimate = bootstrap_mean([0.5, 0.7, 0.1, 0.3], ["L0", "L0", "L4", "L4"])
    >>> round(estimate.mean, 3), round(estimate.low, 3), round(estimate.high, 3)
    (0.4, 0.3, 0.5)
    """
    groups = _group_by_cell(_check(values), cells, blocks)
    mean = float(np.mean([members.mean() for members, _ in groups]))
    if min(len(members) for members, _ in groups) < 2:
        return Estimate(mean, None, None, None, len(cells), len(groups))
    draws = np.mean([members[draw_places(key, len(members))].mean(axis=1) for members, key in groups], axis=0)
    return _estimate(mean, draws, len(cells), len(groups))


def bootstrap_difference(
    a: ArrayLike, b: ArrayLike, cells: Sequence[str], blocks: Sequence[str] | None = None
) -> Estimate:
    """Return the mean of a - b, pair by pair, as :func:`bootstrap_mean` does for one figure."""
    return bootstrap_mean(np.asarray(a, np.float64) - np.asarray(b, np.float64), cells, blocks)


def bootstrap_clusters(values: ArrayLike, cells: Sequence[str], clusters: Sequence[str]) -> Estimate:
    """Return the mean over clusters with an interval from whole clusters drawn anew: a claim on new ones.

    Parameters
    ----------
    values : float64[n_worlds]
    cells : sequence of str
    clusters : sequence of str
        The cluster of each world, as its scenario. With few of them the interval is too narrow.

    Raises
    ------
    ValueError
        Without any world, or when a value is not finite.
    """
    checked = _check(values)
    means = []
    for cluster in sorted(set(clusters)):
        inside = [place for place, name in enumerate(clusters) if name == cluster]
        groups = _group_by_cell(checked[inside], [cells[place] for place in inside], None)
        means.append(np.mean([members.mean() for members, _ in groups]))
    cluster_means = np.sort(means)
    mean = float(cluster_means.mean())
    if len(means) < 2:
        return Estimate(mean, None, None, None, len(cells), len(set(cells)))
    draws = cluster_means[draw_places(name_key("clusters"), len(means))].mean(axis=1)
    return _estimate(mean, draws, len(cells), len(set(cells)))


def average_blocks(values: ArrayLike, blocks: Sequence[str]) -> Values:
    """Return the mean of each block, in the order of their names: independent figures for a test."""
    checked = np.asarray(values, np.float64)
    names, places = np.unique(np.asarray(blocks, str), return_inverse=True)
    counts = np.bincount(places.reshape(-1), minlength=len(names))
    means: Values = np.bincount(places.reshape(-1), checked, len(names)) / np.maximum(counts, 1)
    return means


def compare_signed_ranks(differences: ArrayLike) -> float | None:
    """Return the two-sided p of Wilcoxon's signed-rank test; 1 when all are 0, None without any.

    Parameters
    ----------
    differences : float64[n]
        Paired differences of independent worlds (see :func:`average_blocks`). Below six of them p cannot
        come under 0.05.
    """
    from scipy.stats import wilcoxon

    rounded = np.round(np.asarray(differences, np.float64), _TIE_DIGITS)
    if not len(rounded):
        return None
    if not rounded.any():
        return 1.0
    return float(wilcoxon(np.sort(rounded)).pvalue)


def adjust_holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values corrected by Holm for having looked at all of them, in the order given.

    Examples
    --------
    >>> adjust_holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [1.0] * len(p_values)
    largest = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = largest
    return adjusted


@dataclass(frozen=True, slots=True)
class Ranking:
    """Mean ranks of detectors over blocks of worlds, 1 for the best.

    Attributes
    ----------
    mean_ranks : float64[n_detectors]
    p_value : float or None
        Friedman's test of all being alike; None below three detectors or two blocks, or when all tie.
    critical_difference : float
        Nemenyi's: mean ranks closer than this are not told apart.
    n_blocks : int
    """

    mean_ranks: Values
    p_value: float | None
    critical_difference: float
    n_blocks: int


def rank_detectors(scores: ArrayLike) -> Ranking:
    """Return mean ranks, Friedman's p and Nemenyi's critical difference.

    Parameters
    ----------
    scores : float64[n_blocks, n_detectors]
        Higher is better; equal scores share their rank.

    Raises
    ------
    ValueError
        With less than one block or two detectors.
    """
    from scipy.stats import friedmanchisquare, rankdata

    table = np.round(np.asarray(scores, np.float64), _TIE_DIGITS)
    if table.ndim != 2 or table.shape[0] < 1 or table.shape[1] < 2:
        raise ValueError(f"scores must have at least one block and two detectors, got shape {table.shape}")
    n_blocks, n_detectors = table.shape
    ranks = rankdata(-table, axis=1)
    p_value = None
    if n_detectors > 2 and n_blocks > 1 and (table != table[:, :1]).any():
        p_value = float(friedmanchisquare(*table.T).pvalue)
    return Ranking(ranks.mean(axis=0), p_value, nemenyi_critical_difference(n_detectors, n_blocks), n_blocks)


@lru_cache
def nemenyi_critical_difference(n_detectors: int, n_blocks: int, significance: float = SIGNIFICANCE) -> float:
    """Return how far two mean ranks must be apart to differ at a significance (Demšar 2006, section 3.2.2)."""
    from scipy.stats import studentized_range

    quantile = float(studentized_range.ppf(1 - significance, n_detectors, np.inf)) / math.sqrt(2)
    return quantile * math.sqrt(n_detectors * (n_detectors + 1) / (6 * n_blocks))


def connect_ranks(mean_ranks: ArrayLike, critical_difference: float) -> list[tuple[float, float]]:
    """Return the longest runs of mean ranks that are not told apart, as (best, worst), best first.

    Examples
    --------
    >>> connect_ranks([1.0, 2.0, 2.5, 4.0], 1.5)
    [(1.0, 2.5), (2.5, 4.0)]
    """
    ordered = sorted(float(rank) for rank in np.asarray(mean_ranks))
    runs: list[tuple[float, float]] = []
    for place, best in enumerate(ordered):
        worst = max(rank for rank in ordered[place:] if rank - best <= critical_difference)
        if worst > best and (not runs or worst > runs[-1][1]):
            runs.append((best, worst))
    return runs


def _check(values: ArrayLike) -> Values:
    checked = np.asarray(values, np.float64)
    if not len(checked):
        raise ValueError("values must hold at least one world, got none")
    if not np.isfinite(checked).all():
        raise ValueError(f"values must be finite, got {checked[~np.isfinite(checked)][0]}")
    return checked


def _group_by_cell(values: Values, cells: Sequence[str], blocks: Sequence[str] | None) -> list[tuple[Values, int]]:
    """Return the values of each cell in an order that no row number decides, and the key of its draws."""
    names = blocks if blocks is not None else [""] * len(values)
    groups = []
    for cell in sorted(set(cells)):
        members = sorted((names[place], values[place]) for place, name in enumerate(cells) if name == cell)
        key = name_key(cell) if blocks is None else name_key(*(block for block, _ in members))
        groups.append((np.array([value for _, value in members]), key))
    return groups


@lru_cache(maxsize=256)
def draw_places(key: int, n: int) -> NDArray[np.int64]:
    """Return places 0 to n-1 drawn with replacement, int64[resample, n]; not to be written to."""
    occasions = np.arange(N_RESAMPLES * n, dtype=np.uint64)
    drawn = draw_u64(0, _BOOTSTRAP, key, occasions) >> _HALF
    places = (drawn * np.uint64(n) >> _HALF).astype(np.int64).reshape(N_RESAMPLES, n)
    places.flags.writeable = False
    return places


def _estimate(mean: float, draws: Values, n_worlds: int, n_cells: int) -> Estimate:
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    share = float((draws > 0).mean() + (draws == 0).mean() / 2)
    return Estimate(mean, float(low), float(high), share, n_worlds, n_cells)
