"""Small folders of observations in which every column of an account and a post can be chosen."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.detector import OBSERVATIONS, Observations, TrainingWorld
from tests.tiny_dataset import DAY, HOUR, START, rows_of

N_DAYS = 10


@dataclass(frozen=True)
class Account:
    id: int
    handle: str = "ada"
    bio: str = ""
    age_days: int = 100
    followers: int = 0
    verified: bool = False


@dataclass(frozen=True)
class Post:
    """`hour` counts from the start, a Thursday; a text of None is a repost of `parent`."""

    author: int
    hour: float
    text: str | None = "hello"
    parent: int | None = None
    hashtags: tuple[str, ...] = ()
    client: str = "web"
    kind: str = "post"
    id: int = 0


def observe_world(folder: Path, accounts=(), posts=(), *, likes=(), follows=(), metrics=(), shift_days=0):
    """Write ten days; likes are (account, post), follows (who, whom), metrics (post, day, likes, reposts)."""
    start = START + shift_days * DAY
    end = start + N_DAYS * DAY
    rows = {
        "accounts": [
            (a.id, a.handle, "Ada", a.bio, "", "en", end - a.age_days * DAY, "web", a.verified, a.followers, 0)
            for a in accounts
        ],
        "posts": [_row(post, post.id or 1000 + place, start) for place, post in enumerate(posts)],
        "likes": [(start + HOUR, account, post) for account, post in likes],
        "follows": [(who, whom, start - DAY, None) for who, whom in follows],
        "metrics": [(post, start + day * DAY, n_likes, reposts, 0, 0, 9) for post, day, n_likes, reposts in metrics],
        "removals": [],
    }
    for name, table_rows in rows.items():
        path = folder / Path(OBSERVATIONS[name].path).relative_to("observations")
        path = path / "part-00000.parquet" if OBSERVATIONS[name].parts else path
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows_of(name, table_rows), path)
    (folder / "context.json").write_text(json.dumps(_context(start)))
    return Observations(folder, end)


def observe_mixture(folder: Path, *, n_people=40, n_operated=8, first_id=100, step=1) -> TrainingWorld:
    """A labelled world: people post a few short texts, operated accounts many long ones about the brand."""
    posts, accounts, operated = [], [], []
    for n in range(n_people + n_operated):
        is_operated = n % ((n_people + n_operated) // n_operated) == 0 and sum(operated) < n_operated
        account = first_id + step * n
        accounts.append(Account(account, followers=n % 7, age_days=50 + n))
        operated.append(is_operated)
        texts = ["Auralis breaks again and again " + "so " * (n % 5)] * 9 if is_operated else ["tea"] * (1 + n % 4)
        posts += [Post(account, 5 * k + n % 3, text) for k, text in enumerate(texts)]
    ids = pa.array([account.id for account in accounts], pa.int64())
    labels = {"accounts": pa.table({"account_id": ids, "operated": operated})}
    return TrainingWorld(observe_world(folder, accounts, posts), labels)


def scores_by_account(table: pa.Table) -> dict[int, float]:
    assert np.isfinite(table["score"].to_numpy()).all()
    return dict(zip(table["account_id"].to_pylist(), table["score"].to_pylist(), strict=True))


def _row(post: Post, post_id: int, start: int):
    kind = "repost" if post.text is None else post.kind
    root = post.parent or post_id
    time = start + round(post.hour * HOUR)
    tags = list(post.hashtags)
    return (post_id, time, post.author, kind, post.parent, root, post.text, "en", tags, [], [], post.client)


def _context(start: int):
    return {
        "brand": "Auralis",
        "product": "Auralis One",
        "aliases": ["Auralis"],
        "hashtags": ["AuralisOne"],
        "start": datetime.fromtimestamp(start / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
