"""Scores of groups equal scikit-learn's over pairs, or a table worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score
from sklearn.metrics.cluster import pair_confusion_matrix

from benchmarks.scoring.group_metrics import measure_groups, measure_organic_groups

MEMBERSHIPS = st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3)), min_size=1, max_size=40).filter(
    lambda pairs: any(true >= 0 for true, _ in pairs)
)
# Squads of four, of three and of one; three organic accounts.
TRUE = [0, 0, 0, 0, 1, 1, 1, 2, -1, -1, -1]


def _measure(true, returned):
    return measure_groups(np.array(true, np.int64), np.array(returned, np.int64))


def _with_singletons(pairs):
    """Return both memberships of who is in a group, ungrouped accounts as groups of their own."""
    true, returned = np.array(pairs).T
    ids, sizes = np.unique(returned, return_counts=True)
    returned = np.where(np.isin(returned, ids[sizes < 2]), -1, returned)
    kept = (true >= 0) | (returned >= 0)
    own = 100 + np.arange(kept.sum())
    return [np.where(groups[kept] < 0, own, groups[kept]) for groups in (true, returned)]


@given(MEMBERSHIPS)
def test_adjusted_rand_equals_sklearn(pairs):
    expected = adjusted_rand_score(*_with_singletons(pairs))
    assert _measure(*zip(*pairs, strict=True)).adjusted_rand == pytest.approx(expected, abs=1e-12)


@given(MEMBERSHIPS)
def test_pairs_equal_sklearn(pairs):
    (_, false), (missed, found) = pair_confusion_matrix(*_with_singletons(pairs))
    score = _measure(*zip(*pairs, strict=True))
    assert score.pair_precision == (found / (found + false) if found + false else None)
    assert score.pair_recall == (found / (found + missed) if found + missed else None)
    assert score.pair_f1 == (2 * found / (2 * found + false + missed) if found + false + missed else None)


@pytest.mark.parametrize(
    ("returned", "precision", "coverage"),
    [
        # A pure group of three and one of four that is half squad 1: (3 + 4 / 4) / (3 + 4 / 2), 3 + 2 of 8 covered.
        ([5, 5, 5, -1, 9, 9, -1, -1, 9, 9, -1], 4 / 5, 5 / 8),
        # One group of all: n 11, purity 4/11, which covers nobody.
        ([3] * 11, 4 / 11, 0),
        # Purity counts one squad only: 2 of 5, though four of the five are operated.
        ([7, 7, -1, -1, 7, 7, -1, -1, 7, -1, -1], 2 / 5, 0),
        # Whoever is operated counts as covered in a pure group: squad 0 with the single of squad 2.
        ([4, 4, 4, 4, -1, -1, -1, 4, -1, -1, -1], 4 / 5, 5 / 8),
        # A group without operated accounts has purity 0 and no weight.
        ([0, 0, 0, 0, 1, 1, 1, -1, 2, 2, 2], 1, 7 / 8),
        # Only organic accounts.
        ([-1] * 8 + [2, 2, 2], 0, 0),
    ],
)
def test_headline_by_hand(returned, precision, coverage):
    score = _measure(TRUE, returned)
    assert score.weighted_precision == pytest.approx(precision)
    assert score.coverage == coverage
    total = precision + coverage
    assert score.headline == pytest.approx(2 * precision * coverage / total if total else 0)


def test_pairs_by_hand():
    # True pairs 6 + 3 + 0, returned 3 + 6, both 3 + 1.
    score = _measure(TRUE, [5, 5, 5, -1, 9, 9, -1, -1, 9, 9, -1])
    assert (score.n_groups, score.n_members) == (2, 7)
    assert (score.pair_precision, score.pair_recall, score.pair_f1) == (4 / 9, 4 / 9, 4 / 9)
    # 10 accounts in a group, 45 pairs: (4 - 81/45) / (9 - 81/45).
    assert score.adjusted_rand == pytest.approx(2.2 / 7.2)


@pytest.mark.parametrize("returned", [[-1] * 11, list(range(11))])
def test_no_groups_score_zero(returned):
    score = _measure(TRUE, returned)
    assert (score.n_groups, score.headline, score.coverage, score.pair_f1, score.adjusted_rand) == (0, 0, 0, 0, 0)
    assert score.weighted_precision is None


def test_true_groups_score_one():
    true = [0, 0, 1, 1, 1, -1]
    score = _measure(true, [8, 8, 3, 3, 3, -1])
    assert (score.headline, score.pair_f1, score.adjusted_rand) == (1, 1, 1)


def test_random_groups_have_no_adjusted_rand():
    rng = np.random.default_rng(3)
    score = _measure(np.arange(4000) % 8, rng.integers(0, 8, 4000))
    assert score.adjusted_rand == pytest.approx(0, abs=0.003)


@pytest.mark.parametrize(("returned", "n_groups"), [([4, 4, -1], 1), ([], 0)])
def test_nothing_is_defined_without_positives(returned, n_groups):
    score = _measure([-1] * len(returned), returned)
    assert score.n_groups == n_groups
    assert (score.headline, score.coverage, score.pair_f1, score.adjusted_rand) == (None,) * 4


@given(MEMBERSHIPS, st.permutations(range(-1, 4)))
def test_names_and_order_of_groups_do_not_matter(pairs, names):
    true, returned = np.array(pairs).T
    renamed = np.where(returned < 0, -1, np.array([*names, 0])[returned] + 10)
    assert measure_groups(true, returned) == measure_groups(true[::-1].copy(), renamed[::-1].copy())


def test_organic_groups_are_measured_apart():
    # Fans 0-3, newsroom 4-5; the returned groups: two fans and two strangers, one fan with two strangers.
    organic = np.array([0, 0, 0, 0, 1, 1, -1, -1, -1, -1])
    returned = np.array([5, 5, -1, 7, -1, -1, 5, 5, 7, 7])
    found = measure_organic_groups(organic, returned)
    assert (found.n_groups, found.coverage, found.returned_share) == (1, 2 / 6, 3 / 6)


def test_no_organic_groups_no_coverage():
    found = measure_organic_groups(np.array([-1, -1]), np.array([3, 3]))
    assert (found.n_groups, found.coverage, found.returned_share) == (0, None, None)
