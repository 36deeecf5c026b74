"""What squads without lives of their own pass on between pushes."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.campaign.feeds import order_feed
from simulator.campaign.turns import teams_of
from simulator.kernels import layout
from simulator.population import NO_BOUND, Population, build_population
from simulator.scenario import Scenario
from simulator.vocabulary import Role, Stock, TextMode
from tests.tiny_texts import phrasebook
from tests.worlds import operator, plain, scenario_from, squad

_DAY_MS = 86_400_000
_N_DAYS = 5


def _feed(level: str = "L0", role: str = "seeder", days: range = range(_N_DAYS), **dials: object) -> NDArray[np.void]:
    """Return what the only squad of 200 accounts passes on, begun on these days."""
    scenario, population = _squad_of(level, role, tuple(sorted(dials.items())))
    (team,) = teams_of(scenario, population)
    return order_feed(scenario, population, phrasebook(), 1, team, days)


@cache
def _squad_of(level: str, role: str, dials: tuple[tuple[str, object], ...]) -> tuple[Scenario, Population]:
    settings = {name: dict(value) if isinstance(value, tuple) else value for name, value in dials}
    own = squad(level, roles={role: 1}, **settings)
    scenario = scenario_from(plain(operators={"agency": operator(200, squads={"one": own})}))
    return scenario, build_population(scenario, 1)


def test_it_belongs_to_no_push() -> None:
    orders = _feed()
    assert set(orders["push"].tolist()) == {layout.NONE}
    assert set(orders["action"].tolist()) == {layout.POST}


@pytest.mark.parametrize("per_day", [0.5, 2.0])
def test_items_a_day_follow_the_dial(per_day: float) -> None:
    assert len(_feed(feed_per_day=per_day)) / (200 * _N_DAYS) == pytest.approx(per_day, rel=0.15)


def test_none_a_day_is_none() -> None:
    assert len(_feed(feed_per_day=0.0)) == 0


def test_accounts_that_overlap_with_people_pass_nothing_on() -> None:
    assert len(_feed("L4", feed_per_day=2.0)) == 0


def test_accounts_with_a_life_of_their_own_pass_nothing_on() -> None:
    assert len(_feed("L0", stock=(("compromised", 1),), feed_per_day=2.0)) == 0


def test_items_come_in_order() -> None:
    orders = _feed(days=range(3, 5), feed_per_day=3.0)
    assert np.all(np.diff(orders["time"]) >= 0)
    assert orders["time"][0] >= 3 * _DAY_MS


@pytest.mark.parametrize("level", ["L0", "L2"])
def test_days_are_the_same_alone_and_together(level: str) -> None:
    alone = np.concatenate([_feed(level, days=range(day, day + 1), feed_per_day=3.0) for day in range(_N_DAYS)])
    together = _feed(level, feed_per_day=3.0)
    assert np.array_equal(np.sort(alone, order=["time", "key"]), together)


def _told(orders: NDArray[np.void]) -> NDArray[np.bool_]:
    return orders["mode"] == TextMode.verbatim


def test_squads_that_repeat_tell_many_stories_and_those_that_reword_few() -> None:
    repeating, rewording = _feed("L0", feed_per_day=3.0), _feed("L2", feed_per_day=3.0)
    assert 0.15 < _told(repeating).mean() < 0.5
    assert 0 < _told(rewording).mean() < 0.1


def test_a_story_is_told_by_two_to_four_accounts_of_one_language_in_one_wording() -> None:
    orders = _feed("L0", feed_per_day=3.0)
    stories = orders[_told(orders)]
    for key in np.unique(stories["shared_key"]):
        story = stories[stories["shared_key"] == key]
        assert 2 <= len(set(story["account"].tolist())) == len(story) <= 4
        assert len(np.unique(story[["language", "content"]])) == 1


def test_sleepers_tell_no_stories() -> None:
    assert not _told(_feed(role=Role.sleeper.name, feed_per_day=3.0)).any()


def test_those_who_pass_on_are_bulk_created_or_bought_and_unbounded() -> None:
    accounts = _squad_of("L0", "seeder", ())[1].accounts
    rows = _feed()["account"]
    assert set(accounts.stock[rows].tolist()) <= {Stock.bulk_created, Stock.purchased_aged}
    assert set(accounts.pushed_q16[rows].tolist()) == {NO_BOUND}
