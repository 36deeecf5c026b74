"""Mistakes: each invalid file says its message, and one answer holds all mistakes of a file."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import load_scenario
from simulator.vocabulary import CLAIMS

Write = Callable[..., Path]
INVALID = sorted((Path(__file__).parents[2] / "scenarios_invalid").glob("*.yaml"))


def test_there_are_many_invalid_files() -> None:
    assert len(INVALID) >= 60


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_invalid_file_says_its_one_mistake(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# expect: ")
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    assert len(expected) > 10
    assert str(raised.value).removeprefix(f"{path}:").strip() == expected


def test_small_scenario_is_valid(write_scenario: Write) -> None:
    assert load_scenario(write_scenario()).n_accounts == 100


def test_all_mistakes_come_in_one_answer_in_the_order_of_the_file(write_scenario: Write) -> None:
    path = write_scenario(
        ("end: T+5d", "end: T+5d\nend: T+6d"),
        ("accounts: 90", "accounts: lots"),
        ("kind: teaser, time: T-12d", "kind: teaser, time: T+90d, talk_share: 1.5"),
        ("claim: battery_fire", "claim: battery_water"),
        ("{bulk_created: 1}", "{bulk_created: 0.5, cyborgs: 0.5}"),
        ("roles: {seeder: 1}, jitter_share: 0.4", "roles: {seeder: 0.2}, jiter_share: 0.4, office_hours: yes"),
        ("narrative: fire, start: T-20d, end: T-18d", "narrative: ice, start: T-20d, end: T-24d"),
    )
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    found = [(problem.line, problem.path.rpartition(".")[2]) for problem in raised.value.problems]
    assert found == [
        (6, "end"),
        (9, "accounts"),
        (11, "time"),
        (11, "talk_share"),
        (13, "claim"),
        (17, "cyborgs"),
        (19, "roles"),
        (19, "jiter_share"),
        (19, "office_hours"),
        (22, "narrative"),
        (22, "end"),
    ]


def test_broken_launch_hides_no_other_mistake(write_scenario: Write) -> None:
    path = write_scenario(("zone: Asia/Shanghai", "zone: Nowhere"), ("{bulk_created: 1}", "{bulk_created: 0.5}"))
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    assert [problem.path for problem in raised.value.problems] == ["launch.zone", "operators.agency.stock"]


def test_refused_value_breaks_no_further_rule(write_scenario: Write) -> None:
    path = write_scenario(("accounts: 90", "accounts: &n 5"), ("target: {fictional: true}", "target: *t"))
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    rules = sorted(problem.rule for problem in raised.value.problems)
    assert rules == ["be between 20 and 10,000,000", "hold no aliases", "hold no anchors"]


def test_many_mistakes_are_cut_off(write_scenario: Write) -> None:
    path = write_scenario(more="".join(f"unknown_{index}: 1\n" for index in range(500)))
    with pytest.raises(ScenarioError) as raised:
        load_scenario(path)
    assert len(raised.value.problems) == 100


@pytest.mark.parametrize("site", ["brand.example", "https://www.brand.test/cars", "http://shop.brand.invalid:8080/"])
def test_reserved_site_is_fine(write_scenario: Write, site: str) -> None:
    path = write_scenario(("{fictional: true}", f"{{fictional: true, site: '{site}'}}"))
    assert load_scenario(path).target.site == site


@pytest.mark.parametrize(
    "site",
    ["brand.zz", "example.com", "//x.test@example.com", "http://[::1", "brandexample", "http://10.0.0.1/a.test"],
)
def test_other_site_is_refused(write_scenario: Write, site: str) -> None:
    path = write_scenario(("{fictional: true}", f"{{fictional: true, site: '{site}'}}"))
    with pytest.raises(ScenarioError, match="must be under a reserved name"):
        load_scenario(path)


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_may_be_used(write_scenario: Write, claim: str) -> None:
    assert load_scenario(write_scenario(("battery_fire", claim))).narratives["fire"].claim == claim


def test_resolved_file_may_have_any_id(write_scenario: Write) -> None:
    path = write_scenario()
    resolved = path.rename(path.with_name("scenario.yaml"))
    assert load_scenario(resolved).id == "small"


def test_unknown_scenario_names_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"got 'clasroom'\. Did you mean 'classroom'\?"):
        load_scenario("clasroom")


def test_scenario_is_immutable(write_scenario: Write) -> None:
    scenario = load_scenario(write_scenario())
    with pytest.raises(ValueError, match="frozen"):
        scenario.id = "other"  # type: ignore[misc]
