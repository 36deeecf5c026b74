"""Intervals, tests and ranks equal scipy's, published tables or figures worked by hand; no draw depends on order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import friedmanchisquare, wilcoxon

from benchmarks.verdict.statistics import (
    adjust_holm,
    average_blocks,
    bootstrap_clusters,
    bootstrap_difference,
    bootstrap_mean,
    compare_signed_ranks,
    connect_ranks,
    nemenyi_critical_difference,
    rank_detectors,
)

CELLS = ["L0"] * 4 + ["L4"] * 4
VALUES = [0.9, 0.8, 0.95, 0.85, 0.1, 0.3, 0.2, 0.25]


def test_mean_counts_each_cell_once():
    assert bootstrap_mean([1.0, 1.0, 1.0, 0.0, 0.0], ["a", "a", "a", "b", "b"]).mean == 0.5


def test_interval_without_spread_is_the_mean():
    estimate = bootstrap_mean([0.5, 0.5, 0.1, 0.1], ["a", "a", "b", "b"])
    assert (estimate.low, estimate.high) == (estimate.mean, estimate.mean) == (0.3, 0.3)


def test_strata_keep_the_spread_between_cells_out():
    assert bootstrap_mean([0.0, 0.0, 1.0, 1.0], ["a", "a", "b", "b"]).low == 0.5
    assert bootstrap_mean([0.0, 0.0, 1.0, 1.0], ["a"] * 4).low < 0.5


def test_cell_of_one_world_has_no_interval():
    estimate = bootstrap_mean([0.5, 0.7, 0.2], ["a", "a", "b"])
    assert estimate.mean == pytest.approx(0.4)
    assert (estimate.low, estimate.high, estimate.share_positive) == (None, None, None)
    assert not estimate.excludes_zero


@given(st.permutations(range(8)))
def test_order_of_worlds_does_not_matter(order):
    moved = bootstrap_mean([VALUES[k] for k in order], [CELLS[k] for k in order])
    assert moved == bootstrap_mean(VALUES, CELLS)


def test_order_of_blocks_does_not_matter():
    blocks = ["s 1", "s 2", "s 3", "s 4"] * 2
    back = slice(None, None, -1)
    assert bootstrap_mean(VALUES, CELLS, blocks) == bootstrap_mean(VALUES[back], CELLS[back], blocks[back])


def test_worlds_of_one_block_are_drawn_together():
    """What cancels within each seed has no spread, and what adds up has the spread of one cell."""
    cells, blocks = ["a"] * 4 + ["b"] * 4, ["s 1", "s 2", "s 3", "s 4"] * 2
    deviations = np.array([0.1, -0.3, 0.4, -0.2])
    cancelling = bootstrap_mean([*deviations, *-deviations], cells, blocks)
    assert cancelling.low == pytest.approx(0, abs=1e-12)
    assert cancelling.high == pytest.approx(0, abs=1e-12)
    adding = bootstrap_mean([*deviations, *deviations], cells, blocks)
    alone = bootstrap_mean(deviations, cells[:4], blocks[:4])
    assert (adding.low, adding.high) == (alone.low, alone.high)
    apart = bootstrap_mean([*deviations, *deviations], cells)
    assert apart.high - apart.low < alone.high - alone.low


def test_interval_holds_the_truth_about_as_often_as_said():
    """With 30 worlds a percentile interval of 95 % holds it some 94 % of the time: 300 trials, four standard errors."""
    draws = np.random.default_rng(1).exponential(size=(300, 30))
    found = [bootstrap_mean(values, ["a"] * 30) for values in draws]
    assert 0.88 < np.mean([estimate.low <= 1 <= estimate.high for estimate in found]) < 0.99


def test_width_is_that_of_the_normal_law():
    values = np.random.default_rng(2).normal(size=100)
    estimate = bootstrap_mean(values, ["a"] * 100)
    assert estimate.high - estimate.low == pytest.approx(2 * 1.96 * values.std() / 10, rel=0.08)


def test_difference_is_paired():
    a, b = np.array([0.9, 0.5, 0.1, 0.7]), np.array([0.8, 0.4, 0.0, 0.6])
    difference = bootstrap_difference(a, b, ["a"] * 4)
    assert (difference.low, difference.high) == (pytest.approx(0.1), pytest.approx(0.1))
    assert difference.share_positive == 1
    assert difference.excludes_zero


def test_ties_count_half_in_the_share():
    assert bootstrap_mean([0.0, 0.0], ["a", "a"]).share_positive == 0.5


@pytest.mark.parametrize(
    ("values", "message"), [([], "at least one world, got none"), ([0.1, np.nan], "must be finite, got nan")]
)
def test_bad_values_are_named(values, message):
    with pytest.raises(ValueError, match=message):
        bootstrap_mean(values, ["a"] * len(values))


def test_clusters_are_drawn_whole():
    """Scenarios that disagree make a claim for new ones wide, though each is exact."""
    values, cells = [0.5, 0.5, -0.3, -0.3], ["a", "a", "b", "b"]
    assert bootstrap_mean(values, cells).low == pytest.approx(0.1)
    over_scenarios = bootstrap_clusters(values, cells, cells)
    assert (over_scenarios.mean, over_scenarios.low, over_scenarios.high) == pytest.approx((0.1, -0.3, 0.5))


def test_cluster_counts_once_whatever_its_cells():
    estimate = bootstrap_clusters([1.0, 1.0, 1.0, 0.0], ["a0", "a1", "a2", "b"], ["a", "a", "a", "b"])
    assert (estimate.mean, estimate.n_worlds, estimate.n_cells) == (0.5, 4, 4)


def test_one_cluster_has_no_interval():
    assert bootstrap_clusters([1.0, 0.5], ["a", "a"], ["s", "s"]).low is None


def test_blocks_are_averaged_in_the_order_of_their_names():
    assert average_blocks([1.0, 3.0, 5.0], ["s 2", "s 1", "s 2"]).tolist() == [3.0, 3.0]
    assert average_blocks([], []).tolist() == []


@given(st.lists(st.integers(-50, 50).filter(bool), min_size=3, max_size=20, unique_by=abs))
def test_signed_ranks_equal_scipy(differences):
    assert compare_signed_ranks(differences) == pytest.approx(wilcoxon(differences).pvalue)


def test_signed_ranks_by_hand():
    """All six of one sign: 2 of 2^6 orders are as extreme."""
    assert compare_signed_ranks([1, 2, 3, 4, 5, 6]) == pytest.approx(2 / 64)


@pytest.mark.parametrize(("differences", "p_value"), [([0.0, 0.0], 1.0), ([], None)])
def test_signed_ranks_without_any_difference(differences, p_value):
    assert compare_signed_ranks(differences) == p_value


@pytest.mark.parametrize(
    ("p_values", "adjusted"),
    [
        ([], []),
        ([0.04], [0.04]),
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),
        ([0.5, 0.6], [1.0, 1.0]),
        ([0.02, 0.02], [0.04, 0.04]),
    ],
)
def test_holm_by_hand(p_values, adjusted):
    assert adjust_holm(p_values) == pytest.approx(adjusted)


def test_holm_multiplies_the_smallest_by_all_and_never_descends():
    assert adjust_holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holm_keeps_to_one():
    assert adjust_holm([0.9, 0.8]) == [1.0, 1.0]


def test_holm_of_nothing_is_nothing():
    assert adjust_holm([]) == []


@pytest.mark.parametrize(
    ("n_detectors", "quantile"),
    [(2, 1.960), (3, 2.343), (4, 2.569), (5, 2.728), (6, 2.850), (7, 2.949), (8, 3.031), (9, 3.102), (10, 3.164)],
)
def test_critical_difference_has_the_published_quantile(n_detectors, quantile):
    """Demšar 2006, table 5 (a)."""
    scale = np.sqrt(n_detectors * (n_detectors + 1) / (6 * 14))
    assert nemenyi_critical_difference(n_detectors, 14) / scale == pytest.approx(quantile, abs=1e-3)


def test_critical_difference_of_the_published_example():
    """Demšar 2006, section 3.2.2: four classifiers on 14 data sets, 1.25."""
    assert nemenyi_critical_difference(4, 14) == pytest.approx(1.25, abs=0.005)


def test_ranks_by_hand():
    ranking = rank_detectors([[0.9, 0.5, 0.1], [0.9, 0.1, 0.5], [0.7, 0.7, 0.1]])
    assert ranking.mean_ranks == pytest.approx([3.5 / 3, (2 + 3 + 1.5) / 3, (3 + 2 + 3) / 3])
    assert ranking.n_blocks == 3


def test_friedman_equals_scipy():
    scores = np.random.default_rng(3).normal(size=(9, 4))
    assert rank_detectors(scores).p_value == pytest.approx(friedmanchisquare(*scores.T).pvalue)


@pytest.mark.parametrize("scores", [[[0.1, 0.2]], [[0.1, 0.2, 0.3]], [[0.1, 0.1, 0.1], [0.2, 0.2, 0.2]]])
def test_friedman_is_undefined_for_too_few_or_ties(scores):
    assert rank_detectors(scores).p_value is None


@pytest.mark.parametrize("scores", [[[0.1]], np.zeros((0, 3)), [0.1, 0.2]])
def test_ranking_of_nothing_is_named(scores):
    with pytest.raises(ValueError, match="at least one block and two detectors, got shape"):
        rank_detectors(scores)


@pytest.mark.parametrize(
    ("ranks", "distance", "runs"),
    [
        ([1, 2, 2.5, 4], 1.5, [(1, 2.5), (2.5, 4)]),
        ([3, 1, 2], 5, [(1, 3)]),
        ([1, 2, 3], 0.5, []),
        ([1.5, 1.5, 3], 1, []),
    ],
)
def test_runs_of_ranks_that_are_not_told_apart(ranks, distance, runs):
    assert connect_ranks(ranks, distance) == runs
