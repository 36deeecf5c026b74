"""Outliers among the features of accounts: an isolation forest, and tails of the distribution of every feature.

Both see one world and no labels; what they score is being unlike the others, which news bots are too. ECOD is
written anew, since its usual implementation would be one more package to install. Cost is linear in the rows, but
for sorting each feature.

References
----------
Liu, Ting, Zhou 2008, "Isolation forest", doi 10.1109/ICDM.2008.17.
Li et al. 2022, "ECOD: Unsupervised outlier detection using empirical cumulative distribution functions",
doi 10.1109/TKDE.2022.3159580, arXiv 2201.00382.
"""

import numpy as np
import pyarrow as pa
from sklearn.ensemble import IsolationForest

from benchmarks.detector import SCORES, Level, Observations
from benchmarks.signals.features import Matrix, account_features, order_by_values

_NEEDS = "accounts, posts, likes, metrics, follows"


class IsolationForestDetector:
    """Scores an account by how few random splits set it apart, 0 to 1 (Liu, Ting, Zhou 2008).

    Parameters
    ----------
    n_trees, n_drawn : int
        Trees, and accounts drawn for each; defaults of the paper.
    """

    name = "isolation_forest"
    level: Level = "account"
    # What is ordinary scores up to about 0.5, what is not near 1 (Liu, Ting, Zhou 2008); the line between is assumed.
    threshold = 0.6
    within_world = True
    paper = "Liu, Ting, Zhou 2008, doi 10.1109/ICDM.2008.17"
    needs = _NEEDS
    cost = "linear in posts"

    def __init__(self, n_trees: int = 100, n_drawn: int = 256) -> None:
        self.n_trees = n_trees
        self.n_drawn = n_drawn

    def score(self, observations: Observations) -> pa.Table:
        """Return the anomaly score of every account."""
        features = account_features(observations)
        order = order_by_values(features.values)
        scores = np.zeros(len(order))
        if len(order):
            ordered = features.values[order]
            n_drawn = min(self.n_drawn, len(order))
            forest = IsolationForest(n_estimators=self.n_trees, max_samples=n_drawn, random_state=0, n_jobs=1)
            scores[order] = -forest.fit(ordered).score_samples(ordered)
        return pa.table([features.account_ids, scores], schema=SCORES)


class Ecod:
    """Scores an account by how far out it lies in the tails of all features together (Li et al. 2022)."""

    name = "ecod"
    level: Level = "account"
    within_world = True
    paper = "Li et al. 2022, doi 10.1109/TKDE.2022.3159580"
    needs = _NEEDS
    cost = "linear in posts"

    def score(self, observations: Observations) -> pa.Table:
        """Return the outlier score of every account, nats."""
        features = account_features(observations)
        return pa.table([features.account_ids, score_tails(features.values)], schema=SCORES)


def score_tails(values: Matrix) -> Matrix:
    """Return the largest of three sums over features of -log of a tail's probability.

    Left tails, right tails, and of each feature the tail on the side of its skew (Li et al. 2022, algorithm 1).

    Parameters
    ----------
    values : float64[n, k]

    Returns
    -------
    float64[n]
        At least 0; higher lies farther out.

    Examples
    --------
    >>> score_tails(np.array([[1.0], [1.0], [1.0], [9.0]])).round(3).tolist()
    [0.288, 0.288, 0.288, 1.386]
    """
    left, right, skewed = np.zeros((3, len(values)))
    for column in values.T:
        ordered = np.sort(column)
        at_most = -np.log(np.searchsorted(ordered, column, "right") / len(column))
        at_least = -np.log(1 - np.searchsorted(ordered, column, "left") / len(column))
        left += at_most
        right += at_least
        skewed += at_most if _is_skewed_left(ordered) else at_least
    scores: Matrix = np.maximum(np.maximum(left, right), skewed)
    return scores


def _is_skewed_left(ordered: Matrix) -> bool:
    return bool(((ordered - ordered.mean()) ** 3).sum() < 0) if len(ordered) else False
