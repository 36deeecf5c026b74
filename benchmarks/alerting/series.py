"""Makes the five-minute series of a world from its observations; nothing in a row is later than its time."""

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.alerting.mentions import mark_mentions
from benchmarks.alerting.series_list import (
    COUNTS_OF_MENTIONS,
    COUNTS_OF_OTHERS,
    HOURLY,
    NEW_DAYS,
    SERIES_NAMES,
    SHARES,
    STEP_MINUTES,
    STEPS_PER_HOUR,
    TOP_SHARES,
)
from benchmarks.blind.streaming import read_start_ms
from benchmarks.detector import Observations

STEP_MS = STEP_MINUTES * 60_000
_DAY_MS = 86_400_000
_STEP = "(epoch_ms({at}) - getvariable('start_ms')) // {step}"

_SPOKEN = f"""
create temp table spoken as
select post_id, account_id, named.lang as lang, hashtags, urls, polarity, is_copy,
    epoch_ms(named.created_at) - epoch_ms(accounts.created_at) < {NEW_DAYS * _DAY_MS} as is_new,
    {_STEP.format(at="named.created_at", step=STEP_MS)} as step
from named join marks using (post_id) join accounts using (account_id)
"""
_COUNTED = ", ".join(f"{sql} as {name}" for name, sql in COUNTS_OF_MENTIONS.items())
_COUNTS = f"select step, {_COUNTED} from spoken group by step"
_POSTS_OF_THREADS = f"""
select {_STEP.format(at="created_at", step=STEP_MS)} as step, count(*) filter (kind = 'repost') as reposts,
    count(*) filter (kind = 'reply') as thread_replies
from posts where kind in ('repost', 'reply') and root_id in (select post_id from marks) group by step
"""
_LIKES = f"""
select {_STEP.format(at="created_at", step=STEP_MS)} as step, count(*) as likes
from likes where post_id in (select post_id from marks) group by step
"""
# A mention counts in its own step and in those of the rest of the hour; what is said twice in a step is one row before
# it is twelve.
_AHEAD = f"range({STEPS_PER_HOUR}) as hour(ahead)"
_AUTHORS = f"""
with spoke as (select distinct step, account_id from spoken)
select step + ahead as step, count(distinct account_id) as authors_1h from spoke, {_AHEAD} group by all
"""


def _ask_top(name: str, items: str, condition: str = "true") -> str:
    """Return the question how many mentions of an hour share their commonest item."""
    return f"""
    with used as (select step, post_id, unnest({items}) as item from spoken),
    tagged as (select step, lower(item) as item, count(distinct post_id) as n from used where {condition} group by all),
    counts as (select step + ahead as step, item, sum(n) as n from tagged, {_AHEAD} group by all)
    select step, max(n) as {name} from counts group by step
    """


_OWN_TAGS = "not list_contains(getvariable('own_hashtags'), lower(item))"
_QUESTIONS = (
    *(_COUNTS, _POSTS_OF_THREADS, _LIKES, _AUTHORS),
    _ask_top("top_hashtag_mentions_1h", "hashtags", _OWN_TAGS),
    _ask_top("top_link_mentions_1h", "urls"),
)
_LAST_HOUR = f"over (order by step rows between {STEPS_PER_HOUR - 1} preceding and current row)"


def make_series(observations: Observations) -> pa.Table:
    """Return the series of a world.

    Parameters
    ----------
    observations : Observations

    Returns
    -------
    pyarrow.Table
        A row every five minutes, from the first full step to the last before the present, in time order: `time`
        (timestamp[ms], UTC without a zone, the step's end) and the columns of
        :data:`benchmarks.alerting.series_list.SERIES`. Counts are int64, shares float64 and null without mentions.

    Notes
    -----
    Cost is linear in the posts, but for sorting the mentions.
    """
    context = observations.context
    start_ms = read_start_ms(context)
    n_steps = max((observations.as_of_ms - start_ms) // STEP_MS, 0)
    with observations.ask() as database:
        _hide_later(database, observations.as_of_ms)
        database.execute(f"set variable start_ms = {start_ms}")
        tags = [tag.lower() for tag in context.get("hashtags", ())]
        database.execute("set variable own_hashtags = ?::varchar[]", [tags])
        mark_mentions(database, context)
        database.execute(_SPOKEN)
        return _join(database, n_steps)


def _hide_later(database: duckdb.DuckDBPyConnection, until_ms: int) -> None:
    """Show what is counted up to a moment alone, so that a folder need not end there."""
    for name in ("posts", "likes"):
        database.execute(f"alter view {name} rename to all_{name}")
        now = f"epoch_ms({until_ms})::timestamptz"
        database.execute(f"create view {name} as select * from all_{name} where created_at < {now}")


def _join(database: duckdb.DuckDBPyConnection, n_steps: int) -> pa.Table:
    """Return every step with its numbers."""
    counts = (*COUNTS_OF_MENTIONS, *COUNTS_OF_OTHERS, *HOURLY)
    joins = " ".join(f"left join ({question}) using (step)" for question in _QUESTIONS)
    filled = ", ".join(f"coalesce({name}, 0)::bigint as {name}" for name in counts)
    shares = ", ".join(_ask_share(name, part) for name, part in (SHARES | TOP_SHARES).items())
    question = f"""
    with steps as (select {filled}, step from range({n_steps}) as grid(step) {joins}),
    hours as (select *, sum(mentions) {_LAST_HOUR} as mentions_1h from steps)
    select {", ".join(SERIES_NAMES)} from (select *, {_ask_time()} as time, {shares} from hours) order by step
    """
    return database.sql(question).to_arrow_table()


def _ask_time() -> str:
    return f"epoch_ms((getvariable('start_ms') + (step + 1) * {STEP_MS})::bigint)::timestamp_ms"


def _ask_share(name: str, part: str) -> str:
    above = part if name in TOP_SHARES else f"sum({part}) {_LAST_HOUR}"
    return f"(({above}) / nullif(mentions_1h, 0))::double as {name}"


def describe_series() -> list[dict[str, Any]]:
    """Return name, window and meaning of every series."""
    from benchmarks.alerting.series_list import SERIES

    return [{"name": one.name, "window": one.window, "meaning": one.meaning} for one in SERIES]


def count_daily_mentions(series: pa.Table) -> tuple[int, ...]:
    """Return the mentions of each day from the start, the last one as far as it is visible."""
    day = np.arange(series.num_rows) * STEP_MS // _DAY_MS
    return tuple(np.bincount(day, weights=series["mentions"].to_numpy()).astype(int).tolist())
