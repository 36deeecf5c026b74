"""Philox4x32-10 compiled; bit for bit the same as ``random_streams.philox_blocks``.

Every shift and mask is cast: numba turns a mix of int64 and uint64 silently into float64.
"""

import numpy as np
from numba import njit

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


@njit(cache=True, forceinline=True)
def philox_block(seed, purpose, subject, occasion):
    """Return four 32-bit draws, as uint64, for (seed, purpose, subject, occasion), each uint64."""
    c0 = subject & _LOW
    c1 = subject >> _HALF
    c2 = occasion & _LOW
    c3 = occasion >> _HALF
    k0 = seed & _LOW
    k1 = ((seed >> _HALF) ^ (purpose * _W0)) & _LOW
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = (p1 >> _HALF) ^ c1 ^ k0
        c1 = p1 & _LOW
        c2 = (p0 >> _HALF) ^ c3 ^ k1
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    return c0, c1, c2, c3
