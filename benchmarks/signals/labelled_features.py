"""Features of the accounts of training worlds beside their labels: what supervised detectors learn from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.detector import Observations, TrainingWorld
from benchmarks.signals.features import (
    AccountFeatures,
    Matrix,
    account_features,
    append_features,
    neighbour_features,
    order_by_values,
)

Describe = Callable[[Observations], AccountFeatures]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class LabelledFeatures:
    """Accounts whose label counts: names of the k features, values float64[n, k], operated bool[n].

    Rows are in the order of their values, so that what is learnt from them does not depend on ids.
    """

    names: tuple[str, ...]
    values: Matrix
    operated: Flags


def describe_with_neighbours(observations: Observations) -> AccountFeatures:
    """Return an account's own features and those of its neighbours, 9 times as many as the own."""
    own = account_features(observations)
    return append_features(own, neighbour_features(observations, own))


def label_features(world: TrainingWorld, describe: Describe) -> LabelledFeatures:
    """Return the features and labels of the accounts of a world that its labels name."""
    features = describe(world.observations)
    labels = world.labels["accounts"]
    labelled = np.asarray(labels["account_id"].to_numpy(), np.int64)
    known = np.isin(labelled, features.account_ids)
    rows = np.searchsorted(features.account_ids, labelled[known])
    operated = np.asarray(labels["operated"].to_numpy(zero_copy_only=False), np.bool_)[known]
    values = features.values[rows]
    order = order_by_values(np.column_stack([values, operated]))
    return LabelledFeatures(features.names, values[order], operated[order])


def pool_features(worlds: Sequence[TrainingWorld], describe: Describe, learner: str) -> LabelledFeatures:
    """Return the labelled features of all worlds together.

    Raises
    ------
    ValueError
        When there are no worlds, or not both operated and other accounts in them. `learner` is named.
    """
    parts = [label_features(world, describe) for world in worlds]
    operated = np.concatenate([np.zeros(0, np.bool_), *(part.operated for part in parts)])
    if operated.all() or not operated.any():
        raise ValueError(
            f"{learner}: training worlds must hold operated and other accounts, got {int(operated.sum())} operated "
            f"of {len(operated)} in {len(parts)} worlds."
        )
    values = np.vstack([part.values for part in parts])
    order = order_by_values(np.column_stack([values, operated]))
    return LabelledFeatures(parts[0].names, values[order], operated[order])


def demand_fit(is_fitted: bool, learner: str) -> None:
    """Refuse to score before learning.

    Raises
    ------
    ValueError
        When not fitted.
    """
    if not is_fitted:
        raise ValueError(f"{learner}: must learn from training worlds before it scores, got none. Call fit(worlds).")
