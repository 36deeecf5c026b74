"""Habits of the writer: sentence ends, capitals, slips of the fingers, laughter and emoji."""

import numpy as np
from numba import njit

from simulator.kernels.text_book import (
    BEGINS,
    CAPITALS,
    D_EMOJI,
    D_EMOJI_PICK,
    D_LAUGH,
    DISPLEASED,
    ENDED,
    N_TAGS,
    TAGS_AT,
    book_emoji,
    book_joins,
    book_laughs,
    book_list_first,
    book_list_size,
)
from simulator.kernels.text_expand import HALF, draw_at, draw_byte, expand, pick, put_listed


@njit(cache=True)
def end_sentence(book, out, at, listed, habit, mood, memo, frames, paths):
    """Write the end of a sentence, or what joins it to the next, where the text has none yet."""
    if memo[ENDED]:
        return at
    n = np.int64(book_list_size(book)[listed])
    place = min(np.int64(habit), n - 1)
    if mood == DISPLEASED and place >= 3:  # the pleased habits do not suit bad news
        place = 2
    return expand(
        book, out, at, book_list_first(book)[listed] + place, np.uint64(0), np.uint64(0), 0, 0, memo, frames, paths
    )


@njit(cache=True)
def join_sentences(book, out, at, language, style, mood, memo, frames, paths):
    """Write what stands between two sentences."""
    if memo[ENDED]:
        if language == 0:
            out[at] = 32
            at += 1
    else:
        at = end_sentence(book, out, at, book_joins(book)[language], style.join, mood, memo, frames, paths)
    memo[BEGINS] = memo[CAPITALS] & np.int64(style.join != 3)
    memo[ENDED] = 0
    return at


@njit(cache=True)
def lower_case(out, start, end):
    for place in range(start, end):
        letter = out[place]
        out[place] = letter + 32 if 65 <= letter <= 90 else letter


@njit(cache=True)
def upper_case(out, start, end):
    for place in range(start, end):
        letter = out[place]
        out[place] = letter - 32 if 97 <= letter <= 122 else letter


@njit(cache=True)
def _in_tag(memo, place):
    """Return whether a byte lies in or next to a hashtag."""
    for n in range(memo[N_TAGS]):
        if memo[TAGS_AT + 2 * n] - 2 <= place <= memo[TAGS_AT + 2 * n] + memo[TAGS_AT + 2 * n + 1]:
            return True
    return False


@njit(cache=True)
def slip(out, start, end, draw, memo):
    """Make one typing slip in a Latin word: two letters swapped, one dropped or one doubled."""
    size = end - start
    if size < 12:
        return end
    first = start + 2 + np.int64((draw >> HALF) * np.uint64(size - 4) >> HALF)
    for place in range(first, end - 2):
        inner = 97 <= out[place - 1] <= 122 and 97 <= out[place] <= 122 and 97 <= out[place + 1] <= 122
        if not inner or _in_tag(memo, place) or _in_tag(memo, place + 1):
            continue
        what = np.int64(draw & np.uint64(3))
        if what <= 1 and out[place] != out[place + 1]:
            out[place], out[place + 1] = out[place + 1], out[place]
            return end
        shift = np.int64(-1) if what <= 2 else np.int64(1)
        if shift < 0:
            for i in range(place, end - 1):
                out[i] = out[i + 1]
        else:
            for i in range(end, place, -1):
                out[i] = out[i - 1]
        for n in range(memo[N_TAGS]):
            if memo[TAGS_AT + 2 * n] > place:
                memo[TAGS_AT + 2 * n] += shift
        return end + shift
    return end


# Chinese characters that fingers mix up, as UTF-8 (what was meant, what is typed).
_MIXED_UP = np.array(
    [list("\u7684\u5f97".encode()), list("\u5728\u518d".encode()), list("\u5f97\u7684".encode()),
     list("\u505a\u4f5c".encode()), list("\u90a3\u54ea".encode()), list("\u5df2\u4ee5".encode()),
     list("\u5e26\u6234".encode()), list("\u50cf\u8c61".encode())], dtype=np.uint8,
)  # fmt: skip


@njit(cache=True)
def slip_chinese(out, start, end, draw):
    """Type one character for another that sounds alike, the first such place after a drawn one."""
    size = end - start
    first = start + np.int64((draw >> HALF) * np.uint64(size) >> HALF)
    for place in range(first, end - 2):
        if out[place] < 0xE4:
            continue
        for pair in range(_MIXED_UP.shape[0]):
            meant = _MIXED_UP[pair]
            if out[place] == meant[0] and out[place + 1] == meant[1] and out[place + 2] == meant[2]:
                out[place], out[place + 1], out[place + 2] = meant[3], meant[4], meant[5]
                return


@njit(cache=True)
def put_feelings(book, out, at, language, seed, style, mood, memo, frames, paths):
    """Write laughter and emoji, and return the new end."""
    if mood != DISPLEASED and draw_byte(seed, D_LAUGH) < style.laugh:
        if language == 0:
            out[at] = 32
            at += 1
        at = put_listed(book, out, at, book_laughs(book)[language], np.uint64(style.favourites), 3, memo, frames, paths)
    if draw_byte(seed, D_EMOJI) >= style.emoji:
        return at
    if language == 0 or style.spaced:
        out[at] = 32
        at += 1
    draw = draw_at(seed, np.uint64(D_EMOJI_PICK))
    from_habit = np.int64(draw & np.uint64(7)) < 5
    number = (
        draw_at(np.uint64(style.favourites), np.uint64(10) + ((draw >> np.uint64(8)) & np.uint64(1)))
        if from_habit
        else draw
    )
    emoji = pick(book, book_emoji(book)[language, mood], number)
    repeats = 1 + (np.int64(style.repeat) if draw & np.uint64(0x300) == 0 else np.int64(0))
    for _ in range(repeats):
        at = expand(book, out, at, emoji, seed, seed, 104, 0, memo, frames, paths)
    return at
