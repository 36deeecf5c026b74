"""The follow graph: sorted, dated, within its bounds, and complete about commands."""

import numpy as np
import pytest

from simulator.network import build_follow_graph
from simulator.network.graph import count_missing_returns, scale_base, share_returns
from simulator.population import NEVER, NO_CODE
from simulator.vocabulary import Segment
from tests import populations

QUIET = populations.data()
ATTACKED = populations.data(operators={"agency": populations.operator()})
WORLDS = pytest.mark.parametrize("world", [QUIET, ATTACKED], ids=["quiet", "attacked"])


def followers_of(graph):
    """Return the follower of each follow."""
    return np.repeat(np.arange(len(graph.indptr) - 1), np.diff(graph.indptr))


def shift_of(world):
    """Return scenario, accounts, graph, and follower and followee of each follow."""
    scenario, population = populations.built(world)
    graph = populations.linked(world)
    return scenario, population.accounts, graph, followers_of(graph), graph.followees


@WORLDS
def test_rows_ascend_without_duplicates(world):
    _, accounts, graph, follower, followee = shift_of(world)
    pairs = follower * len(accounts) + followee
    assert (np.diff(pairs) > 0).all()
    assert graph.indptr[-1] == len(graph) == len(graph.since_ms) == len(graph.commanded)


@WORLDS
def test_nobody_follows_themselves(world):
    _, _, _, follower, followee = shift_of(world)
    assert not (follower == followee).any()


@WORLDS
def test_follows_begin_after_both_accounts_exist(world):
    _, accounts, graph, follower, followee = shift_of(world)
    assert (graph.since_ms >= accounts.created_ms[follower]).all()
    assert (graph.since_ms >= accounts.created_ms[followee]).all()


@WORLDS
def test_follows_begin_before_the_run_ends(world):
    scenario, _, graph, _, _ = shift_of(world)
    assert graph.since_ms.max() < scenario.end_ms


@WORLDS
def test_nobody_follows_after_leaving(world):
    scenario, accounts, graph, follower, _ = shift_of(world)
    during = graph.since_ms >= scenario.start_ms
    assert (graph.since_ms[during] < accounts.active_until_ms[follower[during]]).all()


def test_same_seed_gives_the_same_graph():
    scenario, population = populations.built(ATTACKED)
    again, graph = build_follow_graph(scenario, population, populations.SEED), populations.linked(ATTACKED)
    for name in graph.__slots__:
        assert (getattr(again, name) == getattr(graph, name)).all(), name


def test_graph_cannot_be_modified():
    with pytest.raises(ValueError, match="read-only"):
        populations.linked(QUIET).followees[0] = 1


def test_types_are_narrow():
    graph = populations.linked(QUIET)
    assert (graph.indptr.dtype, graph.followees.dtype, graph.since_ms.dtype) == (np.int64, np.int32, np.int64)


def test_quiet_world_has_no_commanded_follow():
    assert not populations.linked(QUIET).commanded.any()


def test_commands_happen_in_the_run():
    scenario, _, graph, _, _ = shift_of(ATTACKED)
    assert graph.commanded.any()
    assert (graph.since_ms[graph.commanded] >= scenario.start_ms).all()


def test_every_follow_of_a_lifeless_account_in_the_run_is_a_command():
    scenario, accounts, graph, follower, _ = shift_of(ATTACKED)
    lifeless = (accounts.segment[follower] == NO_CODE) & (graph.since_ms >= scenario.start_ms)
    assert graph.commanded[lifeless].all()


def test_commands_concern_operated_accounts():
    _, accounts, graph, follower, followee = shift_of(ATTACKED)
    operated = accounts.operated_from_ms != NEVER
    assert (operated[follower] | operated[followee])[graph.commanded].all()


def test_organics_are_commanded_only_to_follow_operated_accounts():
    _, accounts, graph, follower, followee = shift_of(ATTACKED)
    sold = graph.commanded & (accounts.operated_from_ms[follower] == NEVER)
    assert sold.any()
    assert (accounts.operated_from_ms[followee[sold]] != NEVER).all()
    sellers = {int(Segment.spam_bot), int(Segment.deal_bot), int(Segment.casual)}
    assert set(accounts.segment[follower[sold]].tolist()) <= sellers


def test_squad_is_followed_only_from_the_takeover():
    _, accounts, graph, follower, followee = shift_of(ATTACKED)
    stolen = (accounts.segment[follower] != NO_CODE) & (accounts.operated_from_ms[follower] != NEVER)
    commanded = graph.commanded & stolen
    assert commanded.any()
    assert (graph.since_ms >= accounts.operated_from_ms[follower])[commanded].all()
    assert (accounts.squad[followee] == accounts.squad[follower])[commanded].all()


@pytest.mark.parametrize("number", [0.0, 10.0])
def test_squad_follows_are_the_dial_s(number):
    world = populations.data(operators={"agency": populations.bulk(squad_follows=number, bought_followers=0.0)})
    _, accounts, _, follower, followee = shift_of(world)
    within = (accounts.squad[follower] >= 0) & (accounts.squad[followee] >= 0)
    mean = within.sum() / (accounts.squad >= 0).sum()
    assert mean == pytest.approx(number, abs=1.5)


def test_organic_follows_are_the_dial_s():
    world = populations.data(operators={"agency": populations.bulk(organic_follows=20.0, overlap=0.0)})
    _, accounts, _, follower, followee = shift_of(world)
    out = (accounts.squad[follower] >= 0) & (accounts.squad[followee] < 0)
    assert out.sum() / 300 == pytest.approx(20, rel=0.15)


def test_bought_followers_are_the_dial_s():
    none, many = (
        shift_of(populations.data(operators={"agency": populations.bulk(bought_followers=number, overlap=0.0)}))
        for number in (0.0, 15.0)
    )
    means = [
        ((accounts.squad[follower] < 0) & (accounts.squad[followee] >= 0)).sum() / 300
        for _, accounts, _, follower, followee in (none, many)
    ]
    assert means[1] - means[0] == pytest.approx(15, rel=0.15)


def test_no_account_follows_more_than_a_quarter():
    degrees = np.diff(populations.linked(populations.data(100)).indptr)
    assert degrees.max() <= 100 // 4 * 2  # its own picks and what it returns


def test_smallest_world_has_a_graph():
    assert len(populations.linked(populations.data(20))) > 0


def test_world_without_famous_accounts_has_a_graph():
    segments = {"casual": {"share": 1.0}}
    world = populations.data(200, organic_settings={"segments": segments})
    assert np.diff(populations.linked(world).indptr).mean() > 10


@pytest.mark.parametrize(
    ("n_follows", "n_one_way", "mutual_share", "expected"),
    [(100, 100, 0.0, 0), (100, 100, 0.5, 33), (100, 0, 0.5, 0), (100, 100, 1.0, 100), (0, 0, 0.2, 0)],
)
def test_missing_returns_make_the_share_of_mutual_follows(n_follows, n_one_way, mutual_share, expected):
    assert count_missing_returns(n_follows, n_one_way, mutual_share) == expected


def test_returns_are_shared_in_proportion():
    returnable = np.full(4, 1000, np.int32)
    shared = share_returns(returnable, np.array([10, 20, 30, 40], np.int32), 100, np.zeros(4, np.uint64))
    assert shared.tolist() == [10, 20, 30, 40]


def test_nobody_returns_more_than_there_is():
    returnable = np.array([0, 2, 5], np.int32)
    shared = share_returns(returnable, np.array([50, 50, 50], np.int32), 1000, np.zeros(3, np.uint64))
    assert shared.tolist() == [0, 2, 5]


def test_no_return_is_wanted_where_reciprocity_is_natural():
    quotas = np.array([0, 1, 100], np.int32)
    assert scale_base(quotas, 0.0).tolist() == [0, 1, 100]
    assert scale_base(quotas, 0.5)[2] < 80
