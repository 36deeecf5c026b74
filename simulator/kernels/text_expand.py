"""Writing one alternative of a grammar with everything in it: keyed draws, fast copies, no recursion."""

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from simulator.kernels.text_book import (
    ARTICLE,
    BEGINS,
    BLANK,
    BLOCK,
    BODY,
    BRAND,
    BRAND_TAG,
    CAPITALS,
    ENDED,
    FORM,
    GAP,
    INLINE,
    LANGUAGE,
    LITERAL,
    LOCAL,
    N_TAGS,
    NUMBER,
    SLUG,
    STOP,
    SYNONYM,
    TAGS_AT,
    VOWEL,
    book_alternative_end,
    book_alternative_start,
    book_list_first,
    book_list_size,
    book_list_skew,
    book_literals,
    book_locals,
    book_numbers,
    book_other_forms,
    book_pool,
    book_program,
)

HALF = np.uint64(32)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xD1342543DE82EF95)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


@intrinsic
def _copy_block(typing_context, to, to_at, source, source_at):  # pragma: no cover - compiled
    """Copy BLOCK bytes between uint8 arrays, unchecked."""

    def generate(context, builder, signature, args):
        block = ir.VectorType(ir.IntType(8), BLOCK).as_pointer()
        pointers = []
        for array_type, array, at in ((signature.args[0], args[0], args[1]), (signature.args[2], args[2], args[3])):
            view = context.make_array(array_type)(context, builder, array)
            pointers.append(builder.bitcast(builder.gep(view.data, [at]), block))
        value = builder.load(pointers[1])
        value.align = 1
        builder.store(value, pointers[0]).align = 1
        return context.get_dummy_value()

    return types.void(to, types.int64, source, types.int64), generate


@njit(cache=True, forceinline=True)
def put_bytes(to, at, source, start, length):
    """Copy `length` bytes (and what follows them, to the next block) and return the new end."""
    done = np.int64(0)
    while done < length:
        _copy_block(to, np.int64(at + done), source, np.int64(start + done))
        done += BLOCK
    return at + length


@njit(cache=True, forceinline=True)
def mix(z):
    """Return 64 well mixed bits (the finaliser of SplitMix64)."""
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@njit(cache=True, forceinline=True)
def draw_at(seed, place):
    """Return the draw of a place, 64 bits."""
    return mix(seed ^ (place * _GOLDEN))


@njit(cache=True, forceinline=True)
def draw_byte(seed, number):
    """Return a style draw from 0 to 255."""
    return np.int64(draw_at(seed, np.uint64(number)) >> np.uint64(56))


@njit(cache=True, forceinline=True)
def pick(book, listed, draw):
    """Return an alternative of a list; skewed lists prefer their first ones."""
    part = draw >> np.uint64(40)
    share = part
    for _ in range(book_list_skew(book)[listed]):
        share = (share * part) >> np.uint64(24)
    return np.int64(book_list_first(book)[listed]) + np.int64(
        (np.uint64(book_list_size(book)[listed]) * share) >> np.uint64(24)
    )


@njit(cache=True, forceinline=True)
def _put_digits(out, at, value):
    """Write a number and return the new end."""
    size = np.int64(1)
    rest = value // 10
    while rest > 0:
        size += 1
        rest //= 10
    for place in range(at + size - 1, at - 1, -1):
        out[place] = np.uint8(48 + value % 10)
        value //= 10
    return at + size


@njit(cache=True, forceinline=True)
def _put_slug(out, at, draw, size):
    """Write random letters and digits, as in short links."""
    for place in range(at, at + size):
        digit = np.int64(draw % np.uint64(36))
        draw //= np.uint64(36)
        out[place] = np.uint8(48 + digit if digit < 10 else 87 + digit)
    return at + size


@njit(cache=True)
def put_tag(book, out, at, literal, memo):
    """Write a hashtag, note where it stands and return the new end."""
    out[at] = 35
    at += 1
    end = put_bytes(out, at, book_pool(book), book_literals(book)[literal, 0], book_literals(book)[literal, 1])
    n = memo[N_TAGS]
    memo[TAGS_AT + 2 * n], memo[TAGS_AT + 2 * n + 1] = at, end - at
    memo[N_TAGS] = n + 1
    return end


@njit(cache=True)
def _put_inline_tag(book, out, at, memo):
    """Write the brand's name as a hashtag, once a text, and return the new end."""
    memo[INLINE] = 0
    if memo[LANGUAGE] and at > memo[BODY] and out[at - 1] != 32:
        out[at] = 32
        at += 1
    at = put_tag(book, out, at, BRAND_TAG, memo)
    if memo[LANGUAGE]:
        memo[GAP] = at
        out[at] = 32
        at += 1
    return at


@njit(cache=True)
def close_gap(out, at, memo):
    """Take out the space after an inline hashtag where a space or nothing follows it; returns the new end."""
    gap = memo[GAP]
    if gap < 0 or (gap + 1 < at and out[gap + 1] != 32):
        return at
    for place in range(gap, at - 1):
        out[place] = out[place + 1]
    for n in range(memo[N_TAGS]):
        if memo[TAGS_AT + 2 * n] > gap:
            memo[TAGS_AT + 2 * n] -= 1
    return at - 1


@njit(cache=True, forceinline=True)
def _put_article(out, at, begins, vowel):
    """Write "a " or "an " and return the new end."""
    out[at] = 65 if begins else 97
    at += 1
    if vowel:
        out[at] = 110
        at += 1
    out[at] = 32
    return at + 1


@njit(cache=True, forceinline=True)
def _capitalise(out, start, end):
    """Make the first letter a capital, also after an opening quotation mark."""
    if out[start] == 34 and start + 1 < end:
        start += 1
    if 97 <= out[start] <= 122:
        out[start] -= 32


@njit(cache=True)
def expand(book, out, at, alternative, slot_seed, synonym_seed, salt, local_row, memo, frames, paths):
    """Write one alternative with everything in it and return the new end of the text."""
    ip = np.int64(book_alternative_start(book)[alternative])
    end = np.int64(book_alternative_end(book)[alternative])
    base, inside, depth = ip, np.int64(0), np.int64(0)
    path = np.uint64(salt)
    article = False
    capitals, begins, ended, form = memo[CAPITALS], memo[BEGINS], memo[ENDED], memo[FORM]
    while True:
        if ip == end:
            if depth == 0:
                break
            depth -= 1
            ip, end, base, inside = frames[depth, 0], frames[depth, 1], frames[depth, 2], frames[depth, 3]
            path = paths[depth]
            continue
        code = np.int64(book_program(book)[ip])
        ip += 1
        kind, argument = code & 7, code >> 3
        if kind == LITERAL:
            literal = book_literals(book)[argument]
            sound = np.int64(literal[2])
            if article:
                at = _put_article(out, at, begins, sound & 3 == VOWEL)
                article, begins = False, np.int64(0)
            if argument == BRAND and memo[INLINE]:
                at = _put_inline_tag(book, out, at, memo)
                begins, ended = np.int64(0), np.int64(0)
                continue
            source, length = literal[0], literal[1]
            if form and literal[3] >= 0:
                source = book_other_forms(book)[literal[3], form, 0]
                length = book_other_forms(book)[literal[3], form, 1]
            start = at
            at = put_bytes(out, at, book_pool(book), source, length)
            if sound & 3 != BLANK:
                if begins:
                    _capitalise(out, start, at)
                ended = np.int64(sound >= STOP)
                begins = ended & capitals
            continue
        if kind == ARTICLE:
            article = True
            continue
        place = path * _STEP + np.uint64(ip - base)
        draw = draw_at(synonym_seed if kind == SYNONYM and inside == 0 else slot_seed, place)
        if kind == NUMBER:
            value = np.int64(book_numbers(book)[argument, 0]) + np.int64(book_numbers(book)[argument, 2]) * np.int64(
                ((draw >> HALF) * np.uint64(book_numbers(book)[argument, 1])) >> HALF
            )
            if article:
                at = _put_article(out, at, begins, value == 8 or value == 11 or value == 18 or 80 <= value <= 89)
                article = False
            at = _put_digits(out, at, value)
            begins, ended = np.int64(0), np.int64(0)
            continue
        if kind == SLUG:
            at = _put_slug(out, at, draw, argument)
            continue
        chosen = pick(book, np.int64(book_locals(book)[local_row, argument]) if kind == LOCAL else argument, draw)
        frames[depth, 0], frames[depth, 1], frames[depth, 2], frames[depth, 3] = ip, end, base, inside
        paths[depth] = path
        depth += 1
        ip, end = np.int64(book_alternative_start(book)[chosen]), np.int64(book_alternative_end(book)[chosen])
        base, path = ip, place
        if kind != SYNONYM:
            inside = np.int64(1)
    memo[ENDED], memo[BEGINS] = ended, begins
    return at


@njit(cache=True, forceinline=True)
def put_listed(book, out, at, listed, seed, number, memo, frames, paths):
    """Write one alternative of a list, by a style draw, and return the new end."""
    chosen = pick(book, listed, draw_at(seed, np.uint64(number)))
    return expand(book, out, at, chosen, seed, seed, number + 100, 0, memo, frames, paths)
