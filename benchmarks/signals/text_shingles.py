"""Texts as sets of hashed word shingles, in numpy over the bytes of an Arrow array; cost linear in the bytes.

A word is a run of letters; an ideograph or a kana is a word of its own. Links, mentions, hashtags, digits,
punctuation, emoji and capitals do not count.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

U64 = NDArray[np.uint64]

WORDS_PER_SHINGLE = 3
_STRIPPED = r"https?://\S+|[@#][^\s@#]+"
_SEPARATOR, _LETTER, _IDEOGRAPH, _CONTINUATION = 0, 1, 2, 3
# Odd, so that it has an inverse modulo 2^64 (MMIX's multiplier; Knuth, TAOCP 3.3.4).
_BASE = 6364136223846793005
_INVERSE = pow(_BASE, -1, 1 << 64)
_KANA_AND_PUNCTUATION, _CJK_PUNCTUATION = 0xE3, 0x80


def _classify_bytes() -> NDArray[np.uint8]:
    """Return the class of every first byte of a UTF-8 character; a whole block decides by its lead."""
    classes = np.full(256, _SEPARATOR, np.uint8)
    classes[ord("a") : ord("z") + 1] = _LETTER
    classes[0x80:0xC0] = _CONTINUATION
    classes[0xC3:0xE2] = _LETTER
    classes[0xE3:0xEA] = _IDEOGRAPH
    classes[0xEA:0xEE] = _LETTER
    return classes


_CLASSES = _classify_bytes()


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of some texts.

    Attributes
    ----------
    hashes : uint64[m]
        Every shingle of every text, in order.
    first : int64[n + 1]
        Where each text's shingles begin.
    text_hashes : uint64[n]
        Of all words of a text in order: equal for texts that say the same words.
    """

    hashes: U64
    first: NDArray[np.int64]
    text_hashes: U64

    @property
    def counts(self) -> NDArray[np.int64]:
        """Shingles of each text."""
        return np.diff(self.first)


def shingle(texts: pa.Array) -> Shingles:
    """Return the shingles of texts, none of them null.

    Examples
    --------
    >>> found = shingle(pa.array(["The brakes FAIL again!", "the brakes fail again https://a.example 3x"]))
    >>> found.counts.tolist()
    [2, 3]
    """
    data, offsets = _normalise(texts)
    starts, ends = _find_words(data, offsets)
    words = _hash_words(data, starts, ends)
    owner = np.searchsorted(offsets, starts, side="right") - 1
    n_words = np.bincount(owner, minlength=len(texts))
    return Shingles(*_join_words(words, owner, len(texts)), _hash_texts(words, n_words))


def _normalise(texts: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of the lowered texts without links, mentions and tags, and where each text begins."""
    plain = pc.replace_substring_regex(pc.utf8_lower(texts.cast(pa.string())), _STRIPPED, " ")
    _, offset_buffer, data_buffer = plain.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[plain.offset : plain.offset + len(plain) + 1].astype(np.int64)
    if data_buffer is None:
        return np.zeros(0, np.uint8), offsets
    return np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]], offsets - offsets[0]


def _find_words(data: NDArray[np.uint8], offsets: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where words begin and end (exclusive)."""
    classes = _CLASSES[data]
    begins = classes != _CONTINUATION
    punctuation = np.flatnonzero((data[:-1] == _KANA_AND_PUNCTUATION) & (data[1:] == _CJK_PUNCTUATION))
    classes[punctuation] = _SEPARATOR
    for _ in range(3):
        open_places = np.flatnonzero(classes == _CONTINUATION)
        classes[open_places] = classes[np.maximum(open_places - 1, 0)]
    is_edge = np.zeros(len(data) + 1, bool)
    is_edge[offsets] = True
    letters, ideographs = classes == _LETTER, classes == _IDEOGRAPH
    after_letter = np.concatenate([[False], letters])[:-1] & ~is_edge[:-1]
    before_letter = np.concatenate([letters, [False]])[1:] & ~is_edge[1:]
    next_begins = np.concatenate([begins, [True]])[1:]
    starts = np.flatnonzero((letters & ~after_letter) | (ideographs & begins))
    ends = np.flatnonzero((letters & ~before_letter) | (ideographs & next_begins)) + 1
    return starts, ends


def _hash_words(data: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> U64:
    """Return the polynomial hash of each word, by differences of one running sum over all bytes."""
    powers = np.full(len(data) + 1, _BASE, np.uint64)
    inverses = np.full(len(data) + 1, _INVERSE, np.uint64)
    powers[0] = inverses[0] = 1
    np.cumprod(powers, out=powers)
    np.cumprod(inverses, out=inverses)
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[:-1], out=sums[1:])
    return mix((sums[ends] - sums[starts]) * inverses[starts])


def _join_words(words: U64, owner: NDArray[np.int64], n_texts: int) -> tuple[U64, NDArray[np.int64]]:
    """Return the hashes of runs of words inside one text, and where each text's begin."""
    n = max(len(words) - WORDS_PER_SHINGLE + 1, 0)
    joined = np.zeros(n, np.uint64)
    for place in range(WORDS_PER_SHINGLE):
        joined = joined * np.uint64(_BASE) + words[place : place + n]
    inside = owner[:n] == owner[WORDS_PER_SHINGLE - 1 : WORDS_PER_SHINGLE - 1 + n]
    counts = np.bincount(owner[:n][inside], minlength=n_texts)
    return mix(joined[inside]), np.concatenate([[0], np.cumsum(counts)])


def _hash_texts(words: U64, n_words: NDArray[np.int64]) -> U64:
    """Return one hash of all words of each text in order; 0 for a text without words."""
    first = np.concatenate([[0], np.cumsum(n_words)])
    place = (np.arange(len(words)) - np.repeat(first[:-1], n_words)).astype(np.uint64)
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mix(words + place * np.uint64(_BASE)))])
    totals: U64 = sums[first[1:]] - sums[first[:-1]]
    return totals


def mix(values: U64) -> U64:
    """Spread 64-bit integers (the finaliser of SplitMix64; Steele, Lea, Flood 2014, doi 10.1145/2660193.2660195)."""
    mixed = values + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
