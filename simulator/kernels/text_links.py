"""Links of texts: to an article of the day, which strangers share while it lives, or to a page of the writer's own."""

import numpy as np
from numba import njit

from simulator.kernels.philox import philox_block
from simulator.kernels.text_book import (
    D_LINK,
    D_LINK_PICK,
    D_NEWS,
    book_link_rate,
    book_links,
    book_list_first,
    book_news,
)
from simulator.kernels.text_expand import HALF, draw_at, draw_byte, expand, put_listed

_NEWS = np.uint64(47)  # Purpose.news
# The linking habit, of 64 on average, that leads to news as often as the shares of lives say. Assumed.
_NEWS_LINKER = 200


@njit(cache=True)
def _find_article(world_seed, news, language, time, link_habit, draw):
    """Return the key of the article that a link leads to, 0 for a page that only its writer knows.

    Articles of one life follow each other in places; the first places are the popular ones. Those who link
    much pass on the news, by the square of their habit: few accounts share most of it.
    """
    habit = max(np.int64(link_habit), 1)
    wish = np.int64(draw & np.uint64(0xFFFF)) * _NEWS_LINKER**2 // (habit * habit)
    for life in range(news.shape[0]):
        if wish >= news[life, 0]:
            continue
        part = draw >> HALF
        popular = (part * part >> HALF) * part >> HALF
        place = np.int64(popular * np.uint64(news[life, 2]) >> HALF)
        series = np.uint64((place << 8) | (life << 1) | language)
        phase = philox_block(world_seed, _NEWS, series, np.uint64(0))
        edition = (time + np.int64(phase[0]) % news[life, 1]) // news[life, 1]
        words = philox_block(world_seed, _NEWS, series, np.uint64(edition + 1))
        return words[0] | (words[1] << HALF) | np.uint64(1)
    return np.uint64(0)


@njit(cache=True)
def put_link(book, out, at, content, language, seed, style, line, world_seed, news, memo, frames, paths):
    """Write one link, or none, and return the new end; the link starts a byte after the old one."""
    if line.forced_url >= 0:
        out[at] = 32
        forced = book_list_first(book)[book.url_table] + line.forced_url
        return expand(book, out, at + 1, forced, seed, seed, 105, 0, memo, frames, paths)
    listed = book_links(book)[language, content]
    if listed < 0 or draw_byte(seed, D_LINK) >= min(
        np.int64(book_link_rate(book)[content]) * np.int64(style.link) >> 6, 250
    ):
        return at
    out[at] = 32
    reported = book_news(book)[language, content]
    if reported >= 0:
        article = _find_article(world_seed, news, language, line.time, style.link, draw_at(seed, np.uint64(D_NEWS)))
        if article:
            return put_listed(book, out, at + 1, reported, article, D_NEWS, memo, frames, paths)
    return put_listed(book, out, at + 1, listed, seed, D_LINK_PICK, memo, frames, paths)
