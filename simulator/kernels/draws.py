"""Many Philox blocks at once: the compiled twins of the draws of ``random_streams``, bit for bit the same."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from simulator.kernels.philox import philox_block

U32 = NDArray[np.uint32]
U64 = NDArray[np.uint64]


@njit(cache=True)
def draw_blocks(seed, purpose, subjects, occasions):
    """Return four 32-bit draws for each (subject, occasion).

    Parameters
    ----------
    seed, purpose : uint64
    subjects, occasions : uint64 array, shape (n,)

    Returns
    -------
    uint32 array, shape (4, n)
        Each word of the blocks in a row of its own.
    """
    words = np.empty((4, subjects.shape[0]), np.uint32)
    for i in range(subjects.shape[0]):
        w0, w1, w2, w3 = philox_block(seed, purpose, subjects[i], occasions[i])
        words[0, i] = np.uint32(w0)
        words[1, i] = np.uint32(w1)
        words[2, i] = np.uint32(w2)
        words[3, i] = np.uint32(w3)
    return words


def draw_rows(seed: int, purpose: int, subject: NDArray[np.integer] | int, occasion: NDArray[np.integer] | int) -> U32:
    """Return one block of four 32-bit draws for each (subject, occasion): ``philox_blocks``, many times faster.

    Parameters
    ----------
    seed : int
        Seed of the world, 0 to 2^64 - 1.
    purpose : int
        A ``random_streams.Purpose``.
    subject, occasion : uint64 array of at most one dimension, or int
        Whom and when the draw is for; broadcast against each other.

    Returns
    -------
    uint32 array, shape (..., 4)

    Raises
    ------
    ValueError
        When both are arrays and of different lengths.
    """
    who, when = np.ascontiguousarray(subject, np.uint64), np.ascontiguousarray(occasion, np.uint64)
    # Not numpy's broadcasting, which takes longer than the draws of a squad.
    if len(who) == 1:
        who = np.repeat(who, len(when))
    elif len(when) == 1:
        when = np.repeat(when, len(who))
    if len(who) != len(when):
        raise ValueError(f"subject and occasion must have one length, got {len(who)} and {len(when)}")
    words: U32 = draw_blocks(np.uint64(seed), np.uint64(purpose), who, when).T
    return words if np.ndim(subject) or np.ndim(occasion) else words[0]


def draw_keys(
    seed: int, purpose: int, subject: NDArray[np.integer] | int, occasion: NDArray[np.integer] | int = 0
) -> U64:
    """Return one 64-bit draw for each (subject, occasion): ``draw_u64``, many times faster.

    Parameters and broadcasting as of :func:`draw_rows`; uint64 array.
    """
    words = draw_rows(seed, purpose, subject, occasion)
    keys: U64 = words[..., 0] | (words[..., 1].astype(np.uint64) << np.uint64(32))
    return keys
