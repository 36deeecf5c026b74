"""The running world's memory: it grows without losing anything and forgets only what is too old."""

from typing import Any

import numpy as np
import pytest

from simulator import rhythm
from simulator.kernels import layout
from simulator.kernels.layout import State
from simulator.network import build_follow_graph
from simulator.population import Population, build_population
from simulator.processes.memory import begin_day, grow, make_records, make_state, note_ends
from simulator.vocabulary import Segment
from tests.worlds import DAY, HOUR, plain, scenario_from

SEED = 2


@pytest.fixture(scope="module")
def population() -> Population:
    return build_population(scenario_from(plain()), SEED)


@pytest.fixture
def state(population: Population) -> State:
    """Return the memory of a world of two pushes, one narrative and one operator."""
    graph = build_follow_graph(scenario_from(plain()), population, SEED)
    return make_state(population.accounts, graph, 2, 1, 1)


def with_items(state: State, first: int, last: int, every_ms: int = HOUR) -> State:
    """Put items first to last into the ring, one an hour, keyed by their numbers."""
    numbers = np.arange(first, last)
    slots = numbers & (len(state.hot) - 1)
    state.hot["key"][slots], state.hot["time"][slots] = numbers, numbers * every_ms
    state.cold["post_id"][slots] = numbers
    state.clock[layout.OLDEST], state.clock[layout.NEXT_SEQUENCE] = first, last
    return state


def test_records_hold_what_accounts_are(population: Population) -> None:
    accounts, records = population.accounts, make_records(population.accounts)
    assert np.array_equal(records["key"], accounts.key)
    assert np.array_equal(records["attitude"], records["anchor"])
    assert np.array_equal(records["session_class"], rhythm.classes_of(accounts.sessions_q16))
    assert set(records["removed_at"].tolist()) == {layout.NEVER_MS}
    assert set(records["seen_up_to"].tolist()) == {layout.NONE}


@pytest.mark.parametrize("record", [layout.HOT, layout.ACCOUNT])
def test_records_that_showing_reads_fill_one_cache_line(record: np.dtype[np.void]) -> None:
    assert record.itemsize == 64


@pytest.mark.parametrize(
    ("last", "hour"), [(0, 0), (1, 1), (5 * HOUR, 5), (5 * HOUR + 1, 6), (layout.NEVER_MS, 65_535)]
)
def test_a_life_is_over_by_the_hour_after_its_last_moment(population: Population, last: int, hour: int) -> None:
    records = make_records(population.accounts)
    note_ends(records, np.full((len(records), 2), [0, last]))
    assert set(records["ends_hour"].tolist()) == {hour}


def test_a_new_memory_holds_nothing_but_accounts_and_follows(state: State, population: Population) -> None:
    graph = build_follow_graph(scenario_from(plain()), population, SEED)
    assert state.clock[layout.NEXT_SEQUENCE] == state.clock[layout.N_PENDING] == 0
    assert state.row_length.sum() == len(graph)
    for row in (0, 7, len(population) - 1):
        start = state.row_start[row]
        held = state.followees[start : start + state.row_length[row]]
        assert held.tolist() == graph.followees[graph.indptr[row] : graph.indptr[row + 1]].tolist()
    assert state.exposures.shape == (24, 2 + 1 + 1, len(Segment), 3)
    assert state.push_seen.shape == (2 + 1 + 1, len(population))


@pytest.mark.parametrize("first", [0, 5_000, 123_456])
def test_a_larger_ring_holds_the_same_items(state: State, first: int) -> None:
    state = with_items(state, first, first + len(state.hot) - 10)
    grown = grow(state, layout.RING_FULL)
    numbers = np.arange(first, first + len(state.hot) - 10)
    slots = numbers & (len(grown.hot) - 1)
    assert len(grown.hot) == len(grown.cold) == 2 * len(state.hot)
    assert np.array_equal(grown.hot["key"][slots], numbers)
    assert np.array_equal(grown.cold["post_id"][slots], numbers)


def test_a_larger_heap_holds_the_same_answers(state: State) -> None:
    state.pending["time"] = np.arange(len(state.pending))
    grown = grow(state, layout.PENDING_FULL)
    assert len(grown.pending) == 2 * len(state.pending)
    assert np.array_equal(grown.pending[: len(state.pending)], state.pending)


def test_a_larger_set_holds_the_same_reactions_of_both_generations(state: State) -> None:
    for generation, base in enumerate((100, 9_000)):
        state.members[generation, ::7] = base + np.arange(len(state.members[generation, ::7]), dtype=np.uint64)
    grown = grow(state, layout.MEMBERS_FULL)
    assert grown.members.shape[1] == 2 * state.members.shape[1]
    for generation in range(2):
        before, after = (set(held.members[generation].tolist()) for held in (state, grown))
        assert before == after


@pytest.mark.parametrize(
    ("log", "count"),
    [
        ("likes", "N_LIKES"),
        ("follows", "N_FOLLOWS"),
        ("removed", "N_REMOVED"),
        ("touched", "N_TOUCHED"),
        ("logged", "N_LOGGED"),
    ],
)
def test_only_the_full_log_grows_and_keeps_its_rows(state: State, log: str, count: str) -> None:
    kept: Any = getattr(state, log)
    kept[:] = np.arange(kept.size).reshape(kept.shape)
    state.clock[getattr(layout, count)] = len(kept) - layout.HEADROOM + 1
    grown = grow(state, layout.LOG_FULL)
    changed = [name for name in State._fields if getattr(grown, name) is not getattr(state, name)]
    assert changed == [log]
    assert len(getattr(grown, log)) == 2 * len(kept)
    assert np.array_equal(getattr(grown, log)[: len(kept)], kept)


def test_a_day_begins_with_empty_logs(state: State) -> None:
    state.clock[[layout.N_LIKES, layout.N_LOGGED, layout.EVENT_AT, layout.COMMAND_AT]] = 9
    state.exposures[:] = 1
    begin_day(state, 3, 72 * HOUR)
    assert not state.clock[[layout.N_LIKES, layout.N_LOGGED, layout.EVENT_AT, layout.COMMAND_AT]].any()
    assert (state.clock[layout.DAY], state.clock[layout.DAY_START]) == (3, 3 * DAY)
    assert not state.exposures.any()


def test_a_day_forgets_only_items_beyond_the_memory(state: State) -> None:
    with_items(state, 0, 240)
    begin_day(state, 10, 72 * HOUR)
    oldest = int(state.clock[layout.OLDEST])
    assert 0 < oldest <= 240 - 72
    assert state.hot["time"][oldest] >= 10 * DAY - 72 * HOUR - rhythm.LONGEST_DELAY_MS


def test_nothing_is_forgotten_while_it_may_be_shown(state: State) -> None:
    with_items(state, 0, 48)
    begin_day(state, 2, 72 * HOUR)
    assert state.clock[layout.OLDEST] == 0


def test_reactions_are_remembered_for_at_least_one_memory_span(state: State) -> None:
    state.members[0, 3] = 77
    generations = []
    for day in range(1, 9):
        begin_day(state, day, 72 * HOUR)
        generations.append(77 in state.members.ravel().tolist())
    assert generations[:3] == [True] * 3
    assert not generations[-1]
