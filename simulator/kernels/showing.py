"""Showing one item to one account: the exposure, what it does to the account, and its answer.

Every answer is decided by draws keyed by (account, origin), never by what else was shown, so one more
item in a feed does not reshuffle the rest.
"""

import numpy as np
from numba import njit

from simulator.kernels.authoring import latest_moment, slot_of, touch
from simulator.kernels.layout import (
    BRAND,
    COPY,
    DAY_START,
    LIKE,
    MANUSCRIPT,
    MEMORY_SLOTS,
    N_EXPOSURES,
    N_FOLLOWS,
    N_LIKES,
    N_LOGGED,
    NO_SEGMENT,
    NONE,
    OLDEST,
    QUOTE,
    REMOVED,
    REPLY,
    REPOST,
)
from simulator.kernels.members import add_member, is_member, mix_keys
from simulator.kernels.pending import push_pending
from simulator.kernels.philox import philox_block
from simulator.kernels.views import (
    accounts_of,
    age_q8_of,
    clock_of,
    delay_table_of,
    division_of,
    exposures_of,
    follows_of,
    hot_of,
    like_of,
    likes_of,
    logged_of,
    memory_of,
    push_operator_of,
    push_seen_of,
    quote_of,
    reply_of,
    repost_of,
    satiation_q8_of,
    sharers_q8_of,
)

FEED, TRENDING, BRAND_TOPIC, THREAD = range(4)

_EXPOSURE = np.uint64(21)
_RARE = np.uint64(22)
_DELAY = np.uint64(23)
_TOP = np.int64(1) << 32
_HOUR_MS = 3_600_000
_ONE = 65_536
_FOREIGN_Q8 = 24
_DISLIKED_Q8 = 96
_SHORTEST_LIKE_MS = 1_500
_REPLIES_SHOWN = 3


@njit(cache=True, forceinline=True)
def _times_met(state, row, origin):
    """Return how often the account met this origin before, as far as it remembers, and count this time."""
    place = np.int64(origin.key & np.uint64(MEMORY_SLOTS - 1))
    tag = np.int32(np.int64((origin.key >> np.uint64(8)) & np.uint64(0x7FFFFFFF)))
    if memory_of(state)[row, place, 0] == tag:
        met = memory_of(state)[row, place, 1]
        memory_of(state)[row, place, 1] = min(met + 1, 1_000)
        return np.int64(met)
    memory_of(state)[row, place, 0] = tag
    memory_of(state)[row, place, 1] = 1
    return np.int64(0)


@njit(cache=True, forceinline=True)
def _count_exposure(rules, state, row, segment, item, now):
    """Add one exposure to the day's table, with firsts by push or narrative and by operator."""
    push, narrative = np.int64(item.root_push), np.int64(item.narrative)
    group = push if push >= 0 else rules.n_pushes + narrative + 1
    cell = exposures_of(state)[(now - clock_of(state)[DAY_START]) // _HOUR_MS, group, segment]
    cell[0] += 1
    if push < 0 and narrative < 0:
        return
    line = push if push >= 0 else rules.n_pushes + narrative
    if not push_seen_of(state)[line, row]:
        push_seen_of(state)[line, row] = 1
        cell[1] += 1
    if push >= 0:
        accounts_of(state)[row].campaign_exposures += 1
        line = rules.n_pushes + rules.n_narratives + push_operator_of(rules)[push]
        if not push_seen_of(state)[line, row]:
            push_seen_of(state)[line, row] = 1
            cell[2] += 1


@njit(cache=True, forceinline=True)
def _move_attitude(rules, account, item, met, known):
    """Move the attitude towards the item's stance (Friedkin-Johnsen step, halved by each repetition)."""
    trust = rules.known_trust_q8 if known else rules.unknown_trust_q8
    pull = (np.int64(account.susceptibility_q16) * trust) >> (8 + min(met, 8))
    goal = np.int64(item.stance) * _ONE
    gap = goal - np.int64(account.attitude)
    step = (abs(gap) * pull) >> 16  # towards zero, whatever the sign
    account.attitude += np.int32(step if gap > 0 else -step)
    if item.narrative >= 0 and division_of(rules)[item.narrative]:
        account.hostility += np.int32(((_ONE - np.int64(account.hostility)) * pull) >> 16)


@njit(cache=True, forceinline=True)
def _match_q8(account, item):
    """Return how well the item's stance suits the account, 16 (not at all) to 512."""
    agreement = (np.int64(item.stance) * np.int64(account.attitude)) >> 8
    return min(max(256 + agreement, 16), 512)


@njit(cache=True, forceinline=True)
def _keenness_q8(rules, account, item, origin_time, met, now):
    """Return the factor that all reactions share: virality, age, repetition, satiation, language."""
    age = min((now - origin_time) // _HOUR_MS, age_q8_of(rules).shape[0] - 1)
    factor = (np.int64(item.virality_q8) * age_q8_of(rules)[age]) >> 8
    factor = (factor * sharers_q8_of(rules)[min(met, sharers_q8_of(rules).shape[0] - 1)]) >> 8
    factor = (factor * satiation_q8_of(rules)[min(account.posts_today, satiation_q8_of(rules).shape[0] - 1)]) >> 8
    if item.language != account.language:
        factor = (factor * _FOREIGN_Q8) >> 8
    return factor


@njit(cache=True)
def _like(rules, state, row, item, now, delay_draw, push):
    """Like an origin, unless that was done before; returns whether it was new."""
    account = accounts_of(state)[row]
    key = mix_keys(mix_keys(account.key, item.key), np.uint64(LIKE))
    if is_member(state, key):
        return False
    add_member(state, key)
    origin = item.origin
    time = latest_moment(state, account, now, now + _SHORTEST_LIKE_MS + np.int64(delay_draw >> np.uint64(16)))
    hot_of(state)[slot_of(state, origin)].n_likes += 1
    touch(state, origin)
    if item.flags & BRAND:
        n = clock_of(state)[N_LIKES]
        likes_of(state)[n, 0], likes_of(state)[n, 1], likes_of(state)[n, 2], likes_of(state)[n, 3] = (
            time,
            row,
            origin,
            push,
        )
        clock_of(state)[N_LIKES] = n + 1
    return True


@njit(cache=True)
def like_on_command(rules, state, row, origin, now, push):
    """Like `origin` because a command says so; returns whether it was new."""
    hot = hot_of(state)[slot_of(state, origin)]
    return _like(rules, state, row, hot, now, np.uint64(0), push)


@njit(cache=True)
def _answer_later(rules, state, row, origin, target, what, now, delay_draw):
    """Put one reaction of (account, origin, what) to the item `target` on the pending heap, once."""
    account = accounts_of(state)[row]
    key = mix_keys(mix_keys(account.key, origin.key), np.uint64(what))
    if is_member(state, key):
        return
    add_member(state, key)
    delay = delay_table_of(rules)[np.int64(delay_draw >> np.uint64(24))]
    delay += ((delay >> 3) * np.int64(delay_draw & np.uint64(0xFFFF))) >> 16  # between quantiles: no grid to be seen
    push_pending(state, now + delay, key, row, target, what)


@njit(cache=True)
def _maybe_change_follow(rules, state, row, item, origin, now, liked, match):
    """Follow the unknown author of a liked repost, or leave the author of what is disliked."""
    account = accounts_of(state)[row]
    if not (liked and item.kind == REPOST) and match > _DISLIKED_Q8:
        return
    draws = philox_block(rules.seed, _RARE, account.key, origin.key)
    n = clock_of(state)[N_FOLLOWS]
    time = latest_moment(state, account, now, now + 2_000 + np.int64(draws[3] >> np.uint64(14)))
    if liked and item.kind == REPOST:
        author = accounts_of(state)[origin.author]
        if np.int64(draws[0]) < rules.follow_share and time < author.removed_at:
            follows_of(state)[n, 0], follows_of(state)[n, 1] = time, row
            follows_of(state)[n, 2], follows_of(state)[n, 3] = origin.author, 1
            n += 1
            if np.int64(draws[1]) < rules.follow_back_share:
                follows_of(state)[n, 0] = latest_moment(state, author, time, time + 60_000)
                follows_of(state)[n, 1] = origin.author
                follows_of(state)[n, 2], follows_of(state)[n, 3] = row, 1
                n += 1
    elif np.int64(draws[2]) < rules.unfollow_share:
        follows_of(state)[n, 0], follows_of(state)[n, 1] = time, row
        follows_of(state)[n, 2], follows_of(state)[n, 3] = item.author, 0
        n += 1
    clock_of(state)[N_FOLLOWS] = n


@njit(cache=True)
def show_item(rules, state, row, sequence, source, now):
    """Show one item to an account: count it, let it work, and decide every reaction to it."""
    item = hot_of(state)[slot_of(state, sequence)]
    if item.flags & REMOVED or item.author == row:
        return
    origin = item
    if item.kind == REPOST:
        if item.origin < clock_of(state)[OLDEST]:
            return
        origin = hot_of(state)[slot_of(state, item.origin)]
        if origin.flags & REMOVED or origin.author == row:
            return
    if now - origin.time >= rules.memory_ms:
        return
    met, match = _expose(rules, state, row, sequence, item, origin, source, now)
    _react(rules, state, row, sequence, item, origin, source, now, met, match)


@njit(cache=True)
def _expose(rules, state, row, sequence, item, origin, source, now):
    """Count one exposure and let it move the account; returns times met before and the match, Q8."""
    account = accounts_of(state)[row]
    clock_of(state)[N_EXPOSURES] += 1
    origin.n_impressions += 1
    touch(state, item.origin)
    if account.segment != NO_SEGMENT:
        _count_exposure(rules, state, row, account.segment, item, now)
    if rules.log_exposures:
        n = clock_of(state)[N_LOGGED]
        logged_of(state)[n, 0], logged_of(state)[n, 1] = now, row
        logged_of(state)[n, 2], logged_of(state)[n, 3] = sequence, source
        clock_of(state)[N_LOGGED] = n + 1
    met = _times_met(state, row, origin)
    match = np.int64(256)
    if item.stance != 0:
        match = _match_q8(account, item)
        if rules.attitudes_move:
            _move_attitude(rules, account, item, met, source == FEED)
    return met, match


@njit(cache=True)
def _react(rules, state, row, sequence, item, origin, source, now, met, match):
    account = accounts_of(state)[row]
    keenness = _keenness_q8(rules, account, item, origin.time, met, now)
    suited = (keenness * match) >> 8
    draws = philox_block(rules.seed, _EXPOSURE, account.key, origin.key)
    law = account.law
    if item.stance != 0:
        stirred = (keenness * max(match, 512 - match)) >> 8
    else:
        stirred = suited
    willing = (suited * (256 - np.int64(account.restraint_q8))) >> 8
    reposts = np.int64(draws[0]) < (repost_of(rules)[law] * willing) >> 8
    likes = np.int64(draws[1]) < (like_of(rules)[law] * suited) >> 8
    replies = np.int64(draws[2]) < (reply_of(rules)[law] * stirred) >> 8
    quotes = _TOP - np.int64(draws[2]) < (quote_of(rules)[law] * stirred) >> 8
    copies = item.flags & MANUSCRIPT and match > 256 and _TOP - np.int64(draws[3]) < (rules.copy_share * suited) >> 8
    if reposts or replies or quotes or copies:
        delays = philox_block(rules.seed, _DELAY, account.key, origin.key)
        if reposts:
            _answer_later(rules, state, row, origin, sequence, REPOST, now, delays[0])
        if replies:
            _answer_later(rules, state, row, origin, origin.origin, REPLY, now, delays[1])
        if quotes:
            _answer_later(rules, state, row, origin, origin.origin, QUOTE, now, delays[2])
        if copies:
            _answer_later(rules, state, row, origin, origin.origin, COPY, now, delays[3])
    liked = likes and _like(rules, state, row, origin, now, draws[3], NONE)
    _maybe_change_follow(rules, state, row, item, origin, now, liked, match)
    if source != THREAD and np.int64(draws[3]) < rules.open_thread_share:
        _show_thread(rules, state, row, origin, now)


@njit(cache=True)
def _show_thread(rules, state, row, origin, now):
    """Show the newest replies under an opened item; they can be liked, and they work on attitudes."""
    account = accounts_of(state)[row]
    sequence = origin.newest_reply
    for _ in range(_REPLIES_SHOWN):
        if sequence == NONE:
            return
        reply = hot_of(state)[slot_of(state, sequence)]
        following = reply.next_reply
        if not reply.flags & REMOVED and reply.author != row:
            _, match = _expose(rules, state, row, sequence, reply, reply, THREAD, now)
            draws = philox_block(rules.seed, _EXPOSURE, account.key, reply.key)
            if np.int64(draws[1]) < (like_of(rules)[account.law] * match) >> 8:
                _like(rules, state, row, reply, now, draws[3], NONE)
        sequence = following
