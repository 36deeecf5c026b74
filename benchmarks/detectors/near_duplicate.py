"""Near-duplicate text: accounts whose posts are, but for a few words, also posted by others.

References
----------
Broder 1997, "On the resemblance and containment of documents", doi 10.1109/SEQUEN.1997.666900 (MinHash).
Indyk, Motwani 1998, "Approximate nearest neighbors", doi 10.1145/276698.276876 (bands of hashes).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import SCORES, Level, Observations
from benchmarks.text_shingles import U64, Shingles, mix, shingle

N_BANDS = 6
HASHES_PER_BAND = 4
# Shorter texts coincide by chance.
LEAST_SHINGLES = 4
# Accounts of one or two posts are not ranked above those that copy again and again.
PRIOR_POSTS = 3
_BATCH_ROWS = 1 << 15
_DAY_MS = 86_400_000


class NearDuplicate:
    """Scores an account by the share of its texts that other accounts post too, nearly word for word.

    Texts are compared by MinHash of word shingles: bands of hashes put texts that share more than about
    two thirds of their shingles into one bucket. A post counts the more, the more authors its largest
    bucket has on the same day (UTC): over months, people fall into the same phrases by chance. Texts of
    equal words are hashed once. Cost is linear in the posts, but for sorting.
    """

    name = "near_duplicate"
    level: Level = "account"
    threshold = 0.25

    def score(self, observations: Observations) -> pa.Table:
        """Return the weighted share of copied texts of every account, 0 to 1."""
        account_ids = np.sort(observations.table("accounts", ["account_id"])["account_id"].to_numpy())
        posts = _collect(observations, account_ids)
        weights = 1 - 1 / _count_authors(posts, len(account_ids))
        copied = np.bincount(posts.author, weights, len(account_ids))
        n_posts = np.bincount(posts.author, minlength=len(account_ids))
        return pa.table([account_ids, copied / (n_posts + PRIOR_POSTS)], schema=SCORES)


@dataclass(frozen=True, slots=True)
class _Posts:
    """Posts long enough to compare: author (row of the accounts), day, text (row of the bands uint64[text, band])."""

    author: NDArray[np.int32]
    day: NDArray[np.int32]
    text: NDArray[np.int64]
    bands: U64


def _collect(observations: Observations, account_ids: NDArray[np.int64]) -> _Posts:
    """Read all texts once; keep the bands of each distinct one."""
    authors: list[NDArray[np.int32]] = []
    days: list[NDArray[np.int32]] = []
    hashes: list[U64] = []
    known: list[U64] = []
    bands: list[U64] = []
    for batch in observations.batches("posts", ["account_id", "created_at", "text"], _BATCH_ROWS):
        batch = batch.filter(pc.is_valid(batch["text"]))
        found = shingle(batch["text"])
        long = np.flatnonzero(found.counts >= LEAST_SHINGLES)
        authors.append(np.searchsorted(account_ids, batch["account_id"].to_numpy()[long]).astype(np.int32))
        days.append((batch["created_at"].cast(pa.int64()).to_numpy()[long] // _DAY_MS).astype(np.int32))
        hashes.append(found.text_hashes[long])
        distinct, place = np.unique(hashes[-1], return_index=True)
        known.append(distinct)
        bands.append(_hash_bands(found, long[place]))
    none = np.zeros(0, np.uint64)
    distinct, place = np.unique(np.concatenate([none, *known]), return_index=True)
    all_bands = np.concatenate([np.zeros((0, N_BANDS), np.uint64), *bands])[place]
    text = np.searchsorted(distinct, np.concatenate([none, *hashes]))
    nobody = np.zeros(0, np.int32)
    return _Posts(np.concatenate([nobody, *authors]), np.concatenate([nobody, *days]), text, all_bands)


def _hash_bands(shingles: Shingles, chosen: NDArray[np.int64]) -> U64:
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


def _count_authors(posts: _Posts, n_accounts: int) -> NDArray[np.int64]:
    """Return, for each post, the distinct authors of its largest bucket on its day."""
    n_authors = np.ones(len(posts.author), np.int64)
    n_days = int(posts.day.max(initial=0)) - int(posts.day.min(initial=0)) + 1
    for band in range(N_BANDS):
        _, bucket = np.unique(posts.bands[:, band], return_inverse=True)
        cell = bucket.reshape(-1)[posts.text].astype(np.int64) * n_days + posts.day % n_days
        _, cell = np.unique(cell, return_inverse=True)
        shared = np.bincount(cell)[cell] > 1
        pairs = np.unique(cell[shared].astype(np.int64) * n_accounts + posts.author[shared])
        authors = np.bincount(pairs // max(n_accounts, 1), minlength=len(posts.author) + 1)
        np.maximum(n_authors, authors[cell], out=n_authors)
    return n_authors
