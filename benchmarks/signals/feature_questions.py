"""The questions in SQL whose answers are the features of accounts; each asks once, one row an account.

Sums are of integers, so that no feature depends on the order of rows. The variables `start_ms`, `as_of_ms` and
`brand_pattern` are set by the caller. What is null, or has no row, is missing.
"""

_DAY = 86_400_000
_DAYS_SEEN = f"""greatest(getvariable('as_of_ms') - greatest(epoch_ms(accounts.created_at), getvariable('start_ms')),
                          {_DAY}) / {_DAY}"""

PROFILES = f"""
select account_id,
    (getvariable('as_of_ms') - epoch_ms(created_at)) / {_DAY} as age_days,
    followers_at_start, following_at_start, verified::integer as verified,
    length(bio) as bio_length, length(display_name) as name_length, length(handle) as handle_length,
    length(regexp_replace(handle, '[^0-9]', '', 'g')) as handle_digits,
    (location <> '')::integer as has_location
from accounts
"""

# The moments of day and week are of UTC: 1970-01-01 was a Thursday.
ACTIVITY = f"""
select account_id,
    count(*) / any_value({_DAYS_SEEN}) as posts_per_day,
    count(distinct epoch_ms(posts.created_at) // {_DAY}) / any_value({_DAYS_SEEN}) as active_day_share,
    count(*) filter (kind = 'post') / count(*) as post_share,
    count(*) filter (kind = 'repost') / count(*) as repost_share,
    count(*) filter (kind = 'reply') / count(*) as reply_share,
    count(*) filter (kind = 'quote') / count(*) as quote_share,
    count(*) filter (epoch_ms(posts.created_at) // 3600000 % 24 < 6) / count(*) as night_share,
    count(*) filter (epoch_ms(posts.created_at) // {_DAY} % 7 in (2, 3)) / count(*) as weekend_share,
    (min(epoch_ms(posts.created_at)) - getvariable('start_ms')) / {_DAY} as first_activity_days,
    (getvariable('as_of_ms') - max(epoch_ms(posts.created_at))) / {_DAY} as idle_days,
    count(distinct posts.client) as n_clients,
    count(*) filter (posts.client <> accounts.client) / count(*) as other_client_share,
    count(*) filter (posts.client in ('api', 'scheduler')) / count(*) as automation_client_share
from posts join accounts using (account_id)
group by account_id
"""

HOURS = """
select account_id, epoch_ms(created_at) // 3600000 % 24 as hour, count(*) as n_posts from posts group by all
"""

# The gaps between an account's posts, ms; moments of whole seconds.
GAP_MOMENTS = """
with gaps as (
    select account_id, epoch_ms(created_at) - lag(epoch_ms(created_at)) over (
        partition by account_id order by created_at) as gap
    from posts),
moments as (
    select account_id, median(gap) / 3600000 as gap_median_hours, min(gap) / 1000 as gap_least_seconds,
        count(*) filter (gap < 600000) / count(gap) as gaps_under_10_min_share, count(gap) as n_gaps,
        sum(gap // 1000) / count(gap) as mean, sum((gap // 1000) * (gap // 1000)) / count(gap) as square
    from gaps where gap is not null group by account_id)
"""

# (sd - mean) / (sd + mean) of the gaps (Goh, Barabasi 2008, doi 10.1209/0295-5075/81/48002).
BURSTINESS = """
    case when n_gaps > 1 and square > 0 then
        (sqrt(greatest(square - mean * mean, 0)) - mean) / (sqrt(greatest(square - mean * mean, 0)) + mean)
    end as burstiness
"""

GAPS = f"{GAP_MOMENTS} select account_id, gap_median_hours, {BURSTINESS} from moments"

TEXTS = """
with moments as (
    select account_id, count(*) as n_texts,
        sum(length(text)) / count(*) as mean, sum(length(text) * length(text)) / count(*) as square,
        sum(len(hashtags)) as hashtags, sum(len(urls)) as urls, sum(len(mentions)) as mentions,
        count(distinct hash(text)) as n_distinct
    from posts where text is not null group by account_id)
select account_id, mean as text_length_mean, sqrt(greatest(square - mean * mean, 0)) as text_length_sd,
    hashtags / n_texts as hashtags_per_text, urls / n_texts as urls_per_text, mentions / n_texts as mentions_per_text,
    1 - n_distinct / n_texts as repeated_text_share
from moments
"""

HASHTAGS = """
with tags as (select account_id, unnest(hashtags) as tag from posts where len(hashtags) > 0)
select account_id, count(distinct lower(tag)) as n_hashtags from tags group by account_id
"""

# A repost is about the brand when what it reposts is.
BRAND = """
with named as (
    select post_id from posts
    where getvariable('brand_pattern') <> '' and regexp_matches(lower(text), getvariable('brand_pattern')))
select account_id, count(named.post_id) / count(*) as brand_share
from posts left join named on named.post_id = case when kind = 'repost' then parent_id else posts.post_id end
group by account_id
"""

LIKES = "select account_id, count(*) as likes_given from likes group by account_id"

RECEIVED = """
with latest as (
    select post_id, arg_max(likes, as_of) as likes, arg_max(reposts, as_of) as reposts,
        arg_max(replies, as_of) as replies
    from metrics group by post_id)
select account_id, coalesce(sum(likes), 0) / count(*) as likes_received_per_post,
    coalesce(sum(reposts), 0) / count(*) as reposts_received_per_post,
    coalesce(sum(replies), 0) / count(*) as replies_received_per_post
from posts left join latest using (post_id)
group by account_id
"""

FOLLOWS = """
with ends as (
    select follower_id as account_id, 1 as following, 0 as followers, since from follows where until is null
    union all
    select followee_id, 0, 1, since from follows where until is null)
select account_id, sum(followers) as followers, sum(following) as following,
    sum(followers) filter (epoch_ms(since) >= getvariable('start_ms')) as followers_gained,
    sum(following) filter (epoch_ms(since) >= getvariable('start_ms')) as following_gained
from ends group by account_id
"""

QUESTIONS = (PROFILES, ACTIVITY, GAPS, TEXTS, HASHTAGS, BRAND, LIKES, RECEIVED, FOLLOWS)

FOLLOW_LINKS = "select follower_id as one, followee_id as other from follows where until is null group by all"
REACTION_LINKS = """
select posts.account_id as one, parents.account_id as other
from posts join posts as parents on parents.post_id = posts.parent_id
where posts.kind in ('repost', 'reply', 'quote')
group by all
"""
