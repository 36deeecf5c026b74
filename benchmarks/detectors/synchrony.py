"""Synchrony in time bins: accounts that share the same objects at about the same times, again and again.

An account's actions are a set of tuples (object, time bin); an object is a reposted post, a hashtag or a link, by
default of posts about the brand. A tuple of u is matched by v when v has the same object in the same or a neighbouring
bin. With m(u, v) the matched tuples of u, i = min(m(u, v), m(v, u)) and n(u) all tuples of u, the similarity of two
accounts is i / (n(u) + n(v) - i + prior) where i reaches `least_matches`, else 0: the Jaccard similarity of the paper,
shrunk, since a handful of actions coincides easily. The score is the largest similarity with any account, the groups
are the connected components of the similarities that reach `threshold` (single linkage, as in the paper), of
`least_members` or more.

A tuple that more than `most_accounts` share or match is the talk of the hour and counts as matched by nobody, so that
cost is linear in the posts, but for sorting, times `most_accounts` at worst.

References
----------
Cao, Yang, Yu, Palow 2014, "Uncovering large groups of active malicious accounts in online social networks"
(SynchroTrap), doi 10.1145/2660267.2660269.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from scipy import sparse

from benchmarks.detector import Level, Observations
from benchmarks.signals.networks import Edges, Ints, find_components, tabulate_groups
from benchmarks.signals.shares import Shares, find_brand_posts, read_account_ids, read_shares

_HOUR_MS = 3_600_000


class Synchrony:
    """Scores an account by its largest Jaccard similarity in (object, time bin) with another account.

    Parameters
    ----------
    bin_hours : float
        Width of a bin (assumed).
    least_matches : int
        Matched tuples from which two accounts are compared (assumed).
    prior_tuples : float
        Unmatched tuples that every pair is given (assumed).
    most_accounts : int
        Accounts in a bin and its neighbours from which an object says nothing (assumed).
    threshold : float
        Similarity from which two accounts are linked, and an account accused (assumed: over months accounts do much
        else, so that it must be small, and in worlds without a campaign it links nobody).
    least_members : int
        Accounts of the smallest group (assumed).
    brand_only : bool
        Whether only posts about the brand, and reposts of such, are read; the paper looks at one object type at a time.
    """

    name = "synchrony"
    level: Level = "account"
    paper = "Cao et al. 2014, doi 10.1145/2660267.2660269"
    needs = "posts"
    cost = "linear in posts"

    def __init__(
        self,
        bin_hours: float = 1.0,
        least_matches: int = 3,
        prior_tuples: float = 5.0,
        most_accounts: int = 50,
        threshold: float = 0.05,
        least_members: int = 3,
        brand_only: bool = True,
    ) -> None:
        self.bin_ms = round(bin_hours * _HOUR_MS)
        self.least_matches = least_matches
        self.prior_tuples = prior_tuples
        self.most_accounts = most_accounts
        self.threshold = threshold
        self.least_members = least_members
        self.brand_only = brand_only

    def score(self, observations: Observations) -> pa.Table:
        """Return the largest similarity of every account, 0 to 1, and its group."""
        account_ids = read_account_ids(observations)
        topic = find_brand_posts(observations) if self.brand_only else None
        shares = read_shares(observations, account_ids, topic=topic)
        own = _tabulate_tuples(shares, self.bin_ms, len(account_ids))
        edges = self._compare(own)
        score = np.zeros(len(account_ids))
        np.maximum.at(score, edges.left, edges.weight)
        np.maximum.at(score, edges.right, edges.weight)
        close = edges.keep(edges.weight >= self.threshold)
        return tabulate_groups(account_ids, score, find_components(close, len(account_ids), self.least_members))

    def _compare(self, tuples: "_Tuples") -> Edges:
        """Return the similarities of all pairs with enough matches."""
        matches = _count_matches(tuples, self.most_accounts)
        shared = sparse.triu(matches.minimum(matches.T), 1).tocoo()
        enough = shared.data >= self.least_matches
        left, right = (place[enough].astype(np.int64) for place in shared.coords)
        both = shared.data[enough]
        n_tuples = np.bincount(tuples.account, minlength=tuples.n_accounts)
        return Edges(left, right, both / (n_tuples[left] + n_tuples[right] - both + self.prior_tuples))


@dataclass(frozen=True, slots=True)
class _Tuples:
    """Each account's distinct tuples: account (row), cell (object x bin; the next cell is the next bin)."""

    account: Ints
    cell: Ints
    n_accounts: int


def _tabulate_tuples(shares: Shares, bin_ms: int, n_accounts: int) -> _Tuples:
    time_bin = shares.at_ms // bin_ms
    time_bin = time_bin - time_bin.min(initial=0)
    # A gap of two bins, so that the last of one object is no neighbour of the first of the next.
    n_bins = int(time_bin.max(initial=0)) + 3
    keys = np.unique((shares.object * n_bins + time_bin) * max(n_accounts, 1) + shares.account)
    return _Tuples(keys % max(n_accounts, 1), keys // max(n_accounts, 1), n_accounts)


def _count_matches(tuples: _Tuples, most_accounts: int) -> sparse.csr_array:
    """Return how many tuples of one account (row) another (column) matches, int64[account, account]."""
    cells, own = np.unique(tuples.cell, return_inverse=True)
    own = own.reshape(-1)
    near_cell, near_account = [own], [tuples.account]
    for step in (-1, 1):
        place = np.searchsorted(cells, tuples.cell + step)
        found = np.flatnonzero(np.append(cells, -1)[place] == tuples.cell + step)
        near_cell.append(place[found])
        near_account.append(tuples.account[found])
    near = _mark(np.concatenate(near_cell), np.concatenate(near_account), (len(cells), tuples.n_accounts))
    n_near = np.diff(near.indptr)
    telling = (n_near > 1) & (n_near <= most_accounts)
    kept = telling[own]
    return _mark(tuples.account[kept], own[kept], (tuples.n_accounts, len(cells))) @ near


def _mark(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_array:
    """Return a matrix with 1 in the given places, however often they are given."""
    marked = sparse.csr_array((np.ones(len(rows), np.int64), (rows, columns)), shape=shape)
    marked.sum_duplicates()
    marked.data[:] = 1
    return marked
