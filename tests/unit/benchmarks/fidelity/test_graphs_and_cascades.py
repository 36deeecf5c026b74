"""Measures of cascades, graphs and tails against tables worked by hand."""

import numpy as np
import pytest

from benchmarks.fidelity import cascades, graphs
from benchmarks.fidelity.cascades import Cascade
from benchmarks.fidelity.posts import DAY, HOUR
from benchmarks.fidelity.tails import find_gini, fit_tail

# Root, two reactions to it, one to the first of them, by accounts 9, 1, 2, 1.
TREE = Cascade(np.array([-1, 0, 0, 1]), np.array([9, 1, 2, 1]), np.array([0, HOUR // 2, 2 * HOUR, 2 * DAY]))


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("cascade_size", 3),
        ("cascade_max_depth", 2),
        ("cascade_mean_depth", 4 / 3),
        ("cascade_direct_share", 2 / 3),
        ("structural_virality", (1 + 1 + 2 + 2 + 1 + 3) / 6),
        ("cascade_median_delay_s", 7200),
        ("cascade_first_hour_share", 1 / 3),
        ("cascade_first_day_share", 2 / 3),
        ("cascade_lifetime_h", 48),
        ("cascade_parent_delay_s", 48 * 3600 - 1800),
        ("cascade_unique_account_ratio", 2 / 3),
    ],
)
def test_cascade_is_measured_as_defined(measure, value):
    found = getattr(cascades, measure)([TREE])
    assert (found.value, found.n) == (pytest.approx(value), 1)


def test_star_has_no_delay_of_deeper_reactions():
    star = Cascade(np.array([-1, 0, 0]), np.array([1, 2, 3]), np.array([0, 1, 2]))
    assert cascades.cascade_parent_delay_s([star]).value is None


# 1 <-> 2, 1 -> 3, 2 -> 3, 4 -> 3, and a double and a loop that do not count.
GRAPH = graphs.make_graph(np.array([1, 2, 1, 2, 4, 4, 3]), np.array([2, 1, 3, 3, 3, 3, 3]))


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ("mean_degree", 5 / 4),
        ("reciprocal_edge_share", 2 / 5),
        ("reciprocal_pair_share", 1 / 4),
        ("clustering_avg_local", (1 + 1 + 1 / 3) / 3),
        ("transitivity", 3 / 5),
        ("giant_share", 1.0),
        ("indegree_gini", find_gini(np.array([1, 1, 3, 0]))),
        ("outdegree_gini", find_gini(np.array([2, 2, 0, 1]))),
    ],
)
def test_graph_is_measured_as_defined(measure, value):
    assert getattr(graphs, measure)(GRAPH).value == pytest.approx(value)


def test_star_is_disassortative():
    star = graphs.make_graph(np.array([1, 2, 3, 5]), np.array([4, 4, 4, 1]))
    assert graphs.assortativity_degree(star).value < 0


def test_graph_without_edges_has_no_measures():
    empty = graphs.make_graph(np.array([1]), np.array([1]))
    assert graphs.giant_share(empty).why_not == "no edges"
    assert graphs.clustering_avg_local(empty).value is None


def test_tail_finds_the_exponent_of_a_power_law():
    # Quantiles of p(x) ~ x^-2.5 from 10 on, rounded.
    counts = np.round(9.5 * (1 - (np.arange(20_000) + 0.5) / 20_000) ** (-1 / 1.5)).astype(np.int64)
    found = fit_tail(counts)
    assert found.value == pytest.approx(2.5, abs=0.05)
    assert found.low < 2.5 < found.high


def test_tail_needs_fifty_counts():
    assert fit_tail(np.arange(1, 50)).why_not == "49 counts, needs 50"
    assert fit_tail(np.full(60, 3)).why_not == "all counts alike"
