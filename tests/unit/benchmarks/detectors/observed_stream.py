"""Small batches of a stream, made from a few rows."""

from datetime import UTC, datetime, timedelta
from functools import cache

from benchmarks.detector import OBSERVATIONS, Batch
from tests.tiny_dataset import DAY, START, rows_of

CONTEXT = {"brand": "Auralis", "product": "Auralis One", "aliases": ["极光"], "hashtags": ["AuralisLaunch"]}


def moment(steps: float) -> datetime:
    """Return the end of the step of an hour, from 1 on."""
    return datetime.fromtimestamp(START / 1000, UTC) + timedelta(hours=steps)


def make_batch(*, accounts=(), posts=()) -> Batch:
    """Build a batch of accounts (id, age in days at the start) and posts (post id, author, root id, text)."""
    profiles = [(i, f"user{i}", "", "", "", "en", START - int(age * DAY), "web", False, 0, 0) for i, age in accounts]
    items = [
        (n, START, author, "repost" if text is None else "post", None, root, text, "en", [], [], [], "web")
        for n, author, root, text in posts
    ]
    filled = {"accounts": rows_of("accounts", profiles), "posts": rows_of("posts", items)}
    return Batch({name: table.arrow.empty_table() for name, table in OBSERVATIONS.items()} | filled)


@cache
def talk(step: int, n_posts: int, text: str = "The Auralis drives by") -> Batch:
    """Build a step in which so many old accounts each say the same of the brand."""
    authors = range(50)
    posts = [(step * 1000 + n, n, step * 1000 + n, f"{text} {'abcdefghij'[n % 10]}") for n in range(n_posts)]
    return make_batch(accounts=[(i, 900) for i in authors] if step == 1 else (), posts=posts)
