"""Text alone: what each account writes, as documents, and a linear probe on their character n-grams."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier

from benchmarks.audit.probe_tables import Ids
from benchmarks.detector import Observations

Documents = dict[str, list[str]]
_MOST_CHARACTERS = 3_000  # of an account's posts, the newest first: bounds the cost
_N_FEATURES = 1 << 18
_N_GRAMS = (2, 4)


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
    """Return hashed counts of character n-grams inside words and between them, logarithmic, rows of length one."""
    vectorizer = HashingVectorizer(
        analyzer="char", ngram_range=_N_GRAMS, n_features=_N_FEATURES, alternate_sign=False, norm=None, lowercase=False
    )
    counts = vectorizer.transform(documents)
    counts.data = np.log1p(counts.data)
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(lengths, 1e-12)) @ counts)


class TextProbe:
    """A linear probe on n-grams; one epoch more changes little, so that its cost stays low."""

    def __init__(self) -> None:
        self._model = SGDClassifier(
            loss="log_loss", alpha=1e-5, max_iter=15, tol=None, class_weight="balanced", random_state=0, average=True
        )

    def fit(self, values: sparse.csr_matrix, is_positive: NDArray[np.bool_]) -> "TextProbe":
        """Learn from rows of n-grams."""
        self._model.fit(values, is_positive)
        return self

    def score(self, values: sparse.csr_matrix) -> NDArray[np.float64]:
        """Return a score of each row, higher for what looks operated."""
        scores: NDArray[np.float64] = self._model.decision_function(values)
        return scores
