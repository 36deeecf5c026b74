"""The resolved file and the digest."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.scenario import Scenario, list_scenarios, load_scenario, scenario_digest, scenario_yaml

Write = Callable[..., Path]
SHIPPED = [row.id for row in list_scenarios()]


def load_text(text: str, folder: Path) -> Scenario:
    path = folder / "scenario.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("options", [{}, {"accounts": 1000}, {"days": 12}])
def test_resolved_file_loads_as_an_equal_scenario(name: str, options: dict[str, int], tmp_path: Path) -> None:
    scenario = load_scenario(name, **options)  # type: ignore[arg-type]
    again = load_text(scenario_yaml(scenario), tmp_path)
    assert again == scenario
    assert scenario_digest(again) == scenario_digest(scenario)


@pytest.mark.parametrize(
    "text", ["1e5 and 3", "yes, a text", "12345678901", "1.5e10", "~ is a tilde", "品牌在测试中的样子", "a: b # c"]
)
def test_text_that_looks_like_something_else_survives(write_scenario: Write, tmp_path: Path, text: str) -> None:
    scenario = load_scenario(write_scenario(("A small world for tests of the reader.", f"'{text.ljust(10, '.')}'")))
    assert load_text(scenario_yaml(scenario), tmp_path) == scenario


def test_name_that_looks_like_a_number_survives(write_scenario: Write, tmp_path: Path) -> None:
    scenario = load_scenario(write_scenario(("{fictional: true}", "{fictional: true, product: '1e5', name: 'no'}")))
    assert load_text(scenario_yaml(scenario), tmp_path).target.product == "1e5"


def test_every_default_is_filled_in(write_scenario: Write) -> None:
    text = scenario_yaml(load_scenario(write_scenario()))
    for line in ("attitude_spread: 0.22", "burst_minutes: 20.0", "reciprocity: 0.22", "rest_days:", "split: train"):
        assert line in text


def test_digest_sees_every_change(write_scenario: Write) -> None:
    path = write_scenario()
    overrides = [[], ["feed.items_per_session=7.1"], ["operators.agency.squads.day.daily_cap=11"], ["split=test"]]
    assert len({scenario_digest(load_scenario(path, overrides=some)) for some in overrides}) == 4


def test_digest_does_not_see_how_a_file_is_written(write_scenario: Write) -> None:
    written = scenario_digest(load_scenario(write_scenario()))
    path = write_scenario(
        ("accounts: 90", "accounts: 90\n  reciprocity: 0.22   # the default"),
        ("{bulk_created: 1}", "{cyborg: 0, bulk_created: 1.0}"),
    )
    assert scenario_digest(load_scenario(path, overrides=["operators.agency.stock={bulk_created: 1}"])) == written
