"""What organics write: originals, event talk, replies, quotes and copies, decided by their own draws."""

import numpy as np
from numba import njit

from simulator.kernels.authoring import author_item, list_item, slot_of
from simulator.kernels.layout import (
    BRAND,
    COPY,
    MANUSCRIPT,
    NONE,
    POST,
    QUOTE,
    REPOST,
)
from simulator.kernels.members import mix_keys
from simulator.kernels.philox import philox_block
from simulator.kernels.plan import EPISODE, occasion_of, scale_draw
from simulator.kernels.views import (
    accounts_of,
    aspect_contents_of,
    claim_contents_of,
    cold_of,
    comment_contents_of,
    event_contents_of,
    event_shift_of,
    hot_of,
    narrative_cuts_of,
    reply_contents_of,
    segment_brand_of,
    segment_contents_of,
    talk_q8_of,
    topic_table_of,
    virality_table_of,
)

_NATURE = np.uint64(26)
_FAVOURITES = np.uint64(8)
_ORIGINAL_SHAPE = np.uint64(20)
_ONE = 65_536
_NEUTRAL_BAND = 13_107  # 0.2 of the scale: attitudes nearer to zero write neutrally
_MOOD_SPAN = 52_429  # 0.8: how far the mood of the moment moves a stance. Assumed.
_N_FAVOURITES = 6
_HOUR_MS = 3_600_000
_CHAT = 3
# Of the later posts of an episode, so many of 2^32 are the first one again (facts, airline-tweets: dup_exact_same).
_SENT_AGAIN = np.uint64(round(0.019 * (1 << 32)))
_PRESS, _OFFICIAL = 3, 4
_JOURNALIST, _NEWS_BOT, _SPAM_BOT = 4, 7, 9


@njit(cache=True, forceinline=True)
def stance_of(attitude, mood_draw, shift):
    """Return -1, 0 or 1 from an attitude and the mood of the moment."""
    felt = np.int64(attitude) + shift + scale_draw(mood_draw, _MOOD_SPAN) - _MOOD_SPAN // 2
    if felt < -_NEUTRAL_BAND:
        return -1
    return 1 if felt > _NEUTRAL_BAND else 0


@njit(cache=True)
def _background_content(rules, account, pick_draw):
    """Return the content of a post about anything but the brand: one of the account's favourite topics."""
    fixed = segment_contents_of(rules)[account.law]
    if fixed[0] != NONE:
        count = 0
        while count < fixed.shape[0] and fixed[count] != NONE:
            count += 1
        return fixed[scale_draw(pick_draw, count)]
    # The first favourite takes a third of the posts, the next ones less and less.
    again = (pick_draw << np.uint64(13)) & np.uint64(0xFFFFFFFF)
    favourite = min(scale_draw(pick_draw, _N_FAVOURITES), scale_draw(again, _N_FAVOURITES))
    draws = philox_block(rules.seed, _FAVOURITES, account.key, np.uint64(1 + favourite))
    table = topic_table_of(rules)[account.language]
    return table[scale_draw(draws[0], table.shape[0])]


@njit(cache=True)
def _say_of_brand(rules, hot, account, content_draw, mood_draw, claim_draw):
    """Fill in a post about the brand: stance from the attitude, and for critics perhaps a claim."""
    hot.flags |= np.uint8(BRAND)
    stance = stance_of(account.attitude, mood_draw, np.int64(0))
    hot.stance = stance
    row = aspect_contents_of(rules)[stance + 1]
    hot.content = row[scale_draw(content_draw, row.shape[0])]
    if stance >= 0:
        return
    for narrative in range(rules.n_narratives):
        if np.int64(claim_draw) < narrative_cuts_of(rules)[narrative]:
            hot.narrative = narrative
            hot.content = claim_contents_of(rules)[narrative]
            return


@njit(cache=True, forceinline=True)
def _draw_virality(rules, hot, draw):
    hot.virality_q8 = min(virality_table_of(rules)[np.int64(draw >> np.uint64(22))], 65_535)


@njit(cache=True)
def write_original(rules, state, row, day, session, original, now):
    """Write one planned original: about the brand in an episode or with the account's share, else about its topics."""
    account = accounts_of(state)[row]
    occasion = occasion_of(day, session, original + 1)
    key = mix_keys(account.key, occasion)
    shape = philox_block(rules.seed, _ORIGINAL_SHAPE, account.key, occasion)
    sequence = author_item(rules, state, now, row, POST, key, NONE)
    hot = hot_of(state)[slot_of(state, sequence)]
    if session == EPISODE and original > 0 and shape[3] < _SENT_AGAIN:
        occasion = occasion_of(day, session, 1)
        cold = cold_of(state)[slot_of(state, sequence)]
        cold.shared_key = cold.own_key = mix_keys(account.key, occasion)
    nature = philox_block(rules.seed, _NATURE, account.key, occasion)
    _draw_virality(rules, hot, shape[1])
    talk_share = (np.int64(account.brand_talk_q16) * talk_q8_of(rules)[now // _HOUR_MS, account.zone]) >> 8
    if session == EPISODE or (account.interested and np.int64(shape[2] >> np.uint64(16)) < talk_share):
        if segment_brand_of(rules)[account.law]:
            hot.content = _background_content(rules, account, nature[0])
            hot.flags |= np.uint8(BRAND)
            hot.stance = 1
        else:
            _say_of_brand(rules, hot, account, nature[0], nature[1], nature[2])
    else:
        hot.content = _background_content(rules, account, nature[3])
    if account.law == _SPAM_BOT:
        account.copies_today += 1
    list_item(rules, state, sequence)


@njit(cache=True)
def write_event_talk(rules, state, row, event, now):
    """Write one original about a brand event."""
    account = accounts_of(state)[row]
    occasion = np.uint64(0xE0000000) | np.uint64(event)
    nature = philox_block(rules.seed, _NATURE, account.key, occasion)
    sequence = author_item(rules, state, now, row, POST, mix_keys(account.key, occasion), NONE)
    hot = hot_of(state)[slot_of(state, sequence)]
    hot.flags |= np.uint8(BRAND)
    _draw_virality(rules, hot, nature[1])
    if segment_brand_of(rules)[account.law]:
        hot.content, hot.stance = event_contents_of(rules)[event, _OFFICIAL], 1
    elif account.law == _JOURNALIST or account.law == _NEWS_BOT:
        hot.content = event_contents_of(rules)[event, _PRESS]
    else:
        hot.stance = stance_of(account.attitude, nature[0], np.int64(event_shift_of(rules)[event]))
        hot.content = event_contents_of(rules)[event, hot.stance + 1]
    list_item(rules, state, sequence)


@njit(cache=True)
def _fill_comment(rules, state, hot, there, account, key, quoting):
    """Fill in the words of a reply or quote to `there`."""
    nature = philox_block(rules.seed, _NATURE, key, np.uint64(1))
    _draw_virality(rules, hot, nature[1])
    place = 4 if quoting else 0
    if not there.flags & BRAND:
        hot.content = reply_contents_of(rules)[place + _CHAT]
        return
    hot.flags |= np.uint8(BRAND)
    hot.stance = stance_of(account.attitude, nature[0], np.int64(there.stance) * (_NEUTRAL_BAND // 2))
    hot.content = reply_contents_of(rules)[place + hot.stance + 1]
    if there.narrative >= 0 and hot.stance < 0:
        hot.narrative = there.narrative
        hot.content = comment_contents_of(rules)[there.narrative]


@njit(cache=True)
def _fill_copy(rules, state, hot, cold, target):
    """Paste a manuscript as it was read; it spreads by its own virality, and copies are not copied on."""
    there_hot, there = hot_of(state)[slot_of(state, target)], cold_of(state)[slot_of(state, target)]
    hot.content, hot.narrative, hot.stance = there_hot.content, there_hot.narrative, there_hot.stance
    hot.language = there_hot.language
    hot.flags = there_hot.flags & ~np.uint8(MANUSCRIPT)
    _draw_virality(rules, hot, philox_block(rules.seed, _NATURE, hot.key, np.uint64(1))[1])
    cold.shared_key, cold.own_key, cold.style_row = there.shared_key, there.own_key, there.style_row
    cold.mode, cold.paste, cold.manuscript = there.mode, there.paste, there.manuscript
    cold.forced_tag, cold.forced_url = there.forced_tag, there.forced_url


@njit(cache=True)
def carry_out_reaction(rules, state, row, target, what, key, now):
    """Write a repost, reply, quote or copy that has come due."""
    account = accounts_of(state)[row]
    kind = POST if what == COPY else what
    sequence = author_item(rules, state, now, row, kind, key, NONE if what == COPY else target)
    if what == REPOST:
        return
    hot, cold = hot_of(state)[slot_of(state, sequence)], cold_of(state)[slot_of(state, sequence)]
    if what == COPY:
        _fill_copy(rules, state, hot, cold, target)
        account.copies_today += 1
    else:
        there = hot_of(state)[slot_of(state, target)]
        _fill_comment(rules, state, hot, there, account, key, what == QUOTE)
    list_item(rules, state, sequence)
