"""Near-duplicate text: posts that are, but for a few words, also posted by others, and the accounts that do so.

MinHash is our own, over arrays. datasketch 2.0 finds the same pairs (tests), but its MinHash.bulk and MinHashLSH would
take 68 s (scheme "legacy") to 111 s (an explicit 32-bit scheme) of CPU time for the 1.36 million distinct texts of
ev_launch with 20,000 accounts, extrapolated from 50,000 of them: more than the bound of 60 s, and 25 to 40 times the
3 s in which the same bands are hashed here.

References
----------
Broder 1997, "On the resemblance and containment of documents", doi 10.1109/SEQUEN.1997.666900 (MinHash).
Indyk, Motwani 1998, "Approximate nearest neighbors", doi 10.1145/276698.276876 (bands of hashes).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import POST_SCORES, Level, Observations
from benchmarks.signals.networks import Edges, count_uses, find_components, find_pairs, tabulate_groups
from benchmarks.signals.series import names_brand
from benchmarks.signals.shares import read_account_ids
from benchmarks.signals.text_shingles import U64, Shingles, mix, shingle

N_BANDS = 6
HASHES_PER_BAND = 4
# Shorter texts coincide by chance.
LEAST_SHINGLES = 4
# Accounts of one or two posts are not ranked above those that copy again and again.
PRIOR_POSTS = 3
_BATCH_ROWS = 1 << 15
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_Ints = NDArray[np.int64]
_Mask = NDArray[np.bool_]
_NONE = np.zeros(0, np.int64)


class NearDuplicate:
    """Scores an account by the share of its texts that other accounts post too, nearly word for word.

    Texts are compared by MinHash of word shingles: bands of hashes put texts that share more than about
    two thirds of their shingles into one bucket. A post counts the more, the more authors its largest
    bucket has on the same day (UTC): over months, people fall into the same phrases by chance. Texts of
    equal words are hashed once. Cost is linear in the posts, but for sorting.

    Groups: texts of a day that buckets connect are one story. Accounts that told `least_stories` together are
    linked; groups are the components, so that no single phrase, however common, glues anybody together.

    Parameters
    ----------
    least_stories : int
        Stories that two accounts must have in common (assumed; once or twice happens to anybody).
    least_share : float
        Share of the texts of the one who wrote fewer that these must be (assumed).
    most_tellers : int
        Authors from which a story says nothing about any two of them (assumed).
    least_members : int
        Accounts of the smallest group (assumed).
    """

    name = "near_duplicate"
    level: Level = "account"
    threshold = 0.25
    paper = "Broder 1997, doi 10.1109/SEQUEN.1997.666900"
    needs = "posts"
    cost = "linear in posts"

    def __init__(
        self, least_stories: int = 3, least_share: float = 0.05, most_tellers: int = 100, least_members: int = 3
    ) -> None:
        self.least_stories = least_stories
        self.least_share = least_share
        self.most_tellers = most_tellers
        self.least_members = least_members

    def score(self, observations: Observations) -> pa.Table:
        """Return the weighted share of copied texts of every account, 0 to 1, and its group."""
        account_ids = read_account_ids(observations)
        n_accounts = len(account_ids)
        posts = _collect(observations, account_ids)
        cells = _find_cells(posts)
        weights = 1 - 1 / _count_authors(cells, posts.author, n_accounts)
        copied = np.bincount(posts.author, weights, n_accounts)
        n_posts = np.bincount(posts.author, minlength=n_accounts)
        links = self._link(posts.author, _find_stories(cells), n_posts)
        groups = find_components(links, n_accounts, self.least_members)
        return tabulate_groups(account_ids, copied / (n_posts + PRIOR_POSTS), groups)

    def _link(self, author: NDArray[np.int32], story: _Ints, n_posts: _Ints) -> Edges:
        told = count_uses(author.astype(np.int64), story, len(n_posts), self.most_tellers)
        told.data[:] = 1
        pairs = find_pairs(told, self.least_stories)
        fewer = np.minimum(n_posts[pairs.left], n_posts[pairs.right])
        return pairs.keep(pairs.weight >= self.least_share * fewer)


class NearDuplicatePosts:
    """Scores a post by how many other accounts post its text, nearly word for word, at about the same time.

    The score is the number of other authors of its largest bucket within the same bin of time, summed over two
    bins: `bin_hours` wide, and a day (UTC). Only talk of the brand is scored above 0: posts that name it, and what
    answers, quotes or repeats such a post. A repost has no text of its own and scores what the post that it repeats
    scores.

    Parameters
    ----------
    bin_hours : float
        Width of the narrow bin (assumed).
    brand_only : bool
        Whether other talk scores 0.
    """

    name = "near_duplicate_posts"
    level: Level = "post"
    threshold = 3.0
    paper = NearDuplicate.paper
    needs = "posts"
    cost = "linear in posts"

    def __init__(self, bin_hours: float = 1.0, brand_only: bool = True) -> None:
        self.bins_ms = (round(bin_hours * _HOUR_MS), _DAY_MS)
        self.brand_only = brand_only

    def score(self, observations: Observations) -> pa.Table:
        """Return the number of other authors of every post's text, of the hour and of the day added up."""
        account_ids = read_account_ids(observations)
        posts = _collect(observations, account_ids)
        ids, root, names_it, is_repost = _read_threads(observations)
        scores = np.zeros(len(ids) + 1)
        scores[_find_rows(ids, posts.post_id)] = self._count_others(posts, len(account_ids))
        if self.brand_only:
            scores[:-1] *= names_it[:-1] | names_it[root]
        scores[:-1][is_repost] = scores[root[is_repost]]
        return pa.table([ids, scores[:-1]], schema=POST_SCORES)

    def _count_others(self, posts: "_Posts", n_accounts: int) -> _Ints:
        counts = [_count_authors(_find_cells(posts, bin_ms), posts.author, n_accounts) for bin_ms in self.bins_ms]
        return counts[0] + counts[1] - 2


def _read_threads(observations: Observations) -> tuple[_Ints, _Ints, _Mask, _Mask]:
    """Return every post's id, the row of its root, whether it names the brand, and whether it has no text.

    The row after the last stands for a root that is not seen; it does not name the brand.
    """
    ids, roots, named, silent = [_NONE], [_NONE], [np.zeros(0, bool)], [np.zeros(0, bool)]
    for batch in observations.batches("posts", ["post_id", "root_id", "text"]):
        ids.append(batch["post_id"].to_numpy())
        roots.append(batch["root_id"].to_numpy())
        named.append(names_brand(batch["text"], observations.context))
        silent.append(batch["text"].is_null().to_numpy(zero_copy_only=False))
    every = np.concatenate(ids)
    root = _find_rows(every, np.concatenate(roots))
    return every, root, np.append(np.concatenate(named), False), np.concatenate(silent)


def _find_rows(ids: _Ints, wanted: _Ints) -> _Ints:
    """Return the row of each wanted id; `len(ids)` where there is none."""
    order = np.argsort(ids)
    rows = np.append(order, len(ids))[np.searchsorted(ids, wanted, sorter=order)]
    return np.where(np.append(ids, -1)[rows] == wanted, rows, len(ids))


@dataclass(frozen=True, slots=True)
class _Posts:
    """Posts long enough to compare: author (row of the accounts), time, text (row of buckets[text, band])."""

    post_id: _Ints
    author: NDArray[np.int32]
    at_ms: _Ints
    text: _Ints
    buckets: _Ints


def _collect(observations: Observations, account_ids: _Ints) -> _Posts:
    """Read all texts once; keep the bands of each distinct one."""
    ids: list[_Ints] = []
    authors: list[NDArray[np.int32]] = []
    times: list[_Ints] = []
    hashes: list[U64] = []
    known: list[U64] = []
    bands: list[U64] = []
    for batch in observations.batches("posts", ["post_id", "account_id", "created_at", "text"], _BATCH_ROWS):
        batch = batch.filter(pc.is_valid(batch["text"]))
        found = shingle(batch["text"])
        long = np.flatnonzero(found.counts >= LEAST_SHINGLES)
        ids.append(batch["post_id"].to_numpy()[long])
        authors.append(np.searchsorted(account_ids, batch["account_id"].to_numpy()[long]).astype(np.int32))
        times.append(batch["created_at"].cast(pa.int64()).to_numpy()[long])
        hashes.append(found.text_hashes[long])
        distinct, place = np.unique(hashes[-1], return_index=True)
        known.append(distinct)
        bands.append(hash_bands(found, long[place]))
    none = np.zeros(0, np.uint64)
    distinct, place = np.unique(np.concatenate([none, *known]), return_index=True)
    all_bands = np.concatenate([np.zeros((0, N_BANDS), np.uint64), *bands])[place]
    buckets = np.stack([_number(all_bands[:, band]) for band in range(N_BANDS)], axis=1)
    text = np.searchsorted(distinct, np.concatenate([none, *hashes]))
    nobody = np.zeros(0, np.int32)
    every = np.concatenate([_NONE, *ids])
    return _Posts(every, np.concatenate([nobody, *authors]), np.concatenate([_NONE, *times]), text, buckets)


def hash_bands(shingles: Shingles, chosen: _Ints) -> U64:
    """Return the bands of the chosen texts, uint64[text, band]."""
    counts = shingles.counts[chosen]
    first = np.concatenate([[0], np.cumsum(counts)])[:-1]
    if not len(chosen):
        return np.zeros((0, N_BANDS), np.uint64)
    places = np.repeat(shingles.first[chosen] - first, counts) + np.arange(counts.sum())
    hashes = shingles.hashes[places]
    bands = np.zeros((len(chosen), N_BANDS), np.uint64)
    keys = mix(np.arange(N_BANDS * HASHES_PER_BAND, dtype=np.uint64))
    for place, key in enumerate(keys):
        # Multiplying by an odd number permutes 2^64; the shingles are mixed already.
        smallest = np.minimum.reduceat(hashes * (key | np.uint64(1)), first)
        band = place // HASHES_PER_BAND
        bands[:, band] = mix(bands[:, band] ^ smallest)
    return bands


def _find_cells(posts: _Posts, bin_ms: int = _DAY_MS) -> list[_Ints]:
    """Return for each band a number for the bucket and bin of time of each post, from 0 without gaps."""
    time_bin = posts.at_ms // bin_ms
    time_bin = time_bin - time_bin.min(initial=0)
    n_bins = int(time_bin.max(initial=0)) + 1
    cells = (posts.buckets[posts.text, band] * n_bins + time_bin for band in range(N_BANDS))
    return [_number(cell) for cell in cells]


def _count_authors(cells: Sequence[_Ints], author: NDArray[np.int32], n_accounts: int) -> _Ints:
    """Return, for each post, the distinct authors of its largest cell."""
    n_authors = np.ones(len(author), np.int64)
    for cell in cells:
        shared = np.bincount(cell, minlength=1)[cell] > 1
        pairs = np.unique(cell[shared] * n_accounts + author[shared])
        authors = np.bincount(pairs // max(n_accounts, 1), minlength=len(author) + 1)
        np.maximum(n_authors, authors[cell], out=n_authors)
    return n_authors


def _find_stories(cells: Sequence[_Ints]) -> _Ints:
    """Return the story of each post: the component of the posts that cells connect."""
    # Here, because alert rules need the bands alone.
    from scipy import sparse

    n_posts = len(cells[0])
    posts = np.arange(n_posts)
    ends = []
    for cell in cells:
        last = np.zeros(int(cell.max(initial=0)) + 1, np.int64)
        last[cell] = posts
        moved = np.flatnonzero(last[cell] != posts)
        ends.append(np.stack([moved, last[cell[moved]]]))
    post, other = np.concatenate(ends, axis=1)
    graph = sparse.coo_array((np.ones(len(post), np.int8), (post, other)), (n_posts, n_posts))
    _, story = sparse.csgraph.connected_components(graph, directed=False)
    stories: _Ints = story.astype(np.int64)
    return stories


def _number(values: _Ints | U64) -> _Ints:
    """Return a number for each value, from 0 without gaps."""
    return np.unique(values, return_inverse=True)[1].reshape(-1).astype(np.int64)
