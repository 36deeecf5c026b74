"""The daily pass over all accounts: attitudes recover, and the platform reviews what was posted."""

import numpy as np
from numba import njit

from simulator.kernels.layout import NEVER_MS
from simulator.kernels.philox import philox_block
from simulator.kernels.plan import DAY_MS, scale_draw

_MODERATION = np.uint64(30)
_ONE = 65_536


@njit(cache=True)
def recover_attitudes(accounts, recovery_q16):
    """Move every attitude towards its anchor and every hostility towards zero, by a share (Q16) of the way."""
    for row in range(accounts.shape[0]):
        account = accounts[row]
        gap = np.int64(account.anchor) - np.int64(account.attitude)
        step = (abs(gap) * recovery_q16) >> 16
        account.attitude += np.int32(step if gap > 0 else -step)
        account.hostility -= np.int32((np.int64(account.hostility) * recovery_q16) >> 16)


@njit(cache=True)
def summarise_attitudes(accounts, out):
    """Sum up attitudes by segment into `out`, int64[segments, 7].

    Columns: accounts, sum and sum of squares (Q8 units) of the attitude, below -0.1, beyond 0.5 on
    either side, and sum of the hostility. Removed accounts and those without a segment are left out.
    """
    out[:] = 0
    for row in range(accounts.shape[0]):
        account = accounts[row]
        if account.segment >= out.shape[0] or account.removed_at != NEVER_MS:
            continue
        attitude = np.int64(account.attitude)
        line = out[account.segment]
        line[0] += 1
        line[1] += attitude
        line[2] += (attitude >> 8) * (attitude >> 8)
        line[3] += attitude < -6_553
        line[4] += abs(attitude) > _ONE // 2
        line[5] += np.int64(account.hostility)


@njit(cache=True)
def review_accounts(seed, accounts, day, next_day_start, base, volume_limit, volume_share, copy_limit, copy_share, out):
    """Decide which accounts the platform removes on the next day; resets the day's counts.

    Parameters
    ----------
    seed : uint64
    accounts : ACCOUNT[n]
    day, next_day_start : int
    base, volume_share, copy_share : int
        32-bit thresholds of removal: without cause, from `volume_limit` posts a day, from `copy_limit` copies.
    out : int64[n, 2]
        Receives (time, row) of each removal.

    Returns
    -------
    int
        Number of removals.
    """
    n = 0
    for row in range(accounts.shape[0]):
        account = accounts[row]
        posts, copies = account.posts_today, account.copies_today
        account.posts_today = 0
        account.copies_today = 0
        if account.removed_at != NEVER_MS:
            continue
        threshold = base
        if posts >= volume_limit:
            threshold = max(threshold, volume_share)
        if copies >= copy_limit:
            threshold = max(threshold, copy_share)
        draws = philox_block(seed, _MODERATION, account.key, np.uint64(day))
        if np.int64(draws[0]) < threshold:
            out[n, 0] = next_day_start + scale_draw(draws[1], DAY_MS)
            out[n, 1] = row
            n += 1
    return n
