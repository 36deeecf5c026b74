"""What commanded items say and carry: a squad's manuscript or people's words, the pushed hashtag and link."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.campaign.pushes import DAY_MS, PlannedPush
from simulator.campaign.turns import Team
from simulator.campaign.words import BRAND_TAG, draw_actions, put_own_words, put_references
from simulator.kernels import layout
from simulator.language import Phrasebook, choose_brand_names, load_phrasebook
from simulator.scenario import Scenario
from simulator.scenario.dials import Dials
from simulator.vocabulary import Action, Role
from tests.worlds import operator, plain, scenario_from, squad

SEED = 4
N = 4_000


@cache
def _scenario(level: str) -> Scenario:
    return scenario_from(plain(operators={"agency": operator(10, squads={"day": squad(level)})}))


@cache
def _phrasebook() -> Phrasebook:
    scenario = _scenario("L0")
    return load_phrasebook(choose_brand_names(SEED, scenario), scenario.split)


def _dials(level: str) -> Dials:
    return _scenario(level).dials("agency", "day")


def _orders(n: int = N) -> NDArray[np.void]:
    orders = np.zeros(n, layout.COMMAND)
    orders["key"] = np.arange(1, n + 1)
    return orders


def _referred(level: str, hashtag: str | None = None, name: str = "first", *, overlaps: bool) -> NDArray[np.void]:
    push = PlannedPush(0, 0, name, "agency", "fire", 0, DAY_MS, N, ("day",), hashtag)
    orders = _orders()
    put_references(SEED, _phrasebook(), push, orders, _dials(level), is_overlapping=overlaps)
    return orders


def _share(codes: NDArray[np.int64]) -> float:
    return float(np.mean(codes != layout.NONE))


@pytest.mark.parametrize(
    ("level", "overlaps", "tags", "links"),
    [("L0", False, 7, 15), ("L1", False, 7, 15), ("L2", False, 6, 13), ("L2", True, 3, 2), ("L4", True, 3, 2)],
)
def test_hashtags_and_links_are_put_at_the_sixteenths_of_the_text(
    level: str, overlaps: bool, tags: int, links: int
) -> None:
    orders = _referred(level, overlaps=overlaps)
    assert _share(orders["forced_tag"]) == pytest.approx(tags / 16, abs=0.025)
    assert _share(orders["forced_url"]) == pytest.approx(links / 16, abs=0.025)


def test_a_push_with_the_brands_hashtag_puts_it_into_every_item() -> None:
    assert set(_referred("L4", "brand", overlaps=True)["forced_tag"].tolist()) == {BRAND_TAG}


def test_pushes_of_a_narrative_share_a_hashtag() -> None:
    first, second = (_referred("L0", name=name, overlaps=False)["forced_tag"] for name in ("first", "second"))
    assert len(set(first[first >= 0].tolist()) | set(second[second >= 0].tolist())) == 1


def test_own_words_of_a_burst_are_peoples_form_of_the_claim_or_another_fault() -> None:
    orders = _orders(4)
    orders["shared_key"] = np.array([0, 1, 2, 3], np.uint64) << np.uint64(33)
    put_own_words(_phrasebook(), "battery_fire", orders)
    names = [_phrasebook().contents[code] for code in orders["content"]]
    assert names[0] == names[3] == "claim.battery_fire.organic"
    assert all(name.startswith("brand.") and name.endswith(".against") for name in names[1:3])


def test_bursts_that_find_other_faults_comment_as_people_do_on_anything() -> None:
    orders = _orders(4)
    orders["comment"] = 77
    orders["shared_key"] = np.array([0, 0, 1, 1], np.uint64) << np.uint64(33)
    orders["action"] = [layout.REPLY, layout.QUOTE, layout.REPLY, layout.QUOTE]
    put_own_words(_phrasebook(), "battery_fire", orders)
    general = [_phrasebook().content_code(name) for name in ("reply.against", "quote.against")]
    assert orders["comment"].tolist() == [77, 77, *general]


def _team(actions: dict[Action, float] | None = None) -> Team:
    return Team("agency", "day", np.arange(10), _dials("L0"), actions)


def _actions(role: Role, *, mixes: bool) -> list[int]:
    """Return how many sixteenths of a role's items are post, repost, reply and quote."""
    draws = np.arange(16, dtype=np.int64) << 28
    found = draw_actions(_team(), np.full(16, role, np.uint8), draws, mixes=mixes)
    return np.bincount(found, minlength=4).tolist()


@pytest.mark.parametrize("role", list(Role))
def test_accounts_among_people_mostly_repost_whatever_their_role(role: Role) -> None:
    loud, quiet = _actions(role, mixes=False), _actions(role, mixes=True)
    assert sum(loud) == sum(quiet) == 16
    assert quiet[layout.REPOST] > 8


def test_a_squads_own_shares_of_actions_come_before_its_roles() -> None:
    draws = np.arange(8, dtype=np.int64) << 29
    team = _team({Action.post: 0.25, Action.like: 0.75})
    found = draw_actions(team, np.full(8, Role.seeder, np.uint8), draws, mixes=False)
    assert found.tolist() == [Action.post] * 2 + [Action.like] * 6
