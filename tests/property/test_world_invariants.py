"""What holds in every world: the shape of its tables, who may react to what, and who must be silent."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from simulator.population import build_population
from simulator.rhythm import DAY_MS
from simulator.schema import TABLES
from simulator.vocabulary import Segment
from tests.property.small_worlds import in_every_world
from tests.worlds import Told

# Answers and likes that were decided are still on their way for so long.
_LONGEST_ANSWER_MS = 8 * 3_600_000
_LONGEST_LIKE_MS = 67_036

_REACTIONS = "posts join shown as target on target.post_id = posts.parent_id"
_SILENCED = "(select account_id, time from removals where post_id is null)"


def _sort_key(world: Told, name: str, column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return a column as integers that sort as its table does: words by their codes, organic rows last."""
    if not pa.types.is_dictionary(column.type):
        last = np.iinfo(np.int64).max
        return np.asarray(column.cast(pa.int64()).fill_null(last).to_numpy())
    words = [segment.name for segment in Segment] if name == "segment" else [None, *world.scenario.narratives]
    return np.asarray([words.index(word) for word in column.to_pylist()], np.int64)


@in_every_world
def test_tables_are_in_the_order_of_the_schema(world: Told) -> None:
    for table in TABLES:
        if not table.order or not world.dataset.has(table.name):
            continue
        rows = world.dataset.table(table.name, table.order)
        keys = [_sort_key(world, name, rows[name]) for name in table.order]
        order = np.lexsort(keys[::-1])
        assert order.tolist() == list(range(rows.num_rows)), table.name


@in_every_world
def test_no_column_holds_a_null_that_the_schema_forbids(world: Told) -> None:
    found = {
        (table.name, column.name): world.dataset.table(table.name, [column.name])[0].null_count
        for table in TABLES
        if world.dataset.has(table.name)
        for column in table.columns
        if not column.nullable
    }
    assert not any(found.values()), {name: count for name, count in found.items() if count}


@in_every_world
def test_ids_are_unique_and_below_two_to_the_53(world: Told) -> None:
    for table, column in (("posts", "post_id"), ("accounts", "account_id")):
        low, high, n, n_distinct = world.rows(
            f"select min({column}), max({column}), count(*), count(distinct {column}) from {table}"
        )[0]
        assert 0 <= low <= high < 2**53
        assert n == n_distinct


@in_every_world
def test_labels_and_posts_match_one_to_one_in_one_order(world: Told) -> None:
    assert world.rows("select place, post_id from posts") == world.rows("select place, post_id from truth_posts")


@in_every_world
def test_every_account_has_one_label(world: Told) -> None:
    ids = "select account_id from {} order by account_id"
    assert world.rows(ids.format("accounts")) == world.rows(ids.format("truth_accounts"))


@in_every_world
def test_all_times_lie_inside_the_run(world: Told) -> None:
    start, end = world.scenario.start_ms, world.scenario.end_ms
    for table, column in (
        ("posts", "created_at"),
        ("likes", "created_at"),
        ("removals", "time"),
        ("truth_exposure_log", "shown_at"),
    ):
        outside = f"select {column} from {table} where {column} < $start or {column} >= $end"
        assert world.rows(outside, start=start, end=end) == [], table
    late = "select since, until from follows where since >= $end or until >= $end or until < $start"
    assert world.rows(late, start=start, end=end) == []


@in_every_world
def test_days_end_whole_days_after_the_start(world: Told) -> None:
    for table, column in (("metrics", "as_of"), ("truth_attitudes", "day")):
        days = [
            (time - world.scenario.start_ms) / DAY_MS
            for (time,) in world.rows(f"select distinct {column} from {table}")
        ]
        assert set(days) <= set(range(1, world.scenario.n_days + 1)), table


@in_every_world
def test_only_posts_have_no_parent(world: Told) -> None:
    assert world.rows("from posts where (kind = 'post') <> (parent_id is null)") == []


@in_every_world
def test_every_parent_exists_and_comes_before_what_reacts_to_it(world: Told) -> None:
    assert world.rows("from posts anti join posts as up on posts.parent_id = up.post_id where kind <> 'post'") == []
    assert (
        world.rows(
            "from posts join posts as up on posts.parent_id = up.post_id where posts.created_at <= up.created_at"
        )
        == []
    )


@in_every_world
def test_a_post_is_its_own_root_and_a_reaction_has_its_parents(world: Told) -> None:
    assert world.rows("from posts where kind = 'post' and root_id <> post_id") == []
    assert (
        world.rows("from posts join posts as up on posts.parent_id = up.post_id where posts.root_id <> up.root_id")
        == []
    )


@in_every_world
def test_every_root_is_a_post(world: Told) -> None:
    assert (
        world.rows("from posts anti join (from posts where kind = 'post') as top on posts.root_id = top.post_id") == []
    )


@in_every_world
def test_replies_and_quotes_answer_what_was_written(world: Told) -> None:
    kinds = world.rows(
        "select distinct up.kind from posts join posts as up on posts.parent_id = up.post_id "
        "where posts.kind in ('reply', 'quote')"
    )
    assert ("repost",) not in kinds


@in_every_world
def test_reposts_have_no_words_and_all_else_has(world: Told) -> None:
    assert world.rows("from posts where (kind = 'repost') <> (text is null)") == []
    assert world.rows("from posts where text = ''") == []


@in_every_world
def test_a_repost_speaks_the_language_of_what_it_shows(world: Told) -> None:
    assert (
        world.rows(
            "from posts join shown using (post_id) join posts as origin on origin.post_id = shown.origin_id "
            "where posts.lang <> origin.lang and posts.kind = 'repost'"
        )
        == []
    )


@in_every_world
def test_every_organic_reaction_follows_an_exposure_to_what_it_reacts_to(world: Told) -> None:
    assert (
        world.rows(
            f"""
        select posts.post_id from {_REACTIONS} join truth_posts on truth_posts.post_id = posts.post_id
        where push_id is null and not exists (
            from truth_exposure_log as log join shown as seen on seen.post_id = log.post_id
            where log.account_id = posts.account_id and seen.origin_id = target.origin_id
              and log.shown_at < posts.created_at)
        """
        )
        == []
    )


@in_every_world
def test_every_organic_like_follows_an_exposure_to_what_is_liked(world: Told) -> None:
    assert (
        world.rows(
            """
        select likes.post_id from likes anti join truth_likes using (account_id, post_id)
        where not exists (
            from truth_exposure_log as log join shown as seen on seen.post_id = log.post_id
            where log.account_id = likes.account_id and seen.origin_id = likes.post_id
              and log.shown_at < likes.created_at)
        """
        )
        == []
    )


@in_every_world
def test_no_account_reacts_twice_in_the_same_way(world: Told) -> None:
    assert (
        world.rows(f"select posts.account_id, posts.kind, origin_id from {_REACTIONS} group by all having count(*) > 1")
        == []
    )
    assert world.rows("select account_id, post_id from likes group by all having count(*) > 1") == []


@in_every_world
def test_no_account_reacts_to_itself(world: Told) -> None:
    assert world.rows(f"select posts.post_id from {_REACTIONS} where origin_account_id = posts.account_id") == []
    assert world.rows("from likes join posts using (post_id) where likes.account_id = posts.account_id") == []


@in_every_world
def test_nothing_is_shown_before_it_exists_or_to_its_author(world: Told) -> None:
    assert (
        world.rows(
            "from truth_exposure_log as log join posts using (post_id) join shown using (post_id) "
            "where log.shown_at < posts.created_at or log.account_id in (posts.account_id, shown.origin_account_id)"
        )
        == []
    )


@in_every_world
def test_feeds_show_only_whom_one_follows_that_day(world: Told) -> None:
    assert (
        world.rows(
            f"""
        select log.place from truth_exposure_log as log join posts using (post_id)
        where source = 'feed' and not exists (
            from follows where follower_id = log.account_id and followee_id = posts.account_id
              and since <= log.shown_at - (log.shown_at - $start) % {DAY_MS}
              and (until is null or until >= log.shown_at - (log.shown_at - $start) % {DAY_MS}))
        """,
            start=world.scenario.start_ms,
        )
        == []
    )


@in_every_world
def test_threads_show_only_replies(world: Told) -> None:
    assert (
        world.rows(
            "from truth_exposure_log as log join posts using (post_id) where (source = 'thread') <> (kind = 'reply')"
        )
        == []
    )


@in_every_world
def test_follows_are_between_known_accounts_that_exist(world: Told) -> None:
    assert world.rows("from follows where follower_id = followee_id") == []
    for end in ("follower_id", "followee_id"):
        assert world.rows(f"from follows anti join accounts on {end} = account_id") == []
        assert world.rows(f"from follows join accounts on {end} = account_id where since < created_at") == []


@in_every_world
def test_a_follow_ends_after_it_began_and_before_it_begins_anew(world: Told) -> None:
    assert world.rows("from follows where until < since") == []
    assert (
        world.rows(
            "select * from (select since, lag(coalesce(until, since + 1e15), 1, 0) "
            "over (partition by follower_id, followee_id order by since) as until_before from follows) "
            "where since < until_before"
        )
        == []
    )


@in_every_world
def test_removed_accounts_are_silent(world: Told) -> None:
    for table, column, who in (
        ("posts", "created_at", "account_id"),
        ("likes", "created_at", "account_id"),
        ("truth_exposure_log", "shown_at", "account_id"),
        ("follows", "since", "follower_id"),
        ("follows", "until", "follower_id"),
    ):
        late = f"select {column} from {table} join {_SILENCED} as gone on gone.account_id = {table}.{who}"
        assert world.rows(f"{late} where {column} >= gone.time") == [], (table, column)


@in_every_world
def test_no_account_is_removed_twice_or_before_it_exists(world: Told) -> None:
    assert world.rows(f"select account_id from {_SILENCED} group by all having count(*) > 1") == []
    assert world.rows(f"from {_SILENCED} as gone join accounts using (account_id) where gone.time < created_at") == []


@in_every_world
def test_removed_items_are_neither_shown_nor_answered(world: Told) -> None:
    gone = """(
        select post_id, time from removals where post_id is not null
        union all select posts.post_id, removals.time from removals join posts using (account_id)
        where removals.post_id is null)"""
    answered = (
        f"from {_REACTIONS} join {gone} as gone on gone.post_id = target.origin_id where posts.created_at > gone.time"
    )
    assert world.rows(f"select posts.post_id {answered}") == []
    seen = f"truth_exposure_log as log join shown using (post_id) join {gone} as gone"
    assert (
        world.rows(
            f"select log.place from {seen} on gone.post_id in (shown.post_id, origin_id) where log.shown_at > gone.time"
        )
        == []
    )
    liked = f"from likes join {gone} as gone using (post_id) where created_at > gone.time + {_LONGEST_LIKE_MS}"
    assert world.rows(liked) == []


@in_every_world
def test_authors_remove_only_what_they_wrote(world: Told) -> None:
    assert world.rows("from removals join posts using (post_id) where removals.account_id <> posts.account_id") == []
    assert world.rows("from removals where (removals.by = 'author') <> (post_id is not null)") == []


@in_every_world
def test_no_account_acts_before_its_creation(world: Told) -> None:
    for table, column in (("posts", "created_at"), ("likes", "created_at"), ("truth_exposure_log", "shown_at")):
        early = f"from {table} join accounts using (account_id) where {table}.{column} < accounts.created_at"
        assert world.rows(early) == [], table


@in_every_world
def test_no_organic_acts_after_leaving(world: Told) -> None:
    accounts = build_population(world.scenario, world.seed).accounts
    leaves = (accounts.operator < 0) & (accounts.active_until_ms < world.scenario.end_ms)
    until = dict(zip(accounts.account_id[leaves].tolist(), accounts.active_until_ms[leaves].tolist(), strict=True))
    for kinds, grace in (("('post')", 0), ("('repost', 'reply', 'quote')", _LONGEST_ANSWER_MS)):
        latest = dict(world.rows(f"select account_id, max(created_at) from posts where kind in {kinds} group by all"))
        late = {
            account: latest[account] - last for account, last in until.items() if latest.get(account, 0) >= last + grace
        }
        assert late == {}
    read = dict(world.rows("select account_id, max(shown_at) from truth_exposure_log group by all"))
    assert [account for account, last in until.items() if read.get(account, 0) >= last] == []
