"""Thresholds keep their budget, and the next lower one would not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scoring.alert_episodes import count_false_episodes
from benchmarks.scoring.thresholds import LOWEST_THRESHOLD, calibrate, calibrate_alerts, can_resolve, to_within_world

HOUR = 3_600_000
BUDGETS = st.sampled_from([0.0, 10.0, 300.0, 2500.0, 5000.0, 10_000.0])
WORLDS = st.lists(
    st.lists(st.tuples(st.booleans(), st.sampled_from([-np.inf, -1.0, 0.0, 1.0, 2.0, 3.0])), min_size=1, max_size=30),
    min_size=1,
    max_size=4,
).filter(lambda worlds: any(not is_positive for world in worlds for is_positive, _ in world))
ALERTS = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 6), st.sampled_from([np.inf, -np.inf, 2.0, 3.5])), max_size=25
)


def _negatives(*scores):
    return np.zeros(len(scores), bool), np.array(scores, np.float64)


def _share(worlds, threshold):
    shares = [(scores[~flags] >= threshold).mean() for flags, scores in worlds if not flags.all()]
    return np.mean(shares)


@given(WORLDS, BUDGETS)
def test_threshold_is_the_lowest_float_that_keeps_the_budget(rows, budget):
    worlds = [(np.array([f for f, _ in world]), np.array([s for _, s in world])) for world in rows]
    threshold = calibrate(worlds, budget)
    assert _share(worlds, threshold) <= budget / 10_000 + 1e-12
    if threshold > LOWEST_THRESHOLD:
        assert _share(worlds, np.nextafter(threshold, -np.inf)) > budget / 10_000 + 1e-12


@pytest.mark.parametrize(
    ("budget", "accused"),
    [(0, 0), (999, 0), (1000, 1), (2000, 1), (3000, 3), (10_000, 10)],
)
def test_ties_stand_or_fall_together(budget, accused):
    flags, scores = _negatives(9, 8, 8, 7, 6, 5, 4, 3, 2, 1)
    assert (scores >= calibrate([(flags, scores)], budget)).sum() == accused


def test_positives_have_no_say():
    flags, scores = np.array([True, False, False, True]), np.array([9.0, 2.0, 1.0, 0.0])
    assert calibrate([(flags, scores)], 5000) == np.nextafter(1.0, 2)


def test_worlds_weigh_equally():
    small, large = _negatives(5, 0), _negatives(*range(100))
    # Half of the large world, 50 to 99, is a quarter of both.
    assert calibrate([small, large], 2500) == np.nextafter(49.0, 50)
    assert calibrate([small, large], 2499) == np.nextafter(50.0, 51)


@pytest.mark.parametrize("n_worlds", [1, 3, 7])
def test_a_share_equal_to_the_budget_keeps_it(n_worlds):
    worlds = [_negatives(*range(3000))] * n_worlds
    assert calibrate(worlds, 10) == np.nextafter(2996.0, 3000)


def test_left_out_accounts_are_never_accused():
    flags, scores = _negatives(-np.inf, -np.inf, 1)
    assert (scores >= calibrate([(flags, scores)], 10_000)).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("n", "budget", "expected"), [(999, 10, False), (1000, 10, True), (4, 2500, True), (0, 10, False)]
)
def test_budget_needs_enough_negatives(n, budget, expected):
    assert can_resolve([_negatives(*range(n))], budget) is expected


def test_unresolved_budget_accuses_no_known_negative():
    assert calibrate([_negatives(1, 2, 3)], 10) == np.nextafter(3.0, 4)


def test_two_small_worlds_resolve_what_one_does_not():
    assert can_resolve([_negatives(*range(500))] * 2)


@pytest.mark.parametrize("worlds", [[], [(np.ones(3, bool), np.arange(3.0))]])
def test_no_negatives_no_threshold(worlds):
    assert calibrate(worlds) is None


@pytest.mark.parametrize("budget", [-1.0, np.nan, np.inf])
def test_budget_must_be_a_number_from_zero(budget):
    with pytest.raises(ValueError, match=f"budget: must be a number from 0, got {budget}"):
        calibrate([_negatives(1)], budget)


def test_budget_holds_in_other_worlds_of_the_kind():
    scores = np.random.default_rng(5).normal(size=(2, 200_000))
    flags = np.zeros(200_000, bool)
    wrong = (scores[1] >= calibrate([(flags, scores[0])])).mean()
    # Both shares have a standard error of sqrt(0.001 / 200,000).
    assert wrong == pytest.approx(0.001, abs=4 * (2 * 0.001 / 200_000) ** 0.5)


def test_quantiles_by_hand():
    assert to_within_world(np.array([5.0, -np.inf, 5.0, 7.0])).tolist() == [0.5, 0.125, 0.5, 0.875]
    assert to_within_world(np.zeros(3)).tolist() == [0.5] * 3
    assert to_within_world(np.zeros(0)).tolist() == []


@given(st.lists(st.integers(-3, 3), min_size=1), st.integers(1, 9))
def test_quantiles_do_not_depend_on_scale(scores, factor):
    values = np.array(scores, np.float64)
    assert to_within_world(values).tolist() == to_within_world(factor * values - 7).tolist()


def _alerts(hours, scores, false):
    return np.array(hours, np.int64) * HOUR, np.array(scores, np.float64), np.array(false), 10.0


@pytest.mark.parametrize(
    ("budget", "threshold"),
    [(0.0, 9), (0.1, 8), (0.2, 5), (0.29, 5), (0.3, 1), (0.4, LOWEST_THRESHOLD)],
)
def test_alert_threshold_by_hand(budget, threshold):
    # Cool-down 6 h: 1 h (9), 20 h (8, and 7 at 25 h in the same episode), 50 h (5), 90 h (1); 70 h (6) is true.
    world = _alerts([1, 20, 25, 50, 70, 90], [9, 8, 7, 5, 6, 1], [True, True, True, True, False, True])
    found = calibrate_alerts([world], budget, 6 * HOUR)
    assert found == (threshold if threshold == LOWEST_THRESHOLD else np.nextafter(threshold, 10))


def test_days_of_worlds_are_pooled():
    loud, quiet = _alerts([0, 10], [3, 2], [True, True]), _alerts([], [], np.zeros(0, bool))
    assert calibrate_alerts([loud], 0.1, HOUR) == np.nextafter(2.0, 3)
    assert calibrate_alerts([loud, quiet], 0.1, HOUR) == LOWEST_THRESHOLD


def test_an_alarm_that_never_stops_breaks_the_budget():
    world = _alerts(range(240), np.linspace(0, 1, 240), np.ones(240, bool))
    assert calibrate_alerts([world], 1.0, 6 * HOUR) > 0.7


def test_an_alert_is_false_while_the_threshold_lets_its_twin_pass():
    world = _alerts([5], [9.0], [4.0])
    assert calibrate_alerts([world], 0.0, HOUR) == np.nextafter(4.0, 5)


@pytest.mark.parametrize("worlds", [[], [(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool), 0.0)]])
def test_no_days_no_alert_threshold(worlds):
    assert calibrate_alerts(worlds, 1.0, HOUR) is None


@given(st.lists(ALERTS, min_size=1, max_size=3), st.sampled_from([0.0, 0.1, 0.25, 1.0]))
def test_alert_threshold_and_all_above_keep_the_budget(rows, budget):
    worlds = [_alerts(*(zip(*sorted(row), strict=True) if row else ([], [], []))) for row in rows]

    def rate(threshold):
        raised = [(ms[s >= threshold], (f < threshold)[s >= threshold]) for ms, s, f, _ in worlds]
        return sum(count_false_episodes(ms, true, 5 * HOUR) for ms, true in raised) / (10 * len(worlds))

    threshold = calibrate_alerts(worlds, budget, 5 * HOUR)
    assert all(rate(level) <= budget for level in np.arange(-1, 8, 0.25) if level >= threshold)
    if threshold > LOWEST_THRESHOLD:
        assert rate(np.nextafter(threshold, -np.inf)) > budget
