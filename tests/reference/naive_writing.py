"""Writing, plainly: how an item comes into the world, what it says, and what reposts do to trends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from simulator.random_streams import Purpose
from simulator.vocabulary import Kind, Segment
from tests.reference.naive_draws import draw_block, mix_keys, occasion_of, scale_draw
from tests.reference.naive_things import Account, Post

if TYPE_CHECKING:
    from tests.reference.naive_world import NaiveWorld

HOUR_MS = 3_600_000
_NEUTRAL_BAND = 13_107  # 0.2
_MOOD_SPAN = 52_429  # 0.8
EPISODE = 31
_PRESS = (Segment.journalist, Segment.news_bot)


class Act(Enum):
    """What an account does with what it was shown; the value names it in keys."""

    repost = 1
    reply = 2
    quote = 3
    like = 4
    copy = 5
    delete = 6


_KIND_OF_ACT = {Act.repost: Kind.repost, Act.reply: Kind.reply, Act.quote: Kind.quote, Act.copy: Kind.post}


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that an account will do to a post."""

    act: Act
    account: Account
    post: Post
    key: int


def claim_reaction(world: NaiveWorld, account: Account, origin: Post, act: Act) -> int | None:
    """Return the permanent key of a reaction, or None when the account has made it before."""
    if (account.row, origin.sequence, act.name) in world.reactions:
        return None
    world.reactions.add((account.row, origin.sequence, act.name))
    return mix_keys(mix_keys(account.key, origin.key), act.value)


def write_item(world: NaiveWorld, account: Account, kind: Kind, key: int, now: int, target: Post | None = None) -> Post:
    """Add one item; what it says is filled in by the caller, but for a repost."""
    post_id = _new_id(world, now, key)
    post = Post(
        len(world.posts),
        key,
        now,
        account,
        kind,
        post_id,
        post_id,
        account.language,
        account.client,
        key,
        key,
        account.row,
    )
    post.origin = post
    world.posts.append(post)
    account.posts.append(post)
    account.posts_today += 1
    if target is not None:
        _tie_to(world, post, target, now)
    return post


def _new_id(world: NaiveWorld, now: int, key: int) -> int:
    """Return an id that starts with the time and ends with bits of the key, the next free one where it is taken."""
    post_id = (now << world.rules.low_bits) + key % (1 << world.rules.low_bits)
    while post_id in world.post_ids:
        post_id += 1
    world.post_ids.add(post_id)
    return post_id


def _tie_to(world: NaiveWorld, post: Post, target: Post, now: int) -> None:
    """Make a post a reaction to another: a repost to the very item seen, the others to its origin."""
    origin = target.origin
    post.root_id, post.root_push = origin.root_id, origin.root_push
    world.diary.touched.add(origin.sequence)
    if post.kind is Kind.repost:
        post.parent, post.origin = target, origin
        post.manuscript = origin.manuscript
        _take_over_content(post, origin)
        origin.n_reposts += 1
    else:
        post.parent, post.mention_row = origin, origin.author.row
        if post.kind is Kind.reply:
            origin.replies.append(post)
            return
        origin.n_quotes += 1
    warm_up(world, origin, now)


def _take_over_content(post: Post, origin: Post) -> None:
    post.content, post.narrative, post.stance = origin.content, origin.narrative, origin.stance
    post.language, post.virality_q8 = origin.language, origin.virality_q8
    post.is_brand, post.is_manuscript = origin.is_brand, origin.is_manuscript


def heat_at(post: Post, now: int) -> int:
    """Return how hot a post is: it loses three sixteenths at every full hour of the run."""
    heat = post.heat
    for _ in range(now // HOUR_MS - post.heat_hour):
        heat = heat * 13 // 16
    return heat


def tidy_trends(world: NaiveWorld, now: int) -> None:
    """In the first moment of an hour that matters, drop what is cold, removed or too old from the trends."""
    if world.tidied_hour == now // HOUR_MS:
        return
    world.tidied_hour = now // HOUR_MS
    world.trending = [
        post
        for post in world.trending
        if heat_at(post, now) >= 16 and not post.is_removed and now - post.time < world.rules.memory_ms
    ]


def warm_up(world: NaiveWorld, origin: Post, now: int) -> None:
    """Count one repost or quote; from four in an hour a post may trend, in the place of the coolest if need be."""
    tidy_trends(world, now)
    origin.heat = heat_at(origin, now) + 16
    origin.heat_hour = now // HOUR_MS
    if origin in world.trending or origin.heat < 64:
        return
    if len(world.trending) < world.rules.trending_items:
        world.trending.append(origin)
    elif world.trending:
        coolest = min(world.trending, key=lambda post: heat_at(post, now))
        if heat_at(coolest, now) < origin.heat:
            world.trending[world.trending.index(coolest)] = origin


def list_item(world: NaiveWorld, post: Post) -> None:
    """Enter a post or quote where people and operators look for it."""
    if post.kind not in (Kind.post, Kind.quote):
        return
    if post.is_brand:
        world.brand_topic.append(post)
        if world.rules.segment_brand[post.author.law]:
            world.official.append(post)
    if post.push >= 0:
        world.posts_of_push[post.push].append(post)


def virality_of(world: NaiveWorld, draw: int) -> int:
    """Return the virality (Q8) of a draw."""
    table = world.rules.virality_table
    return min(table[scale_draw(draw, len(table))], 65_535)


def stance_of(account: Account, mood_draw: int, shift: int = 0) -> int:
    """Return -1, 0 or 1: the attitude in the mood of the moment."""
    felt = account.attitude + shift + scale_draw(mood_draw, _MOOD_SPAN) - _MOOD_SPAN // 2
    return (felt > _NEUTRAL_BAND) - (felt < -_NEUTRAL_BAND)


def _own_topic(world: NaiveWorld, account: Account, draw: int) -> int:
    """Return what a post about anything but the brand says."""
    rules = world.rules
    trade = [content for content in rules.segment_contents[account.law] if content >= 0]
    if trade:
        return trade[scale_draw(draw, len(trade))]
    favourite = min(scale_draw(draw, 6), scale_draw((draw << 13) % (1 << 32), 6))
    taste = draw_block(rules.seed, Purpose.interest, account.key, 1 + favourite)[0]
    topics = rules.topic_table[account.language]
    return topics[scale_draw(taste, len(topics))]


def write_original(world: NaiveWorld, account: Account, session: int, original: int, now: int) -> None:
    """Write a planned original."""
    rules, occasion = world.rules, occasion_of(world.day, session, original + 1)
    shape = draw_block(rules.seed, Purpose.original_shape, account.key, occasion)
    post = write_item(world, account, Kind.post, mix_keys(account.key, occasion), now)
    if session == EPISODE and original > 0 and shape[3] < round(0.019 * 2**32):
        occasion = occasion_of(world.day, session, 1)
        post.own_key = post.shared_key = mix_keys(account.key, occasion)
    nature = draw_block(rules.seed, Purpose.post_nature, account.key, occasion)
    post.virality_q8 = virality_of(world, shape[1])
    talk_share = account.brand_talk_q16 * rules.talk_q8[now // HOUR_MS][account.zone] >> 8
    if not (session == EPISODE or (account.interested and shape[2] >> 16 < talk_share)):
        post.content = _own_topic(world, account, nature[3])
    elif rules.segment_brand[account.law]:
        post.is_brand, post.stance, post.content = True, 1, _own_topic(world, account, nature[0])
    else:
        _talk_of_brand(world, post, nature)
    if account.law == Segment.spam_bot:
        account.copies_today += 1  # spam is all copies
    list_item(world, post)


def _talk_of_brand(world: NaiveWorld, post: Post, nature: tuple[int, ...]) -> None:
    rules = world.rules
    post.is_brand = True
    post.stance = stance_of(post.author, nature[1])
    contents = rules.aspect_contents[post.stance + 1]
    post.content = contents[scale_draw(nature[0], len(contents))]
    claims = [narrative for narrative, cut in enumerate(rules.narrative_cuts) if nature[2] < cut]
    if post.stance < 0 and claims:
        post.narrative = claims[0]
        post.content = rules.claim_contents[claims[0]]


def write_about_event(world: NaiveWorld, account: Account, event: int, now: int) -> None:
    """Write an original about a brand event."""
    occasion = 0xE0000000 + event
    nature = draw_block(world.rules.seed, Purpose.post_nature, account.key, occasion)
    contents = world.rules.event_contents[event]
    post = write_item(world, account, Kind.post, mix_keys(account.key, occasion), now)
    post.is_brand, post.virality_q8 = True, virality_of(world, nature[1])
    if world.rules.segment_brand[account.law]:
        post.stance, post.content = 1, contents[4]
    elif account.law in _PRESS:
        post.content = contents[3]
    else:
        post.stance = stance_of(account, nature[0], world.rules.event_shift[event])
        post.content = contents[post.stance + 1]
    list_item(world, post)


def carry_out_answer(world: NaiveWorld, answer: Answer, now: int) -> None:
    """Do what an account decided to do some time ago, if there still is anything to do it to."""
    account, post = answer.account, answer.post
    if account.is_removed(now) or (answer.act is Act.delete and post.is_removed):
        return
    if answer.act is Act.delete:
        post.is_removed = True
        world.diary.removals.append((now, post.sequence, account.row))
        return
    if post.origin.is_removed or now >= account.ends_hour * HOUR_MS:
        return
    target = post.origin if post.is_removed else post
    kind = _KIND_OF_ACT[answer.act]
    written = write_item(world, account, kind, answer.key, now, None if answer.act is Act.copy else target)
    if answer.act is Act.copy:
        _paste(world, written, target)
    elif answer.act is not Act.repost:
        _comment(world, written, target)
    list_item(world, written)


def _paste(world: NaiveWorld, copy: Post, manuscript: Post) -> None:
    """Paste a manuscript as it was read; it spreads by its own virality, and copies are not copied on."""
    _take_over_content(copy, manuscript)
    copy.is_manuscript = False
    copy.virality_q8 = virality_of(world, draw_block(world.rules.seed, Purpose.post_nature, copy.key, 1)[1])
    copy.shared_key, copy.own_key, copy.style_row = manuscript.shared_key, manuscript.own_key, manuscript.style_row
    copy.mode, copy.paste, copy.manuscript = manuscript.mode, manuscript.paste, manuscript.manuscript
    copy.forced_tag, copy.forced_url = manuscript.forced_tag, manuscript.forced_url
    copy.author.copies_today += 1


def _comment(world: NaiveWorld, comment: Post, origin: Post) -> None:
    """Fill in the words of a reply or a quote."""
    rules = world.rules
    nature = draw_block(rules.seed, Purpose.post_nature, comment.key, 1)
    comment.virality_q8 = virality_of(world, nature[1])
    contents = rules.reply_contents[4:] if comment.kind is Kind.quote else rules.reply_contents[:4]
    comment.content = contents[3]
    if origin.is_brand:
        comment.is_brand = True
        comment.stance = stance_of(comment.author, nature[0], origin.stance * (_NEUTRAL_BAND // 2))
        comment.content = contents[comment.stance + 1]
        if origin.narrative >= 0 and comment.stance < 0:
            comment.narrative = origin.narrative
            comment.content = rules.comment_contents[origin.narrative]
