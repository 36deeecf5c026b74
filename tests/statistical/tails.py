"""Measures of inequality and of graphs, as the public facts define them."""

import numpy as np
from numpy.typing import NDArray


def gini(amounts: NDArray[np.integer]) -> float:
    """Return the Gini coefficient of amounts."""
    ordered, n = np.sort(amounts).astype(float), len(amounts)
    return float((2 * np.arange(1, n + 1) - n - 1) @ ordered / (n * ordered.sum()))


def top_share(amounts: NDArray[np.integer], share: float) -> float:
    """Return the part of the sum that the largest `share` of the amounts make up."""
    ordered = np.sort(amounts)[::-1]
    return float(ordered[: int(len(ordered) * share)].sum() / ordered.sum())


def tail_exponent(amounts: NDArray[np.integer]) -> float:
    """Return the power-law exponent above the least amount that fits best (Clauset et al. 2009, arXiv:0706.1062)."""
    ordered = np.sort(amounts[amounts > 0]).astype(float)
    best = (np.inf, np.nan)
    for least in np.unique(np.geomspace(2, ordered[-1] / 3, 30).astype(int)):
        tail = ordered[ordered >= least]
        if len(tail) < 100:
            break
        exponent = 1 + len(tail) / np.log(tail / (least - 0.5)).sum()
        steps = np.unique(tail)
        empirical = np.searchsorted(tail, steps, side="right") / len(tail)
        distance = np.abs(empirical - (1 - ((steps + 0.5) / (least - 0.5)) ** (1 - exponent))).max()
        best = min(best, (float(distance), float(exponent)))
    return best[1]


def distance_of(first: NDArray[np.number], second: NDArray[np.number]) -> float:
    """Return the Kolmogorov-Smirnov distance of two samples."""
    points = np.concatenate([first, second])
    one, other = (np.searchsorted(np.sort(sample), points, side="right") / len(sample) for sample in (first, second))
    return float(np.abs(one - other).max())


def critical_distance(n_first: int, n_second: int) -> float:
    """Return the distance that samples of one law pass once in a thousand."""
    return 1.95 * ((n_first + n_second) / (n_first * n_second)) ** 0.5
