"""Measures of pushes: one text by several accounts with no gap over a day, whoever commanded it."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.fidelity.measured import Measured, missing, take_median, take_share
from benchmarks.fidelity.posts import DAY, HOUR, MINUTE, Ints, Posts
from benchmarks.fidelity.sharing import group_posts

MEASURED = ("push_accounts", "push_duration_min", "push_gap_s", "push_accounts_per_post", "push_le_1h_share")


def measure_pushes(posts: Posts, keys: Ints, least_accounts: int) -> dict[str, Measured]:
    """Return the five facts of pushes by at least so many accounts."""
    grouped = group_posts(posts, keys)
    if not len(grouped):
        return dict.fromkeys(MEASURED, missing("no posts with text"))
    breaks = (np.diff(grouped.group) != 0) | (np.diff(grouped.at_ms) > DAY)
    starts = np.flatnonzero(np.concatenate([[True], breaks]))
    ends = np.concatenate([starts[1:], [len(grouped)]])
    accounts = _count_distinct(grouped.account, starts)
    chosen = accounts >= least_accounts
    starts, ends, accounts = starts[chosen], ends[chosen], accounts[chosen]
    if not len(starts):
        return dict.fromkeys(MEASURED, missing(f"no text by {least_accounts} accounts"))
    n_posts, spans = ends - starts, grouped.at_ms[ends - 1] - grouped.at_ms[starts]
    return {
        "push_accounts": take_median(accounts, "pushes"),
        "push_duration_min": take_median(spans / MINUTE, "pushes"),
        "push_gap_s": take_median(spans / 1000 / (n_posts - 1), "pushes"),
        "push_accounts_per_post": take_median(accounts / n_posts, "pushes"),
        "push_le_1h_share": take_share(int((spans <= HOUR).sum()), len(spans), "pushes"),
    }


def _count_distinct(accounts: Ints, starts: Ints) -> NDArray[np.int64]:
    """Return the distinct accounts of each run of posts."""
    run = np.searchsorted(starts, np.arange(len(accounts)), side="right") - 1
    pairs = np.unique(np.stack([run, accounts], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(starts))
