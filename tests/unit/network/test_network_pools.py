"""Pools of candidates, their weights, and how many accounts each account wants to follow."""

from fractions import Fraction

import numpy as np
import pytest

from simulator.kernels.network import build_alias
from simulator.network.pools import build_pools, draw_bought_follows, draw_quotas
from simulator.population import NO_CODE
from simulator.vocabulary import Segment
from tests import populations

WORLD = populations.data(operators={"agency": populations.bulk(overlap=0.5)})
EVERYBODY, COMMUNITY, CIRCLE, PEERS, FAMOUS = range(5)


@pytest.fixture(scope="module")
def world():
    """Return scenario, population, pools and quotas."""
    scenario, population = populations.built(WORLD)
    pools = build_pools(scenario, population, populations.SEED)
    return scenario, population, pools, draw_quotas(scenario, population, populations.SEED)


def members_of(pools, number):
    """Return the members of a pool."""
    return pools.members[pools.starts[number] : pools.starts[number + 1]]


def test_first_pool_is_everybody(world):
    _, population, pools, _ = world
    assert members_of(pools, 0).tolist() == list(range(len(population)))


def test_accounts_are_in_their_own_pools(world):
    _, population, pools, _ = world
    for kind in (COMMUNITY - 1, CIRCLE - 1, PEERS - 1):
        for row in range(0, population.n_organic, 97):
            assert row in members_of(pools, pools.of_account[row, kind])


def test_peers_share_a_segment(world):
    _, population, pools, _ = world
    row = int(np.flatnonzero(population.accounts.segment == Segment.fan)[0])
    peers = members_of(pools, pools.of_account[row, PEERS - 1])
    assert set(population.accounts.mimic[peers].tolist()) == {int(Segment.fan)}


def test_circle_of_a_club_member_is_the_club(world):
    _, population, pools, _ = world
    accounts = population.accounts
    row = int(np.flatnonzero((accounts.segment == Segment.fan) & (accounts.group >= 0))[0])
    circle = members_of(pools, pools.of_account[row, CIRCLE - 1])
    assert circle.tolist() == np.flatnonzero(accounts.group == accounts.group[row]).tolist()


def test_plain_bulk_accounts_are_in_no_neighbourhood(world):
    _, population, pools, _ = world
    plain = (population.accounts.segment == NO_CODE) & (population.accounts.overlap == 0)
    assert (pools.of_account[plain][:, :PEERS] == 0).all()


def test_famous_are_brands_journalists_and_news(world):
    _, population, pools, _ = world
    famous = members_of(pools, pools.of_account[0, FAMOUS - 1])
    expected = {int(Segment.brand), int(Segment.journalist), int(Segment.news_bot)}
    assert set(population.accounts.segment[famous].tolist()) == expected


def test_to_fans_only_brands_are_famous(world):
    _, population, pools, _ = world
    fan = int(np.flatnonzero(population.accounts.segment == Segment.fan)[0])
    famous = members_of(pools, pools.of_account[fan, FAMOUS - 1])
    assert set(population.accounts.segment[famous].tolist()) == {int(Segment.brand)}


def test_squad_pool_is_the_squad(world):
    _, population, pools, _ = world
    squad = members_of(pools, pools.squad_of_account[-1])
    assert squad.tolist() == np.flatnonzero(population.accounts.squad == 0).tolist()


def test_plain_bulk_accounts_attract_few(world):
    _, population, pools, _ = world
    weights = pools.weights[: len(population)]
    plain = (population.accounts.segment == NO_CODE) & (population.accounts.overlap == 0)
    overlapping = population.accounts.overlap == 1
    assert np.median(weights[plain]) < 0.2 * np.median(weights[overlapping])


def test_alias_table_keeps_the_weights():
    weights = np.array([1, 5, 16, 3, 1 << 27, 900], np.int64)
    table = build_alias(np.array([0, 6], np.int64), np.arange(6, dtype=np.int32), weights)
    shares = [Fraction(0)] * 6
    for threshold, below, above in table.tolist():
        shares[below] += Fraction(threshold, 6 << 32)
        shares[above] += Fraction((1 << 32) - threshold, 6 << 32)
    for share, weight in zip(shares, weights.tolist(), strict=True):
        assert abs(share - Fraction(weight, int(weights.sum()))) < Fraction(6, 1 << 32)


def test_quotas_have_the_segment_s_mean():
    scenario, population = populations.built(populations.data(12_000))
    quotas = draw_quotas(scenario, population, populations.SEED)
    casual = quotas.organic[population.accounts.segment == Segment.casual]
    assert casual.mean() == pytest.approx(scenario.organic.segments[Segment.casual].follows_mean, rel=0.1)


def test_only_plain_bulk_accounts_follow_on_command(world):
    _, population, _, quotas = world
    accounts = population.accounts
    assert (quotas.is_commanded == ((accounts.segment == NO_CODE) & (accounts.overlap == 0))).all()


def test_organics_have_neither_squad_nor_bought_followers(world):
    _, population, _, quotas = world
    assert not quotas.squad[: population.n_organic].any()
    assert not quotas.bought[: population.n_organic].any()


def test_bought_followers_are_drawn_for_each_target(world):
    _, population, _, quotas = world
    starts, targets = draw_bought_follows(population, quotas.bought, populations.SEED)
    assert np.bincount(targets, minlength=len(population)).tolist() == quotas.bought.tolist()
    assert starts[-1] == len(targets)
    assert starts[population.n_organic] == len(targets)  # operated accounts sell no follows


def test_nobody_sells_follows_where_none_are_bought(world):
    _, population, _, quotas = world
    starts, targets = draw_bought_follows(population, np.zeros_like(quotas.bought), populations.SEED)
    assert not starts.any()
    assert len(targets) == 0
