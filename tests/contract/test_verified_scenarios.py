"""Every shipped scenario, its twin and its placebo are proved by verify."""

from pathlib import Path

import pytest

from simulator.scenario import load_scenario, scenarios_folder
from simulator.scenario.models import Expected
from simulator.verify import prove
from simulator.verify.expectations import MEASURES
from tests.worlds import Library

SHIPPED = sorted(scenarios_folder().glob("*.yaml"))


@pytest.mark.parametrize(("seed", "kind"), [(1, "world"), (2, "world"), (1, "twin")])
@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_rule_holds(path: Path, seed: int, kind: str, library: Library) -> None:
    scenario = load_scenario(path, accounts=600, days=42)
    proof = prove(library.path(scenario, seed, kind))
    assert [rule for rule in proof["rules"] if not rule["holds"]] == []
    assert proof["n_rules"] > 50


def test_every_key_of_expected_has_a_measure() -> None:
    assert set(Expected.model_fields) <= set(MEASURES)
