"""Measures of graphs, of reposts and of follows: degrees, reciprocity, clustering, mixing, the giant part."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from benchmarks.fidelity.measured import Measured, missing
from benchmarks.fidelity.posts import Ints
from benchmarks.fidelity.tails import find_gini, fit_tail


@dataclass(frozen=True, slots=True)
class Graph:
    """A directed graph without loops and double edges; nodes are numbered from 0.

    Attributes
    ----------
    tail, head : int64[m]
        Who reposts or follows, and whom.
    n_nodes : int
    """

    tail: Ints
    head: Ints
    n_nodes: int

    @property
    def outdegree(self) -> Ints:
        """Edges that leave each node."""
        return np.bincount(self.tail, minlength=self.n_nodes)

    @property
    def indegree(self) -> Ints:
        """Edges that reach each node."""
        return np.bincount(self.head, minlength=self.n_nodes)

    @property
    def undirected(self) -> sparse.csr_matrix:
        """Which nodes are joined in either direction, float64, symmetric, without loops."""
        joined = sparse.csr_matrix((np.ones(len(self.tail)), (self.tail, self.head)), shape=(self.n_nodes,) * 2)
        return ((joined + joined.T) > 0).astype(np.float64).tocsr()


def make_graph(tail: Ints, head: Ints) -> Graph:
    """Return the graph of edges between account ids; loops and doubles are left out."""
    kept = tail != head
    nodes, numbers = np.unique(np.concatenate([tail[kept], head[kept]]), return_inverse=True)
    edges = np.unique(numbers.reshape(2, -1), axis=1)
    return Graph(edges[0].astype(np.int64), edges[1].astype(np.int64), len(nodes))


def indegree_alpha(graph: Graph) -> Measured:
    """Exponent of the tail of the indegree."""
    return fit_tail(graph.indegree)


def outdegree_alpha(graph: Graph) -> Measured:
    """Exponent of the tail of the outdegree."""
    return fit_tail(graph.outdegree)


def indegree_gini(graph: Graph) -> Measured:
    """Gini of the indegree, zeros included."""
    return Measured(find_gini(graph.indegree), n=graph.n_nodes) if graph.n_nodes else missing("no edges")


def outdegree_gini(graph: Graph) -> Measured:
    """Gini of the outdegree, zeros included."""
    return Measured(find_gini(graph.outdegree), n=graph.n_nodes) if graph.n_nodes else missing("no edges")


def mean_degree(graph: Graph) -> Measured:
    """Edges a node."""
    return Measured(len(graph.tail) / graph.n_nodes, n=graph.n_nodes) if graph.n_nodes else missing("no edges")


def reciprocal_edge_share(graph: Graph) -> Measured:
    """Share of directed edges that go both ways."""
    if not graph.n_nodes:
        return missing("no edges")
    return Measured(_count_returned(graph) / len(graph.tail), n=len(graph.tail))


def reciprocal_pair_share(graph: Graph) -> Measured:
    """Share of joined pairs of nodes that are joined both ways (Kwak et al. 2010, doi 10.1145/1772690.1772751)."""
    if not graph.n_nodes:
        return missing("no edges")
    n_mutual = _count_returned(graph) // 2
    n_pairs = len(graph.tail) - n_mutual
    return Measured(n_mutual / n_pairs, n=n_pairs)


def clustering_avg_local(graph: Graph) -> Measured:
    """Mean share of joined neighbours, over nodes with two neighbours or more, undirected."""
    degree, triangles = _count_triangles(graph)
    chosen = degree >= 2
    if not chosen.any():
        return missing("no node with two neighbours")
    local = 2 * triangles[chosen] / (degree[chosen] * (degree[chosen] - 1))
    return Measured(float(local.mean()), n=int(chosen.sum()))


def transitivity(graph: Graph) -> Measured:
    """Share of paths of two edges that close, undirected."""
    degree, triangles = _count_triangles(graph)
    paths = float((degree * (degree - 1) / 2).sum())
    return Measured(float(triangles.sum()) / paths, n=graph.n_nodes) if paths else missing("no path of two edges")


def assortativity_degree(graph: Graph) -> Measured:
    """Correlation of the degrees at both ends of an edge (Newman 2002, doi 10.1103/PhysRevLett.89.208701)."""
    joined = graph.undirected.tocoo()
    degree = np.bincount(joined.row, minlength=graph.n_nodes).astype(np.float64)
    ends, others = degree[joined.row], degree[joined.col]
    if len(ends) < 2 or ends.std() == 0:
        return missing("all degrees alike")
    return Measured(float(np.corrcoef(ends, others)[0, 1]), n=len(ends) // 2)


def giant_share(graph: Graph) -> Measured:
    """Share of nodes in the largest part that hangs together, whatever the direction."""
    if not graph.n_nodes:
        return missing("no edges")
    _, part = connected_components(graph.undirected, directed=False)
    return Measured(float(np.bincount(part).max() / graph.n_nodes), n=graph.n_nodes)


def _count_returned(graph: Graph) -> int:
    edges = graph.tail * graph.n_nodes + graph.head
    return int(np.isin(graph.head * graph.n_nodes + graph.tail, edges).sum())


def _count_triangles(graph: Graph) -> tuple[Ints, Ints]:
    """Return degree and triangles of each node, undirected; cost grows with the sum of squared degrees."""
    joined = graph.undirected
    degree = np.asarray(joined.sum(axis=1)).ravel().astype(np.int64)
    closed = (joined @ joined).multiply(joined)
    return degree, (np.asarray(closed.sum(axis=1)).ravel() / 2).astype(np.int64)
