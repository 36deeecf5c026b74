"""How well scores tell positives from negatives: rankings, verdicts at a threshold, and probabilities.

Named as in scikit-learn. None stands for what is not defined, as every figure of a ranking without positives.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
Counts = NDArray[np.int64]


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


def roc_auc(is_positive: Flags, scores: Scores) -> float | None:
    """Return the chance that a positive outscores a negative, a tie counting half; None without either kind.

    Parameters
    ----------
    is_positive : bool[n]
    scores : float64[n]
        Higher is more suspicious; -inf is allowed, nan is not.

    Examples
    --------
    >>> roc_auc(np.array([True, False, True]), np.array([0.9, 0.5, 0.5]))
    0.75
    """
    n_positive, n_negative = _count_kinds(is_positive)
    if not n_positive or not n_negative:
        return None
    found, flagged = _count_by_threshold(is_positive, scores)
    false = flagged - found
    # Twice the area, so that it stays an integer.
    doubled = int((np.diff(false, prepend=0) * (found + np.concatenate([[0], found[:-1]]))).sum())
    return doubled / (2 * n_positive * n_negative)


def tpr_at_fpr(is_positive: Flags, scores: Scores, max_fpr: float = 0.01) -> float | None:
    """Return the highest recall of a threshold that accuses at most a share of the negatives.

    An oracle threshold: it is chosen on the labels that it is measured with. Equal scores stand or fall
    together, nothing is interpolated. None without positives or without negatives.

    Examples
    --------
    >>> tpr_at_fpr(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]), 0.01)
    0.5
    """
    n_positive, n_negative = _count_kinds(is_positive)
    if not n_positive or not n_negative:
        return None
    found, flagged = _count_by_threshold(is_positive, scores)
    allowed = (flagged - found) / n_negative <= max_fpr
    return int(found[allowed].max(initial=0)) / n_positive


@dataclass(frozen=True, slots=True)
class Confusion:
    """What a threshold makes of positives and negatives, as four counts; figures without positives are None."""

    true_positives: int
    false_positives: int
    false_negatives: int
    true_negatives: int

    @property
    def precision(self) -> float | None:
        """Share of positives among the accused; None when nobody is accused."""
        return self._divide(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float | None:
        """Share of the positives that are accused."""
        return self._divide(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; 0 when nobody is accused, as in scikit-learn."""
        return self._divide(2 * self.true_positives, 2 * self.true_positives + self._n_wrong)

    @property
    def mcc(self) -> float | None:
        """Matthews correlation of verdict and truth; 0 when either is constant, as in scikit-learn.

        References
        ----------
        Matthews 1975, "Comparison of the predicted and observed secondary structure of T4 phage lysozyme",
        doi 10.1016/0005-2795(75)90109-9.
        """
        hit, alarm = self.true_positives, self.false_positives
        miss, rest = self.false_negatives, self.true_negatives
        scale = (hit + alarm) * (hit + miss) * (rest + alarm) * (rest + miss)
        if not hit + miss:
            return None
        return (hit * rest - alarm * miss) / scale**0.5 if scale else 0.0

    @property
    def false_positive_share(self) -> float | None:
        """Share of the negatives that are accused; defined without positives, None without negatives."""
        n_negative = self.false_positives + self.true_negatives
        return self.false_positives / n_negative if n_negative else None

    @property
    def _n_wrong(self) -> int:
        return self.false_positives + self.false_negatives

    def _divide(self, part: int, whole: int) -> float | None:
        return part / whole if whole and self.true_positives + self.false_negatives else None


def count_confusion(is_positive: Flags, scores: Scores, threshold: float) -> Confusion:
    """Count right and wrong verdicts when everyone is accused who scores at least a threshold.

    Examples
    --------
    >>> count_confusion(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]), 0.5).f1
    0.5
    """
    accused = scores >= threshold
    hit, n_accused = int((accused & is_positive).sum()), int(accused.sum())
    n_positive, n_negative = _count_kinds(is_positive)
    return Confusion(hit, n_accused - hit, n_positive - hit, n_negative - n_accused + hit)


def precision_at_prevalence(tpr: float | None, fpr: float | None, prevalence: float = 0.001) -> float | None:
    """Return the precision that a threshold's rates would have if positives were rarer or more common.

    Parameters
    ----------
    tpr, fpr : float or None
        Accused share of the positives and of the negatives; None when not defined.
    prevalence : float
        Share of positives among all, 0 to 1.

    Returns
    -------
    float or None
        None when a rate is, or when nobody is accused.

    Examples
    --------
    >>> round(precision_at_prevalence(0.8, 0.001, 0.001), 3)
    0.445
    """
    if tpr is None or fpr is None:
        return None
    right, wrong = tpr * prevalence, fpr * (1 - prevalence)
    return right / (right + wrong) if right + wrong else None


def precision_at_recalls(is_positive: Flags, scores: Scores, recalls: Scores) -> Scores | None:
    """Return the precision at the highest threshold that reaches each recall; None without positives.

    Parameters
    ----------
    is_positive : bool[n]
    scores : float64[n]
    recalls : float64[r]
        From 0 to 1; at 0 it is the precision of the highest score.

    Examples
    --------
    >>> precision_at_recalls(np.array([True, False, True]), np.array([0.9, 0.5, 0.1]), np.array([0.5, 1.0])).round(3)
    array([1.   , 0.667])
    """
    n_positive, _ = _count_kinds(is_positive)
    if not n_positive:
        return None
    found, flagged = _count_by_threshold(is_positive, scores)
    wanted = np.ceil(recalls * n_positive - 1e-9)  # 0.3 * 10 is a little more than 3
    place = np.searchsorted(found, wanted, side="left")
    precisions: Scores = found[place] / flagged[place]
    return precisions


def brier(is_positive: Flags, scores: Scores) -> float | None:
    """Return the mean squared error of scores that claim to be probabilities; lower is better.

    Defined without positives; None without scores.

    Parameters
    ----------
    is_positive : bool[n]
    scores : float64[n]
        0 to 1; -inf (left out by the detector) counts as 0.

    Raises
    ------
    ValueError
        When another score is no probability.

    References
    ----------
    Brier 1950, "Verification of forecasts expressed in terms of probability",
    doi 10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    probabilities = _read_probabilities(scores)
    return float(((probabilities - is_positive) ** 2).mean()) if len(scores) else None


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """The accounts whose probability is above `low` (the first bin: at least) and at most `high`."""

    low: float
    high: float
    n: int
    mean_probability: float
    positive_share: float


def calibration_table(is_positive: Flags, scores: Scores, n_bins: int = 10) -> tuple[CalibrationBin, ...]:
    """Return claimed beside real shares of positives in bins of equal width; bins without scores are left out.

    Parameters and `Raises` are those of :func:`brier`. The bins are those of scikit-learn's ``calibration_curve``.
    """
    probabilities = _read_probabilities(scores)
    edges = np.linspace(0, 1, n_bins + 1)
    place = np.searchsorted(edges[1:-1], probabilities)
    counts = np.bincount(place, minlength=n_bins)
    claimed = np.bincount(place, probabilities, n_bins)
    positive = np.bincount(place, is_positive, n_bins)
    return tuple(
        CalibrationBin(float(edges[k]), float(edges[k + 1]), n, float(claimed[k] / n), float(positive[k] / n))
        for k, n in enumerate(counts.tolist())
        if n
    )


def expected_calibration_error(table: tuple[CalibrationBin, ...]) -> float | None:
    """Return the mean distance of claimed and real share over the bins, weighted by their accounts.

    References
    ----------
    Naeini, Cooper, Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian binning", AAAI,
    doi 10.1609/aaai.v29i1.9602.
    """
    n = sum(row.n for row in table)
    return sum(row.n * abs(row.mean_probability - row.positive_share) for row in table) / n if n else None


def _read_probabilities(scores: Scores) -> Scores:
    probabilities = np.where(np.isneginf(scores), 0.0, scores)
    wrong = np.flatnonzero(~((probabilities >= 0) & (probabilities <= 1)))
    if len(wrong):
        raise ValueError(f"score: must be a probability (0 to 1), got {probabilities[wrong[0]]}")
    return probabilities


def _count_kinds(is_positive: Flags) -> tuple[int, int]:
    n_positive = int(is_positive.sum())
    return n_positive, len(is_positive) - n_positive


def _count_by_threshold(is_positive: Flags, scores: Scores) -> tuple[Counts, Counts]:
    """Return positives and all among what scores at least each distinct score, from the highest down."""
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
    return np.cumsum(is_positive[order])[last].astype(np.int64), (last + 1).astype(np.int64)
