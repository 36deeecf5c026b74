"""Every shipped scenario and some twins are proved by verify."""

import pytest

from simulator.scenario import load_scenario, scenarios_folder
from simulator.scenario.models import Expected
from simulator.verify import prove
from simulator.verify.expectations import MEASURES
from tests.worlds import Library

SHIPPED = sorted(scenarios_folder().glob("*.yaml"))
# The worlds of seed 1 are those that test_scenarios.py lives, too.
TRIED = [(path.stem, 1, "world") for path in SHIPPED] + [
    ("like_only", 2, "world"),
    ("slow_burn", 2, "world"),
    ("fan_war", 1, "twin"),
    ("ev_launch", 1, "twin"),
]


@pytest.mark.parametrize(("name", "seed", "kind"), TRIED, ids=str)
def test_every_rule_holds(name: str, seed: int, kind: str, library: Library) -> None:
    scenario = load_scenario(name, accounts=600, days=42)
    proof = prove(library.path(scenario, seed, kind))
    assert [rule for rule in proof["rules"] if not rule["holds"]] == []
    assert proof["n_rules"] > 50


def test_every_key_of_expected_has_a_measure() -> None:
    assert set(Expected.model_fields) <= set(MEASURES)
