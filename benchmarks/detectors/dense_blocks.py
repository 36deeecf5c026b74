"""Dense blocks and lockstep: accounts that pass on the same posts, or engage with accounts that are alike.

Fraudar. Accounts and the posts that they repost or quote are the two sides of a graph. The density of a set of both
is the weight of its edges over its size; an edge to a post that d accounts pass on weighs 1 / log(d + 5), so that
reposting what everybody reposts is no camouflage. Nodes are peeled off, the lightest first and equally light ones
together; the set of the largest density on the way is the block. Its edges are taken away and the next one is looked
for. The score of an account is the largest density of a set that still holds it, over all peelings. Cost: the edges
times the logarithm of their number (a heap), once a block.

CatchSync. Accounts are linked to those whose posts they repost, quote or answer (the paper's graph, of follows, ranks
below chance here; see `graph`). A target has two features, how many link to it and its authority (HITS, Kleinberg
1999), and falls into a cell of a grid in which both double. Of an account with d targets, n(c) of them in cell c, the
synchronicity is Σ n(c) (n(c) - 1) / d (d - 1), the share of pairs in one cell (the paper counts a target as a pair with
itself, by which few targets look alike), and the normality Σ n(c) q(c) / d, with q(c) the share of all targets in c.
By the paper's theorem synchronicity is at least s(x) = (-M x² + 2 x - b) / (1 - M b) at normality x, with M cells in
use and b = Σ q(c)². The score is synchronicity less s in standard deviations from its mean. Cost: linear in the posts.

References
----------
Hooi, Song, Beutel, Shah, Shin, Faloutsos 2016, "FRAUDAR: bounding graph fraud in the face of camouflage",
doi 10.1145/2939672.2939747.
Jiang, Cui, Beutel, Faloutsos, Yang 2014, "CatchSync: catching synchronized behavior in large directed graphs",
doi 10.1145/2623330.2623632.
Kleinberg 1999, "Authoritative sources in a hyperlinked environment", doi 10.1145/324133.324140.
"""

import heapq
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse

from benchmarks.detector import SCORES, Level, Observations
from benchmarks.signals.networks import DECIMALS, Floats, Ints, tabulate_groups
from benchmarks.signals.shares import read_account_ids

# Weights are whole numbers, so that sums do not depend on the order of accounts and equal ones are equal.
_PARTS = 1 << 20
# Keeps the weight of objects of few accounts from exploding; Hooi et al. 2016.
_LOG_SHIFT = 5
# Authority below this is as good as none (assumed).
_LEAST_AUTHORITY = 2.0**-30
_NONE = np.zeros(0, np.int64)

Graph = Literal["interactions", "follows"]
_GRAPHS = {
    "interactions": """
        select distinct post.account_id as source, root.account_id as target
        from posts as post join posts as root on post.root_id = root.post_id
        where post.kind <> 'post' and source <> target
    """,
    "follows": "select distinct follower_id as source, followee_id as target from follows where until is null",
}


class Fraudar:
    """Scores an account by the densest block of accounts and posts passed on that greedy peeling finds it in.

    Parameters
    ----------
    n_blocks : int
        Blocks to look for, one after the other (assumed).
    least_members : int
        Accounts of the smallest block that is a group (assumed).
    """

    name = "fraudar"
    level: Level = "account"
    paper = "Hooi et al. 2016, doi 10.1145/2939672.2939747"
    needs = "posts"
    cost = "linear in reposts, times their logarithm"
    within_world = True

    def __init__(self, n_blocks: int = 3, least_members: int = 3) -> None:
        self.n_blocks = n_blocks
        self.least_members = least_members

    def score(self, observations: Observations) -> pa.Table:
        """Return the largest density of a set that holds the account, and the number of its block."""
        account_ids = read_account_ids(observations)
        n_accounts = len(account_ids)
        account, post = _read_passing_on(observations, account_ids)
        score, group = np.zeros(n_accounts), np.full(n_accounts, -1)
        for block in range(self.n_blocks):
            if not len(account):
                break
            rows, node = np.unique(account, return_inverse=True)
            _, post_node = np.unique(post, return_inverse=True)
            density = peel(node.reshape(-1), post_node.reshape(-1))
            inside = density >= density.max()
            score[rows] = np.maximum(score[rows], density[: len(rows)])
            members = rows[inside[: len(rows)]]
            if len(members) >= self.least_members:
                group[members[group[members] < 0]] = block
            rest = ~(inside[node.reshape(-1)] & inside[len(rows) + post_node.reshape(-1)])
            account, post = account[rest], post[rest]
        return tabulate_groups(account_ids, score, group)


def _read_passing_on(observations: Observations, account_ids: Ints) -> tuple[Ints, Ints]:
    """Return who passed on which post (numbered from 0), each pair once, without posts of a single account."""
    accounts, roots = [_NONE], [_NONE]
    for batch in observations.batches("posts", ["account_id", "kind", "root_id"]):
        kinds = pc.is_in(batch["kind"].cast(pa.string()), value_set=pa.array(["repost", "quote"]))
        batch = batch.filter(kinds)
        accounts.append(np.searchsorted(account_ids, batch["account_id"].to_numpy()))
        roots.append(batch["root_id"].to_numpy())
    account = np.concatenate(accounts)
    _, post = np.unique(np.concatenate(roots), return_inverse=True)
    pairs = np.unique(post.reshape(-1) * max(len(account_ids), 1) + account)
    account, post = pairs % max(len(account_ids), 1), pairs // max(len(account_ids), 1)
    shared = np.bincount(post, minlength=1)[post] > 1
    return account[shared], post[shared]


def peel(account: Ints, post: Ints) -> Floats:
    """Return for each node the largest density of a set that holds it while the lightest nodes are peeled off.

    Parameters
    ----------
    account, post : int64[m]
        Edges, each once; both sides numbered from 0 without gaps.

    Returns
    -------
    float64[n_accounts + n_posts]
        Accounts first, then posts; the block is where it is largest.
    """
    graph = _Graph(account, post)
    weight, total = graph.weigh_nodes(), graph.total_parts
    heap = [(own, node) for node, own in enumerate(weight)]
    heapq.heapify(heap)
    density, densest = np.zeros(len(weight)), 0.0
    gone, n_left = [False] * len(weight), len(weight)
    while heap:
        batch = _pop_lightest(heap, gone)
        if batch:
            densest = max(densest, total / n_left / _PARTS)
            density[batch] = densest
            n_left -= len(batch)
        for node in batch:
            gone[node] = True
            total -= weight[node]
            for other, parts in graph.list_edges(node):
                if not gone[other]:
                    weight[other] -= parts
                    heapq.heappush(heap, (weight[other], other))
    return density


def _pop_lightest(heap: list[tuple[int, int]], gone: list[bool]) -> list[int]:
    """Take all nodes of the least weight off the heap. An entry from before its node got lighter comes too late."""
    lightest, batch = heap[0][0], []
    while heap and heap[0][0] == lightest:
        node = heapq.heappop(heap)[1]
        if not gone[node]:
            batch.append(node)
    return batch


class _Graph:
    """Accounts and posts as nodes, each edge from both sides; lists, since the peeling takes single steps."""

    def __init__(self, account: Ints, post: Ints) -> None:
        n_accounts = int(account.max(initial=-1)) + 1
        n_uses = np.bincount(post, minlength=1)
        parts = np.round(_PARTS / np.log(n_uses + _LOG_SHIFT)).astype(np.int64)[post]
        start = np.concatenate([account, post + n_accounts])
        order = np.argsort(start, kind="stable")
        self._others = np.concatenate([post + n_accounts, account])[order].tolist()
        self._parts = np.concatenate([parts, parts])[order].tolist()
        self._first = np.append(0, np.cumsum(np.bincount(start))).tolist()
        self.total_parts = int(parts.sum())

    def weigh_nodes(self) -> list[int]:
        """Return the sum of each node's edges."""
        return [sum(self._parts[first:end]) for first, end in pairwise(self._first)]

    def list_edges(self, node: int) -> Iterator[tuple[int, int]]:
        """Return the other ends and the weights of a node's edges."""
        places = slice(self._first[node], self._first[node + 1])
        return zip(self._others[places], self._parts[places], strict=True)


class CatchSync:
    """Scores an account by how much more alike its targets are than anybody's.

    Parameters
    ----------
    graph : {'interactions', 'follows'}
        Whether its targets are those whose posts it reposts, quotes or answers, or those it follows.
    least_targets : int
        Accounts with fewer are not compared and score 0 (assumed).
    n_rounds : int
        Rounds of HITS (assumed).
    """

    name = "catch_sync"
    level: Level = "account"
    # Three standard deviations; Jiang et al. 2014.
    threshold = 3.0
    paper = "Jiang et al. 2014, doi 10.1145/2623330.2623632"
    needs = "posts"
    cost = "linear in posts"
    within_world = True

    def __init__(self, graph: Graph = "interactions", least_targets: int = 10, n_rounds: int = 20) -> None:
        if graph not in _GRAPHS:
            raise ValueError(f"graph must be one of {', '.join(_GRAPHS)}, got {graph!r}")
        self.graph = graph
        self.least_targets = least_targets
        self.n_rounds = n_rounds

    def score(self, observations: Observations) -> pa.Table:
        """Return the standardised residual of the synchronicity of every account."""
        account_ids = read_account_ids(observations)
        links = _read_links(observations, _GRAPHS[self.graph], account_ids)
        excess = _compare_targets(links, _find_cells(links, self.n_rounds))
        compared = np.diff(links.indptr) >= max(self.least_targets, 2)
        score = np.zeros(len(account_ids))
        spread = excess[compared].std() if compared.any() else 0.0
        if spread > 10.0**-DECIMALS:
            score[compared] = (excess[compared] - excess[compared].mean()) / spread
        return pa.table([account_ids, np.round(score, DECIMALS)], schema=SCORES)


def _read_links(observations: Observations, question: str, account_ids: Ints) -> sparse.csr_array:
    """Return which account is linked to which, float64[account, account] of 0 and 1."""
    with observations.ask() as database:
        pairs = database.execute(question).fetchnumpy()
    ends = tuple(np.searchsorted(account_ids, np.asarray(pairs[name], np.int64)) for name in ("source", "target"))
    return sparse.csr_array((np.ones(len(ends[0])), ends), shape=(len(account_ids), len(account_ids)))


def _find_cells(links: sparse.csr_array, n_rounds: int) -> Ints:
    """Return the cell of each account in the grid of links to it and authority, numbered from 0."""
    authority = np.ones(links.shape[0])
    for _ in range(n_rounds):
        authority = links.T @ (links @ authority)
        authority /= authority.max(initial=0) or 1.0
    row = np.floor(np.log2(np.maximum(links.sum(axis=0), 1)))
    column = np.floor(np.round(np.log2(np.maximum(authority, _LEAST_AUTHORITY)), DECIMALS))
    _, cell = np.unique(np.stack([row, column]), axis=1, return_inverse=True)
    return cell.reshape(-1)


def _compare_targets(links: sparse.csr_array, cells: Ints) -> Floats:
    """Return by how much each account's synchronicity is above the least at its normality."""
    n_cells = int(cells.max(initial=-1)) + 1
    n_targets = np.diff(links.indptr)
    belongs = sparse.csr_array((np.ones(len(cells)), (np.arange(len(cells)), cells)), shape=(len(cells), n_cells))
    counts = (links @ belongs).tocsr()
    is_target = links.sum(axis=0) > 0
    background = np.bincount(cells[is_target], minlength=n_cells) / max(int(is_target.sum()), 1)
    alike = counts.power(2).sum(axis=1) - n_targets
    synchronicity = alike / np.maximum(n_targets * (n_targets - 1), 1)
    normality = counts @ background / np.maximum(n_targets, 1)
    excess: Floats = synchronicity - _find_least(normality, background)
    return excess


def _find_least(normality: Floats, background: Floats) -> Floats:
    """Return the least synchronicity at each normality (Jiang et al. 2014)."""
    n_used, own = int((background > 0).sum()), float((background**2).sum())
    curvature = n_used * own - 1
    # All cells equally full: the normality is the same for everybody.
    if curvature < 10.0**-DECIMALS:
        return np.full(len(normality), 1 / max(n_used, 1))
    least: Floats = (n_used * normality**2 - 2 * normality + own) / curvature
    return least
