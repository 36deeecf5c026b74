"""A compiled phrasebook and the buffers that it fills, as arrays, and the codes that kernels know them by."""

from typing import Any, NamedTuple

import numpy as np

from simulator.kernels.addresses import view

LITERAL, SLOT, SYNONYM, LOCAL, NUMBER, ARTICLE, SLUG = range(7)  # operations, in the low three bits
CONSONANT, VOWEL, BLANK, STOP = 0, 1, 2, 4  # how a literal begins, and the mark of one that ends a sentence
BLOCK = 32  # bytes copied at once; every pool is padded by as many
MAX_DEPTH = 12
ROOM = 6_144  # no row is longer, in bytes; tests hold the phrase files to it
MAX_TAGS = 6
VERBATIM, SLOTS, SYNONYMS, PARAPHRASE = range(4)  # TextMode
SENTENCE, LOWER, LAZY = range(3)  # case habits
PEOPLE, FORMAL, MANUSCRIPT = 1, 2, 3  # how a content is written
N_FORMS = 8  # forms of a literal: abbreviated 1, careless punctuation 2, other spelling 4
DISPLEASED, NO_OPENER = 2, 4  # moods, and the mark of templates that take no opener

SILENT = -1  # content of a row without a text, as a repost is

# Literals that come first in the table.
BRAND, BRAND_TAG = range(2)

# Style draws of a row, by number.
(
    D_OPENER, D_OPENER_PICK, D_TAIL, D_TAIL_PICK, D_SECOND, D_ABBREVIATE, D_SHOUT, D_SLIP, D_EMOJI, D_EMOJI_PICK,
    D_LAUGH, D_TAGS, D_TAG_PICK, D_LINK, D_LINK_PICK, D_MENTION, D_ENDING, D_SECOND_PICK, D_LONG, D_LONG_PICK,
    D_NEWS,
) = range(1, 22)  # fmt: skip

# What is remembered while one row is written, in `memo`: whether this writer begins sentences with capitals, whether
# one begins now, whether one has just ended, the form of literals, whether the brand's name is to become a hashtag,
# the language, where the body starts, where the space after an inline hashtag stands (-1: nowhere), and the hashtags
# so far (number, then start and length of each).
CAPITALS, BEGINS, ENDED, FORM, INLINE, LANGUAGE, BODY, GAP, N_TAGS, TAGS_AT = range(10)
MEMO_SIZE = TAGS_AT + 2 * MAX_TAGS


# How one account writes; quantiles of each habit are in ``language.idiolect``.
IDIOLECT = np.dtype(
    [
        ("favourites", np.uint64),  # names the favourite openers, emoji and laughter
        ("opener", np.uint8),  # how often, of 256, a text begins with a set phrase
        ("loyal", np.uint8),  # how often that is one of the favourites
        ("second", np.uint8),  # how often a sentence about the same follows
        ("tail", np.uint8),  # how often a closing phrase follows
        ("emoji", np.uint8),
        ("repeat", np.uint8),  # how many more of the same
        ("laugh", np.uint8),
        ("case", np.uint8),  # SENTENCE, LOWER or LAZY
        ("shout", np.uint8),  # how often a text is all capitals
        ("ending", np.uint8),  # index in the list `endings`
        ("join", np.uint8),  # index in the list `joins`
        ("slip", np.uint8),
        ("forms", np.uint8),  # 1: careless punctuation, 2: other spelling
        ("abbreviate", np.uint8),
        ("tag", np.uint8),  # 64 is average
        ("many_tags", np.uint8),
        ("inline", np.uint8),
        ("link", np.uint8),  # 64 is average
        ("mention", np.uint8),
        ("spaced", np.uint8),  # 1: a space before emoji in Chinese
        ("drops", np.uint8),  # 1: no full stop before emoji
    ],
    align=True,
)

# What one row is to say.
ROW = np.dtype(
    [
        ("shared_key", np.uint64),
        ("own_key", np.uint64),
        ("time", np.int64),  # ms since the start of the run: which news is out
        ("style_row", np.int32),
        ("forced_tag", np.int32),
        ("forced_url", np.int32),
        ("mention_row", np.int32),
        ("content", np.int16),
        ("lang", np.uint8),
        ("mode", np.uint8),
        ("paste", np.uint8),
    ],
    align=True,
)


class Book(NamedTuple):
    """A compiled phrasebook; arrays of one kind have one length. Texts are UTF-8 slices of `pool`."""

    program: Any  # int32: operation + 8 * argument
    alternative_start: Any  # int32: first instruction of an alternative
    alternative_end: Any  # int32
    alternative_mood: Any  # uint8: 0 neutral, 1 pleased, 2 displeased; + 4: takes no opener
    list_first: Any  # int32: first alternative of a list
    list_size: Any  # int32
    list_skew: Any  # uint8: how much the first alternatives are preferred
    literals: Any  # int32[literals, 4]: start and length in the pool, sound (+ 4: ends a sentence), line of other_forms
    other_forms: Any  # int32[n, N_FORMS, 2]: start and length of every form, of literals that have several
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
    news: Any  # int32[languages, contents]: list of the articles of the day; -1 none
    second_least: Any  # uint8[contents]: how often, of 256, a sentence more follows at least
    long_rate: Any  # uint8[contents]: how often, of 256, several more follow
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
book_literals = view("literals", np.int32, 2)
book_other_forms = view("other_forms", np.int32, 3)
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
book_news = view("news", np.int32, 2)
book_second_least = view("second_least", np.uint8)
book_long_rate = view("long_rate", np.uint8)
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


class Batch(NamedTuple):
    """What is written from, and the memory of the row at hand; arrays are passed by address, see ``addresses``."""

    rows: Any  # ROW
    styles: Any  # IDIOLECT of every account
    plain: Any  # IDIOLECT of pasted (0) and of formal (1) texts
    handles: Any  # uint8, padded by BLOCK
    handle_ends: Any  # int32
    news: Any  # int64[lives, 3]: cumulative share of links (of 65,536), life in ms, articles out at a time
    memo: Any  # int64[MEMO_SIZE]
    frames: Any  # int64[MAX_DEPTH, 4]
    paths: Any  # uint64[MAX_DEPTH]
    mood: Any  # int64[1]


batch_rows = view("rows", ROW)
batch_styles = view("styles", IDIOLECT)
batch_plain = view("plain", IDIOLECT)
batch_handles = view("handles", np.uint8)
batch_handle_ends = view("handle_ends", np.int32)
batch_news = view("news", np.int64, 2)
batch_memo = view("memo", np.int64)
batch_frames = view("frames", np.int64, 2)
batch_paths = view("paths", np.uint64)
batch_mood = view("mood", np.int64)
