"""Communities are found, and nothing that is placed lies upon anything else."""

from math import hypot

import numpy as np
import pytest

from benchmarks.report.communities import find_communities
from benchmarks.report.packing import pack_circles
from benchmarks.report.placement import place_accounts


def _cliques(*sizes, bridges=()):
    """Return edges of complete groups one after the other, and some more."""
    edges, first = list(bridges), 0
    for size in sizes:
        edges += [(a, b) for a in range(first, first + size) for b in range(a) if b >= first]
        first += size
    return tuple(np.array(side, dtype=np.int64) for side in zip(*edges, strict=True))


def test_groups_with_a_bridge_are_communities_the_largest_first():
    found = find_communities(9, *_cliques(4, 5, bridges=[(0, 8)]))
    assert found.tolist() == [1] * 4 + [0] * 5


def test_accounts_without_follows_are_communities_of_their_own():
    nothing = np.array([], dtype=np.int64)
    assert find_communities(3, nothing, nothing).tolist() == [0, 1, 2]


def test_communities_do_not_depend_on_the_order_of_follows():
    sources, targets = _cliques(6, 4, 5, bridges=[(0, 8), (2, 12)])
    backwards = find_communities(15, sources[::-1], targets[::-1])
    assert find_communities(15, sources, targets).tolist() == backwards.tolist()


@pytest.mark.parametrize("stretch", [0.5, 1.0, 3.0])
def test_packed_circles_keep_their_distance(stretch):
    radii = [1.0, 5.0, 2.0, 2.0, 3.0, 0.5, 4.0]
    centres = pack_circles(radii, 0.5, stretch)
    for i, (ax, ay) in enumerate(centres):
        for j, (bx, by) in enumerate(centres[:i]):
            assert hypot(ax - bx, ay - by) >= radii[i] + radii[j] + 0.5 - 1e-5


def test_packing_is_as_wide_as_asked():
    def shape(stretch):
        centres = np.array(pack_circles([1.0] * 12, 0.1, stretch))
        return np.ptp(centres[:, 0]) / np.ptp(centres[:, 1])

    assert shape(3.0) > shape(1.0)


@pytest.fixture(scope="module")
def placed():
    sizes = (70, 60, 50)
    return place_accounts(sum(sizes) + 5, *_cliques(*sizes, bridges=[(0, 100), (10, 150)]))


def test_no_two_accounts_are_in_one_place(placed):
    apart = np.hypot(placed.x[:, None] - placed.x, placed.y[:, None] - placed.y)
    assert apart[np.triu_indices(len(placed.x), 1)].min() > 0.5


def test_every_account_is_within_its_island_and_circle(placed):
    for numbers, discs in ((placed.island, placed.islands), (placed.circle, placed.circles)):
        middles = np.array(discs)[numbers]
        assert (np.hypot(placed.x - middles[:, 0], placed.y - middles[:, 1]) <= middles[:, 2] + 0.1).all()


def test_strays_share_one_island(placed):
    assert len(placed.islands) == 4
    assert placed.island[-5:].tolist() == [3] * 5


def test_most_followed_account_stands_in_the_middle():
    followers = np.arange(1, 30, dtype=np.int64)
    placed = place_accounts(30, followers, np.zeros(29, dtype=np.int64))
    x, y, _ = placed.circles[placed.circle[0]]
    assert np.hypot(placed.x - x, placed.y - y).argmin() == 0


def test_a_world_without_accounts_has_no_places():
    nothing = np.array([], dtype=np.int64)
    assert place_accounts(0, nothing, nothing).islands == []
