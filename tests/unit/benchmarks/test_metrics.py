"""Metrics equal scikit-learn's, or a table worked by hand; without positives they are not defined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    f1_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

from benchmarks.scoring.metrics import (
    average_precision,
    brier,
    calibration_table,
    count_confusion,
    expected_calibration_error,
    precision_at_k,
    precision_at_prevalence,
    precision_recall,
    roc_auc,
    tpr_at_fpr,
)

# Few distinct scores, so that ties are the rule; -4 stands for accounts that a detector leaves out.
RANKINGS = st.lists(st.tuples(st.booleans(), st.integers(-4, 3)), min_size=1, max_size=60).filter(
    lambda pairs: any(is_positive for is_positive, _ in pairs)
)
MIXED = RANKINGS.filter(lambda pairs: not all(is_positive for is_positive, _ in pairs))
FORECASTS = st.lists(st.tuples(st.booleans(), st.sampled_from(np.linspace(0, 1, 21).tolist())), min_size=1)


def _split(pairs):
    flags, scores = zip(*pairs, strict=True)
    return np.array(flags), np.array(scores, np.float64)


def _leave_out(scores):
    """Return the scores with -inf for the lowest; scikit-learn takes finite ones only."""
    return np.where(scores == -4, -np.inf, scores)


@given(RANKINGS)
def test_average_precision_equals_sklearn(pairs):
    flags, scores = _split(pairs)
    expected = average_precision_score(flags, scores)
    assert average_precision(flags, _leave_out(scores)) == pytest.approx(expected, abs=1e-12)


@given(MIXED)
def test_roc_auc_equals_sklearn(pairs):
    flags, scores = _split(pairs)
    assert roc_auc(flags, _leave_out(scores)) == pytest.approx(roc_auc_score(flags, scores), abs=1e-12)


@given(MIXED, st.sampled_from([0.0, 0.01, 0.1, 0.25, 1.0]))
def test_tpr_at_fpr_is_the_highest_of_sklearns_curve(pairs, max_fpr):
    flags, scores = _split(pairs)
    fpr, tpr, _ = roc_curve(flags, scores, drop_intermediate=False)
    assert tpr_at_fpr(flags, _leave_out(scores), max_fpr) == tpr[fpr <= max_fpr].max()


@pytest.mark.filterwarnings("ignore:A single label was found")
@given(RANKINGS, st.integers(-4, 4))
def test_verdicts_equal_sklearn(pairs, threshold):
    flags, scores = _split(pairs)
    accused = scores >= threshold
    found = count_confusion(flags, scores, threshold)
    assert (found.precision, found.recall) == precision_recall(flags, scores, threshold)
    assert found.f1 == pytest.approx(f1_score(flags, accused))
    assert found.mcc == pytest.approx(matthews_corrcoef(flags, accused))


@given(FORECASTS)
def test_brier_equals_sklearn(pairs):
    flags, scores = _split(pairs)
    assert brier(flags, scores) == pytest.approx(brier_score_loss(flags, scores, pos_label=True), abs=1e-12)


@given(FORECASTS, st.integers(1, 12))
def test_calibration_table_equals_sklearn(pairs, n_bins):
    flags, scores = _split(pairs)
    table = calibration_table(flags, scores, n_bins)
    positive, claimed = calibration_curve(flags, scores, n_bins=n_bins, pos_label=True)
    assert [row.positive_share for row in table] == pytest.approx(positive.tolist())
    assert [row.mean_probability for row in table] == pytest.approx(claimed.tolist())


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


def test_verdicts_by_hand():
    flags = np.array([True, True, True, False, False, False, False, False])
    found = count_confusion(flags, np.array([5.0, 4, 0, 4, 1, 1, -np.inf, -np.inf]), 4)
    assert (found.true_positives, found.false_positives, found.false_negatives, found.true_negatives) == (2, 1, 1, 4)
    assert (found.precision, found.recall, found.f1) == (2 / 3, 2 / 3, 2 / 3)
    assert found.mcc == pytest.approx((2 * 4 - 1 * 1) / (3 * 3 * 5 * 5) ** 0.5)
    assert found.false_positive_share == 0.2


def test_tpr_at_fpr_lets_ties_stand_together():
    flags, scores = np.array([True, True, False, False]), np.array([3.0, 2, 2, 1])
    assert [tpr_at_fpr(flags, scores, limit) for limit in (0.0, 0.49, 0.5)] == [0.5, 0.5, 1]


@pytest.mark.parametrize(
    ("tpr", "fpr", "prevalence", "expected"),
    [(0.5, 0.5, 0.001, 0.001), (1, 0, 0.001, 1), (0.9, 0.001, 0.1, 90 / 90.9), (0, 0.5, 0.1, 0), (0, 0, 0.1, None)],
)
def test_precision_at_prevalence_by_hand(tpr, fpr, prevalence, expected):
    assert precision_at_prevalence(tpr, fpr, prevalence) == (expected and pytest.approx(expected))


@given(MIXED, st.integers(-4, 4))
def test_precision_at_the_prevalence_that_is_there_is_the_precision(pairs, threshold):
    flags, scores = _split(pairs)
    found = count_confusion(flags, scores, threshold)
    again = precision_at_prevalence(found.recall, found.false_positive_share, flags.mean())
    assert again == (found.precision if found.precision is None else pytest.approx(found.precision))


def test_calibration_by_hand():
    flags = np.array([False, False, True, True])
    table = calibration_table(flags, np.array([0.0, 0.5, 0.5, 0.9]), 2)
    assert [(row.low, row.high, row.n) for row in table] == [(0, 0.5, 3), (0.5, 1, 1)]
    assert [(row.mean_probability, row.positive_share) for row in table] == [(1 / 3, 1 / 3), (0.9, 1)]
    assert expected_calibration_error(table) == pytest.approx(0.1 / 4)


def test_left_out_accounts_are_forecast_with_zero():
    assert brier(np.array([True, False]), np.array([-np.inf, 0.5])) == (1 + 0.25) / 2


@pytest.mark.parametrize("score", [-0.1, 1.5, np.nan, np.inf])
def test_what_is_no_probability_is_rejected(score):
    with pytest.raises(ValueError, match=rf"score: must be a probability \(0 to 1\), got {score}"):
        brier(np.array([True]), np.array([score]))


def test_perfect_ranking_scores_one():
    flags = np.arange(100) < 7
    assert roc_auc(flags, -np.arange(100.0)) == 1
    assert tpr_at_fpr(flags, -np.arange(100.0)) == 1
    assert average_precision(flags, -np.arange(100.0)) == 1
    assert precision_at_k(flags, -np.arange(100.0), 7) == 1


def test_constant_score_is_chance():
    flags = np.arange(100) < 7
    assert roc_auc(flags, np.zeros(100)) == 0.5
    assert tpr_at_fpr(flags, np.zeros(100)) == 0
    assert average_precision(flags, np.zeros(100)) == pytest.approx(0.07)
    assert precision_at_k(flags, np.zeros(100), 10) == pytest.approx(0.07)


@pytest.mark.parametrize("n", [0, 5])
def test_nothing_is_defined_without_positives(n):
    flags, scores = np.zeros(n, bool), np.arange(n, dtype=np.float64)
    assert average_precision(flags, scores) is None
    assert precision_recall(flags, scores, 0) == (None, None)
    assert precision_at_k(flags, scores, 3) is None
    assert roc_auc(flags, scores) is None
    assert tpr_at_fpr(flags, scores) is None
    found = count_confusion(flags, scores, 0)
    assert (found.precision, found.recall, found.f1, found.mcc) == (None,) * 4
    assert precision_at_prevalence(found.recall, found.false_positive_share) is None


def test_false_alarms_are_defined_without_positives():
    assert count_confusion(np.zeros(5, bool), np.arange(5.0), 4).false_positive_share == 0.2
    assert brier(np.zeros(2, bool), np.array([0.0, 1.0])) == 0.5


def test_rates_of_negatives_are_not_defined_without_negatives():
    flags, scores = np.ones(3, bool), np.arange(3.0)
    assert roc_auc(flags, scores) is None
    assert tpr_at_fpr(flags, scores) is None
    assert count_confusion(flags, scores, 0).false_positive_share is None


def test_no_forecast_has_no_error():
    nobody = np.zeros(0, bool), np.zeros(0)
    assert brier(*nobody) is None
    assert expected_calibration_error(calibration_table(*nobody)) is None
