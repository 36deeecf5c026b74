"""Integer laws: 32-bit draws become amounts by tables on a coarse grid, so that no float decides anything.

A quantile table follows the survivor function geometrically: each octave of the survivor (1 to 1/2, 1/2 to
1/4, ...) has the same number of steps, so that heavy tails are as finely resolved as bodies.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import exp, fsum, log, log2
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]

ONE_Q12 = 1 << 12
ONE_Q16 = 1 << 16
_OCTAVES = 24
_STEPS = 64
_SMALLEST_SURVIVOR = 2.0**-_OCTAVES
_N_KEPT = 128  # tables of each law, of 12 kB each; a world has some ten


def q16(amount: float) -> int:
    """Return `amount` in fixed point with 16 fraction bits."""
    return round(amount * ONE_Q16)


def tabulate_quantiles(quantile: Callable[[float], float], unit: float) -> I64:
    """Return the table of `quantile` (a function of the survivor, 0 to 1], in units of `unit`, rounded.

    Returns
    -------
    int64 array, shape (24 * 64 + 2,)
        Read by :func:`draw_quantiles`; not to be changed, since tables are kept for the next world.
    """
    survivors = [2.0**-octave * (1 - step / (2 * _STEPS)) for octave in range(_OCTAVES) for step in range(_STEPS)]
    survivors += [_SMALLEST_SURVIVOR] * 2
    table = np.array([round(quantile(survivor) / unit) for survivor in survivors], np.int64)
    table.flags.writeable = False
    return table


def draw_quantiles(tables: I64, draws: U32, rows: NDArray[np.integer] | None = None) -> I64:
    """Return the quantile of each draw, interpolated; a small draw is far out in the upper tail.

    Parameters
    ----------
    tables : int64 array, shape (t,) or, with `rows`, (r, t)
        From :func:`tabulate_quantiles`.
    draws : uint32 array, shape (n,)
    rows : integer array, shape (n,), optional
        Which table each draw reads.
    """
    draws = np.asarray(draws, np.uint32)
    bits = np.frexp(draws.astype(np.float64))[1].astype(np.uint32)
    mantissa = draws.astype(np.uint64) << (np.uint32(32) - bits).astype(np.uint64)
    position = (np.uint64(1 << 32) - mantissa).astype(np.int64)
    index = np.minimum((32 - bits.astype(np.int64)) * _STEPS + (position >> 25), _OCTAVES * _STEPS)
    fraction = (position & ((1 << 25) - 1)) >> 9
    flat, base = (tables, index) if rows is None else (tables.ravel(), rows.astype(np.int64) * tables.shape[1] + index)
    low = flat[base]
    result: I64 = low + ((flat[base + 1] - low) * fraction >> 16)
    return result


def pareto_moment(tail: float, ratio: float, power: float) -> float:
    """Return E[X^power] of a Pareto law on [1, ratio] with density exponent `tail`."""
    slope = tail - 1
    if abs(slope - power) < 1e-9:
        moment = slope * log(ratio)
    else:
        moment = slope / (slope - power) * (1 - ratio ** (power - slope))
    return float(moment / (1 - ratio**-slope))


@lru_cache(maxsize=_N_KEPT)
def tabulate_pareto(tail: float, ratio: float) -> I64:
    """Return log2 X / E[X], in Q12, of a Pareto law on [1, ratio] with density exponent `tail`."""
    slope, floor = tail - 1, ratio ** -(tail - 1)
    mean = log2(pareto_moment(tail, ratio, 1))
    return tabulate_quantiles(lambda s: -log2(s * (1 - floor) + floor) / slope - mean, 1 / ONE_Q12)


@lru_cache(maxsize=_N_KEPT)
def tabulate_lognormal(median: float, sigma: float, highest: float) -> I64:
    """Return log2 X, in Q12, of a log-normal law cut off above `highest` and at 3.2 sigma below.

    `sigma` is that of the natural logarithm.
    """
    normal = NormalDist()
    mass = normal.cdf(log(highest / median) / sigma)

    def quantile(survivor: float) -> float:
        share = min(max((1 - survivor) * mass, 1e-9), 1 - 1e-9)
        return log2(median) + max(normal.inv_cdf(share), -3.2) * sigma / log(2)

    return tabulate_quantiles(quantile, 1 / ONE_Q12)


_HALF_NORMAL = tabulate_quantiles(lambda survivor: -NormalDist().inv_cdf(survivor / 2), 1 / ONE_Q12)
_EXP2_Q16 = np.array([round(2 ** (step / ONE_Q12) * ONE_Q16) for step in range(ONE_Q12)], np.int64)


def draw_normals(draws: U32) -> I64:
    """Return a standard normal of each draw, in Q12, within 5.4 sigma."""
    draws = np.asarray(draws, np.uint32)
    size = draw_quantiles(_HALF_NORMAL, draws | np.uint32(1))
    return np.where(draws & np.uint32(1), -size, size)


def exp2_q16(exponent_q12: I64) -> I64:
    """Return 2 ** exponent in Q16; exponents are in Q12 and within -28 to 40."""
    whole = exponent_q12 >> 12
    mantissa = _EXP2_Q16[exponent_q12 & (ONE_Q12 - 1)]
    powers: I64 = np.where(whole >= 0, mantissa << np.maximum(whole, 0), mantissa >> np.maximum(-whole, 0))
    return powers


def lognormal_mean_log2(sigma: float) -> float:
    """Return log2 of the mean of 2 ** (sigma z), z standard normal."""
    return log2(exp((sigma * log(2)) ** 2 / 2))


def thresholds(weights: Sequence[float] | NDArray[np.floating], bits: int = 16) -> NDArray[np.uint64]:
    """Return cumulative 32-bit thresholds of a choice, on a grid of 2^-bits; the last one is 2^32."""
    shares = np.asarray(weights, np.float64)
    grid = np.rint(np.cumsum(shares) / fsum(shares) * (1 << bits)).astype(np.uint64)
    grid[-1] = 1 << bits
    return grid << np.uint64(32 - bits)


def choose(limits: NDArray[np.uint64], draws: U32, rows: NDArray[np.integer] | None = None) -> I64:
    """Return which choice each draw falls on; `rows` names each draw's row of two-dimensional `limits`."""
    draws = np.asarray(draws, np.uint32)
    if rows is None:
        return np.searchsorted(limits, draws.astype(np.uint64), side="right").astype(np.int64)
    chosen = np.zeros(len(draws), np.int64)
    for column in range(limits.shape[1] - 1):
        chosen += draws >= limits[rows, column]
    return chosen


def below(draws: U32, share: float | NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which draws fall below `share`, on a grid of 2^-16."""
    result: NDArray[np.bool_] = (np.asarray(draws, np.uint32) >> np.uint32(16)) < np.rint(np.asarray(share) * ONE_Q16)
    return result


def scale_u32(draws: U32, size: int | I64) -> I64:
    """Return each draw as a whole number in [0, size); `size` is below 2^31."""
    return np.asarray(draws, np.int64) * np.asarray(size, np.int64) >> 32


def scale_wide(draws: U32, size_ms: int | I64) -> I64:
    """Return each draw as a whole number in [0, size_ms); for spans of up to 2^47."""
    size = np.asarray(size_ms, np.int64)
    high = np.asarray(draws, np.int64) >> 16
    low = np.asarray(draws, np.int64) & 0xFFFF
    return (high * size + (low * size >> 16)) >> 16


def split_largest_remainder(total: int, shares: Mapping[str, float] | Sequence[float], least: int = 0) -> list[int]:
    """Split `total` by shares so that the parts sum to it; ties go to the earlier part.

    With `least`, every part with a positive share gets at least that many, taken from the largest.
    """
    weights = list(shares.values() if isinstance(shares, Mapping) else shares)
    grid = [round(weight * (1 << 40)) for weight in weights]
    whole = max(sum(grid), 1)
    parts = [total * weight // whole for weight in grid]
    remainders = [total * weight % whole for weight in grid]
    for index in sorted(range(len(parts)), key=lambda i: -remainders[i])[: total - sum(parts)]:
        parts[index] += 1
    for index, weight in enumerate(grid):
        while weight and parts[index] < least and max(parts) > least:
            parts[parts.index(max(parts))] -= 1
            parts[index] += 1
    return parts
