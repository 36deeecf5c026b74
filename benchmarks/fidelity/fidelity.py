"""Holds a dataset against the real populations of pairs.yaml: every fact, a score a pair, and the contrast."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.fidelity.calendar_measures import find_profile
from benchmarks.fidelity.facts import Fact, find_facts
from benchmarks.fidelity.intervals import Band, find_band, is_near
from benchmarks.fidelity.measured import Measured, missing, share_of_known
from benchmarks.fidelity.measures import FAMILY_BY_FACT, MEASURE_BY_FACT, Holdings
from benchmarks.fidelity.pairs import STEP_MS, WEEKDAYS, Pair, read_pairs
from benchmarks.fidelity.posts import Posts, choose_window, thin, thin_accounts, thin_to_mean
from benchmarks.fidelity.slices import Subject, World, read_slice
from benchmarks.fidelity.yardsticks import find_yardsticks

AIM = 0.8


@dataclass(frozen=True, slots=True)
class Comparison:
    """One fact of one pair: the synthetic number and what the real one accepts."""

    fact: Fact
    family: str
    band: Band
    synthetic: Measured

    @property
    def is_inside(self) -> bool | None:
        """Whether the value lies in the widened interval; None without a value."""
        value = self.synthetic.value
        return None if value is None else self.band.holds(value)

    @property
    def is_near(self) -> bool | None:
        """Whether the value is inside or within 25 % of the real one; None without a value."""
        value = self.synthetic.value
        return None if value is None else self.band.holds(value) or is_near(self.fact.value, value)


@dataclass(frozen=True, slots=True)
class PairResult:
    """All comparisons of a pair."""

    name: str
    pair: Pair
    n_posts: int
    n_accounts: int
    comparisons: list[Comparison]
    hours: dict[str, list[float]] | None = None

    @property
    def score(self) -> float | None:
        """Share of the measured facts that are inside; None when none was measured."""
        return share_of_known(comparison.is_inside for comparison in self.comparisons)

    @property
    def near_score(self) -> float | None:
        """Share of the measured facts that are inside or within 25 %."""
        return share_of_known(comparison.is_near for comparison in self.comparisons)


def compare_pairs(world: World) -> list[PairResult]:
    """Return the results of all pairs in the order of pairs.yaml."""
    return [
        compare_pair(name, pair, read_slice(world, pair.synthetic), world.home_language)
        for name, pair in read_pairs().pairs.items()
    ]


def compare_pair(name: str, pair: Pair, subject: Subject, home: str | None = None) -> PairResult:
    """Return the result of one pair."""
    held = hold(pair, subject, home)
    comparisons = [compare_fact(held, fact) for fact in pair.facts]
    n_posts, n_accounts = _measure_size(held.subject)
    return PairResult(name, pair, n_posts, n_accounts, comparisons, _find_hours(held))


def _find_hours(held: Holdings) -> dict[str, list[float]] | None:
    """Return the share of the posts in each hour of the day, here and in the source; None where it has none."""
    profile = find_facts(held.pair.real).get("hour_profile")
    if profile is None or not isinstance(held.subject, Posts):
        return None
    return {"synthetic": find_profile(held.local).tolist(), "real": list(profile.profile)}


def hold(pair: Pair, subject: Subject, home: str | None = None) -> Holdings:
    """Return a slice as the source was sampled: its window, at most its accounts and posts, its resolution."""
    if not isinstance(subject, Posts):
        return Holdings(pair, subject, None, home)
    weekday = WEEKDAYS.index(pair.window_from) if pair.window_from else None
    whole = choose_window(subject, pair.window_days, weekday)
    whole = whole if pair.accounts is None else thin_accounts(whole, pair.accounts)
    whole = whole.floor(STEP_MS[pair.resolution])
    return Holdings(pair, _thin_to(pair, whole), whole, home)


def compare_fact(held: Holdings, fact: Fact) -> Comparison:
    """Return the comparison of one fact."""
    n_posts, _ = _measure_size(held.subject)
    measured = MEASURE_BY_FACT[fact.name](held, fact) if n_posts else missing("the slice is empty")
    return Comparison(fact, FAMILY_BY_FACT[fact.name], find_band(fact), measured)


def _thin_to(pair: Pair, posts: Posts) -> Posts:
    """Return at most the posts of the source; where it holds one topic only, also no more an account."""
    if pair.posts is None:
        return posts
    if pair.accounts is None or not pair.thinned:
        return thin(posts, pair.posts)
    return thin_to_mean(thin(posts, pair.posts), pair.posts / pair.accounts)


def _measure_size(subject: Subject) -> tuple[int, int]:
    """Return posts and accounts of posts, items and cascades of cascades, edges and nodes of a graph."""
    if isinstance(subject, Posts):
        return len(subject), len(np.unique(subject.account))
    if isinstance(subject, list):
        return sum(len(cascade.parent) for cascade in subject), len(subject)
    return len(subject.tail), subject.n_nodes


def describe_pair(result: PairResult) -> dict[str, Any]:
    """Return a pair's result as plain data for JSON."""
    return {
        "pair": result.name,
        "synthetic": result.pair.synthetic,
        "real": result.pair.real,
        "n_posts": result.n_posts,
        "n_accounts": result.n_accounts,
        "score": result.score,
        "near_score": result.near_score,
        "aim": AIM,
        "yardsticks": [asdict(one) for one in find_yardsticks(result.pair)],
        "facts": [_describe_comparison(comparison) for comparison in result.comparisons],
        "excluded": dict(result.pair.excluded),
        "hours": result.hours,
    }


def _describe_comparison(comparison: Comparison) -> dict[str, Any]:
    fact = comparison.fact
    return {
        "fact": fact.name,
        "family": comparison.family,
        "definition": fact.definition,
        "synthetic": asdict(comparison.synthetic),
        "real": {"population": fact.population, "value": fact.value, "low": fact.low, "high": fact.high, "n": fact.n},
        "band": asdict(comparison.band),
        "inside": comparison.is_inside,
        "near": comparison.is_near,
        "source": fact.source,
        "recalled_not_verified": fact.is_recalled,
    }
