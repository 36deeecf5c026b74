"""From answers to figures, on six accounts by hand: 21 and 22 are positives, 14 an organic group of its own."""

import numpy as np
import pytest

from benchmarks.blind.answers import Answer
from benchmarks.scoring.labels import label_accounts, label_posts, label_waves
from benchmarks.scoring.measure import (
    Threshold,
    choose_threshold,
    describe_alarms,
    keep_alerts,
    make_oracle,
    measure_alarms,
    measure_grouping,
    measure_ranking,
    scores_for,
)
from simulator.dataset import open_dataset
from tests.tiny_dataset import DAY, END, HOUR, START, write_tiny


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("measure") / "tiny"))


@pytest.fixture(scope="module")
def labels(tiny):
    return label_accounts(tiny, END, {"agency.night": "L2"})


def answer(*scores, groups=(), **rest):
    ids = np.array([11, 12, 13, 14, 21, 22])
    return Answer("mine", "account", ids=ids, scores=np.array(scores, float), groups=np.array(groups, np.int64),
                  has_scores=True, **rest)  # fmt: skip


RANKED = answer(0.4, 0.9, 0.2, 0.1, 0.8, 0.3)  # 12 first, 21 second, 11 third, 22 fourth


def test_ranking_by_hand(labels):
    found = measure_ranking(RANKED, labels, None)
    assert (found["positives"], found["negatives"], found["prevalence"]) == (2, 4, round(1 / 3, 6))
    assert found["average_precision"] == 0.5  # 1/2 of 1/2 and 1/2 of 2/4
    assert found["roc_auc"] == round(5 / 8, 6)  # 21 beats three of four, 22 two
    assert found["tpr_at_1_percent_fpr"] == 0
    assert (found["precision_at_100"], found["precision_at_n"]) == (round(1 / 3, 6), 0.5)
    assert (found["threshold"], found["accused"], found["false_positives_by_segment"]) == (None, None, None)


def test_verdict_by_hand(labels):
    found = measure_ranking(RANKED, labels, Threshold(0.3, "calibration"))
    assert (found["threshold"], found["threshold_from"], found["accused"]) == (0.3, "calibration", 4)
    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 1.0, round(2 / 3, 6))
    assert found["mcc"] == 0.5  # (2*2 - 2*0) / sqrt(4*2*4*2)
    assert found["false_positives_per_10000"] == 5000
    assert found["precision_at_0_1_percent_prevalence"] == round(0.001 / (0.001 + 0.5 * 0.999), 6)
    assert found["false_positives_by_segment"] == {"brand": [0, 1], "casual": [1, 2], "critic": [1, 1]}


def test_each_group_ranks_among_the_negatives_alone(labels):
    by = measure_ranking(RANKED, labels, Threshold(0.5, "detector"))["by"]
    assert by["role"]["seeder"]["average_precision"] == 0.5
    assert by["role"]["amplifier"]["average_precision"] == round(1 / 3, 6)
    assert by["stock"]["bulk_created"] == by["role"]["seeder"]
    assert by["squad"]["agency.night"] == by["evasion"]["L2"] == by["tactic"]["misinformation"]
    assert by["squad"]["agency.night"] == {
        "positives": 2,
        "prevalence": round(1 / 3, 6),
        "average_precision": 0.5,
        "precision": 0.5,
        "recall": 0.5,
        "precision_at_n": 0.5,
    }


def test_silent_accounts_do_not_count(tiny):
    found = measure_ranking(RANKED, label_accounts(tiny, START + DAY + 1), Threshold(0.3, "detector"))
    assert (found["positives"], found["negatives"], found["accused"]) == (1, 4, 3)


def test_world_without_positives_has_figures_of_accusations_only(tiny):
    found = measure_ranking(RANKED, label_accounts(tiny, START), Threshold(0.3, "detector"))
    assert found["positives"] == 0
    assert {found[name] for name in ("average_precision", "roc_auc", "tpr_at_1_percent_fpr", "recall")} == {None}
    assert (found["negatives"], found["accused"]) == (6, 4)
    assert found["by"]["role"] == {}


def test_unscored_accounts_are_counted_and_last(labels):
    found = measure_ranking(answer(*[-np.inf] * 4, 1.0, -np.inf), labels, None)
    assert found["unscored"] == 5
    assert found["average_precision"] == round((1 + 2 / 6) / 2, 6)


@pytest.mark.parametrize(
    ("scores", "claims", "score"),
    [
        ((0, 0, 0, 0, 1, 1), True, 0.0),
        ((0.5,) * 6, True, 0.25),
        ((0, 0, 0, 0, 1, 1), False, None),
        ((0, 0, 0, 0, 1, 1.5), True, None),
        ((0, 0, 0, -np.inf, 1, 1), True, None),
    ],
)
def test_only_what_claims_to_be_a_probability_and_may_be_one_is_measured_as_such(labels, scores, claims, score):
    assert measure_ranking(answer(*scores, is_probability=claims), labels, None)["brier"] == score


def test_posts_by_hand(tiny):
    labels = label_posts(tiny, END)
    scores = np.where(labels.ids == 102, 1.0, 0.0)
    found = measure_ranking(Answer("m", "post", ids=labels.ids, scores=scores, has_scores=True), labels, None)
    assert (found["positives"], found["negatives"]) == (2, 6)
    assert found["average_precision"] == round((1 + 2 / 8) / 2, 6)


@pytest.mark.parametrize(
    ("calibrated", "own", "chosen"),
    [
        (0.7, 0.5, Threshold(0.7, "calibration")),
        (None, 0.5, Threshold(0.5, "detector")),
        (None, None, None),
    ],
)
def test_calibrated_threshold_comes_before_the_detectors_own(calibrated, own, chosen):
    assert choose_threshold(answer(*[0] * 6, threshold=own), calibrated) == chosen


def test_calibrated_thresholds_of_scores_within_a_world_are_quantiles():
    within = answer(1, 2, 3, 4, 5, 6, within_world=True)
    assert scores_for(within, Threshold(0.9, "calibration")).tolist() == [n / 12 for n in (1, 3, 5, 7, 9, 11)]
    assert scores_for(within, Threshold(0.9, "detector")).tolist() == [1, 2, 3, 4, 5, 6]
    assert scores_for(within, None).tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("groups", "score", "precision", "share", "organic"),
    [
        ((-1, -1, -1, -1, 0, 0), 1.0, 1.0, 1.0, 0),
        ((-1, -1, -1, 0, 0, -1), None, None, None, 1),
        ((-1,) * 6, 0.0, None, 0.0, 0),
        ((), 0.0, None, 0.0, 0),
        ((0, 0, 1, 1, -1, -1), 0.0, 0.0, 0.0, 1),
    ],
)
def test_groups_by_hand(labels, groups, score, precision, share, organic):
    found = measure_grouping(answer(*[0] * 6, groups=groups), labels)
    assert found["positives"] == 2
    assert found["organic_groups"] == organic
    if score is not None:
        assert (found["group_score"], found["grouped_recall"]) == (score, share)
        assert found["weighted_precision"] in (precision, None)
    assert found["group_score"] == found["group_score_by_operator"]


def alarms(*hours, scores=None):
    ids = np.array([START + round(hour * HOUR) for hour in hours], np.int64)
    return Answer("a", "alert", ids=ids, scores=np.array(scores or [1.0] * len(hours)), has_scores=True,
                  step_minutes=60)  # fmt: skip


def test_alerts_by_hand(tiny):
    """The wave is the second day; the launch comes a day after it; all four exposures are in its first hour."""
    truth = label_waves(tiny, END)
    found = describe_alarms([measure_alarms(alarms(2, 30), None, truth, 0.5, 6 * HOUR)])
    assert (found["n_waves"], found["n_alerts"], found["detection_rate"]) == (1, 2, 1.0)
    assert (found["time_to_detect_hours"], found["lead_time_hours"]) == (6.0, 42.0)
    assert found["exposure_share_at_detection"] == 1.0
    assert found["false_alarms_per_day"] == 0.2
    assert found["wave_share"] == 0.2


def test_alert_that_the_twin_raises_too_is_false(tiny):
    truth = label_waves(tiny, END)
    found = describe_alarms([measure_alarms(alarms(30), alarms(32), truth, 0.5, 6 * HOUR)])
    assert (found["detection_rate"], found["false_alarms_per_day"]) == (0.0, 0.2)


def test_only_alerts_of_the_run_that_reach_the_threshold_count(tiny):
    truth = label_waves(tiny, END)
    given = alarms(-1, 5, 6, 121, scores=[9.0, 0.5, 0.4, 9.0])
    assert keep_alerts(given, 0.5, truth).tolist() == [START + 5 * HOUR]


def test_oracle_is_perfect_on_every_track(tiny, labels):
    posts, waves = label_posts(tiny, END), label_waves(tiny, END)
    accounts = make_oracle("account", labels)
    found = measure_ranking(accounts, labels, choose_threshold(accounts, None))
    assert {found[name] for name in ("average_precision", "roc_auc", "precision", "recall", "f1", "mcc")} == {1}
    assert found["brier"] == 0
    assert measure_grouping(accounts, labels)["group_score"] == 1
    assert measure_ranking(make_oracle("post", posts), posts, None)["average_precision"] == 1
    alerts = describe_alarms([measure_alarms(make_oracle("alert", waves), None, waves, 1.0, 6 * HOUR)])
    assert (alerts["detection_rate"], alerts["time_to_detect_hours"], alerts["false_alarms_per_day"]) == (1, 0, 0)
