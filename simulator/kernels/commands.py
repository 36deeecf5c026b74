"""What operators and rallies have accounts do: posts, reactions, likes, follows; and removals by the platform."""

import numpy as np
from numba import njit

from simulator.kernels.authoring import author_item, latest_moment, list_item, remove_account, slot_of
from simulator.kernels.layout import (
    AT_BRAND,
    AT_CRITICS,
    BRAND_WINDOW,
    DELETE,
    FOLLOW,
    LIKE,
    MANUSCRIPT,
    N_BRAND,
    N_FOLLOWS,
    N_OFFICIAL,
    NAMING,
    NONE,
    OLDEST,
    POST,
    PUSH_WINDOW,
    REMOVE,
    REMOVED,
    REPLY,
    REPOST,
)
from simulator.kernels.members import add_member, is_member, mix_keys
from simulator.kernels.pending import push_pending
from simulator.kernels.philox import philox_block
from simulator.kernels.plan import scale_draw
from simulator.kernels.showing import like_on_command
from simulator.kernels.views import (
    accounts_of,
    brand_topic_of,
    clock_of,
    cold_of,
    follows_of,
    hot_of,
    official_of,
    push_counts_of,
    push_items_of,
    virality_table_of,
)

_TARGET = np.uint64(35)
_NATURE = np.uint64(26)
_ATTEMPTS = 12
_ATTEMPTS_AT_CRITICS = 48  # posts against the target are the smaller part of its topic
_FOLLOW_AFTER_MS = 2_000
_QUICKEST_ANSWER_MS = 3_000  # as the quickest of people's delays, so that haste alone gives nobody away
_PASTED_UP_TO = 1  # TextMode.slots: from synonyms on, the account's own style is put on


@njit(cache=True)
def _usable(rules, state, command, sequence, now):
    """Tell whether a command may react to an item: another's, there, in its language, neither too new nor too old."""
    if sequence < clock_of(state)[OLDEST]:
        return False
    item = hot_of(state)[slot_of(state, sequence)]
    if item.author == command.account or item.flags & REMOVED or item.language != command.language:
        return False
    if command.aim == AT_CRITICS and item.stance >= 0:
        return False
    return _QUICKEST_ANSWER_MS <= now - item.time < rules.memory_ms


@njit(cache=True)
def _pick_target(rules, state, command, now, ring, total, window, earliest=False):
    """Return the sequence number of one of the newest items of a ring, or NONE.

    With `earliest`, the earlier the likelier, by the least of three draws, and the same for a whole burst: the
    amplifiers of a push repost the same few items.
    """
    count = min(total, window)
    if count == 0:
        return np.int64(NONE)
    for attempt in range(_ATTEMPTS_AT_CRITICS if command.aim == AT_CRITICS else _ATTEMPTS):
        draws = philox_block(rules.seed, _TARGET, command.shared_key if earliest else command.key, np.uint64(attempt))
        if earliest:
            place = total - count + scale_draw(min(draws[0], min(draws[1], draws[2])), count)
        else:
            place = total - 1 - scale_draw(draws[0], count)
        sequence = np.int64(ring[place % window])
        if _usable(rules, state, command, sequence, now):
            return sequence
    return np.int64(NONE)


@njit(cache=True)
def _find_target(rules, state, command, now):
    """Return what a command reacts to: its push's own items, or the brand's posts and topic for replies."""
    if command.aim == AT_BRAND:
        return _pick_target(rules, state, command, now, official_of(state), clock_of(state)[N_OFFICIAL], PUSH_WINDOW)
    if command.aim == AT_CRITICS or command.push < 0:
        return _pick_target(rules, state, command, now, brand_topic_of(state), clock_of(state)[N_BRAND], BRAND_WINDOW)
    if command.action == REPLY:
        draws = philox_block(rules.seed, _TARGET, command.key, np.uint64(99))
        if draws[0] & np.uint64(1):
            found = _pick_target(
                rules, state, command, now, official_of(state), clock_of(state)[N_OFFICIAL], PUSH_WINDOW
            )
            if found != NONE:
                return found
        return _pick_target(rules, state, command, now, brand_topic_of(state), clock_of(state)[N_BRAND], BRAND_WINDOW)
    ring, total = push_items_of(state)[command.push], np.int64(push_counts_of(state)[command.push])
    return _pick_target(rules, state, command, now, ring, total, PUSH_WINDOW, True)


@njit(cache=True)
def _reserve(state, row, origin_key, what):
    """Return the key of a commanded reaction, or 0 when the account has made it before."""
    key = mix_keys(mix_keys(accounts_of(state)[row].key, origin_key), np.uint64(what))
    if is_member(state, key):
        return np.uint64(0)
    add_member(state, key)
    return key


@njit(cache=True)
def _fill_manuscript(rules, state, hot, cold, command, action):
    """Fill in commanded words: the manuscript or call for posts, its comment form for replies and quotes."""
    hot.flags |= command.flags
    hot.stance, hot.narrative, hot.language = command.stance, command.narrative, command.language
    hot.content = command.content if action == POST else command.comment
    draws = philox_block(rules.seed, _NATURE, hot.key, np.uint64(2))
    hot.virality_q8 = min(virality_table_of(rules)[np.int64(draws[1] >> np.uint64(22))], 65_535)
    cold.shared_key, cold.mode = command.shared_key, command.mode
    cold.paste = 1 if command.mode <= _PASTED_UP_TO else 0
    if command.flags & MANUSCRIPT:
        cold.manuscript = hot.content
    if action == POST:  # people put few tags and hardly a link into comments
        cold.forced_tag, cold.forced_url = command.forced_tag, command.forced_url
    if cold.paste:
        accounts_of(state)[command.account].copies_today += 1


@njit(cache=True)
def _author_on_command(rules, state, command, now, action, target, key):
    sequence = author_item(rules, state, now, command.account, action, key, target)
    hot, cold = hot_of(state)[slot_of(state, sequence)], cold_of(state)[slot_of(state, sequence)]
    cold.push, cold.action = command.push, command.role
    if command.push >= 0 and hot.root_push == NONE and action == POST:
        hot.root_push = command.push
    if action != REPOST:
        _fill_manuscript(rules, state, hot, cold, command, action)
    list_item(rules, state, sequence)
    if command.delete_after_s > 0:
        due = now + np.int64(command.delete_after_s) * 1_000
        push_pending(state, due, hot.key, command.account, sequence, DELETE)


@njit(cache=True)
def _post_filler(rules, state, command, now):
    """Post the neutral item of a placebo twin, or anything else that is no part of a push."""
    sequence = author_item(rules, state, now, command.account, POST, command.key, NONE)
    hot, cold = hot_of(state)[slot_of(state, sequence)], cold_of(state)[slot_of(state, sequence)]
    hot.content = command.content
    hot.virality_q8 = 256
    cold.shared_key, cold.mode = command.shared_key, command.mode
    cold.paste = 1 if command.mode <= _PASTED_UP_TO else 0
    cold.forced_tag, cold.forced_url = command.forced_tag, command.forced_url
    if command.aim == NAMING:
        named = _pick_target(rules, state, command, now, brand_topic_of(state), clock_of(state)[N_BRAND], BRAND_WINDOW)
        if named != NONE:
            cold.mention_row = hot_of(state)[slot_of(state, named)].author


@njit(cache=True)
def _touch_on_command(rules, state, command, target, now):
    """Like an item, or follow its author."""
    row = np.int64(command.account)
    if command.action == LIKE:
        like_on_command(rules, state, row, target, now, command.push)
        return
    n = clock_of(state)[N_FOLLOWS]
    time = latest_moment(state, accounts_of(state)[row], now, now + _FOLLOW_AFTER_MS)
    author = hot_of(state)[slot_of(state, target)].author
    if time >= accounts_of(state)[author].removed_at:
        return
    follows_of(state)[n, 0], follows_of(state)[n, 1] = time, row
    follows_of(state)[n, 2], follows_of(state)[n, 3] = author, 1
    clock_of(state)[N_FOLLOWS] = n + 1


@njit(cache=True)
def carry_out_command(rules, state, command, now):
    """Carry out one command; a reaction in words that finds nothing to react to becomes a post."""
    row = np.int64(command.account)
    action = np.int64(command.action)
    if action == REMOVE:
        if accounts_of(state)[row].removed_at >= now:
            remove_account(state, row, now, clock_of(state)[OLDEST])
        return
    if accounts_of(state)[row].removed_at <= now:
        return
    if command.push == NONE:
        _post_filler(rules, state, command, now)
        return
    if action == POST:
        _author_on_command(rules, state, command, now, POST, np.int64(NONE), command.key)
        return
    target = _find_target(rules, state, command, now)
    if action == LIKE or action == FOLLOW:
        if target != NONE:
            _touch_on_command(rules, state, command, target, now)
        return
    key = np.uint64(0)
    if target != NONE:
        origin = hot_of(state)[slot_of(state, target)].origin
        target = origin if action != REPOST else target
        key = _reserve(state, row, hot_of(state)[slot_of(state, origin)].key, action)
    if key == np.uint64(0):
        _author_on_command(rules, state, command, now, POST, np.int64(NONE), command.key)
    else:
        _author_on_command(rules, state, command, now, action, target, key)
