"""One session: an account opens its feed and is shown what is new, what trends and what is said of the brand."""

import numpy as np
from numba import njit

from simulator.kernels.authoring import refresh_trending, slot_of
from simulator.kernels.layout import (
    BRAND_WINDOW,
    N_BRAND,
    N_SESSIONS,
    N_TRENDING,
    NEXT_SEQUENCE,
    OLDEST,
    REMOVED,
    REPLY,
)
from simulator.kernels.members import mix_keys
from simulator.kernels.philox import philox_block
from simulator.kernels.plan import count_from, occasion_of
from simulator.kernels.showing import BRAND_TOPIC, FEED, TRENDING, show_item
from simulator.kernels.views import (
    accounts_of,
    brand_topic_of,
    clock_of,
    followees_of,
    hot_of,
    items_table_of,
    newest_of,
    prefetch_hot,
    row_length_of,
    row_start_of,
    shelf_of,
    trending_of,
)

_SESSION_SHAPE = np.uint64(18)
_SHOW_TRENDING = np.uint64(24)
_SHOW_BRAND = np.uint64(25)
_MOST_ITEMS = 48
_NEWEST_OF_ONE_AUTHOR = 6
_QUEUE_START = 512  # with _NEWEST_OF_ONE_AUTHOR items each, the queue holds them all


@njit(cache=True, forceinline=True)
def _log2(value):
    steps = 0
    while value > 1:
        value >>= 1
        steps += 1
    return steps


@njit(cache=True, forceinline=True)
def _rank(reader_affinity, item, now):
    """Return the feed rank of an item: newer, more popular and closer authors first.

    One unit is 16 s of age; a doubling of popularity is worth 26 minutes, full affinity 68 minutes.
    """
    popularity = np.int64(1) + 4 * np.int64(item.n_reposts) + np.int64(item.n_likes)
    affinity = ((np.int64(item.affinity) ^ reader_affinity) * np.int64(40_503) >> 8) & 255
    return 96 * _log2(popularity) + affinity - ((now - np.int64(item.time)) >> 14)


@njit(cache=True, forceinline=True)
def _keep_best(best, count, limit, value):
    """Insert a ranked value into the falling list `best` of at most `limit`; returns the new count."""
    if count == limit:
        if value <= best[count - 1]:
            return count
        count -= 1
    place = count
    while place > 0 and best[place - 1] < value:
        best[place] = best[place - 1]
        place -= 1
    best[place] = value
    return count + 1


@njit(cache=True)
def _gather_feed(state, row, now, limit):
    """Put the best new items of the account's followees on the shelf; returns how many.

    The shelf's first line receives ``rank << 32 | sequence``, so that equal ranks go to the newer item. Its
    second line is a queue of items to look at, fetched ahead: reading items is waiting for memory.
    """
    account = accounts_of(state)[row]
    newest, followees = newest_of(state), followees_of(state)
    best, queue = shelf_of(state)[0], shelf_of(state)[1]
    reader_affinity = np.int64(account.key & np.uint64(0xFFFF))
    cutoff = max(np.int64(account.seen_up_to), clock_of(state)[OLDEST] - 1)
    edge = row_start_of(state)[row]
    end = edge + row_length_of(state)[row]
    count = np.int64(0)
    while edge < end:
        waiting = np.int64(0)
        while edge < end and waiting < _QUEUE_START:
            sequence = np.int64(newest[followees[edge]])
            edge += 1
            if sequence > cutoff:
                prefetch_hot(state, sequence)
                queue[waiting] = sequence << 3
                waiting += 1
        place = np.int64(0)
        while place < waiting:
            sequence, depth = queue[place] >> 3, queue[place] & 7
            place += 1
            item = hot_of(state)[slot_of(state, sequence)]
            if not item.flags & REMOVED and item.kind != REPLY:
                count = _keep_best(best, count, limit, (_rank(reader_affinity, item, now) << 32) | sequence)
            before = np.int64(item.previous)
            if before > cutoff and depth < _NEWEST_OF_ONE_AUTHOR - 1:
                prefetch_hot(state, before)
                queue[waiting] = (before << 3) | (depth + 1)
                waiting += 1
    return count


@njit(cache=True, forceinline=True)
def _visit_draw(visit, key):
    """Return a 32-bit draw for one item in one visit: the visit's Philox block mixed with the item's key."""
    return np.int64(mix_keys(visit, key) >> np.uint64(32))


@njit(cache=True)
def _show_trends(rules, state, row, now, visit):
    """Show trending items in the account's language, each by its own draw of this visit."""
    account = accounts_of(state)[row]
    for i in range(clock_of(state)[N_TRENDING]):
        sequence = trending_of(state)[i]
        item = hot_of(state)[slot_of(state, sequence)]
        if item.language != account.language:
            continue
        if _visit_draw(visit, item.key) < rules.trending_share:
            show_item(rules, state, row, sequence, TRENDING, now)


@njit(cache=True)
def _show_brand_topic(rules, state, row, now, seen_up_to, visit):
    """Show the brand's topic: each new item by its own draw, popular ones more often."""
    account = accounts_of(state)[row]
    total = clock_of(state)[N_BRAND]
    for i in range(max(0, total - BRAND_WINDOW), total):
        sequence = brand_topic_of(state)[i % BRAND_WINDOW]
        if sequence <= seen_up_to:
            continue
        item = hot_of(state)[slot_of(state, sequence)]
        if item.flags & REMOVED or item.language != account.language or now - item.time >= rules.memory_ms:
            continue
        share = rules.brand_share * (1 + _log2(np.int64(1) + item.n_reposts + item.n_likes))
        if _visit_draw(visit, item.key) < share:
            show_item(rules, state, row, sequence, BRAND_TOPIC, now)


@njit(cache=True)
def open_session(rules, state, row, day, session, now):
    """Let account `row` read: the feed, then trends, then the brand's topic where it is interested."""
    clock_of(state)[N_SESSIONS] += 1
    refresh_trending(rules, state, now)
    account = accounts_of(state)[row]
    occasion = occasion_of(day, session, 0)
    shape = philox_block(rules.seed, _SESSION_SHAPE, account.key, occasion)
    visit = shape[0] | (shape[1] << np.uint64(32))
    limit = min(1 + count_from(items_table_of(rules), shape[2]), _MOST_ITEMS)
    seen_up_to = max(np.int64(account.seen_up_to), clock_of(state)[OLDEST] - 1)
    newest = clock_of(state)[NEXT_SEQUENCE] - 1
    count = _gather_feed(state, row, now, limit)
    for i in range(count):
        show_item(rules, state, row, shelf_of(state)[0, i] & 0xFFFFFFFF, FEED, now)
    if rules.trending_items > 0:
        _show_trends(rules, state, row, now, mix_keys(visit, _SHOW_TRENDING))
    if account.interested:
        _show_brand_topic(rules, state, row, now, seen_up_to, mix_keys(visit, _SHOW_BRAND))
    account.seen_up_to = newest
