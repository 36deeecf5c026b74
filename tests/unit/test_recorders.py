"""From a world's integers to Arrow tables: words, times, nulls, rings that go round, follows that begin anew."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from simulator import World, schema
from simulator.kernels import layout
from simulator.observations import ObservationRecorder, ids, instants, items_of, post_ids, table_of, words
from simulator.truth import TruthRecorder
from simulator.vocabulary import Kind, Role, Segment, Stock
from tests.worlds import DAY, HOUR, LIVELY, operator, plain, scenario_from, squad

SEED = 11
_EVENTS = {
    "launch": {"kind": "launch", "time": "T"},
    "leak": {"kind": "recall", "time": "T-1d", "announced": False},
}
_STOCK = {"bulk_created": 0.4, "purchased_aged": 0.2, "compromised": 0.2, "cyborg": 0.2}


def make_world(**kind: bool) -> World:
    agency = operator(20, stock=_STOCK, squads={"day": squad("L1")})
    data = plain(organic={"accounts": 300}, events=_EVENTS, operators={"agency": agency}, exposure_log=True, **LIVELY)
    return World(scenario_from(data), SEED, **kind)


@pytest.fixture(scope="module")
def world() -> World:
    """Return a world on the evening of its third day, in which a push is under way."""
    world = make_world()
    for _ in range(3):
        world.step()
    return world


@pytest.fixture(scope="module")
def seen(world: World) -> ObservationRecorder:
    return ObservationRecorder(world)


@pytest.fixture
def truth(world: World) -> TruthRecorder:
    return TruthRecorder(world)


def test_codes_become_words_and_the_absent_null() -> None:
    column = words(np.array([1, 0, 1]), ["no", "yes"], np.array([False, False, True]))
    assert column.to_pylist() == ["yes", "no", None]
    assert column.type == pa.dictionary(pa.int16(), pa.string())


def test_instants_are_utc_milliseconds() -> None:
    column = instants(np.array([1_747_908_000_123, 0]), np.array([False, True]))
    assert column.type == pa.timestamp("ms", tz="UTC")
    assert str(column[0].as_py()) == "2025-05-22 10:00:00.123000+00:00"
    assert not column[1].is_valid


def test_ids_keep_53_bits_and_nulls() -> None:
    column = ids(np.array([2**53 - 1, 5]), np.array([False, True]))
    assert (column.type, column.to_pylist()) == (pa.int64(), [2**53 - 1, None])


def test_a_table_has_the_documented_columns_in_order() -> None:
    table = table_of(
        schema.LIKES, post_id=ids(np.array([3])), account_id=ids(np.array([2])), created_at=instants(np.array([1]))
    )
    assert table.schema.names == ["created_at", "account_id", "post_id"]
    assert table.schema.equals(schema.LIKES.arrow)


def _ring(post_id: list[int], first: int, size: int) -> Any:
    """Return the part of a world that holds items with these ids, the first of them number `first`."""
    hot, cold = np.zeros(size, layout.HOT), np.zeros(size, layout.COLD)
    cold["post_id"][np.arange(first, first + len(post_id)) & (size - 1)] = post_id
    return SimpleNamespace(state=SimpleNamespace(hot=hot, cold=cold))


@pytest.mark.parametrize("first", [0, 4, 6, 7, 8])
def test_items_of_a_day_are_found_in_a_ring_that_goes_round(first: int) -> None:
    world = _ring([11, 22, 33, 44], first, 8)
    items = items_of(world, SimpleNamespace(first=first, last=first + 4))  # type: ignore[arg-type]
    assert items.cold["post_id"].tolist() == [11, 22, 33, 44]


def test_items_of_one_moment_are_ordered_by_id() -> None:
    world = _ring([11, 33, 22, 44], 6, 8)
    items = items_of(world, SimpleNamespace(first=6, last=10))  # type: ignore[arg-type]
    assert items.cold["post_id"].tolist() == [11, 22, 33, 44]


def test_a_day_without_items_gives_none() -> None:
    assert len(items_of(_ring([], 3, 8), SimpleNamespace(first=3, last=3)).hot) == 0  # type: ignore[arg-type]


def test_ids_of_items_come_from_their_slots() -> None:
    assert post_ids(_ring([11, 22, 33], 6, 8), np.array([8, 6])).tolist() == [33, 11]


def test_posts_and_labels_are_rows_of_the_same_items(
    world: World, seen: ObservationRecorder, truth: TruthRecorder
) -> None:
    assert world.log is not None
    items = items_of(world, world.log)
    posts, labels = seen.posts(items), truth.posts(items)
    assert posts.num_rows == labels.num_rows == world.log.last - world.log.first
    assert posts["post_id"].to_pylist() == labels["post_id"].to_pylist()
    assert [kind == "post" for kind in posts["kind"].to_pylist()] == [
        parent is None for parent in posts["parent_id"].to_pylist()
    ]


def test_reposts_have_no_text_and_empty_lists(world: World, seen: ObservationRecorder) -> None:
    assert world.log is not None
    posts = seen.posts(items_of(world, world.log)).to_pylist()
    reposts = [post for post in posts if post["kind"] == "repost"]
    assert reposts
    assert all(post["text"] is None and post["hashtags"] == post["urls"] == post["mentions"] == [] for post in reposts)
    assert all(post["text"] for post in posts if post["kind"] != "repost")


def test_mentions_name_whom_a_reaction_answers_or_a_feed_addresses(world: World, seen: ObservationRecorder) -> None:
    assert world.log is not None
    items = items_of(world, world.log)
    posts = seen.posts(items)
    handles = seen.profiles.handle.to_pylist()
    named = [row for row in range(posts.num_rows) if posts["mentions"][row].as_py()]
    assert named
    assert {int(items.hot["kind"][row]) for row in named} <= {Kind.post, Kind.reply, Kind.quote}
    assert all(items.cold["push"][row] < 0 for row in named if items.hot["kind"][row] == Kind.post)
    for row in named:
        assert posts["mentions"][row].as_py() == [handles[items.cold["mention_row"][row]]]


def test_metrics_are_dated_by_the_end_of_the_day(world: World, seen: ObservationRecorder) -> None:
    assert world.log is not None
    metrics = seen.metrics(world.log)
    assert metrics["as_of"].cast(pa.int64()).unique().to_pylist() == [world.scenario.start_ms + 3 * DAY]
    numbers = metrics["post_id"].to_pylist()
    assert numbers == sorted(set(numbers))


@pytest.fixture
def bookkeeper(seen: ObservationRecorder) -> Iterator[ObservationRecorder]:
    seen._follow_changes.clear()
    yield seen
    seen._follow_changes.clear()


def _changes(*lines: tuple[int, int, int, int]) -> Any:
    return SimpleNamespace(follows=np.array(lines, np.int64).reshape(-1, 4))


def _told(bookkeeper: ObservationRecorder, follower: int, followee: int) -> list[tuple[int, int | None]]:
    """Return (since, until) of the follows of a pair, ms since the run's start."""
    start, numbers = bookkeeper.world.scenario.start_ms, bookkeeper.account_ids
    table = pa.concat_tables(bookkeeper.follows())
    since, until = (table[name].cast(pa.int64()).to_pylist() for name in ("since", "until"))
    pairs = zip(table["follower_id"].to_pylist(), table["followee_id"].to_pylist(), since, until, strict=True)
    wanted = (numbers[follower], numbers[followee])
    return [(s - start, None if u is None else u - start) for a, b, s, u in pairs if (a, b) == wanted]


def test_a_follow_that_ends_and_begins_anew_is_two_rows(bookkeeper: ObservationRecorder) -> None:
    strangers = (0, _stranger_of(bookkeeper, 0))
    bookkeeper.keep_follows(_changes((5, *strangers, 1), (9, *strangers, 0)))
    bookkeeper.keep_follows(_changes((HOUR, *strangers, 1)))
    assert _told(bookkeeper, *strangers) == [(5, 9), (HOUR, None)]


def test_a_follow_of_the_start_can_end(bookkeeper: ObservationRecorder) -> None:
    graph = bookkeeper.world.graph
    followee = int(graph.followees[graph.indptr[0]])
    bookkeeper.keep_follows(_changes((7, 0, followee, 0)))
    ((since, until),) = _told(bookkeeper, 0, followee)
    assert since <= 0
    assert until == 7


def _stranger_of(recorder: ObservationRecorder, row: int) -> int:
    graph = recorder.world.graph
    known = set(graph.followees[graph.indptr[row] : graph.indptr[row + 1]].tolist())
    return next(other for other in range(1, 300) if other not in known)


def test_accounts_created_later_start_without_follows(world: World, seen: ObservationRecorder) -> None:
    accounts = seen.accounts().to_pylist()
    start = world.scenario.start_ms
    late = [account for account in accounts if account["created_at"].timestamp() * 1000 > start]
    assert late
    assert not any(account["followers_at_start"] or account["following_at_start"] for account in late)


def test_the_context_tells_no_secret(world: World, seen: ObservationRecorder) -> None:
    context = seen.context()
    text = context.to_json()
    assert [event.name for event in context.events] == ["launch"]
    for secret in ("tried", str(SEED), "agency", "fire"):
        assert f'"{secret}"' not in text
    brand = world.population.accounts.account_id[world.population.accounts.segment == Segment.brand]
    assert set(context.brand_account_ids) == set(brand.tolist())
    assert list(context.brand_account_ids) == sorted(context.brand_account_ids)


def _labels(truth: TruthRecorder) -> list[dict[str, Any]]:
    labels: list[dict[str, Any]] = truth.accounts().to_pylist()
    return labels


def test_operated_accounts_are_coordinated_and_hostile(truth: TruthRecorder) -> None:
    operated = [label for label in _labels(truth) if label["operated"]]
    assert len(operated) == 20
    assert all(label["coordinated"] and label["hostile"] for label in operated)
    assert {label["squad_id"] for label in operated} == {"agency.day"}
    assert {label["role"] for label in operated} <= {role.name for role in Role}


def test_cyborgs_are_not_automated_and_bulk_accounts_have_no_segment(truth: TruthRecorder) -> None:
    for label in _labels(truth):
        if label["operated"]:
            assert label["automated"] == (label["stock"] != Stock.cyborg.name)
            assert (label["segment"] is None) == (label["stock"] == Stock.bulk_created.name)


def test_the_three_axes_are_different_axes(truth: TruthRecorder) -> None:
    organic = [label for label in _labels(truth) if not label["operated"]]
    assert any(label["automated"] and not label["coordinated"] and not label["hostile"] for label in organic)
    assert any(label["coordinated"] and not label["hostile"] and not label["automated"] for label in organic)
    assert any(label["hostile"] and not label["coordinated"] and not label["automated"] for label in organic)


def test_a_twin_has_no_positive_label() -> None:
    labels = TruthRecorder(make_world(twin=True)).accounts().to_pylist()
    assert not any(label["operated"] for label in labels)
    assert all(label["operated_from"] is None and label["operated_until"] is None for label in labels)


def test_pushes_tell_their_plan_and_what_came_of_it(world: World, truth: TruthRecorder) -> None:
    assert world.log is not None
    labels = truth.posts(items_of(world, world.log))
    (push,) = truth.pushes().to_pylist()
    assert (push["name"], push["squads"]) == ("agency.first", ["day"])
    assert push["n_posts"] == len(labels) - labels["push_id"].null_count > 0
    assert 0 < push["n_accounts"] <= 20


def test_attitudes_are_means_of_the_accounts(world: World, truth: TruthRecorder) -> None:
    assert world.log is not None
    told = {row["segment"]: row for row in truth.attitudes(world.log).to_pylist()}
    counts = world.log.attitudes[Segment.critic]
    assert told["critic"]["mean"] == pytest.approx(counts[1] / counts[0] / 65_536)
    assert told["critic"]["mean"] < told["casual"]["mean"] < told["fan"]["mean"]


def test_exposures_lie_in_the_hours_of_their_day(world: World, truth: TruthRecorder) -> None:
    assert world.log is not None
    hours = truth.exposures(world.log)["hour"].cast(pa.int64()).to_numpy()
    start = world.scenario.start_ms + 2 * DAY
    assert hours.min() >= start
    assert hours.max() < start + DAY
    assert set(((hours - start) % HOUR).tolist()) == {0}
