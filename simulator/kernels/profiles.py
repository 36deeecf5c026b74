"""Kernels of the profiles: join words of a bank straight into Arrow buffers, and tell equal joins."""

import numpy as np
from numba import njit

_FNV_BASIS = np.uint64(0xCBF29CE484222325)
_FNV_PRIME = np.uint64(0x100000001B3)


@njit(cache=True)
def join_words(starts, letters, words):
    """Join each row's words.

    Parameters
    ----------
    starts : int32 array, shape (b + 1,)
        Where each word of the bank starts in `letters`.
    letters : uint8 array
        The bank's words, UTF-8, one after another.
    words : int32 array, shape (k, n)
        Numbers of the words of each row, in order.

    Returns
    -------
    int32 array, shape (n + 1,)
        Where each row's text starts.
    uint8 array
        The texts.
    """
    n = words.shape[1]
    offsets = np.zeros(n + 1, np.int32)
    for slot in range(words.shape[0]):
        for i in range(n):
            offsets[i + 1] += starts[words[slot, i] + 1] - starts[words[slot, i]]
    for i in range(n):
        offsets[i + 1] += offsets[i]
    text = np.empty(offsets[n], np.uint8)
    for i in range(n):
        place = offsets[i]
        for slot in range(words.shape[0]):
            for letter in range(starts[words[slot, i]], starts[words[slot, i] + 1]):
                text[place] = letters[letter]
                place += 1
    return offsets, text


@njit(cache=True)
def hash_words(starts, letters, words):
    """Return a hash of each row's joined words that does not tell A from a (FNV-1a): uint64 array, shape (n,)."""
    hashes = np.full(words.shape[1], _FNV_BASIS, np.uint64)
    for i in range(words.shape[1]):
        value = _FNV_BASIS
        for slot in range(words.shape[0]):
            for place in range(starts[words[slot, i]], starts[words[slot, i] + 1]):
                letter = np.uint64(letters[place])
                if np.uint64(65) <= letter <= np.uint64(90):
                    letter += np.uint64(32)
                value = (value ^ letter) * _FNV_PRIME
        hashes[i] = value
    return hashes
