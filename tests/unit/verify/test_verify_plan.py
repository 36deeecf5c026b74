"""What the rules work out anew, checked by hand."""

from typing import Any

import pytest

from simulator.campaign.pushes import plan_pushes
from simulator.scenario import load_scenario
from simulator.scenario.models import Office
from simulator.verify.plan import Ask, find_worked_moment, list_asks, list_office_hours
from simulator.verify.population import divide, spread
from simulator.verify.pushes import LabelledPush
from simulator.verify.volume import ask_posts, share_posts
from tests.worlds import DAY, HOUR, operator, plain, scenario_from, squad

THURSDAY = 0  # 1 January 1970


@pytest.mark.parametrize(
    ("total", "shares", "least", "ranges"),
    [
        (10, {"a": 0.5, "b": 0.5}, 0, {"a": (5, 5), "b": (5, 5)}),
        (10, {"a": 0.55, "b": 0.45}, 0, {"a": (5, 6), "b": (4, 5)}),
        (10, {"a": 1.0, "b": 0.0}, 0, {"a": (10, 10), "b": (0, 0)}),
        (10, {"a": 0.99, "b": 0.01}, 1, {"a": (8, 10), "b": (1, 1)}),
        (10, {"a": 1.0, "b": 0.0}, 1, {"a": (10, 10), "b": (0, 0)}),
        (0, {"a": 1.0}, 0, {"a": (0, 0)}),
    ],
)
def test_a_part_is_its_quota_rounded(total: int, shares: Any, least: int, ranges: Any) -> None:
    assert divide(total, shares, least) == ranges


def test_a_drawn_share_lies_within_five_standard_errors() -> None:
    assert spread(100, 0.5) == (24, 76)  # an error of 5, and one account


@pytest.mark.parametrize(("sizes", "parts"), [([2, 1], [6, 4]), ([0, 3], [0, 10]), ([0, 0], [0, 0]), ([5], [10])])
def test_parts_of_a_push_sum_to_the_whole(sizes: list[int], parts: list[int]) -> None:
    assert share_posts(10, sizes) == parts


def test_an_office_rests_at_night_and_on_its_rest_days() -> None:
    office = Office(zone="UTC", start_hour=9, end_hour=17, rest_days=("fri",))
    spans = list_office_hours(office, THURSDAY + 10 * HOUR, THURSDAY + 3 * DAY)
    assert spans == [(10 * HOUR, 17 * HOUR), (2 * DAY + 9 * HOUR, 2 * DAY + 17 * HOUR)]


def test_an_office_works_by_its_own_clock() -> None:
    office = Office(zone="Asia/Shanghai", start_hour=9, end_hour=24, rest_days=("sun",))
    assert list_office_hours(office, 0, DAY)[0] == (HOUR, 16 * HOUR)


@pytest.mark.parametrize(("worked", "moment"), [(0, 10), (4, 14), (5, 20), (9, 24), (99, 24)])
def test_a_worked_moment_skips_the_gaps(worked: int, moment: int) -> None:
    assert find_worked_moment([(10, 15), (20, 25)], worked) == moment


def push_of(start_ms: int, end_ms: int) -> LabelledPush:
    return LabelledPush(0, "a.b", 0, "a", "n", "t", start_ms, end_ms, ("s",), 0, 0)


@pytest.mark.parametrize(
    ("ask", "window", "posts"),
    [
        (Ask((0, 0), 100, None, 50, (), ()), (0, 100), 50),
        (Ask((0, 0), 100, None, 50, (), ()), (0, 30), 15),  # broken up
        (Ask((0, 40), 100, 20, 50, (), ()), (10, 30), 50),
        (Ask((0, 40), 100, 20, 50, (), ()), (10, 20), 25),  # broken up
        (Ask((0, 95), 100, 20, 50, (), ()), (90, 100), 50),  # its phase ends: not fewer
        (Ask((0, 0), 100, None, 1, (), ()), (0, 1), 1),
    ],
)
def test_a_cut_push_is_asked_for_less(ask: Ask, window: tuple[int, int], posts: int) -> None:
    assert ask_posts(push_of(*window), ask) == posts


def test_a_phase_asks_for_its_pushes_in_stretches_of_its_working_hours() -> None:
    office = {"zone": "UTC", "start_hour": 10, "end_hour": 14, "rest_days": []}
    phase = {"start": "T-3d 00:00", "end": "T-1d 00:00", "pushes_per_week": 7, "posts_per_account": 2, "push_hours": 6}
    data = plain(operators={"agency": operator(10, plan={"quick": phase}, pushes={}, office=office)})
    data["launch"] = {"time": "2025-05-22 19:00", "zone": "UTC"}
    scenario = scenario_from(data)
    asks = list_asks(scenario)
    assert list(asks) == ["agency.quick_1", "agency.quick_2"]
    start = scenario.at(scenario.operators["agency"].plan["quick"].start)
    first = asks["agency.quick_1"]
    assert first.opening == (start + 10 * HOUR, start + DAY + 10 * HOUR)
    assert (first.posts, first.narratives, first.squads) == (20, ("fire", "slow"), ("day",))
    assert first.end_of(start + 10 * HOUR) == start + 16 * HOUR
    assert first.end_of(start + DAY + 20 * HOUR) == start + 2 * DAY


@pytest.mark.parametrize("seed", range(5))
def test_the_planner_of_campaigns_agrees(seed: int) -> None:
    scenario = load_scenario("ev_launch", accounts=1000)
    asks = list_asks(scenario)
    for push in plan_pushes(scenario, seed):
        ask = asks[f"{push.operator}.{push.name}"]
        assert ask.opening[0] <= push.start_ms <= ask.opening[1]
        assert push.narrative in ask.narratives


def test_two_squads_of_one_push_are_asked_for_by_name() -> None:
    squads = {"day": squad(share=0.5), "night": squad(share=0.5)}
    push = {"narrative": "slow", "start": "T-2d", "end": "T-1d", "posts": 9, "squads": ["night"]}
    scenario = scenario_from(plain(operators={"agency": operator(10, squads=squads, pushes={"only": push})}))
    assert list_asks(scenario)["agency.only"].squads == ("night",)
