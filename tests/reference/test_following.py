"""Follow changes in packed rows equal lists of followees."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.kernels.following import apply_follow_changes, lay_out_rows
from tests.reference.naive_following import change_follows

_N = 7
_ROWS = st.integers(0, _N - 1)
_CHANGES = st.lists(st.tuples(st.integers(0, 9), _ROWS, _ROWS, st.integers(0, 1)), max_size=80)
_GRAPHS = st.lists(st.lists(_ROWS, unique=True, max_size=_N), min_size=_N, max_size=_N)


def _lists(starts: NDArray[np.int64], lengths: NDArray[np.int32], followees: NDArray[np.int32]) -> list[list[int]]:
    rows = zip(starts.tolist(), lengths.tolist(), strict=True)
    return [followees[start : start + length].tolist() for start, length in rows]


@given(_GRAPHS, st.lists(st.integers(0, 5), min_size=_N, max_size=_N))
@settings(max_examples=100, deadline=None)
def test_laid_out_rows_hold_the_same_follows_and_room_for_more(graph: list[list[int]], wanted: list[int]) -> None:
    lengths = np.asarray([len(row) for row in graph], np.int32)
    packed = np.asarray([followee for row in graph for followee in row], np.int32)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    new_starts, rooms, laid = lay_out_rows(starts, lengths, packed, np.asarray(wanted, np.int64))
    assert _lists(new_starts, lengths, laid) == graph
    assert all(room >= length + more for room, length, more in zip(rooms, lengths, wanted, strict=True))
    assert len(laid) == rooms.sum()
    assert new_starts.tolist() == (np.cumsum(rooms) - rooms).tolist()


@given(_GRAPHS, _CHANGES)
@settings(max_examples=200, deadline=None)
def test_follow_changes_equal_naive(graph: list[list[int]], changes: list[tuple[int, int, int, int]]) -> None:
    lengths = np.asarray([len(row) for row in graph], np.int32)
    starts, rooms = np.cumsum(lengths, dtype=np.int64) - lengths, lengths.copy()  # no slack: rows must move
    followees = np.asarray([followee for row in graph for followee in row], np.int32)
    wished = np.asarray(changes, np.int64).reshape(-1, 4)
    accepted = np.zeros(len(wished), np.uint8)
    done = 0
    for _ in range(len(wished) + 1):
        done += apply_follow_changes(wished[done:], starts, lengths, rooms, followees, accepted[done:])
        if done == len(wished):
            break
        starts, rooms, followees = lay_out_rows(starts, lengths, followees, np.zeros(_N, np.int64))
    expected = [list(row) for row in graph]
    took_effect = change_follows(expected, changes)
    assert accepted.astype(bool).tolist() == took_effect
    assert _lists(starts, lengths, followees) == expected
