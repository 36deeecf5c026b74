"""The card's section on what was measured says what the committed results say."""

import json
from pathlib import Path

import pytest

from benchmarks.validity.card import MEASURED_FILE, render

RESULTS = Path(__file__).parents[3] / "results"


def _finding(family, probe, value, *, measure="average_precision", level="L4"):
    return {"level": level, "family": family, "probe": probe, "measure": measure, "value": value}


@pytest.fixture
def folder(tmp_path):
    audit = {
        "gate": {"by_level": {"L4": {"verdict": "failed", "failing": ["n_likes"]}}},
        "levels": {
            "L4": {"worlds": 10, "best_baseline": "synchrony", "best_average_precision": 0.2, "prevalence": 0.02}
        },
        "findings": [
            _finding("marginals", "tree of depth 1", 0.05),
            _finding("marginals", "tree of depth 4", 0.1),
            _finding("marginals", "n_likes", 0.9, measure="roc_auc"),
            _finding("text", "n-grams of posts", 0.07),
            _finding("text", "n-grams of posts", 0.9, level="L0"),
        ],
    }
    facts = [{"fact": f"fact_{number}", "inside": number > 6} for number in range(10)]
    facts.append({"fact": "unknown", "inside": None})
    pairs = [{"pair": "people", "score": 0.3, "facts": facts}, {"pair": "squads", "score": None, "facts": []}]
    fidelity = {"dataset": {"scenario": "tried"}, "pairs": pairs}
    for name, content in (("audit/L4/audit.json", audit), ("fidelity/tried/fidelity.json", fidelity)):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
    return tmp_path


def test_a_level_names_its_verdict_what_fails_and_the_best_learnt_probes(folder):
    assert (
        "- L4, 10 worlds: gate failed: n_likes. account-marginal: tree of depth 4 0.100; text alone: n-grams of posts "
        "0.070. Best relational baseline synchrony: 0.200, chance 0.020."
    ) in render(folder)


def test_a_pair_names_its_score_and_six_facts_outside(folder):
    text = render(folder)
    assert "- tried, people: 30%. Outside: fact_0, fact_1, fact_2, fact_3, fact_4, fact_5 and 1 more." in text
    assert "squads" not in text  # nothing to compare


def test_the_shipped_section_is_that_of_the_committed_results():
    assert MEASURED_FILE.read_text(encoding="utf-8") == render(RESULTS)
