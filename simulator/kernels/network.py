"""Kernels of the follow graph: alias tables, picks, transposition, returned follows, dates.

Rows of a graph under construction are slots: account i has ``counts[i]`` entries from ``offsets[i]`` on. An
entry is ``followee * 2 + commanded``. A set of bits remembers whom the current account follows already: it
fits a cache where an array of row numbers would not.
"""

import numpy as np
from numba import njit

from simulator.kernels.philox import philox_block

_U32 = np.uint64(32)
_ONE = np.uint64(1)
_WORD = np.uint64(6)  # 64 bits a word
_BIT = np.uint64(63)
_TRIES_PER_PICK = 3
_MORE_TRIES = 16
_RUN = 256  # draws made at once
_END = np.uint64(1) << np.uint64(32)
_FASTEST_OCTAVE = 17  # 2^17 ms: about two minutes
_EARLY_SHARE = np.uint64(0x60000000)  # follows of an old pair that date from its early time, assumed 3/8


@njit(cache=True)
def build_alias(pool_starts, members, weights):
    """Build one alias table for each pool of weighted members (Vose 1991, in whole numbers).

    Parameters
    ----------
    pool_starts : int64 array, shape (p + 1,)
    members : int32 array, shape (m,)
    weights : int64 array, shape (m,)
        Positive; their sum times the size of a pool is below 2^62, their sum below 2^47.

    Returns
    -------
    uint32 array, shape (m, 3)
        Threshold, member below it, member from it on.
    """
    table = np.empty((members.shape[0], 3), np.uint32)
    small = np.empty(members.shape[0], np.int64)
    large = np.empty(members.shape[0], np.int64)
    rest = np.empty(members.shape[0], np.int64)
    for pool in range(pool_starts.shape[0] - 1):
        start = pool_starts[pool]
        end = pool_starts[pool + 1]
        total = np.int64(0)
        for k in range(start, end):
            total += weights[k]
        n_small = np.int64(0)
        n_large = np.int64(0)
        for k in range(start, end):
            rest[k] = weights[k] * (end - start)
            if rest[k] < total:
                small[n_small] = k
                n_small += 1
            else:
                large[n_large] = k
                n_large += 1
        while n_small > 0 and n_large > 0:
            n_small -= 1
            low = small[n_small]
            high = large[n_large - 1]
            first = (rest[low] << np.int64(16)) // total
            second = (((rest[low] << np.int64(16)) % total) << np.int64(16)) // total
            table[low, 0] = np.uint32((first << np.int64(16)) | second)
            table[low, 1] = np.uint32(members[low])
            table[low, 2] = np.uint32(members[high])
            rest[high] -= total - rest[low]
            if rest[high] < total:
                n_large -= 1
                small[n_small] = high
                n_small += 1
        for k in range(n_large):
            table[large[k], 0] = np.uint32(0xFFFFFFFF)
            table[large[k], 1] = np.uint32(members[large[k]])
            table[large[k], 2] = np.uint32(members[large[k]])
        for k in range(n_small):
            table[small[k], 0] = np.uint32(0xFFFFFFFF)
            table[small[k], 1] = np.uint32(members[small[k]])
            table[small[k], 2] = np.uint32(members[small[k]])
    return table


@njit(cache=True)
def _pick_member(pool_starts, table, pool, place, side):
    size = np.uint64(pool_starts[pool + 1] - pool_starts[pool])
    index = pool_starts[pool] + np.int64((place * size) >> _U32)
    return np.int64(table[index, 1 + np.int64(side >= np.uint64(table[index, 0]))])


@njit(cache=True)
def _draw_run(seed, purpose, key, first_slot, n_slots, words):
    """Fill words[:3, :n_slots] with the draws of consecutive slots; a plain loop, which the compiler vectorises."""
    for s in range(n_slots):
        w0, w1, w2, _ = philox_block(seed, purpose, key, first_slot + np.uint64(s))
        words[0, s] = np.uint32(w0)
        words[1, s] = np.uint32(w1)
        words[2, s] = np.uint32(w2)


@njit(cache=True, inline="always")
def _is_known(known, row):
    return (known[np.uint64(row) >> _WORD] >> (np.uint64(row) & _BIT)) & _ONE == _ONE


@njit(cache=True, inline="always")
def _flip(known, row):
    known[np.uint64(row) >> _WORD] ^= _ONE << (np.uint64(row) & _BIT)


@njit(cache=True)
def _flip_all(known, entries, start, end):
    for e in range(start, end):
        _flip(known, entries[e] >> 1)


@njit(cache=True)
def _make_bits(n):
    return np.zeros((n >> 6) + 1, np.uint64)


@njit(cache=True)
def _look_up_run(limits, pools, pool_starts, table, n_slots, words):
    """Turn the draws of a run into candidates, words[0, :n_slots]; no branch, so that the memory reads overlap."""
    for s in range(n_slots):
        choice = np.uint64(words[0, s])
        kind = 0
        for k in range(limits.shape[0] - 1):
            kind += np.int64(choice >= limits[k])
        words[0, s] = _pick_member(pool_starts, table, pools[kind], np.uint64(words[1, s]), np.uint64(words[2, s]))


@njit(cache=True)
def _pick_run(seed, purpose, key, wanted, flag, limits, pools, pool_starts, table, known, words, entries, position):
    """Pick `wanted` unknown accounts from an account's pools; return the position after the last entry."""
    slot = np.int64(0)
    last = wanted * _TRIES_PER_PICK + _MORE_TRIES
    while wanted > 0 and slot < last:
        n_slots = min(min(wanted + wanted // 8 + 2, last - slot), _RUN)
        _draw_run(seed, purpose, key, np.uint64(slot), n_slots, words)
        _look_up_run(limits, pools, pool_starts, table, n_slots, words)
        slot += n_slots
        for s in range(n_slots):
            followee = np.int64(words[0, s])
            if not _is_known(known, followee):
                _flip(known, followee)
                entries[position] = np.int32(followee * 2 + flag)
                position += 1
                wanted -= 1
                if wanted == 0:
                    break
    return position


@njit(cache=True)
def pick_follows(
    seed, purpose, keys, quotas, is_commanded, classes, class_limits, pools, pool_starts, table,
    squad_purpose, squad_quotas, squad_pools, bought_starts, bought, offsets, entries, counts,
):  # fmt: skip
    """Fill every account's slots: followers that it was paid for, its squad, then its own picks.

    Parameters
    ----------
    seed, purpose, squad_purpose : uint64
    keys : uint64 array, shape (n,)
    quotas, squad_quotas : int32 array, shape (n,)
        Picks wanted; duplicates are drawn again, three times as often at most.
    is_commanded : uint8 array, shape (n,)
        Whether the account's own picks are commands.
    classes : uint8 array, shape (n,)
    class_limits : uint64 array, shape (c, k)
        Cumulative 32-bit thresholds of the k kinds of pool.
    pools : int32 array, shape (n, k)
        The account's pool of each kind.
    pool_starts, table
        As for and from :func:`build_alias`.
    squad_pools : int32 array, shape (n,)
    bought_starts : int64 array, shape (n + 1,), bought : int32 array
        Accounts that each account is paid to follow.
    offsets : int64 array, shape (n + 1,)
    entries : int32 array, counts : int32 array, shape (n,)
        Written here.
    """
    n = keys.shape[0]
    known = _make_bits(n)
    words = np.empty((3, _RUN), np.uint32)
    squad_limits = np.full(1, _END, np.uint64)
    for i in range(n):
        _flip(known, i)
        position = offsets[i]
        for b in range(bought_starts[i], bought_starts[i + 1]):
            followee = np.int64(bought[b])
            if not _is_known(known, followee):
                _flip(known, followee)
                entries[position] = np.int32(followee * 2 + 1)
                position += 1
        position = _pick_run(
            seed, squad_purpose, keys[i], np.int64(squad_quotas[i]), np.int64(1), squad_limits,
            squad_pools[i : i + 1], pool_starts, table, known, words, entries, position,
        )  # fmt: skip
        position = _pick_run(
            seed, purpose, keys[i], np.int64(quotas[i]), np.int64(is_commanded[i]), class_limits[classes[i]],
            pools[i], pool_starts, table, known, words, entries, position,
        )  # fmt: skip
        counts[i] = np.int32(position - offsets[i])
        _flip(known, i)
        _flip_all(known, entries, offsets[i], position)


@njit(cache=True)
def transpose(offsets, counts, entries):
    """Return who follows each account, ascending: int64 starts (n + 1,), int32 ``follower * 2 + commanded``."""
    n = counts.shape[0]
    starts = np.zeros(n + 1, np.int64)
    for i in range(n):
        for e in range(offsets[i], offsets[i] + counts[i]):
            starts[(entries[e] >> 1) + 1] += 1
    for i in range(n):
        starts[i + 1] += starts[i]
    followers = np.empty(starts[n], np.int32)
    place = starts[:-1].copy()
    for i in range(n):
        for e in range(offsets[i], offsets[i] + counts[i]):
            followee = entries[e] >> 1
            followers[place[followee]] = np.int32(i * 2 + (entries[e] & 1))
            place[followee] += 1
    return starts, followers


@njit(cache=True)
def sort_rows(starts, followers, offsets, entries):
    """Write the transpose of a transpose: each account's entries at ``offsets``, ascending."""
    n = starts.shape[0] - 1
    place = offsets[:-1].copy()
    for j in range(n):
        for f in range(starts[j], starts[j + 1]):
            follower = followers[f] >> 1
            entries[place[follower]] = np.int32(j * 2 + (followers[f] & 1))
            place[follower] += 1


@njit(cache=True)
def count_returnable(offsets, counts, entries, starts, followers):
    """Return, for each account, its followers whom it does not follow: int32 array, shape (n,)."""
    n = counts.shape[0]
    known = _make_bits(n)
    returnable = np.zeros(n, np.int32)
    for j in range(n):
        _flip_all(known, entries, offsets[j], offsets[j] + counts[j])
        for f in range(starts[j], starts[j + 1]):
            returnable[j] += np.int32(not _is_known(known, followers[f] >> 1))
        _flip_all(known, entries, offsets[j], offsets[j] + counts[j])
    return returnable


@njit(cache=True)
def pick_returns(seed, purpose, keys, offsets, counts, entries, starts, followers, returnable, budgets, ends):
    """Pick, for each account j, ``budgets[j]`` of the followers that it does not follow yet (selection sampling).

    Parameters
    ----------
    returnable, budgets : int32 array, shape (n,)
        From :func:`count_returnable`; no budget is above it.
    ends : int64 array, shape (n + 1,)
        Running sum of the budgets.

    Returns
    -------
    int32 array, shape (ends[n],)
        Rows of the accounts followed back.
    """
    n = counts.shape[0]
    known = _make_bits(n)
    returned = np.empty(ends[n], np.int32)
    candidates = np.empty(max(np.int64(1), np.int64(returnable.max())), np.int32)
    words = np.empty(candidates.shape[0], np.uint32)
    for j in range(n):
        if budgets[j] == 0:
            continue
        _flip_all(known, entries, offsets[j], offsets[j] + counts[j])
        n_candidates = np.int64(0)
        for f in range(starts[j], starts[j + 1]):
            if not _is_known(known, followers[f] >> 1):
                candidates[n_candidates] = followers[f] >> 1
                n_candidates += 1
        _flip_all(known, entries, offsets[j], offsets[j] + counts[j])
        for c in range(n_candidates):
            words[c] = np.uint32(philox_block(seed, purpose, keys[j], keys[candidates[c]])[0])
        wanted = np.int64(budgets[j])
        position = ends[j]
        for c in range(n_candidates):
            if (np.int64(words[c]) * (n_candidates - c)) >> 32 < wanted:
                returned[position] = candidates[c]
                position += 1
                wanted -= 1
                if wanted == 0:
                    break
    return returned


@njit(cache=True)
def _date_follow(first, second, third, met_ms, start_ms, octaves, is_command):
    """Date one follow: early or any time in an old acquaintance, within minutes to weeks in a new one."""
    if met_ms < start_ms and not is_command:
        share = (first * first) >> _U32 if third < _EARLY_SHARE else first
        span = np.uint64(start_ms - met_ms)
        return met_ms + np.int64(((share >> np.uint64(12)) * span) >> np.uint64(20))
    octave = np.uint64(_FASTEST_OCTAVE) + ((first * np.uint64(octaves)) >> _U32)
    return met_ms + np.int64((np.uint64(1) << octave) + ((second << octave) >> _U32))


@njit(cache=True)
def _merge_row(e, e_end, entries, r, r_end, returned, flag, row):
    """Merge two ascending runs into row[:k]; return k."""
    size = 0
    while e < e_end and r < r_end:
        if (entries[e] >> 1) < returned[r]:
            row[size] = entries[e]
            e += 1
        else:
            row[size] = returned[r] * 2 + flag
            r += 1
        size += 1
    while e < e_end:
        row[size] = entries[e]
        e += 1
        size += 1
    while r < r_end:
        row[size] = returned[r] * 2 + flag
        r += 1
        size += 1
    return size


@njit(cache=True)
def _draw_pairs(seed, purpose, key, n_pairs, met, words):
    """Fill words[:3, :n_pairs] with the draws of (key, followee's key)."""
    for e in range(n_pairs):
        w0, w1, w2, _ = philox_block(seed, purpose, key, met[e, 0])
        words[0, e] = np.uint32(w0)
        words[1, e] = np.uint32(w1)
        words[2, e] = np.uint32(w2)


@njit(cache=True)
def finish_rows(
    seed, purpose, keys, created_ms, until_ms, commanded_from_ms, octaves, is_commanded, is_lifeless,
    start_ms, end_ms, offsets, counts, entries, ends, returned, indptr, followees, since_ms, commanded,
):  # fmt: skip
    """Merge picks and returned follows, both ascending, date each follow and drop those that never come about.

    Parameters
    ----------
    created_ms, until_ms, commanded_from_ms : int64 array, shape (n,)
        Creation, end of activity, and the earliest command for or about the account (the creation for organics).
    octaves : uint8 array, shape (n,)
        Slowness of the account's follows, in doublings of two minutes.
    is_commanded, is_lifeless : uint8 array, shape (n,)
        Whether its returned follows are dated as commands; whether nobody but an operator ever used it.
    indptr : int64 array, shape (n + 1,)
    followees : int32 array, since_ms : int64 array, commanded : bool array
        Written here, densely; a follow is commanded only from `start_ms` on.

    Returns
    -------
    int
        Follows written.
    """
    n = keys.shape[0]
    position = np.int64(0)
    indptr[0] = 0
    longest = np.int64(1)
    for i in range(n):
        longest = max(longest, np.int64(counts[i]) + ends[i + 1] - ends[i])
    row = np.empty(longest, np.int32)
    met = np.empty((longest, 2), np.uint64)
    words = np.empty((3, longest), np.uint32)
    records = np.empty((n, 2), np.uint64)  # key and creation together: one memory read a followee
    for i in range(n):
        records[i, 0] = keys[i]
        records[i, 1] = np.uint64(created_ms[i])
    for i in range(n):
        flag = np.int32(is_commanded[i])
        size = _merge_row(offsets[i], offsets[i] + counts[i], entries, ends[i], ends[i + 1], returned, flag, row)
        for e in range(size):
            met[e, 0] = records[row[e] >> 1, 0]
            met[e, 1] = records[row[e] >> 1, 1]
        _draw_pairs(seed, purpose, keys[i], size, met, words)
        for e in range(size):
            j = row[e] >> 1
            is_command = (row[e] & 1) == 1
            met_ms = max(created_ms[i], np.int64(met[e, 1]))
            slowness = octaves[i]
            if is_command:
                met_ms = max(met_ms, max(commanded_from_ms[i], commanded_from_ms[j]))
                slowness = min(slowness, octaves[j])
            first, second, third = np.uint64(words[0, e]), np.uint64(words[1, e]), np.uint64(words[2, e])
            since = _date_follow(first, second, third, met_ms, start_ms, slowness, is_command)
            if is_lifeless[i] == 1 and start_ms <= since < commanded_from_ms[i]:
                since += commanded_from_ms[i] - met_ms  # nobody used it before it was bought
            if since >= end_ms or (since >= start_ms and since >= until_ms[i]):
                continue
            followees[position] = np.int32(j)
            since_ms[position] = since
            commanded[position] = (is_command or is_lifeless[i] == 1) and since >= start_ms
            position += 1
        indptr[i + 1] = position
    return position
