"""A world and its twins: the same past, a different future, and nothing else changed by chance."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from simulator import load_scenario
from tests.worlds import DAY, HARSH, HOUR, LIVELY, Library, Told, operator, plain, squad

_STOCK = {"bulk_created": 0.4, "purchased_aged": 0.2, "compromised": 0.2, "cyborg": 0.2}
_BATCHES = {"first": {"time": "T-3d 11:00", "share": 0.5}, "second": {"time": "T-2d 08:00", "share": 0.5}}
_SQUADS = {"loud": squad("L1", share=0.5), "hidden": squad("L4", share=0.5, bought_followers=10.0)}
_DATA: dict[str, Any] = plain(
    start="T-6d 00:00",
    events={"launch": {"kind": "launch", "time": "T", "talk_share": 0.5}},
    operators={"agency": operator(24, stock=_STOCK, batches=_BATCHES, squads=_SQUADS)},
    moderation=HARSH,
    **LIVELY,
)
_TIME_COLUMN = {
    "posts": "created_at",
    "truth_posts": "created_at",
    "likes": "created_at",
    "metrics": "as_of",
    "removals": "time",
    "truth_exposure_log": "shown_at",
    "truth_exposures": "hour",
    "truth_attitudes": "day",
}


@pytest.fixture(scope="module")
def world(library: Library) -> Told:
    return library.told(_DATA, 6)


@pytest.fixture(scope="module")
def twin(library: Library) -> Told:
    return library.told(_DATA, 6, "twin")


def first_action(world: Told) -> int:
    """Return when an operator first had an account to act with."""
    return int(world.value("select min(operated_from) from truth_accounts"))


def rows_before(told: Told, name: str, moment: int) -> pa.Table:
    """Return the rows of a table that were complete by a moment (ms), every column."""
    rows = told.dataset.table(name)
    if name == "truth_posts":
        rows = rows.append_column("created_at", told.dataset.table("posts", ["created_at"])[0])
    times = rows[_TIME_COLUMN[name]].cast(pa.int64())
    last = {"truth_exposures": moment - HOUR + 1, "metrics": moment + 1, "truth_attitudes": moment + 1}.get(
        name, moment
    )
    return rows.filter(pc.less(times, last))


@pytest.mark.parametrize("name", _TIME_COLUMN)
def test_twin_equals_world_before_the_first_action(world: Told, twin: Told, name: str) -> None:
    moment = first_action(world)
    past = rows_before(world, name, moment)
    assert past.num_rows > 0
    assert past.to_pylist() == rows_before(twin, name, moment).to_pylist()


@pytest.mark.parametrize("name", ["posts", "truth_exposure_log", "metrics", "truth_attitudes"])
def test_twin_differs_from_world_afterwards(world: Told, twin: Told, name: str) -> None:
    assert not world.dataset.table(name).equals(twin.dataset.table(name))


def test_twin_has_the_accounts_of_the_world_in_every_column(world: Told, twin: Told) -> None:
    assert world.dataset.table("accounts").equals(twin.dataset.table("accounts"))


def test_twin_has_the_follows_of_the_world_before_the_first_action(world: Told, twin: Told) -> None:
    held = """
        select follower_id, followee_id, since, case when until < $moment then until end
        from follows where since < $moment order by all"""
    moment = first_action(world)
    past = world.rows(held, moment=moment)
    assert past == twin.rows(held, moment=moment)
    assert any(until is not None for *_, until in past)


def test_twin_has_no_pushed_post_and_no_operated_account(twin: Told) -> None:
    assert (
        twin.rows("from truth_posts where push_id is not null or root_push_id is not null or tactic is not null") == []
    )
    assert twin.rows("from truth_accounts where operated") == []
    assert twin.rows("from truth_likes") == []
    assert twin.value("select sum(n_posts) from truth_pushes") == 0


def test_purely_operated_accounts_are_silent_in_a_twin(world: Told, twin: Told) -> None:
    bought = "(from truth_accounts where stock = 'bulk_created')"
    assert world.value(f"select count(*) from posts join {bought} using (account_id)") > 0
    for table in ("posts", "likes", "truth_exposure_log"):
        assert twin.rows(f"select account_id from {table} join {bought} using (account_id)") == [], table
    assert (
        twin.rows(
            f"from follows join {bought} on follower_id = account_id where since >= $moment", moment=first_action(world)
        )
        == []
    )


@pytest.mark.parametrize("stock", ["purchased_aged", "compromised", "cyborg"])
def test_accounts_with_a_past_live_on_in_a_twin(world: Told, twin: Told, stock: str) -> None:
    seen = "truth_exposure_log join truth_accounts using (account_id) where stock = $stock and shown_at >= $moment"
    assert twin.value(f"select count(*) from {seen}", stock=stock, moment=first_action(world)) > 0


def test_sessions_of_organics_do_not_depend_on_the_campaign(world: Told, twin: Told) -> None:
    """Originals are written in sessions, so they tell them; only removals may end them."""
    written = """
        select post_id, created_at, account_id from posts join truth_accounts using (account_id)
        where kind = 'post' and segment is not null and stock is null
          and account_id not in (select account_id from removals where post_id is null)"""
    shared = "(select account_id from (values {}) as t(account_id))"
    gone = [
        account
        for told in (world, twin)
        for (account,) in told.rows("select account_id from removals where post_id is null")
    ]
    staying = f"{written} and account_id not in {shared.format(', '.join(f'({account})' for account in gone or [0]))}"
    copies = "and post_id in (select post_id from truth_posts where manuscript_id is null) order by all"
    assert world.rows(f"{staying} {copies}") == twin.rows(f"{staying} {copies}")


def _reactions(told: Told) -> set[tuple[Any, ...]]:
    return set(
        told.rows(
            "select posts.account_id, kind, origin_id "
            "from posts join shown as target on target.post_id = posts.parent_id "
            "union all select account_id, 'like', post_id from likes"
        )
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_a_placebo_changes_less_than_a_hundredth_of_reactions(library: Library, seed: int) -> None:
    scenario = load_scenario("classroom")
    twin, placebo = (Told(library.path(scenario, seed, kind), scenario, seed) for kind in ("twin", "placebo"))
    before, after = _reactions(twin), _reactions(placebo)
    assert len(before) > 1_500
    assert len(before ^ after) < 0.01 * len(before)


def test_a_placebo_has_exactly_one_command_more_than_its_twin(library: Library) -> None:
    scenario = load_scenario("classroom")
    twin, placebo = (Told(library.path(scenario, 1, kind), scenario, 1) for kind in ("twin", "placebo"))
    own = "select post_id, created_at from posts where kind = 'post'"
    ((post_id, time),) = set(placebo.rows(own)) - set(twin.rows(own))
    assert time == placebo.value("select min(start) from truth_pushes")
    assert placebo.value("select count(*) from truth_exposure_log where post_id = $post_id", post_id=post_id) > 0


def test_organics_are_the_same_with_and_without_operators(library: Library, world: Told) -> None:
    quiet = library.told({**_DATA, "operators": {}}, 6)
    followed = ("followers_at_start", "following_at_start")
    organic = pa.array(row[0] for row in world.rows("select account_id from truth_accounts where not operated"))
    with_operators = world.dataset.table("accounts").drop_columns(followed)
    with_operators = with_operators.filter(pc.is_in(with_operators["account_id"], organic))
    assert with_operators.num_rows == _DATA["organic"]["accounts"]
    assert with_operators.to_pylist() == quiet.dataset.table("accounts").drop_columns(followed).to_pylist()


def test_organics_are_the_same_when_a_squad_is_added(library: Library, world: Told) -> None:
    more = operator(6, squads={"other": squad("L0")}, pushes={})
    larger = library.told({**_DATA, "operators": {**_DATA["operators"], "rival": more}}, 6)
    ids = "select account_id from truth_accounts where operator_id is distinct from 'rival' order by all"
    assert larger.rows(ids) == world.rows(ids)


def test_daylight_is_the_same_in_world_and_twin(world: Told, twin: Told) -> None:
    assert world.scenario.n_days * DAY >= world.scenario.end_ms - world.scenario.start_ms
    assert world.dataset.manifest.moments == twin.dataset.manifest.moments
    assert (world.dataset.manifest.variant, twin.dataset.manifest.variant) == ("world", "twin")
