"""What holds of counts in every world: manifest, observations and truth tell the same numbers."""

from tests.property.small_worlds import N_WORLDS, in_every_world, small_worlds_of_the_session
from tests.worlds import DAY, HOUR, Library, Told

_LOG = """truth_exposure_log as log join truth_accounts using (account_id)
    join truth_posts on truth_posts.post_id = log.post_id"""


@in_every_world
def test_the_manifest_counts_the_rows(world: Told) -> None:
    for name, n_rows in world.dataset.counts.items():
        assert world.value(f"select count(*) from {name}") == n_rows, name


@in_every_world
def test_pushes_count_their_posts_and_accounts(world: Told) -> None:
    counted = world.rows(
        "select push_id, count(post_id), count(distinct account_id) from truth_pushes "
        "left join (from truth_posts join posts using (post_id)) using (push_id) group by all order by push_id"
    )
    assert world.rows("select push_id, n_posts, n_accounts from truth_pushes order by push_id") == counted


@in_every_world
def test_commanded_likes_are_likes(world: Told) -> None:
    assert world.rows("from truth_likes anti join likes using (account_id, post_id)") == []
    assert world.rows("from truth_likes anti join truth_pushes using (push_id)") == []


@in_every_world
def test_exposures_sum_up_the_exposure_log(world: Told) -> None:
    logged = world.rows(
        f"""
        select shown_at - (shown_at - $start) % {HOUR} as hour, root_push_id,
               coalesce(push.narrative_id, truth_posts.narrative_id) as narrative, segment, count(*)
        from {_LOG} left join truth_pushes as push on push.push_id = root_push_id
        where segment is not null group by all order by all
        """,
        start=world.scenario.start_ms,
    )
    told = "select hour, push_id, narrative_id, segment, exposures from truth_exposures order by all"
    assert world.rows(told) == logged


@in_every_world
def test_first_exposures_sum_up_to_distinct_accounts(world: Told) -> None:
    for group, named in (
        ("push_id", "push_id is not null"),
        ("narrative_id", "push_id is null and narrative_id is not null"),
    ):
        logged = world.rows(
            f"""
            select {group}, count(distinct account_id)
            from (select root_push_id as push_id, narrative_id, log.account_id, segment from {_LOG})
            where segment is not null and {named} group by all order by all
            """
        )
        told = f"select {group}, sum(first_exposures) from truth_exposures where {named} group by all order by all"
        assert world.rows(told) == logged


@in_every_world
def test_first_campaign_exposures_sum_up_to_the_reach_of_an_operator(world: Told) -> None:
    told = """
        select operator_id, sum(first_campaign_exposures) from truth_exposures join truth_pushes using (push_id)
        group by all order by all"""
    logged = f"""
        select push.operator_id, count(distinct log.account_id) from {_LOG}
        join truth_pushes as push on push.push_id = root_push_id where segment is not null group by all order by all"""
    assert world.rows(told) == world.rows(logged)
    assert world.rows("from truth_exposures where push_id is null and first_campaign_exposures > 0") == []


@in_every_world
def test_accounts_count_their_exposures_to_campaigns(world: Told) -> None:
    logged = dict(
        world.rows(f"select log.account_id, count(root_push_id) from {_LOG} where segment is not null group by all")
    )
    told = world.rows("select account_id, campaign_exposures from truth_accounts")
    assert {account: n for account, n in told if n} == {account: n for account, n in logged.items() if n}


@in_every_world
def test_metrics_count_reactions_up_to_the_days_end(world: Told) -> None:
    wrong = """
        select post_id, as_of from metrics where {counter} <> (
            select count(*) from posts join shown as target on target.post_id = posts.parent_id
            where target.origin_id = metrics.post_id and kind = '{kind}' and created_at < as_of)"""
    for counter, kind in (("reposts", "repost"), ("replies", "reply"), ("quotes", "quote")):
        assert world.rows(wrong.format(counter=counter, kind=kind)) == [], counter


@in_every_world
def test_every_reaction_is_counted_in_the_metrics(world: Told) -> None:
    assert (
        world.rows(
            """
        select origin_id, count(*) from posts join shown as target on target.post_id = posts.parent_id
        group by origin_id having count(*) <> coalesce(
            (select max(reposts + replies + quotes) from metrics where metrics.post_id = origin_id), 0)
        """
        )
        == []
    )


@in_every_world
def test_metrics_count_the_likes_of_brand_posts(world: Told) -> None:
    assert (
        world.rows(
            "from (select post_id, count(*) as n from likes group by all) as counted join "
            "(select post_id, max(metrics.likes) as n from metrics group by all) as told using (post_id) "
            "where counted.n <> told.n"
        )
        == []
    )


@in_every_world
def test_impressions_count_the_exposures_to_an_item_and_its_reposts(world: Told) -> None:
    assert (
        world.rows(
            """
        select post_id, as_of from metrics where impressions <> (
            select count(*) from truth_exposure_log as log join shown on shown.post_id = log.post_id
            where origin_id = metrics.post_id and shown_at < as_of)
        """
        )
        == []
    )


@in_every_world
def test_metrics_have_a_row_only_when_a_counter_changed(world: Told) -> None:
    assert world.rows("select post_id, as_of from metrics group by all having count(*) > 1") == []
    assert (
        world.rows(
            """
        select * from (
            select likes + reposts + replies + quotes + impressions as now,
                   lag(likes + reposts + replies + quotes + impressions, 1, 0)
                       over (partition by post_id order by as_of) as before
            from metrics)
        where now <= before
        """
        )
        == []
    )


@in_every_world
def test_metrics_know_only_posts_that_exist_by_then(world: Told) -> None:
    assert world.rows("from metrics anti join posts using (post_id)") == []
    assert world.rows("from metrics join posts using (post_id) where as_of <= created_at") == []


@in_every_world
def test_followers_at_the_start_are_the_follows_of_the_start(world: Told) -> None:
    held = "(select {0}_id as account_id, count(*) as n from follows where since <= $start group by all)"
    for end, column in (("followee", "followers_at_start"), ("follower", "following_at_start")):
        wrong = f"""
            select account_id from accounts left join {held.format(end)} as held using (account_id)
            where {column} <> coalesce(held.n, 0)"""
        assert world.rows(wrong, start=world.scenario.start_ms) == []


@in_every_world
def test_attitudes_are_told_for_every_day_and_stay_in_their_range(world: Told) -> None:
    days = {day for (day,) in world.rows("select day from truth_attitudes")}
    assert days == {world.scenario.start_ms + day * DAY for day in range(1, world.scenario.n_days + 1)}
    assert (
        world.rows(
            "from truth_attitudes where not (mean between -1 and 1 and variance between 0 and 1 "
            "and share_negative between 0 and 1 and polarisation between 0 and 1 and hostility between 0 and 1)"
        )
        == []
    )


def test_the_worlds_hold_all_that_the_rules_speak_of(library: Library) -> None:
    worlds = [library.told(data, seed) for data, seed in small_worlds_of_the_session()]
    assert len(worlds) >= N_WORLDS - 1
    for thing in (
        "posts where kind = 'quote'",
        "likes anti join truth_likes using (account_id, post_id)",
        "truth_likes",
        "truth_posts where root_push_id is not null and push_id is null",
        "follows where until is not null",
        "removals where post_id is null",
        "removals where post_id is not null",
        "truth_exposure_log where source = 'thread'",
        "truth_exposure_log where source = 'trending'",
        "truth_exposures where push_id is null and narrative_id is not null",
        "truth_accounts where operated and segment is null",
        "truth_accounts where operated_until is not null",
        "truth_pushes where n_posts > 20",
    ):
        assert sum(world.value(f"select count(*) from {thing}") for world in worlds) > 10, thing
    assert any(not world.scenario.operators for world in worlds)
    assert any(len(world.scenario.operators) > 1 for world in worlds)
