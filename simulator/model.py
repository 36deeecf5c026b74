"""The world as a mesa Model: one step is one day."""

from __future__ import annotations

import time
from dataclasses import dataclass

import mesa
import numpy as np
from numpy.typing import NDArray

from simulator import rhythm
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
from simulator.campaign.pushes import plan_pushes
from simulator.campaign.rallies import plan_rounds
from simulator.campaign.sorting import join_commands
from simulator.campaign.turns import teams_of
from simulator.kernels import layout
from simulator.kernels.addresses import record_of
from simulator.kernels.day import run_day
from simulator.kernels.following import apply_follow_changes, lay_out_rows
from simulator.kernels.upkeep import recover_attitudes, summarise_attitudes
from simulator.language import choose_brand_names, load_phrasebook
from simulator.network import FollowGraph, build_follow_graph
from simulator.population import build_population
from simulator.processes.episodes import find_talkers
from simulator.processes.events import plan_event_talk
from simulator.processes.lives import plan_spans
from simulator.processes.memory import begin_day, grow, make_state, note_ends
from simulator.processes.rules import build_rules
from simulator.processes.tide import plan_everyday, plan_talk
from simulator.random_streams import Purpose, draw_u64, name_key
from simulator.scenario import Scenario
from simulator.vocabulary import Segment, TextMode

_RESTING_SEGMENTS = (Segment.journalist, Segment.brand, Segment.marketing)


@dataclass(frozen=True, slots=True)
class DayLog:
    """What one day brought; arrays are copies of, or windows into, the world's memory until the next step.

    Attributes
    ----------
    day : int
    first, last : int
        Sequence numbers of the day's items, half open; the items are in the state's ring.
    likes : int64[n, 4]
        Time, row, sequence, push (-1: none); ordered by time.
    follows : int64[n, 4]
        Time, follower, followee, 1 begins / 0 ends; only changes that took effect, ordered by time.
    removed : int64[n, 3]
        Time, sequence (-1: the whole account), row; ordered by time.
    touched : int32[n]
        Items of which a counter changed.
    exposures : int32[24, groups, segments, 3]
    attitudes : int64[segments, 7]
    logged : int64[n, 4]
        Every exposure, where they are kept.
    """

    day: int
    first: int
    last: int
    likes: NDArray[np.int64]
    follows: NDArray[np.int64]
    removed: NDArray[np.int64]
    touched: NDArray[np.int32]
    exposures: NDArray[np.int32]
    attitudes: NDArray[np.int64]
    logged: NDArray[np.int64]


class World(mesa.Model):
    """One scenario with one seed, alive.

    ========================================  ====================================================
    a step (one day)                          who
    ========================================  ====================================================
    1  forget what is too old                 processes.memory.begin_day
    2  order pushes, hand out commands        OperatorAgent
    3  removals after a break-up              AuthorityAgent
    4  removals after yesterday's review      ModeratorAgent
    5  plan sessions and originals            SegmentAgent, SquadAgent
    6  talk about brand events, episodes,     BrandAgent, RallyAgent
       rallies
    7  everything in order of time            kernels.day.run_day: sessions, exposures, reactions,
                                              originals, commands, removals
    8  follows begin and end                  kernels.following.apply_follow_changes
    9  review of the day                      ModeratorAgent.review
    10 attitudes recover towards the anchor   kernels.upkeep.recover_attitudes
    11 collect                                mesa.DataCollector
    ========================================  ====================================================

    Parameters
    ----------
    scenario : Scenario
    seed : int
        0 to 2^64 - 1.
    twin : bool
        The same world in which operators issue no command.
    placebo : bool
        A twin with one neutral post more, which measures the noise floor.

    Examples
    --------
    >>> from simulator import load_scenario
    >>> world = World(load_scenario("classroom", accounts=200, days=3), seed=1)
    >>> world.step()
    >>> len(world.datacollector.get_model_vars_dataframe())
    1
    """

    def __init__(self, scenario: Scenario, seed: int, *, twin: bool = False, placebo: bool = False) -> None:
        super().__init__(seed=0)
        self.scenario, self.seed = scenario, seed
        self.is_twin, self.is_placebo = twin or placebo, placebo
        self.day = -1
        self.counters = {"exposures": 0, "sessions": 0, "posts": 0, "kernel_ns": 0}
        self.names = choose_brand_names(seed, scenario)
        self.phrasebook = load_phrasebook(self.names, scenario.split)
        self.population = build_population(scenario, seed)
        self.graph, self._later_follows = self._grow_graph()
        self.pushes = plan_pushes(scenario, seed)
        self.rounds = plan_rounds(scenario)
        self.teams = teams_of(scenario, self.population)
        self._set_up_time()
        self._set_up_memory()
        self._enrol_agents()
        self.datacollector = mesa.DataCollector(model_reporters=_REPORTERS)
        self.log: DayLog | None = None

    def _grow_graph(self) -> tuple[FollowGraph, NDArray[np.int64]]:
        """Return the follows at the start, and those of joiners and operators that begin later."""
        graph = build_follow_graph(self.scenario, self.population, self.seed)
        followers = np.repeat(np.arange(len(self.population)), np.diff(graph.indptr))
        since = graph.since_ms - self.scenario.start_ms
        wanted = ~graph.commanded if self.is_twin else np.ones(len(since), bool)
        later = wanted & (since > 0)
        changes = np.stack([since, followers, graph.followees, np.ones(len(since), np.int64)], axis=1)[later]
        kept = wanted & ~later
        indptr = np.concatenate([[0], np.cumsum(np.bincount(followers[kept], minlength=len(self.population)))])
        start = FollowGraph(indptr, graph.followees[kept], graph.since_ms[kept], graph.commanded[kept])
        return start, changes[np.lexsort((changes[:, 2], changes[:, 1], changes[:, 0]))]

    def _set_up_time(self) -> None:
        zones, start, days = self.population.zones, self.scenario.start_ms, self.scenario.n_days
        self.clocks = rhythm.build_clocks()
        self.offsets = rhythm.zone_offsets(zones, start, days)
        self.weekend = rhythm.weekend_flags(zones, start, days)
        self.shifts = rhythm.session_shifts(len(Segment), tuple(_RESTING_SEGMENTS))
        self.everyday = plan_everyday(self.seed, days)
        self.talk = plan_talk(self.seed, self.weekend, self.offsets)
        self.talkers = find_talkers(self.population.accounts)
        self.lives = plan_spans(self.scenario, self.population, self.is_twin)
        self.talk_days, self.talk_keys = plan_event_talk(self.scenario, self.population, self.seed, self.lives)

    def _set_up_memory(self) -> None:
        operators = tuple(self.scenario.operators)
        push_operator = np.asarray([operators.index(push.operator) for push in self.pushes], np.int16)
        self.rules = build_rules(
            self.scenario, self.phrasebook, self.seed, push_operator,
            self.talk, self.everyday, self.scenario.exposure_log,
        )  # fmt: skip
        self.state = make_state(
            self.population.accounts, self.graph, len(self.pushes), len(self.scenario.narratives), len(operators)
        )
        note_ends(self.state.accounts, self.lives)
        self.state.clock[layout.RUN_END] = self.scenario.end_ms - self.scenario.start_ms
        deletions = [team.dials.delete_after_minutes or 0.0 for team in self.teams]
        self._longest_deletion_ms = round(max(deletions, default=0.0) * 60_000)
        self.scratch = np.empty(max(1 << 16, 4 * len(self.population)), np.int64)
        self._events: list[NDArray[np.int64]] = []
        self._commands: list[NDArray[np.void]] = []
        self._attitudes = np.zeros((len(Segment), 7), np.int64)

    def _enrol_agents(self) -> None:
        self.operators = [OperatorAgent(self, name) for name in self.scenario.operators]
        self.authority = AuthorityAgent(self)
        self.moderator = ModeratorAgent(self)
        for segment in Segment:
            rows = np.flatnonzero(self.population.accounts.segment[: self.population.n_organic] == segment)
            if len(rows):
                SegmentAgent(self, segment, int(rows[0]), int(rows[-1]) + 1)
        for team in self.teams:
            if len(team.rows):
                SquadAgent(self, team.operator, team.name, int(team.rows[0]), int(team.rows[-1]) + 1)
        BrandAgent(self)
        RallyAgent(self)

    def shifts_of(self, day: int) -> NDArray[np.int16]:
        """Return the rate-class steps of each segment on weekdays and weekends as of a day, int16[segments, 2]."""
        shifts: NDArray[np.int16] = (self.shifts + self.everyday[day]).astype(np.int16)
        return shifts

    def plan_events(self, keys: NDArray[np.int64]) -> None:
        """Enter event keys of the day at hand; in any order."""
        self._events.append(keys)

    def give_commands(self, commands: NDArray[np.void]) -> None:
        """Enter commands of the day at hand, COMMAND[n]; in any order."""
        if len(commands):
            self._commands.append(commands)

    def step(self) -> None:
        """Live one day; see the table of the class."""
        self.day += 1
        self._events, self._commands = [], []
        begin_day(self.state, self.day, int(self.rules.memory_ms), self._longest_deletion_ms)
        first = int(self.state.clock[layout.NEXT_SEQUENCE])
        self.agents.do("step")
        if self.is_placebo:
            self.give_commands(self._placebo_of_today())
        self._run(np.sort(np.concatenate(self._events)), self._sorted_commands())
        follows = self._change_follows()
        self.moderator.review()
        summarise_attitudes(self.state.accounts, self._attitudes)
        self.log = self._log(first, follows)
        recovery = round(self.scenario.attitudes.recovery_per_day * 65_536)
        recover_attitudes(self.state.accounts, recovery)
        self.datacollector.collect(self)

    def _sorted_commands(self) -> NDArray[np.void]:
        commands = join_commands(self._commands)
        removals = commands.take(np.flatnonzero(commands["action"] == layout.REMOVE))
        # Known before the day begins, so that nothing of the day is dated after its author's removal.
        np.minimum.at(self.state.accounts["removed_at"], removals["account"], removals["time"])
        return commands

    def _placebo_of_today(self) -> NDArray[np.void]:
        """Return the placebo's one neutral post, on the day of the first push or in the middle of the run."""
        accounts, n_days = self.population.accounts, self.scenario.n_days
        time_ms = self.pushes[0].start_ms - self.scenario.start_ms if self.pushes else n_days * rhythm.DAY_MS // 2
        if time_ms // rhythm.DAY_MS != self.day:
            return np.zeros(0, layout.COMMAND)
        alive = np.flatnonzero(
            (self.lives[:, 0] <= time_ms)
            & (self.lives[:, 1] > time_ms)
            & (self.state.accounts["removed_at"] > time_ms)
            & (accounts.operator < 0)
        )
        command = np.zeros(1, layout.COMMAND)
        command["time"], command["push"], command["action"] = time_ms, layout.NONE, layout.POST
        command["key"] = draw_u64(self.seed, Purpose.placebo, name_key("placebo"))
        command["account"] = alive[int(command["key"][0] % np.uint64(len(alive)))]
        command["content"], command["mode"] = self.phrasebook.topics[0], TextMode.paraphrase
        command["shared_key"] = command["key"]
        command["forced_tag"] = command["forced_url"] = layout.NONE
        return command

    def _run(self, events: NDArray[np.int64], commands: NDArray[np.void]) -> None:
        clock = self.state.clock
        before = time.thread_time_ns()
        # Made anew each day: a copy of a world must not read the memory of the world.
        rules = record_of(self.rules)
        while (answer := run_day(rules, record_of(self.state), events, commands)) != layout.DONE:
            self.state = grow(self.state, answer)
        self.counters["kernel_ns"] += time.thread_time_ns() - before
        self.counters["exposures"] = int(clock[layout.N_EXPOSURES])
        self.counters["sessions"] = int(clock[layout.N_SESSIONS])
        self.counters["posts"] = int(clock[layout.NEXT_SEQUENCE])

    def _change_follows(self) -> NDArray[np.int64]:
        first, last = np.searchsorted(
            self._later_follows[:, 0], [self.day * rhythm.DAY_MS, (self.day + 1) * rhythm.DAY_MS]
        )
        later, removed_at = self._later_follows[first:last], self.state.accounts["removed_at"]
        later = later[later[:, 0] < np.minimum(removed_at[later[:, 1]], removed_at[later[:, 2]])]
        changes = np.concatenate([self.state.follows[: self.state.clock[layout.N_FOLLOWS]], later])
        changes = changes[np.lexsort((changes[:, 3], changes[:, 2], changes[:, 1], changes[:, 0]))]
        accepted = np.zeros(len(changes), np.uint8)
        done = 0
        while True:
            state = self.state
            done += apply_follow_changes(
                changes[done:], state.row_start, state.row_length, state.row_room, state.followees, accepted[done:]
            )
            if done == len(changes):
                entered: NDArray[np.int64] = changes[accepted == 1]
                return entered
            wanted = np.bincount(changes[done:, 1], changes[done:, 3], len(state.newest)).astype(np.int64)
            starts, rooms, followees = lay_out_rows(state.row_start, state.row_length, state.followees, wanted)
            self.state = state._replace(row_start=starts, row_room=rooms, followees=followees)

    def _log(self, first: int, follows: NDArray[np.int64]) -> DayLog:
        state, clock = self.state, self.state.clock
        likes = state.likes[: clock[layout.N_LIKES]]
        removed = state.removed[: clock[layout.N_REMOVED]]
        return DayLog(
            day=self.day,
            first=first,
            last=int(clock[layout.NEXT_SEQUENCE]),
            likes=likes[np.lexsort((likes[:, 2], likes[:, 1], likes[:, 0]))],
            follows=follows,
            removed=removed[np.lexsort((removed[:, 1], removed[:, 2], removed[:, 0]))],
            touched=state.touched[: clock[layout.N_TOUCHED]],
            exposures=state.exposures,
            attitudes=self._attitudes.copy(),
            logged=state.logged[: clock[layout.N_LOGGED]],
        )

    def agents_of(self, kind: type[WorldAgent]) -> list[WorldAgent]:
        """Return the agents of one kind, for a look from a notebook."""
        return list(self.agents_by_type.get(kind, []))


def _mean_attitude(world: World) -> float:
    counts, sums = world._attitudes[:, 0].sum(), world._attitudes[:, 1].sum()
    return float(sums / max(counts, 1) / 65_536)


_REPORTERS = {
    "day": lambda world: world.day,
    "posts": lambda world: world.log.last - world.log.first,
    "exposures": lambda world: int(world.state.exposures[..., 0].sum()),
    "campaign_exposures": lambda world: int(world.state.exposures[:, : len(world.pushes), :, 0].sum()),
    "mean_attitude": _mean_attitude,
}
