"""Filling texts straight into Arrow buffers: grammars as flat arrays, keyed draws, habits of the writer.

Nothing here recurses or allocates per row. A draw is named by the row's key and by the place of the
choice in its template, so that two rows that share a key make the same choice at the same place.
"""

import numpy as np
from numba import njit

from simulator.kernels.philox import philox_block
from simulator.kernels.text_book import (
    BEGINS,
    BODY,
    BRAND_TAG,
    CAPITALS,
    D_ABBREVIATE,
    D_EMOJI,
    D_LONG,
    D_LONG_PICK,
    D_MENTION,
    D_OPENER,
    D_OPENER_PICK,
    D_SECOND,
    D_SECOND_PICK,
    D_SHOUT,
    D_SLIP,
    D_TAG_PICK,
    D_TAGS,
    D_TAIL,
    D_TAIL_PICK,
    ENDED,
    FORM,
    FORMAL,
    GAP,
    INLINE,
    LANGUAGE,
    LOWER,
    MAX_TAGS,
    N_TAGS,
    NO_OPENER,
    PARAPHRASE,
    PEOPLE,
    ROOM,
    SENTENCE,
    SILENT,
    SLOTS,
    TAGS_AT,
    VERBATIM,
    batch_frames,
    batch_handle_ends,
    batch_handles,
    batch_memo,
    batch_mood,
    batch_news,
    batch_paths,
    batch_plain,
    batch_rows,
    batch_styles,
    book_alternative_mood,
    book_alternative_start,
    book_bare,
    book_chatty,
    book_endings,
    book_family,
    book_list_first,
    book_list_size,
    book_local_row,
    book_long_rate,
    book_more,
    book_openers,
    book_own,
    book_own_share,
    book_program,
    book_second_least,
    book_tag_rate,
    book_tags,
    book_tails,
    text_mention_counts,
    text_mention_ends,
    text_mentions,
    text_tag_counts,
    text_tag_ends,
    text_tags,
    text_text,
    text_text_ends,
    text_url_counts,
    text_url_ends,
    text_urls,
)
from simulator.kernels.text_expand import (
    HALF,
    close_gap,
    draw_at,
    draw_byte,
    expand,
    mix,
    pick,
    put_bytes,
    put_tag,
)
from simulator.kernels.text_habits import (
    end_sentence,
    join_sentences,
    lower_case,
    put_feelings,
    slip,
    slip_chinese,
    upper_case,
)
from simulator.kernels.text_links import put_link

_TEXT = np.uint64(27)  # Purpose.text


@njit(cache=True)
def _put_more(book, out, at, content, language, seed, style, mood, row, memo, frames, paths):
    """Write a sentence about the same, or now and then several, each another one of the list."""
    listed = book_more(book)[language, content]
    if draw_byte(seed, D_SECOND) < max(np.int64(style.second), np.int64(book_second_least(book)[content])):
        at = join_sentences(book, out, at, language, style, mood, memo, frames, paths)
        more = pick(book, listed, draw_at(seed, np.uint64(D_SECOND_PICK)))
        at = expand(book, out, at, more, seed, seed, 102, row, memo, frames, paths)
    if draw_byte(seed, D_LONG) >= book_long_rate(book)[content]:
        return at
    draw = draw_at(seed, np.uint64(D_LONG_PICK))
    n = np.int64(book_list_size(book)[listed])
    first = np.int64((draw >> HALF) * np.uint64(n) >> HALF)
    for i in range(min(2 + np.int64(draw & np.uint64(3)), n)):
        at = join_sentences(book, out, at, language, style, mood, memo, frames, paths)
        more = np.int64(book_list_first(book)[listed]) + (first + i) % n
        at = expand(book, out, at, more, seed, seed, 110 + i, row, memo, frames, paths)
    return at


@njit(cache=True)
def _put_body(book, out, at, content, language, keys, style, mood_of, memo, frames, paths):
    """Write what the text says: an opener, the template and what follows it, by the writer's habits."""
    own_wording, slot_seed, synonym_seed, seed = keys
    draw = draw_at(own_wording, np.uint64(0))
    own = book_own(book)[language, content]
    listed = own
    if (
        book_family(book)[language, content] >= 0
        and np.int64(draw & np.uint64(255)) >= book_own_share(book)[language, content]
    ):
        listed = book_family(book)[language, content]
    chosen = pick(book, listed, mix(draw))
    mood = np.int64(book_alternative_mood(book)[chosen] & 3)
    mood_of[0] = mood
    row = np.int64(book_local_row(book)[language, content])
    chatty = book_chatty(book)[content] == PEOPLE
    if chatty and book_alternative_mood(book)[chosen] < NO_OPENER and draw_byte(seed, D_OPENER) < style.opener:
        openers = book_openers(book)[language, content, mood]
        if openers >= 0:
            number = draw_at(seed, np.uint64(D_OPENER_PICK))
            if np.int64(number & np.uint64(255)) < style.loyal:
                number = draw_at(np.uint64(style.favourites), np.uint64(1) + ((number >> np.uint64(8)) & np.uint64(1)))
            at = expand(book, out, at, pick(book, openers, number), seed, seed, 101, 0, memo, frames, paths)
            memo[BEGINS] = memo[ENDED] & memo[CAPITALS]
    memo[ENDED] = 0
    at = expand(book, out, at, chosen, slot_seed, synonym_seed, 0, row, memo, frames, paths)
    if not chatty:
        return at
    if style.second > 0 and book_more(book)[language, content] >= 0:  # pasted texts stay as they are
        at = _put_more(book, out, at, content, language, seed, style, mood, row, memo, frames, paths)
    if draw_byte(seed, D_TAIL) < style.tail and book_tails(book)[language, content, mood] >= 0:
        at = join_sentences(book, out, at, language, style, mood, memo, frames, paths)
        tail = pick(book, book_tails(book)[language, content, mood], draw_at(seed, np.uint64(D_TAIL_PICK)))
        at = expand(book, out, at, tail, seed, seed, 103, row, memo, frames, paths)
    return at


@njit(cache=True)
def _put_tags(book, out, at, content, language, seed, style, forced, memo, frames, paths):
    """Write the hashtags that follow the text, each once, and return the new end."""
    has_brand, forced_literal = memo[INLINE] == 2, np.int64(-1)
    listed = book_tags(book)[language, content]
    rate = min(np.int64(book_tag_rate(book)[content]) * np.int64(style.tag) >> 6, 250)
    if forced >= 0:
        forced_literal = np.int64(
            book_program(book)[book_alternative_start(book)[book_list_first(book)[book.tag_table] + forced]] >> 3
        )
        if not (has_brand and forced_literal == BRAND_TAG):
            out[at] = 32
            at = put_tag(book, out, at + 1, forced_literal, memo)
    if listed < 0 or draw_byte(seed, D_TAGS) >= rate:
        return at
    draw = draw_at(seed, np.uint64(D_TAG_PICK))
    count = 1 + np.int64(draw & np.uint64(7) < style.many_tags) + np.int64(draw & np.uint64(31) < style.many_tags)
    count -= np.int64(forced_literal >= 0)
    n = np.int64(book_list_size(book)[listed])
    first = np.int64(((draw >> HALF) * (draw >> HALF) >> HALF) * np.uint64(n) >> HALF)
    for i in range(min(count, n)):
        literal = np.int64(
            book_program(book)[book_alternative_start(book)[book_list_first(book)[listed] + (first + i) % n]] >> 3
        )
        if literal == forced_literal or (has_brand and literal == BRAND_TAG):
            continue
        out[at] = 32
        at = put_tag(book, out, at + 1, literal, memo)
    return at


@njit(cache=True, forceinline=True)
def _keep(values, ends, n, source, start, length):
    """Append one value to a list column; returns the number of values."""
    at = ends[n]
    ends[n + 1] = put_bytes(values, np.int64(at), source, start, length)
    return n + 1


@njit(cache=True)
def fill_rows(book_record, seed, batch_record, texts_record, first):
    """Write rows from `first` on until all are written or a buffer might not take another one.

    Parameters
    ----------
    book_record, batch_record, texts_record : record arrays of one row
        ``addresses.record_of`` the Book, the Batch and the Texts. Arrays passed by value would be counted in and out
        at every call, which took four times as long. The last 64 bytes of each byte buffer are headroom.
    seed : uint64
        Seed of the world.
    first : int
        Row to begin with; offsets up to it are in place.

    Returns
    -------
    int
        First row that is not written.
    """
    book, batch, texts = book_record[0], batch_record[0], texts_record[0]
    n_rows = batch_rows(batch).shape[0]
    for row in range(first, n_rows):
        at = np.int64(text_text_ends(texts)[row])
        if at + ROOM > text_text(texts).shape[0] or _are_full(texts, row):
            return row
        if batch_rows(batch)[row].content == SILENT:
            _skip_row(texts, row)
        else:
            text_text_ends(texts)[row + 1] = _fill_row(book, seed, batch, texts, row, at)
    return n_rows


@njit(cache=True, forceinline=True)
def _skip_row(texts, row):
    text_text_ends(texts)[row + 1] = text_text_ends(texts)[row]
    text_tag_counts(texts)[row + 1] = text_tag_counts(texts)[row]
    text_url_counts(texts)[row + 1] = text_url_counts(texts)[row]
    text_mention_counts(texts)[row + 1] = text_mention_counts(texts)[row]


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
def _fill_row(book, seed, batch, texts, row, at):
    """Write one row with its lists and return the end of its text."""
    out, line = text_text(texts), batch_rows(batch)[row]
    memo, frames, paths, mood = batch_memo(batch), batch_frames(batch), batch_paths(batch), batch_mood(batch)
    content, language = np.int64(line.content), np.int64(line.lang)
    keys = _draw_keys(seed, line)
    style = batch_styles(batch)[line.style_row]
    if book_chatty(book)[content] == FORMAL:
        style = batch_plain(batch)[1]
    elif line.paste:
        style = batch_plain(batch)[0]
    _begin_memo(memo, language, style, keys[3])
    at = _put_mention(batch, texts, row, out, at, line, style, keys[3])
    at = _put_styled(book, out, at, content, language, keys, style, line, memo, frames, paths, mood)
    start = at
    news = batch_news(batch)
    at = put_link(book, out, at, content, language, keys[3], style, line, seed, news, memo, frames, paths)
    link_size = at - start
    at = close_gap(out, at, memo)
    n_urls = text_url_counts(texts)[row]
    if link_size:
        n_urls = _keep(text_urls(texts), text_url_ends(texts), n_urls, out, at - link_size + 1, link_size - 1)
    text_url_counts(texts)[row + 1] = n_urls
    n_tags = text_tag_counts(texts)[row]
    for i in range(memo[N_TAGS]):
        n_tags = _keep(
            text_tags(texts), text_tag_ends(texts), n_tags, out, memo[TAGS_AT + 2 * i], memo[TAGS_AT + 2 * i + 1]
        )
    text_tag_counts(texts)[row + 1] = n_tags
    return at


@njit(cache=True)
def _draw_keys(seed, line):
    """Return the seeds of a row's template, slots, synonyms and habits; its mode says which ones others share."""
    w0, w1, w2, w3 = philox_block(seed, _TEXT, line.own_key, np.uint64(0))
    own, habits = w0 | (w1 << HALF), w2 | (w3 << HALF)
    shared = own
    if line.mode != PARAPHRASE:
        w0, w1, w2, w3 = philox_block(seed, _TEXT, line.shared_key, np.uint64(0))
        shared = w0 | (w1 << HALF)
    return shared, shared if line.mode == VERBATIM else own, shared if line.mode <= SLOTS else own, habits


@njit(cache=True)
def _begin_memo(memo, language, style, seed):
    """Note what holds for the row from its first letter on."""
    memo[CAPITALS] = np.int64(style.case == SENTENCE)
    memo[BEGINS], memo[ENDED], memo[N_TAGS] = memo[CAPITALS], np.int64(0), np.int64(0)
    memo[LANGUAGE], memo[GAP] = language, np.int64(-1)
    abbreviates = np.int64(draw_byte(seed, D_ABBREVIATE) < style.abbreviate)
    memo[FORM] = abbreviates | (np.int64(style.forms) << 1)
    memo[INLINE] = np.int64((draw_at(seed, np.uint64(D_TAGS)) & np.uint64(255)) < style.inline)


@njit(cache=True)
def _put_mention(batch, texts, row, out, at, line, style, seed):
    """Write and list whom the text names first, or nobody, and return the new end."""
    n_mentions = text_mention_counts(texts)[row]
    if line.mention_row >= 0 and draw_byte(seed, D_MENTION) < style.mention:
        out[at] = 64
        handles, handle_ends = batch_handles(batch), batch_handle_ends(batch)
        start, stop = np.int64(handle_ends[line.mention_row]), np.int64(handle_ends[line.mention_row + 1])
        at = put_bytes(out, at + 1, handles, start, stop - start)
        out[at] = 32
        at += 1
        n_mentions = _keep(text_mentions(texts), text_mention_ends(texts), n_mentions, handles, start, stop - start)
    text_mention_counts(texts)[row + 1] = n_mentions
    return at


@njit(cache=True)
def _put_styled(book, out, at, content, language, keys, style, line, memo, frames, paths, mood):
    """Write the body with the writer's habits, then the hashtags; returns the new end."""
    seed, body = keys[3], at
    memo[BODY] = at
    at = _put_body(book, out, at, content, language, keys, style, mood, memo, frames, paths)
    feels = book_chatty(book)[content] != FORMAL
    laughing = feels and draw_byte(seed, D_EMOJI) < style.emoji
    if not book_bare(book)[content] and not (laughing and style.drops):
        at = end_sentence(book, out, at, book_endings(book)[language], style.ending, mood[0], memo, frames, paths)
    if language == 0:
        if style.case == LOWER:
            lower_case(out, body, at)
        elif draw_byte(seed, D_SHOUT) < style.shout:
            upper_case(out, body, at)
    if draw_byte(seed, D_SLIP) < style.slip:
        draw = draw_at(seed, np.uint64(D_SLIP) + np.uint64(200))
        if language == 0:
            at = slip(out, body, at, draw, memo)
        else:
            slip_chinese(out, body, at, draw)
    if feels:
        memo[FORM] = 0
        at = put_feelings(book, out, at, language, seed, style, mood[0], memo, frames, paths)
    memo[FORM], memo[BEGINS], memo[CAPITALS] = np.int64(0), np.int64(0), np.int64(0)
    memo[INLINE] = np.int64(2) if memo[N_TAGS] else np.int64(0)
    return _put_tags(book, out, at, content, language, seed, style, line.forced_tag, memo, frames, paths)
