"""How good a ranking is: average precision, precision, recall and precision among the first k.

Named as in scikit-learn. None stands for what is not defined, as every figure without positives.
"""

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]


def average_precision(is_positive: Flags, scores: Scores) -> float | None:
    """Return the mean precision at the positives; equal scores are one step, as in scikit-learn.

    Parameters
    ----------
    is_positive : bool[n]
    scores : float64[n]
        Higher is more suspicious; -inf is allowed, nan is not.

    Examples
    --------
    >>> average_precision(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]))
    0.8333333333333333
    """
    n_positive = int(is_positive.sum())
    if not n_positive:
        return None
    found, flagged = _count_by_threshold(is_positive, scores)
    gained = np.diff(found, prepend=0)
    return float((gained * found / flagged).sum() / n_positive)


def precision_recall(is_positive: Flags, scores: Scores, threshold: float) -> tuple[float | None, float | None]:
    """Return precision and recall of what scores at least a threshold; precision is None when nothing does."""
    flagged = scores >= threshold
    found, n_positive = int((flagged & is_positive).sum()), int(is_positive.sum())
    if not n_positive:
        return None, None
    return (found / int(flagged.sum()) if flagged.any() else None), found / n_positive


def precision_at_k(is_positive: Flags, scores: Scores, k: int) -> float | None:
    """Return the precision among the k highest scores, the mean over all orders of equal ones.

    With fewer than k scores the precision of all of them; None without positives or scores.

    Examples
    --------
    >>> precision_at_k(np.array([True, False, False]), np.array([1.0, 1.0, 0.0]), 1)
    0.5
    """
    k = min(k, len(scores))
    if not is_positive.any() or k < 1:
        return None
    limit = np.partition(scores, len(scores) - k)[len(scores) - k]
    above, tied = scores > limit, scores == limit
    places = k - int(above.sum())
    found = int((above & is_positive).sum()) + places * int((tied & is_positive).sum()) / int(tied.sum())
    return float(found / k)


def _count_by_threshold(is_positive: Flags, scores: Scores) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return positives and all among what scores at least each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return np.cumsum(is_positive[order])[last].astype(np.int64), (last + 1).astype(np.int64)
