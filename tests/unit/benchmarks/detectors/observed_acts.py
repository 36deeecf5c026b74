"""Small folders of observations, made from acts: who did what to which post, when, with which tags and links."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.detector import OBSERVATIONS, Observations
from tests.tiny_dataset import DAY, HOUR, START, rows_of

CONTEXT = {"brand": "Auralis", "product": "Auralis One", "aliases": ["Auralis"], "hashtags": ["AuralisOne"]}
FIRST_POST = 1000


@dataclass(frozen=True)
class Act:
    """`root` is the place of another act in the list, or any post id; a repost has no text."""

    author: int
    hour: float = 0.0
    kind: str = "post"
    root: int | None = None
    text: str = "hello"
    tags: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()


def observe_acts(folder: Path, accounts=(), acts=(), *, follows=(), order=None, shift_days=0) -> Observations:
    """Write accounts (ids), acts and follows (who, whom, hour it ended or None); act n is post `FIRST_POST` + n."""
    start = START + shift_days * DAY
    posts = [_row(place, act, start) for place, act in enumerate(acts)]
    rows = {
        "accounts": [(i, "ada", "Ada", "", "", "en", start - DAY, "web", False, 0, 0) for i in accounts],
        "posts": posts if order is None else [posts[place] for place in order],
        "follows": [(a, b, start, None if end is None else start + round(end * HOUR)) for a, b, end in follows],
        "likes": [],
        "metrics": [],
        "removals": [],
    }
    for name, table_rows in rows.items():
        path = folder / Path(OBSERVATIONS[name].path).relative_to("observations")
        path = path / "part-00000.parquet" if OBSERVATIONS[name].parts else path
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows_of(name, table_rows), path)
    (folder / "context.json").write_text(json.dumps(CONTEXT))
    return Observations(folder, start + 1000 * HOUR)


def draw_acts(seed: int, n_accounts: int, n_acts: int) -> list[Act]:
    """Draw a jumble of originals, reposts, quotes and replies with a few tags and links; authors from 0."""
    draw = np.random.default_rng(seed)
    acts = []
    for place in range(n_acts):
        kind = str(draw.choice(["post", "repost", "quote", "reply"])) if place else "post"
        root = int(draw.integers(0, min(place, 6))) if kind != "post" else None
        tags = tuple(draw.choice(["a", "b", "c"], draw.integers(0, 3), replace=False)) if kind != "repost" else ()
        author = int(draw.integers(0, n_accounts))
        acts.append(Act(author, float(draw.integers(0, 2000)) / 100, kind, root, tags=tags))
    return acts


def rename(acts, name_of):
    """Return the acts of other authors."""
    return [Act(name_of[act.author], act.hour, act.kind, act.root, act.text, act.tags, act.urls) for act in acts]


def columns_by_account(table, *names):
    """Return a dict of the values of the columns by account; of one column, of plain values."""
    columns = [table[name].to_pylist() for name in names]
    values = columns[0] if len(names) == 1 else list(zip(*columns, strict=True))
    return dict(zip(table["account_id"].to_pylist(), values, strict=True))


def groups_of(table):
    """Return the groups as a set of sets of accounts."""
    groups = {}
    for account, group in columns_by_account(table, "group_id").items():
        if group is not None:
            groups.setdefault(group, set()).add(account)
    return {frozenset(members) for members in groups.values()}


def _row(place: int, act: Act, start: int):
    post_id = FIRST_POST + place
    root = post_id if act.root is None else FIRST_POST + act.root
    text = None if act.kind == "repost" else act.text
    parent = None if act.root is None else root
    time = start + round(act.hour * HOUR)
    return (post_id, time, act.author, act.kind, parent, root, text, "en", list(act.tags), list(act.urls), [], "web")
