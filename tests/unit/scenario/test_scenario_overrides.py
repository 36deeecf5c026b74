"""Overrides: what they reach, what they drop, and how a wrong one is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import LADDER, Scenario, load_scenario
from simulator.vocabulary import EvasionLevel, Role, Segment, TextMode

Write = Callable[..., Path]
SQUADS = "operators.agency.squads"


def load(write: Write, *overrides: str) -> Scenario:
    return load_scenario(write(), overrides=overrides)


@pytest.mark.parametrize(
    ("override", "read", "value"),
    [
        ("organic.accounts=500", lambda s: s.organic.accounts, 500),
        (" organic.accounts = 500", lambda s: s.organic.accounts, 500),
        ("exposure_log=true", lambda s: s.exposure_log, True),
        ("feed.items_per_session=3", lambda s: s.feed.items_per_session, 3.0),
        ("summary=a summary: with = and text", lambda s: s.summary, "a summary: with = and text"),
        ("end=T+9d", lambda s: str(s.end), "T+9d"),
        ("organic.zones={UTC: 1}", lambda s: s.organic.zones, {"UTC": 1.0}),
        ("operators={}", lambda s: s.n_operated, 0),
        ("operators.agency.break_up.time=T-1d", lambda s: str(s.operators["agency"].break_up.time), "T-1d"),
        ("narratives.fire.claim=data_leak", lambda s: s.narratives["fire"].claim, "data_leak"),
        (
            f"{SQUADS}.day.roles={{seeder: 0.5, handler: 0.5}}",
            lambda s: list(s.operators["agency"].squads["day"].roles),
            [Role.seeder, Role.handler],
        ),
        (f"{SQUADS}.day.text=verbatim", lambda s: s.dials("agency", "day").text, TextMode.verbatim),
    ],
)
def test_override_sets_its_place(
    write_scenario: Write, override: str, read: Callable[[Scenario], object], value: object
) -> None:
    if override.startswith("summary"):
        override = "summary='a summary: with = and text'"
    assert read(load(write_scenario, override)) == value


def test_later_override_wins(write_scenario: Write) -> None:
    assert load(write_scenario, "organic.accounts=50", "organic.accounts=60").organic.accounts == 60


def test_all_means_every_name(write_scenario: Write) -> None:
    scenario = load(write_scenario, "operators.all.squads.all.chinese_share=0.9")
    assert {squad.chinese_share for squad in scenario.operators["agency"].squads.values()} == {0.9}


def test_all_segments_are_reached_though_left_out(write_scenario: Write) -> None:
    scenario = load(write_scenario, "organic.segments.all.susceptibility=0")
    assert len(scenario.organic.segments) == len(Segment)
    assert {segment.susceptibility for segment in scenario.organic.segments.values()} == {0.0}


def test_single_dial_beats_its_level(write_scenario: Write) -> None:
    scenario = load(write_scenario)
    assert scenario.dials("agency", "night").daily_cap == 7
    assert scenario.dials("agency", "night").squad_follows == LADDER[EvasionLevel.L4].squad_follows


def test_new_level_drops_the_single_dials_of_that_squad_only(write_scenario: Write) -> None:
    scenario = load(write_scenario, f"{SQUADS}.night.evasion=L3")
    assert scenario.dials("agency", "night") == LADDER[EvasionLevel.L3]
    assert scenario.dials("agency", "day").jitter_share == 0.4


def test_new_level_keeps_what_is_no_dial(write_scenario: Write) -> None:
    squad = load(write_scenario, f"{SQUADS}.all.evasion=L3").operators["agency"].squads["day"]
    assert (squad.share, list(squad.roles)) == (0.5, [Role.seeder])


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_overriding_dial_beats_overriding_level_in_any_order(write_scenario: Write, order: tuple[int, int]) -> None:
    pair = (f"{SQUADS}.day.evasion=L4", f"{SQUADS}.day.daily_cap=9")
    assert load(write_scenario, *(pair[index] for index in order)).dials("agency", "day").daily_cap == 9


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("organic.acounts=5", "must be a known name under organic, got 'acounts'. Did you mean 'accounts'?"),
        ("operator=5", "--set operator=5: must be a known name, got 'operator'. Did you mean 'operators'?"),
        ("operators.agncy.accounts=5", "must be a known name under operators, got 'agncy'. Did you mean 'agency'?"),
        (f"{SQUADS}.dusk.evasion=L3", f"must be a known name under {SQUADS}, got 'dusk'. Known: day, night."),
        ("organic.segments.fans.share=0.1", "under organic.segments, got 'fans'. Did you mean 'fan'?"),
        ("organic.accounts", "--set organic.accounts: must have the form path=value, got 'organic.accounts'."),
        ("=5", "--set =5: must have the form path=value, got '=5'."),
        ("organic.accounts.x=5", "organic.accounts: must be a mapping to have a name under it, got 'x'."),
        ("organic.accounts=5", "--set organic.accounts=5: organic.accounts: must be between 20 and 10,000,000, got 5."),
        ("organic.accounts=many", "--set organic.accounts=many: organic.accounts: must be a whole number between"),
        ("exposure_log=yes", "exposure_log: must be true or false, got 'yes'. Only true and false are booleans."),
        (f"{SQUADS}.all.evasion=L7", "must be one of L0, L1, L2, L3, L4, L5, got 'L7'."),
        ("organic.zones={", "--set organic.zones={: must have a YAML value, got '{'."),
        ("organic.accounts=&a 5", "must hold no anchors, got &a."),
        ("organic.accounts=.inf", "must be a finite number within 10^15, got .inf."),
        ("operators.all.pushes.all.squads=[dy]", "one of the squads of this operator, got 'dy'. Did you mean 'day'?"),
        ("operators.agency.plan.all.start=T-3d", "plan: must have a name that 'all' can mean, got none."),
        ("operators.agency.accounts.=5", "must be a mapping to have a name under it, got ''."),
    ],
)  # fmt: skip
def test_wrong_override_is_named(write_scenario: Write, override: str, message: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(write_scenario, override)
    assert message in str(raised.value)
    assert f"--set {override}" in str(raised.value)


def test_all_wrong_overrides_are_told(write_scenario: Write) -> None:
    with pytest.raises(ScenarioError) as raised:
        load(write_scenario, "organic.acounts=5", "fed=1")
    assert len(raised.value.problems) == 2
