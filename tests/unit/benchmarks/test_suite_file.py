"""Suites in YAML: what ships is valid and honest, and every mistake is said at its place."""

from pathlib import Path

import pytest

from benchmarks.registry import SHIPPED
from benchmarks.suites.suite import list_suites, list_worlds, load_suite
from simulator.errors import InputError, ScenarioError
from simulator.scenario import list_scenarios, load_scenario
from simulator.vocabulary import EvasionLevel, Split

SHIPPED_SCENARIOS = [row.id for row in list_scenarios()]
INVALID = sorted((Path(__file__).parents[2] / "suites_invalid").glob("*.yaml"))
SHIPPED_SUITES = (
    *("catalogue", "ladder", "null", "overlap", "prevalence", "size"),
    *("smoke", "standard", "transfer"),
)
SMALL = """id: own
summary: Two kinds of tiny worlds, one of the user's own.
accounts: 100
days: 4
cells:
  - {scenario: classroom, level: L3, set: [organic.leaving_share=0.5], prevalence: 0.2}
  - {scenario: mine.yaml, label: my own, accounts: 60, splits: [test]}
seeds:
  train: [5]
  test: [1, 2]
"""


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(SMALL)
    return path


def worlds_of(suite, folder):
    return {split: list(list_worlds(suite, folder, split)) for split in Split}


def test_there_are_many_invalid_files():
    assert len(INVALID) >= 30


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_suite_says_its_one_mistake(path):
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    with pytest.raises(ScenarioError) as raised:
        load_suite(str(path))
    assert len(expected) > 10
    assert str(raised.value).removeprefix(f"{path}:").strip() == expected


def test_all_mistakes_come_in_one_answer(own):
    own.write_text(SMALL.replace("accounts: 100", "accounts: 3").replace("days: 4", "dayz: 4").replace("L3", "L9"))
    with pytest.raises(ScenarioError) as raised:
        load_suite(str(own))
    lines = str(raised.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == ["accounts", "dayz", "cells.0.level"]


def test_suite_that_does_not_exist_names_the_nearest():
    with pytest.raises(InputError, match=r"suite: must be a YAML file or the name of a shipped suite, got 'standart'"):
        load_suite("standart")


def test_these_suites_ship():
    assert tuple(list_suites()) == SHIPPED_SUITES


@pytest.mark.parametrize("name", SHIPPED_SUITES)
def test_shipped_suite_has_worlds_that_exist(name):
    suite, path = load_suite(name)
    found = worlds_of(suite, path.parent)
    for cell in suite.cells:
        world = next(world for split in Split for world in found[split] if world.cell == cell)
        assert world.load().n_accounts == world.accounts
    assert {*suite.detectors, suite.reference} <= {*SHIPPED, "oracle"}


@pytest.mark.parametrize("name", SHIPPED_SUITES)
def test_seeds_of_test_worlds_are_in_no_other_split_of_any_suite(name):
    other = {
        seed
        for suite, _ in map(load_suite, SHIPPED_SUITES)
        for split in (Split.train, Split.validation)
        for seed in suite.seeds.get(split, ())
    }
    suite, _ = load_suite(name)
    own = {seed for cell in suite.cells for seed in suite.seeds_of(cell, Split.test)}
    assert own
    assert not other & own


def test_every_split_has_its_own_pool_of_words():
    suite, path = load_suite("standard")
    for split, worlds in worlds_of(suite, path.parent).items():
        assert worlds
        assert {world.load().split for world in worlds[:1]} == {split}


def test_standard_is_as_large_as_it_says():
    suite, path = load_suite("standard")
    found = worlds_of(suite, path.parent)
    twins = [w for split in (Split.validation, Split.test) for w in found[split] if w.load().operators]
    assert (suite.accounts, suite.days, suite.prevalence) == (4000, 60, 0.02)
    assert [cell.name for cell in suite.cells] == [
        *(f"ev_launch {level}" for level in ("L0", "L2", "L4", "L5")),
        "quiet_launch",
    ]
    assert {cell.name: sum(w.cell == cell for w in found[Split.test]) for cell in suite.cells} == dict.fromkeys(
        (cell.name for cell in suite.cells), 3
    )
    assert sum(map(len, found.values())) + len(twins) <= 120


def test_ladder_has_the_same_seeds_at_every_level():
    suite, path = load_suite("ladder")
    assert [cell.level for cell in suite.cells] == [level.value for level in EvasionLevel]
    found = worlds_of(suite, path.parent)[Split.test]
    assert all([w.seed for w in found if w.cell == cell] == list(suite.seeds[Split.test]) for cell in suite.cells)


def test_null_suite_has_nobody_operated_in_its_test_worlds():
    suite, path = load_suite("null")
    assert not any(world.load().operators for world in worlds_of(suite, path.parent)[Split.test])


def test_null_suite_has_every_scenario_without_operators():
    suite, path = load_suite("null")
    found = {world.cell.scenario for world in worlds_of(suite, path.parent)[Split.test]}
    assert found == {name for name in SHIPPED_SCENARIOS if not load_scenario(name).operators}


def test_catalogue_suite_has_every_scenario_with_operators():
    suite, path = load_suite("catalogue")
    worlds = worlds_of(suite, path.parent)[Split.test]
    assert {world.cell.scenario for world in worlds} == {
        name for name in SHIPPED_SCENARIOS if load_scenario(name).operators
    }
    scenarios = [world.load() for world in worlds if world.seed == 301]
    assert all(entry.pushes or entry.plan for scenario in scenarios for entry in scenario.operators.values())


def test_cells_of_the_overlap_suite_differ_only_in_the_dial():
    suite, path = load_suite("overlap")
    worlds = [world for world in worlds_of(suite, path.parent)[Split.test] if world.seed == 301]
    dials = [
        {squad.overlap for entry in world.load().operators.values() for squad in entry.squads.values()}
        for world in worlds
    ]
    assert dials == [{0.0}, {0.5}, {1.0}]
    assert {(world.cell.level, world.accounts) for world in worlds} == {("L4", suite.accounts)}


def test_cells_of_the_size_suite_differ_only_in_accounts():
    suite, _ = load_suite("size")
    cells = [cell for cell in suite.cells if Split.test in cell.splits]
    assert [cell.accounts for cell in cells] == [1000, 4000, 10000]
    assert len({(cell.scenario, cell.level, cell.set, cell.prevalence, cell.days) for cell in cells}) == 1


def test_cells_of_the_prevalence_suite_differ_only_in_it():
    suite, _ = load_suite("prevalence")
    assert [cell.prevalence for cell in suite.cells] == [0.001, 0.003, 0.01, 0.03, 0.1]
    assert len({(cell.scenario, cell.level, cell.set) for cell in suite.cells}) == 1


def test_worlds_of_a_split_come_cell_by_cell(own):
    suite, path = load_suite(str(own))
    found = worlds_of(suite, path.parent)
    assert [str(world) for world in found[Split.test]] == [
        *("classroom L3, test seed 1", "classroom L3, test seed 2"),
        *("my own, test seed 1", "my own, test seed 2"),
    ]
    assert [str(world) for world in found[Split.train]] == ["classroom L3, train seed 5"]
    assert found[Split.validation] == []
    assert str(next(list_worlds(suite, path.parent, Split.test, "twin"))) == "classroom L3, test seed 1, twin"


def test_cell_sets_level_size_prevalence_and_split(own):
    suite, path = load_suite(str(own))
    scenario = next(list_worlds(suite, path.parent, Split.train)).load()
    assert {squad.evasion for entry in scenario.operators.values() for squad in entry.squads.values()} == {
        EvasionLevel.L3
    }
    assert (scenario.n_accounts, scenario.n_days, scenario.split) == (100, 4, Split.train)
    assert sum(entry.accounts for entry in scenario.operators.values()) == 20
    assert scenario.organic.leaving_share == 0.5


def test_cell_may_have_test_seeds_of_its_own(own):
    own.write_text(SMALL.replace("splits: [test]", "splits: [train, test], test_seeds: [7]"))
    suite, path = load_suite(str(own))
    found = worlds_of(suite, path.parent)
    assert [str(world) for world in found[Split.test]] == [
        *("classroom L3, test seed 1", "classroom L3, test seed 2"),
        "my own, test seed 7",
    ]
    assert [str(world) for world in found[Split.train]] == ["classroom L3, train seed 5", "my own, train seed 5"]


def test_scenario_beside_the_suite_is_found(own):
    from simulator.scenario import load_scenario, scenario_yaml

    suite, path = load_suite(str(own))
    resolved = scenario_yaml(load_scenario("quiet_launch")).replace("id: quiet_launch", "id: mine")
    (own.parent / "mine.yaml").write_text(resolved)
    world = list(list_worlds(suite, path.parent, Split.test))[-1]
    assert (world.load().id, world.load().n_accounts) == ("mine", 60)


def test_pattern_of_a_name_is_no_format(tmp_path):
    (tmp_path / "evil.yaml").write_text(
        "id: ../evil\nsummary: An id that is no name at all.\ncells: [{scenario: classroom}]\nseeds: {test: [1]}\n"
    )
    with pytest.raises(ScenarioError, match=r"evil\.yaml:1:5: id: must .*, got '\.\./evil'"):
        load_suite(str(tmp_path / "evil.yaml"))
