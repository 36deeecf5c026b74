"""Co-action significance against tables worked by hand and scipy's distributions."""

import math

import numpy as np
import pytest
from scipy import stats

from benchmarks.detectors.co_action_significance import CoActionSignificance, find_limit
from tests.unit.benchmarks.detectors.observed_shares import DAYS, Said, groups_of, observe_shares, scores_of

CROWD = tuple(range(20, 220))
TOGETHER = [(day, tag) for day in range(3) for tag in "ab"]


def act(who, *days_and_tags):
    return [Said(who, day * DAYS, [tag], text="Auralis") for day, tag in days_and_tags]


def background():
    """Two hundred accounts, of whom neighbours share one hashtag on one day."""
    return [post for n, who in enumerate(CROWD) for post in act(who, (n, "x"), (n + 1, "x"))]


def answer(folder, posts, accounts=(11, 12, *CROWD), **settings):
    return CoActionSignificance(**settings).score(observe_shares(folder, accounts, posts))


def test_score_is_the_significance_of_the_common_actions(tmp_path):
    table = answer(tmp_path, act(11, *TOGETHER) + act(12, *TOGETHER) + background())
    # 6 actions of both and 199 of neighbours; of all 410 uses an action has the share 2 / 410.
    expected = 6 * 6 * 205 * (2 / 410) ** 2
    p_value = stats.poisson.sf(5, expected)
    assert scores_of(table)[11] == scores_of(table)[12] == pytest.approx(-math.log10(p_value), abs=1e-6)
    assert groups_of(table) == {frozenset({11, 12})}
    assert sum(scores_of(table).values()) == 2 * scores_of(table)[11]


def test_same_actions_on_other_days_are_no_common_actions(tmp_path):
    posts = act(11, *((day, "a") for day in range(6))) + act(12, *((day + 50, "a") for day in range(6)))
    assert set(scores_of(answer(tmp_path, posts + background())).values()) == {0}


def test_one_common_action_is_no_pattern(tmp_path):
    table = answer(tmp_path, act(11, (0, "a")) + act(12, (0, "a")), false_discovery_rate=1.0)
    assert groups_of(table) == set()


def test_what_everybody_does_is_not_significant(tmp_path):
    posts = [post for who in CROWD for post in act(who, *((day, "x") for day in range(6)))]
    assert set(scores_of(answer(tmp_path, posts)).values()) == {0}


@pytest.mark.parametrize(
    ("p_values", "n_tests", "limit"),
    [
        # Benjamini and Hochberg 1995, section 3.2: fifteen tests, of which four are rejected at 0.05.
        ([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324], 15, 0.0095),
        ([0.04, 0.001, 0.045], 3, 0.045),
        ([0.2], 1, -1),
        ([], 0, -1),
    ],
)
def test_limit_is_that_of_benjamini_and_hochberg(p_values, n_tests, limit):
    assert find_limit(np.array(p_values), n_tests, 0.05) == limit


def test_no_edge_weighs_less_than_the_threshold(tmp_path):
    detector = CoActionSignificance(false_discovery_rate=0.02)
    posts = act(11, *TOGETHER) + act(12, *TOGETHER) + background()
    table = detector.score(observe_shares(tmp_path, (11, 12, *CROWD), posts))
    positive = [score for score in scores_of(table).values() if score]
    assert positive
    assert min(positive) >= detector.threshold == pytest.approx(-math.log10(0.02))
