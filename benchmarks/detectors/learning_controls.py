"""Controls that learn: what a detector must beat to have found more than one feature or a shallow tree.

Cost is linear in the rows.

References
----------
Hays et al. 2023, "Simplistic collection and labeling practices limit the utility of benchmark datasets for
Twitter bot detection", doi 10.1145/3543507.3583214 (shallow trees on few features as the test of a data set).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.tree import DecisionTreeClassifier

from benchmarks.detector import SCORES, Level, Observations, TrainingWorld
from benchmarks.scoring.metrics import average_precision
from benchmarks.signals.features import account_features
from benchmarks.signals.labelled_features import LabelledFeatures, demand_fit, label_features, pool_features

_HAYS = "Hays et al. 2023, doi 10.1145/3543507.3583214"
_NEEDS = "accounts, posts, likes, metrics, follows; training worlds"


class BestSingleFeature:
    """Scores an account by the one feature, or its negative, that ranked best in the training worlds.

    Best is the largest mean of the average precisions of the worlds; the first of equal ones.

    Attributes
    ----------
    chosen : tuple of str and int
        After fit: the feature and its sign, 1 or -1.
    """

    name = "best_single_feature"
    level: Level = "account"
    paper = _HAYS
    needs = _NEEDS
    cost = "linear in posts"

    def __init__(self) -> None:
        self.chosen: tuple[str, int] | None = None

    def fit(self, worlds: Sequence[TrainingWorld]) -> None:
        """Choose the feature and its sign.

        Raises
        ------
        ValueError
            When no world has operated accounts.
        """
        known = [label_features(world, account_features) for world in worlds]
        known = [world for world in known if world.operated.any()]
        if not known:
            raise ValueError(f"{self.name}: training worlds must hold operated accounts, got none in {len(worlds)}.")
        choices = [(place, sign) for place in range(len(known[0].names)) for sign in (1, -1)]
        place, sign = max(choices, key=lambda choice: sum(_rank(world, *choice) for world in known))
        self.chosen = known[0].names[place], sign

    def score(self, observations: Observations) -> pa.Table:
        """Return the chosen feature of every account, negated where its low values are suspicious.

        Raises
        ------
        ValueError
            When nothing was chosen before.
        """
        demand_fit(self.chosen is not None, self.name)
        assert self.chosen is not None
        feature, sign = self.chosen
        features = account_features(observations)
        scores = sign * features.values[:, features.names.index(feature)]
        return pa.table([features.account_ids, scores], schema=SCORES)


class DepthThreeTree:
    """Scores an account by a decision tree of three questions about its own features (Hays et al. 2023)."""

    name = "depth_3_tree"
    level: Level = "account"
    threshold = 0.5
    is_probability = True
    paper = _HAYS
    needs = _NEEDS
    cost = "linear in posts"

    def __init__(self, max_depth: int = 3) -> None:
        self.max_depth = max_depth
        self._tree: Any = None

    def fit(self, worlds: Sequence[TrainingWorld]) -> None:
        """Grow the tree on the accounts of all worlds.

        Raises
        ------
        ValueError
            When the worlds do not hold both operated and other accounts.
        """
        known = pool_features(worlds, account_features, self.name)
        tree = DecisionTreeClassifier(max_depth=self.max_depth, random_state=0)
        self._tree = tree.fit(known.values, known.operated)

    def score(self, observations: Observations) -> pa.Table:
        """Return the share of operated accounts in the leaf of every account.

        Raises
        ------
        ValueError
            When nothing was learnt before.
        """
        demand_fit(self._tree is not None, self.name)
        features = account_features(observations)
        scores = self._tree.predict_proba(features.values)[:, 1] if len(features.account_ids) else np.zeros(0)
        return pa.table([features.account_ids, scores], schema=SCORES)


def _rank(world: LabelledFeatures, place: int, sign: int) -> float:
    """Return the average precision of a feature in a world that has positives."""
    found = average_precision(world.operated, sign * world.values[:, place])
    assert found is not None
    return found
