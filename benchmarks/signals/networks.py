"""Networks of similar accounts, over sparse matrices: who shares what, pairs, components, centrality; nothing is n².

Accounts and objects (a hashtag, a link, a reposted post) are row numbers. What decides is rounded, so that the order
of accounts, on which the last bits of a sum depend, cannot reach a decision.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.detector import GROUPED_SCORES

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Similarities that differ by less are equal.
DECIMALS = 9
_BLOCK_PAIRS = 1 << 23
_N_BINS = 1 << 16


@dataclass(frozen=True, slots=True)
class Edges:
    """Weighted undirected edges, each once.

    Attributes
    ----------
    left, right : int64[m]
        Nodes; left < right.
    weight : float64[m]
    """

    left: Ints
    right: Ints
    weight: Floats

    def keep(self, chosen: NDArray[np.bool_]) -> "Edges":
        """Return some of the edges."""
        return Edges(self.left[chosen], self.right[chosen], self.weight[chosen])


def number_rows(columns: Sequence[Ints]) -> Ints:
    """Return a number for each row of some columns, int64[n]; equal rows have the same."""
    numbers = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        _, place = np.unique(column, return_inverse=True)
        _, numbers = np.unique(numbers * (place.max(initial=0) + 1) + place.reshape(-1), return_inverse=True)
        numbers = numbers.reshape(-1)
    return numbers


def count_uses(
    accounts: Ints, objects: Ints, n_accounts: int, most_accounts: int, least_uses: int = 1
) -> sparse.csr_array:
    """Return how often accounts used objects, without objects of one account or of very many.

    Parameters
    ----------
    accounts, objects : int64[n]
        One entry a use; objects are any numbers of at least 0.
    n_accounts : int
        Rows of the answer.
    most_accounts : int
        Objects of more accounts say nothing about two of them and would cost their square.
    least_uses : int
        Accounts with fewer uses of what is left have empty rows: little is soon equal.

    Returns
    -------
    csr_array of float64[n_accounts, n_objects]
        Every column has a use.
    """
    _, column = np.unique(objects, return_inverse=True)
    shape = (n_accounts, int(column.max(initial=-1)) + 1)
    uses = sparse.csr_array((np.ones(len(accounts)), (accounts, column.reshape(-1))), shape=shape)
    n_users = np.bincount(uses.indices, minlength=shape[1])
    uses = uses[:, np.flatnonzero((n_users > 1) & (n_users <= most_accounts))]
    n_uses = np.bincount(_rows_of(uses), uses.data, n_accounts)
    uses.data[n_uses[_rows_of(uses)] < least_uses] = 0
    uses.eliminate_zeros()
    return uses[:, np.flatnonzero(np.bincount(uses.indices, minlength=uses.shape[1]))]


def weigh_tf_idf(uses: sparse.csr_array) -> sparse.csr_array:
    """Return rows of unit length: uses times the logarithm of how rare the object is (Salton, Buckley 1988,
    doi 10.1016/0306-4573(88)90021-0); rows without uses stay empty."""
    n_users = np.bincount(uses.indices, minlength=uses.shape[1])
    n_active = int((np.diff(uses.indptr) > 0).sum())
    weighted = uses.copy()
    # One is added, so that an object of all accounts keeps a weight (as scikit-learn's idf does).
    weighted.data = uses.data * (1 + np.log(max(n_active, 1) / n_users))[uses.indices]
    lengths = np.sqrt(np.bincount(_rows_of(weighted), weighted.data**2, uses.shape[0]))
    weighted.data /= lengths[_rows_of(weighted)]
    return weighted


def multiply_pairs(matrix: sparse.csr_array) -> Iterator[Edges]:
    """Yield the products of every two rows that have a column in common, in portions; cost Σ (rows of a column)²."""
    transposed = matrix.T.tocsr()
    transposed.sort_indices()
    n_users = np.diff(transposed.indptr)
    costs = np.cumsum(np.bincount(_rows_of(matrix), n_users[matrix.indices], matrix.shape[0]))
    ends = np.unique(np.searchsorted(costs, np.arange(_BLOCK_PAIRS, costs[-1:].sum() + _BLOCK_PAIRS, _BLOCK_PAIRS)) + 1)
    start = 0
    for end in np.minimum(ends, matrix.shape[0]):
        block = (matrix[start:end] @ transposed).tocoo()
        upper = block.coords[0] + start < block.coords[1]
        left, right = (np.asarray(place[upper], np.int64) for place in block.coords)
        yield Edges(left + start, right, np.round(block.data[upper], DECIMALS))
        start = int(end)


def find_pairs(matrix: sparse.csr_array, least: float) -> Edges:
    """Return the pairs of rows whose product is at least `least`, above 0."""
    return join_portions(edges.keep(edges.weight >= least) for edges in multiply_pairs(matrix))


def find_strongest_pairs(matrix: sparse.csr_array, share: float) -> Edges:
    """Return the given share of the pairs of rows with a product above 0, and whatever equals the last of them.

    Rows are of unit length, none negative. Two passes: a histogram of the products, then the pairs; memory does not
    grow with the pairs left out.
    """
    counts = np.zeros(_N_BINS + 1, np.int64)
    for edges in multiply_pairs(matrix):
        counts += np.bincount(_bin(edges.weight), minlength=_N_BINS + 1)
    above = np.cumsum(counts[::-1])[::-1]
    wanted = max(int(np.ceil(above[0] * share)), 1)
    lowest = int(np.flatnonzero(above >= wanted)[-1]) if above[0] else 0
    edges = join_portions(edges.keep(_bin(edges.weight) >= lowest) for edges in multiply_pairs(matrix))
    if len(edges.weight) <= wanted:
        return edges
    last = np.partition(edges.weight, len(edges.weight) - wanted)[len(edges.weight) - wanted]
    return edges.keep(edges.weight >= last)


def _bin(products: Floats) -> Ints:
    return np.floor(products * _N_BINS).astype(np.int64)


def join_portions(portions: Iterable[Edges]) -> Edges:
    """Return edges that came in portions as one."""
    nothing = Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    kept = [nothing, *portions]
    return Edges(
        np.concatenate([edges.left for edges in kept]),
        np.concatenate([edges.right for edges in kept]),
        np.concatenate([edges.weight for edges in kept]),
    )


def merge_edges(layers: Sequence[Edges], n_nodes: int) -> Edges:
    """Return the union of networks over the same nodes; the weights of an edge add up."""
    every = join_portions(layers)
    keys, place = np.unique(every.left * n_nodes + every.right, return_inverse=True)
    weight = np.bincount(place.reshape(-1), every.weight, len(keys))
    return Edges(keys // max(n_nodes, 1), keys % max(n_nodes, 1), np.round(weight, DECIMALS))


def sum_strengths(edges: Edges, n_nodes: int) -> Floats:
    """Return the sum of the weights of each node's edges, float64[n_nodes]."""
    strengths = np.bincount(edges.left, edges.weight, n_nodes) + np.bincount(edges.right, edges.weight, n_nodes)
    return np.round(strengths, DECIMALS)


def find_components(edges: Edges, n_nodes: int, least_members: int = 2) -> Ints:
    """Return the connected component of each node, int64[n_nodes]; -1 in one of fewer than `least_members`."""
    _, labels = sparse.csgraph.connected_components(_adjacency(edges, n_nodes), directed=False)
    sizes = np.bincount(labels, minlength=1)
    return np.where(sizes[labels] >= max(least_members, 2), labels, -1).astype(np.int64)


def rank_by_eigenvector(edges: Edges, n_nodes: int, n_rounds: int = 100) -> Floats:
    """Return the eigenvector centrality of each node, float64[n_nodes], the largest being 1 (Bonacich 1972,
    doi 10.1080/0022250X.1972.9989806).

    Power iteration from the strengths s of A plus its Rayleigh quotient at s, which keeps two-sided networks from
    swinging. The number of rounds is fixed: components of nearly the largest eigenvalue keep some centrality.
    """
    adjacency = _adjacency(edges, n_nodes)
    centrality = sum_strengths(edges, n_nodes)
    if not centrality.any():
        return centrality
    shift = float(centrality @ (adjacency @ centrality)) / float(centrality @ centrality)
    for _ in range(n_rounds):
        centrality /= centrality.max()
        centrality = adjacency @ centrality + shift * centrality
    ranked: Floats = np.round(centrality / centrality.max(), DECIMALS)
    return ranked


def tabulate_groups(account_ids: Ints, scores: Floats, groups: Ints) -> pa.Table:
    """Return GROUPED_SCORES of accounts; group -1 is none."""
    group_ids = pa.array(groups, pa.int64(), mask=groups < 0)
    return pa.table([account_ids, scores.astype(np.float64), group_ids], schema=GROUPED_SCORES)


def _rows_of(matrix: sparse.csr_array) -> Ints:
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def _adjacency(edges: Edges, n_nodes: int) -> sparse.csr_array:
    ends = (np.concatenate([edges.left, edges.right]), np.concatenate([edges.right, edges.left]))
    return sparse.csr_array((np.concatenate([edges.weight, edges.weight]), ends), shape=(n_nodes, n_nodes))
