"""How rules are scored, worked by hand: waves, delay, warm-up, twin, crises, episodes, alerts at a random time."""

import numpy as np
import pytest

from benchmarks.alerting.crises import list_crises
from benchmarks.alerting.rule_intervals import N_RESAMPLES, bound_figures
from benchmarks.alerting.rule_scores import (
    Settings,
    choose_scored,
    expect_shifted_detections,
    find_episodes,
    pool,
    score_rule,
)
from benchmarks.scoring.alert_metrics import WaveTruth, summarise_alerts
from benchmarks.verdict.statistics import draw_places
from simulator.random_streams import name_key
from tests.worlds import plain, scenario_from

HOUR = 3_600_000
NONE = np.zeros(0, np.int64)
NO_CRISIS = (NONE, NONE)
# Ten days; waves at hours 24 to 48, 100 to 110 and 190 to 200; an event at hour 120; 40 exposures in four hours.
TRUTH = WaveTruth(
    wave_start_ms=np.array([24, 100, 190]) * HOUR,
    wave_end_ms=np.array([48, 110, 200]) * HOUR,
    run_start_ms=0,
    run_end_ms=240 * HOUR,
    event_ms=np.array([120]) * HOUR,
    exposures=[(np.arange(start, start + 4) * HOUR, np.full(4, 10)) for start in (24, 100, 190)],
)
AT_ONCE = Settings(warm_up_days=0, delay_minutes=0)


def _hours(*hours):
    return np.array([round(hour * HOUR) for hour in hours], np.int64)


def _score(alerts, twin=None, settings=AT_ONCE, crises=NO_CRISIS):
    return score_rule(choose_scored(TRUTH, crises, settings), _hours(*alerts), twin, settings)


def test_wave_is_found_by_its_first_alert():
    waves = _score([10, 102, 105, 300]).alerts.waves
    assert [wave.detected for wave in waves] == [False, True, False]
    assert (waves[1].time_to_detect_hours, waves[1].lead_time_hours, waves[1].delivered_share) == (2, 18, 0.5)


def test_delay_costs_time_lead_and_exposures():
    wave = _score([102], settings=Settings(warm_up_days=0, delay_minutes=30)).alerts.waves[1]
    assert (wave.time_to_detect_hours, wave.lead_time_hours, wave.delivered_share) == (2.5, 17.5, 0.625)


def test_delay_makes_no_alert_of_before_a_wave_true():
    assert not _score([100], settings=Settings(warm_up_days=0, delay_minutes=30)).alerts.waves[1].detected


def test_alert_at_the_end_of_a_step_speaks_of_that_step():
    is_found = [_score([hour]).alerts.waves[1].detected for hour in (100, 100 + 1 / 12, 110, 110 + 1 / 12)]
    assert is_found == [False, True, True, False]


@pytest.mark.parametrize(
    ("twin", "n_true", "n_false", "n_twin"),
    [(None, 1, 0, None), ([], 1, 0, 0), ([96], 0, 1, 1), ([108], 0, 1, 1), ([95.9], 1, 0, 1), ([108.1, 230], 1, 0, 2)],
)
def test_alert_is_true_unless_the_twin_fires_within_the_cooldown(twin, n_true, n_false, n_twin):
    score = _score([102], None if twin is None else _hours(*twin))
    figures = pool([score])
    assert (figures["n_true_episodes"], figures["n_false_episodes"], score.n_twin_episodes) == (n_true, n_false, n_twin)


def test_without_a_twin_no_rate_of_twins_is_claimed():
    assert pool([_score([102]), _score([102], NONE)])["twin_alarms_per_day"] is None


def test_warm_up_is_not_scored():
    score = _score([10, 30, 60], settings=Settings(warm_up_days=2, delay_minutes=0))
    assert (len(score.alerts.waves), score.alerts.n_alerts, score.alerts.n_days) == (2, 1, 8)


def test_wave_under_way_after_the_warm_up_begins_then():
    settings = Settings(warm_up_days=1.5, delay_minutes=0)
    truth = choose_scored(TRUTH, NO_CRISIS, settings)
    assert truth.is_under_way.tolist() == [True, False, False]
    assert score_rule(truth, _hours(30, 40), None, settings).alerts.waves[0].time_to_detect_hours == 4


def test_episodes_are_true_of_a_crisis_or_false():
    # Episodes begin at hours 0, 10, 20 and 30; the second is true as one of its alerts is, the third of a crisis.
    moments = _hours(0, 10, 11, 20, 25, 30)
    is_true = np.array([False, False, True, False, False, False])
    found = find_episodes(moments, is_true, (_hours(10, 24), _hours(12, 28)), 6 * HOUR)
    assert [len(begins) for begins in (found.true_ms, found.crisis_ms, found.false_ms)] == [1, 1, 2]


def test_crisis_is_neither_true_nor_false():
    figures = pool([_score([60, 102, 150], crises=(_hours(55), _hours(70)))])
    counts = [figures[f"n_{kind}_episodes"] for kind in ("true", "crisis", "false")]
    assert counts == [1, 1, 1]
    assert figures["precision"] == 0.5


def test_minutes_are_of_every_step_that_fires():
    steps = _hours(*(150 + step / 12 for step in range(24)))
    figures = pool([score_rule(choose_scored(TRUTH, NO_CRISIS, AT_ONCE), steps, None, AT_ONCE)])
    assert figures["alert_minutes_per_day"] == 12
    assert figures["n_false_episodes"] == 1


def test_shifted_alerts_find_as_moving_them_by_every_step_does():
    alerts, step = _hours(3, 3.5, 50, 120), 5 * 60_000
    found = []
    for shift in range(0, TRUTH.run_end_ms, step):
        moved = (alerts + shift) % TRUTH.run_end_ms
        spans = zip(TRUTH.wave_start_ms, TRUTH.wave_end_ms, strict=True)
        found.append(sum(bool(((moved > start) & (moved - step < end)).any()) for start, end in spans))
    assert expect_shifted_detections(TRUTH, alerts) == pytest.approx(np.mean(found), abs=1e-9)


def test_silence_finds_nothing_by_chance():
    assert expect_shifted_detections(TRUTH, NONE) == 0
    assert pool([_score([])])["random_time_to_detect_hours"] is None


def test_alarm_that_never_stops_finds_every_wave_at_once_at_any_time():
    score = _score(np.arange(1, 240 * 12 + 1) / 12)
    assert expect_shifted_detections(TRUTH, _hours(*np.arange(1, 240 * 12 + 1) / 12)) == pytest.approx(3)
    assert pool([score])["random_time_to_detect_hours"] == pytest.approx(1 / 12)


def test_random_times_shift_the_alerts_evenly():
    # Alerts every 24 hours: a wave of ten hours holds one at 10 of 24 distances, one of 24 hours always.
    score = _score(np.arange(12, 240, 24))
    assert score.alerts.random_detected == pytest.approx(1 + 2 * 10 / 24, abs=0.02)
    found = np.array([wave.detected for wave in score.shifted]).reshape(-1, 3).mean(axis=0)
    assert found == pytest.approx([1, 10 / 24, 10 / 24], abs=0.05)


def test_few_worlds_have_no_interval():
    assert bound_figures([_score([102])] * 4) is None


def test_bounds_are_figures_of_the_summary_of_drawn_worlds():
    scores = [_score(alerts) for alerts in ([26], [26, 60, 102], [], [5, 7, 20], [30, 191, 230.5], [195])]
    drawn = [
        summarise_alerts([scores[place].alerts for place in row])
        for row in draw_places(name_key("alerts"), len(scores))[:N_RESAMPLES].tolist()
    ]
    low, high = round(0.025 * (N_RESAMPLES - 1)), round(0.975 * (N_RESAMPLES - 1))
    rates = sorted(summary.detection_rate for summary in drawn)
    false = sorted(summary.false_alarms_per_day for summary in drawn)
    hours = sorted(summary.median_time_to_detect_hours or np.inf for summary in drawn)
    assert hours[low] < hours[high] == np.inf
    assert bound_figures(scores) == {
        "detection_rate": (round(rates[low], 6), round(rates[high], 6)),
        "time_to_detect_hours": (round(hours[low], 6), None),
        "false_alarms_per_day": (round(false[low], 6), round(false[high], 6)),
    }


def test_worlds_that_are_alike_have_an_interval_of_no_width():
    found = bound_figures([_score([26, 60, 102])] * 5)
    assert found == {
        "detection_rate": (pytest.approx(2 / 3, abs=1e-6),) * 2,
        "time_to_detect_hours": (2, 2),
        "false_alarms_per_day": (0.1, 0.1),
    }


def test_interval_spans_worlds_that_differ():
    found = bound_figures([_score([26, 102, 191]) for _ in range(3)] + [_score([60]) for _ in range(3)])
    low, high = found["detection_rate"]
    assert 0 <= low < 0.5 < high <= 1
    assert found["time_to_detect_hours"][1] is None


def test_crises_are_recalls_and_petitions():
    events = {
        "recall": {"kind": "recall", "time": "T-3d", "announced": False, "half_life_hours": 2},
        "launch": {"kind": "launch", "time": "T"},
    }
    window = {"share": 0.5, "start": "T-2d", "end": "T-1d"}
    rallies = {
        "letter": {"segment": "casual", "theme": "petition", **window},
        "draw": {"segment": "casual", "theme": "giveaway", **window},
    }
    scenario = scenario_from(plain(events=events, rallies=rallies))
    launch = scenario.launch_ms
    start, end = list_crises(scenario)
    assert ((start - launch) // HOUR).tolist() == [-72, -48]
    assert ((end - launch) // HOUR).tolist() == [-60, -24]
