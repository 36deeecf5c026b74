"""Whom accounts choose from when they follow: pools of candidates, their weights, and how many each account wants."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.population import NO_CODE, Accounts, Population
from simulator.population.laws import (
    I64,
    U32,
    below,
    draw_normals,
    draw_quantiles,
    exp2_q16,
    lognormal_mean_log2,
    q16,
    scale_u32,
    tabulate_pareto,
    thresholds,
)
from simulator.population.lives import draw_words
from simulator.random_streams import Purpose, name_key
from simulator.scenario.models import Scenario
from simulator.vocabulary import Segment

I32 = NDArray[np.int32]
U8 = NDArray[np.uint8]

FOLLOWING_TAIL, FOLLOWING_RATIO = 2.276, 250.0  # Kwak et al. 2010, followings
FOLLOWER_TAIL, FOLLOWER_RATIO = 2.15, 4096.0  # Weibo-sources 2.09 and repost in-degree 2.28, facts/real_facts.json
FOLLOWING_SIGMA = 0.4  # of log2, smooths the least numbers of followees, assumed
MOST_FOLLOWEES = 2000
# How often the draw that makes an account active also makes it follow, or be followed, a lot. Assumed.
ACTIVE_FOLLOWS_SHARE, ACTIVE_FOLLOWED_SHARE = 0.4, 0.3
_CIRCLE_SIZE = 36  # friends who know each other, assumed
_PLAIN_WEIGHT_Q16 = q16(0.1)  # how attractive bulk accounts without overlap are to organics, assumed
_SLOW, _QUICK = 15, 12  # doublings of two minutes: follows take up to fifty days, or up to six

# Shares of picks from the community, the circle or group, peers of the segment, the famous, everybody. Assumed.
_PEOPLE_PICKS = (0.42, 0.24, 0.0, 0.04, 0.30)
_PICKS: Mapping[int, tuple[float, ...]] = {
    Segment.fan: (0.30, 0.28, 0.16, 0.06, 0.20),
    Segment.rival_fan: (0.30, 0.28, 0.16, 0.04, 0.22),
    Segment.critic: (0.36, 0.20, 0.10, 0.06, 0.28),
    Segment.journalist: (0.20, 0.14, 0.20, 0.16, 0.30),
    Segment.brand: (0.15, 0.05, 0.10, 0.25, 0.45),
    Segment.marketing: (0.20, 0.12, 0.18, 0.15, 0.35),
    Segment.news_bot: (0.15, 0.15, 0.15, 0.25, 0.30),
    Segment.deal_bot: (0.20, 0.05, 0.05, 0.10, 0.60),
    Segment.spam_bot: (0.20, 0.02, 0.00, 0.08, 0.70),
    NO_CODE: (0.0, 0.0, 0.0, 0.2, 0.8),
}
_FAMOUS = (Segment.brand, Segment.journalist, Segment.news_bot)
_BRAND_AUDIENCE = (Segment.fan, Segment.customer, Segment.marketing)  # to them only brands are famous
_N_CLASSES = max(Segment) + 2
_PLAIN_CLASS = _N_CLASSES - 1
_EVERYBODY = 0


@dataclass(frozen=True, slots=True)
class FollowPools:
    """Pools of candidates, one after another; pool p has the members from starts[p] to starts[p + 1]."""

    starts: I64
    members: I32
    weights: I64
    of_account: I32  # shape (n, 5): the account's pool of each kind
    squad_of_account: I32  # shape (n,)
    classes: U8  # shape (n,): row of class_limits
    class_limits: NDArray[np.uint64]  # shape (c, 5): cumulative thresholds of the kinds


@dataclass(frozen=True, slots=True)
class FollowQuotas:
    """How many accounts each account wants to follow, and how its follows come about; arrays of shape (n,)."""

    organic: I32
    squad: I32
    bought: I32  # followers bought for it
    is_commanded: U8  # 1: its own picks are dated as commands; overlapping accounts have a past that looks organic
    octaves: U8  # slowness of its follows, in doublings of two minutes


def build_pools(scenario: Scenario, population: Population, seed: int) -> FollowPools:
    """Sort the accounts into pools and weigh them by attractiveness."""
    accounts = population.accounts
    everybody = np.arange(len(accounts), dtype=np.int32)
    weights = draw_attractions(scenario, accounts, seed)
    is_plain = _is_plain(accounts)
    joined = ~is_plain
    pools = _PoolBuilder(len(accounts), weights)
    pools.add(everybody, np.zeros(len(accounts), np.int64))
    community = pools.add(everybody[joined], accounts.community[joined].astype(np.int64))
    circle = pools.add(everybody[joined], _find_circles(population, seed)[joined])
    peers = pools.add(everybody[joined], accounts.mimic[joined].astype(np.int64))
    famous = pools.add_one(everybody[np.isin(accounts.segment, _FAMOUS)])
    brands = pools.add_one(everybody[accounts.segment == Segment.brand])
    admired = np.where(np.isin(accounts.mimic, _BRAND_AUDIENCE) & joined, brands, famous).astype(np.int32)
    squad = pools.add(everybody[accounts.squad >= 0], accounts.squad[accounts.squad >= 0].astype(np.int64))
    kinds = np.stack([community, circle, peers, admired, np.zeros_like(peers)], axis=1)
    return FollowPools(
        starts=np.concatenate([[0], np.cumsum(pools.sizes)]).astype(np.int64),
        members=np.concatenate(pools.members),
        weights=weights[np.concatenate(pools.members)],
        of_account=kinds,
        squad_of_account=squad,
        classes=np.where(is_plain, _PLAIN_CLASS, accounts.mimic).astype(np.uint8),
        class_limits=_build_class_limits(),
    )


class _PoolBuilder:
    """Collects pools; an account that is in none of a kind chooses from everybody."""

    def __init__(self, n_accounts: int, weights: I64) -> None:
        self.n_accounts, self.weights = n_accounts, weights
        self.members: list[I32] = []
        self.sizes: list[int] = []

    def add(self, rows: I32, labels: I64) -> I32:
        """Add one pool for each label that occurs; return every account's pool."""
        pool_of = np.full(self.n_accounts, _EVERYBODY, np.int32)
        if len(rows):
            order = np.argsort(labels, kind="stable")
            _, sizes = np.unique(labels, return_counts=True)
            self.members.append(rows[order])
            pool_of[rows[order]] = np.repeat(np.arange(len(sizes)) + len(self.sizes), sizes)
            self.sizes += sizes.tolist()
        return pool_of

    def add_one(self, rows: I32) -> int:
        """Add one pool; return its number, or everybody's when it is empty."""
        if not len(rows):
            return _EVERYBODY
        self.members.append(rows)
        self.sizes.append(len(rows))
        return len(self.sizes) - 1


def draw_attractions(scenario: Scenario, accounts: Accounts, seed: int) -> I64:
    """Return each account's weight when others choose whom to follow: Pareto around its segment's mean."""
    base = np.zeros(max(Segment) + 1, np.int64)
    for segment, settings in scenario.organic.segments.items():
        base[segment] = q16(settings.attractiveness) >> 4
    draw, which, _, _ = draw_words(seed, Purpose.attraction, accounts.key)
    draw = _share_draw(seed, accounts, draw, below(which, ACTIVE_FOLLOWED_SHARE))
    spread_q16 = exp2_q16(draw_quantiles(tabulate_pareto(FOLLOWER_TAIL, FOLLOWER_RATIO), draw))
    weights = base[accounts.mimic] * spread_q16 >> 16
    weights = np.where(_is_plain(accounts), weights * _PLAIN_WEIGHT_Q16 >> 16, weights)
    clipped: I64 = np.clip(weights, 16, 1 << 28)
    return clipped


def draw_quotas(scenario: Scenario, population: Population, seed: int) -> FollowQuotas:
    """Return how many accounts each account wants to follow."""
    accounts = population.accounts
    means = _mean_followees(scenario, population)
    tail, which, noise, flat = draw_words(seed, Purpose.degree, accounts.key)
    tail = _share_draw(seed, accounts, tail, below(which, ACTIVE_FOLLOWS_SHARE))
    exponent = draw_quantiles(tabulate_pareto(FOLLOWING_TAIL, FOLLOWING_RATIO), tail)
    exponent += (draw_normals(noise) * q16(FOLLOWING_SIGMA) >> 16) - round(lognormal_mean_log2(FOLLOWING_SIGMA) * 4096)
    heavy = means * exp2_q16(exponent) >> 16
    narrow = means * 3 // 4 + scale_u32(flat, (means // 2 + 1).astype(np.int64))
    is_plain = _is_plain(accounts)
    wanted = np.where(is_plain, narrow, heavy) + (1 << 15) >> 16
    cap = min(MOST_FOLLOWEES, len(accounts) // 4)
    return FollowQuotas(
        organic=np.clip(wanted, 0, cap).astype(np.int32),
        squad=_draw_dial(scenario, population, seed, "squad_follows"),
        bought=_draw_dial(scenario, population, seed, "bought_followers"),
        is_commanded=is_plain.astype(np.uint8),
        octaves=np.where(is_plain, _QUICK, _SLOW).astype(np.uint8),
    )


def draw_bought_follows(population: Population, bought: I32, seed: int) -> tuple[I64, I32]:
    """Draw who is paid to follow whom: spam bots, deal bots and quiet casual accounts.

    Returns
    -------
    int64 array, shape (n + 1,)
        Where each paid follower's targets start.
    int32 array
        Targets.
    """
    accounts = population.accounts
    sellers = _find_sellers(accounts)
    n = len(accounts)
    if not len(sellers) or not bought.any():
        return np.zeros(n + 1, np.int64), np.empty(0, np.int32)
    targets = np.repeat(np.arange(n, dtype=np.int32), bought)
    ends = np.cumsum(bought, dtype=np.int64)
    slots = np.arange(len(targets)) - np.repeat(ends - bought, bought)
    draws = draw_words(seed, Purpose.bought_follow, accounts.key[targets], slots.astype(np.uint64))[0]
    followers = sellers[scale_u32(draws, len(sellers))]
    starts = np.concatenate([[0], np.cumsum(np.bincount(followers, minlength=n))]).astype(np.int64)
    return starts, targets[np.argsort(followers, kind="stable")]


def _find_sellers(accounts: Accounts) -> I64:
    is_bot = np.isin(accounts.segment, (Segment.spam_bot, Segment.deal_bot))
    is_quiet = (accounts.segment == Segment.casual) & (accounts.sessions_q16 < q16(0.7))
    return np.flatnonzero((accounts.operator < 0) & (is_bot | is_quiet))


def _is_plain(accounts: Accounts) -> NDArray[np.bool_]:
    """Return which accounts are bulk-created and take nothing from organic laws."""
    result: NDArray[np.bool_] = (accounts.segment == NO_CODE) & (accounts.overlap == 0)
    return result


def _share_draw(seed: int, accounts: Accounts, own: U32, shares: NDArray[np.bool_]) -> U32:
    """Return the draw that made the account's activity where `shares`, which ties the two together."""
    return np.where(shares, draw_words(seed, Purpose.activity, accounts.key)[0], own).astype(np.uint32)


def _mean_followees(scenario: Scenario, population: Population) -> I64:
    """Return each account's mean number of followees, Q16: its segment's, or for bulk accounts its squad's dial."""
    accounts = population.accounts
    by_segment = np.zeros(NO_CODE + 1, np.int64)
    for segment, settings in scenario.organic.segments.items():
        by_segment[segment] = q16(settings.follows_mean)
    by_squad = [q16(float(scenario.dials(*squad).organic_follows or 0)) for squad in population.squads] + [0]
    return np.where(accounts.segment == NO_CODE, np.array(by_squad)[accounts.squad], by_segment[accounts.segment])


def _draw_dial(scenario: Scenario, population: Population, seed: int, name: str) -> I32:
    """Return a whole number around a squad's dial for each account, 0 for organics."""
    accounts = population.accounts
    dials = [q16(float(getattr(scenario.dials(*squad), name) or 0)) for squad in population.squads] + [0]
    means = np.array(dials, np.int64)[accounts.squad]
    draws = draw_words(seed, Purpose.squad_follow, accounts.key, name_key(name))[0]
    spread = means // 2 + scale_u32(draws, np.minimum(means, (1 << 31) - 2) + 1)
    drawn = np.where(means > 0, spread + (1 << 15) >> 16, 0)
    return np.minimum(drawn, len(accounts) // 4).astype(np.int32)


def _find_circles(population: Population, seed: int) -> I64:
    """Return a label of each account's circle of friends: its organic group, or a part of its community."""
    accounts = population.accounts
    sizes = np.bincount(accounts.community, minlength=population.n_communities)
    n_circles = np.maximum(sizes // _CIRCLE_SIZE, 1)
    first = np.cumsum(n_circles) - n_circles + len(population.groups)
    draws = draw_words(seed, Purpose.community, accounts.key, 1)[0]
    circles = first[accounts.community] + scale_u32(draws, n_circles[accounts.community])
    return np.where((accounts.group >= 0) & (accounts.operator < 0), accounts.group, circles).astype(np.int64)


def _build_class_limits() -> NDArray[np.uint64]:
    rows = [_PICKS.get(segment, _PEOPLE_PICKS) for segment in range(_N_CLASSES - 1)] + [_PICKS[NO_CODE]]
    return np.stack([thresholds(row) for row in rows])
