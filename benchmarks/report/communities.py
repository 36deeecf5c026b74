"""Finds communities of the follow graph, so that the picture can place them apart."""

from collections import defaultdict

import numpy as np

from benchmarks.signals.networks import Ints

_MOST_ROUNDS = 20
_LEAST_GAIN = 1e-9

Neighbours = list[dict[int, float]]


def find_communities(n_nodes: int, sources: Ints, targets: Ints) -> Ints:
    """Return the community of each node, numbered by size, the largest first.

    Parameters
    ----------
    n_nodes : int
        Nodes; one without an edge is a community of its own.
    sources, targets : array of int64, shape (n_edges,)
        Edges; their direction does not count, and an edge in both directions counts twice.

    Returns
    -------
    array of int64, shape (n_nodes,)
        Deterministic: nodes are visited in their order and ties go to the lower number.

    References
    ----------
    Louvain method: Blondel et al. 2008, doi:10.1088/1742-5468/2008/10/P10008.
    """
    neighbours = _collect_neighbours(n_nodes, sources, targets)
    found = np.arange(n_nodes, dtype=np.int64)
    while True:
        moved = _move_nodes(neighbours)
        found = moved[found]
        if moved.max(initial=-1) + 1 == len(neighbours):
            return _number_by_size(found)
        neighbours = _merge_nodes(neighbours, moved)


def _collect_neighbours(n_nodes: int, sources: Ints, targets: Ints) -> Neighbours:
    neighbours: Neighbours = [defaultdict(float) for _ in range(n_nodes)]
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        if source != target:
            neighbours[source][target] += 1.0
            neighbours[target][source] += 1.0
    return neighbours


def _move_nodes(neighbours: Neighbours) -> Ints:
    """Move nodes to the neighbouring community that gains most modularity, until none moves."""
    community = list(range(len(neighbours)))
    degrees = [sum(weights.values()) for weights in neighbours]
    # A loop keeps a node's degree, but draws it nowhere.
    links = [[pair for pair in weights.items() if pair[0] != node] for node, weights in enumerate(neighbours)]
    totals = list(degrees)
    twice_edges = sum(degrees) or 1.0
    for _ in range(_MOST_ROUNDS):
        n_moves = 0
        for node, degree in enumerate(degrees):
            own = community[node]
            linked = _sum_by_community(links[node], community)
            best = _find_best(own, linked, totals, degree, degree / twice_edges)
            if best != own:
                totals[own] -= degree
                totals[best] += degree
                community[node] = best
                n_moves += 1
        if not n_moves:
            break
    return np.unique(np.array(community, dtype=np.int64), return_inverse=True)[1].astype(np.int64)


def _sum_by_community(links: list[tuple[int, float]], community: list[int]) -> dict[int, float]:
    linked: dict[int, float] = defaultdict(float)
    for other, weight in links:
        linked[community[other]] += weight
    return linked


def _find_best(own: int, linked: dict[int, float], totals: list[float], degree: float, share: float) -> int:
    best, best_gain = own, linked.get(own, 0.0) - (totals[own] - degree) * share
    for candidate in sorted(linked):
        gain = linked[candidate] - totals[candidate] * share
        if candidate != own and gain > best_gain + _LEAST_GAIN:
            best, best_gain = candidate, gain
    return best


def _merge_nodes(neighbours: Neighbours, community: Ints) -> Neighbours:
    """Make one node of each community; edges inside it become a loop, which keeps its degree."""
    merged: Neighbours = [defaultdict(float) for _ in range(int(community.max()) + 1)]
    for node, weights in enumerate(neighbours):
        for other, weight in weights.items():
            merged[int(community[node])][int(community[other])] += weight
    return merged


def _number_by_size(community: Ints) -> Ints:
    numbers, found = np.unique(community, return_inverse=True)
    sizes = np.bincount(found, minlength=len(numbers))
    rank = np.empty(len(numbers), dtype=np.int64)
    rank[np.lexsort((np.arange(len(numbers)), -sizes))] = np.arange(len(numbers))
    return rank[found]
