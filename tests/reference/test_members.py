"""The set of reactions made equals a Python set."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from simulator.kernels.addresses import record_of
from simulator.kernels.layout import N_MEMBERS
from simulator.kernels.members import add_member, grow_members, is_member, mix_keys
from tests.reference.naive_draws import mix_keys as mix_keys_plainly
from tests.reference.tiny_state import tiny_state

_WORD = st.integers(0, 2**64 - 1)
# Many keys that share a place, and some that stand at the table's end.
_KEYS = st.lists(st.one_of(st.integers(1, 40), st.integers(1, 2**64 - 1)), max_size=100)


@njit
def _add_all(record, keys):  # type: ignore[no-untyped-def]
    for key in keys:
        add_member(record[0], key)


@njit
def _ask_all(record, keys):  # type: ignore[no-untyped-def]
    return np.array([is_member(record[0], key) for key in keys])


@given(_WORD, _WORD)
@settings(max_examples=300, deadline=None)
def test_mixed_keys_equal_naive(first: int, second: int) -> None:
    mixed = mix_keys(np.uint64(first), np.uint64(second))
    assert int(mixed) == mix_keys_plainly(first, second)


def test_a_mixed_key_is_never_zero() -> None:
    assert mix_keys(np.uint64(0), np.uint64(0)) == mix_keys_plainly(0, 0) == 1


@given(_KEYS, _KEYS, _KEYS)
@settings(max_examples=100, deadline=None)
def test_members_equal_a_set(earlier: list[int], later: list[int], asked: list[int]) -> None:
    state = tiny_state(n_members=256)
    _add_all(record_of(state), np.asarray(earlier, np.uint64))
    state.members[1], state.members[0] = state.members[0].copy(), 0  # a generation passes
    state.clock[N_MEMBERS] = 0
    _add_all(record_of(state), np.asarray(later, np.uint64))
    assert int(state.clock[N_MEMBERS]) == len(set(later))
    questions = np.asarray([*earlier, *later, *asked, 1], np.uint64)
    expected = [key in {*earlier, *later} for key in questions.tolist()]
    assert _ask_all(record_of(state), questions).tolist() == expected
    grown = state._replace(members=grow_members(state.members, 1024))
    assert _ask_all(record_of(grown), questions).tolist() == expected
