"""The named synthetic slices: which posts, cascades or follows of a dataset are held against a real population."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from benchmarks.fidelity.cascades import Cascade
from benchmarks.fidelity.graphs import Graph, make_graph
from benchmarks.fidelity.posts import Posts, read_wall_clock, shuffle_keys
from benchmarks.scoring.lived_scenario import read_scenario
from benchmarks.signals.series import names_brand
from benchmarks.signals.shares import match_brand
from simulator.dataset import Dataset
from simulator.dataset.queries import Queries, ask
from simulator.scenario import Dials

# A fast squad's text is out within an hour (real_facts: push_le_1h_share 0.90), a slow one's takes hours.
_FAST_MINUTES = 60.0
_CHINESE_ZONES = ("Asia/Shanghai", "Asia/Chongqing", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Macau", "Asia/Singapore")
_LEAST_CASCADE = 100
_MOST_PEOPLE = 40_000  # more than any source has
# Accounts recur between cascades in a small world as they do not on a platform: a graph of reposts takes
# cascades whose items together are at most this share of the accounts (assumed).
_SHARE_OF_ACCOUNTS = 0.25

_COLUMNS = """
    p.post_id, p.account_id, epoch_ms(p.created_at) AS at_ms, p.text, p.lang, p.kind = 'repost' AS is_repost,
    len(p.urls) > 0 AS has_url, len(p.hashtags) > 0 AS has_hashtag, len(p.mentions) > 0 AS has_mention,
    p.urls[1] AS url
"""
_OPERATED = """
    a.operated AND p.created_at >= a.operated_from AND (a.operated_until IS NULL OR p.created_at < a.operated_until)
"""
_NAMED = "regexp_matches({}, $names, 'i')"
_PEOPLE = "NOT a.operated AND NOT a.automated AND coalesce(a.segment, '') NOT IN ('brand', 'marketing')"


@dataclass(frozen=True, slots=True)
class World:
    """An open dataset, the zone of its brand and the dials of its squads."""

    dataset: Dataset
    queries: Queries
    zone: ZoneInfo
    dials_by_squad: dict[str, Dials]
    known: dict[str, "Subject"] = field(default_factory=dict)

    @property
    def home_language(self) -> str:
        """The language of the brand's zone."""
        return "zh" if self.zone.key in _CHINESE_ZONES else "en"

    def find_squads(self, kind: "SquadKind") -> list[str]:
        """Return the squads of a kind."""
        return [squad for squad, dials in self.dials_by_squad.items() if name_kind(dials) == kind]


SquadKind = Literal["fast", "repeating", "rewording", "hidden"]


def name_kind(dials: Dials) -> SquadKind:
    """Return what kind a squad is: hidden among people, else fast, else slow by whether it repeats its texts.

    Examples
    --------
    >>> from simulator.scenario import LADDER
    >>> [name_kind(dials) for dials in LADDER.values()][1:4]
    ['fast', 'fast', 'hidden']
    """
    if dials.overlap:
        return "hidden"
    if (dials.burst_minutes or 0.0) <= _FAST_MINUTES:
        return "fast"
    return "repeating" if dials.is_repeating else "rewording"


Subject = Posts | list[Cascade] | Graph


def read_slice(world: World, name: str) -> Subject:
    """Return a slice by name, read once a world; see :data:`SLICES`."""
    if name not in world.known:
        world.known[name] = SLICES[name][1](world)
    return world.known[name]


@contextmanager
def open_world(dataset: Dataset) -> Iterator[World]:
    """Open a dataset for slicing; without a readable scenario its zone is UTC and it has no squads."""
    with ask(tables=dataset) as queries:
        _choose_people(queries)
        yield World(dataset, queries, *_read_scenario(dataset))


def _read_scenario(dataset: Dataset) -> tuple[ZoneInfo, dict[str, Dials]]:
    """Return the zone of the brand, and the dials of every squad as operator.squad."""
    scenario = read_scenario(dataset)
    if scenario is None:
        return ZoneInfo("UTC"), {}
    dials = {
        f"{operator}.{squad}": scenario.dials(operator, squad)
        for operator, plan in scenario.operators.items()
        for squad in plan.squads
    }
    return ZoneInfo(scenario.launch.zone), dials


def _choose_people(queries: Queries) -> None:
    """Make the table of people: a fixed sample of accounts that are neither operated, automated nor the brand's."""
    question = f"SELECT account_id FROM truth_accounts a WHERE {_PEOPLE} ORDER BY account_id"
    ids = queries.table(question)["account_id"].to_numpy()
    chosen = ids[np.argsort(shuffle_keys(ids), kind="stable")[:_MOST_PEOPLE]]
    queries.keep("people", pa.table({"account_id": chosen}))


def make_posts(rows: pa.Table, zone: ZoneInfo) -> Posts:
    """Return posts of a table with the columns of a posts slice, in the order of time."""
    rows = rows.combine_chunks()
    at_ms = rows["at_ms"].to_numpy()
    masks = {name: np.asarray(rows[name].fill_null(False).to_numpy(), bool) for name in _MASKS}
    text, lang, url = (_flatten(rows[name].cast(pa.string())) for name in ("text", "lang", "url"))
    ids = rows["post_id"].to_numpy().astype(np.uint64)
    local_ms, account = read_wall_clock(at_ms, zone), rows["account_id"].to_numpy()
    return Posts(post=ids, account=account, at_ms=at_ms, local_ms=local_ms, text=text, lang=lang, url=url, **masks)


_MASKS = ("has_url", "has_hashtag", "has_mention", "is_repost")


def _flatten(column: pa.ChunkedArray) -> pa.Array:
    return pa.concat_arrays([pa.array([], column.type), *column.chunks])


def _read_posts(world: World, accounts: str, condition: str, names: list[str] | str | None = None) -> Posts:
    """Return posts in the order of time; `names` fills in $names."""
    question = f"""
        SELECT {_COLUMNS} FROM posts p JOIN {accounts} a USING (account_id)
        WHERE {condition} ORDER BY p.created_at, p.post_id
    """
    return make_posts(world.queries.table(question, {} if names is None else {"names": names}), world.zone)


def _read_squads(world: World, kind: SquadKind) -> Posts:
    condition = f"p.kind <> 'repost' AND {_OPERATED} AND list_contains($names, a.squad_id)"
    return _read_posts(world, "truth_accounts", condition, world.find_squads(kind))


def _read_mentions(world: World) -> Posts:
    posts = _read_posts(world, "people", f"p.kind <> 'repost' AND {_NAMED.format('p.text')}", _match_names(world))
    return posts.take(names_brand(posts.text, world.dataset.context))


def _match_names(world: World) -> str:
    """Return a pattern of the brand's names, for a first look; ``names_brand`` decides."""
    return match_brand(world.dataset.context) or "a^"


def _read_volume(world: World) -> Posts:
    """Return every mention by whoever is not operated, reposts of mentions included."""
    question = f"""
        SELECT {_COLUMNS.replace("p.text", "coalesce(p.text, r.text) AS text")}
        FROM posts p JOIN truth_accounts a USING (account_id) LEFT JOIN posts r ON r.post_id = p.root_id
        WHERE NOT a.operated AND {_NAMED.format("coalesce(p.text, r.text)")} ORDER BY p.created_at, p.post_id
    """
    posts = make_posts(world.queries.table(question, {"names": _match_names(world)}), world.zone)
    return posts.take(names_brand(posts.text, world.dataset.context))


def _read_cascades(world: World) -> list[Cascade]:
    question = f"""
        WITH large AS (SELECT root_id FROM posts GROUP BY root_id HAVING count(*) > {_LEAST_CASCADE}),
        organic AS (
            SELECT l.root_id FROM large l JOIN posts p ON p.post_id = l.root_id
            JOIN truth_posts t ON t.post_id = l.root_id WHERE t.push_id IS NULL
        )
        SELECT p.root_id, p.post_id, p.parent_id, p.account_id, epoch_ms(p.created_at) AS at_ms
        FROM posts p JOIN organic USING (root_id) ORDER BY p.root_id, p.created_at, p.post_id
    """
    columns = {
        name: column.to_numpy() for name, column in zip(_CASCADE, world.queries.table(question).columns, strict=True)
    }
    edges = np.flatnonzero(np.diff(columns["root"], prepend=-1, append=-1))
    return [_make_cascade(*(columns[name][start:end] for name in _CASCADE[1:])) for start, end in pairwise(edges)]


_CASCADE = ("root", "post", "parent", "account", "at_ms")


def _make_cascade(
    post: np.ndarray[tuple[int], np.dtype[np.int64]],
    parent: np.ndarray[tuple[int], np.dtype[np.float64]],
    account: np.ndarray[tuple[int], np.dtype[np.int64]],
    at_ms: np.ndarray[tuple[int], np.dtype[np.int64]],
) -> Cascade:
    order = np.argsort(post, kind="stable")
    places = order[np.searchsorted(post[order], parent[1:].astype(np.int64))]
    return Cascade(np.concatenate([[-1], places]), account, at_ms)


def _read_repost_graph(world: World) -> Graph:
    """Return who reacted to whom in a fixed sample of the large cascades."""
    cascades = _read_cascades(world)
    keys = shuffle_keys(np.array([cascade.at_ms[0] for cascade in cascades], np.int64))
    ordered = [cascades[place] for place in np.argsort(keys, kind="stable").tolist()]
    most = _SHARE_OF_ACCOUNTS * world.dataset.counts["accounts"]
    kept = np.cumsum([len(cascade.parent) for cascade in ordered]) <= most
    chosen = [cascade for cascade, keep in zip(ordered, kept.tolist(), strict=True) if keep] or ordered[:1]
    none = np.zeros(0, np.int64)
    tails = [cascade.account[1:] for cascade in chosen]
    heads = [cascade.account[cascade.parent[1:]] for cascade in chosen]
    return make_graph(np.concatenate([none, *tails]), np.concatenate([none, *heads]))


def _read_follow_graph(world: World) -> Graph:
    """Return the follows that hold at the end of the run."""
    rows = world.queries.table("SELECT follower_id, followee_id FROM follows WHERE until IS NULL")
    return make_graph(rows["follower_id"].to_numpy(), rows["followee_id"].to_numpy())


# What each slice is, in words for pairs.yaml and reports, and how it is read.
SLICES: dict[str, tuple[str, Callable[[World], Subject]]] = {
    "fast_squad": (
        "originals, replies and quotes of squads whose texts are out within an hour, while operated, feeds included",
        lambda world: _read_squads(world, "fast"),
    ),
    "slow_squad_repeating": (
        "the same of squads that repeat a text over hours",
        lambda world: _read_squads(world, "repeating"),
    ),
    "slow_squad_rewording": (
        "the same of squads that take hours and write each text in other words",
        lambda world: _read_squads(world, "rewording"),
    ),
    "brand_mentions": (
        "originals, replies and quotes of people, not operated, that name the brand; without its own marketing",
        _read_mentions,
    ),
    "everyday_posts": (
        "all items of people, not operated: neither automated nor the brand's own or its marketing",
        lambda world: _read_posts(world, "people", "true"),
    ),
    "brand_volume": ("every mention of the brand by accounts that are not operated, reposts included", _read_volume),
    "large_cascades": ("cascades of 100 reactions and more under a post that no push commanded", _read_cascades),
    "repost_graph": ("who reacted to whom in a sample of the large cascades", _read_repost_graph),
    "follow_graph": ("follows that hold at the end of the run, all accounts", _read_follow_graph),
}
