"""Keyed randomness: Philox4x32-10 blocks named by (seed, purpose, subject, occasion), in numpy.

No draw depends on a row number, on the order of calls or on how many draws came before. The compiled
twin of :func:`philox_blocks` is in ``kernels.philox``; both give the same bits.

References
----------
Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC'11,
doi 10.1145/2063384.2063405.
"""

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
U32 = NDArray[np.uint32]
Keys = NDArray[np.integer[Any]] | int

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = 0x9E3779B9
_WEYL_1 = 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Purpose(IntEnum):
    """What a draw is for; codes are permanent."""

    account_key = 1
    activity = 2
    attitude = 3
    zone = 4
    language = 5
    creation = 6
    lifetime = 7
    interest = 8
    client = 9
    profile = 10
    community = 11
    degree = 12
    attraction = 13
    follow_pick = 14
    follow_since = 15
    reciprocate = 16
    session_count = 17
    session_shape = 18
    original_count = 19
    original_shape = 20
    exposure = 21
    exposure_rare = 22
    reaction_delay = 23
    show_trending = 24
    show_brand = 25
    post_nature = 26
    text = 27
    idiolect = 28
    event = 29
    moderation = 30
    operator_stock = 31
    push_plan = 32
    burst_plan = 33
    command = 34
    command_target = 35
    break_up = 36
    name_pool = 37
    group = 38
    placebo = 39
    squad_follow = 40
    bought_follow = 41
    hashtag = 42
    link = 43
    mention = 44
    camouflage = 45
    rally = 46
    news = 47
    episode = 48


def philox_blocks(seed: int, purpose: int, subject: Keys, occasion: Keys) -> U32:
    """Return one block of four 32-bit draws for each (subject, occasion).

    Parameters
    ----------
    seed : int
        Seed of the world, 0 to 2^64 - 1.
    purpose : int
        A :class:`Purpose`.
    subject, occasion : uint64 array or int
        Whom and when the draw is for; broadcast against each other.

    Returns
    -------
    uint32 array, shape (..., 4)
    """
    who, when = np.broadcast_arrays(np.asarray(subject, np.uint64), np.asarray(occasion, np.uint64))
    c0, c1 = who & _LOW, who >> _HALF
    c2, c3 = when & _LOW, when >> _HALF
    key_0 = seed & 0xFFFFFFFF
    key_1 = ((seed >> 32) ^ (purpose * _WEYL_0)) & 0xFFFFFFFF
    for _ in range(10):
        product_0, product_1 = _MULTIPLIER_0 * c0, _MULTIPLIER_1 * c2
        c0, c1, c2, c3 = (
            (product_1 >> _HALF) ^ c1 ^ np.uint64(key_0),
            product_1 & _LOW,
            (product_0 >> _HALF) ^ c3 ^ np.uint64(key_1),
            product_0 & _LOW,
        )
        key_0 = (key_0 + _WEYL_0) & 0xFFFFFFFF
        key_1 = (key_1 + _WEYL_1) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32)


def draw_u64(seed: int, purpose: int, subject: Keys, occasion: Keys = 0) -> U64:
    """Return one 64-bit draw for each (subject, occasion): the first two words of the block."""
    blocks = philox_blocks(seed, purpose, subject, occasion).astype(np.uint64)
    joined: U64 = blocks[..., 0] | (blocks[..., 1] << _HALF)
    return joined


def name_key(*names: str | int) -> int:
    """Return a 64-bit key of a path of names, the same on every machine (FNV-1a)."""
    key = 0xCBF29CE484222325
    for byte in "\x1f".join(map(str, names)).encode():
        key = ((key ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return key
