"""Many Philox blocks at once: the compiled twin of ``random_streams.philox_blocks`` for one row a key."""

import numpy as np
from numba import njit

from simulator.kernels.philox import philox_block


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
