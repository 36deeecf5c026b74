"""Packs circles close together without overlap: the largest first, each where it fits nearest to the middle."""

from collections.abc import Sequence
from itertools import combinations
from math import hypot, inf, sqrt

Circle = tuple[float, float, float]
_SLACK = 1e-6


def pack_circles(radii: Sequence[float], gap: float, stretch: float = 1.0) -> list[tuple[float, float]]:
    """Return the centres of circles that do not overlap, in the order of `radii`.

    Parameters
    ----------
    radii : sequence of float
        Radii, all above 0.
    gap : float
        Least distance between two circles.
    stretch : float
        How many times as wide as high the whole should become.

    Returns
    -------
    list of (float, float)
        Centres; the largest circle is in the middle. Cubic in the number of circles, which are tens.
    """
    placed: dict[int, Circle] = {}
    for index in sorted(range(len(radii)), key=lambda i: (-radii[i], i)):
        grown = radii[index] + gap / 2
        x, y = _find_place(list(placed.values()), grown, stretch)
        placed[index] = (x, y, grown)
    return [placed[index][:2] for index in range(len(radii))]


def _find_place(placed: list[Circle], radius: float, stretch: float) -> tuple[float, float]:
    if not placed:
        return 0.0, 0.0
    best, best_distance = (inf, inf), inf
    for x, y in _list_places(placed, radius, stretch):
        distance = hypot(x / stretch, y)
        if distance < best_distance - _SLACK and _is_free(placed, x, y, radius):
            best, best_distance = (x, y), distance
    return best


def _list_places(placed: list[Circle], radius: float, stretch: float) -> list[tuple[float, float]]:
    """Return the places that touch two circles and then those beside one; of equal ones the first is taken."""
    places = [place for pair in combinations(placed, 2) for place in _touch_both(*pair, radius)]
    for x, y, other in placed:
        reach = other + radius
        places += [(x + reach, y), (x - reach, y)] if stretch >= 1 else [(x, y + reach), (x, y - reach)]
    return places


def _touch_both(first: Circle, second: Circle, radius: float) -> list[tuple[float, float]]:
    (ax, ay, a), (bx, by, b) = first, second
    near, far, apart = a + radius, b + radius, hypot(bx - ax, by - ay)
    if apart > near + far or apart < _SLACK:
        return []
    along = (near**2 - far**2 + apart**2) / (2 * apart)
    across = sqrt(max(near**2 - along**2, 0.0))
    ux, uy = (bx - ax) / apart, (by - ay) / apart
    middle = (ax + along * ux, ay + along * uy)
    return [
        (middle[0] - across * uy, middle[1] + across * ux),
        (middle[0] + across * uy, middle[1] - across * ux),
    ]


def _is_free(placed: list[Circle], x: float, y: float, radius: float) -> bool:
    return all(hypot(x - cx, y - cy) >= radius + other - _SLACK for cx, cy, other in placed)
