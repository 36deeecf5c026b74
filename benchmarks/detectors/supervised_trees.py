"""Supervised trees: a random forest on the features of accounts and of their neighbours one and two steps away.

Classes are weighted to be equal while trees grow. The forest's score, the mean share of operated accounts in the
leaves, is no probability; a logistic curve makes it one, drawn through the scores that training accounts get from
the trees that did not see them (Platt 1999). Probabilities are those of worlds like the training
worlds. Cost is linear in rows and links.

References
----------
Yang et al. 2020, "Scalable and generalizable social bot detection" (SGBot: random forest on profile features),
doi 10.1609/aaai.v34i01.5460.
Tang et al. 2023, "GADBench", arXiv 2306.12251 (trees on means and maxima of neighbours beat graph networks).
Platt 1999, "Probabilistic outputs for support vector machines".
Bostrom 2008, "Calibrating random forests", doi 10.1109/ICMLA.2008.107 (compares such curves, finds a better way).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from scipy.special import expit
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from benchmarks.detector import SCORES, Level, Observations, TrainingWorld
from benchmarks.signals.features import Matrix
from benchmarks.signals.labelled_features import Flags, demand_fit, describe_with_neighbours, pool_features

# Log-odds of a score of 0 or 1 are cut here.
_LEAST_SHARE = 1e-6
# Tiny training worlds can draw a falling curve, which would turn the ranking over; assumed.
_LEAST_SLOPE = 0.01


class SupervisedTrees:
    """Scores an account by a random forest that learnt from labelled worlds.

    Parameters
    ----------
    n_trees : int
        Assumed.
    least_leaf : int
        Fewest training accounts of a leaf; assumed.
    """

    name = "supervised_trees"
    level: Level = "account"
    threshold = 0.5
    is_probability = True
    paper = "Yang et al. 2020, doi 10.1609/aaai.v34i01.5460; Tang et al. 2023, arXiv 2306.12251"
    needs = "accounts, posts, likes, metrics, follows; training worlds"
    cost = "linear in posts and follows"

    def __init__(self, n_trees: int = 100, least_leaf: int = 2) -> None:
        self.n_trees = n_trees
        self.least_leaf = least_leaf
        self._forest: Any = None
        self._curve = 1.0, 0.0

    def fit(self, worlds: Sequence[TrainingWorld]) -> None:
        """Grow the forest on the accounts of all worlds.

        Raises
        ------
        ValueError
            When the worlds do not hold both operated and other accounts.
        """
        known = pool_features(worlds, describe_with_neighbours, self.name)
        # Weighting within each draw: weighted draws would leave no tree that did not see an operated account.
        forest = RandomForestClassifier(
            self.n_trees,
            min_samples_leaf=self.least_leaf,
            class_weight="balanced_subsample",
            oob_score=True,
            random_state=0,
            n_jobs=1,
        ).fit(known.values, known.operated)
        self._curve = _draw_curve(forest.oob_decision_function_[:, 1], known.operated)
        self._forest = forest

    def score(self, observations: Observations) -> pa.Table:
        """Return the probability of being operated of every account.

        Raises
        ------
        ValueError
            When nothing was learnt before.
        """
        demand_fit(self._forest is not None, self.name)
        features = describe_with_neighbours(observations)
        scores = np.zeros(0)
        if len(features.account_ids):
            balanced = self._forest.predict_proba(features.values)[:, 1]
            slope, height = self._curve
            scores = expit(slope * _log_odds(balanced) + height)
        return pa.table([features.account_ids, scores], schema=SCORES)


def _draw_curve(balanced: Matrix, operated: Flags) -> tuple[float, float]:
    """Return slope and height of the line from a forest's log-odds of what it did not see to true log-odds."""
    line = LogisticRegression().fit(_log_odds(balanced)[:, None], operated)
    return max(float(line.coef_[0, 0]), _LEAST_SLOPE), float(line.intercept_[0])


def _log_odds(shares: Matrix) -> Matrix:
    shares = np.clip(shares, _LEAST_SHARE, 1 - _LEAST_SHARE)
    return np.log(shares / (1 - shares))
