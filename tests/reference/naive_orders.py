"""Commands, plainly: what operators have their accounts do, and what the platform removes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.kernels import layout
from simulator.random_streams import Purpose
from simulator.vocabulary import Kind, TextMode
from tests.reference.naive_draws import draw_block, scale_draw
from tests.reference.naive_reading import latest_moment, like
from tests.reference.naive_things import Account, Post
from tests.reference.naive_writing import Act, Answer, claim_reaction, list_item, virality_of, write_item

if TYPE_CHECKING:
    from tests.reference.naive_world import NaiveWorld


class Order(Enum):
    """What a command asks for, by its code in a COMMAND record."""

    post = 0
    repost = 1
    reply = 2
    quote = 3
    like = 4
    remove = 7
    follow = 8


_ACT_OF_ORDER = {Order.repost: Act.repost, Order.reply: Act.reply, Order.quote: Act.quote}
_KIND_OF_ORDER = {Order.post: Kind.post, Order.repost: Kind.repost, Order.reply: Kind.reply, Order.quote: Kind.quote}


@dataclass(frozen=True, slots=True)
class Command:
    """One command of one account."""

    time: int
    key: int
    shared_key: int
    row: int
    push: int
    order: Order
    role: int
    content: int
    comment: int
    narrative: int
    mode: int
    language: int
    delete_after_s: int
    forced_tag: int
    forced_url: int
    stance: int
    flags: int
    aim: int


def commands_from(records: NDArray[np.void]) -> list[Command]:
    """Return the commands of packed records."""
    renamed = {"row": "account", "order": "action"}
    names = {name: renamed.get(name, name) for name in Command.__dataclass_fields__}
    columns = {name: records[column].tolist() for name, column in names.items()}
    columns["order"] = [Order(code) for code in columns["order"]]
    return [Command(*values) for values in zip(*columns.values(), strict=True)]


def obey(world: NaiveWorld, command: Command, now: int) -> None:
    """Carry out one command; what finds nothing to react to becomes a post of its own."""
    account = world.accounts[command.row]
    if command.order is Order.remove:
        if account.removed_at >= now:
            _remove_account(world, account, now)
    elif account.is_removed(now):
        return
    elif command.push == -1:
        filler = write_item(world, account, Kind.post, command.key, now)
        filler.content, filler.virality_q8 = command.content, 256
        filler.shared_key, filler.mode = command.shared_key, command.mode
        filler.paste = int(command.mode in (TextMode.verbatim, TextMode.slots))
        filler.forced_tag, filler.forced_url = command.forced_tag, command.forced_url
        named = _find_target(world, account, command, now) if command.aim == layout.NAMING else None
        filler.mention_row = named.author.row if named else -1
    elif command.order is Order.like:
        target = _find_target(world, account, command, now)
        if target:
            like(world, account, target, now, 1_500, command.push)
    elif command.order is Order.follow:
        target = _find_target(world, account, command, now)
        time = latest_moment(world, account, now, now + 2_000)
        if target and not target.author.is_removed(time):
            world.diary.follows.append((time, account.row, target.author.row, 1))
    else:
        _write_on_command(world, account, command, now)


def _remove_account(world: NaiveWorld, account: Account, now: int) -> None:
    account.removed_at = now
    for post in account.posts:
        post.is_removed = True
    world.diary.removals.append((now, -1, account.row))


def _write_on_command(world: NaiveWorld, account: Account, command: Command, now: int) -> None:
    order, key, target = Order.post, command.key, None
    if command.order is not Order.post:
        target = _find_target(world, account, command, now)
        claimed = target and claim_reaction(world, account, target, _ACT_OF_ORDER[command.order])
        if claimed:
            order, key = command.order, claimed
        else:
            target = None
    post = write_item(world, account, _KIND_OF_ORDER[order], key, now, target)
    post.push, post.action = command.push, command.role
    if order is Order.post and command.push >= 0:
        post.root_push = command.push
    if order is not Order.repost:
        _fill_manuscript(world, post, command, command.content if order is Order.post else command.comment)
    list_item(world, post)
    if command.delete_after_s:
        due = now + 1_000 * command.delete_after_s
        world.schedule_answer(due, post.key, Answer(Act.delete, account, post, post.key))


def _fill_manuscript(world: NaiveWorld, post: Post, command: Command, content: int) -> None:
    draws = draw_block(world.rules.seed, Purpose.post_nature, post.key, 2)
    post.is_brand, post.is_manuscript = bool(command.flags & layout.BRAND), bool(command.flags & layout.MANUSCRIPT)
    post.content, post.manuscript = content, content if post.is_manuscript else -1
    post.stance, post.narrative, post.language = command.stance, command.narrative, command.language
    post.virality_q8 = virality_of(world, draws[1])
    post.shared_key, post.mode = command.shared_key, command.mode
    if post.kind is Kind.post:
        post.forced_tag, post.forced_url = command.forced_tag, command.forced_url
    if command.mode in (TextMode.verbatim, TextMode.slots):
        post.paste = 1
        post.author.copies_today += 1


def _find_target(world: NaiveWorld, account: Account, command: Command, now: int) -> Post | None:
    """Return what to react to: for replies often a post of the brand itself or else its topic, else the push's own."""
    if command.aim == layout.AT_BRAND:
        return _pick(world, account, command, world.official[-16:], now)
    if command.aim == layout.AT_CRITICS:
        return _pick(world, account, command, world.brand_topic[-48:], now, attempts=48)
    if command.push < 0:
        return _pick(world, account, command, world.brand_topic[-48:], now)
    if command.order is not Order.reply:
        return _pick(world, account, command, world.posts_of_push[command.push][-16:], now, lead=True)
    found = None
    if draw_block(world.rules.seed, Purpose.command_target, command.key, 99)[0] % 2:
        found = _pick(world, account, command, world.official[-16:], now)
    return found or _pick(world, account, command, world.brand_topic[-48:], now)


def _pick(
    world: NaiveWorld,
    account: Account,
    command: Command,
    newest: list[Post],
    now: int,
    *,
    attempts: int = 12,
    lead: bool = False,
) -> Post | None:
    """Draw some times one of the newest posts, until one fits: another's, there, readable, of an age, critical.

    All are alike likely, or, for a `lead`, the earliest of three drawn at a time by its burst is taken.
    """
    key = command.shared_key if lead else command.key
    for attempt in range(attempts if newest else 0):
        draws = draw_block(world.rules.seed, Purpose.command_target, key, attempt)
        if lead:
            post = newest[min(scale_draw(draw, len(newest)) for draw in draws[:3])]
        else:
            post = newest[-1 - scale_draw(draws[0], len(newest))]
        is_fit = post.author is not account and not post.is_removed and post.language == command.language
        is_fit = is_fit and (command.aim != layout.AT_CRITICS or post.stance < 0)
        if is_fit and 3_000 <= now - post.time < world.rules.memory_ms:
            return post
    return None
