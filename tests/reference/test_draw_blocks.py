"""The compiled Philox blocks equal numpy's and the plain ones."""

import numpy as np
import pytest

from simulator.kernels.draws import draw_blocks, draw_keys, draw_rows
from simulator.random_streams import Purpose, draw_u64, philox_blocks
from tests.reference.naive_draws import draw_block

SUBJECTS = np.array([0, 1, 2**32 - 1, 2**32, 2**64 - 1, 0x9E3779B97F4A7C15], np.uint64)
OCCASIONS = np.array([0, 2**64 - 1, 7, 2**32, 2**32 + 5, 1], np.uint64)


@pytest.mark.parametrize("seed", [0, 1, 2**40 + 3, 2**64 - 1])
@pytest.mark.parametrize("purpose", [Purpose.account_key, Purpose.camouflage])
def test_draw_blocks_equal_numpy_and_naive(seed, purpose):
    words = draw_blocks(np.uint64(seed), np.uint64(purpose), SUBJECTS, OCCASIONS)
    assert (philox_blocks(seed, purpose, SUBJECTS, OCCASIONS) == words.T).all()
    pairs = zip(SUBJECTS.tolist(), OCCASIONS.tolist(), strict=True)
    assert [tuple(column) for column in words.T.tolist()] == [draw_block(seed, purpose, *pair) for pair in pairs]


@pytest.mark.parametrize(
    ("subject", "occasion"),
    [
        (SUBJECTS, OCCASIONS),
        (SUBJECTS, 7),
        (2**64 - 1, OCCASIONS),
        (3, 2**63),
        (SUBJECTS[:0], 1),
        (5, np.arange(3)),
        (5, 0),
    ],
)
def test_compiled_draws_broadcast_as_numpys(subject, occasion):
    rows = draw_rows(2**40 + 3, Purpose.command, subject, occasion)
    keys = draw_keys(2**40 + 3, Purpose.command, subject, occasion)
    expected = philox_blocks(2**40 + 3, Purpose.command, subject, occasion)
    assert (rows.dtype, rows.shape) == (expected.dtype, expected.shape)
    assert (rows == expected).all()
    drawn = draw_u64(2**40 + 3, Purpose.command, subject, occasion)
    assert (keys.dtype, keys.shape) == (drawn.dtype, drawn.shape)
    assert (keys == drawn).all()


def test_subjects_and_occasions_must_pair():
    with pytest.raises(ValueError, match="must have one length, got 6 and 3"):
        draw_rows(1, Purpose.command, SUBJECTS, np.arange(3))
