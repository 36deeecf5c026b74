"""Follows that begin and end: a day's changes are entered at the day's end, so they work from the next day on."""

import numpy as np
from numba import njit


@njit(cache=True)
def _find_edge(followees, start, length, followee):
    for edge in range(start, start + length):
        if followees[edge] == followee:
            return edge
    return -1


@njit(cache=True)
def apply_follow_changes(changes, row_start, row_length, row_room, followees, accepted):
    """Enter changes, in order, into rows with slack.

    Parameters
    ----------
    changes : int64[n, 4]
        Time, follower, followee, 1 begins or 0 ends; ordered.
    row_start : int64[accounts]
    row_length, row_room : int32[accounts]
        Edges held and places reserved.
    followees : int32[capacity]
    accepted : uint8[n]
        Receives 1 where a change took effect (a follow that did not exist, or one that did).

    Returns
    -------
    int
        Changes handled; fewer than n when the next one needs a larger row.
    """
    for i in range(changes.shape[0]):
        follower, followee = changes[i, 1], changes[i, 2]
        start, length = row_start[follower], row_length[follower]
        edge = _find_edge(followees, start, length, followee)
        if changes[i, 3] == 1:
            if edge >= 0 or follower == followee:
                accepted[i] = 0
                continue
            if length == row_room[follower]:
                return i
            followees[start + length] = followee
            row_length[follower] = length + 1
        else:
            if edge < 0:
                accepted[i] = 0
                continue
            for place in range(edge, start + length - 1):
                followees[place] = followees[place + 1]
            row_length[follower] = length - 1
        accepted[i] = 1
    return changes.shape[0]


@njit(cache=True)
def lay_out_rows(row_start, row_length, followees, wanted):
    """Return (row_start, row_room, followees) with new slack: an eighth of each row, four places and `wanted`.

    `wanted`, int64[n], is how many follows each account is about to begin.
    """
    n = row_start.shape[0]
    starts = np.empty(n, np.int64)
    rooms = np.empty(n, np.int32)
    total = np.int64(0)
    for row in range(n):
        starts[row] = total
        rooms[row] = row_length[row] + (row_length[row] >> 3) + 4 + wanted[row]
        total += rooms[row]
    laid = np.full(total, -1, np.int32)
    for row in range(n):
        for place in range(row_length[row]):
            laid[starts[row] + place] = followees[row_start[row] + place]
    return starts, rooms, laid
