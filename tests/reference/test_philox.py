"""Random blocks: numpy, compiled and plain Python give the same bits, and those that the authors published."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.kernels.philox import philox_block
from simulator.random_streams import Purpose, philox_blocks
from tests.reference.naive_draws import draw_block, philox4x32

_LOW32 = (1 << 32) - 1
_WORD = st.integers(0, 2**64 - 1)

# Random123, tests/kat_vectors, "philox4x32 10": counter, key, result.
_KNOWN = {
    "zeros": ((0,) * 4, (0,) * 2, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    "ones": ((_LOW32,) * 4, (_LOW32,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    "digits of pi": (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
}


@pytest.mark.parametrize(("counter", "key", "result"), _KNOWN.values(), ids=_KNOWN.keys())
def test_blocks_are_the_published_ones(
    counter: tuple[int, int, int, int], key: tuple[int, int], result: tuple[int, ...]
) -> None:
    subject, occasion = counter[0] + (counter[1] << 32), counter[2] + (counter[3] << 32)
    seed = key[0] + (key[1] << 32)
    assert philox4x32(counter, key) == result
    assert tuple(philox_blocks(seed, 0, subject, occasion).tolist()) == result
    assert tuple(map(int, philox_block(*map(np.uint64, (seed, 0, subject, occasion))))) == result


@given(_WORD, st.sampled_from(Purpose), _WORD, _WORD)
@settings(max_examples=300, deadline=None)
def test_blocks_of_numpy_and_kernel_equal_naive(seed: int, purpose: Purpose, subject: int, occasion: int) -> None:
    expected = draw_block(seed, purpose, subject, occasion)
    assert tuple(philox_blocks(seed, purpose, subject, occasion).tolist()) == expected
    words = (np.uint64(seed), np.uint64(int(purpose)), np.uint64(subject), np.uint64(occasion))
    assert tuple(map(int, philox_block(*words))) == expected
