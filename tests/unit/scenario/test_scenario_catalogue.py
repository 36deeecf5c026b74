"""The catalogue, and where scenarios are found."""

import json
from pathlib import Path

import pytest

from simulator.scenario import find_scenario, json_schema, json_schema_text, list_scenarios, scenarios_folder


def test_catalogue_lists_what_ships() -> None:
    rows = {row.id: (row.accounts, row.days, round(row.prevalence, 6)) for row in list_scenarios()}
    assert rows["ev_launch"] == (100_000, 180, 0.1)
    assert rows["quiet_launch"] == (100_000, 180, 0.0)
    assert rows["classroom"] == (600, 42, 0.1)


def test_committed_schema_is_up_to_date() -> None:
    committed = (scenarios_folder() / "scenario.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema_text(), "write it anew: smearbench schema > scenarios/scenario.schema.json"


def test_schema_needs_only_what_has_no_default() -> None:
    schema = json_schema()
    assert schema["required"] == ["id", "summary", "launch", "start", "end", "target", "organic"]
    assert schema["$defs"]["Organic"]["required"] == ["accounts"]
    assert "required" not in schema["$defs"]["SegmentSettings"]


def test_every_place_of_the_schema_is_described() -> None:
    definitions = [json_schema(), *json_schema()["$defs"].values()]
    places = [place for entry in definitions for place in entry.get("properties", {}).items()]
    assert [name for name, place in places if not place.get("description")] == []


def test_schema_is_plain_json() -> None:
    assert json.loads(json_schema_text()) == json_schema()


def test_name_finds_the_shipped_file() -> None:
    assert find_scenario("classroom") == scenarios_folder() / "classroom.yaml"


@pytest.mark.parametrize("path", ["mine.yaml", "./mine", "folder/mine", "../classroom"])
def test_what_looks_like_a_path_is_one(path: str) -> None:
    assert find_scenario(path) == Path(path)


def test_own_scenarios_folder_is_not_mixed_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "mine.yaml").write_text("id: mine\n")
    monkeypatch.chdir(tmp_path)
    assert "mine" not in [row.id for row in list_scenarios()]
