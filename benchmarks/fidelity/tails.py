"""Heavy tails: the exponent by maximum likelihood, its start by the Kolmogorov-Smirnov distance; and the Gini index.

Clauset, Shalizi, Newman 2009, doi 10.1137/070710111.
"""

import numpy as np
from numpy.typing import NDArray

from benchmarks.fidelity.measured import Measured, missing

# Clauset et al. 2009, section 3.5: below about 50 the exponent is biased.
LEAST_TAIL = 50
_MOST_STARTS = 200
_Z = 1.96


def fit_tail(values: NDArray[np.integer]) -> Measured:
    """Return the exponent alpha of p(x) ~ x^-alpha of counts of at least 1, with its 95 % interval."""
    counts = np.sort(values[values > 0]).astype(np.float64)
    if len(counts) < LEAST_TAIL:
        return missing(f"{len(counts)} counts, needs {LEAST_TAIL}", len(counts))
    starts = np.unique(counts[: len(counts) - LEAST_TAIL + 1])
    if len(starts) > _MOST_STARTS:
        starts = starts[np.linspace(0, len(starts) - 1, _MOST_STARTS).round().astype(int)]
    fits = [_fit_from(counts[counts >= start], start) for start in starts]
    distance, alpha, n = min(fits)
    if not np.isfinite(distance):
        return missing("all counts alike", len(counts))
    error = _Z * (alpha - 1) / n**0.5
    return Measured(alpha, alpha - error, alpha + error, n)


def _fit_from(tail: NDArray[np.float64], start: float) -> tuple[float, float, int]:
    """Return the KS distance, the exponent and the size of a tail (their eq. 3.7, the discrete case)."""
    logs = np.log(tail / (start - 0.5))
    if tail[-1] == start:
        return float("inf"), 0.0, len(tail)
    alpha = 1 + len(tail) / float(logs.sum())
    distinct, n_of = np.unique(tail, return_counts=True)
    above = 1 - np.cumsum(n_of) / len(tail)
    model = ((distinct + 0.5) / (start - 0.5)) ** (1 - alpha)
    return float(np.abs(above - model).max()), float(alpha), len(tail)


def find_gini(values: NDArray[np.integer]) -> float:
    """Return the Gini index of amounts of at least 0.

    Examples
    --------
    >>> find_gini(np.array([1, 1, 1, 1])), find_gini(np.array([0, 0, 0, 1]))
    (0.0, 0.75)
    """
    ordered = np.sort(values).astype(np.float64)
    n = len(ordered)
    ranks = np.arange(1, n + 1)
    return float((2 * ranks - n - 1) @ ordered / (n * ordered.sum()))
