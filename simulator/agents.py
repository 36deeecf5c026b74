"""The agents of a world: a handful that plan and decide; accounts are rows of arrays that they own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import mesa
import numpy as np
from numpy.typing import NDArray

from simulator import rhythm
from simulator.campaign.feeds import order_feed
from simulator.campaign.orders import order_break_up, order_push
from simulator.campaign.rallies import order_round
from simulator.campaign.turns import Team
from simulator.kernels import layout
from simulator.kernels.plan import plan_lives
from simulator.kernels.upkeep import review_accounts
from simulator.processes.episodes import plan_episodes
from simulator.processes.lives import operation_end
from simulator.vocabulary import Segment

if TYPE_CHECKING:
    from simulator.model import World

_FEED_DAYS = 14  # that a squad's feed is ordered for in one go


class WorldAgent(mesa.Agent):
    """Base of the agents: knows its world by the right type."""

    model: World

    def step(self) -> None:
        """Do the day's part; most agents have none of their own."""


class _LivingRows(WorldAgent):
    """An agent whose accounts (rows `low` to `high`) open sessions and write originals of their own."""

    def __init__(self, model: World, low: int, high: int) -> None:
        super().__init__(model)
        self.low, self.high = low, high

    def step(self) -> None:
        """Plan the day's sessions and originals."""
        while (keys := self._plan()) is None:
            self.model.scratch = np.empty(2 * len(self.model.scratch), np.int64)
        self.model.plan_events(keys)

    def _plan(self) -> NDArray[np.int64] | None:
        """Return the day's event keys, or None when they do not fit into the scratch space."""
        world, day = self.model, self.model.day
        n = plan_lives(
            np.uint64(world.seed), world.state.accounts, world.lives, self.low, self.high, day, day * rhythm.DAY_MS,
            world.clocks, world.offsets[day], world.weekend[day], world.shifts_of(day),
            world.rules.count_table, world.scratch,
        )  # fmt: skip
        return world.scratch[:n].copy() if n >= 0 else None


class SegmentAgent(_LivingRows):
    """One organic segment."""

    def __init__(self, model: World, segment: Segment, low: int, high: int) -> None:
        super().__init__(model, low, high)
        self.segment = segment


class SquadAgent(_LivingRows):
    """One squad: its accounts' own or camouflage lives; their orders come from the operator."""

    def __init__(self, model: World, operator: str, name: str, low: int, high: int) -> None:
        super().__init__(model, low, high)
        self.operator, self.name = operator, name


def hand_out(world: World, open_orders: list[NDArray[np.void]], end: int) -> list[NDArray[np.void]]:
    """Give the world the commands due before `end` and return those that are left, list by list."""
    kept = []
    for orders in open_orders:
        due = int(np.searchsorted(orders["time"], end))
        world.give_commands(orders[:due])
        if due < len(orders):
            kept.append(orders[due:])
    return kept


class OperatorAgent(WorldAgent):
    """One operator: turns each push into commands when it opens, and hands out the day's."""

    def __init__(self, model: World, name: str) -> None:
        super().__init__(model)
        self.name = name
        self._open_orders: list[NDArray[np.void]] = []
        self._next_push = 0
        self._stops_ms = operation_end(model.scenario, model.scenario.operators[name]) - model.scenario.start_ms

    def step(self) -> None:
        """Order the pushes that open today and hand out today's commands."""
        world = self.model
        if world.is_twin:
            return
        end = (world.day + 1) * rhythm.DAY_MS
        own = [push for push in world.pushes if push.operator == self.name]
        while self._next_push < len(own) and own[self._next_push].start_ms - world.scenario.start_ms < end:
            push = own[self._next_push]
            self._next_push += 1
            self._open_orders.append(
                order_push(world.scenario, world.population, world.phrasebook, world.seed, push, world.teams)
            )
        if world.day % _FEED_DAYS == 0:
            self._open_orders += [self._order_feed(team) for team in world.teams if team.operator == self.name]
        self._open_orders = hand_out(world, self._open_orders, end)

    def _order_feed(self, team: Team) -> NDArray[np.void]:
        """Return what a squad passes on from today on for some days, until its operator stops."""
        world = self.model
        days = range(world.day, min(world.day + _FEED_DAYS, world.scenario.n_days))
        orders = order_feed(world.scenario, world.population, world.phrasebook, world.seed, team, days)
        return orders[: np.searchsorted(orders["time"], self._stops_ms)]


class RallyAgent(WorldAgent):
    """What organics do together of their own accord: hands out the day's part of every rally, in the twin too."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self._open_orders: list[NDArray[np.void]] = []
        self._next_round = 0

    def step(self) -> None:
        """Order the rounds that open today and hand out today's commands."""
        world, rounds = self.model, self.model.rounds
        end = (world.day + 1) * rhythm.DAY_MS
        while self._next_round < len(rounds) and rounds[self._next_round].start_ms < end:
            entry = rounds[self._next_round]
            self._next_round += 1
            self._open_orders.append(
                order_round(world.scenario, world.population, world.phrasebook, world.seed, entry, world.lives)
            )
        self._open_orders = hand_out(world, self._open_orders, end)


class BrandAgent(WorldAgent):
    """The brand's calendar and what people meet with: its events and their own affairs make organics write."""

    def step(self) -> None:
        """Enter the day's talk about events and the day's episodes."""
        world = self.model
        first, last = np.searchsorted(world.talk_days, [world.day, world.day + 1])
        world.plan_events(world.talk_keys[first:last])
        world.plan_events(self._episodes_of(world.day))

    def _episodes_of(self, day: int) -> NDArray[np.int64]:
        world, rows = self.model, self.model.talkers.rows
        accounts = world.population.accounts
        zones = accounts.zone[rows]
        clocks = world.clocks[accounts.chronotype[rows], world.weekend[day, zones]]
        talk = world.talk[24 * day : 24 * (day + 1)][:, zones]
        return plan_episodes(world.seed, world.talkers, day, clocks, world.offsets[day, zones], talk, world.lives[rows])


class AuthorityAgent(WorldAgent):
    """Whoever breaks operations up: removals follow at their hours."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self._removals = order_break_up(model.scenario, model.population, model.seed)

    def step(self) -> None:
        """Have the day's share of an operation's accounts removed."""
        world = self.model
        if world.is_twin:
            return
        first, last = np.searchsorted(
            self._removals["time"], [world.day * rhythm.DAY_MS, (world.day + 1) * rhythm.DAY_MS]
        )
        world.give_commands(self._removals[first:last])


class ModeratorAgent(WorldAgent):
    """The platform: reviews what a day brought and removes accounts on the next one, innocents too."""

    def __init__(self, model: World) -> None:
        super().__init__(model)
        self._found = np.zeros((len(model.population), 2), np.int64)
        self._created = model.population.accounts.created_ms - model.scenario.start_ms
        self._due = np.zeros(0, layout.COMMAND)

    def step(self) -> None:
        """Carry out the removals that yesterday's review decided."""
        self.model.give_commands(self._due)

    def review(self) -> None:
        """Decide tomorrow's removals from what was posted today."""
        world, settings = self.model, self.model.scenario.moderation
        n = review_accounts(
            np.uint64(world.seed), world.state.accounts, world.day, (world.day + 1) * rhythm.DAY_MS,
            rhythm.as_threshold(settings.base_per_million_account_days / 1e6), settings.volume_posts_per_day,
            rhythm.as_threshold(settings.volume_removal_share), settings.duplicate_posts_per_day,
            rhythm.as_threshold(settings.duplicate_removal_share), self._found,
        )  # fmt: skip
        found = self._found[: n if settings.enabled else 0]
        found = found[self._created[found[:, 1]] <= found[:, 0]]
        due = np.zeros(len(found), layout.COMMAND)
        due["time"], due["account"] = found[:, 0], found[:, 1]
        due["key"] = world.population.accounts.key[due["account"]]
        due["action"], due["push"] = layout.REMOVE, layout.NONE
        self._due = due
