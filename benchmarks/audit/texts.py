"""Text alone: what each account writes, as documents, and a linear probe on their character n-grams."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import SGDClassifier

from benchmarks.audit.probe_tables import Ids
from benchmarks.detector import Observations

Documents = dict[str, list[str]]
_MOST_CHARACTERS = 2_000  # of an account's posts, the newest first: bounds the cost
_HASH_BITS = 17
_N_FEATURES = 1 << _HASH_BITS
_N_GRAMS = (2, 3, 4)
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 over the golden ratio: Knuth 1973, multiplicative hashing


def read_documents(observations: Observations, account_ids: Ids) -> Documents:
    """Return the text of every account, in the order of ascending `account_ids`, by part.

    Parts are `handle`, `profile` (display name, bio, location) and `posts` (own words, newest first, cut off).
    """
    with observations.ask() as database:
        rows = database.execute(_PROFILES).fetchall()
        posts = dict(database.execute(_POSTS.format(most=_MOST_CHARACTERS)).fetchall())
    by_account = {account: parts for account, *parts in rows}
    profiles = [by_account[account] for account in account_ids.tolist()]
    return {
        "handle": [handle for handle, _ in profiles],
        "profile": [profile for _, profile in profiles],
        "posts": [posts.get(account, "") for account in account_ids.tolist()],
    }


_PROFILES = "select account_id, handle, display_name || '\n' || bio || '\n' || location from accounts"
_POSTS = """
select account_id, left(string_agg(text, '\n' order by created_at desc, post_id desc), {most})
from posts where text is not null group by account_id
"""


def count_n_grams(documents: Sequence[str]) -> sparse.csr_matrix:
    """Return hashed counts of character n-grams, as 1 + logarithm, rows of length one (or zero).

    Parameters
    ----------
    documents : sequence of str, length n

    Returns
    -------
    csr_matrix of float64, shape (n, 2^17)
        About 0.2 microseconds a character.
    """
    letters = np.frombuffer("".join(documents).encode("utf-32-le"), np.uint32).astype(np.uint64)
    lengths = np.asarray([len(text) for text in documents], np.int64)
    owner = np.repeat(np.arange(len(documents)), lengths)
    places = [_place_n_grams(letters, owner, size) for size in _N_GRAMS]
    cells, counts = np.unique(np.concatenate([np.zeros(0, np.int64), *places]), return_counts=True)
    rows, columns = cells >> _HASH_BITS, cells & (_N_FEATURES - 1)
    values = 1 + np.log(counts)
    norms = np.sqrt(np.bincount(rows, values * values, len(documents)))
    return sparse.csr_matrix((values / norms[rows], (rows, columns)), shape=(len(documents), _N_FEATURES))


def _place_n_grams(letters: NDArray[np.uint64], owner: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return document and hash of every n-gram as one integer; none reaches over the end of a document."""
    n = max(len(letters) - size + 1, 0)
    mixed = np.full(n, size, np.uint64)
    for place in range(size):
        mixed = (mixed ^ letters[place : place + n]) * _MULTIPLIER
    inside = owner[:n] == owner[size - 1 : size - 1 + n]
    hashed = (mixed[inside] >> np.uint64(64 - _HASH_BITS)).astype(np.int64)
    found: NDArray[np.int64] = (owner[:n][inside] << _HASH_BITS) | hashed
    return found


class TextProbe:
    """A linear probe on n-grams; one epoch more changes little, so that its cost stays low."""

    def __init__(self) -> None:
        self._model = SGDClassifier(
            loss="log_loss", alpha=1e-5, max_iter=6, tol=None, class_weight="balanced", random_state=0
        )

    def fit(self, values: sparse.csr_matrix, is_positive: NDArray[np.bool_]) -> "TextProbe":
        """Learn from rows of n-grams."""
        self._model.fit(values, is_positive)
        return self

    def score(self, values: sparse.csr_matrix) -> NDArray[np.float64]:
        """Return a score of each row, higher for what looks operated."""
        scores: NDArray[np.float64] = self._model.decision_function(values)
        return scores
