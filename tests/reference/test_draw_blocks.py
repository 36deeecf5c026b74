"""The compiled Philox blocks equal numpy's and the plain ones."""

import numpy as np
import pytest

from simulator.kernels.draws import draw_blocks
from simulator.random_streams import Purpose, philox_blocks
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
