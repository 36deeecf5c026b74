"""Half-space trees over the numbers of a step: what is unlike the last window stands out, and nothing looks ahead."""

import pytest

from benchmarks.detectors.half_space_trees import FLOOR, StreamingHalfSpaceTrees
from tests.unit.benchmarks.detectors.observed_stream import CONTEXT, make_batch, moment, talk


def make(**changes):
    return StreamingHalfSpaceTrees(**{"n_trees": 8, "window_steps": 48, "warm_up_days": 2} | changes)


def run(detector, batches):
    """Return (step, score, reason) of every alert."""
    detector.start(CONTEXT)
    steps = enumerate(batches, 1)
    return [(step, a.score, a.reason) for step, batch in steps for a in detector.update(batch, moment(step))]


def burst(n_steps=110, first=100):
    """Vary the usual a little, so that its features fill some space; then many speak ill."""
    usual = [talk(step, 4 + step % 3) for step in range(1, first)]
    return usual + [talk(step, 40, "The Auralis is terrible") for step in range(first, n_steps + 1)]


def test_burst_scores_above_all_before():
    scores = {step: score for step, score, _ in run(make(), burst())}
    usual = [score for step, score in scores.items() if step < 100]
    assert scores[101] > max(usual, default=FLOOR)


def test_reason_names_the_highest_features():
    reason = next(reason for step, _, reason in run(make(), burst()) if step >= 101)
    assert "n_posts 1.00" in reason
    assert "negative 1.00" in reason


def test_scores_are_between_floor_and_one():
    assert all(FLOOR < score <= 1 for _, score, _ in run(make(), burst()))


def test_prefix_gives_the_same_alerts():
    batches = burst()
    whole = run(make(), batches)
    for n in (99, 103):
        assert run(make(), batches[:n]) == [alert for alert in whole if alert[0] <= n]


def test_start_begins_anew():
    detector = make()
    assert run(detector, burst()) == run(detector, burst())


@pytest.mark.parametrize("changes", [{"warm_up_days": 9}, {"window_steps": 500}])
def test_warm_up_and_first_window_are_silent(changes):
    assert run(make(**changes), burst()) == []


def test_silence_is_the_usual_after_silence():
    assert run(make(), [make_batch() for _ in range(110)]) == []


def test_features_lie_in_the_unit_cube():
    detector = make()
    detector.start(CONTEXT)
    for step, batch in enumerate(burst(), 1):
        detector._recent.append(detector._series.count(batch, moment(step)))
        assert all(0 <= value <= 1 for value in detector._scale(moment(step)).values())
