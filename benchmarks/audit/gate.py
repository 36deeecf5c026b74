"""The gate: how much a shortcut may reach, pooled over worlds, and whether what it reaches is more than chance.

Every rule has a limit and a test; a shortcut fails when it is beyond the limit and the test, corrected by Holm over
all shortcuts of the audit, says that this is no chance.

References
----------
Hanley, McNeil 1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve",
doi 10.1148/radiology.143.1.7063747 (standard errors).
Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6:65.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite, sqrt

import numpy as np
from scipy import stats

from benchmarks.verdict.statistics import SIGNIFICANCE, adjust_holm

LEAST_WORLDS = 10
FORMAT_MARGIN, FORMAT_ERRORS = 0.03, 4.0
LOWEST_AUC, HIGHEST_AUC = 0.30, 0.70
SHARE_OF_BEST, USEFUL_TIMES, MOST_TIMES = 0.6, 3.0, 2.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one shortcut reaches at one level, pooled over worlds.

    Attributes
    ----------
    family : {'formats', 'marginals', 'text', 'cross-account'}
    level : str
    probe : str
    measure : {'roc_auc', 'average_precision'}
    value : float
        Mean over worlds.
    error : float
        Its standard error; nan where one world tells none.
    low, high : float
        The limits that hold; -inf and inf where none do.
    is_gated : bool
    p_value : float
        Of the hypothesis that the limits hold; corrected once :func:`judge` has been called.
    fails : bool
    by_world : tuple of float
    """

    family: str
    level: str
    probe: str
    measure: str
    value: float
    error: float
    low: float = -np.inf
    high: float = np.inf
    is_gated: bool = False
    p_value: float = 1.0
    fails: bool = False
    by_world: tuple[float, ...] = ()

    @property
    def is_beyond(self) -> bool:
        """Whether the value lies outside the limits, by chance or not."""
        return not self.low <= self.value <= self.high


def find_auc_error(auc: float, n_positive: int, n_negative: int) -> float:
    """Return the standard error of one area under the ROC curve (Hanley, McNeil 1982, eq. 1).

    Examples
    --------
    >>> round(find_auc_error(0.5, 80, 4000), 3)
    0.033
    """
    first, second = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (n_positive - 1) * (first - auc * auc) + (n_negative - 1) * (second - auc * auc)
    return sqrt(max(spread, 0.0) / (n_positive * n_negative))


def pool_auc(aucs: Sequence[float], sizes: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """Return the mean of the areas of some worlds and its standard error.

    The error is that within worlds, or that between them where it is larger.

    Parameters
    ----------
    aucs : sequence of float
    sizes : sequence of (int, int)
        Positives and negatives of each world.
    """
    mean = float(np.mean(aucs))
    within = sqrt(sum(find_auc_error(mean, *size) ** 2 for size in sizes)) / len(aucs)
    between = float(np.std(aucs, ddof=1)) / sqrt(len(aucs)) if len(aucs) > 1 else 0.0
    return mean, max(within, between)


def limit_format(finding: Finding) -> Finding:
    """Hold a format to 0.5 ± max(0.03, 4 standard errors)."""
    margin = max(FORMAT_MARGIN, FORMAT_ERRORS * finding.error)
    p_value = 2 * stats.norm.sf(_divide(abs(finding.value - 0.5), finding.error))
    return replace(finding, is_gated=True, low=0.5 - margin, high=0.5 + margin, p_value=float(p_value))


def limit_marginal(finding: Finding) -> Finding:
    """Hold a marginal feature to a ROC AUC within 0.30 to 0.70."""
    beyond = max(LOWEST_AUC - finding.value, finding.value - HIGHEST_AUC)
    p_value = float(stats.norm.sf(_divide(beyond, finding.error)))
    return replace(finding, is_gated=True, low=LOWEST_AUC, high=HIGHEST_AUC, p_value=p_value)


def limit_average_precision(finding: Finding, prevalences: Sequence[float], best: Sequence[float]) -> Finding:
    """Hold a learnt probe to a part of what the best relational baseline reaches.

    With prevalence π: AP - π <= 0.6 (AP_best - π) where the best baseline is of use (AP_best >= 3 π),
    else AP <= 2 π.

    Parameters
    ----------
    finding : Finding
    prevalences, best : sequence of float
        By world; the best baseline is one and the same for all worlds.
    """
    means = float(np.mean(prevalences)), float(np.mean(best))
    limits = np.asarray([find_limit(*means, *pair) for pair in zip(prevalences, best, strict=True)])
    excess = np.asarray(finding.by_world) - limits
    error = float(np.std(excess, ddof=1)) / sqrt(len(excess)) if len(excess) > 1 else np.nan
    p_value = float(stats.t.sf(_divide(excess.mean(), error), max(len(excess) - 1, 1)))
    return replace(finding, is_gated=True, high=float(limits.mean()), p_value=p_value if isfinite(p_value) else 1.0)


def find_limit(mean_prevalence: float, mean_best: float, prevalence: float, best: float) -> float:
    """Return the most that a learnt probe may reach in a world; which rule holds is decided on the means.

    Examples
    --------
    >>> round(find_limit(0.02, 0.52, 0.02, 0.52), 3), find_limit(0.02, 0.05, 0.02, 0.05)
    (0.32, 0.04)
    """
    if mean_best >= USEFUL_TIMES * mean_prevalence:
        return prevalence + SHARE_OF_BEST * (best - prevalence)
    return MOST_TIMES * prevalence


def judge(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with corrected p-values, and which of them fail."""
    gated = [place for place, finding in enumerate(findings) if finding.is_gated]
    corrected = dict(zip(gated, adjust_holm([findings[place].p_value for place in gated]), strict=True))
    return [
        replace(finding, p_value=corrected[place], fails=finding.is_beyond and corrected[place] < SIGNIFICANCE)
        if place in corrected
        else finding
        for place, finding in enumerate(findings)
    ]


def _divide(amount: float, error: float) -> float:
    if error > 0:
        return amount / error
    return float(np.sign(amount)) * np.inf if amount else 0.0
