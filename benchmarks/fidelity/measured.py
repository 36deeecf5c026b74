"""What a measure gives: a value with its quartiles, or the reason why there is none."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Measured:
    """One synthetic number.

    Attributes
    ----------
    value : float or None
        None where the sample is too small for the definition.
    low, high : float or None
        Quartiles, where the definition takes a median of many.
    n : int
        How many it was measured on.
    why_not : str
        Why there is no value; empty where there is one.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    why_not: str = ""


def missing(why_not: str, n: int = 0) -> Measured:
    """Return a measure without a value."""
    return Measured(None, n=n, why_not=why_not)


def take_median(values: NDArray[np.generic], what: str, least: int = 1) -> Measured:
    """Return median and quartiles of at least so many values, without those that are not finite."""
    kept = np.asarray(values, np.float64)
    kept = kept[np.isfinite(kept)]
    if len(kept) < least:
        return missing(f"{len(kept)} {what}, needs {least}", len(kept))
    low, median, high = np.quantile(kept, (0.25, 0.5, 0.75))
    return Measured(float(median), float(low), float(high), len(kept))


def take_share(hits: int, n: int, what: str) -> Measured:
    """Return a share of n."""
    return Measured(hits / n, n=n) if n else missing(f"no {what}")


def share_of_known(answers: Iterable[bool | None]) -> float | None:
    """Return the share of yes among the answers that there are; None when there is none."""
    known = [answer for answer in answers if answer is not None]
    return sum(known) / len(known) if known else None
