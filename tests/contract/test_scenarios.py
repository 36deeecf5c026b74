"""What holds for every shipped scenario."""

import re
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from simulator import open_dataset
from simulator.campaign.pushes import plan_pushes
from simulator.language.names import choose_brand_names
from simulator.language.phrasebook import load_phrasebook
from simulator.scenario import json_schema, load_scenario, scenarios_folder
from simulator.scenario.reader import read_file
from simulator.vocabulary import CLAIMS
from tests.worlds import Library

SHIPPED = sorted(scenarios_folder().glob("*.yaml"))
SCHEMA = json_schema()
KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}

pytestmark = pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)


def find_faults(value: Any, schema: dict[str, Any], place: str = "") -> list[str]:
    """Return where a value breaks a schema; knows the keywords that the schema of scenarios uses."""
    if "$ref" in schema:
        return find_faults(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]], place)
    if "anyOf" in schema:
        tries = [find_faults(value, option, place) for option in schema["anyOf"]]
        return min(tries, key=len)
    kind = schema.get("type")
    faults = [f"{place}: no {kind}"] if kind and not isinstance(value, KINDS[kind]) else []
    if "const" in schema and value is not schema["const"]:
        faults.append(f"{place}: not {schema['const']}")
    if "enum" in schema and value not in schema["enum"]:
        faults.append(f"{place}: not in enum")
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        faults.append(f"{place}: pattern")
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        faults.append(f"{place}: bounds")
    if isinstance(value, list):
        items = schema.get("prefixItems") or [schema.get("items", {})] * len(value)
        for index, inner in enumerate(value):
            faults += find_faults(inner, items[index], f"{place}.{index}")
    if isinstance(value, dict):
        known, other = schema.get("properties", {}), schema.get("additionalProperties")
        faults += [f"{place}.{name}: missing" for name in schema.get("required", []) if name not in value]
        for name, inner in value.items():
            fitting = [
                inside for pattern, inside in schema.get("patternProperties", {}).items() if re.search(pattern, name)
            ]
            inside = known.get(name, next(iter(fitting), other))
            faults += find_faults(inner, inside, f"{place}.{name}") if inside else [f"{place}.{name}: unknown"]
    return faults


def test_scenario_is_short_and_points_editors_to_its_schema(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "# yaml-language-server: $schema=scenario.schema.json"
    assert len([line for line in lines if not line.startswith("#")]) <= 80


def test_hardest_for_names_detectors_and_says_why(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.hardest_for
    assert set(scenario.hardest_for) <= {entry.name for entry in entry_points(group="smearbench.detectors")}
    comments = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("# hardest_for:")]
    assert len(comments) == 1


def test_scenario_as_written_fits_the_schema(path: Path) -> None:
    assert find_faults(read_file(path).data, SCHEMA) == []


def test_schema_finds_faults_in_what_is_none(path: Path) -> None:
    broken = {**read_file(path).data, "start": "soon", "target": {"fictional": False}, "organic": {"acounts": 5}}  # type: ignore[dict-item]
    places = {fault.partition(":")[0] for fault in find_faults(broken, SCHEMA)}
    assert places == {".start", ".target.fictional", ".organic.accounts", ".organic.acounts"}


def test_brand_names_are_left_to_the_pools(path: Path) -> None:
    target = load_scenario(path).target
    assert (target.name, target.product, target.rival, target.site) == (None, None, None, None)


def test_prevalence_is_as_expected(path: Path) -> None:
    scenario = load_scenario(path)
    low, high = scenario.expected.prevalence or (1, 0)
    assert low <= scenario.prevalence <= high


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_pushes_are_as_many_as_expected(path: Path, seed: int) -> None:
    scenario = load_scenario(path)
    low, high = scenario.expected.pushes or (1, 0)
    assert low <= len(plan_pushes(scenario, seed)) <= high


@pytest.mark.parametrize("size", [{"accounts": 60}, {"accounts": 2_000, "days": 30}, {"days": 15}], ids=str)
def test_scenario_keeps_what_it_shows_at_other_sizes(path: Path, size: dict[str, int]) -> None:
    whole, scaled = load_scenario(path), load_scenario(path, **size)
    assert scaled.n_accounts == size.get("accounts", whole.n_accounts)
    assert set(scaled.rallies) == set(whole.rallies) or "days" in size
    assert bool(scaled.rallies) == bool(whole.rallies)
    assert bool(plan_pushes(scaled, 1)) == bool(whole.operators)


def test_small_world_shows_what_is_expected(path: Path, library: Library) -> None:
    scenario = load_scenario(path, accounts=600, days=42)
    labels = open_dataset(library.path(scenario, 1)).table("truth_posts", ["push_id", "rally_id"])
    n_posts, expected = len(labels), scenario.expected
    for found, bounds in (
        (n_posts / scenario.n_accounts / scenario.n_days, expected.posts_per_account_per_day),
        (1 - labels["push_id"].null_count / n_posts, expected.pushed_share),
        (1 - labels["rally_id"].null_count / n_posts, expected.rally_share or (0, 0)),
    ):
        low, high = bounds or (1, 0)
        assert low <= found <= high


def test_campaign_has_narratives_and_quiet_worlds_push_nothing(path: Path) -> None:
    scenario = load_scenario(path)
    pushed = {push.narrative for push in plan_pushes(scenario, 1)}
    assert pushed <= set(scenario.narratives)
    assert bool(pushed) == bool(scenario.operators)


def test_language_pools_hold_every_claim(path: Path) -> None:
    scenario = load_scenario(path)
    phrasebook = load_phrasebook(choose_brand_names(1, scenario), scenario.split)
    assert set(phrasebook.claims) == set(CLAIMS)
