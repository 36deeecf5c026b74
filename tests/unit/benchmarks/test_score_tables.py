"""The printed score: every figure in 80 columns, and a quiet world said to be one."""

import copy

import pytest

from benchmarks.score_tables import print_scores, show

GROUP = {
    "positives": 1234,
    "prevalence": 0.1,
    "average_precision": 0.51234,
    "precision": None,
    "recall": 0.25,
    "precision_at_k": {"100": 0.9, "1000": 0.8, "positives": 0.7},
}
METRICS = {
    "dataset": {"scenario": "ev_launch", "seed": 1, "evaluate_until": "2025-05-15T00:00:00Z"},
    "accounts": {"scored": 19940, "positives": 1234, "negatives": 18706, "silent_operated": 3, "prevalence": 0.1},
    "squads": {"agency.night": "L3"},
    "detectors": [
        {
            "name": "near_duplicate",
            "threshold": 0.25,
            "flagged": 40,
            "overall": GROUP,
            "by_role": {"amplifier": GROUP},
            "by_tactic": {"unfavourable_comparison": GROUP},
            "by_squad": {"agency.night": GROUP},
            "cost": {"cpu_seconds": 12.3, "wall_seconds": 13.0, "peak_memory_bytes": 2_500_000_000},
        }
    ],
}


@pytest.fixture
def eighty_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("eighty_columns")
def test_scores_fit_eighty_columns(capsys):
    print_scores(METRICS)
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    for text in (
        "19,940 accounts scored",
        "0.512",
        "–",
        "agency.night (L3)",
        "unfavourable_comparison",
        "2.5 GB",
        "12.3 s",
    ):
        assert text in out


@pytest.mark.usefixtures("eighty_columns")
def test_quiet_world_has_only_false_alarms(capsys):
    quiet = copy.deepcopy(METRICS)
    quiet["accounts"] |= {"positives": 0, "silent_operated": 0, "prevalence": 0.0}
    print_scores(quiet)
    out = capsys.readouterr().out
    assert "No operated account was seen" in out
    assert "false alarm" in out
    assert "40" in out
    assert max(map(len, out.splitlines())) <= 80
    assert "0.512" not in out


def test_undefined_is_a_dash():
    assert (show(None), show(0.0), show(0.12345)) == ("–", "0.000", "0.123")
