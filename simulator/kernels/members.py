"""A set of 64-bit keys by open addressing, in two generations, that forgets the older one."""

import numpy as np
from numba import njit

from simulator.kernels.layout import N_MEMBERS
from simulator.kernels.views import clock_of, members_of

_MIX = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_EMPTY = np.uint64(0)


@njit(cache=True, forceinline=True)
def mix_keys(first, second):
    """Return a 64-bit key of an ordered pair of 64-bit keys; never 0."""
    mixed = (first ^ (second * _MIX)) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> _SHIFT)) * np.uint64(0x94D049BB133111EB) + second
    mixed = mixed ^ (mixed >> np.uint64(32))
    return mixed | np.uint64(1) if mixed == _EMPTY else mixed


@njit(cache=True)
def _find(table, key):
    """Return the place of `key`, or of the empty place where it belongs."""
    mask = np.uint64(table.shape[0] - 1)
    place = (key * _MIX >> np.uint64(20)) & mask
    while table[np.int64(place)] != _EMPTY and table[np.int64(place)] != key:
        place = (place + np.uint64(1)) & mask
    return np.int64(place)


@njit(cache=True)
def is_member(state, key):
    """Return whether `key` was added in this generation or the one before."""
    return (
        members_of(state)[0, _find(members_of(state)[0], key)] == key
        or members_of(state)[1, _find(members_of(state)[1], key)] == key
    )


@njit(cache=True)
def add_member(state, key):
    """Add `key` to this generation."""
    place = _find(members_of(state)[0], key)
    if members_of(state)[0, place] != key:
        members_of(state)[0, place] = key
        clock_of(state)[N_MEMBERS] += 1


@njit(cache=True)
def grow_members(members, capacity):
    """Return a larger table, shape (2, capacity), with the same keys."""
    grown = np.zeros((2, capacity), np.uint64)
    for generation in range(2):
        for key in members[generation]:
            if key != _EMPTY:
                grown[generation, _find(grown[generation], key)] = key
    return grown
