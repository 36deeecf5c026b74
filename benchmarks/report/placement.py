"""Places the accounts: communities as islands, their circles of friends as discs of dots, no two upon each other."""

from dataclasses import dataclass
from math import hypot, pi, sqrt

import numpy as np

from benchmarks.report.communities import find_communities
from benchmarks.report.packing import pack_circles
from benchmarks.signals.networks import Floats, Ints

# Lengths are in distances between two neighbouring dots; all assumed, chosen by eye.
_CIRCLE_GAP = 1.3
_ISLAND_GAP = 2.5
_LEAST_SPLIT = 40
_WIDE = 1.65  # how many times as wide as high the picture is
_STRETCHES = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0)
# Vogel 1979, doi:10.1016/0025-5564(79)90080-4: the angle that fills a disc evenly, as in a sunflower.
_GOLDEN_ANGLE = pi * (3.0 - sqrt(5.0))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where each account stands.

    Attributes
    ----------
    x, y : array of float64, shape (n_accounts,)
        Place, in distances between two neighbouring dots; the middle of the picture is (0, 0).
    island, circle : array of int64, shape (n_accounts,)
        Community, the largest first, and circle of friends within it; circles count through all islands.
    islands, circles : list of (x, y, radius)
        Discs that hold their accounts.
    """

    x: Floats
    y: Floats
    island: Ints
    circle: Ints
    islands: list[tuple[float, float, float]]
    circles: list[tuple[float, float, float]]


def place_accounts(n_accounts: int, followers: Ints, followees: Ints) -> Placement:
    """Place accounts so that communities and the circles within them stand apart.

    Parameters
    ----------
    n_accounts : int
        Accounts; the most followed of a circle stands in its middle.
    followers, followees : array of int64, shape (n_follows,)
        Follows as positions of accounts.

    Returns
    -------
    Placement
        Accounts without a follow to another share the last island, so that no outlier squeezes the rest.
    """
    popularity = np.bincount(followees, minlength=n_accounts)
    island = _join_strays(find_communities(n_accounts, followers, followees))
    x, y = np.zeros(n_accounts), np.zeros(n_accounts)
    circle = np.zeros(n_accounts, dtype=np.int64)
    inner: list[list[tuple[float, float, float]]] = []
    n_circles = 0
    for number in range(int(island.max(initial=-1)) + 1):
        members = np.flatnonzero(island == number)
        parts = _split_island(members, followers, followees)
        discs = _place_circles([int((parts == part).sum()) for part in range(int(parts.max()) + 1)])
        for part, (cx, cy, _) in enumerate(discs):
            own = members[parts == part]
            own = own[np.lexsort((own, -popularity[own]))]
            x[own], y[own] = _fill_disc(len(own), cx, cy)
            circle[own] = n_circles + part
        n_circles += len(discs)
        inner.append(discs)
    return _place_islands(x, y, island, circle, inner)


def _join_strays(community: Ints) -> Ints:
    """Make one island of all communities that are too small to be one."""
    sizes = np.bincount(community)
    least = max(4, len(community) // 200)
    n_kept = int((sizes >= least).sum())
    return np.minimum(community, n_kept)


def _split_island(members: Ints, followers: Ints, followees: Ints) -> Ints:
    """Return the circle of friends of each member; strays among them stand together."""
    if len(members) < _LEAST_SPLIT:
        return np.zeros(len(members), dtype=np.int64)
    row = np.full(int(max(followers.max(initial=0), followees.max(initial=0), members.max())) + 1, -1, dtype=np.int64)
    row[members] = np.arange(len(members))
    sources, targets = row[followers], row[followees]
    inside = (sources >= 0) & (targets >= 0)
    return _join_strays(find_communities(len(members), sources[inside], targets[inside]))


def _place_circles(sizes: list[int]) -> list[tuple[float, float, float]]:
    radii = [_radius_of(size) for size in sizes]
    return [(x, y, radius) for (x, y), radius in zip(pack_circles(radii, _CIRCLE_GAP), radii, strict=True)]


def _radius_of(n_dots: int) -> float:
    return 0.55 * sqrt(n_dots) + 0.5


def _fill_disc(n_dots: int, x: float, y: float) -> tuple[Floats, Floats]:
    turn = np.arange(n_dots) * _GOLDEN_ANGLE
    reach = 0.55 * np.sqrt(np.arange(n_dots) + 0.5)
    return x + reach * np.cos(turn), y + reach * np.sin(turn)


def _place_islands(
    x: Floats, y: Floats, island: Ints, circle: Ints, inner: list[list[tuple[float, float, float]]]
) -> Placement:
    hulls = [_enclose(discs) for discs in inner]
    centres = _pack_wide([radius for _, _, radius in hulls])
    islands, circles = [], []
    for number, ((hx, hy, radius), (cx, cy)) in enumerate(zip(hulls, centres, strict=True)):
        own = island == number
        x[own] += cx - hx
        y[own] += cy - hy
        islands.append((cx, cy, radius))
        circles += [(dx + cx - hx, dy + cy - hy, r) for dx, dy, r in inner[number]]
    return Placement(x, y, island, circle, islands, circles)


def _pack_wide(radii: list[float]) -> list[tuple[float, float]]:
    """Return the centres that leave the largest dots in a wide picture."""
    if not radii:
        return []
    packed = [pack_circles(radii, _ISLAND_GAP, stretch) for stretch in _STRETCHES]
    return min(packed, key=lambda centres: _measure_scale(centres, radii))


def _measure_scale(centres: list[tuple[float, float]], radii: list[float]) -> float:
    """Return how much a wide picture must shrink to hold all discs."""
    wide, high = (
        max(c[axis] + r for c, r in zip(centres, radii, strict=True))
        - min(c[axis] - r for c, r in zip(centres, radii, strict=True))
        for axis in (0, 1)
    )
    return max(wide / _WIDE, high)


def _enclose(discs: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return a small disc that holds all; found by steps towards the farthest (Badoiu & Clarkson 2003)."""
    x, y, _ = discs[0]
    for step in range(1, 200):
        fx, fy, _ = max(discs, key=lambda d: hypot(d[0] - x, d[1] - y) + d[2])
        x, y = x + (fx - x) / (step + 1), y + (fy - y) / (step + 1)
    return x, y, max(hypot(d[0] - x, d[1] - y) + d[2] for d in discs)
