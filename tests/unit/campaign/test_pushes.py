"""The push plan: explicit and generated pushes, clipped to the run of an operation, ordered and grouped into waves."""

from datetime import UTC, datetime
from typing import Any

import pytest

from simulator.campaign.pushes import PlannedPush, office_spans, plan_pushes
from simulator.scenario import Scenario
from simulator.scenario.models import Office
from tests.worlds import DAY, HOUR, operator, plain, scenario_from

_LONG: dict[str, Any] = {"start": "T-30d 00:00", "end": "T+5d 00:00"}


def ms(text: str) -> int:
    """Return a UTC wall time in ms since the epoch."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def push(start: str, end: str, posts: int = 100, **settings: Any) -> dict[str, Any]:
    return {"narrative": "fire", "start": start, "end": end, "posts": posts, **settings}


def phase(**settings: Any) -> dict[str, Any]:
    window = {"start": "T-20d 00:00", "end": "T-6d 00:00"}
    return {**window, "pushes_per_week": 3, "push_hours": 20, "posts_per_account": 2, **settings}


def scenario_of(**settings: Any) -> Scenario:
    """Return a scenario of a month with one operator of ten accounts."""
    return scenario_from(plain(**_LONG, operators={"agency": operator(10, **{"pushes": {}, **settings})}))


def planned(seed: int = 1, **settings: Any) -> tuple[PlannedPush, ...]:
    return plan_pushes(scenario_of(**settings), seed)


def test_an_explicit_push_is_planned_as_written() -> None:
    (only,) = planned(pushes={"first": push("2025-05-10 09:00 UTC", "2025-05-11 12:00 UTC", posts=77)})
    assert only == PlannedPush(
        push_id=0,
        wave_id=0,
        name="first",
        operator="agency",
        narrative="fire",
        start_ms=ms("2025-05-10T09:00"),
        end_ms=ms("2025-05-11T12:00"),
        posts=77,
        squads=("day",),
        worth_ms=scenario_of().end_ms - ms("2025-05-10T09:00"),  # the only one has all the time up to the end
    )


def test_pushes_share_the_time_of_the_operation_by_their_posts() -> None:
    pushes = planned(pushes={"small": push("T-9d", "T-8d", posts=1), "big": push("T-5d", "T-4d", posts=3)})
    span = scenario_of().end_ms - pushes[0].start_ms
    assert [one.worth_ms for one in pushes] == [span // 4, span * 3 // 4]


@pytest.mark.parametrize("posts", [(7,), (1, 1, 1), (3, 50, 9)])
def test_the_time_of_an_operation_is_shared_out_to_the_last_second(posts: tuple[int, ...]) -> None:
    pushes = planned(pushes={f"n{i}": push("T-9d", "T-8d", posts=n) for i, n in enumerate(posts)})
    span = scenario_of().end_ms - pushes[0].start_ms
    assert span - len(posts) < sum(one.worth_ms for one in pushes) <= span


def test_the_time_of_an_operation_ends_with_its_break_up() -> None:
    broken = {"time": "T-2d 00:00", "removed_share": 0.5}
    (only,) = planned(pushes={"first": push("T-9d 00:00", "T-8d 00:00")}, break_up=broken)
    assert only.worth_ms == 7 * DAY


def test_pushes_are_numbered_by_their_starts() -> None:
    pushes = planned(
        pushes={"late": push("T-3d", "T-2d"), "early": push("T-9d", "T-1d"), "middle": push("T-5d", "T-4d")}
    )
    assert [(one.push_id, one.name) for one in pushes] == [(0, "early"), (1, "middle"), (2, "late")]


def test_a_push_names_only_its_squads() -> None:
    half = {"evasion": "L1", "roles": {"seeder": 1}, "share": 0.5}
    pushes = planned(
        squads={"day": half, "night": half},
        pushes={"both": push("T-9d", "T-8d"), "some": push("T-5d", "T-4d", squads=["night"])},
    )
    assert [one.squads for one in pushes] == [("day", "night"), ("night",)]


@pytest.mark.parametrize(("gap_hours", "waves"), [(-5, [0, 0]), (0, [0, 0]), (23, [0, 0]), (24, [0, 1]), (60, [0, 1])])
def test_pushes_less_than_a_day_apart_are_one_wave(gap_hours: int, waves: list[int]) -> None:
    first = push("T-100h", "T-90h")
    pushes = planned(pushes={"first": first, "second": push(f"T{gap_hours - 90}h", f"T{gap_hours - 80}h")})
    assert [one.wave_id for one in pushes] == waves


def test_a_wave_lasts_as_long_as_its_longest_push() -> None:
    pushes = planned(
        pushes={"long": push("T-200h", "T-100h"), "inside": push("T-190h", "T-180h"), "last": push("T-80h", "T-70h")}
    )
    assert [one.wave_id for one in pushes] == [0, 0, 0]


def test_waves_of_several_operators_are_numbered_together() -> None:
    rival = operator(10, pushes={"other": push("T-95h", "T-90h")})
    agency = operator(10, pushes={"first": push("T-100h", "T-98h"), "second": push("T-20h", "T-10h")})
    pushes = plan_pushes(scenario_from(plain(**_LONG, operators={"agency": agency, "rival": rival})), 1)
    assert [(one.operator, one.wave_id) for one in pushes] == [("agency", 0), ("rival", 0), ("agency", 1)]


BREAK_UP = {"time": "T-5d 00:00", "removed_share": 1.0}


def test_a_push_after_the_break_up_is_dropped() -> None:
    pushes = planned(pushes={"early": push("T-9d", "T-8d"), "late": push("T-4d", "T-3d")}, break_up=BREAK_UP)
    assert [one.name for one in pushes] == ["early"]


def test_a_push_across_the_break_up_is_clipped_with_its_posts_in_proportion() -> None:
    scenario = scenario_of(pushes={"cut": push("T-6d 00:00", "T-2d 00:00", posts=100)}, break_up=BREAK_UP)
    (cut,) = plan_pushes(scenario, 1)
    assert (cut.end_ms, cut.posts) == (scenario.first_break_up_ms, 25)


def test_a_clipped_push_keeps_at_least_one_post() -> None:
    (cut,) = planned(
        pushes={"cut": push("T-6d 23:00", "T-2d 00:00", posts=2)}, break_up={**BREAK_UP, "time": "T-6d 23:10"}
    )
    assert cut.posts == 1


def test_a_break_up_ends_only_its_own_operator() -> None:
    broken = operator(10, pushes={"one": push("T-4d", "T-3d")}, break_up=BREAK_UP)
    free = operator(10, pushes={"two": push("T-4d", "T-3d")})
    pushes = plan_pushes(scenario_from(plain(**_LONG, operators={"broken": broken, "free": free})), 1)
    assert [one.name for one in pushes] == ["two"]


def test_a_phase_makes_its_pushes_per_week() -> None:
    assert len(planned(plan={"seeding": phase()})) == 6


def test_a_short_phase_makes_one_push() -> None:
    assert len(planned(plan={"seeding": phase(end="T-19d 00:00", pushes_per_week=0.5)})) == 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_generated_pushes_open_in_office_hours_and_end_with_their_phase(seed: int) -> None:
    scenario = scenario_of(plan={"seeding": phase(pushes_per_week=20, push_hours=30)})
    window = scenario.operators["agency"].plan["seeding"]
    start, end = scenario.at(window.start), scenario.at(window.end)
    spans = office_spans(scenario.operators["agency"].office, start, end)
    for one in plan_pushes(scenario, seed):
        assert any(first <= one.start_ms < last for first, last in spans)
        assert one.end_ms == min(one.start_ms + 30 * HOUR, end)


def test_generated_pushes_spread_over_the_whole_phase() -> None:
    pushes = planned(plan={"seeding": phase(pushes_per_week=7)})
    days = {one.start_ms // DAY for one in pushes}
    assert len(pushes) == 14
    assert len(days) >= 9


def test_generated_pushes_ask_for_posts_per_account_of_every_squad() -> None:
    pushes = planned(plan={"seeding": phase(posts_per_account=2.5)})
    assert {(one.posts, one.squads) for one in pushes} == {(25, ("day",))}


def test_generated_pushes_draw_only_the_narratives_named() -> None:
    assert {one.narrative for one in planned(plan={"seeding": phase(narratives=["slow"])})} == {"slow"}
    assert {one.narrative for one in planned(plan={"seeding": phase()})} == {"slow", "fire"}


def test_the_seed_moves_generated_pushes_and_no_explicit_ones() -> None:
    settings = {"plan": {"seeding": phase()}, "pushes": {"first": push("T-29d", "T-28d")}}
    one, other = planned(1, **settings), planned(2, **settings)
    assert one[0] == other[0]
    assert {p.start_ms for p in one[1:]}.isdisjoint(p.start_ms for p in other[1:])


def test_a_scenario_without_operators_has_no_pushes() -> None:
    assert plan_pushes(scenario_from(plain()), 1) == ()


def test_a_weekend_without_office_hours_still_gets_its_generated_push() -> None:
    (only,) = planned(plan={"seeding": phase(start="T-12d 00:00", end="T-11d 00:00", pushes_per_week=1)})
    assert only.start_ms >= scenario_of().at(scenario_of().start)


# 26 October 2025 is a Sunday and the end of summer time in Berlin.
@pytest.mark.parametrize(
    ("start", "end", "rest_days", "spans"),
    [
        pytest.param(
            "2025-10-24T22:00", "2025-10-26T23:00", [],
            [("2025-10-25T07:00", "2025-10-25T16:00"), ("2025-10-26T08:00", "2025-10-26T17:00")],
            id="summer_time_ends",
        ),
        pytest.param(
            "2025-10-23T22:00", "2025-10-28T00:00", ["sat", "sun"],
            [("2025-10-24T07:00", "2025-10-24T16:00"), ("2025-10-27T08:00", "2025-10-27T17:00")],
            id="rest_days",
        ),
        pytest.param(
            "2025-10-27T10:30", "2025-10-27T12:00", [], [("2025-10-27T10:30", "2025-10-27T12:00")], id="inside"
        ),
        pytest.param("2025-10-27T17:00", "2025-10-28T08:00", [], [], id="between_two_days"),
        pytest.param("2025-10-24T22:00", "2025-10-26T23:00", ["sat", "sun"], [], id="weekend"),
    ],
)  # fmt: skip
def test_office_spans_follow_the_local_clock(
    start: str, end: str, rest_days: list[str], spans: list[tuple[str, str]]
) -> None:
    office = Office(zone="Europe/Berlin", rest_days=tuple(rest_days))  # type: ignore[arg-type]
    assert office_spans(office, ms(start), ms(end)) == [(ms(first), ms(last)) for first, last in spans]


def test_an_office_may_work_until_midnight() -> None:
    office = Office(zone="Asia/Shanghai", start_hour=20, end_hour=24, rest_days=())
    spans = office_spans(office, ms("2025-05-01T00:00"), ms("2025-05-02T00:00"))
    assert spans == [(ms("2025-05-01T12:00"), ms("2025-05-01T16:00"))]
