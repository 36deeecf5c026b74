"""The world as a mesa model: its agents, its step as the table says, its collected figures, its use by hand."""

import copy
import re
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import mesa
import numpy as np
import pytest

import simulator.agents
from simulator import World, load_scenario
from simulator.agents import (
    AuthorityAgent,
    BrandAgent,
    ModeratorAgent,
    OperatorAgent,
    RallyAgent,
    SegmentAgent,
    SquadAgent,
    WorldAgent,
)
from simulator.kernels import layout
from simulator.vocabulary import Segment
from tests.worlds import DAY, LIVELY, operator, plain, scenario_from, squad

SEED = 3
_SQUADS = {"day": squad("L0", share=0.5), "night": squad("L4", share=0.5)}
_BREAK_UP = {"time": "T-1d 12:00", "removed_share": 1.0, "removal_days": 0.2}


def world_of(n_steps: int, seed: int = SEED, **kind: bool) -> World:
    """Return a world of five days, some of them lived."""
    agency = operator(16, squads=_SQUADS, break_up=_BREAK_UP)
    world = World(scenario_from(plain(operators={"agency": agency}, **LIVELY)), seed, **kind)
    for _ in range(n_steps):
        world.step()
    return world


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(5)


def test_a_world_is_a_mesa_model_of_mesa_agents(world: World) -> None:
    assert isinstance(world, mesa.Model)
    assert all(isinstance(agent, mesa.Agent) and isinstance(agent, WorldAgent) for agent in world.agents)
    assert all(agent.model is world for agent in world.agents)


def test_agents_are_few_and_accounts_are_rows(world: World) -> None:
    assert len(world.agents) < 25
    assert len(world.state.accounts) == len(world.population) == 136


def test_every_kind_of_agent_is_enrolled(world: World) -> None:
    n_segments = len(np.unique(world.population.accounts.segment[: world.population.n_organic]))
    numbers = {kind: len(agents) for kind, agents in world.agents_by_type.items()}
    assert numbers == {
        OperatorAgent: 1,
        RallyAgent: 1,
        AuthorityAgent: 1,
        ModeratorAgent: 1,
        SegmentAgent: n_segments,
        SquadAgent: 2,
        BrandAgent: 1,
    }
    assert [agent.name for agent in world.agents_of(SquadAgent)] == ["day", "night"]  # type: ignore[attr-defined]


def test_agents_step_in_the_order_of_the_table(world: World) -> None:
    kinds = [type(agent) for agent in world.agents]
    firsts = [
        kinds.index(kind)
        for kind in (OperatorAgent, AuthorityAgent, ModeratorAgent, SegmentAgent, SquadAgent, BrandAgent)
    ]
    assert firsts == sorted(firsts)


def test_segments_and_squads_own_every_account_once(world: World) -> None:
    owners = [*world.agents_of(SegmentAgent), *world.agents_of(SquadAgent)]
    rows = [row for owner in owners for row in range(owner.low, owner.high)]  # type: ignore[attr-defined]
    assert sorted(rows) == list(range(len(world.population)))
    for owner in world.agents_of(SegmentAgent):
        segments = world.population.accounts.segment[owner.low : owner.high]  # type: ignore[attr-defined]
        assert set(segments.tolist()) == {owner.segment}  # type: ignore[attr-defined]


def test_the_step_table_names_what_exists() -> None:
    text = (World.__doc__ or "").split("====\n")[-2]
    table = [line for line in text.splitlines() if re.match(r"\s+\d+\s", line)]
    assert [int(line.split()[0]) for line in table] == list(range(1, len(table) + 1))
    named = re.findall(r"(?:processes|kernels)\.[\w.]+", "\n".join(table))
    assert len(named) >= 4
    for path in named:
        module, _, function = path.rpartition(".")
        assert callable(getattr(import_module(f"simulator.{module}"), function)), path
    agents = re.findall(r"(\w+Agent)(?:\.(\w+))?", "\n".join(table))
    assert {name for name, _ in agents} == {
        "OperatorAgent",
        "AuthorityAgent",
        "ModeratorAgent",
        "SegmentAgent",
        "SquadAgent",
        "BrandAgent",
        "RallyAgent",
    }
    assert all(hasattr(getattr(simulator.agents, name), method or "step") for name, method in agents)


def test_every_step_collects_one_row(world: World) -> None:
    frame = world.datacollector.get_model_vars_dataframe()
    assert frame["day"].tolist() == [0, 1, 2, 3, 4]
    assert frame["posts"].sum() == world.counters["posts"]
    assert frame["exposures"].between(1, world.counters["exposures"]).all()
    assert frame["mean_attitude"].between(-1, 1).all()


def test_campaign_exposures_begin_with_the_push(world: World) -> None:
    exposures = world.datacollector.get_model_vars_dataframe()["campaign_exposures"].tolist()
    first_day = (world.pushes[0].start_ms - world.scenario.start_ms) // DAY
    assert not any(exposures[:first_day])
    assert sum(exposures[first_day:]) > 0


def test_a_step_lives_one_day(world: World) -> None:
    assert world.day == 4
    assert world.log is not None
    times = world.state.hot["time"][np.arange(world.log.first, world.log.last) & (len(world.state.hot) - 1)]
    assert times.min() >= 4 * DAY
    assert np.array_equal(times, np.sort(times))


def test_a_log_covers_exactly_the_posts_of_its_day() -> None:
    world, last = world_of(0), 0
    for _ in range(3):
        world.step()
        assert world.log is not None
        assert (world.log.first, world.log.day) == (last, world.day)
        last = world.log.last
    assert last == world.counters["posts"] == world.state.clock[layout.NEXT_SEQUENCE]


def test_counters_grow(world: World) -> None:
    assert world.counters["exposures"] > world.counters["sessions"] > 0
    assert world.counters["kernel_ns"] > 0


@pytest.mark.parametrize("kind", ["twin", "placebo"])
def test_operators_of_a_twin_command_nothing(kind: str) -> None:
    world = world_of(4, **{kind: True})
    assert world.is_twin
    assert not (world.state.cold["push"][: world.counters["posts"]] >= 0).any()
    assert set(world.state.accounts["removed_at"][world.population.accounts.operator >= 0].tolist()) == {
        layout.NEVER_MS
    }


def test_operators_of_a_world_command(world: World) -> None:
    pushed = world.state.cold["push"][: world.counters["posts"]] >= 0
    assert pushed.sum() > 50


def test_a_break_up_removes_the_accounts_of_its_operator(world: World) -> None:
    removed = world.state.accounts["removed_at"][world.population.accounts.operator >= 0] + world.scenario.start_ms
    broken = world.scenario.first_break_up_ms
    assert broken is not None
    assert np.all((removed >= broken) & (removed < broken + 0.2 * DAY))


def test_organics_outlive_a_break_up(world: World) -> None:
    removed = world.state.accounts["removed_at"][: world.population.n_organic] < layout.NEVER_MS
    assert removed.mean() < 0.05


def test_moderation_can_be_turned_off() -> None:
    eager = {"base_per_million_account_days": 10_000, "volume_posts_per_day": 1, "volume_removal_share": 1.0}
    removed = []
    for enabled in (True, False):
        world = World(scenario_from(plain(moderation={**eager, "enabled": enabled}, **LIVELY)), SEED)
        for _ in range(3):
            world.step()
        removed.append(int((world.state.accounts["removed_at"] < layout.NEVER_MS).sum()))
    assert removed[0] > 10
    assert removed[1] == 0


def test_removals_take_place_on_the_day_after_their_review() -> None:
    eager = {"base_per_million_account_days": 10_000, "volume_posts_per_day": 1, "volume_removal_share": 1.0}
    world = World(scenario_from(plain(moderation=eager, **LIVELY)), SEED)
    world.step()
    assert world.log is not None
    assert len(world.log.removed) == 0
    world.step()
    times = world.log.removed[:, 0]
    assert len(times) > 5
    assert np.all((times >= DAY) & (times < 2 * DAY))


def test_two_worlds_do_not_share_anything() -> None:
    first, second = world_of(2), world_of(0)
    second.step()
    second.step()
    assert np.array_equal(first.state.hot, second.state.hot)
    assert not np.shares_memory(first.state.hot, second.state.hot)


def test_commands_by_hand_are_carried_out() -> None:
    """A notebook may let an account speak: what an operator does is open to anybody who steps a world."""
    world = world_of(0)
    command = np.zeros(1, layout.COMMAND)
    command["time"], command["key"], command["push"], command["action"] = 3_600_000, 99, layout.NONE, layout.POST
    step = OperatorAgent.step
    world.operators[0].step = lambda: (world.give_commands(command), step(world.operators[0]))
    world.step()
    said = world.state.hot[: world.counters["posts"]]
    assert (said["key"] == 99).sum() == 1


def test_what_mesa_knows_can_be_counted(world: World) -> None:
    assert world.agents.select(agent_type=SquadAgent).agg("low", len) == 2
    assert world.steps == 5


def test_set_up_tables_cover_the_run(world: World) -> None:
    n_days, n_zones = world.scenario.n_days, len(world.population.zones)
    assert world.offsets.shape == world.weekend.shape == (n_days, n_zones)
    assert world.lives.shape == (len(world.population), 2)
    assert world.shifts[Segment.journalist, 1] < 0


def test_follows_of_a_twin_leave_out_commanded_ones() -> None:
    world, twin = world_of(0), world_of(0, twin=True)
    kept: list[Any] = [len(one.graph) + len(one._later_follows) for one in (world, twin)]
    assert kept[0] > kept[1] > 0


def test_a_world_of_a_shipped_scenario_steps() -> None:
    world = World(load_scenario("classroom", accounts=150, days=2), seed=1)
    world.step()
    world.step()
    assert len(world.datacollector.get_model_vars_dataframe()) == 2


def test_copy_of_a_world_does_not_read_the_worlds_memory():
    world, expected = world_of(1), world_of(2)
    copied = copy.deepcopy(world)
    rules = [values for values in world.rules._asdict().values() if isinstance(values, np.ndarray)]
    kept = [values.copy() for values in rules]
    for values in rules:
        values[...] = 0
    copied.step()
    for values, before in zip(rules, kept, strict=True):
        values[...] = before
    assert copied.counters["exposures"] == expected.counters["exposures"]


@pytest.mark.parametrize("n_days", [1, 2])
def test_feeds_are_the_same_for_however_many_days_they_are_ordered(monkeypatch, n_days):
    """Also at the end of an operator that is broken up on the fourth day of five."""
    expected = _world_of_feeds()
    monkeypatch.setattr(simulator.agents, "_FEED_DAYS", n_days)
    found = _world_of_feeds()
    assert len(found.feeds) > 100
    assert found.feeds == expected.feeds
    assert found.world.counters["exposures"] == expected.world.counters["exposures"]


@dataclass(frozen=True)
class _Fed:
    world: World
    feeds: list[tuple[int, int, int]]  # time, account, key of what squads post beside pushes


def _world_of_feeds() -> _Fed:
    squads = {"loud": squad("L0", share=0.5, feed_per_day=4.0), "own": squad("L2", share=0.5, feed_per_day=4.0)}
    agency = operator(40, squads=squads, break_up=_BREAK_UP)
    world = World(scenario_from(plain(operators={"agency": agency}, **LIVELY)), SEED)
    feeds: list[tuple[int, int, int]] = []
    give = world.give_commands

    def note(commands: np.ndarray) -> None:
        beside = commands[(commands["push"] == layout.NONE) & (commands["action"] != layout.REMOVE)]
        feeds.extend(zip(*(beside[name].tolist() for name in ("time", "account", "key")), strict=True))
        give(commands)

    world.give_commands = note
    for _ in range(world.scenario.n_days):
        world.step()
    return _Fed(world, sorted(feeds))
