"""Changes of tiny worlds that no detector's answer may depend on, or that it must survive."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.blind.streaming import TIME_COLUMN, hide_later_ends
from benchmarks.checking.check_worlds import DAY_MS, START_MS, CheckWorld, Dice, Ints, settle
from simulator.dataset.context import to_iso
from simulator.random_streams import name_key

_WEEK_MS = 7 * DAY_MS
_N_SMALL_DAYS = 3
_ACCOUNT_COLUMNS = ("account_id", "follower_id", "followee_id")
_POST_COLUMNS = ("post_id", "parent_id", "root_id")


def empty_world(world: CheckWorld) -> CheckWorld:
    """Return a world of the same brand, three days old, with no row in any table."""
    tables = {name: table.slice(0, 0) for name, table in world.tables.items()}
    as_of_ms = START_MS + _N_SMALL_DAYS * DAY_MS
    return replace(world, tables=tables, context=world.context | {"brand_account_ids": []}, as_of_ms=as_of_ms)


def keep_one_post(world: CheckWorld) -> CheckWorld:
    """Return a world of one account and its one post."""
    tables = dict(empty_world(world).tables)
    posts = world.tables["posts"]
    tables["posts"] = posts.filter(pc.equal(posts["kind"].cast(pa.string()), "post")).slice(0, 1)
    accounts = world.tables["accounts"]
    tables["accounts"] = accounts.filter(pc.is_in(accounts["account_id"], tables["posts"]["account_id"]))
    return replace(world, tables=tables, as_of_ms=empty_world(world).as_of_ms)


def shift_world(world: CheckWorld, n_weeks: int) -> CheckWorld:
    """Return the world with every time whole weeks later."""
    by_ms = n_weeks * _WEEK_MS
    context = dict(world.context)
    for name in ("launch", "start", "end"):
        context[name] = _shift_text(context[name], by_ms)
    context["events"] = [event | {"time": _shift_text(event["time"], by_ms)} for event in context["events"]]
    tables = {name: _shift_times(table, by_ms) for name, table in world.tables.items()}
    return replace(world, tables=tables, context=context, as_of_ms=world.as_of_ms + by_ms)


def _shift_text(time: str, by_ms: int) -> str:
    return to_iso(round(datetime.fromisoformat(time).astimezone(UTC).timestamp() * 1000) + by_ms)


def _shift_times(rows: pa.Table, by_ms: int) -> pa.Table:
    for place, column in enumerate(rows.schema):
        if pa.types.is_timestamp(column.type):
            moved = pc.add(rows[place].cast(pa.int64()), by_ms).cast(column.type)
            rows = rows.set_column(place, column, moved)
    return rows


def cut_world(world: CheckWorld, until_ms: int) -> CheckWorld:
    """Return the world as it was shown at a moment."""
    now = pa.scalar(until_ms, pa.int64()).cast(pa.timestamp("ms", "UTC"))
    tables = {}
    for name, rows in world.tables.items():
        is_before = pc.less_equal if name == "metrics" else pc.less
        tables[name] = rows.filter(is_before(rows[TIME_COLUMN[name]], now))
    tables["follows"] = hide_later_ends(tables["follows"], until_ms)
    return replace(world, tables=tables, as_of_ms=until_ms)


@dataclass(frozen=True, slots=True)
class Renumbering:
    """New ids for old ones: both int64[n], `old` ascending."""

    old: Ints
    new: Ints

    def apply(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """Return a column of old ids with the new ones; nulls stay."""
        return pa.chunked_array([pa.array(self.new).take(pc.index_in(column, pa.array(self.old)).combine_chunks())])

    def undo(self) -> "Renumbering":
        """Return the way back."""
        order = np.argsort(self.new)
        return Renumbering(self.new[order], self.old[order])


def permute_world(world: CheckWorld) -> tuple[CheckWorld, Renumbering, Renumbering]:
    """Return the world with other ids, rows of one time in another order, and how accounts and posts were renumbered.

    Account ids are dealt anew at random; post ids still ascend with time, but those of one time change places.
    """
    dice = Dice(name_key("permutation"))
    accounts = np.sort(world.tables["accounts"]["account_id"].to_numpy())
    dealt = np.unique(dice.draw("new ids", 2 * len(accounts), 1 << 45))[: len(accounts)]
    dealt = dealt[np.argsort(dice.draw("deal", len(accounts), 1 << 60))]
    posts = world.tables["posts"]
    ids, time = posts["post_id"].to_numpy(), posts["created_at"].cast(pa.int64()).to_numpy()
    order = np.lexsort([dice.draw("ties", len(ids), 1 << 60), time])
    new = np.empty(len(ids), np.int64)
    new[order] = 90_000 + 7 * np.arange(len(ids))
    by_account, by_post = Renumbering(accounts, dealt), Renumbering(ids, new)
    tables = {name: settle(name, _renumber(rows, by_account, by_post)) for name, rows in world.tables.items()}
    brand = pa.chunked_array([pa.array(world.context["brand_account_ids"], pa.int64())])
    context = world.context | {"brand_account_ids": by_account.apply(brand).to_pylist()}
    operated = np.sort(by_account.apply(pa.chunked_array([pa.array(world.operated)])).to_numpy())
    return replace(world, tables=tables, context=context, operated=operated), by_account, by_post


def _renumber(rows: pa.Table, by_account: Renumbering, by_post: Renumbering) -> pa.Table:
    for place, column in enumerate(rows.schema):
        numbering = by_account if column.name in _ACCOUNT_COLUMNS else by_post if column.name in _POST_COLUMNS else None
        if numbering is not None:
            rows = rows.set_column(place, column, numbering.apply(rows[place]))
    return rows
