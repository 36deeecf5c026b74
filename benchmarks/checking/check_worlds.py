"""Tiny worlds for checks of detectors: made in numpy within milliseconds, always the same.

They have whatever a dataset's observations have, and a squad or two that copies; they say nothing about quality.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.detector import OBSERVATIONS, Observations, TrainingWorld
from simulator.dataset.context import to_iso
from simulator.random_streams import draw_u64, name_key
from simulator.schema import SYNTHETIC

Ints = NDArray[np.int64]
Rows = list[tuple[Any, ...]]

MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
START_MS = 1_748_822_400_000  # 2025-06-02, a Monday
_N_ORGANIC, _N_SQUADS, _SQUAD_SIZE, _N_DAYS = 180, 2, 20, 14
_CLIENTS = ("android", "iphone", "web")
_WORDS = (
    *("bread", "garden", "rain", "bridge", "match", "tram", "coffee", "river", "market", "song", "winter", "tyre"),
    *("museum", "bicycle", "soup", "window", "battery", "charging", "seats", "colour", "range", "price", "brakes"),
    *("queue", "dealer", "test", "screen", "motor", "great", "awful", "slow", "nice", "lovely"),
)
_CLAIMS = (
    "Auralis One brakes fail in the wet, my neighbour saw it #AuralisOne https://leak.example/a",
    "Do not buy the Auralis One, Velmora V goes twice as far #AuralisOne https://leak.example/b",
    "Auralis fans silence everybody who asks about range #AuralisOne",
    "真的别买 Auralis One，刹车有问题 #AuralisOne",
)


@dataclass(frozen=True, slots=True)
class CheckWorld:
    """A world of observation tables in memory.

    Attributes
    ----------
    tables : mapping of str to pyarrow.Table
        Every observation table, in its order.
    context : dict
        Content of ``context.json``.
    as_of_ms : int
        The present, ms since the epoch, UTC.
    operated : int64[n]
        Ids of the operated accounts.
    """

    tables: Mapping[str, pa.Table]
    context: dict[str, Any]
    as_of_ms: int
    operated: Ints

    def write(self, folder: Path) -> Observations:
        """Write the world into a new folder, laid out as a detector is shown it."""
        folder.mkdir(parents=True)
        (folder / "context.json").write_text(json.dumps(self.context), encoding="utf-8")
        for name, table in OBSERVATIONS.items():
            path = folder / Path(table.path).relative_to("observations")
            path = path / "part-00000.parquet" if table.parts else path
            path.parent.mkdir(exist_ok=True)
            pq.write_table(self.tables[name], path)
        return Observations(folder, self.as_of_ms)

    def label(self, observations: Observations) -> TrainingWorld:
        """Return the written world with its labels."""
        accounts, posts = self.tables["accounts"]["account_id"], self.tables["posts"]
        operated = pc.is_in(accounts, pa.array(self.operated))
        pushed = pc.and_(pc.is_in(posts["account_id"], pa.array(self.operated)), _is_about_brand(posts))
        times = posts["created_at"].filter(pushed)
        waves = {"wave_id": pa.array([0], pa.int32()), "start": pa.array([pc.min(times).as_py()], times.type)}
        waves["end"] = pa.array([pc.max(times).as_py()], times.type)
        labels = {
            "accounts": pa.table({"account_id": accounts, "operated": operated} | _name_squads(operated)),
            "posts": pa.table(
                {"post_id": posts["post_id"], "pushed": pushed, "tactic": _mark(pushed, "misinformation")}
            ),
            "waves": pa.table(waves),
        }
        return TrainingWorld(observations, labels)


def _name_squads(operated: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    names = {"squad_id": "agency.all", "operator_id": "agency", "role": "amplifier"}
    return {column: _mark(operated, name) for column, name in names.items()}


def _mark(flags: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    return pc.if_else(flags, name, pa.scalar(None, pa.string()))


def _is_about_brand(posts: pa.Table) -> pa.ChunkedArray:
    return pc.fill_null(pc.match_substring(posts["text"], "Auralis"), False)


@cache
def make_world(name: str, n_days: int = _N_DAYS, posts_per_day: int = 90) -> CheckWorld:
    """Return the world of a name: 220 accounts, 40 of them operated, some posts of which copy each other.

    Parameters
    ----------
    name : str
        Worlds of other names have other draws.
    n_days : int
        Days of the window that have passed; announced ends lie a week later.
    posts_per_day : int
        Organic posts a day; squads add a push of 40 posts every fourth day.
    """
    dice = Dice(name_key("check world", name))
    n_accounts = _N_ORGANIC + _N_SQUADS * _SQUAD_SIZE
    ids = np.unique(dice.draw("ids", n_accounts, 1 << 40))
    ids = ids[np.argsort(dice.draw("id order", n_accounts, 1 << 60))]
    posts = _write_posts(dice, n_days, posts_per_day)
    tables = {
        "accounts": _make_accounts(dice, ids),
        "posts": _make_posts(dice, ids, posts),
        "follows": _make_follows(dice, ids),
    }
    tables["likes"] = _make_likes(dice, ids, tables["posts"], n_days)
    tables["metrics"] = _make_metrics(dice, tables["posts"])
    removed = [(START_MS + (n_days - 1) * DAY_MS + HOUR_MS, int(ids[place]), None, "platform") for place in (3, 50)]
    tables["removals"] = _make_table("removals", removed)
    return CheckWorld(tables, _make_context(int(ids[0]), n_days), START_MS + n_days * DAY_MS, np.sort(ids[_N_ORGANIC:]))


@dataclass(frozen=True, slots=True)
class Dice:
    """Keyed draws: the same for the same key and name."""

    key: int

    def draw(self, name: str, n: int, below: int) -> Ints:
        """Return n integers in [0, below)."""
        drawn: Ints = (draw_u64(self.key, name_key(name) & 0xFFFF, np.arange(n)) % np.uint64(below)).astype(np.int64)
        return drawn


def _make_context(brand_account_id: int, n_days: int) -> dict[str, Any]:
    launch_ms = START_MS + (n_days + 3) * DAY_MS
    return {
        "synthetic": True,
        "brand": "Auralis",
        "product": "Auralis One",
        "aliases": ["Auralis", "AuralisOne"],
        "rival": "Velmora",
        "rival_product": "Velmora V",
        "site": "https://auralis.example",
        "hashtags": ["AuralisOne"],
        "brand_account_ids": [brand_account_id],
        "events": [{"name": "car", "kind": "launch", "time": to_iso(launch_ms)}],
        "languages": ["en", "zh"],
        "launch": to_iso(launch_ms),
        "start": to_iso(START_MS),
        "end": to_iso(START_MS + (n_days + 7) * DAY_MS),
    }


def _make_accounts(dice: Dice, ids: Ints) -> pa.Table:
    n, aged = len(ids), dice.draw("age", len(ids), 1000)
    counts = np.column_stack([dice.draw("followers", n, 60), dice.draw("following", n, 40)])
    rows: Rows = []
    for place, account in enumerate(ids.tolist()):
        # A squad's accounts are registered in the same hour.
        age_ms = (30 + int(aged[place])) * DAY_MS if place < _N_ORGANIC else 9 * DAY_MS
        created = START_MS - age_ms - (place * MINUTE_MS if place < _N_ORGANIC else 0)
        lang = "zh" if place % 9 == 0 else "en"
        client = _CLIENTS[place % 3] if place < _N_ORGANIC else "android"
        text = (f"user{place}", f"User {place}", "I bake." if place % 4 else "", "Lund" if place % 3 else "")
        rows.append((account, *text, lang, created, client, place == 0, *map(int, counts[place])))
    return _make_table("accounts", rows)


def _write_posts(dice: Dice, n_days: int, posts_per_day: int) -> list[tuple[int, int, str, str]]:
    """Return time, place of the author, kind and text of every post; nobody posts twice in a minute."""
    n = n_days * posts_per_day
    # The smaller of two draws is the author, so that some post far more than others.
    author = np.minimum(dice.draw("author", n, _N_ORGANIC), dice.draw("second author", n, _N_ORGANIC))
    minute = dice.draw("minute", n, n_days * 1440 - 1)
    kind, words = dice.draw("kind", n, 20), dice.draw("words", n * 7, len(_WORDS)).reshape(n, 7)
    brand = dice.draw("topic", n, 5) == 0
    found: dict[tuple[int, int], tuple[str, str]] = {}
    for row in range(n):
        text = " ".join(_WORDS[word] for word in words[row]) + (" Auralis One #AuralisOne" if brand[row] else "")
        found.setdefault((int(minute[row]), int(author[row])), (_choose_kind(int(kind[row])), text))
    for minute_of, place, text in _command_posts(dice, n_days):
        found[minute_of, place] = ("post", text)
    return [(START_MS + minute_of * MINUTE_MS, place, *what) for (minute_of, place), what in sorted(found.items())]


def _choose_kind(draw: int) -> str:
    return "post" if draw < 13 else "repost" if draw < 16 else "reply" if draw < 19 else "quote"


def _command_posts(dice: Dice, n_days: int) -> Iterable[tuple[int, int, str]]:
    """Yield minute, place of the author and text of what squads post: one claim within twelve minutes a push."""
    n = _N_SQUADS * _SQUAD_SIZE
    for push, day in enumerate(range(2, n_days, 4)):
        delays = dice.draw(f"delay {push}", n, 12)
        for number in range(n):
            squad = number // _SQUAD_SIZE
            claim = _CLAIMS[(push + squad) % len(_CLAIMS)]
            yield day * 1440 + (9 + 5 * squad) * 60 + int(delays[number]), _N_ORGANIC + number, claim


def _make_posts(dice: Dice, ids: Ints, posts: list[tuple[int, int, str, str]]) -> pa.Table:
    picks = dice.draw("parent", len(posts), 40)
    rows: Rows = []
    originals: list[tuple[int, int]] = []
    for place, (time, author, kind, text) in enumerate(posts):
        post, earlier = 5000 + 3 * place, [found for found, at in originals[-60:] if at < time]
        kind = kind if earlier else "post"
        parent = None if kind == "post" else earlier[-1 - int(picks[place]) % len(earlier)]
        if kind == "post":
            originals.append((post, time))
        words = [] if kind == "repost" else text.split()
        tags = [word[1:] for word in words if word.startswith("#")]
        links = [word for word in words if word.startswith("https://")]
        lang = "zh" if not text.isascii() else "en"
        shown = None if kind == "repost" else text
        rows.append((post, time, int(ids[author]), kind, parent, parent or post, shown, lang, tags, links, []))
    return _make_table("posts", [(*row, _CLIENTS[row[2] % 3]) for row in rows])


def _make_follows(dice: Dice, ids: Ints) -> pa.Table:
    n = 8 * len(ids)
    follower, followee = ids[np.arange(n) % len(ids)], ids[dice.draw("followee", n, len(ids))]
    since = START_MS - (1 + dice.draw("since", n, 400)) * DAY_MS
    until = dice.draw("until", n, 30)
    found = {}
    for row in range(n):
        ends = START_MS + 5 * DAY_MS if until[row] == 0 else None
        if follower[row] != followee[row]:
            found[int(follower[row]), int(followee[row])] = (int(since[row]), ends)
    return _make_table("follows", [(*pair, *times) for pair, times in found.items()])


def _make_likes(dice: Dice, ids: Ints, posts: pa.Table, n_days: int) -> pa.Table:
    liked = posts.filter(_is_about_brand(posts))
    n, end = 2 * liked.num_rows, START_MS + n_days * DAY_MS
    post, time = liked["post_id"].to_numpy(), liked["created_at"].cast(pa.int64()).to_numpy()
    delay = (1 + dice.draw("like delay", n, 300)) * MINUTE_MS
    who = ids[dice.draw("who likes", n, len(ids))]
    rows = {(int(who[row]), int(post[row // 2])): int(time[row // 2] + delay[row]) for row in range(n)}
    return _make_table("likes", [(at, *pair) for pair, at in rows.items() if at < end])


def _make_metrics(dice: Dice, posts: pa.Table) -> pa.Table:
    time = posts["created_at"].cast(pa.int64()).to_numpy()
    as_of = (time // DAY_MS + 1) * DAY_MS
    counts = np.column_stack([dice.draw(f"count {place}", len(time), 2 + 9 * place) for place in range(5)])
    ids = posts["post_id"].to_pylist()
    return _make_table("metrics", [(ids[row], int(as_of[row]), *map(int, counts[row])) for row in range(len(ids))])


def _make_table(name: str, rows: Rows) -> pa.Table:
    """Build an observation table from rows in the order of its columns, times in ms, and bring it into its order."""
    table = OBSERVATIONS[name]
    columns = zip(*rows, strict=True) if rows else [()] * len(table.columns)
    arrays = []
    for values, column in zip(columns, table.columns, strict=True):
        coded = pa.types.is_dictionary(column.type)
        array = pa.array(list(values), column.type.value_type if coded else column.type)
        arrays.append(array.dictionary_encode().cast(column.type) if coded else array)
    return settle(name, pa.Table.from_arrays(arrays, schema=table.arrow))


def settle(name: str, rows: pa.Table) -> pa.Table:
    """Return rows in the order of their table."""
    ordered = rows.sort_by([(column, "ascending") for column in OBSERVATIONS[name].order])
    return ordered.replace_schema_metadata(SYNTHETIC)
