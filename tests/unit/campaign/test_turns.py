"""Who takes the items of a push within bounds: in proportion, by crews, and nobody twice in one go."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.campaign.pushes import DAY_MS, PlannedPush
from simulator.campaign.turns import Team, count_crews, keep_bounds, take_turns
from simulator.population import Accounts, build_population
from tests.worlds import operator, plain, scenario_from, squad

SEED = 4
N = 48
ONE = 65_536


@cache
def _accounts() -> Accounts:
    day = squad("L4", overlap=1.0, chinese_share=0.5)
    agency = operator(N, squads={"day": day}, stock={"bulk_created": 1})
    return build_population(scenario_from(plain(operators={"agency": agency})), SEED).accounts


def _team() -> Team:
    scenario = scenario_from(plain(operators={"agency": operator(N)}))
    return Team("agency", "day", np.flatnonzero(_accounts().operator == 0), scenario.dials("agency", "day"))


def _push(push_id: int = 0, worth_days: float = 1.0, posts: int = 100) -> PlannedPush:
    worth = round(worth_days * DAY_MS)
    return PlannedPush(push_id, 0, "first", "agency", "fire", 0, DAY_MS, posts, ("day",), worth_ms=worth)


def _bounded(bounds: list[int]) -> tuple[Accounts, Team]:
    """Return accounts of which the first operated ones have these bounds in Q16, and the team of just those."""
    accounts, team = _accounts(), _team()
    rows = team.rows[: len(bounds)]
    pushed = accounts.pushed_q16.copy()
    pushed[rows] = bounds
    return replace(accounts, pushed_q16=pushed), replace(team, rows=rows)


def _take(bounds: list[int], n: int, push: PlannedPush | None = None, stem: int = 7) -> NDArray[np.int64]:
    accounts, team = _bounded(bounds)
    return keep_bounds(SEED, team, accounts, team.rows, push or _push(), stem, n)


def test_items_are_taken_in_proportion_to_bounds() -> None:
    taken = np.bincount(_take([1 * ONE, 2 * ONE, 5 * ONE], 8), minlength=3)
    assert taken.tolist() == [1, 2, 5]


def test_nobody_without_a_bound_to_spare_takes_an_item() -> None:
    assert set(_take([0, 3 * ONE, 0, 3 * ONE], 6).tolist()) == {1, 3}


@pytest.mark.parametrize(("worth_days", "n_items"), [(0.5, 3), (1.0, 6), (2.0, 12), (40.0, 50)])
def test_a_push_takes_no_more_than_the_bounds_of_its_worth(worth_days: float, n_items: int) -> None:
    assert len(_take([ONE] * 6, 50, _push(worth_days=worth_days))) == n_items


def test_a_bound_is_kept_on_average_where_it_is_less_than_an_item() -> None:
    counts = [len(_take([ONE // 20] * 6, 50, stem=stem)) for stem in range(400)]
    assert set(counts) == {0, 1}
    assert np.mean(counts) == pytest.approx(0.3, abs=0.07)  # three standard errors of 400 draws


def test_whoever_is_picked_twice_comes_again_after_all_have_come_once() -> None:
    taken = _take([ONE, 3 * ONE, 2 * ONE], 6).tolist()
    assert sorted(taken[:3]) == [0, 1, 2]
    assert sorted(taken[3:5]) == [1, 2]
    assert taken[5:] == [1]


def test_a_small_push_is_the_work_of_one_crew_and_crews_take_turns() -> None:
    crews = [set(_take([ONE] * N, 10, _push(push_id=push_id), stem=push_id).tolist()) for push_id in range(9)]
    assert count_crews(N, 10) == 8
    assert all(len(crew) == N // 8 for crew in crews)
    assert set().union(*crews[:8]) == set(range(N))
    assert crews[8] == crews[0]


def test_a_crew_is_a_stretch_of_one_order_in_one_language_but_at_a_border() -> None:
    languages = _accounts().language[_team().rows]
    crews = [_take([ONE] * N, 10, _push(push_id=push_id)) for push_id in range(8)]
    mixed = [crew for crew in crews if len(np.unique(languages[crew])) > 1]
    assert len(np.unique(languages)) == 2
    assert len(mixed) <= 1


@pytest.mark.parametrize(
    ("n_accounts", "n_items", "n_crews"),
    [(48, 10, 8), (48, 48, 2), (48, 49, 1), (48, 1, 8), (11, 1, 1), (12, 1, 2), (0, 1, 1)],
)
def test_a_crew_has_one_or_two_items_each_and_six_accounts_at_least(
    n_accounts: int, n_items: int, n_crews: int
) -> None:
    assert count_crews(n_accounts, n_items) == n_crews


def test_turns_come_round_in_one_order() -> None:
    taken = take_turns(SEED, _accounts().key[:5], 7, 12)
    assert sorted(taken[:5].tolist()) == [0, 1, 2, 3, 4]
    assert taken.tolist() == [*taken[:5], *taken[:5], *taken[:2]]
