"""Measures of how accounts post: how unequally, in what rhythm, for how long."""

from collections.abc import Callable

import numpy as np

from benchmarks.fidelity.measured import Measured, missing, take_median, take_share
from benchmarks.fidelity.posts import DAY, EPOCH_WEEKDAY, HOUR, Ints, Posts
from benchmarks.fidelity.tails import find_gini, fit_tail

_OfTimes = Callable[[Ints], float]

_LEAST_POSTS = 20
_LEAST_POSTS_OF_DAY = 50


def posts_gini(posts: Posts) -> Measured:
    """Gini of posts per account."""
    counts = _count(posts)
    return Measured(find_gini(counts), n=len(counts)) if len(counts) else missing("no posts")


def posts_top1_share(posts: Posts) -> Measured:
    """Share of posts by the most active 1 % of the accounts."""
    return _share_of_top(posts, 0.01)


def posts_top10_share(posts: Posts) -> Measured:
    """Share of posts by the most active 10 % of the accounts."""
    return _share_of_top(posts, 0.1)


def posts_tail_alpha(posts: Posts) -> Measured:
    """Exponent of the tail of posts per account."""
    return fit_tail(_count(posts))


def burstiness_B(posts: Posts) -> Measured:
    """Burstiness of the gaps between an account's posts (Goh, Barabasi 2008, doi 10.1209/0295-5075/81/48002)."""
    return _over_accounts(posts, _LEAST_POSTS, lambda times: _burstiness(np.diff(times)))


def burstiness_A_corrected(posts: Posts) -> Measured:
    """Burstiness corrected for few gaps (Kim, Jo 2016, doi 10.1103/PhysRevE.94.032311, eq. 22)."""
    return _over_accounts(posts, _LEAST_POSTS, lambda times: _corrected_burstiness(np.diff(times)))


def memory_M(posts: Posts) -> Measured:
    """Correlation of consecutive gaps (Goh, Barabasi 2008)."""
    return _over_accounts(posts, _LEAST_POSTS, lambda times: _memory(np.diff(times)))


def median_interpost_s(posts: Posts) -> Measured:
    """Median gap between an account's posts, in seconds."""
    return _over_accounts(posts, _LEAST_POSTS, lambda times: float(np.median(np.diff(times))) / 1000)


def account_hour_entropy(posts: Posts) -> Measured:
    """Entropy of an account's hours of the day, 1 when flat."""
    return _over_accounts(posts, _LEAST_POSTS_OF_DAY, lambda times: find_entropy(times % DAY // HOUR, 24))


def active_day_ratio(posts: Posts) -> Measured:
    """Days with a post among the days from an account's first post to its last."""
    return _over_accounts(posts, _LEAST_POSTS, _active_days)


def account_lifespan_days(posts: Posts) -> Measured:
    """Days from an account's first post to its last, among those with two posts."""
    return _over_accounts(posts, 2, lambda times: float(times[-1] - times[0]) / DAY)


def first_post_top_week_share(posts: Posts) -> Measured:
    """Share of accounts whose first post falls into the calendar week with the most first posts."""
    if not len(posts):
        return missing("no posts")
    _, rows = np.unique(posts.account, return_index=True)
    weeks = np.unique_counts((posts.local_ms[rows] // DAY + EPOCH_WEEKDAY) // 7).counts
    return take_share(int(weeks.max()), len(rows), "accounts")


def find_entropy(bins: Ints, n_bins: int) -> float:
    """Return the Shannon entropy of bins divided by its largest value, 0 to 1."""
    shares = np.bincount(bins, minlength=n_bins) / len(bins)
    shares = shares[shares > 0]
    return float(-(shares * np.log(shares)).sum() / np.log(n_bins))


def _count(posts: Posts) -> Ints:
    return np.unique(posts.account, return_counts=True)[1].astype(np.int64)


def _share_of_top(posts: Posts, share: float) -> Measured:
    counts = np.sort(_count(posts))[::-1]
    if not len(counts):
        return missing("no posts")
    n_top = max(round(share * len(counts)), 1)
    return Measured(float(counts[:n_top].sum() / counts.sum()), n=len(counts))


def _over_accounts(posts: Posts, least: int, measure: _OfTimes) -> Measured:
    """Return the median over the accounts with so many posts; a measure reads an account's local times, in order."""
    order = np.lexsort((posts.local_ms, posts.account))
    times = posts.local_ms[order]
    _, starts, counts = np.unique(posts.account[order], return_index=True, return_counts=True)
    chosen = counts >= least
    spans = zip(starts[chosen], counts[chosen], strict=True)
    values = np.array([measure(times[start : start + count]) for start, count in spans], np.float64)
    return take_median(values, f"accounts with {least} posts")


def _burstiness(gaps: Ints) -> float:
    mean, spread = float(gaps.mean()), float(gaps.std())
    return (spread - mean) / (spread + mean) if spread + mean else float("nan")


def _corrected_burstiness(gaps: Ints) -> float:
    if not gaps.any():
        return float("nan")
    ratio, n = float(gaps.std() / gaps.mean()), len(gaps)
    more, fewer = np.sqrt(n + 1), np.sqrt(n - 1)
    return float((more * ratio - fewer) / ((more - 2) * ratio + fewer))


def _memory(gaps: Ints) -> float:
    earlier, later = gaps[:-1].astype(np.float64), gaps[1:].astype(np.float64)
    if earlier.std() == 0 or later.std() == 0:
        return float("nan")
    return float(np.corrcoef(earlier, later)[0, 1])


def _active_days(times: Ints) -> float:
    days = times // DAY
    return len(np.unique(days)) / float(days[-1] - days[0] + 1)
