"""From a world's integers to the Arrow tables that a platform's interface would show."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator import schema
from simulator.dataset import AnnouncedEvent, Context
from simulator.kernels.text_book import SILENT
from simulator.language import draw_idiolects, fill_texts
from simulator.model import DayLog, World
from simulator.profiles import draw_profiles
from simulator.rhythm import DAY_MS
from simulator.vocabulary import Client, Kind, Language, Remover, Segment

_FOLLOW_CHUNK = 1 << 20


def words(codes: NDArray[np.integer], names: list[str], absent: NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    """Return codes as a dictionary column of names, null where `absent`."""
    indices = pa.array(np.asarray(codes, np.int16), pa.int16(), mask=absent)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.string()))


def instants(ms: NDArray[np.int64], absent: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return ms since the epoch as a UTC timestamp column, null where `absent`."""
    return pa.array(np.asarray(ms, np.int64), pa.int64(), mask=absent).cast(pa.timestamp("ms", tz="UTC"))


def ids(
    values: NDArray[np.integer], absent: NDArray[np.bool_] | None = None, kind: pa.DataType | None = None
) -> pa.Array:
    """Return integers as a column, null where `absent`."""
    return pa.array(values, kind or pa.int64(), mask=absent, safe=False)


def table_of(table: schema.Table, **columns: pa.Array) -> pa.Table:
    """Return a table of the named columns under its documented schema."""
    return pa.Table.from_arrays([columns[column.name] for column in table.columns], schema=table.arrow)


@dataclass(frozen=True, slots=True)
class DayItems:
    """The records of one day's items in the order of their ids; valid until the next step."""

    hot: NDArray[np.void]
    cold: NDArray[np.void]


def items_of(world: World, log: DayLog) -> DayItems:
    """Return the day's items, ordered by post id."""
    slots = np.arange(log.first, log.last) & (len(world.state.hot) - 1)
    wraps = len(slots) > 0 and slots[0] > slots[-1]
    rows = slots if wraps or not len(slots) else slice(int(slots[0]), int(slots[-1]) + 1)
    hot, cold = world.state.hot[rows], world.state.cold[rows]
    order = _order_of_ids(cold["post_id"])
    return DayItems(hot, cold) if order is None else DayItems(hot.take(order), cold.take(order))


def _order_of_ids(post_id: NDArray[np.int64]) -> NDArray[np.intp] | None:
    """Return the order that sorts ids, None where they ascend already (all but posts of one millisecond)."""
    return None if bool((post_id[1:] > post_id[:-1]).all()) else np.argsort(post_id)


def post_ids(world: World, sequences: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the ids of items that are still in memory."""
    found: NDArray[np.int64] = world.state.cold["post_id"][
        np.asarray(sequences, np.int64) & (len(world.state.cold) - 1)
    ]
    return found


class ObservationRecorder:
    """Turns a world's days into observation tables; keeps what only the end of the run can tell."""

    def __init__(self, world: World) -> None:
        self.world = world
        accounts = world.population.accounts
        self.account_ids = accounts.account_id
        self.profiles = draw_profiles(world.population, world.seed)
        self.idiolects = draw_idiolects(world.seed, accounts.key, accounts.mimic, accounts.language)
        self._follow_changes: list[NDArray[np.int64]] = []

    def accounts(self) -> pa.Table:
        """Return the profiles, ordered by creation."""
        world, accounts = self.world, self.world.population.accounts
        order = np.lexsort((accounts.account_id, accounts.created_ms))
        early = accounts.created_ms <= world.scenario.start_ms
        followers = np.bincount(world.graph.followees, minlength=len(accounts)) * early
        following = np.diff(world.graph.indptr) * early
        taken = pa.array(order)
        return table_of(
            schema.ACCOUNTS,
            account_id=ids(accounts.account_id[order]),
            handle=self.profiles.handle.take(taken),
            display_name=self.profiles.display_name.take(taken),
            bio=self.profiles.bio.take(taken),
            location=self.profiles.location.take(taken),
            lang=words(accounts.language[order], [language.name for language in Language]),
            created_at=instants(accounts.created_ms[order]),
            client=words(accounts.client[order], [client.name for client in Client]),
            verified=pa.array(accounts.verified[order] == 1),
            followers_at_start=ids(followers[order], kind=pa.int32()),
            following_at_start=ids(following[order], kind=pa.int32()),
        )

    def posts(self, items: DayItems) -> pa.Table:
        """Return the day's posts with their texts."""
        hot, cold, start = items.hot, items.cold, self.world.scenario.start_ms
        text, hashtags, urls, mentions = self._texts(hot, cold)
        rootless = cold["parent"] < 0
        parents = post_ids(self.world, np.maximum(cold["parent"], 0))
        return table_of(
            schema.POSTS,
            post_id=ids(cold["post_id"]),
            created_at=instants(hot["time"] + start),
            account_id=ids(self.account_ids[hot["author"]]),
            kind=words(hot["kind"], [kind.name for kind in Kind]),
            parent_id=ids(parents, rootless),
            root_id=ids(cold["root_id"]),
            text=text,
            lang=words(hot["language"], [language.name for language in Language]),
            hashtags=hashtags,
            urls=urls,
            mentions=mentions,
            client=words(cold["client"], [client.name for client in Client]),
        )

    def _texts(self, hot: NDArray[np.void], cold: NDArray[np.void]) -> tuple[pa.Array, pa.Array, pa.Array, pa.Array]:
        return fill_texts(
            self.world.phrasebook,
            self.world.seed,
            {
                "content": np.where(hot["kind"] == Kind.repost, SILENT, hot["content"]),
                "lang": hot["language"],
                "time": hot["time"],
                "shared_key": cold["shared_key"],
                "own_key": cold["own_key"],
                "mode": cold["mode"],
                "style_row": cold["style_row"],
                "paste": cold["paste"],
                "forced_tag": cold["forced_tag"],
                "forced_url": cold["forced_url"],
                "mention_row": cold["mention_row"],
            },
            self.idiolects,
            self.profiles.handle,
            self.world.population.n_organic,
        )

    def likes(self, log: DayLog) -> pa.Table:
        """Return the day's likes of brand posts."""
        accounts, posts = self.account_ids[log.likes[:, 1]], post_ids(self.world, log.likes[:, 2])
        order = np.lexsort((posts, accounts, log.likes[:, 0]))
        return table_of(
            schema.LIKES,
            created_at=instants(log.likes[order, 0] + self.world.scenario.start_ms),
            account_id=ids(accounts[order]),
            post_id=ids(posts[order]),
        )

    def metrics(self, log: DayLog) -> pa.Table:
        """Return the counters that changed on the day, as of its end."""
        hot, cold = self.world.state.hot, self.world.state.cold
        rows = np.sort(log.touched).astype(np.int64) & (len(hot) - 1)
        order = _order_of_ids(cold["post_id"][rows])
        rows = rows if order is None else rows[order]
        end = self.world.scenario.start_ms + (log.day + 1) * DAY_MS
        return table_of(
            schema.METRICS,
            post_id=ids(cold["post_id"][rows]),
            as_of=instants(np.full(len(rows), end, np.int64)),
            likes=ids(hot["n_likes"][rows], kind=pa.int32()),
            reposts=ids(hot["n_reposts"][rows], kind=pa.int32()),
            replies=ids(cold["n_replies"][rows], kind=pa.int32()),
            quotes=ids(cold["n_quotes"][rows], kind=pa.int32()),
            impressions=ids(hot["n_impressions"][rows], kind=pa.int32()),
        )

    def removals(self, log: DayLog) -> pa.Table:
        """Return the day's removals."""
        accounts = self.account_ids[log.removed[:, 2]]
        posts = post_ids(self.world, np.maximum(log.removed[:, 1], 0))
        whole = log.removed[:, 1] < 0
        order = np.lexsort((posts, accounts, log.removed[:, 0]))
        by = np.where(whole, Remover.platform, Remover.author)[order]
        return table_of(
            schema.REMOVALS,
            time=instants(log.removed[order, 0] + self.world.scenario.start_ms),
            account_id=ids(accounts[order]),
            post_id=ids(posts[order], whole[order]),
            by=words(by, [remover.name for remover in Remover]),
        )

    def keep_follows(self, log: DayLog) -> None:
        """Remember the day's follow changes for the end."""
        if len(log.follows):
            self._follow_changes.append(log.follows.copy())

    def follows(self) -> list[pa.Table]:
        """Return all follows of the run by their start, in chunks."""
        follower, followee, since, until = self._joined_follows()
        follower_id, followee_id = self.account_ids[follower], self.account_ids[followee]
        order = np.lexsort((followee_id, follower_id, since))
        chunks = [order[at : at + _FOLLOW_CHUNK] for at in range(0, max(len(order), 1), _FOLLOW_CHUNK)]
        return [
            table_of(
                schema.FOLLOWS,
                follower_id=ids(follower_id[part]),
                followee_id=ids(followee_id[part]),
                since=instants(since[part]),
                until=instants(until[part], until[part] < 0),
            )
            for part in chunks
        ]

    def _joined_follows(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return follower, followee, since and until (-1: lasts) of every follow."""
        graph, n = self.world.graph, len(self.account_ids)
        start = self.world.scenario.start_ms
        followers = np.repeat(np.arange(n, dtype=np.int64), np.diff(graph.indptr))
        changes = np.concatenate([np.zeros((0, 4), np.int64), *self._follow_changes])
        pair = np.concatenate([followers * n + graph.followees, changes[:, 1] * n + changes[:, 2]])
        time = np.concatenate([graph.since_ms, changes[:, 0] + start])
        begins = np.concatenate([np.ones(len(followers), np.int64), changes[:, 3]])
        order = np.lexsort((time, pair))
        pair, time, begins = pair[order], time[order], begins[order]
        until = np.full(len(pair), -1, np.int64)
        ends_next = (pair[1:] == pair[:-1]) & (begins[1:] == 0)
        until[:-1][ends_next] = time[1:][ends_next]
        kept = begins == 1
        return pair[kept] // n, pair[kept] % n, time[kept], until[kept]

    def context(self) -> Context:
        """Return what the brand's analyst knows in advance; no scenario name, digest or seed."""
        names, scenario = self.world.names, self.world.scenario
        accounts = self.world.population.accounts
        official = np.sort(self.account_ids[accounts.segment == Segment.brand])
        announced = [(name, event) for name, event in scenario.events.items() if event.announced]
        return Context(
            brand=names.brand,
            product=names.product,
            aliases=(names.brand, names.product),
            rival=names.rival,
            rival_product=names.rival_product,
            site=names.site,
            hashtags=tuple(names.hashtags),
            brand_account_ids=tuple(official.tolist()),
            events=tuple(AnnouncedEvent(name, event.kind.name, scenario.at(event.time)) for name, event in announced),
            launch_ms=scenario.launch_ms,
            start_ms=scenario.start_ms,
            end_ms=scenario.end_ms,
            languages=tuple(sorted(Language(code).name for code in np.unique(accounts.language).tolist())),
        )
