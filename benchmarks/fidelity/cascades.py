"""Measures of cascades: how deep, how direct, how fast; reposts, quotes and replies under one post."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.fidelity.measured import Measured, take_median
from benchmarks.fidelity.posts import DAY, HOUR, Ints

_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Cascade:
    """One post and all that reacts to it, in the order of time; item 0 is the root.

    Attributes
    ----------
    parent : int64[n]
        Place of the item reacted to, before the item itself; -1 for the root.
    account, at_ms : int64[n]
    """

    parent: Ints
    account: Ints
    at_ms: Ints

    @property
    def depth(self) -> Ints:
        """Steps of each item to the root."""
        depth = np.zeros(len(self.parent), np.int64)
        for place, parent in enumerate(self.parent.tolist()[1:], 1):
            depth[place] = depth[parent] + 1
        return depth

    @property
    def delay_ms(self) -> Ints:
        """Time of each reaction after the root, without the root's own."""
        delays: Ints = self.at_ms[1:] - self.at_ms[0]
        return delays


def cascade_size(cascades: list[Cascade]) -> Measured:
    """Reactions of a cascade."""
    return _over(cascades, [float(len(cascade.parent) - 1) for cascade in cascades])


def cascade_max_depth(cascades: list[Cascade]) -> Measured:
    """Depth of the deepest reaction."""
    return _over(cascades, [float(cascade.depth.max()) for cascade in cascades])


def cascade_mean_depth(cascades: list[Cascade]) -> Measured:
    """Mean depth of the reactions."""
    return _over(cascades, [float(cascade.depth[1:].mean()) for cascade in cascades])


def cascade_direct_share(cascades: list[Cascade]) -> Measured:
    """Share of reactions to the root itself."""
    return _over(cascades, [float((cascade.parent[1:] == 0).mean()) for cascade in cascades])


def structural_virality(cascades: list[Cascade]) -> Measured:
    """Mean distance of two items in the tree (Goel et al. 2016, doi 10.1287/mnsc.2015.2158)."""
    return _over(cascades, [_measure_virality(cascade) for cascade in cascades])


def cascade_median_delay_s(cascades: list[Cascade]) -> Measured:
    """Median delay of the reactions after the root, in seconds."""
    return _over(cascades, [float(np.median(cascade.delay_ms)) / _SECOND for cascade in cascades])


def cascade_first_hour_share(cascades: list[Cascade]) -> Measured:
    """Share of reactions within an hour of the root."""
    return _over(cascades, [float((cascade.delay_ms <= HOUR).mean()) for cascade in cascades])


def cascade_first_day_share(cascades: list[Cascade]) -> Measured:
    """Share of reactions within a day of the root."""
    return _over(cascades, [float((cascade.delay_ms <= DAY).mean()) for cascade in cascades])


def cascade_lifetime_h(cascades: list[Cascade]) -> Measured:
    """Delay of the last reaction, in hours."""
    return _over(cascades, [float(cascade.delay_ms.max()) / HOUR for cascade in cascades])


def cascade_parent_delay_s(cascades: list[Cascade]) -> Measured:
    """Median delay of reactions of depth 2 and more after their parent, in seconds."""
    return _over(cascades, [_measure_parent_delay(cascade) for cascade in cascades])


def cascade_unique_account_ratio(cascades: list[Cascade]) -> Measured:
    """Distinct accounts over reactions."""
    ratios = [len(np.unique(cascade.account[1:])) / (len(cascade.parent) - 1) for cascade in cascades]
    return _over(cascades, ratios)


def _measure_virality(cascade: Cascade) -> float:
    n = len(cascade.parent)
    below = np.ones(n, np.int64)
    for place in range(n - 1, 0, -1):
        below[cascade.parent[place]] += below[place]
    # An edge lies between as many pairs as there are items on its two sides, multiplied.
    crossed = below[1:].astype(np.float64) * (n - below[1:])
    return float(2 * crossed.sum() / (n * (n - 1)))


def _measure_parent_delay(cascade: Cascade) -> float:
    chosen = np.flatnonzero(cascade.parent > 0)
    if not len(chosen):
        return float("nan")
    return float(np.median(cascade.at_ms[chosen] - cascade.at_ms[cascade.parent[chosen]])) / _SECOND


def _over(cascades: list[Cascade], values: list[float]) -> Measured:
    found: NDArray[np.float64] = np.array(values, np.float64)
    return take_median(found, f"cascades (of {len(cascades)})")
