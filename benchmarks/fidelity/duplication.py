"""Measures of copying: equal and nearly equal texts in samples, and equal posts within a time."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc
from scipy import sparse

from benchmarks.fidelity.measured import Measured, missing, take_median, take_share
from benchmarks.fidelity.posts import HOUR, MINUTE, Ints, Mask, Posts, thin, tile
from benchmarks.fidelity.sharing import Grouped, find_gaps_to_others, group_posts
from benchmarks.signals.text_shingles import shingle

SIMILAR = 0.8  # Jaccard of word 3-shingles, as in the facts
MOST_SAMPLES = 12
_LEAST_SAMPLE = 100  # assumed: a share of fewer says little
_ROWS_AT_ONCE = 500
_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Copies:
    """Shares of the posts of a sample that another, or the same, account wrote too: equally, and nearly so."""

    exact_cross: float
    near_cross: float
    exact_same: float
    near_same: float
    n_posts: int


def draw_samples(posts: Posts, days: float | None, most: int) -> list[Posts]:
    """Return up to 12 samples of at most so many posts with text: one a window of so many days, spread evenly."""
    said = posts.take(pc.is_valid(posts.text).to_numpy(zero_copy_only=False))
    windows = [said] if days is None else tile(said, days)
    if len(windows) > MOST_SAMPLES:
        windows = [windows[place] for place in np.linspace(0, len(windows) - 1, MOST_SAMPLES).round().astype(int)]
    return [thin(window, most) for window in windows if len(window) >= _LEAST_SAMPLE]


def measure_copies(posts: Posts) -> Copies:
    """Return how much of a sample is copied; cost grows with the pairs of distinct texts that share a shingle."""
    found = shingle(posts.text)
    # A text without any word is like no other: it gets a number of its own.
    hashes = np.where(found.text_hashes == 0, np.arange(len(posts), dtype=np.uint64), found.text_hashes)
    _, first, number = np.unique(hashes, return_index=True, return_inverse=True)
    accounts = np.unique(posts.account, return_inverse=True)[1]
    n_texts = len(first)
    # Posts of each text by each account, texts x accounts.
    written = sparse.csr_matrix((np.ones(len(posts)), (number, accounts)), shape=(n_texts, accounts.max() + 1))
    exact = _share_copied(written, sparse.identity(n_texts, format="csr"), number, accounts)
    near = _share_copied(written, _find_similar(found.hashes, found.first, first), number, accounts)
    return Copies(exact[0], near[0], exact[1], near[1], len(posts))


def _share_copied(
    written: sparse.csr_matrix, alike: sparse.csr_matrix, number: Ints, accounts: Ints
) -> tuple[float, float]:
    """Return the shares of posts whose text is like one by another account, and like another by the same one."""
    own = alike @ written
    n_all = np.asarray(own.sum(axis=1)).ravel()[number]
    n_own = np.asarray(own[number, accounts]).ravel()
    return float((n_all > n_own).mean()), float((n_own > 1).mean())


def _find_similar(hashes: "np.ndarray[tuple[int], np.dtype[np.uint64]]", bounds: Ints, rows: Ints) -> sparse.csr_matrix:
    """Return which distinct texts are alike, bool texts x texts, the diagonal included."""
    spans = [np.unique(hashes[bounds[row] : bounds[row + 1]]) for row in rows.tolist()]
    sizes = np.array([len(span) for span in spans])
    columns = np.unique(np.concatenate(spans), return_inverse=True)[1] if sizes.sum() else np.zeros(0, np.int64)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    shape = (len(rows), int(columns.max()) + 1 if len(columns) else 1)
    has = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, offsets), shape=shape)
    parts = [_compare(has, sizes, start) for start in range(0, len(rows), _ROWS_AT_ONCE)]
    similar = sparse.vstack(parts, format="csr")
    return ((similar + sparse.identity(len(rows), format="csr")) > 0).astype(np.float64).tocsr()


def _compare(has: sparse.csr_matrix, sizes: Ints, start: int) -> sparse.csr_matrix:
    """Return which texts are similar to some rows of texts."""
    common = (has[start : start + _ROWS_AT_ONCE] @ has.T).tocoo()
    union = sizes[common.row + start] + sizes[common.col] - common.data
    kept = common.data >= SIMILAR * union
    return sparse.csr_matrix((np.ones(kept.sum()), (common.row[kept], common.col[kept])), shape=common.shape)


def take_over_samples(copies: list[Copies], name: str) -> Measured:
    """Return the median of one of the shares over samples, with the posts of one of them as its n."""
    if not copies:
        return missing(f"no sample of {_LEAST_SAMPLE} posts")
    found = take_median(np.array([getattr(copy, name) for copy in copies]), "samples")
    return replace(found, n=int(np.median([copy.n_posts for copy in copies])))


def measure_cotweets(posts: Posts, keys: Ints, within_s: int) -> tuple[Measured, Measured]:
    """Return the share of all posts, and of all accounts, with an equal post by another account within a time."""
    grouped = group_posts(posts, keys)
    gaps = find_gaps_to_others(grouped)
    hits = (gaps >= 0) & (gaps <= within_s * _SECOND)
    n_accounts = len(np.unique(posts.account))
    of_posts = take_share(int(hits.sum()), len(posts), "posts")
    return of_posts, take_share(len(np.unique(grouped.account[hits])), n_accounts, "accounts")


def measure_sync(posts: Posts, keys: Ints) -> dict[str, Measured]:
    """Return the shares of pairs of equal posts by two accounts within a minute to a day, each group weighing 1."""
    grouped = group_posts(posts, keys)
    limits = {"sync_le60s": MINUTE, "sync_le10min": 10 * MINUTE, "sync_le1h": HOUR, "sync_le1d": 24 * HOUR}
    edges = np.flatnonzero(np.diff(grouped.group, prepend=-1, append=-1)).tolist()
    gaps = [_find_pair_gaps(grouped, start, end) for start, end in pairwise(edges)]
    gaps = [found for found in gaps if len(found)]
    if not gaps:
        return dict.fromkeys([*limits, "sync_group_min60"], missing("no equal posts by two accounts"))
    n = len(gaps)
    shares = {name: float(np.mean([(gap <= most).mean() for gap in gaps])) for name, most in limits.items()}
    shares["sync_group_min60"] = float(np.mean([gap.min() <= MINUTE for gap in gaps]))
    return {name: Measured(share, n=n) for name, share in shares.items()}


def _find_pair_gaps(grouped: Grouped, start: int, end: int) -> Ints:
    """Return the ms between all pairs of posts of one group by different accounts."""
    if end - start < 2:
        return np.zeros(0, np.int64)
    earlier, later = np.triu_indices(end - start, 1)
    differ: Mask = grouped.account[start + earlier] != grouped.account[start + later]
    gaps: Ints = np.abs(grouped.at_ms[start + later] - grouped.at_ms[start + earlier])[differ]
    return gaps
