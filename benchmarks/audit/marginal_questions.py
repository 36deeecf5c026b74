"""The questions in SQL whose answers are account-marginal features: one row an account, of its own rows alone.

The variables `start_ms`, `as_of_ms` and `brand_pattern` are set by the caller. Null and no row both mean that the
account has no such thing, except where :data:`COUNTED` says that it then counts as 0.

Not here, although it says something of one account: the counters of its posts (:data:`ECHO`) add up what others did,
and the delay of its answers needs the time of what they answer. Both are cross-account features.
"""

from benchmarks.signals.feature_questions import BURSTINESS, GAP_MOMENTS

_DAY = 86_400_000
_HOUR = 3_600_000

PROFILES = f"""
select account_id,
    (getvariable('start_ms') - epoch_ms(created_at)) / {_DAY} as created_days_before_start,
    epoch_ms(created_at) // {_HOUR} % 24 as created_hour,
    (epoch_ms(created_at) // {_DAY} + 4) % 7 as created_weekday,
    length(bio) as bio_length, (bio <> '')::integer as has_bio, (location <> '')::integer as has_location,
    length(display_name) as name_length, length(handle) as handle_length,
    length(regexp_replace(handle, '[^0-9]', '', 'g')) as handle_digits,
    length(regexp_replace(handle, '[^_.]', '', 'g')) as handle_separators,
    (handle <> lower(handle))::integer as handle_has_capitals,
    regexp_matches(display_name, '[0-9]')::integer as name_has_digits,
    verified::integer as verified,
    (lang = 'zh')::integer as is_chinese,
    {", ".join(f"(client = '{name}')::integer as client_{name}" for name in ("iphone", "android", "web", "tablet"))},
    (client in ('api', 'scheduler'))::integer as client_is_automation,
    followers_at_start, following_at_start
from accounts
"""

_KINDS = ("post", "repost", "reply", "quote")
_HOURS = ", ".join(
    f"count(*) filter (epoch_ms(posts.created_at) // {_HOUR} % 24 // 4 = {block}) / count(*) as share_{block * 4:02}_h"
    for block in range(6)
)
# 1970-01-01 was a Thursday.
_WEEKDAYS = ", ".join(
    f"count(*) filter (epoch_ms(posts.created_at) // {_DAY} % 7 = {place}) / count(*) as share_{name}"
    for place, name in enumerate(("thu", "fri", "sat", "sun", "mon", "tue", "wed"))
)
ACTIVITY = f"""
select account_id, count(*) as n_items,
    {", ".join(f"count(*) filter (kind = '{kind}') as n_{kind}" for kind in _KINDS)},
    {", ".join(f"count(*) filter (kind = '{kind}') / count(*) as share_{kind}" for kind in _KINDS)},
    {_HOURS}, {_WEEKDAYS},
    count(distinct epoch_ms(posts.created_at) // {_HOUR} % 24) as n_hours_of_day,
    count(distinct epoch_ms(posts.created_at) // {_DAY}) as n_active_days,
    count(*) / count(distinct epoch_ms(posts.created_at) // {_DAY}) as items_per_active_day,
    (min(epoch_ms(posts.created_at)) - getvariable('start_ms')) / {_DAY} as first_activity_days,
    (getvariable('as_of_ms') - max(epoch_ms(posts.created_at))) / {_DAY} as idle_days,
    (max(epoch_ms(posts.created_at)) - min(epoch_ms(posts.created_at))) / {_DAY} as active_span_days,
    (min(epoch_ms(posts.created_at)) - any_value(epoch_ms(accounts.created_at))) / {_DAY} as created_to_first_days,
    count(distinct posts.client) as n_clients,
    count(*) filter (posts.client <> accounts.client) / count(*) as other_client_share,
    count(*) filter (posts.client in ('api', 'scheduler')) / count(*) as automation_client_share,
    count(*) filter (posts.lang <> accounts.lang) / count(*) as other_language_share
from posts join accounts using (account_id)
group by account_id
"""

# As detectors ask: the gate is about what they could use.
GAPS = f"""
{GAP_MOMENTS}
select account_id, gap_median_hours, gap_least_seconds, gaps_under_10_min_share, {BURSTINESS}
from moments
"""

TEXTS = """
select account_id, avg(length(text)) as text_length_mean, stddev_pop(length(text)) as text_length_sd,
    max(length(text)) as text_length_most, min(length(text)) as text_length_least,
    sum(len(hashtags)) / count(*) as hashtags_per_text, sum(len(urls)) / count(*) as urls_per_text,
    sum(len(mentions)) / count(*) as mentions_per_text,
    count(*) filter (len(hashtags) > 0) / count(*) as has_hashtag_share,
    count(*) filter (regexp_matches(text, '[!?！？]')) / count(*) as has_mark_share
from posts where text is not null group by account_id
"""

ORIGINALS = """
select account_id, avg(length(text)) as original_length_mean,
    sum(len(hashtags)) / count(*) as hashtags_per_original, sum(len(urls)) / count(*) as urls_per_original
from posts where kind = 'post' group by account_id
"""

LIKES = f"""
select account_id, count(*) as n_likes_given,
    (min(epoch_ms(created_at)) - getvariable('start_ms')) / {_DAY} as first_like_days,
    (getvariable('as_of_ms') - max(epoch_ms(created_at))) / {_DAY} as like_idle_days,
    count(distinct epoch_ms(created_at) // {_DAY}) as n_like_days
from likes group by account_id
"""

FOLLOWING = f"""
select follower_id as account_id, count(*) filter (until is null) as n_following,
    count(*) filter (epoch_ms(since) >= getvariable('start_ms')) as n_following_gained,
    count(*) filter (until is not null) as n_following_ended,
    (getvariable('as_of_ms') - median(epoch_ms(since))) / {_DAY} as following_age_median_days,
    (min(epoch_ms(since)) - any_value(epoch_ms(created_at))) / {_DAY} as created_to_following_days
from follows join accounts on account_id = follower_id group by follower_id
"""

FOLLOWERS = f"""
select followee_id as account_id, count(*) filter (until is null) as n_followers,
    count(*) filter (epoch_ms(since) >= getvariable('start_ms')) as n_followers_gained,
    (getvariable('as_of_ms') - median(epoch_ms(since))) / {_DAY} as followers_age_median_days,
    (min(epoch_ms(since)) - any_value(epoch_ms(created_at))) / {_DAY} as created_to_follower_days
from follows join accounts on account_id = followee_id group by followee_id
"""

# What the words of an account's own texts are about; read from text, and so no marginal feature.
SUBJECTS = """
with texts as (
    select account_id, kind, text, getvariable('brand_pattern') <> ''
        and regexp_matches(lower(text), getvariable('brand_pattern')) as names_brand
    from posts where text is not null)
select account_id, avg(names_brand::integer) as brand_share, sum(names_brand::integer) as n_brand_texts,
    avg(names_brand::integer) filter (kind = 'post') as brand_share_of_originals,
    1 - count(distinct hash(text)) / count(*) as repeated_text_share
from texts group by account_id
"""

# Sums of what others did: no rows of the account itself.
ECHO = """
with latest as (
    select post_id, max(likes) as likes, max(reposts) as reposts, max(replies) as replies, max(quotes) as quotes,
        max(impressions) as impressions
    from metrics group by post_id)
select account_id, coalesce(sum(likes), 0) / count(*) as likes_received_per_item,
    coalesce(sum(reposts), 0) / count(*) as reposts_received_per_item,
    coalesce(sum(replies), 0) / count(*) as replies_received_per_item,
    coalesce(sum(quotes), 0) / count(*) as quotes_received_per_item,
    coalesce(sum(impressions), 0) / count(*) as impressions_per_item
from posts left join latest using (post_id) where kind <> 'repost'
group by account_id
"""

QUESTIONS = (PROFILES, ACTIVITY, GAPS, TEXTS, ORIGINALS, LIKES, FOLLOWING, FOLLOWERS)

# No row means none of these.
COUNTED = frozenset(
    (
        *("n_items", "n_active_days", *(f"n_{kind}" for kind in _KINDS), "n_likes_given", "n_like_days"),
        *("n_following", "n_following_gained", "n_following_ended", "n_followers", "n_followers_gained"),
    )
)

# What tells when an account was registered: spared at L3.
OF_AGE = frozenset(
    (
        *("created_days_before_start", "created_to_first_days", "created_to_following_days"),
        *("created_to_follower_days", "following_age_median_days", "followers_age_median_days"),
        *("created_hour", "created_weekday"),
    )
)
