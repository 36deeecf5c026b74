"""What is kept of the baselines: an answer is used again for the same code and world alone."""

import numpy as np
import pytest

from benchmarks.audit import baselines
from benchmarks.audit.baselines import answer_all
from benchmarks.blind.answers import Answer
from benchmarks.blind.protocol import View
from simulator.dataset import open_dataset
from simulator.errors import SmearbenchError
from tests.tiny_dataset import END, make_tables, write_tiny


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A working folder with a detector of the user's own and a dataset."""
    (tmp_path / "own.py").write_text("")
    write_tiny(tmp_path / "world")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked(monkeypatch):
    """Answer in the place of a blind process, and note the detectors that were asked."""
    names = []

    def score(order, view, limits):
        names.append(order.asked)
        return Answer(order.asked, "account", ids=np.array([11, 12]), scores=np.array([0.5, 1.5]), has_scores=True)

    monkeypatch.setattr(baselines, "score_blind", score)
    return names


def answer(desk, names=("own:Mine",), world="world", as_of_ms=END):
    dataset = open_dataset(desk / world)
    return answer_all([(dataset, View(desk, as_of_ms))], names, desk / "cache")


def test_answer_of_the_same_code_and_world_is_kept(desk, asked):
    first, again = (answer(desk)["own:Mine"][0] for _ in range(2))
    assert asked == ["own:Mine"]
    assert again.scores.tolist() == first.scores.tolist() == [0.5, 1.5]


def test_changed_code_is_asked_anew(desk, asked):
    answer(desk)
    (desk / "own.py").write_text("x = 1\n")
    answer(desk)
    assert len(asked) == 2


def test_other_rows_of_the_same_scenario_and_seed_are_asked_anew(desk, asked):
    answer(desk)
    write_tiny(desk / "world", force=True, tables={"likes": make_tables()["likes"][:1]})
    answer(desk)
    assert len(asked) == 2


@pytest.mark.parametrize("change", [{"as_of_ms": END - 1}, {"names": ("own:Other",)}], ids=str)
def test_another_moment_or_detector_is_asked_anew(desk, asked, change):
    answer(desk)
    answer(desk, **change)
    assert len(asked) == 2


def test_failure_is_not_kept(desk, monkeypatch):
    monkeypatch.setattr(baselines, "score_blind", lambda order, view, limits: Answer("x", "account", "crashed", "no"))
    with pytest.raises(SmearbenchError, match="baseline own:Mine: crashed: no"):
        answer(desk)
    assert not (desk / "cache").exists()
