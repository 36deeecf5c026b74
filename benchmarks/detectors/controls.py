"""Controls that learn nothing: what a detector must beat to have found more than chance or activity.

Cost is linear in the rows.

References
----------
Lavin, Ahmad 2015, "Evaluating real-time anomaly detection algorithms", arXiv 1510.03336 (the null detector).
"""

import numpy as np
import pyarrow as pa

from benchmarks.detector import POST_SCORES, SCORES, Level, Observations
from benchmarks.signals.text_shingles import mix

_KEY = np.uint64(0xC2B2AE3D27D4EB4F)


class ChancePosts:
    """Scores a post by a keyed hash of its id: the same in every run, and about nothing."""

    name = "chance_posts"
    paper = "control"
    level: Level = "post"
    threshold = 0.9
    needs = "posts"
    cost = "linear in posts"

    def score(self, observations: Observations) -> pa.Table:
        """Return a number from 0 to 1 for every post, spread evenly."""
        post_ids = observations.table("posts", ["post_id"])["post_id"].to_numpy()
        hashes = mix(post_ids.astype(np.uint64) ^ _KEY) >> np.uint64(11)
        return pa.table([post_ids, hashes / float(1 << 53)], schema=POST_SCORES)


class AlwaysNull:
    """Scores every account 0: a detector that never accuses (Lavin, Ahmad 2015)."""

    name = "always_null"
    level: Level = "account"
    threshold = 0.5
    paper = "Lavin, Ahmad 2015, arXiv 1510.03336"
    needs = "accounts"
    cost = "linear in accounts"

    def score(self, observations: Observations) -> pa.Table:
        """Return 0 for every account."""
        account_ids = observations.table("accounts", ["account_id"])["account_id"].to_numpy()
        return pa.table([account_ids, np.zeros(len(account_ids))], schema=SCORES)


class PostCount:
    """Scores an account by the number of its posts, of any kind."""

    name = "post_count"
    paper = "control"
    level: Level = "account"
    needs = "posts"
    cost = "linear in posts"

    def score(self, observations: Observations) -> pa.Table:
        """Return the posts of every account."""
        account_ids = np.sort(observations.table("accounts", ["account_id"])["account_id"].to_numpy())
        counts = np.zeros(len(account_ids))
        for batch in observations.batches("posts", ["account_id"]):
            authors = batch["account_id"].to_numpy()
            rows = np.searchsorted(account_ids, authors[np.isin(authors, account_ids)])
            counts += np.bincount(rows, minlength=len(account_ids))
        return pa.table([account_ids, counts], schema=SCORES)
