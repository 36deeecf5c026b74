"""Chooses which accounts and posts are drawn; every count on the page stays that of the whole world."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.signals.networks import Ints
from simulator.dataset import Dataset
from simulator.dataset.queries import Queries

# Assumed: what a page under 2 MB and a frame under 16.7 ms bear.
MOST_ACCOUNTS = 2_500
MOST_BRAND_POSTS = 16_000
MOST_OTHER_POSTS = 6_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is drawn at most; the rest is counted but not drawn."""

    accounts: int = MOST_ACCOUNTS
    brand_posts: int = MOST_BRAND_POSTS
    other_posts: int = MOST_OTHER_POSTS


def choose_accounts(queries: Queries, limits: Limits) -> Ints:
    """Return the ids of the accounts drawn, ascending.

    All of a world that is small enough; else the brand's own and, of each segment and of the operated ones, the
    same share, chosen by a hash of the id, so that shares in the picture are those of the world.
    """
    question = """
        WITH ranked AS (
            SELECT account_id, segment,
                   row_number() OVER (PARTITION BY operated, segment ORDER BY hash(account_id), account_id) AS place,
                   count(*) OVER (PARTITION BY operated, segment) AS size, count(*) OVER () AS total
            FROM truth_accounts)
        SELECT account_id FROM ranked
        WHERE segment = 'brand' OR total <= $most OR place <= ceil(size * $most / total)
        ORDER BY account_id
    """
    return np.array([row[0] for row in queries.rows(question, {"most": limits.accounts})], dtype=np.int64)


def choose_posts(queries: Queries, limits: Limits) -> pa.Table:
    """Return the posts drawn, in time order, of the accounts in the table ``drawn``.

    Talk of the brand comes first: a post of a narrative, one with a stance, or one of a push; other posts are a thin
    sample. Where there are too many, those with the lowest hash of their ids stay, so that shares are kept in time.
    """
    question = """
        WITH told AS (
            SELECT p.*, t.narrative_id, t.push_id, t.root_push_id, t.stance,
                   t.narrative_id IS NOT NULL OR t.stance <> 0 OR t.push_id IS NOT NULL AS about_brand
            FROM posts p JOIN truth_posts t USING (post_id) JOIN drawn USING (account_id)),
        ranked AS (
            SELECT *, row_number() OVER (PARTITION BY about_brand ORDER BY hash(post_id), post_id) AS place FROM told)
        SELECT post_id, epoch_ms(created_at) AS time_ms, account_id, kind::VARCHAR AS kind, parent_id, text,
               narrative_id::VARCHAR AS narrative, push_id, root_push_id, stance::INTEGER AS stance, about_brand
        FROM ranked WHERE place <= CASE WHEN about_brand THEN $brand ELSE $other END
        ORDER BY time_ms, post_id
    """
    return queries.table(question, {"brand": limits.brand_posts, "other": limits.other_posts})


def count_drawn(dataset: Dataset, n_accounts: int, posts: pa.Table) -> dict[str, int]:
    """Return how many accounts and posts there are and how many of them are drawn."""
    counts = dataset.counts
    return {
        "accounts": counts["accounts"],
        "accounts_drawn": n_accounts,
        "posts": counts["posts"],
        "posts_drawn": posts.num_rows,
    }
