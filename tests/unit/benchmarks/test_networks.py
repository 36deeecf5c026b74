"""Networks over sparse matrices, worked by hand or against slow twins."""

import numpy as np
import pytest
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer

import benchmarks.signals.networks as networks
from benchmarks.signals.networks import (
    Edges,
    count_uses,
    find_components,
    find_pairs,
    find_strongest_pairs,
    merge_edges,
    multiply_pairs,
    number_rows,
    rank_by_eigenvector,
    sum_strengths,
    tabulate_groups,
    weigh_tf_idf,
)


def edges_of(*rows):
    left, right, weight = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    return Edges(left.astype(np.int64), right.astype(np.int64), weight.astype(np.float64))


def rows_of(edges):
    return sorted(zip(edges.left.tolist(), edges.right.tolist(), edges.weight.tolist(), strict=True))


def make_matrix(n_rows, n_columns, density=0.3):
    """A matrix of small integers without chance."""
    cells = (np.arange(n_rows)[:, None] * 7 + np.arange(n_columns) ** 2 * 3 + 5) % 11
    return sparse.csr_array(np.where(cells < 11 * density, cells + 1, 0).astype(np.float64))


def count(*uses, n_accounts=3, most=10, least=1):
    accounts, objects = np.array(uses, np.int64).reshape(-1, 2).T
    return count_uses(accounts, objects, n_accounts, most, least).toarray().tolist()


def test_uses_are_counted_by_account_and_object():
    assert count((0, 5), (0, 5), (1, 5), (1, 9), (2, 9)) == [[2, 0], [1, 1], [0, 1]]


def test_object_of_one_account_is_left_out_however_often_it_used_it():
    assert count((0, 5), (0, 5), (0, 9), (1, 9)) == [[1], [1], [0]]


def test_object_of_too_many_accounts_is_left_out():
    assert count((0, 5), (1, 5), (2, 5), (0, 9), (1, 9), most=2) == [[1], [1], [0]]


def test_account_of_few_uses_has_an_empty_row():
    assert count((0, 5), (0, 9), (1, 5), (1, 9), (2, 9), least=2) == [[1, 1], [1, 1], [0, 0]]


def test_no_uses_give_an_empty_matrix():
    assert count_uses(np.zeros(0, np.int64), np.zeros(0, np.int64), 4, 10).shape == (4, 0)


def test_tf_idf_equals_sklearn():
    uses = make_matrix(9, 7)
    expected = TfidfTransformer(smooth_idf=False).fit_transform(uses).toarray()
    assert np.allclose(weigh_tf_idf(uses).toarray(), expected)


@pytest.mark.parametrize("block", [1, 50, 1 << 20])
def test_products_of_pairs_equal_the_dense_ones_whatever_the_portions(monkeypatch, block):
    monkeypatch.setattr(networks, "_BLOCK_PAIRS", block)
    matrix = make_matrix(23, 9)
    dense = np.triu((matrix @ matrix.T).toarray(), 1)
    expected = [(int(i), int(j), dense[i, j]) for i, j in np.argwhere(dense)]
    assert rows_of(networks.join_portions(multiply_pairs(matrix))) == expected


def test_pairs_are_kept_from_the_least_product_on():
    matrix = sparse.csr_array(np.array([[1.0, 1, 0], [1, 1, 0], [0, 1, 1]]))
    assert rows_of(find_pairs(matrix, 2)) == [(0, 1, 2.0)]


@pytest.mark.parametrize(("share", "n_kept"), [(0.01, 1), (0.6, 2), (0.7, 3), (1.0, 3)])
def test_strongest_pairs_are_the_asked_share_rounded_up(share, n_kept):
    matrix = weigh_tf_idf(sparse.csr_array(np.array([[1.0, 0], [5, 1], [1, 1]])))
    ordered = sorted(networks.join_portions(multiply_pairs(matrix)).weight, reverse=True)
    assert sorted(find_strongest_pairs(matrix, share).weight, reverse=True) == ordered[:n_kept]


def test_pairs_equal_to_the_last_of_the_strongest_are_kept_too():
    matrix = sparse.csr_array(np.eye(2)[[0, 0, 0, 1, 1]])
    assert len(find_strongest_pairs(matrix, 0.01).weight) == 4


def test_no_pairs_have_no_strongest():
    assert len(find_strongest_pairs(sparse.csr_array((3, 0)), 0.5).weight) == 0


def test_weights_of_an_edge_add_up_over_networks():
    merged = merge_edges([edges_of((0, 1, 0.5), (1, 2, 0.25)), edges_of((0, 1, 0.25))], 3)
    assert rows_of(merged) == [(0, 1, 0.75), (1, 2, 0.25)]


def test_strength_is_the_sum_of_the_weights_of_an_accounts_edges():
    assert sum_strengths(edges_of((0, 1, 1.5), (1, 3, 2)), 4).tolist() == [1.5, 3.5, 0, 2]


def test_component_of_two_accounts_is_a_group():
    groups = find_components(edges_of((0, 3, 1)), 4)
    assert groups[0] == groups[3] >= 0
    assert groups[[1, 2]].tolist() == [-1, -1]


def test_component_of_fewer_than_the_least_members_is_none():
    groups = find_components(edges_of((0, 1, 1), (2, 3, 1), (3, 4, 1)), 5, least_members=3)
    assert (groups >= 0).tolist() == [False, False, True, True, True]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        # The middle of a path of three has √2 times the centrality of its ends; paths are two-sided.
        (((0, 1, 1), (1, 2, 1)), [2**-0.5, 1, 2**-0.5]),
        (((0, 1, 1), (1, 2, 1), (0, 2, 1)), [1, 1, 1]),
    ],
)
def test_eigenvector_centrality_of_a_path_and_a_triangle(edges, expected):
    assert rank_by_eigenvector(edges_of(*edges), 3).tolist() == pytest.approx(expected)


def test_eigenvector_centrality_equals_the_leading_eigenvector():
    edges = find_pairs(make_matrix(15, 6), 1)
    dense = np.zeros((15, 15))
    dense[edges.left, edges.right] = dense[edges.right, edges.left] = edges.weight
    leading = np.abs(np.linalg.eigh(dense)[1][:, -1])
    assert rank_by_eigenvector(edges, 15, n_rounds=2000) == pytest.approx(leading / leading.max(), abs=1e-6)


def test_weaker_component_has_less_centrality():
    centrality = rank_by_eigenvector(edges_of((0, 1, 2), (2, 3, 1)), 5)
    assert centrality[0] == centrality[1] == 1
    assert centrality[2] < 0.01
    assert centrality[4] == 0


@pytest.mark.parametrize("n_nodes", [0, 3])
def test_network_without_edges_has_neither_centre_nor_groups(n_nodes):
    assert rank_by_eigenvector(edges_of(), n_nodes).tolist() == [0] * n_nodes
    assert find_components(edges_of(), n_nodes).tolist() == [-1] * n_nodes


def test_equal_rows_have_the_same_number():
    first, second, third, fourth = number_rows([np.array([7, 7, 9, 7]), np.array([1, 2, 1, 1])])
    assert first == fourth
    assert len({first, second, third}) == 3


def test_group_minus_one_becomes_null():
    table = tabulate_groups(np.array([5, 6]), np.array([1.0, 0.0]), np.array([3, -1]))
    assert table["group_id"].to_pylist() == [3, None]
