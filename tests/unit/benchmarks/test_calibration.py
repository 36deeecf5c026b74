"""Thresholds from answers on validation worlds: which answers count, and as what."""

import numpy as np
import pytest

from benchmarks.blind.answers import Answer
from benchmarks.scoring.alert_metrics import WaveTruth
from benchmarks.scoring.calibration import calibrate_alarm, calibrate_ranking
from benchmarks.scoring.labels import AccountLabels

HOUR = 3_600_000
DAY = 24 * HOUR
QUIET = np.zeros(0, np.int64)


def world(scores, positives=(), silent=(), **rest):
    n = len(scores)
    ids = np.arange(n)
    none = np.full(n, -1)
    labels = AccountLabels(ids, np.isin(ids, positives), np.isin(ids, silent), np.full(n, None), none, none, none, {})
    return Answer("m", "account", ids=ids, scores=np.array(scores, float), has_scores=True, **rest), labels


def test_budget_is_kept_by_the_float_above_the_first_negative_too_many():
    assert calibrate_ranking([world([5, 4, 3, 2], positives=[0])], 10_000 / 3) == np.nextafter(3.0, 9)


def test_silent_accounts_are_no_negatives():
    assert calibrate_ranking([world([5, 4, 3, 2], positives=[0], silent=[1])], 0) == np.nextafter(3.0, 9)


def test_worlds_weigh_equally():
    worlds = [world([1.0]), world([2.0, 0.0])]
    assert calibrate_ranking(worlds, 2500) == np.nextafter(1.0, 9)
    assert calibrate_ranking(worlds, 2400) == np.nextafter(2.0, 9)


def test_scores_within_a_world_are_calibrated_as_quantiles():
    assert calibrate_ranking([world([50, 40, 30, 20], within_world=True)], 2500) == np.nextafter(5 / 8, 9)


@pytest.mark.parametrize(
    "worlds",
    [
        [],
        [world([1.0]), (Answer("m", "account", "crashed", "lost"), world([1.0])[1])],
        [(Answer("m", "group", ids=np.arange(1), groups=np.zeros(1, int), has_groups=True), world([1.0])[1])],
    ],
    ids=["no world", "one failed", "no scores"],
)
def test_without_scores_of_every_world_there_is_no_threshold(worlds):
    assert calibrate_ranking(worlds, 10) is None


def alerts(*pairs):
    hours, scores = zip(*pairs, strict=True) if pairs else ((), ())
    return Answer("a", "alert", ids=np.array(hours, np.int64) * HOUR, scores=np.array(scores, float), has_scores=True)


def truth(start=QUIET, end=QUIET, days=2):
    return WaveTruth(np.array(start) * HOUR, np.array(end) * HOUR, 0, days * DAY, QUIET)


def test_false_alarms_of_a_quiet_world_set_the_threshold():
    answer = alerts((1, 3.0), (20, 2.0), (40, 1.0))
    assert calibrate_alarm([(answer, None, truth())], 1.0, 6 * HOUR) == np.nextafter(1.0, 9)
    assert calibrate_alarm([(answer, None, truth())], 0.5, 6 * HOUR) == np.nextafter(2.0, 9)


def test_alert_in_a_wave_is_not_false_unless_the_twin_raises_it_too():
    answer, wave = alerts((1, 3.0), (20, 2.0)), truth([18], [24])
    assert calibrate_alarm([(answer, None, wave)], 0.5, 6 * HOUR) < 2
    assert calibrate_alarm([(answer, alerts((21, 2.5)), wave)], 0.5, 6 * HOUR) == np.nextafter(2.0, 9)


def test_twin_that_failed_is_no_twin():
    answer, wave = alerts((1, 3.0), (20, 2.0)), truth([18], [24])
    failed = Answer("a", "alert", "crashed", "lost")
    assert calibrate_alarm([(answer, failed, wave)], 0.5, 6 * HOUR) == calibrate_alarm(
        [(answer, None, wave)], 0.5, 6 * HOUR
    )


@pytest.mark.parametrize("worlds", [[], [(Answer("a", "alert", "out of time", "lost"), None, truth())]])
def test_without_answers_there_is_no_threshold_of_alerts(worlds):
    assert calibrate_alarm(worlds, 1.0, 6 * HOUR) is None
