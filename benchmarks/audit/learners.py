"""Probes that learn: from other worlds where there are some, else from the rest of the same world."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.model_selection import StratifiedKFold
from sklearn.tree import DecisionTreeClassifier

Flags = NDArray[np.bool_]
Scores = NDArray[np.float64]
N_FOLDS = 5
_LEAST_LEAF = 5  # positives and negatives of a leaf, so that a leaf is no memory of one account; assumed
_PRIOR_ROWS = 20  # rows of average rate that a category starts with; assumed


class Probe(Protocol):
    """What learns from rows and then scores others."""

    def fit(self, values: Any, is_positive: Flags) -> "Probe":
        """Learn from labelled rows."""

    def score(self, values: Any) -> Scores:
        """Return a score of each row, higher for what looks operated."""


class TreeProbe:
    """A decision tree: a handful of thresholds, as a cheat would write them down."""

    def __init__(self, depth: int) -> None:
        self._tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=_LEAST_LEAF, random_state=0)

    def fit(self, values: NDArray[np.float64], is_positive: Flags) -> "TreeProbe":
        """Learn from rows of features; nan is a value of its own."""
        self._tree.fit(values, is_positive)
        return self

    def score(self, values: NDArray[np.float64]) -> Scores:
        """Return the share of positives in each row's leaf."""
        shares: Scores = self._tree.predict_proba(values)[:, -1]
        return shares


class CategoryProbe:
    """The share of positives by category, drawn towards the average where a category is rare."""

    def __init__(self) -> None:
        self._average = 0.0
        self._shares: dict[float, float] = {}

    def fit(self, values: NDArray[np.float64], is_positive: Flags) -> "CategoryProbe":
        """Learn from one column of category numbers."""
        self._average = float(is_positive.mean())
        categories, place = np.unique(values, return_inverse=True)
        found, n_rows = np.bincount(place, is_positive), np.bincount(place)
        shares = (found + _PRIOR_ROWS * self._average) / (n_rows + _PRIOR_ROWS)
        self._shares = dict(zip(categories.tolist(), shares.tolist(), strict=True))
        return self

    def score(self, values: NDArray[np.float64]) -> Scores:
        """Return the share of each row's category, the average where it is new."""
        return np.asarray([self._shares.get(value, self._average) for value in values.tolist()])


def score_unseen(
    worlds: Sequence[tuple[Any, Flags]], make: Callable[[], Probe], n_folds: int = N_FOLDS
) -> list[Scores]:
    """Score every row of every world by a probe that has not seen it.

    Parameters
    ----------
    worlds : sequence of (values, bool[n])
        Rows and which of them are positives; arrays or sparse matrices.
    make : callable
        Makes a fresh probe.
    n_folds : int
        With one world, it is cut into so many parts; with several, each is scored by what the others taught.

    Returns
    -------
    list of float64[n]
        By world. All 0 where nothing can be learnt.
    """
    if len(worlds) == 1:
        return [_score_folds(*worlds[0], make, n_folds)]
    scores = []
    for place, (values, _) in enumerate(worlds):
        others = [world for number, world in enumerate(worlds) if number != place]
        labels = np.concatenate([flags for _, flags in others])
        scores.append(_learn(_stack([rows for rows, _ in others]), labels, values, make))
    return scores


def _score_folds(values: Any, is_positive: Flags, make: Callable[[], Probe], n_folds: int) -> Scores:
    scores = np.zeros(len(is_positive))
    if min(int(is_positive.sum()), int((~is_positive).sum())) < n_folds:
        return scores
    for known, unseen in StratifiedKFold(n_folds, shuffle=True, random_state=0).split(scores, is_positive):
        scores[unseen] = _learn(values[known], is_positive[known], values[unseen], make)
    return scores


def _learn(values: Any, is_positive: Flags, unseen: Any, make: Callable[[], Probe]) -> Scores:
    if is_positive.all() or not is_positive.any():
        return np.zeros(unseen.shape[0])
    return make().fit(values, is_positive).score(unseen)


def _stack(parts: Sequence[Any]) -> Any:
    return sparse.vstack(parts, "csr") if sparse.issparse(parts[0]) else np.concatenate(parts)
