"""Bringing one item into the world, its place in threads, topics and trends, and taking it out again."""

import numpy as np
from numba import njit

from simulator.kernels.layout import (
    BRAND,
    BRAND_WINDOW,
    DAY,
    DAY_START,
    LAST_TIME,
    N_BRAND,
    N_OFFICIAL,
    N_REMOVED,
    N_TOUCHED,
    N_TRENDING,
    NEXT_SEQUENCE,
    NONE,
    OLDEST,
    POST,
    PUSH_WINDOW,
    QUOTE,
    REMOVED,
    REPLY,
    REPOST,
    RUN_END,
    TREND_HOUR,
)
from simulator.kernels.views import (
    accounts_of,
    brand_topic_of,
    clock_of,
    cold_of,
    hot_of,
    newest_of,
    official_of,
    push_counts_of,
    push_items_of,
    removed_of,
    segment_brand_of,
    touched_of,
    trending_of,
)

_HOUR_MS = 3_600_000
_HEAT_OF_A_REPOST = 16
_HEAT_TO_TREND = 64


@njit(cache=True, forceinline=True)
def slot_of(state, sequence):
    """Return the ring slot of a sequence number."""
    return np.int64(sequence) & np.int64(hot_of(state).shape[0] - 1)


@njit(cache=True)
def _new_post_id(rules, state, time, key, sequence):
    """Return an id that ascends with time and depends on nothing but time and key (bumped past a tie)."""
    low = np.int64(key & ((np.uint64(1) << np.uint64(rules.low_bits)) - np.uint64(1)))
    post_id = (np.int64(time) << rules.low_bits) | low
    before = sequence - 1
    while before >= 0 and sequence - before < hot_of(state).shape[0]:
        if hot_of(state)[slot_of(state, before)].time != time:
            break
        if cold_of(state)[slot_of(state, before)].post_id == post_id:
            post_id += 1
            before = sequence
        before -= 1
    return post_id


@njit(cache=True, forceinline=True)
def _heat_now(cold, hour):
    """Return an origin's heat, which loses three sixteenths an hour."""
    heat = cold.heat
    for _ in range(hour - cold.heat_hour):
        if heat == 0:
            break
        heat = (heat * 13) >> 4
    return heat


@njit(cache=True)
def refresh_trending(rules, state, time):
    """Once an hour, drop what is cold, removed or too old from the trending list."""
    hour = time // _HOUR_MS
    if clock_of(state)[TREND_HOUR] == hour:
        return
    clock_of(state)[TREND_HOUR] = hour
    kept = 0
    for i in range(clock_of(state)[N_TRENDING]):
        origin = trending_of(state)[i]
        hot = hot_of(state)[slot_of(state, origin)]
        warm = _heat_now(cold_of(state)[slot_of(state, origin)], np.int32(hour)) >= _HEAT_OF_A_REPOST
        if origin >= clock_of(state)[OLDEST] and warm and not hot.flags & REMOVED and time - hot.time < rules.memory_ms:
            trending_of(state)[kept] = origin
            kept += 1
    clock_of(state)[N_TRENDING] = kept


@njit(cache=True)
def warm_origin(rules, state, origin, time):
    """Count a repost or quote of `origin` into what trends."""
    refresh_trending(rules, state, time)
    hour = np.int32(time // _HOUR_MS)
    cold = cold_of(state)[slot_of(state, origin)]
    cold.heat = _heat_now(cold, hour) + _HEAT_OF_A_REPOST
    cold.heat_hour = hour
    count = clock_of(state)[N_TRENDING]
    for i in range(count):
        if trending_of(state)[i] == origin:
            return
    if cold.heat < _HEAT_TO_TREND:
        return
    if count < rules.trending_items:
        trending_of(state)[count] = origin
        clock_of(state)[N_TRENDING] = count + 1
        return
    coolest, least = NONE, cold.heat
    for i in range(count):
        heat = _heat_now(cold_of(state)[slot_of(state, trending_of(state)[i])], hour)
        if heat < least:
            coolest, least = i, heat
    if coolest != NONE:
        trending_of(state)[coolest] = origin


@njit(cache=True, forceinline=True)
def touch(state, sequence):
    """Note that a counter of an item changed on this day."""
    hot = hot_of(state)[slot_of(state, sequence)]
    day = clock_of(state)[DAY]
    if hot.touched_day != day:
        hot.touched_day = day
        touched_of(state)[clock_of(state)[N_TOUCHED]] = sequence
        clock_of(state)[N_TOUCHED] += 1


@njit(cache=True)
def _attach(rules, state, sequence, target, time):
    """Tie a reaction to what it reacts to, and count it there."""
    hot, cold = hot_of(state)[slot_of(state, sequence)], cold_of(state)[slot_of(state, sequence)]
    aim = hot_of(state)[slot_of(state, target)]
    origin = aim.origin
    there_hot, there_cold = hot_of(state)[slot_of(state, origin)], cold_of(state)[slot_of(state, origin)]
    cold.root_id = there_cold.root_id
    hot.root_push = there_hot.root_push
    if hot.kind == REPOST:
        cold.parent = target
        hot.origin = origin
        hot.content, hot.narrative, hot.stance = there_hot.content, there_hot.narrative, there_hot.stance
        hot.language, hot.virality_q8 = there_hot.language, there_hot.virality_q8
        hot.flags = there_hot.flags & ~np.uint8(REMOVED)
        cold.manuscript = there_cold.manuscript
        there_hot.n_reposts += 1
    else:
        cold.parent = origin
        cold.mention_row = there_hot.author
        if hot.kind == REPLY:
            there_cold.n_replies += 1
            hot.next_reply = there_hot.newest_reply
            there_hot.newest_reply = sequence
        else:
            there_cold.n_quotes += 1
    touch(state, origin)
    if hot.kind != REPLY:
        warm_origin(rules, state, origin, time)


@njit(cache=True)
def author_item(rules, state, time, row, kind, key, target):
    """Append one item by account `row` and return its sequence number; content is filled in by the caller.

    `target` is the sequence number reacted to, or NONE for a post. Times must not descend.
    """
    sequence = clock_of(state)[NEXT_SEQUENCE]
    clock_of(state)[NEXT_SEQUENCE] = sequence + 1
    clock_of(state)[LAST_TIME] = time
    slot = slot_of(state, sequence)
    hot, cold, account = hot_of(state)[slot], cold_of(state)[slot], accounts_of(state)[row]
    hot.key, hot.time, hot.author, hot.kind = key, time, row, kind
    hot.origin = sequence
    hot.n_reposts, hot.n_likes, hot.n_impressions = 0, 0, 0
    hot.newest_reply, hot.narrative, hot.root_push = NONE, NONE, NONE
    hot.stance, hot.flags, hot.touched_day = 0, 0, NONE
    hot.language = account.language
    hot.virality_q8, hot.content = 0, 0
    hot.affinity = np.uint16(account.key & np.uint64(0xFFFF))
    cold.shared_key, cold.own_key, cold.style_row = key, key, row
    cold.parent, hot.next_reply = NONE, NONE
    cold.n_replies, cold.n_quotes, cold.mention_row, cold.manuscript = 0, 0, NONE, NONE
    cold.heat, cold.heat_hour, cold.forced_tag, cold.forced_url = 0, 0, NONE, NONE
    cold.push, cold.action, cold.mode, cold.paste, cold.client = NONE, NONE, 3, 0, account.client
    cold.post_id = _new_post_id(rules, state, time, key, sequence)
    cold.root_id = cold.post_id
    account.posts_today = min(account.posts_today + 1, 32_000)
    hot.previous = newest_of(state)[row]
    newest_of(state)[row] = sequence
    if kind != POST:
        _attach(rules, state, sequence, target, time)
    return sequence


@njit(cache=True)
def list_item(rules, state, sequence):
    """Enter a finished post or quote into the brand's topic, the brand's own posts and its push."""
    hot, cold = hot_of(state)[slot_of(state, sequence)], cold_of(state)[slot_of(state, sequence)]
    if hot.flags & BRAND and (hot.kind == POST or hot.kind == QUOTE):
        brand_topic_of(state)[clock_of(state)[N_BRAND] % BRAND_WINDOW] = sequence
        clock_of(state)[N_BRAND] += 1
        if segment_brand_of(rules)[accounts_of(state)[hot.author].law]:
            official_of(state)[clock_of(state)[N_OFFICIAL] % PUSH_WINDOW] = sequence
            clock_of(state)[N_OFFICIAL] += 1
    if cold.push >= 0 and (hot.kind == POST or hot.kind == QUOTE):
        push_items_of(state)[cold.push, push_counts_of(state)[cold.push] % PUSH_WINDOW] = sequence
        push_counts_of(state)[cold.push] += 1


@njit(cache=True)
def remove_item(state, sequence, time, row):
    """Take one item out of sight and log it as removed by its author."""
    hot_of(state)[slot_of(state, sequence)].flags |= np.uint8(REMOVED)
    n = clock_of(state)[N_REMOVED]
    removed_of(state)[n, 0], removed_of(state)[n, 1], removed_of(state)[n, 2] = time, sequence, row
    clock_of(state)[N_REMOVED] = n + 1


@njit(cache=True)
def remove_account(state, row, time, oldest):
    """Take an account and all its items out of sight."""
    accounts_of(state)[row].removed_at = time
    sequence = np.int64(newest_of(state)[row])
    while sequence >= oldest:
        hot = hot_of(state)[slot_of(state, sequence)]
        hot.flags |= np.uint8(REMOVED)
        sequence = np.int64(hot.previous)
    n = clock_of(state)[N_REMOVED]
    removed_of(state)[n, 0], removed_of(state)[n, 1], removed_of(state)[n, 2] = time, NONE, row
    clock_of(state)[N_REMOVED] = n + 1


@njit(cache=True, forceinline=True)
def latest_moment(state, account, now, wish):
    """Return the wished moment, folded back to after `now` where day, run or account end before it."""
    clock = clock_of(state)
    last = min(clock[DAY_START] + 24 * _HOUR_MS, clock[RUN_END], account.removed_at) - 1
    return now + (wish - now) % (last - now + 1)
