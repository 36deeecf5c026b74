"""Tiny worlds of posts with hashtags, links and reposts, written as observations."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.detector import OBSERVATIONS, Observations
from tests.tiny_dataset import CONTEXT, START, rows_of

MINUTE = 60_000
HOURS = 60.0
DAYS = 24 * HOURS


@dataclass(frozen=True)
class Said:
    """A post: who, how many minutes after the start, and what; `reposts` is the place of an earlier one in the list."""

    who: int
    minute: float
    tags: Sequence[str] = ()
    urls: Sequence[str] = ()
    text: str = "words"
    reposts: int | None = None


def observe_shares(
    folder: Path, accounts: Sequence[int], posts: Sequence[Said], *, reverse_rows: bool = False
) -> Observations:
    """Write a world; the brand is that of the tiny dataset, Auralis."""
    profiles = [(i, f"user{i}", "", "", "", "en", START, "web", False, 0, 0) for i in accounts]
    items = [_row(place, said, posts) for place, said in enumerate(posts)]
    if reverse_rows:
        profiles, items = profiles[::-1], items[::-1]
    for name, rows in (("accounts", profiles), ("posts", items), *((name, []) for name in _OTHERS)):
        path = folder / Path(OBSERVATIONS[name].path).relative_to("observations")
        path = path / "part-00000.parquet" if OBSERVATIONS[name].parts else path
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows_of(name, rows), path)
    names = {"brand": CONTEXT.brand, "product": CONTEXT.product, "aliases": list(CONTEXT.aliases)}
    (folder / "context.json").write_text(json.dumps({**names, "hashtags": list(CONTEXT.hashtags)}))
    return Observations(folder, START + 1000 * 3_600_000)


_OTHERS = [name for name in OBSERVATIONS if name not in ("accounts", "posts")]


def _row(place: int, said: Said, posts: Sequence[Said]) -> tuple:
    at_ms = START + round(said.minute * MINUTE)
    tags, urls = list(said.tags), list(said.urls)
    if said.reposts is None:
        return (place, at_ms, said.who, "post", None, place, said.text, "en", tags, urls, [], "web")
    root = said.reposts
    while posts[root].reposts is not None:
        root = posts[root].reposts
    return (place, at_ms, said.who, "repost", said.reposts, root, None, "en", [], [], [], "web")


def scores_of(table) -> dict[int, float]:
    return dict(zip(table["account_id"].to_pylist(), table["score"].to_pylist(), strict=True))


def groups_of(table) -> set[frozenset[int]]:
    """Return the accounts of each group."""
    members: dict[int, set[int]] = {}
    for account, group in zip(table["account_id"].to_pylist(), table["group_id"].to_pylist(), strict=True):
        if group is not None:
            members.setdefault(group, set()).add(account)
    return {frozenset(group) for group in members.values()}
