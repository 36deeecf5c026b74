"""The kernels of the profiles equal what plain strings give."""

from itertools import pairwise

import numpy as np
import pytest

from simulator.kernels.profiles import hash_words, join_words

BANK = ["", "a", "Ann", "ANN", "_", "0042", "名字", "é🌻"]


def hash_text(text: str) -> int:
    """Return the FNV-1a hash of a text whose letters A to Z are made small."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ (byte + 32 if 65 <= byte <= 90 else byte)) * 0x100000001B3 % (1 << 64)
    return value


@pytest.fixture
def bank() -> tuple[np.ndarray, np.ndarray]:
    """Return where each word starts, and the letters."""
    encoded = [word.encode() for word in BANK]
    starts = np.concatenate([[0], np.cumsum([len(word) for word in encoded])]).astype(np.int32)
    return starts, np.frombuffer(b"".join(encoded), np.uint8)


@pytest.fixture
def words() -> np.ndarray:
    """Return the words of some rows, empty rows among them."""
    chosen = np.random.default_rng(5).integers(0, len(BANK), (4, 40), dtype=np.int32)
    chosen[:, 3] = 0
    return chosen


def test_joined_words_equal_naive(bank, words):
    offsets, text = join_words(*bank, words)
    joined = [bytes(text[a:b]).decode() for a, b in pairwise(offsets)]
    assert joined == ["".join(BANK[number] for number in row) for row in words.T]


def test_hashes_equal_naive(bank, words):
    assert hash_words(*bank, words).tolist() == [hash_text("".join(BANK[number] for number in row)) for row in words.T]


def test_hash_does_not_tell_capitals(bank):
    pair = np.array([[2, 3]], np.int32)
    first, second = hash_words(*bank, pair)
    assert first == second
