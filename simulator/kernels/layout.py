"""Memory layout of the running world: packed records and the tuples of arrays that kernels take.

All times are int64 milliseconds since the start of the run. A *sequence number* counts every item ever
posted, in time order; item ``s`` lives in slot ``s & mask`` of the ring until it is forgotten.
"""

from typing import Any, NamedTuple

import numpy as np

NONE = -1
NEVER_MS = 1 << 62
NO_SEGMENT = 255

# One cache line an item: everything that showing it reads.
HOT = np.dtype(
    [
        ("key", np.uint64),
        ("time", np.int64),
        ("author", np.int32),
        ("origin", np.int32),  # sequence number of the item whose content is shown (itself unless a repost)
        ("previous", np.int32),  # the author's item before this one
        ("n_reposts", np.int32),
        ("n_likes", np.int32),
        ("n_impressions", np.int32),
        ("newest_reply", np.int32),
        ("content", np.int16),
        ("narrative", np.int16),
        ("root_push", np.int16),
        ("virality_q8", np.uint16),
        ("stance", np.int8),
        ("kind", np.uint8),
        ("language", np.uint8),
        ("flags", np.uint8),
        ("touched_day", np.int16),
        ("affinity", np.uint16),
        ("next_reply", np.int32),
    ]
)

# What is only read when an item is reacted to or written out.
COLD = np.dtype(
    [
        ("shared_key", np.uint64),
        ("own_key", np.uint64),
        ("post_id", np.int64),
        ("root_id", np.int64),
        ("parent", np.int32),
        ("n_replies", np.int32),
        ("n_quotes", np.int32),
        ("style_row", np.int32),
        ("mention_row", np.int32),
        ("manuscript", np.int32),
        ("heat", np.int32),
        ("heat_hour", np.int32),
        ("forced_tag", np.int32),
        ("forced_url", np.int32),
        ("push", np.int16),
        ("action", np.int8),
        ("mode", np.uint8),
        ("paste", np.uint8),
        ("client", np.uint8),
        ("pad_0", np.uint16),
        ("pad_1", np.int32),
        ("pad_2", np.int32),
    ]
)

REMOVED = 1
BRAND = 2
MANUSCRIPT = 4

# One line an account: everything that a session reads of its owner.
ACCOUNT = np.dtype(
    [
        ("key", np.uint64),
        ("removed_at", np.int64),
        ("seen_up_to", np.int32),  # items up to this sequence number are not new any more
        ("attitude", np.int32),
        ("anchor", np.int32),
        ("susceptibility_q16", np.int32),
        ("hostility", np.int32),
        ("posts_today", np.int16),
        ("copies_today", np.int16),
        ("segment", np.uint8),
        ("law", np.uint8),  # segment whose habits it has: the segment, or what it mimics
        ("language", np.uint8),
        ("client", np.uint8),
        ("interested", np.uint8),
        ("session_class", np.uint8),
        ("original_class", np.uint8),
        ("clock_class", np.uint8),
        ("scheduled_q16", np.int32),
        ("brand_talk_q16", np.int32),
        ("zone", np.uint8),
        ("restraint_q8", np.uint8),  # part of its law's reposts that it leaves out
        ("ends_hour", np.uint16),  # of the run: from then on it answers nothing any more
        ("campaign_exposures", np.int32),
    ]
)

PENDING = np.dtype(
    [
        ("time", np.int64),
        ("key", np.uint64),
        ("account", np.int32),
        ("target", np.int32),
        ("what", np.int32),
        ("pad", np.int32),
    ]
)

COMMAND = np.dtype(
    [
        ("time", np.int64),
        ("key", np.uint64),
        ("shared_key", np.uint64),
        ("account", np.int32),
        ("push", np.int16),
        ("action", np.int8),
        ("role", np.int8),
        ("content", np.int16),
        ("comment", np.int16),
        ("narrative", np.int16),
        ("mode", np.uint8),
        ("language", np.uint8),
        ("delete_after_s", np.int32),
        ("forced_tag", np.int32),
        ("forced_url", np.int32),
        ("stance", np.int8),
        ("flags", np.uint8),
        ("aim", np.uint8),
    ]
)

# What a command reacts to: by its action (see commands._find_target), posts against the target, the brand's own posts.
# NAMING is for posts of no push: they react to nothing and name somebody who talks of the brand.
BY_ACTION, AT_CRITICS, AT_BRAND, NAMING = range(4)


def push_of_rally(number: int) -> int:
    """Return what stands for a rally where a push is expected: below NONE, so that it is no push.

    Examples
    --------
    >>> push_of_rally(0), rally_of_push(-2)
    (-2, 0)
    """
    return NONE - 1 - number


def rally_of_push(push: Any) -> Any:
    """Return the number of the rally that stands where a push is expected; negative where there is none."""
    return NONE - 1 - push


# What a command or a pending entry does; the first four are the codes of vocabulary.Kind.
POST, REPOST, REPLY, QUOTE, LIKE, COPY, DELETE, REMOVE, FOLLOW = range(9)

# Places of the clock array.
(
    DAY,
    DAY_START,
    NEXT_SEQUENCE,
    OLDEST,
    EVENT_AT,
    COMMAND_AT,
    N_PENDING,
    N_LIKES,
    N_FOLLOWS,
    N_REMOVED,
    N_TOUCHED,
    N_LOGGED,
    N_MEMBERS,
    N_TRENDING,
    TREND_HOUR,
    N_BRAND,
    N_OFFICIAL,
    N_EXPOSURES,
    N_SESSIONS,
    LAST_TIME,
    RUN_END,
) = range(21)
CLOCK_SIZE = 24

# Answers of the day kernel.
DONE, RING_FULL, PENDING_FULL, LOG_FULL, MEMBERS_FULL = range(5)
HEADROOM = 2048  # free places that one event may use up at the most

BRAND_WINDOW = 48
PUSH_WINDOW = 16
MEMORY_SLOTS = 8
SHELF = 4096


class Rules(NamedTuple):
    """Constants of a world; shares are 32-bit thresholds in int64, factors Q8."""

    seed: Any  # uint64
    memory_ms: Any
    low_bits: Any
    trending_items: Any
    trending_share: Any  # threshold: one trending item is shown in one session
    brand_share: Any  # threshold: one brand-topic item is shown in one session
    open_thread_share: Any
    follow_share: Any
    unfollow_share: Any
    follow_back_share: Any
    copy_share: Any
    known_trust_q8: Any
    unknown_trust_q8: Any
    attitudes_move: Any
    log_exposures: Any
    n_pushes: Any
    n_narratives: Any
    repost: Any  # int64[segments]
    like: Any
    reply: Any
    quote: Any
    sharers_q8: Any  # int64[8]
    age_q8: Any  # int64[hours]
    satiation_q8: Any  # int64[posts today]: keenness left after so many items of one's own
    items_table: Any  # uint32[48]: cumulative thresholds of items in a session
    talk_q8: Any  # int64[hours of the run, zones]: how much the brand is talked about
    count_table: Any  # uint32[classes, 32]: cumulative thresholds of Poisson counts by rate class
    delay_table: Any  # int64[256]: reaction delays in ms by quantile
    virality_table: Any  # int64[1024]: virality Q8 by quantile
    topic_table: Any  # int16[languages, 4096]: topics by popularity quantile
    segment_contents: Any  # int16[segments, 64]: contents of segments that do not chat; -1 ends
    aspect_contents: Any  # int16[3, aspects]
    claim_contents: Any  # int16[narratives]: the claim in people's own words
    comment_contents: Any  # int16[narratives]
    narrative_cuts: Any  # int64[narratives]: cumulative thresholds of critical posts that make the claim
    division: Any  # uint8[narratives]: 1 where the narrative divides fan groups
    event_contents: Any  # int16[events, 5]: against, neutral, favourable, press, official
    event_shift: Any  # int32[events]: attitude shift Q16
    reply_contents: Any  # int16[8]: reply against/neutral/favourable/chat, quote the same
    push_operator: Any  # int16[pushes]
    segment_brand: Any  # uint8[segments]: 1 where its originals are official brand posts


class State(NamedTuple):
    """Everything of a world that changes; kernels modify these arrays in place."""

    clock: Any  # int64[CLOCK_SIZE]
    accounts: Any  # ACCOUNT[n]
    newest: Any  # int32[n]: sequence number of each account's newest feed item
    row_start: Any  # int64[n]
    row_length: Any  # int32[n]
    row_room: Any  # int32[n]: places reserved
    followees: Any  # int32[capacity]
    hot: Any  # HOT[ring]
    cold: Any  # COLD[ring]
    pending: Any  # PENDING[capacity], a binary heap by (time, key)
    members: Any  # uint64[2, capacity]: reactions made, this memory span and the one before
    memory: Any  # int32[n, MEMORY_SLOTS, 2]: origin and times met
    trending: Any  # int32[64]
    brand_topic: Any  # int32[BRAND_WINDOW]
    official: Any  # int32[PUSH_WINDOW]
    push_items: Any  # int32[pushes, PUSH_WINDOW]
    push_counts: Any  # int64[pushes]
    push_seen: Any  # uint8[pushes + narratives + operators, n]: who met it
    exposures: Any  # int32[24, pushes + narratives + 1, segments, 3]
    likes: Any  # int64[capacity, 4]: time, account, sequence, push
    follows: Any  # int64[capacity, 4]: time, follower, followee, 1 begins / 0 ends
    removed: Any  # int64[capacity, 3]: time, sequence or NONE, account
    touched: Any  # int32[capacity]
    logged: Any  # int64[capacity, 4]: time, account, sequence, source
    shelf: Any  # int64[2, SHELF]: ranked items and the reading queue of the session at hand
