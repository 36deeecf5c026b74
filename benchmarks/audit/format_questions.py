"""The questions in SQL whose answers are formats: how rows are written, not what their owners did.

One row an item, in the order of its file. The order of rows and the time that ids follow are documented, so what is
asked is what is left of them: places that the documented order does not explain, and the low bits of ids. What people
choose, as lengths and casing of a handle, is profile and no format; see :mod:`benchmarks.audit.marginal_questions`.
"""


def _bits(column: str) -> str:
    """Return the low bits of an id, its low byte, the ones among 16 bits, its last digits and trailing zeros."""
    single = ", ".join(f"({column} >> {bit}) & 1 as {column}_bit_{bit}" for bit in range(6))
    return f"""{single}, {column} & 255 as {column}_low_byte, bit_count({column} & 65535) as {column}_ones,
        {column} % 10 as {column}_last_digit, {column} % 97 as {column}_mod_97,
        length({column}::varchar) - length(rtrim({column}::varchar, '0')) as {column}_final_zeros"""


def _clock(column: str) -> str:
    """Return the part of a time below the second, and whether it is a round one."""
    return f"""epoch_ms({column}) % 1000 as {column}_ms, epoch_ms({column}) % 10 as {column}_last_ms,
        (epoch_ms({column}) % 1000 = 0)::integer as {column}_whole_second"""


def _writing(column: str) -> str:
    """Return what careless generators leave in text: blanks at the ends or doubled, slots, odd code points.

    No text shows none of it: whether there is one is not asked here.
    """
    text = f"coalesce({column}, '')"
    return f"""({text} <> trim({text}))::integer as {column}_has_outer_blanks,
        contains({text}, '  ')::integer as {column}_has_double_blanks,
        regexp_matches({text}, '[{{}}<>\\\\]')::integer as {column}_has_slots,
        regexp_matches({text}, '[\\x00-\\x08\\x0b-\\x1f\\x7f\\x{{200b}}-\\x{{200f}}\\x{{feff}}]')::integer
            as {column}_has_control_characters,
        ({text} <> nfc_normalize({text}))::integer as {column}_is_not_nfc"""


def _place(order: str) -> str:
    """Return how far a row stands from its place in the documented order."""
    return f"(row_number() over () - row_number() over (order by {order})) as rows_out_of_order"


ACCOUNTS = f"""
select account_id, {_bits("account_id")}, account_id >> 40 as account_id_high_bits, {_clock("created_at")},
    {_writing("handle")}, {_writing("display_name")}, {_writing("bio")}, {_writing("location")},
    {_place("created_at, account_id")},
    (handle is null)::integer + (bio is null)::integer + (location is null)::integer as n_nulls
from accounts
"""

POSTS = f"""
select post_id, {_bits("post_id")}, {_clock("created_at")}, {_writing("text")}, {_place("created_at, post_id")},
    ((text is null) <> (kind = 'repost'))::integer as text_null_is_odd,
    ((parent_id is null) <> (kind = 'post'))::integer as parent_null_is_odd,
    ((root_id = post_id) <> (kind = 'post'))::integer as root_is_odd,
    (hashtags is null or urls is null or mentions is null)::integer as has_null_lists,
    (len(hashtags) <> len(regexp_extract_all(coalesce(text, ''), '[#＃][^ #＃]')))::integer as hashtags_differ,
    (len(urls) <> len(regexp_extract_all(coalesce(text, ''), 'https?://')))::integer as urls_differ
from posts
"""

LIKES = f"""
select account_id, post_id, {_clock("created_at")},
    {_place("created_at, account_id, post_id")},
    count(*) over (partition by account_id, post_id) as n_times
from likes
"""

FOLLOWS = f"""
select follower_id, followee_id, {_clock("since")}, {_place("since, follower_id, followee_id")},
    epoch_ms(until) % 1000 as until_ms, count(*) over (partition by follower_id, followee_id) as n_times
from follows
"""
QUESTION_BY_TABLE = {"accounts": ACCOUNTS, "posts": POSTS, "likes": LIKES, "follows": FOLLOWS}
