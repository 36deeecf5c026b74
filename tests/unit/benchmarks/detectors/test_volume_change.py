"""CUSUM and Page-Hinkley over brand talk: worked by hand, silent at first, causal."""

import numpy as np
import pytest
from river.drift import PageHinkley as RiverPageHinkley

from benchmarks.detectors.volume_change import N_RUNGS, RUNGS, Cusum, PageHinkley, RiseTests, accumulate
from tests.unit.benchmarks.detectors.observed_stream import CONTEXT, make_batch, moment, talk

DETECTORS = [Cusum, PageHinkley]


def run(detector, batches):
    """Return (step, score, reason) of every alert."""
    detector.start(CONTEXT)
    steps = enumerate(batches, 1)
    return [(step, a.score, a.reason) for step, batch in steps for a in detector.update(batch, moment(step))]


def burst(n_steps=100, first=60, text="The Auralis drives by"):
    return [talk(step, 40 if step >= first else 4, text) for step in range(1, n_steps + 1)]


def test_sums_equal_the_hand_worked():
    sums = np.zeros((1, N_RUNGS))
    top = []
    for z in (1.0, -2.0, 0.9, 1.2, 0.5):
        sums, scores = accumulate(sums, np.array([z]), 0.5)
        top.append((round(float(sums[0, -1]), 9), float(scores[0])))
    # S = max(0, S + z - 0.5): 0.5, 0 (not -2), 0.4, 1.1, 1.1; no rung is as low.
    assert top == [(0.5, 0.0), (0.0, 0.0), (0.4, 0.0), (1.1, 0.0), (1.1, 0.0)]


def test_score_is_the_sum_at_the_highest_rung_and_only_alarmed_rungs_restart():
    sums, scores = accumulate(np.full((1, N_RUNGS), 1.0), np.array([2.0]), 0.5)
    assert scores.tolist() == [2.5]
    assert (sums[0] == np.where(RUNGS <= 2.5, 0.0, 2.5)).all()


def test_signals_are_summed_apart():
    sums, scores = accumulate(np.zeros((3, N_RUNGS)), np.array([0.0, 9.0, 0.6]), 0.5)
    assert scores.tolist() == [0.0, 8.5, 0.0]
    np.testing.assert_allclose(sums[:, -1], [0.0, 8.5, 0.1])


@pytest.mark.parametrize("detector", DETECTORS)
def test_burst_of_brand_talk_is_alarmed_at_once(detector):
    alerts = run(detector(warm_up_days=1), burst())
    assert alerts[0][0] in (60, 61)
    assert alerts[0][2].startswith("brand volume: 40 posts on the brand")


@pytest.mark.parametrize("detector", DETECTORS)
def test_turn_of_tone_at_equal_volume_is_alarmed(detector):
    batches = [
        talk(step, 20, "The Auralis is terrible" if step >= 60 else "The Auralis is here") for step in range(1, 90)
    ]
    alerts = run(detector(warm_up_days=1), batches)
    assert alerts[0][0] in (60, 61)
    assert alerts[0][2].startswith("negative share")


@pytest.mark.parametrize("detector", DETECTORS)
def test_new_accounts_at_equal_volume_are_alarmed(detector):
    batches = [talk(step, 20) for step in range(1, 59)]
    batches.append(make_batch(accounts=[(5000 + n, 0) for n in range(20)]))
    for step in range(60, 90):
        posts = [(step * 1000 + n, 5000 + n, step * 1000 + n, "Auralis") for n in range(20)]
        batches.append(make_batch(posts=posts))
    reasons = [reason for step, _, reason in run(detector(warm_up_days=1), batches) if step >= 60]
    assert any(reason.startswith("new-author share") for reason in reasons)


@pytest.mark.parametrize("detector", DETECTORS)
def test_daily_rhythm_is_no_alarm(detector):
    batches = [talk(step, 30 if step % 24 < 8 else 2) for step in range(1, 24 * 6)]
    assert run(detector(warm_up_days=2), batches) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_warm_up_is_silent(detector):
    assert run(detector(warm_up_days=5), burst()) == []
    assert run(detector(warm_up_days=1), burst()) != []


@pytest.mark.parametrize("detector", DETECTORS)
def test_prefix_gives_the_same_alerts(detector):
    batches = burst()
    whole = run(detector(warm_up_days=1), batches)
    for n in (59, 62):
        assert run(detector(warm_up_days=1), batches[:n]) == [alert for alert in whole if alert[0] <= n]


@pytest.mark.parametrize("detector", DETECTORS)
def test_start_begins_anew(detector):
    one = detector(warm_up_days=1)
    assert run(one, burst()) == run(one, burst())


@pytest.mark.parametrize("detector", DETECTORS)
def test_silence_is_no_alarm(detector):
    assert run(detector(warm_up_days=0), [make_batch() for _ in range(60)]) == []


@pytest.mark.parametrize("detector", DETECTORS)
def test_longer_steps_are_alarmed_too(detector):
    one = detector(warm_up_days=10, step_minutes=1440)
    one.start(CONTEXT)
    alerts = [one.update(talk(day, 40 if day >= 40 else 4), moment(24 * day)) for day in range(1, 60)]
    assert not any(alerts[:39])
    assert any(alerts[39:42])


def test_rise_tests_equal_those_of_river():
    z = np.abs(np.sin(np.arange(120.0)))[:, None] * np.linspace(0, 12, 120)[:, None]
    ours = RiseTests(1, 0.5, 30)
    theirs = [RiverPageHinkley(30, 0.5, float(rung), mode="up") for rung in RUNGS]
    found, expected = [], []
    for row in z:
        found.append(ours.update(row)[0].tolist())
        for test in theirs:
            test.update(float(row[0]))
        expected.append([test.drift_detected for test in theirs])
    assert any(map(any, expected))
    assert found == expected
