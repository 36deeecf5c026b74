"""Filling texts straight into Arrow buffers: grammars as flat arrays, keyed draws, habits of the writer.

Nothing here recurses or allocates per row. A draw is named by the row's key and by the place of the
choice in its template, so that two rows that share a key make the same choice at the same place.
"""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from simulator.kernels.addresses import view
from simulator.kernels.philox import philox_block

_TEXT = np.uint64(27)  # Purpose.text
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xD1342543DE82EF95)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_HALF = np.uint64(32)

LITERAL, SLOT, SYNONYM, LOCAL, NUMBER, ARTICLE, SLUG = range(7)  # operations, in the low three bits
CONSONANT, VOWEL, BLANK = 0, 1, 2
BLOCK = 32  # bytes copied at once; every pool is padded by as many
MAX_DEPTH = 12
ROOM = 6_144  # no row is longer, in bytes; the compiler of grammars checks it
MAX_TAGS = 6
VERBATIM, SLOTS, SYNONYMS, PARAPHRASE = range(4)  # TextMode
SENTENCE, LOWER, LAZY = range(3)  # case habits
N_FORMS = 8  # forms of a literal: abbreviated 1, careless punctuation 2, other spelling 4

# Literals that come first in the table.
BRAND, BRAND_TAG = range(2)

# Style draws of a row, by number.
(
    _D_OPENER, _D_OPENER_PICK, _D_TAIL, _D_TAIL_PICK, _D_SECOND, _D_ABBREVIATE, _D_SHOUT, _D_SLIP, _D_EMOJI,
    _D_EMOJI_PICK, _D_LAUGH, _D_TAGS, _D_TAG_PICK, _D_LINK, _D_LINK_PICK, _D_MENTION, _D_ENDING, _D_SECOND_PICK,
) = range(1, 19)  # fmt: skip


class Book(NamedTuple):
    """A compiled phrasebook; arrays of one kind have one length. Texts are UTF-8 slices of `pool`."""

    program: Any  # int32: operation + 8 * argument
    alternative_start: Any  # int32: first instruction of an alternative
    alternative_end: Any  # int32
    alternative_mood: Any  # uint8: 0 neutral, 1 pleased, 2 displeased; + 4: takes no opener
    list_first: Any  # int32: first alternative of a list
    list_size: Any  # int32
    list_skew: Any  # uint8: how much the first alternatives are preferred
    literal_offset: Any  # int32[N_FORMS, literals]
    literal_length: Any  # int32[N_FORMS, literals]
    literal_sound: Any  # uint8: CONSONANT, VOWEL or BLANK
    literal_stop: Any  # uint8: 1: ends a sentence
    pool: Any  # uint8
    numbers: Any  # int32[n, 3]: lowest, count, step
    locals: Any  # int32[topics, names]: list of a topic's own slot; -1 none
    own: Any  # int32[languages, contents]: list of a content's own templates
    family: Any  # int32[languages, contents]: list of its family's templates; -1 none
    own_share: Any  # int32[languages, contents]: share of the own templates, of 256
    local_row: Any  # int32[languages, contents]
    openers: Any  # int32[languages, contents, moods]; -1 none
    tails: Any  # int32[languages, contents, moods]
    more: Any  # int32[languages, contents]
    tags: Any  # int32[languages, contents]
    links: Any  # int32[languages, contents]
    tag_rate: Any  # uint8[contents]: of 256, scaled by the writer's habit
    link_rate: Any  # uint8[contents]
    chatty: Any  # uint8[contents]: 1: people's talk, written with every habit; 2: formal; 3: manuscript
    bare: Any  # uint8[contents]: 1: no full stop at the end
    endings: Any  # int32[languages]: list of endings, by habit
    joins: Any  # int32[languages]: list of what stands between two sentences, by habit
    emoji: Any  # int32[languages, moods]
    laughs: Any  # int32[languages]
    tag_table: Any  # int32: list of the forced hashtags
    url_table: Any  # int32: list of the forced links


class Texts(NamedTuple):
    """Arrow buffers being filled: offsets have one entry more than rows or values."""

    text: Any  # uint8
    text_ends: Any  # int32[rows + 1]
    tag_counts: Any  # int32[rows + 1]
    tags: Any  # uint8
    tag_ends: Any  # int32[values + 1]
    url_counts: Any
    urls: Any
    url_ends: Any
    mention_counts: Any
    mentions: Any
    mention_ends: Any


# How kernels reach the arrays of a Book and of Texts; see `addresses`.
book_program = view("program", np.int32)
book_alternative_start = view("alternative_start", np.int32)
book_alternative_end = view("alternative_end", np.int32)
book_alternative_mood = view("alternative_mood", np.uint8)
book_list_first = view("list_first", np.int32)
book_list_size = view("list_size", np.int32)
book_list_skew = view("list_skew", np.uint8)
book_literal_offset = view("literal_offset", np.int32, 2)
book_literal_length = view("literal_length", np.int32, 2)
book_literal_sound = view("literal_sound", np.uint8)
book_literal_stop = view("literal_stop", np.uint8)
book_pool = view("pool", np.uint8)
book_numbers = view("numbers", np.int32, 2)
book_locals = view("locals", np.int32, 2)
book_own = view("own", np.int32, 2)
book_family = view("family", np.int32, 2)
book_own_share = view("own_share", np.int32, 2)
book_local_row = view("local_row", np.int32, 2)
book_openers = view("openers", np.int32, 3)
book_tails = view("tails", np.int32, 3)
book_more = view("more", np.int32, 2)
book_tags = view("tags", np.int32, 2)
book_links = view("links", np.int32, 2)
book_tag_rate = view("tag_rate", np.uint8)
book_link_rate = view("link_rate", np.uint8)
book_chatty = view("chatty", np.uint8)
book_bare = view("bare", np.uint8)
book_endings = view("endings", np.int32)
book_joins = view("joins", np.int32)
book_emoji = view("emoji", np.int32, 2)
book_laughs = view("laughs", np.int32)
text_text = view("text", np.uint8)
text_text_ends = view("text_ends", np.int32)
text_tag_counts = view("tag_counts", np.int32)
text_tags = view("tags", np.uint8)
text_tag_ends = view("tag_ends", np.int32)
text_url_counts = view("url_counts", np.int32)
text_urls = view("urls", np.uint8)
text_url_ends = view("url_ends", np.int32)
text_mention_counts = view("mention_counts", np.int32)
text_mentions = view("mentions", np.uint8)
text_mention_ends = view("mention_ends", np.int32)


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
def _put(to, at, source, start, length):
    """Copy `length` bytes (and what follows them, to the next block) and return the new end."""
    done = np.int64(0)
    while done < length:
        _copy_block(to, np.int64(at + done), source, np.int64(start + done))
        done += BLOCK
    return at + length


@njit(cache=True, forceinline=True)
def _mix(z):
    """Return 64 well mixed bits (the finaliser of SplitMix64)."""
    z = (z ^ (z >> np.uint64(30))) * _MIX_1
    z = (z ^ (z >> np.uint64(27))) * _MIX_2
    return z ^ (z >> np.uint64(31))


@njit(cache=True, forceinline=True)
def _draw(seed, place):
    """Return the draw of a place, 64 bits."""
    return _mix(seed ^ (place * _GOLDEN))


@njit(cache=True, forceinline=True)
def _byte(seed, number):
    """Return a style draw from 0 to 255."""
    return np.int64(_draw(seed, np.uint64(number)) >> np.uint64(56))


@njit(cache=True, forceinline=True)
def _pick(book, listed, draw):
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


# What is remembered while one row is written, in `memo`: whether this writer begins sentences with capitals, whether
# one begins now, whether one has just ended, the form of literals, whether the brand's name is to become a hashtag,
# the language, and the hashtags so far (number, then start and length of each).
_CAPITALS, _BEGINS, _ENDED, _FORM, _INLINE, _LANGUAGE, _N_TAGS, _TAGS = range(8)
MEMO_SIZE = _TAGS + 2 * MAX_TAGS


@njit(cache=True)
def _put_tag(book, out, at, literal, memo):
    """Write a hashtag, note where it stands and return the new end."""
    out[at] = 35
    at += 1
    end = _put(out, at, book_pool(book), book_literal_offset(book)[0, literal], book_literal_length(book)[0, literal])
    n = memo[_N_TAGS]
    memo[_TAGS + 2 * n], memo[_TAGS + 2 * n + 1] = at, end - at
    memo[_N_TAGS] = n + 1
    return end


@njit(cache=True)
def _put_inline_tag(book, out, at, memo):
    """Write the brand's name as a hashtag, once a text, and return the new end."""
    memo[_INLINE] = 0
    if memo[_LANGUAGE] and out[at - 1] != 32:
        out[at] = 32
        at += 1
    at = _put_tag(book, out, at, BRAND_TAG, memo)
    if memo[_LANGUAGE]:
        out[at] = 32
        at += 1
    return at


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


@njit(cache=True)
def _expand(book, out, at, alternative, slot_seed, synonym_seed, salt, local_row, memo, frames, paths):
    """Write one alternative with everything in it and return the new end of the text."""
    ip = np.int64(book_alternative_start(book)[alternative])
    end = np.int64(book_alternative_end(book)[alternative])
    base, inside, depth = ip, np.int64(0), np.int64(0)
    path = np.uint64(salt)
    article = False
    capitals, begins, ended, form = memo[_CAPITALS], memo[_BEGINS], memo[_ENDED], memo[_FORM]
    while True:
        if ip == end:
            if depth == 0:
                break
            depth -= 1
            ip, end, base, inside = frames[depth, 0], frames[depth, 1], frames[depth, 2], frames[depth, 3]
            path = paths[depth]
            continue
        code = np.int64(book_program(book)[ip])
        kind, argument = code & 7, code >> 3
        ip += 1
        if kind == LITERAL:
            if article:
                at = _put_article(out, at, begins, book_literal_sound(book)[argument] == VOWEL)
                article, begins = False, np.int64(0)
            if argument == BRAND and memo[_INLINE]:
                at = _put_inline_tag(book, out, at, memo)
                begins, ended = np.int64(0), np.int64(0)
                continue
            start = at
            at = _put(
                out,
                at,
                book_pool(book),
                book_literal_offset(book)[form, argument],
                book_literal_length(book)[form, argument],
            )
            if begins and 97 <= out[start] <= 122:
                out[start] -= 32
            ended = np.int64(book_literal_stop(book)[argument])
            begins = ended & capitals
            continue
        if kind == ARTICLE:
            article = True
            continue
        place = path * _STEP + np.uint64(ip - base)
        draw = _draw(synonym_seed if kind == SYNONYM and inside == 0 else slot_seed, place)
        if kind == NUMBER:
            value = np.int64(book_numbers(book)[argument, 0]) + np.int64(book_numbers(book)[argument, 2]) * np.int64(
                ((draw >> _HALF) * np.uint64(book_numbers(book)[argument, 1])) >> _HALF
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
        chosen = _pick(book, np.int64(book_locals(book)[local_row, argument]) if kind == LOCAL else argument, draw)
        frames[depth, 0], frames[depth, 1], frames[depth, 2], frames[depth, 3] = ip, end, base, inside
        paths[depth] = path
        depth += 1
        ip, end = np.int64(book_alternative_start(book)[chosen]), np.int64(book_alternative_end(book)[chosen])
        base, path = ip, place
        if kind != SYNONYM:
            inside = np.int64(1)
    memo[_ENDED], memo[_BEGINS] = ended, begins
    return at


@njit(cache=True, forceinline=True)
def _put_listed(book, out, at, listed, seed, number, memo, frames, paths):
    """Write one alternative of a list, by a style draw, and return the new end."""
    chosen = _pick(book, listed, _draw(seed, np.uint64(number)))
    return _expand(book, out, at, chosen, seed, seed, number + 100, 0, memo, frames, paths)


@njit(cache=True)
def _end_sentence(book, out, at, listed, habit, mood, memo, frames, paths):
    """Write the end of a sentence, or what joins it to the next, where the text has none yet."""
    if memo[_ENDED]:
        return at
    n = np.int64(book_list_size(book)[listed])
    place = min(np.int64(habit), n - 1)
    if mood == 2 and place >= 3:  # the pleased habits do not suit bad news
        place = 2
    return _expand(
        book, out, at, book_list_first(book)[listed] + place, np.uint64(0), np.uint64(0), 0, 0, memo, frames, paths
    )


@njit(cache=True)
def _lower(out, start, end):
    for place in range(start, end):
        letter = out[place]
        out[place] = letter + 32 if 65 <= letter <= 90 else letter


@njit(cache=True)
def _upper(out, start, end):
    for place in range(start, end):
        letter = out[place]
        out[place] = letter - 32 if 97 <= letter <= 122 else letter


@njit(cache=True)
def _in_tag(memo, place):
    """Return whether a byte lies in or next to a hashtag."""
    for n in range(memo[_N_TAGS]):
        if memo[_TAGS + 2 * n] - 2 <= place <= memo[_TAGS + 2 * n] + memo[_TAGS + 2 * n + 1]:
            return True
    return False


@njit(cache=True)
def _slip(out, start, end, draw, memo):
    """Make one typing slip in a Latin word: two letters swapped, one dropped or one doubled."""
    size = end - start
    if size < 12:
        return end
    first = start + 2 + np.int64((draw >> _HALF) * np.uint64(size - 4) >> _HALF)
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
        for n in range(memo[_N_TAGS]):
            if memo[_TAGS + 2 * n] > place:
                memo[_TAGS + 2 * n] += shift
        return end + shift
    return end


# Chinese characters that fingers mix up, as UTF-8 (what was meant, what is typed).
_MIXED_UP = np.array(
    [list("\u7684\u5f97".encode()), list("\u5728\u518d".encode()), list("\u5f97\u7684".encode()),
     list("\u505a\u4f5c".encode()), list("\u90a3\u54ea".encode()), list("\u5df2\u4ee5".encode()),
     list("\u5e26\u6234".encode()), list("\u50cf\u8c61".encode())], dtype=np.uint8,
)  # fmt: skip


@njit(cache=True)
def _slip_chinese(out, start, end, draw):
    """Type one character for another that sounds alike, the first such place after a drawn one."""
    size = end - start
    first = start + np.int64((draw >> _HALF) * np.uint64(size) >> _HALF)
    for place in range(first, end - 2):
        if out[place] < 0xE4:
            continue
        for pair in range(_MIXED_UP.shape[0]):
            meant = _MIXED_UP[pair]
            if out[place] == meant[0] and out[place + 1] == meant[1] and out[place + 2] == meant[2]:
                out[place], out[place + 1], out[place + 2] = meant[3], meant[4], meant[5]
                return


@njit(cache=True)
def _put_body(book, out, at, content, language, keys, style, mood_of, memo, frames, paths):
    """Write what the text says: an opener, the template and what follows it, by the writer's habits."""
    own_wording, slot_seed, synonym_seed, seed = keys
    draw = _draw(own_wording, np.uint64(0))
    own = book_own(book)[language, content]
    listed = own
    if (
        book_family(book)[language, content] >= 0
        and np.int64(draw & np.uint64(255)) >= book_own_share(book)[language, content]
    ):
        listed = book_family(book)[language, content]
    chosen = _pick(book, listed, _mix(draw))
    mood = np.int64(book_alternative_mood(book)[chosen] & 3)
    mood_of[0] = mood
    row = np.int64(book_local_row(book)[language, content])
    chatty = book_chatty(book)[content] == 1
    if chatty and book_alternative_mood(book)[chosen] < 4 and _byte(seed, _D_OPENER) < style.opener:
        openers = book_openers(book)[language, content, mood]
        if openers >= 0:
            number = _draw(seed, np.uint64(_D_OPENER_PICK))
            if np.int64(number & np.uint64(255)) < style.loyal:
                number = _draw(np.uint64(style.favourites), np.uint64(1) + ((number >> np.uint64(8)) & np.uint64(1)))
            at = _expand(book, out, at, _pick(book, openers, number), seed, seed, 101, 0, memo, frames, paths)
            memo[_BEGINS] = memo[_ENDED] & memo[_CAPITALS]
    memo[_ENDED] = 0
    at = _expand(book, out, at, chosen, slot_seed, synonym_seed, 0, row, memo, frames, paths)
    if not chatty:
        return at
    if _byte(seed, _D_SECOND) < style.second and book_more(book)[language, content] >= 0:
        at = _join(book, out, at, language, style, mood, memo, frames, paths)
        more = _pick(book, book_more(book)[language, content], _draw(seed, np.uint64(_D_SECOND_PICK)))
        at = _expand(book, out, at, more, seed, seed, 102, row, memo, frames, paths)
    if _byte(seed, _D_TAIL) < style.tail and book_tails(book)[language, content, mood] >= 0:
        at = _join(book, out, at, language, style, mood, memo, frames, paths)
        tail = _pick(book, book_tails(book)[language, content, mood], _draw(seed, np.uint64(_D_TAIL_PICK)))
        at = _expand(book, out, at, tail, seed, seed, 103, row, memo, frames, paths)
    return at


@njit(cache=True)
def _join(book, out, at, language, style, mood, memo, frames, paths):
    """Write what stands between two sentences."""
    if memo[_ENDED]:
        if language == 0:
            out[at] = 32
            at += 1
    else:
        at = _end_sentence(book, out, at, book_joins(book)[language], style.join, mood, memo, frames, paths)
    memo[_BEGINS] = memo[_CAPITALS] & np.int64(style.join != 3)
    memo[_ENDED] = 0
    return at


@njit(cache=True)
def _put_feelings(book, out, at, language, seed, style, mood, memo, frames, paths):
    """Write laughter and emoji, and return the new end."""
    if mood != 2 and _byte(seed, _D_LAUGH) < style.laugh:
        if language == 0:
            out[at] = 32
            at += 1
        at = _put_listed(
            book, out, at, book_laughs(book)[language], np.uint64(style.favourites), 3, memo, frames, paths
        )
    if _byte(seed, _D_EMOJI) >= style.emoji:
        return at
    if language == 0 or style.spaced:
        out[at] = 32
        at += 1
    draw = _draw(seed, np.uint64(_D_EMOJI_PICK))
    from_habit = np.int64(draw & np.uint64(7)) < 5
    number = (
        _draw(np.uint64(style.favourites), np.uint64(10) + ((draw >> np.uint64(8)) & np.uint64(1)))
        if from_habit
        else draw
    )
    emoji = _pick(book, book_emoji(book)[language, mood], number)
    repeats = 1 + (np.int64(style.repeat) if draw & np.uint64(0x300) == 0 else np.int64(0))
    for _ in range(repeats):
        at = _expand(book, out, at, emoji, seed, seed, 104, 0, memo, frames, paths)
    return at


@njit(cache=True)
def _put_tags(book, out, at, content, language, seed, style, forced, memo, frames, paths):
    """Write the hashtags that follow the text, and return the new end."""
    if forced >= 0:
        out[at] = 32
        literal = book_program(book)[book_alternative_start(book)[book_list_first(book)[book.tag_table] + forced]] >> 3
        at = _put_tag(book, out, at + 1, literal, memo)
    listed = book_tags(book)[language, content]
    if listed < 0:
        return at
    rate = min(np.int64(book_tag_rate(book)[content]) * np.int64(style.tag) >> 6, 250)
    if _byte(seed, _D_TAGS) >= rate:
        return at
    draw = _draw(seed, np.uint64(_D_TAG_PICK))
    count = 1 + np.int64(draw & np.uint64(7) < style.many_tags) + np.int64(draw & np.uint64(31) < style.many_tags)
    n = np.int64(book_list_size(book)[listed])
    first = np.int64(((draw >> _HALF) * (draw >> _HALF) >> _HALF) * np.uint64(n) >> _HALF)
    for i in range(min(count, n)):
        literal = np.int64(
            book_program(book)[book_alternative_start(book)[book_list_first(book)[listed] + (first + i) % n]] >> 3
        )
        if memo[_INLINE] == 2 and literal == BRAND_TAG:
            continue
        out[at] = 32
        at = _put_tag(book, out, at + 1, literal, memo)
    return at


@njit(cache=True)
def _put_link(book, out, at, content, language, seed, style, forced, memo, frames, paths):
    """Write one link, or none, and return the new end; the link starts a byte after the old one."""
    if forced >= 0:
        out[at] = 32
        return _expand(
            book, out, at + 1, book_list_first(book)[book.url_table] + forced, seed, seed, 105, 0, memo, frames, paths
        )
    listed = book_links(book)[language, content]
    if listed < 0 or _byte(seed, _D_LINK) >= min(
        np.int64(book_link_rate(book)[content]) * np.int64(style.link) >> 6, 250
    ):
        return at
    out[at] = 32
    return _put_listed(book, out, at + 1, listed, seed, _D_LINK_PICK, memo, frames, paths)


@njit(cache=True, forceinline=True)
def _keep(values, ends, n, source, start, length):
    """Append one value to a list column; returns the number of values."""
    at = ends[n]
    ends[n + 1] = _put(values, np.int64(at), source, start, length)
    return n + 1


@njit(cache=True)
def fill_rows(book_record, seed, rows, styles, plain, handles, handle_ends, texts_record, first):
    """Write rows from `first` on until all are written or a buffer might not take another one.

    Parameters
    ----------
    book_record, texts_record : record arrays of one row
        ``addresses.record_of`` the Book and the Texts. The last 64 bytes of each byte buffer of the Texts are headroom.
    seed : uint64
        Seed of the world.
    rows : record array with content, lang, shared_key, own_key, mode, style_row, paste, forced_tag, forced_url,
        mention_row
    styles : record array (accounts)
        Idiolects.
    plain : record array (3)
        Idiolects of pasted, formal and manuscript texts.
    handles : uint8
        Handles of all accounts, padded; `handle_ends` are their Arrow offsets.
    first : int
        Row to begin with; offsets up to it are in place.

    Returns
    -------
    int
        First row that is not written.
    """
    book, texts = book_record[0], texts_record[0]
    memo = np.zeros(MEMO_SIZE, np.int64)
    frames = np.zeros((MAX_DEPTH, 4), np.int64)
    paths = np.zeros(MAX_DEPTH, np.uint64)
    mood = np.zeros(1, np.int64)
    for row in range(first, rows.shape[0]):
        at = np.int64(text_text_ends(texts)[row])
        if at + ROOM > text_text(texts).shape[0] or _are_full(texts, row):
            return row
        text_text_ends(texts)[row + 1] = _fill_row(
            book, seed, rows[row], row, at, styles, plain, handles, handle_ends, texts, memo, frames, paths, mood
        )
    return rows.shape[0]


@njit(cache=True, forceinline=True)
def _are_full(texts, row):
    n_tags, n_urls, n_mentions = (
        text_tag_counts(texts)[row],
        text_url_counts(texts)[row],
        text_mention_counts(texts)[row],
    )
    return (
        n_tags + MAX_TAGS + 1 > text_tag_ends(texts).shape[0] - 1
        or text_tag_ends(texts)[n_tags] + 1_024 > text_tags(texts).shape[0]
        or n_urls + 2 > text_url_ends(texts).shape[0] - 1
        or text_url_ends(texts)[n_urls] + 512 > text_urls(texts).shape[0]
        or n_mentions + 2 > text_mention_ends(texts).shape[0] - 1
        or text_mention_ends(texts)[n_mentions] + 512 > text_mentions(texts).shape[0]
    )


@njit(cache=True)
def _fill_row(book, seed, line, row, at, styles, plain, handles, handle_ends, texts, memo, frames, paths, mood):
    """Write one row with its lists and return the end of its text."""
    out = text_text(texts)
    content, language = np.int64(line.content), np.int64(line.lang)
    w0, w1, w2, w3 = philox_block(seed, _TEXT, line.own_key, np.uint64(0))
    own, style_seed = w0 | (w1 << _HALF), w2 | (w3 << _HALF)
    shared = own
    if line.mode != PARAPHRASE:
        w0, w1, w2, w3 = philox_block(seed, _TEXT, line.shared_key, np.uint64(0))
        shared = w0 | (w1 << _HALF)
    keys = (shared, shared if line.mode == VERBATIM else own, shared if line.mode <= SLOTS else own, style_seed)
    chatty = np.int64(book_chatty(book)[content])
    style = plain[0] if line.paste else plain[1] if chatty == 2 else styles[line.style_row]
    memo[_CAPITALS] = np.int64(style.case == SENTENCE)
    memo[_BEGINS], memo[_ENDED], memo[_N_TAGS] = memo[_CAPITALS], np.int64(0), np.int64(0)
    memo[_LANGUAGE] = language
    abbreviates = np.int64(_byte(style_seed, _D_ABBREVIATE) < style.abbreviate)
    memo[_FORM] = abbreviates | (np.int64(style.forms) << 1)
    tag_draw = _draw(style_seed, np.uint64(_D_TAGS))
    memo[_INLINE] = np.int64((tag_draw & np.uint64(255)) < style.inline)
    n_mentions = text_mention_counts(texts)[row]
    if line.mention_row >= 0 and _byte(style_seed, _D_MENTION) < style.mention:
        out[at] = 64
        start, stop = np.int64(handle_ends[line.mention_row]), np.int64(handle_ends[line.mention_row + 1])
        at = _put(out, at + 1, handles, start, stop - start)
        out[at] = 32
        at += 1
        n_mentions = _keep(text_mentions(texts), text_mention_ends(texts), n_mentions, handles, start, stop - start)
    text_mention_counts(texts)[row + 1] = n_mentions
    at = _put_styled(book, out, at, content, language, keys, style, line, memo, frames, paths, mood)
    start = at
    at = _put_link(book, out, at, content, language, style_seed, style, line.forced_url, memo, frames, paths)
    n_urls = text_url_counts(texts)[row]
    if at > start:
        n_urls = _keep(text_urls(texts), text_url_ends(texts), n_urls, out, start + 1, at - start - 1)
    text_url_counts(texts)[row + 1] = n_urls
    n_tags = text_tag_counts(texts)[row]
    for i in range(memo[_N_TAGS]):
        n_tags = _keep(
            text_tags(texts), text_tag_ends(texts), n_tags, out, memo[_TAGS + 2 * i], memo[_TAGS + 2 * i + 1]
        )
    text_tag_counts(texts)[row + 1] = n_tags
    return at


@njit(cache=True)
def _put_styled(book, out, at, content, language, keys, style, line, memo, frames, paths, mood):
    """Write the body with the writer's habits, then the hashtags; returns the new end."""
    seed, body = keys[3], at
    at = _put_body(book, out, at, content, language, keys, style, mood, memo, frames, paths)
    feels = book_chatty(book)[content] != 2
    laughing = feels and _byte(seed, _D_EMOJI) < style.emoji
    if not book_bare(book)[content] and not (laughing and style.drops):
        at = _end_sentence(book, out, at, book_endings(book)[language], style.ending, mood[0], memo, frames, paths)
    if language == 0:
        if style.case == LOWER:
            _lower(out, body, at)
        elif _byte(seed, _D_SHOUT) < style.shout:
            _upper(out, body, at)
    if _byte(seed, _D_SLIP) < style.slip:
        draw = _draw(seed, np.uint64(_D_SLIP) + np.uint64(200))
        if language == 0:
            at = _slip(out, body, at, draw, memo)
        else:
            _slip_chinese(out, body, at, draw)
    if feels:
        memo[_FORM] = 0
        at = _put_feelings(book, out, at, language, seed, style, mood[0], memo, frames, paths)
    memo[_FORM], memo[_BEGINS], memo[_CAPITALS] = np.int64(0), np.int64(0), np.int64(0)
    memo[_INLINE] = np.int64(2) if memo[_N_TAGS] else np.int64(0)
    return _put_tags(book, out, at, content, language, seed, style, line.forced_tag, memo, frames, paths)
