"""Pieces of work of a suite: nothing is done twice, and failures are tried again under other limits."""

import shutil
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.blind.answers import Answer
from benchmarks.blind.protocol import Description, DetectorFailure
from benchmarks.orders import Limits, Order
from benchmarks.suites import suite_tasks
from benchmarks.suites.suite_tasks import NO_FIT, Fit, answer_world, describe_detector, find_answer, fit_detector

CHANCE = Order("chance", "benchmarks.detectors.chance:Chance")
OWN = Order("own:Mine", "own:Mine")
LIMITS, OTHER = Limits(5, 1 << 30), Limits(10, 1 << 30)
GOOD = Answer("chance", "account", ids=np.arange(2), scores=np.array([0.1, 0.2]), has_scores=True)
FAILED = Answer("chance", "account", "out of time", "its process was stopped at the limit of 5 s")


@pytest.fixture
def calls(monkeypatch, tmp_path):
    """What was asked of detectors, whose answers are made up; any name stands for a world."""
    calls = SimpleNamespace(score=[], fit=[], describe=[], answer=GOOD, failure=None)

    def score(order, view, limits, *, fitted=None):
        calls.score.append((order.asked, view, limits, fitted))
        return calls.answer

    def fit(order, training, fitted, limits):
        calls.fit.append((order.asked, training, limits))
        if calls.failure:
            raise calls.failure
        fitted.write_bytes(b"learnt")
        return {"cpu_seconds": 1.0}

    def describe(order, limits):
        calls.describe.append(order.asked)
        return Description("mine", "post", True, "crashed" if calls.failure else "ok")

    monkeypatch.setattr(suite_tasks, "score_blind", score)
    monkeypatch.setattr(suite_tasks, "fit_blind", fit)
    monkeypatch.setattr(suite_tasks, "describe_blind", describe)
    monkeypatch.setattr(
        suite_tasks, "find_world", lambda name, cache: SimpleNamespace(digest=name, view=name, training_labels=name)
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text("class Mine: pass\n")
    return calls


def test_answer_is_not_asked_for_twice(calls, tmp_path):
    first = answer_world(CHANCE, "w1", NO_FIT, tmp_path, LIMITS)
    second = answer_world(CHANCE, "w1", NO_FIT, tmp_path, OTHER)
    assert calls.score == [("chance", "w1", LIMITS, None)]
    assert first.scores.tolist() == second.scores.tolist() == [0.1, 0.2]


def test_another_world_detector_or_fit_is_another_answer(calls, tmp_path):
    fit = Fit("digest", tmp_path / "fitted.pickle")
    for order, world, learnt in (
        (CHANCE, "w1", NO_FIT),
        (CHANCE, "w2", NO_FIT),
        (OWN, "w1", NO_FIT),
        (CHANCE, "w1", fit),
    ):
        answer_world(order, world, learnt, tmp_path, LIMITS)
    assert len(calls.score) == 4
    assert calls.score[-1][-1] == tmp_path / "fitted.pickle"


def test_changed_source_is_asked_again(calls, tmp_path):
    answer_world(OWN, "w1", NO_FIT, tmp_path, LIMITS)
    (tmp_path / "own.py").write_text("class Mine: changed = True\n")
    answer_world(OWN, "w1", NO_FIT, tmp_path, LIMITS)
    assert len(calls.score) == 2


def test_failure_is_kept_under_its_limits_and_tried_again_under_others(calls, tmp_path):
    calls.answer = FAILED
    for limits in (LIMITS, LIMITS, OTHER):
        assert answer_world(CHANCE, "w1", NO_FIT, tmp_path, limits).status == "out of time"
    assert [limits for _, _, limits, _ in calls.score] == [LIMITS, OTHER]
    calls.answer = GOOD
    assert answer_world(CHANCE, "w1", NO_FIT, tmp_path, LIMITS).is_good
    assert answer_world(CHANCE, "w1", NO_FIT, tmp_path, OTHER).is_good
    assert len(calls.score) == 3


def test_work_that_is_interrupted_leaves_nothing(calls, tmp_path, monkeypatch):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(suite_tasks, "score_blind", interrupt)
    with pytest.raises(KeyboardInterrupt):
        answer_world(CHANCE, "w1", NO_FIT, tmp_path, LIMITS)
    assert list((tmp_path / "answers").iterdir()) == []
    assert find_answer(CHANCE, SimpleNamespace(digest="w1"), NO_FIT, tmp_path).parent == tmp_path / "answers"


def test_fit_is_done_once_for_the_same_worlds(calls, tmp_path):
    first = fit_detector(OWN, ["w1", "w2"], tmp_path, LIMITS)
    assert fit_detector(OWN, ["w1", "w2"], tmp_path, OTHER) == first
    assert fit_detector(OWN, ["w2"], tmp_path, LIMITS).digest != first.digest
    assert [training for _, training, _ in calls.fit] == [[("w1", "w1"), ("w2", "w2")], [("w2", "w2")]]
    assert (first.status, first.cost, first.fitted.read_bytes()) == ("ok", {"cpu_seconds": 1.0}, b"learnt")


def test_failure_to_learn_is_tried_again_under_other_limits(calls, tmp_path):
    calls.failure = DetectorFailure("out of memory", "too much", {"wall_seconds": 2.0})
    for limits in (LIMITS, LIMITS, OTHER):
        found = fit_detector(OWN, ["w1"], tmp_path, limits)
        assert (found.status, found.message, found.fitted) == ("out of memory", "too much", None)
    assert len(calls.fit) == 2


def test_description_is_asked_for_once_unless_it_failed(calls, tmp_path):
    calls.failure = True
    assert describe_detector(OWN, tmp_path, LIMITS).status == "crashed"
    calls.failure = None
    found = [describe_detector(OWN, tmp_path, LIMITS) for _ in range(2)]
    assert found == [Description("mine", "post", True)] * 2
    assert len(calls.describe) == 2


def test_shipped_detector_is_described_without_a_process(calls, tmp_path):
    shutil.rmtree(tmp_path / "descriptions", ignore_errors=True)
    assert describe_detector(CHANCE, tmp_path, LIMITS) == Description("chance", "account", False)
    assert calls.describe == []
