"""Pushes are scored by the true alerts of their waves, one by one, and counted in every group that they belong to."""

import numpy as np

from benchmarks.alerting.push_figures import describe_pushes, summarise_pushes
from benchmarks.alerting.pushes import Pushes
from benchmarks.alerting.rule_scores import Settings, choose_scored, score_rule
from benchmarks.scoring.alert_metrics import WaveTruth

HOUR = 3_600_000
NONE = np.zeros(0, np.int64)
# One wave of two pushes that overlap, hours 20 to 30 and 28 to 40, and a wave of one push, hours 80 to 90.
WAVES = WaveTruth(
    wave_start_ms=np.array([20, 80]) * HOUR,
    wave_end_ms=np.array([40, 90]) * HOUR,
    run_start_ms=0,
    run_end_ms=100 * HOUR,
    event_ms=NONE,
)
PUSHES = Pushes(
    names=("agency.first", "agency.second", "agency.third"),
    start_ms=np.array([20, 28, 80]) * HOUR,
    end_ms=np.array([30, 40, 90]) * HOUR,
    groups={
        "tactic": (("misinformation",), ("misinformation",), ("community_division",)),
        "evasion": (("L0",), ("L0", "L3"), ("L3",)),
        "squad": (("agency.day",), ("agency.day", "agency.night"), ("agency.night",)),
    },
)
AT_ONCE = Settings(warm_up_days=0, delay_minutes=0)


def _score(*hours, twin=(), settings=AT_ONCE):
    truth = choose_scored(WAVES, (NONE, NONE), settings, PUSHES)
    alerts, twins = (np.array(each, np.int64) * HOUR for each in (hours, twin))
    return truth, score_rule(truth, alerts, twins, settings).pushes


def test_alert_finds_every_push_that_it_lies_in():
    _, score = _score(29)
    assert [push.time_to_detect_hours for push in score.outcomes] == [9, 1, None]


def test_push_of_a_found_wave_may_be_missed():
    _, score = _score(24)
    assert [push.detected for push in score.outcomes] == [True, False, False]


def test_alert_that_the_twin_raises_too_finds_no_push():
    _, score = _score(29, 85, twin=(84,))
    assert [push.detected for push in score.outcomes] == [True, True, False]


def test_people_hear_of_a_push_a_delay_later():
    _, score = _score(29, settings=Settings(warm_up_days=0, delay_minutes=30))
    assert score.outcomes[1].time_to_detect_hours == 1.5


def test_pushes_are_cut_at_the_warm_up_as_waves_are():
    truth, _ = _score(settings=Settings(warm_up_days=31 / 24, delay_minutes=0))
    assert truth.pushes.names == ("agency.second", "agency.third")
    assert (truth.pushes.start_ms // HOUR).tolist() == [31, 80]
    assert truth.pushes.groups["evasion"] == (("L0", "L3"), ("L3",))


def test_push_counts_in_each_of_its_groups():
    truth, score = _score(29)
    found = summarise_pushes([truth.pushes], [score])
    counts = {name: (group["n"], group["n_detected"]) for name, group in found["by_evasion"].items()}
    assert counts == {"L0": (2, 2), "L3": (2, 1)}
    assert (found["n"], found["n_detected"], found["time_to_detect_hours"]) == (3, 2, 9)
    assert found["by_tactic"]["community_division"]["n_detected"] == 0


def test_chance_is_that_of_the_same_alerts_at_a_random_time():
    # One alert, of 5 minutes, in 100 hours: it meets a push of 10 hours in 120 of 1,200 steps, one of 12 in 144.
    truth, score = _score(50)
    assert np.round(score.by_chance, 6).tolist() == [0.1, 0.12, 0.1]
    assert summarise_pushes([truth.pushes], [score])["random_detected"] == 0.32


def test_pushes_are_described_by_what_they_were():
    first = describe_pushes(PUSHES)[1]
    assert (first["name"], first["tactic"], first["evasion"]) == ("agency.second", "misinformation", ["L0", "L3"])
