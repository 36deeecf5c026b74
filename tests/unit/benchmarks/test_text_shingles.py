"""Words and shingles of texts: what counts as a word, and which texts are the same."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.signals.text_shingles import WORDS_PER_SHINGLE, _find_words, _normalise, shingle

WORDS = {
    "The brakes FAIL again!": ["the", "brakes", "fail", "again"],
    "see https://leak.example/a?b=1 @user_7 #Tag now": ["see", "now"],
    "v2 of 300km": ["v", "of", "km"],
    "it's 😀 over—done": ["it", "s", "over", "done"],
    "café déjà": ["café", "déjà"],
    "真的吗，刹车。失灵": list("真的吗刹车失灵"),
    "ブレーキ、Auralis车": [*"ブレーキ", "auralis", "车"],
    "한국어 글": ["한국어", "글"],
    "": [],
    "！？…": [],
}


def _words_of(text):
    data, offsets = _normalise(pa.array([text]))
    return [bytes(data[a:b]).decode() for a, b in zip(*_find_words(data, offsets), strict=True)]


@pytest.mark.parametrize("text", WORDS)
def test_words_of(text):
    assert _words_of(text) == WORDS[text]


def test_words_do_not_run_across_texts():
    data, offsets = _normalise(pa.array(["ab", "cd", "", "刹", "车ef"]))
    starts, ends = _find_words(data, offsets)
    assert [bytes(data[a:b]).decode() for a, b in zip(starts, ends, strict=True)] == ["ab", "cd", "刹", "车", "ef"]


@given(st.lists(st.text(alphabet="ab 刹车。1", max_size=30), min_size=1, max_size=8))
def test_shingles_equal_naive(texts):
    found = shingle(pa.array(texts))
    hash_by_shingle: dict[tuple[str, ...], int] = {}
    hash_by_text: dict[tuple[str, ...], int] = {}
    for place, text in enumerate(texts):
        words = _words_of(text)
        expected = [tuple(words[i : i + WORDS_PER_SHINGLE]) for i in range(len(words) - WORDS_PER_SHINGLE + 1)]
        hashes = found.hashes[found.first[place] : found.first[place + 1]].tolist()
        assert len(hashes) == len(expected)
        for key, value in zip(expected, hashes, strict=True):
            assert hash_by_shingle.setdefault(key, value) == value
        assert hash_by_text.setdefault(tuple(words), int(found.text_hashes[place])) == int(found.text_hashes[place])
    assert len(set(hash_by_shingle.values())) == len(hash_by_shingle)
    assert len(set(hash_by_text.values())) == len(hash_by_text)


def test_hashes_do_not_depend_on_the_batch():
    whole = shingle(pa.array(["x y z", "the brakes fail again", "刹车又失灵了"]))
    part = shingle(pa.array(["x y z", "the brakes fail again", "刹车又失灵了"]).slice(1, 2))
    assert np.array_equal(whole.text_hashes[1:], part.text_hashes)
    assert np.array_equal(whole.hashes[whole.first[1] :], part.hashes)


def test_no_texts_have_no_shingles():
    found = shingle(pa.array([], pa.string()))
    assert len(found.hashes) == len(found.text_hashes) == 0
