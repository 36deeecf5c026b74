"""The follow graph has the tails, the reciprocity and the communities of real ones."""

import numpy as np
import pytest

from simulator.vocabulary import Segment
from tests import populations
from tests.statistical.tails import critical_distance, distance_of, tail_exponent

WORLD = populations.data(12_000)


@pytest.fixture(scope="module")
def world():
    """Return scenario, population, and the follower and followee of each follow."""
    scenario, population = populations.built(WORLD)
    graph = populations.linked(WORLD)
    follower = np.repeat(np.arange(len(population)), np.diff(graph.indptr))
    return scenario, population, follower, graph.followees.astype(np.int64)


def reciprocity_of(n, follower, followee):
    """Return the share of linked pairs that follow each other."""
    there, back = follower * n + followee, followee * n + follower
    mutual = np.isin(back, there).sum() / 2
    return mutual / (len(there) - mutual)


def test_followings_have_the_tail_of_real_ones(world):
    # 2.276, Kwak et al. 2010.
    _, population, follower, _ = world
    casual = population.accounts.segment == Segment.casual
    degrees = np.bincount(follower, minlength=len(population))[casual]
    assert tail_exponent(degrees) == pytest.approx(2.276, abs=0.2)


def test_followers_have_the_tail_of_real_ones(world):
    # 2.09 to 2.28, followers_alpha and indegree_alpha of Weibo in the facts.
    _, population, _, followee = world
    degrees = np.bincount(followee, minlength=len(population))
    assert 2.0 < tail_exponent(degrees) < 2.5


@pytest.mark.parametrize("segment", [Segment.casual, Segment.fan, Segment.customer, Segment.spam_bot])
def test_mean_followings_are_the_segment_s(world, segment):
    scenario, population, follower, _ = world
    rows = (population.accounts.segment == segment) & (population.accounts.created_ms < scenario.start_ms)
    degrees = np.bincount(follower, minlength=len(population))[rows]
    expected = scenario.organic.segments[segment].follows_mean
    assert degrees.mean() == pytest.approx(expected, rel=0.1, abs=4 * degrees.std() / len(degrees) ** 0.5)


@pytest.mark.parametrize("share", [0.15, 0.22, 0.5])
def test_reciprocity_is_the_scenario_s(share):
    data = populations.data(4000, organic_settings={"reciprocity": share})
    graph, n = populations.linked(data), 4000
    follower = np.repeat(np.arange(n), np.diff(graph.indptr))
    assert reciprocity_of(n, follower, graph.followees.astype(np.int64)) == pytest.approx(share, abs=0.015)


def test_follows_stay_in_the_community(world):
    _, population, follower, followee = world
    community = population.accounts.community
    by_chance = ((np.bincount(community) / len(community)) ** 2).sum()
    people = np.isin(population.accounts.segment[follower], (Segment.casual, Segment.fan, Segment.customer))
    assert np.mean((community[follower] == community[followee])[people]) > 15 * by_chance


def test_clustering_is_far_above_chance(world):
    # 0.26 in Epinions, clustering_avg_local of the facts; a random graph has its density.
    _, population, follower, followee = world
    n = len(population)
    neighbours: list[set[int]] = [set() for _ in range(n)]
    for i, j in zip(follower.tolist(), followee.tolist(), strict=True):
        neighbours[i].add(j)
        neighbours[j].add(i)
    sample = [row for row in range(0, n, 29) if 2 <= len(neighbours[row]) <= 300]
    local = [
        sum(len(neighbours[other] & neighbours[row]) for other in neighbours[row])
        / (len(neighbours[row]) * (len(neighbours[row]) - 1))
        for row in sample
    ]
    density = sum(map(len, neighbours)) / n**2
    assert 0.1 < np.mean(local) < 0.4
    assert np.mean(local) > 20 * density


@pytest.mark.parametrize("kind", ["fan_club", "rival_club", "newsroom"])
def test_groups_are_dense(world, kind):
    _, population, follower, followee = world
    group = population.accounts.group
    kinds = np.array([each.kind == kind for each in population.groups])
    inside = (group[follower] >= 0) & (group[follower] == group[followee]) & kinds[group[follower]]
    sizes = np.bincount(group[group >= 0], minlength=len(kinds))[kinds]
    density = inside.sum() / (sizes * (sizes - 1)).sum()
    assert density > 30 * len(follower) / len(population) ** 2


def test_fans_follow_fans_and_brands(world):
    _, population, follower, followee = world
    segment = population.accounts.segment
    of_fans, of_others = segment[follower] == Segment.fan, segment[follower] == Segment.casual
    for sought in (Segment.fan, Segment.brand):
        assert np.mean(segment[followee[of_fans]] == sought) > 1.2 * np.mean(segment[followee[of_others]] == sought)


def test_active_accounts_follow_and_are_followed_more(world):
    _, population, follower, followee = world
    casual = population.accounts.segment == Segment.casual
    busy = population.accounts.originals_q16.astype(float) * population.accounts.sessions_q16
    for ends in (follower, followee):
        degrees = np.bincount(ends, minlength=len(population))[casual]
        ranks = [np.argsort(np.argsort(values)) for values in (busy[casual], degrees)]
        assert np.corrcoef(*ranks)[0, 1] > 0.15


def test_newcomers_follow_soon_after_they_join(world):
    scenario, population, follower, _ = world
    graph = populations.linked(WORLD)
    joined = population.accounts.created_ms[follower] >= scenario.start_ms
    delays = graph.since_ms[joined] - population.accounts.created_ms[follower[joined]]
    assert np.median(delays) < 5 * 86_400_000


def test_overlapping_accounts_follow_and_are_followed_like_organic_ones():
    dials = {"overlap": 1.0, "bought_followers": 0.0, "squad_follows": 0.0, "organic_follows": 30.0}
    data = populations.data(6000, operators={"agency": populations.bulk(3000, **dials)})
    accounts, graph = populations.built(data)[1].accounts, populations.linked(data)
    organic = accounts.segment == Segment.casual
    overlapping = (accounts.overlap == 1) & (accounts.mimic == Segment.casual)
    limit = critical_distance(int(organic.sum()), int(overlapping.sum()))
    for degrees in (np.bincount(graph.followees, minlength=len(accounts)), np.diff(graph.indptr)):
        assert distance_of(degrees[organic], degrees[overlapping]) < limit


def test_overlapping_accounts_have_followed_as_long_as_organic_ones():
    dials = {"overlap": 1.0, "age_overlap": 1.0, "bought_followers": 0.0, "squad_follows": 0.0, "organic_follows": 30.0}
    data = populations.data(6000, operators={"agency": populations.bulk(3000, **dials)})
    scenario, population = populations.built(data)
    accounts, graph = population.accounts, populations.linked(data)
    first = np.minimum.reduceat(graph.since_ms, graph.indptr[:-1][np.diff(graph.indptr) > 0])
    rows = np.flatnonzero(np.diff(graph.indptr) > 0)
    known = accounts.created_ms[rows] < scenario.start_ms - 100 * 86_400_000
    organic = known & (accounts.segment[rows] == Segment.casual)
    overlapping = known & (accounts.overlap[rows] == 1) & (accounts.mimic[rows] == Segment.casual)
    limit = critical_distance(int(organic.sum()), int(overlapping.sum()))
    assert distance_of(first[organic], first[overlapping]) < limit
