"""The follow graph at the start of a run, with the follows that newcomers and operators add during it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.kernels import network as kernels
from simulator.network.pools import FollowQuotas, build_pools, draw_bought_follows, draw_quotas
from simulator.population import NEVER, NO_CODE, Population
from simulator.random_streams import Purpose
from simulator.scenario.models import Scenario

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]

# Share of mutual follows that communities bring about by themselves; the missing ones are drawn as returned follows.
_NATURAL_RECIPROCITY = 0.06


@dataclass(frozen=True, slots=True)
class FollowGraph:
    """Who follows whom: row i of the CSR lists the followees of account i, ascending, without duplicates.

    Arrays are set once and not modified after.
    """

    indptr: I64  # shape (n + 1,)
    followees: I32  # shape (m,)
    since_ms: I64  # shape (m,); from the later creation to the end of the run
    commanded: NDArray[np.bool_]  # shape (m,); an operator's command during the run, which a twin leaves out

    def __len__(self) -> int:
        return len(self.followees)


def build_follow_graph(scenario: Scenario, population: Population, seed: int) -> FollowGraph:
    """Draw the follow graph of a world.

    Parameters
    ----------
    scenario : Scenario
    population : Population
        Of the same scenario and seed.
    seed : int

    Returns
    -------
    FollowGraph
        At most 100 ns an edge.

    References
    ----------
    Kwak, Lee, Park, Moon 2010, "What is Twitter, a social network or a news media?", WWW, for the tails and
    the reciprocity.
    """
    accounts = population.accounts
    pools = build_pools(scenario, population, seed)
    wanted = draw_quotas(scenario, population, seed)
    mutual_share = share_follows_returned(scenario.organic.reciprocity)
    base, squad = scale_base(wanted.organic, mutual_share), scale_base(wanted.squad, mutual_share)
    bought_starts, bought = draw_bought_follows(population, wanted.bought, seed)
    capacity = base.astype(np.int64) + squad + np.diff(bought_starts)
    offsets = np.concatenate([[0], np.cumsum(capacity)]).astype(np.int64)
    entries, counts = np.empty(offsets[-1], np.int32), np.empty(len(accounts), np.int32)
    table = kernels.build_alias(pools.starts, pools.members, pools.weights)
    seed_u64 = np.uint64(seed)
    kernels.pick_follows(
        seed_u64, np.uint64(Purpose.follow_pick), accounts.key, base, wanted.is_commanded, pools.classes,
        pools.class_limits, pools.of_account, pools.starts, table, np.uint64(Purpose.squad_follow), squad,
        pools.squad_of_account, bought_starts, bought, offsets, entries, counts,
    )  # fmt: skip
    ends, returned = _draw_returns(mutual_share, accounts.key, wanted.organic, seed, (offsets, counts, entries))
    return _finish(scenario, population, seed, wanted, (offsets, counts, entries), (ends, returned))


def share_follows_returned(reciprocity: float) -> float:
    """Return the share of follows that have a return when `reciprocity` of the joined pairs go both ways.

    Examples
    --------
    >>> share_follows_returned(0.5)  # of two pairs one is mutual: two follows of three
    0.6666666666666666
    """
    return 2 * reciprocity / (1 + reciprocity)


def scale_base(quotas: I32, mutual_share: float) -> I32:
    """Return the picks of each account that are not returned follows."""
    added = max(0.0, (mutual_share - _NATURAL_RECIPROCITY) / (2 - mutual_share))
    kept_q16 = round(65536 / (1 + added))
    return ((quotas.astype(np.int64) * kept_q16 + 32768) >> 16).astype(np.int32)


def _draw_returns(
    mutual_share: float, keys: U64, degrees: I32, seed: int, slots: tuple[I64, I32, I32]
) -> tuple[I64, I32]:
    """Sort the slots; draw the follows that are returned until `mutual_share` of all follows are mutual."""
    starts, followers = kernels.transpose(*slots)
    kernels.sort_rows(starts, followers, slots[0], slots[2])
    returnable = kernels.count_returnable(*slots, starts, followers)
    n_returned = count_missing_returns(len(followers), int(returnable.sum()), mutual_share)
    budgets = share_returns(returnable, degrees, n_returned, keys)
    ends = np.concatenate([[0], np.cumsum(budgets, dtype=np.int64)])
    returned = kernels.pick_returns(
        np.uint64(seed), np.uint64(Purpose.reciprocate), keys, *slots, starts, followers, returnable, budgets, ends
    )
    return ends, returned


def count_missing_returns(n_follows: int, n_one_way: int, mutual_share: float) -> int:
    """Return how many one-way follows must be returned for the share of mutual ones to be `mutual_share`.

    Examples
    --------
    >>> count_missing_returns(100, 100, 0.5)  # (2 * 33) / (100 + 33) is about a half
    33
    """
    share_q16 = round(mutual_share * 65536)
    n_mutual = n_follows - n_one_way
    return max(0, (share_q16 * n_follows - (n_mutual << 16)) // ((2 << 16) - share_q16))


def share_returns(returnable: I32, degrees: I32, n_returned: int, keys: U64) -> I32:
    """Share `n_returned` returned follows out, in proportion to how many accounts each one wants to follow.

    Parameters
    ----------
    returnable : int32 array, shape (n,)
        Followers that each account does not follow; the most that it can return.
    degrees : int32 array, shape (n,)
    n_returned : int
    keys : uint64 array, shape (n,)
        Round each account's part up or down.

    Returns
    -------
    int32 array, shape (n,)
        Their sum is at most `n_returned`, and below it by less than one an account, or all there are.
    """
    low, high = 0, 1 << 40
    while high - low > 1:
        middle = (low + high) // 2
        if int(_cap_returns(returnable, degrees, middle, keys).sum()) <= n_returned:
            low = middle
        else:
            high = middle
    return _cap_returns(returnable, degrees, low, keys).astype(np.int32)


def _cap_returns(returnable: I32, degrees: I32, rate_q24: int, keys: U64) -> I64:
    rounding = (keys & np.uint64(0xFFFFFF)).astype(np.int64)
    capped: I64 = np.minimum(returnable, degrees.astype(np.int64) * rate_q24 + rounding >> 24)
    return capped


def _finish(
    scenario: Scenario,
    population: Population,
    seed: int,
    wanted: FollowQuotas,
    slots: tuple[I64, I32, I32],
    returns: tuple[I64, I32],
) -> FollowGraph:
    """Date and store the follows."""
    accounts = population.accounts
    most = int(slots[1].sum(dtype=np.int64)) + len(returns[1])
    indptr = np.empty(len(accounts) + 1, np.int64)
    followees, since_ms, commanded = np.empty(most, np.int32), np.empty(most, np.int64), np.empty(most, np.bool_)
    is_operated = accounts.operated_from_ms != NEVER
    commanded_from_ms = np.where(is_operated, accounts.operated_from_ms, accounts.created_ms)
    is_lifeless = (accounts.segment == NO_CODE).astype(np.uint8)
    n_follows = kernels.finish_rows(
        np.uint64(seed), np.uint64(Purpose.follow_since), accounts.key, accounts.created_ms, accounts.active_until_ms,
        commanded_from_ms, wanted.octaves, wanted.is_commanded, is_lifeless, scenario.start_ms, scenario.end_ms,
        *slots, *returns, indptr, followees, since_ms, commanded,
    )  # fmt: skip
    graph = FollowGraph(indptr, followees[:n_follows], since_ms[:n_follows], commanded[:n_follows])
    for column in (graph.indptr, graph.followees, graph.since_ms, graph.commanded):
        column.setflags(write=False)
    return graph
