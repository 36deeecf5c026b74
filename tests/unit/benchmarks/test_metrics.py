"""Metrics equal scikit-learn's, or a table worked by hand; without positives they are not defined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_score, recall_score

from benchmarks.metrics import average_precision, precision_at_k, precision_recall

# Few distinct scores, so that ties are the rule.
RANKINGS = st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=1, max_size=60).filter(
    lambda pairs: any(is_positive for is_positive, _ in pairs)
)


def _split(pairs):
    flags, scores = zip(*pairs, strict=True)
    return np.array(flags), np.array(scores, np.float64)


@given(RANKINGS)
def test_average_precision_equals_sklearn(pairs):
    flags, scores = _split(pairs)
    assert average_precision(flags, scores) == pytest.approx(average_precision_score(flags, scores), abs=1e-12)


@given(RANKINGS, st.integers(-4, 4))
def test_precision_and_recall_equal_sklearn(pairs, threshold):
    flags, scores = _split(pairs)
    precision, recall = precision_recall(flags, scores, threshold)
    assert recall == pytest.approx(recall_score(flags, scores >= threshold))
    if (scores >= threshold).any():
        assert precision == pytest.approx(precision_score(flags, scores >= threshold))
    else:
        assert precision is None


@given(RANKINGS, st.integers(1, 70))
def test_precision_at_k_is_the_mean_over_orders_of_ties(pairs, k):
    flags, scores = _split(pairs)
    orders = np.random.default_rng(0).permuted(np.tile(np.arange(len(flags)), (400, 1)), axis=1)
    tops = [order[np.argsort(-scores[order], kind="stable")][:k] for order in orders]
    assert precision_at_k(flags, scores, k) == pytest.approx(np.mean([flags[top].mean() for top in tops]), abs=0.12)


def test_precision_at_k_by_hand():
    flags = np.array([True, False, True, False])
    scores = np.array([0.9, 0.8, 0.8, 0.1])
    assert [precision_at_k(flags, scores, k) for k in (1, 2, 3, 4, 9)] == [1, 0.75, 2 / 3, 0.5, 0.5]


def test_unscored_accounts_rank_last():
    flags = np.array([False, True, False])
    assert average_precision(flags, np.array([0.0, -np.inf, -np.inf])) == pytest.approx(1 / 3)
    assert precision_recall(flags, np.array([0.0, -np.inf, 1.0]), -1e300) == (0, 0)


def test_perfect_ranking_scores_one():
    flags = np.arange(100) < 7
    assert average_precision(flags, -np.arange(100.0)) == 1
    assert precision_at_k(flags, -np.arange(100.0), 7) == 1


def test_constant_score_has_the_prevalence():
    flags = np.arange(100) < 7
    assert average_precision(flags, np.zeros(100)) == pytest.approx(0.07)
    assert precision_at_k(flags, np.zeros(100), 10) == pytest.approx(0.07)


@pytest.mark.parametrize("n", [0, 5])
def test_nothing_is_defined_without_positives(n):
    flags, scores = np.zeros(n, bool), np.arange(n, dtype=np.float64)
    assert average_precision(flags, scores) is None
    assert precision_recall(flags, scores, 0) == (None, None)
    assert precision_at_k(flags, scores, 3) is None
