"""Plans of days: packing, counting and scaling equal what is plainly meant."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from simulator.kernels import layout
from simulator.kernels.plan import (
    DAY_MS,
    EVENT_TALK,
    ORIGINAL,
    SESSION,
    count_from,
    event_key,
    occasion_of,
    plan_lives,
    scale_draw,
)
from simulator.rhythm import N_CHRONOTYPES, build_clocks, build_counts, build_items
from tests.reference import naive_draws
from tests.reference.naive_plan import Calendar, Doing, Event, plan_day, unpack
from tests.reference.naive_things import accounts_from

_TIMES = st.integers(0, DAY_MS - 1)
_EVENTS = st.builds(
    Event,
    time=_TIMES,
    row=st.integers(0, (1 << 24) - 1),
    doing=st.sampled_from([Doing.session, Doing.original]),
    session=st.integers(0, 31),
    original=st.integers(0, 31),
)


def _pack(event: Event) -> int:
    return int(event_key(event.time, event.row, int(event.doing), event.session, event.original))


def test_codes_of_events_are_those_of_the_plan() -> None:
    assert list(Doing) == [SESSION, ORIGINAL, EVENT_TALK]


@given(_EVENTS)
@hypothesis_settings(max_examples=200, deadline=None)
def test_an_event_key_holds_the_whole_event(event: Event) -> None:
    assert 0 <= _pack(event) < 1 << 63
    assert unpack(_pack(event)) == event


@given(st.lists(_EVENTS, max_size=20))
@hypothesis_settings(max_examples=100, deadline=None)
def test_sorting_keys_is_sorting_events(events: list[Event]) -> None:
    assert [unpack(key) for key in sorted(map(_pack, events))] == sorted(events)


@given(st.integers(0, 2**32 - 1), st.integers(1, DAY_MS))
@hypothesis_settings(max_examples=200, deadline=None)
def test_scaled_draws_equal_naive(draw: int, n: int) -> None:
    assert scale_draw(np.uint64(draw), n) == naive_draws.scale_draw(draw, n)


@pytest.mark.parametrize("table", [build_counts()[60], build_counts()[0], build_items(7.0), build_clocks()[3, 1]])
def test_counts_equal_naive(table: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> None:
    edges = [*table.tolist(), 0, 2**32 - 1]
    draws = [draw for edge in edges for draw in (edge - 1, edge, edge + 1) if 0 <= draw < 2**32]
    for draw in draws:
        assert count_from(table, np.uint64(draw)) == naive_draws.count_below(table.tolist(), draw)


@pytest.mark.parametrize("day", [0, 1, 3_000])
def test_names_of_occasions_equal_naive(day: int) -> None:
    names = {
        (session, original): occasion_of(day, session, original) for session in range(31) for original in range(32)
    }
    assert all(int(name) == naive_draws.occasion_of(day, *place) for place, name in names.items())
    assert len(set(names.values())) == len(names)


def _busy_accounts(n: int) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    records = np.zeros(n, layout.ACCOUNT)
    rows = np.arange(n)
    records["key"] = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    records["session_class"], records["original_class"] = 30 + rows % 83, rows % 113
    records["clock_class"], records["zone"], records["law"] = rows % N_CHRONOTYPES, rows % 3, rows % 2
    records["scheduled_q16"] = rows % 3 * 32_768
    return records


@pytest.mark.parametrize("day", [0, 40])
def test_plans_equal_naive_from_the_silent_to_the_busiest(day: int) -> None:
    records, counts, clocks = _busy_accounts(300), build_counts(), build_clocks()
    lives = np.stack([np.arange(300) * 200_000 + day * DAY_MS, np.full(300, (day + 1) * DAY_MS - 3_600_000)], axis=1)
    offsets, weekend = np.asarray([0, 30_600_000, 72_000_000]), np.asarray([0, 1, 1], np.uint8)
    shifts = np.asarray([[0, -16], [8, 40]], np.int16)
    out = np.empty(1 << 17, np.int64)
    arguments = (day, day * DAY_MS, clocks, offsets, weekend, shifts, counts)
    n = plan_lives(np.uint64(4), records, lives, 0, 300, *arguments, out)
    tables = (clocks.tolist(), offsets.tolist(), weekend.tolist(), shifts.tolist(), counts.tolist())
    calendar = Calendar(4, day, *tables)
    assert [unpack(key) for key in np.sort(out[:n]).tolist()] == plan_day(
        calendar, accounts_from(records), lives.tolist()
    )
    assert plan_lives(np.uint64(4), records, lives, 0, 300, *arguments, out[: n // 2]) == -1
