"""Scores of alerts equal tables worked by hand; silence, oracle and a constant alarm score as they should."""

from fractions import Fraction
from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.scoring.alert_episodes import count_false_episodes, find_false_levels, find_true_alerts, number_episodes
from benchmarks.scoring.alert_metrics import (
    WaveTruth,
    expect_random_detections,
    find_waves_share,
    kaplan_meier_median,
    measure_alerts,
    measure_waves,
    scale_nab,
    sum_nab,
    summarise_alerts,
)

HOUR = 3_600_000
COOLDOWN = 6 * HOUR


def _hours(*hours):
    return (np.array(hours, np.float64) * HOUR).astype(np.int64)


def _truth(*waves, days=10, events=(), exposures=None):
    start, end = _hours(*(a for a, _ in waves)), _hours(*(b for _, b in waves))
    return WaveTruth(start, end, 0, days * 24 * HOUR, _hours(*events), exposures)


def _measure(truth, alert_ms, twin_ms=None, step_ms=HOUR):
    return measure_alerts(truth, alert_ms, twin_ms, cooldown_ms=COOLDOWN, step_ms=step_ms)


# Ten days, three waves, the last one missed. The twin's alert at 36 h takes 30 h and 37 h away, 43 h stays.
DELIVERED = [(_hours(24, 42, 43), [10, 20, 30]), (_hours(99, 100), [4, 12]), (_hours(200), [7])]
TRUTH = _truth(
    *((24, 48), (96, 108), (200, 204)),
    events=(50, 100),
    exposures=[(hours, np.array(counts)) for hours, counts in DELIVERED],
)
ALERTS, TWIN = _hours(20, 30, 37, 43, 100, 104, 108), _hours(36)


@pytest.mark.parametrize(
    ("hour", "is_true"),
    [(9.99, False), (10, True), (12.9, True), (13, False), (17, False), (17.01, True), (19.99, True), (20, False)],
)
def test_alert_is_true_in_a_wave_and_away_from_the_twin(hour, is_true):
    found = find_true_alerts(_hours(hour), _hours(10), _hours(20), _hours(15), 2 * HOUR)
    assert found.tolist() == [is_true]


def test_alert_is_true_while_one_of_two_overlapping_waves_lasts():
    found = find_true_alerts(_hours(3, 6, 8, 12), _hours(0, 4), _hours(10, 7), None, HOUR)
    assert found.tolist() == [True, True, True, False]


def test_without_a_twin_the_wave_decides():
    assert find_true_alerts(ALERTS, TRUTH.wave_start_ms, TRUTH.wave_end_ms, None, COOLDOWN).tolist() == [
        *(False, True, True, True),
        *(True, True, False),
    ]


@given(
    st.lists(st.integers(0, 40), max_size=12).map(sorted),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), max_size=8).map(sorted),
    st.sampled_from([-1.0, 0.0, 1.0, 2.5, 3.0, 9.0]),
)
def test_false_levels_agree_with_the_twin_at_every_threshold(hours, twin, threshold):
    alert_ms, twin_ms = _hours(*hours), _hours(*(hour for hour, _ in twin))
    scores, waves = np.array([score for _, score in twin], np.float64), (_hours(5, 30), _hours(20, 35))
    levels = find_false_levels(alert_ms, *waves, twin_ms, scores, 2 * HOUR)
    expected = find_true_alerts(alert_ms, *waves, twin_ms[scores >= threshold], 2 * HOUR)
    assert (levels < threshold).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("hours", "episodes"),
    [([], []), ([3], [0]), ([0, 5.99, 6], [0, 0, 1]), ([0, 4, 8, 14], [0, 0, 1, 2]), ([1, 1, 1], [0, 0, 0])],
)
def test_episode_lasts_a_cooldown_from_its_first_alert(hours, episodes):
    assert number_episodes(_hours(*hours), COOLDOWN).tolist() == episodes


@pytest.mark.parametrize(
    ("is_true", "n_false"),
    [([False] * 4, 2), ([True] * 4, 0), ([False, True, False, False], 1), ([False, False, False, True], 1)],
)
def test_episode_with_a_true_alert_is_no_false_alarm(is_true, n_false):
    assert count_false_episodes(_hours(0, 5, 30, 33), np.array(is_true), COOLDOWN) == n_false


@given(st.lists(st.integers(0, 50), max_size=20), st.integers(0, 50))
def test_more_false_alerts_are_never_fewer_false_alarms(hours, another):
    fewer, more = _hours(*sorted(hours)), _hours(*sorted([*hours, another]))
    counts = [count_false_episodes(moments, np.zeros(len(moments), bool), COOLDOWN) for moments in (fewer, more)]
    assert counts[0] <= counts[1] <= counts[0] + 1


def test_waves_by_hand():
    first, second, missed = measure_waves(TRUTH, _hours(43, 100, 104))
    assert (first.time_to_detect_hours, first.lead_time_hours, first.delivered_share) == (19, 7, 0.5)
    assert (second.time_to_detect_hours, second.lead_time_hours, second.delivered_share) == (4, 0, 0.25)
    assert (missed.detected, missed.time_to_detect_hours, missed.lead_time_hours) == (False, None, None)
    assert (missed.duration_hours, missed.delivered_share) == (4, 1)


@pytest.mark.parametrize(
    ("hour", "n_true"),
    [
        (10, 0),  # its step ended when the wave began
        (11, 1),  # its step holds the whole wave, which is over by then
        (12, 0),
    ],
)
def test_alert_speaks_of_its_step(hour, n_true):
    world = _measure(_truth((10.1, 10.7)), _hours(hour))
    assert (world.n_true_alerts, sum(wave.detected for wave in world.waves)) == (n_true, n_true)


def test_alert_at_the_first_moment_of_a_wave_has_not_seen_it():
    assert [_measure(_truth((10, 20)), _hours(10), step_ms=step).n_true_alerts for step in (HOUR, 0)] == [0, 1]


def test_true_alert_of_the_next_wave_does_not_find_the_last():
    first, second = measure_waves(_truth((0, 10), (10, 20)), _hours(10))
    assert (first.detected, second.detected) == (False, True)


def test_within_an_hour_exposures_come_evenly():
    truth = _truth((0, 10), exposures=[(_hours(0, 1, 2), np.array([10, 40, 50]))])
    assert measure_waves(truth, _hours(1.25))[0].delivered_share == 0.2


def test_no_exposures_no_share_and_no_event_no_lead():
    truth = _truth((0, 10), events=(1,), exposures=[(_hours(), np.zeros(0, np.int64))])
    (wave,) = measure_waves(truth, _hours(2))
    assert (wave.delivered_share, wave.lead_time_hours) == (None, None)


def test_world_by_hand():
    world = _measure(TRUTH, ALERTS, TWIN)
    # 100 h and 104 h are one episode; 20 h, 30 h and 37 h are false. 108 h has seen the last hour of its wave.
    assert (world.n_alerts, world.n_true_alerts, world.n_episodes, world.n_false_episodes) == (7, 4, 6, 3)
    assert (world.n_days, world.waves_share) == (10, pytest.approx(40 / 240))
    assert world.random_detected == pytest.approx(3 - (1 - 0.1) ** 7 - (1 - 0.05) ** 7 - (1 - 1 / 60) ** 7)


def test_summary_by_hand():
    summary = summarise_alerts([_measure(TRUTH, ALERTS, TWIN), _measure(_truth(days=30), _hours(1))])
    assert (summary.n_waves, summary.detection_rate) == (3, 2 / 3)
    # At 4 h one of three is found and one censored, at 19 h the last one is found.
    assert (summary.median_time_to_detect_hours, summary.median_lead_time_hours) == (19, 3.5)
    assert summary.mean_delivered_share == pytest.approx((0.5 + 0.25 + 1) / 3)
    assert (summary.false_alarms_per_day, summary.waves_share) == (4 / 40, pytest.approx(40 / 960))


# Freireich et al. 1963, doi 10.1182/blood.V21.6.699.699: weeks in remission, 6-MP and placebo; medians 23 and 8.
TREATED = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


@pytest.mark.parametrize(
    ("times", "median"),
    [(TREATED, 23), (PLACEBO, 8), ([1, 2, -9, -9], 2), ([1, -9, -9], None), ([-1, -2], None), ([-1, 5], 5), ([], None)],
)
def test_median_of_the_kaplan_meier_curve(times, median):
    assert kaplan_meier_median([abs(time) for time in times], [time > 0 for time in times]) == median


def _find_median_slowly(hours, is_observed):
    surviving = Fraction(1)
    for time in sorted({hour for hour, seen in zip(hours, is_observed, strict=True) if seen}):
        at_risk = sum(hour >= time for hour in hours)
        found = sum(seen and hour == time for hour, seen in zip(hours, is_observed, strict=True))
        surviving *= Fraction(at_risk - found, at_risk)
        if surviving <= Fraction(1, 2):
            return float(time)
    return None


@given(st.lists(st.tuples(st.integers(1, 12), st.booleans()), max_size=40))
def test_median_equals_that_of_fractions(waves):
    """Few distinct times, so that the curve often touches one half exactly."""
    hours, is_observed = [time / 4 for time, _ in waves], [seen for _, seen in waves]
    assert kaplan_meier_median(hours, is_observed) == _find_median_slowly(hours, is_observed)


@pytest.mark.parametrize(
    ("waves", "share"),
    [([], 0), ([(0, 120)], 0.5), ([(0, 48), (24, 72), (30, 36)], 0.3), ([(-24, 24), (228, 999)], 36 / 240)],
)
def test_waves_share_counts_overlaps_once_and_the_run_only(waves, share):
    assert find_waves_share(_truth(*waves)) == pytest.approx(share)


def test_random_detections_by_hand():
    truth = _truth((0, 6), (12, 18), days=1)
    assert [expect_random_detections(truth, n) for n in (0, 1, 2)] == [0, 0.5, 2 * (1 - 0.75**2)]


def test_random_detections_are_those_of_random_alerts():
    truth = _truth((10, 20), (100, 148))
    moments = np.sort(np.random.default_rng(2).integers(0, truth.run_end_ms, (4000, 7)))
    found = [sum(wave.detected for wave in measure_waves(truth, row)) for row in moments]
    # At most 2 waves, so that the standard error is below 1 / sqrt(4000).
    assert np.mean(found) == pytest.approx(expect_random_detections(truth, 7), abs=4 / 4000**0.5)


def _sigmoid(y):
    return 2 / (1 + exp(5 * y)) - 1


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ([], -1),
        ([10], 1),
        ([10, 11, 19], 1),
        ([15], _sigmoid(-0.5) / _sigmoid(-1)),
        ([19], _sigmoid(-0.1) / _sigmoid(-1)),
        ([9, 10], 1 - 0.11),
        ([20, 10], 1 + 0.11 * _sigmoid(1 / 9)),
        ([46, 47, 10], 1 + 0.11 * _sigmoid(3) - 0.11),
        ([10, 5, 5], 1 - 0.11),
    ],
)
def test_nab_by_hand(hours, expected):
    assert sum_nab(_hours(*sorted(hours)), _hours(10), _hours(20), HOUR) == pytest.approx(expected)


@given(st.sets(st.integers(0, 60)), st.sampled_from([[(5, 9)], [(3, 10), (20, 21)], [(0, 30), (40, 45)]]))
def test_nab_equals_its_formula_in_rows(rows, windows):
    alert_ms = _hours(*sorted(rows))
    start, end = _hours(*(left for left, _ in windows)), _hours(*(right + 1 for _, right in windows))
    assert sum_nab(alert_ms, start, end, HOUR) == pytest.approx(_sum_nab_in_rows(rows, windows))


def _sum_nab_in_rows(rows, windows):
    """Return the sum as the paper has it: windows are rows left to right, both in."""
    total = 0.0
    for left, right in windows:
        inside = [-(right - row + 1) / (right - left + 1) for row in rows if left <= row <= right]
        total += _sigmoid(min(inside)) / _sigmoid(-1) if inside else -1
    for row in rows:
        if any(left <= row <= right for left, right in windows):
            continue
        before = [(left, right) for left, right in windows if right < row]
        y = (row - before[-1][1]) / (before[-1][1] - before[-1][0]) if before else 99
        total += 0.11 * (_sigmoid(y) if y <= 3 else -1)
    return total


@pytest.mark.parametrize(
    ("total", "n_waves", "score"), [(-4, 4, 0), (4, 4, 100), (0, 4, 50), (-6, 4, -25), (-1, 0, None)]
)
def test_nab_scale(total, n_waves, score):
    assert scale_nab(total, n_waves) == score


def test_oracle_is_perfect():
    summary = summarise_alerts([_measure(TRUTH, TRUTH.wave_start_ms, _hours(), step_ms=0)])
    assert (summary.detection_rate, summary.median_time_to_detect_hours, summary.nab) == (1, 0, 100)
    assert (summary.false_alarms_per_day, summary.mean_delivered_share) == (0, 0)


def test_silence_finds_nothing():
    summary = summarise_alerts([_measure(TRUTH, _hours(), _hours())])
    assert (summary.detection_rate, summary.random_detection_rate, summary.nab) == (0, 0, 0)
    assert (summary.false_alarms_per_day, summary.median_time_to_detect_hours) == (0, None)


def test_constant_alarm_finds_nothing_beside_its_twin():
    always = _hours(*range(240))
    summary = summarise_alerts([_measure(TRUTH, always, always)])
    assert (summary.detection_rate, summary.false_alarms_per_day) == (0, 4)


def test_constant_alarm_is_a_false_alarm_every_cooldown():
    summary = summarise_alerts([_measure(TRUTH, _hours(*range(240)))])
    # The waves of 24, 12 and 4 h, and the hour after each, make 5 + 3 + 2 of the 40 episodes true.
    assert (summary.detection_rate, summary.false_alarms_per_day) == (1, 3)


def test_world_without_waves_has_false_alarms_only():
    summary = summarise_alerts([_measure(_truth(), _hours(1, 2, 50))])
    assert (summary.n_waves, summary.false_alarms_per_day, summary.waves_share) == (0, 0.2, 0)
    assert (summary.detection_rate, summary.random_detection_rate, summary.nab) == (None, None, None)


def test_no_worlds_nothing_is_defined():
    summary = summarise_alerts([])
    assert (summary.n_waves, summary.false_alarms_per_day, summary.waves_share) == (0, None, None)
