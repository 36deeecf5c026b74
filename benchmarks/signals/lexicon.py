"""Polarity of texts by a small English and Chinese lexicon, in numpy over bytes; cost linear in the bytes.

Entries are counted, the longest first; one that follows a negator within three words (an ideograph is a word)
counts for the other side (Taboada et al. 2011, doi 10.1162/COLI_a_00049). Irony and context escape it, as they
escape every lexicon. The entries were written from general knowledge, not from the texts of the simulator.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

U64 = NDArray[np.uint64]
Places = NDArray[np.int64]

FILES = ("lexicon_en.txt", "lexicon_zh.txt")
SIDES = ("negative", "positive", "negators")
WORDS_TO_NEGATED = 3
WORDS_APART = WORDS_TO_NEGATED + 1
# Up to which texts are cheaper one by one.
_FEW_TEXTS = 64
# So few that what is reckoned of them stays in the processor's cache.
_BATCH_ROWS = 1 << 11
# Odd, so that it has an inverse modulo 2^64 (MMIX's multiplier; Knuth, TAOCP 3.3.4).
_BASE = 6364136223846793005
_INVERSE = pow(_BASE, -1, 1 << 64)
_FEW_POWERS = 1 << 16
_NEGATIVE, _POSITIVE, _NEGATOR = range(3)
# Lead bytes of UTF-8: wide are punctuation, ideographs and emoji.
_NEWLINE, _FIRST_WIDE, _FIRST_IDEOGRAPH, _LAST_IDEOGRAPH = ord("\n"), 0xE2, 0xE3, 0xE9
# What counts as a word to negation, and what an entry may open with: the same characters as of the bytes above.
_WORD = re.compile("[a-z0-9]+|[\u3000-\u9fff]|\n")
_OPENING = re.compile("[a-z0-9]+|[\u2000-\U0010ffff]")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")

_AFTER_OPENING = np.uint64(48)


@dataclass(frozen=True, slots=True)
class _Entries:
    """Entries of one kind, sorted by hash: the side of each (row of SIDES), and the lengths in bytes that occur.

    `openings` says of every beginning of a hash, of 16 bits, whether one begins so: of a hundred stretches of text
    two need to be searched for. `heads` says the same of two bytes of the text, those from `head` on, by which most
    places are known to begin none.
    """

    hashes: U64
    sides: NDArray[np.int8]
    lengths: Places
    openings: NDArray[np.bool_]
    heads: NDArray[np.bool_]
    head: int

    def keep_likely(self, data: NDArray[np.uint8], starts: Places) -> Places:
        """Return the starts at which one of the entries may begin."""
        pairs = data[starts + self.head].astype(np.uint16) << np.uint16(8) | data[starts + self.head + 1]
        likely: Places = starts[self.heads[pairs]]
        return likely


def judge(texts: pa.Array | pa.ChunkedArray) -> NDArray[np.int8]:
    """Return the polarity of texts: -1 where negative entries prevail, 1 where positive ones do, else 0.

    Parameters
    ----------
    texts : pyarrow string array of n texts; null counts as empty

    Returns
    -------
    int8[n]

    Examples
    --------
    >>> judge(pa.array(["What a terrible day", "not bad at all", "一点也不失望", "太糟糕了", None])).tolist()
    [-1, 1, 1, -1, 0]
    """
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    counts = [count_sides(chunk.slice(k, _BATCH_ROWS)) for chunk in chunks for k in range(0, len(chunk), _BATCH_ROWS)]
    both = np.concatenate([np.zeros((0, 2), np.int64), *counts])
    polarity: NDArray[np.int8] = np.sign(both[:, _POSITIVE] - both[:, _NEGATIVE]).astype(np.int8)
    return polarity


def count_sides(texts: pa.Array) -> NDArray[np.int64]:
    """Return how many negative and positive entries each text has, negation turned round; int64[n, 2]."""
    if len(texts) <= _FEW_TEXTS:
        lowered = pc.utf8_lower(texts.cast(pa.string())).to_pylist()
        counts = [_count_in(text.replace("’", "'")) if text else (0, 0) for text in lowered]
        return np.array(counts, np.int64).reshape(-1, 2)
    return _count_sides_of_many(texts)


def _count_in(text: str) -> tuple[int, int]:
    """Count in one lowered text, as for many: the whole arrays cost more than the few texts of a step."""
    hits = _find_in(text)
    sides = [side for _, side in hits]
    if _NEGATOR not in sides:
        return sides.count(_NEGATIVE), sides.count(_POSITIVE)
    begins = [m.start() for m in _WORD.finditer(text) for _ in range(WORDS_APART if m[0] == "\n" else 1)]
    places = [(bisect_right(begins, start), side) for start, side in hits]
    negators = [word for word, side in places if side == _NEGATOR]
    counts = [0, 0]
    for word, side in places:
        if side != _NEGATOR:
            is_negated = any(word - WORDS_TO_NEGATED <= negator < word for negator in negators)
            counts[side ^ is_negated] += 1
    return counts[0], counts[1]


def _find_in(text: str) -> list[tuple[int, int]]:
    """Return where entries begin in a lowered text and their sides; none within a longer one."""
    openings = _index_openings()
    found = []
    for opening in openings.keys() & _OPENING.findall(text):
        for entry, n_bytes, side in openings[opening]:
            if entry in text:
                found += [(-n_bytes, start, start + len(entry), side) for start in _find_places(text, entry)]
    if len(found) > 1:
        found.sort()
    kept: list[tuple[int, int, int]] = []
    for _, start, end, side in found:
        if all(end <= other[0] or other[1] <= start for other in kept):
            kept.append((start, end, side))
    return [(start, side) for start, _, side in kept]


def _find_places(text: str, entry: str) -> Iterator[int]:
    """Yield where an entry begins in a text; one in ASCII must stand alone."""
    start = text.find(entry)
    while start >= 0:
        end = start + len(entry)
        if not entry.isascii() or _LETTERS.isdisjoint((text[start - 1 : start], text[end : end + 1])):
            yield start
        start = text.find(entry, start + 1)


@cache
def _index_openings() -> dict[str, list[tuple[str, int, int]]]:
    """Return entries, their lengths in bytes and sides by how they open: an ASCII word or another character."""
    openings: dict[str, list[tuple[str, int, int]]] = {}
    for entry, side in _read_entries():
        match = _OPENING.match(entry)
        if match and match[0].isascii() == entry.isascii():
            openings.setdefault(match[0], []).append((entry, len(entry.encode()), side))
    return openings


def _count_sides_of_many(texts: pa.Array) -> NDArray[np.int64]:
    """Return the same as :func:`count_sides`, by whole arrays."""
    data, offsets = _lay_out(texts)
    starts, sides = _find_entries(data)
    is_negator = sides == _NEGATOR
    words = _count_words(data)
    negators = np.bincount(words[starts[is_negator]], minlength=int(words[-1]) + 2).cumsum()
    starts, sides = starts[~is_negator], sides[~is_negator]
    before = words[starts] - 1
    is_negated = negators[before] > negators[np.maximum(before - WORDS_TO_NEGATED, 0)]
    owner = np.searchsorted(offsets, starts, side="right") - 1
    cells = np.bincount(owner * 2 + (sides ^ is_negated), minlength=2 * len(texts))
    return cells.reshape(-1, 2)


def _lower(texts: pa.Array) -> pa.Array:
    return pc.replace_substring(pc.utf8_lower(pc.fill_null(texts.cast(pa.string()), "")), "’", "'")


def _lay_out(texts: pa.Array) -> tuple[NDArray[np.uint8], Places]:
    """Return the bytes of a line break and of the lowered texts, each ended by one, and where each begins."""
    lines = pc.binary_join_element_wise(_lower(texts), "", "\n")
    lines = pa.concat_arrays([pa.array(["\n"]), lines])
    _, offset_buffer, data_buffer = lines.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[: len(lines) + 1].astype(np.int64)
    return np.frombuffer(data_buffer, np.uint8)[: offsets[-1]], offsets[1:-1]


def _is_word_byte(data: NDArray[np.uint8]) -> NDArray[np.bool_]:
    letters: NDArray[np.bool_] = (data >= ord("a")) & (data <= ord("z")) | (data >= ord("0")) & (data <= ord("9"))
    return letters


def _count_words(data: NDArray[np.uint8]) -> Places:
    """Return for each byte the number of words begun so far; texts are set apart further than negation reaches."""
    is_word = _is_word_byte(data)
    begins = is_word & ~np.concatenate([[False], is_word[:-1]])
    begins |= (data >= _FIRST_IDEOGRAPH) & (data <= _LAST_IDEOGRAPH)
    return np.cumsum(begins + (data == _NEWLINE) * WORDS_APART)


def _find_entries(data: NDArray[np.uint8]) -> tuple[Places, NDArray[np.int8]]:
    """Return where entries begin and their sides; none within a longer one."""
    is_word = np.concatenate([_is_word_byte(data), [False]])
    ascii_entries, other_entries = _read_lexicon()
    first_letters = np.flatnonzero(is_word[1:-1] & ~is_word[:-2]) + 1
    first_letters = ascii_entries.keep_likely(data, first_letters)
    starts, ends = _pair(first_letters, ascii_entries.lengths, len(data))
    stands_alone = ~is_word[ends]
    sums = _sum_bytes(data)
    ascii_hits = _look_up(starts[stands_alone], ends[stands_alone], sums, ascii_entries)
    wide = other_entries.keep_likely(data, np.flatnonzero(data >= _FIRST_WIDE))
    other_hits = _look_up(*_pair(wide, other_entries.lengths, len(data)), sums, other_entries)
    starts, ends = (np.concatenate([ascii_hits[k], other_hits[k]]) for k in (0, 1))
    return _drop_covered(starts, ends, np.concatenate([ascii_hits[2], other_hits[2]]), len(data))


def _pair(starts: Places, lengths: Places, n_bytes: int) -> tuple[Places, Places]:
    """Return starts and ends of all stretches of the given lengths that end within the bytes."""
    ends = (starts[:, None] + lengths).reshape(-1)
    inside = ends < n_bytes
    return np.repeat(starts, len(lengths))[inside], ends[inside]


def _look_up(
    starts: Places, ends: Places, sums: tuple[U64, U64], entries: _Entries
) -> tuple[Places, Places, NDArray[np.int8]]:
    """Return the stretches that are entries, and their sides."""
    hashes = (sums[0][ends] - sums[0][starts]) * sums[1][starts]
    likely = np.flatnonzero(entries.openings[hashes >> _AFTER_OPENING])
    hashes = hashes[likely]
    row = np.minimum(np.searchsorted(entries.hashes, hashes), len(entries.hashes) - 1)
    is_entry = entries.hashes[row] == hashes
    hits = likely[is_entry]
    return starts[hits], ends[hits], entries.sides[row[is_entry]]


def _drop_covered(
    starts: Places, ends: Places, sides: NDArray[np.int8], n_bytes: int
) -> tuple[Places, NDArray[np.int8]]:
    """Return the hits that overlap no longer one, and no earlier one of their length."""
    order = np.argsort(starts, kind="stable")
    starts, ends, sides = starts[order], ends[order], sides[order]
    kept = _stand_apart(starts, ends)
    if kept.all():
        return starts, sides
    lengths = ends - starts
    taken = np.zeros(n_bytes, bool)
    for length in np.unique(lengths[~kept])[::-1]:
        rows = np.flatnonzero((lengths == length) & ~kept)
        while len(rows):
            rows = rows[~taken[starts[rows]] & ~taken[starts[rows] + length - 1]]
            is_first = np.diff(starts[rows], prepend=-length) >= length
            kept[rows[is_first]] = True
            taken[starts[rows[is_first], None] + np.arange(length)] = True
            rows = rows[~is_first]
    return starts[kept], sides[kept]


def _stand_apart(starts: Places, ends: Places) -> NDArray[np.bool_]:
    """Return which stretches, sorted by start, overlap no other."""
    apart = np.ones(len(starts) + 1, bool)
    apart[1:-1] = np.maximum.accumulate(ends)[:-1] <= starts[1:]
    found: NDArray[np.bool_] = apart[:-1] & apart[1:]
    return found


def _sum_bytes(data: NDArray[np.uint8]) -> tuple[U64, U64]:
    """Return the running polynomial sum before each byte, and the inverse powers: a difference hashes a stretch."""
    powers, inverses = _raise_powers(len(data))
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data.astype(np.uint64) + np.uint64(1)) * powers[: len(data)], out=sums[1:])
    return sums, inverses[: len(data)]


def _raise_powers(n: int) -> tuple[U64, U64]:
    """Return at least n powers of the base, and of its inverse; few are kept, as short portions come often."""
    return _raise_few_powers() if n <= _FEW_POWERS else _multiply_up(n)


@cache
def _raise_few_powers() -> tuple[U64, U64]:
    return _multiply_up(_FEW_POWERS)


def _multiply_up(n: int) -> tuple[U64, U64]:
    powers = np.full(n, _BASE, np.uint64)
    inverses = np.full(n, _INVERSE, np.uint64)
    powers[0] = inverses[0] = 1
    return np.cumprod(powers), np.cumprod(inverses)


@cache
def _read_lexicon() -> tuple[_Entries, _Entries]:
    """Return the entries in ASCII, and the others."""
    entries = sorted(_read_entries())
    # The lead byte of an ideograph says little, the two after it much.
    return _hash_entries([e for e in entries if e[0].isascii()], 0), _hash_entries(
        [e for e in entries if not e[0].isascii()], 1
    )


def _hash_entries(entries: list[tuple[str, int]], head: int) -> _Entries:
    data = [np.frombuffer(entry.encode(), np.uint8) for entry, _ in entries]
    hashes = np.array([_sum_bytes(row)[0][-1] for row in data], np.uint64)
    order = np.argsort(hashes)
    sides = np.array([side for _, side in entries], np.int8)
    openings = np.zeros(1 << 16, bool)
    openings[hashes >> _AFTER_OPENING] = True
    lengths = np.unique([len(row) for row in data])
    return _Entries(hashes[order], sides[order], lengths, openings, _mark_heads(data, head), head)


def _mark_heads(entries: list[NDArray[np.uint8]], head: int) -> NDArray[np.bool_]:
    """Return of every two bytes whether an entry has them from a place on; a shorter one may have any."""
    heads = np.zeros((1 << 8, 1 << 8), bool)
    for entry in entries:
        heads[tuple([*entry[head : head + 2], slice(None), slice(None)][:2])] = True
    return heads.reshape(-1)


def _read_entries() -> Iterator[tuple[str, int]]:
    """Yield the entries of the files and their sides; ASCII ones must stand alone, others match anywhere."""
    for name in FILES:
        text = (Path(__file__).parent / name).read_text(encoding="utf-8")
        for section in text.split("\n[")[1:]:
            side, _, entries = section.partition("]")
            for entry in entries.replace("\n", " ").split(","):
                if entry.strip():
                    yield entry.strip(), SIDES.index(side)
