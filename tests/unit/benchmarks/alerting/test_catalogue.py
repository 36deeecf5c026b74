"""The study of the catalogue: its tables, and that worlds and scores are made once."""

from dataclasses import dataclass, replace

import pytest

from benchmarks.alerting import catalogue_runs
from benchmarks.alerting.catalogue_runs import Study, run_study
from benchmarks.alerting.catalogue_tables import render_catalogue
from benchmarks.alerting.engines.choosing import load_engine
from benchmarks.alerting.rule_scores import Settings
from tests.unit.benchmarks.alerting.made_up_found import make_rule


@dataclass
class Row:
    id: str


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue_runs, "list_scenarios", lambda: [Row("classroom")])
    return Study(load_engine("starter"), Settings(warm_up_days=2), 120, 9, 1, tmp_path / "cache", tmp_path)


def test_world_is_lived_once_and_a_scenario_scored_once(study, monkeypatch):
    found = run_study(study, 1)
    assert [one["scenario"] for one in found["scenarios"]] == ["classroom"]
    assert found["scenarios"][0]["rules"][0]["twin_alarms_per_day"] is not None
    monkeypatch.setattr(catalogue_runs, "open_world", None)
    for path in (study.cache / "scored").iterdir():
        path.unlink()
    assert run_study(study, 1) == found
    monkeypatch.setattr(catalogue_runs, "run_tasks", None)
    assert run_study(study, 1) == found


def test_score_is_stale_when_what_a_rule_builds_on_has_changed(study, tmp_path):
    def digest(expr):
        path = tmp_path / "rules.yaml"
        rules = "rules: [{name: r, expr: d > 1, summary: Many.}]"
        path.write_text(f"derived: [{{name: d, expr: {expr}}}]\n{rules}\n")
        return catalogue_runs._digest_scored(replace(study, engine=load_engine(str(path))), [])

    assert digest("mentions + 1") == digest("mentions + 1")
    assert digest("mentions + 1") != digest("mentions + 2")


def test_tables_show_found_by_chance_and_false_alarms():
    quiet = {"n_waves": 0, "detection_rate": None, "random_detection_rate": None, "twin_alarms_per_day": None}
    rows = {"attacked": make_rule("loud"), "peaceful": make_rule("loud", **quiet)}
    document = {
        "engine": {"name": "duckdb", "version": "1"},
        "settings": {"cooldown_hours": 6, "warm_up_days": 7, "delay_minutes": 1},
        "accounts": 3000,
        "days": 60,
        "seeds": 5,
        "rules": [make_rule("loud")],
        "scenarios": [{"scenario": name, "rules": [rule]} for name, rule in rows.items()],
    }
    lines = render_catalogue(document).splitlines()
    assert "| attacked | **50 (25)** |" in lines
    assert "| peaceful | 0.20 |" in lines
    assert "| attacked | 1 of 2 | 0.5 | 4.0 | 9.0 | 30 | 0.20 | 0.10 | 0 |" in lines
    assert not [line for line in lines if line.startswith("| peaceful | 0 (0)")]
