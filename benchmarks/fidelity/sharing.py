"""Which posts say the same: groups of posts with equal words, or with the same link."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.fidelity.posts import Ints, Posts
from benchmarks.signals.text_shingles import shingle


@dataclass(frozen=True, slots=True)
class Grouped:
    """Posts that share something with others or might, ordered by what they share and then by time.

    Attributes
    ----------
    group : int64[n]
        What they share, ascending.
    account, at_ms : int64[n]
    """

    group: Ints
    account: Ints
    at_ms: Ints

    def __len__(self) -> int:
        return len(self.group)


def find_texts(posts: Posts) -> Ints:
    """Return a number for the words of each post, equal for equal words, int64[n]; -1 without any word.

    Words in lower case without links, mentions, hashtags, digits and punctuation are compared
    (``benchmarks.signals.text_shingles``); how the source normalised is not said (assumed to be alike).
    """
    hashes = shingle(pc.fill_null(posts.text, "")).text_hashes
    numbers = np.unique(hashes, return_inverse=True)[1].astype(np.int64)
    return np.where(hashes == 0, -1, numbers)


def find_links(posts: Posts) -> Ints:
    """Return a number for the first link of each post, int64[n]; -1 without one."""
    numbers: Ints = posts.url.dictionary_encode().indices.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False)
    return numbers


def group_posts(posts: Posts, keys: Ints) -> Grouped:
    """Return the posts that have a key, by key and time."""
    chosen = np.flatnonzero(keys >= 0)
    order = chosen[np.lexsort((posts.post[chosen], posts.at_ms[chosen], keys[chosen]))]
    return Grouped(keys[order], posts.account[order], posts.at_ms[order])


def find_gaps_to_others(grouped: Grouped) -> Ints:
    """Return for each post the ms to the nearest post of its group by another account, int64[n]; -1 without any."""
    n = len(grouped)
    if not n:
        return np.zeros(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(grouped.group) != 0) | (np.diff(grouped.account) != 0)]))
    run = np.searchsorted(starts, np.arange(n), side="right") - 1
    ends = np.concatenate([starts[1:], [n]]) - 1
    before = np.where(run > 0, ends[np.maximum(run - 1, 0)], -1)
    after = np.where(run < len(starts) - 1, starts[np.minimum(run + 1, len(starts) - 1)], -1)
    gaps = np.full((2, n), np.iinfo(np.int64).max)
    for row, other in enumerate((before, after)):
        fits = (other >= 0) & (grouped.group[other] == grouped.group)
        gaps[row, fits] = np.abs(grouped.at_ms[other[fits]] - grouped.at_ms[fits])
    nearest = gaps.min(axis=0)
    return np.where(nearest == np.iinfo(np.int64).max, -1, nearest)
