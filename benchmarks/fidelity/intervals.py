"""When a synthetic value counts as near a real one: the real interval widened by half its width on either side.

Durations spread over decades and cannot be negative: theirs are widened on a log scale,
[505, 7411] h to [132, 28391] h.

Where a fact has no interval, or one without width, the rule is 25 % of its value either side (assumed). Two kinds of
facts say how many cases they rest on, which makes an interval of 95 %: an autocorrelation lies within 1.96/sqrt(n) for
a series of its length (Bartlett 1946, doi 10.2307/2983611); a mean over groups of equal posts, each between 0 and 1,
lies within Wilson's interval for a share of as many groups (Wilson 1927, doi 10.1080/01621459.1927.10502953; no mean
of such numbers is less certain). 23 groups say little, 3,736 much.
"""

import re
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from benchmarks.fidelity.facts import Fact

WIDENED_BY = 0.5  # of the width, on either side
SHARE_WITHOUT_INTERVAL = 0.25  # assumed
_Z = 1.96
_AUTOCORRELATION = re.compile(r"_ac\d+$")
_DURATIONS = ("interpost_s", "gap_s", "delay_s", "_min", "_h", "_days")

Rule = Literal["interval", "log interval", "autocorrelation", "groups", "share"]


@dataclass(frozen=True, slots=True)
class Band:
    """What a fact accepts: `low` to `high` the real interval, `least` to `most` the widened one, ends included."""

    low: float
    high: float
    least: float
    most: float
    rule: Rule

    def holds(self, value: float) -> bool:
        """Whether a value lies in the widened interval."""
        return self.least <= value <= self.most


def find_band(fact: Fact) -> Band:
    """Return the band of a fact.

    Examples
    --------
    >>> find_band(Fact("a", "", "", 5.0, 4.0, 6.0, 9, ""))
    Band(low=4.0, high=6.0, least=3.0, most=7.0, rule='interval')
    """
    if fact.low is not None and fact.high is not None and fact.high > fact.low:
        if fact.name.endswith(_DURATIONS) and fact.low > 0:
            factor = (fact.high / fact.low) ** WIDENED_BY
            return Band(fact.low, fact.high, fact.low / factor, fact.high * factor, "log interval")
        return _widen(fact.low, fact.high, "interval")
    if _AUTOCORRELATION.search(fact.name) and fact.n:
        return _around(fact.value, _Z / sqrt(fact.n), "autocorrelation")
    if fact.n_groups:
        return _widen(*_find_wilson(fact.value, fact.n_groups), "groups")
    return _around(fact.value, SHARE_WITHOUT_INTERVAL * abs(fact.value), "share")


def is_near(real: float, value: float) -> bool:
    """Whether a value lies within 25 % of a real one: a second, looser reading of very narrow intervals."""
    return abs(value - real) <= SHARE_WITHOUT_INTERVAL * abs(real)


def _around(value: float, half: float, rule: Rule) -> Band:
    return Band(value - half, value + half, value - half, value + half, rule)


def _widen(low: float, high: float, rule: Rule) -> Band:
    wider = WIDENED_BY * (high - low)
    return Band(low, high, low - wider, high + wider, rule)


def _find_wilson(share: float, n: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share of n cases."""
    middle = (share + _Z * _Z / (2 * n)) / (1 + _Z * _Z / n)
    half = _Z / (1 + _Z * _Z / n) * sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
    return middle - half, middle + half
