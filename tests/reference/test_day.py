"""Whole days: the compiled world equals the naive one, item by item and log by log."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from simulator import model
from simulator.kernels import layout
from simulator.scenario import load_scenario
from simulator.vocabulary import Kind, Source
from tests.reference.watched_world import WatchedWorld, live_and_compare, small_scenario


@pytest.fixture(scope="module", autouse=True)
def _phrasebooks_are_compiled_once() -> Iterator[None]:
    """Let worlds of the same names share what they write with: compiling it takes longer than living most of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "load_phrasebook", cache(model.load_phrasebook))
        yield


# What a world can be like; each is lived by both, day by day.
EVERYTHING = (
    "operators.all.squads.all.delete_after_minutes=45",
    "operators.all.squads.loud.actions={post: 0.3, repost: 0.3, reply: 0.15, quote: 0.15, like: 0.1}",
)
VARIANTS = {
    "as it comes": (),
    "posts are deleted": ("operators.all.squads.all.delete_after_minutes=45",),
    "memory is short": ("feed.memory_hours=6",),
    "posts are deleted late": ("feed.memory_hours=6", "operators.all.squads.all.delete_after_minutes=3000"),
    "memory is long": ("feed.memory_hours=240",),
    "loud and clumsy": ("operators.all.squads.all.evasion=L0",),
    "slow and mixed": ("operators.all.squads.all.evasion=L5",),
    "two places for trends": ("feed.trending_items=2", "reaction.repost_share=0.15"),
    "no trends": ("feed.trending_items=0",),
    "attitudes stand still": ("attitudes.enabled=false",),
    "attitudes move a lot": ("organic.segments.casual.susceptibility=0.5", "attitudes.recovery_per_day=0.3"),
    "long sessions": ("feed.items_per_session=60", "exposure_log=false"),
    "nobody is removed": ("moderation.enabled=false", "organic.leaving_share=0.4", "organic.joining_share=0.4"),
    "likes and follows alone": ("operators.all.squads.all.actions={like: 0.6, follow: 0.4}",),
    "one hashtag": ("operators.all.plan.all.hashtag=brand", "operators.all.squads.loud.actions={reply: 1}"),
    "people rally": (
        "rallies={cheer: {segment: fan, theme: cheer, share: 1, start: T-2d, end: T+1d, kind: reply, "
        "aimed_at: critics, posts_per_account: 5}, draw: {segment: casual, theme: giveaway, share: 0.4, "
        "start: T-2d, end: T+1d, kind: repost}, ads: {segment: casual, theme: advert, share: 0.2, "
        "every_hours: 20, start: T-2d, end: T+1d, kind: reply, aimed_at: anyone, text: paraphrase}}",
    ),
    "everything": EVERYTHING,
    "broken up": ("operators.agency.break_up.time=T+12h", "operators.agency.break_up.removed_share=1.0"),
}


@pytest.mark.parametrize("overrides", VARIANTS.values(), ids=VARIANTS.keys())
def test_days_equal_naive(overrides: tuple[str, ...]) -> None:
    world = WatchedWorld(small_scenario(*overrides), seed=len(overrides) + 7)
    live_and_compare(world, world.scenario.n_days)


@pytest.mark.parametrize("seed", [1, 2, 2**64 - 1])
def test_days_with_buffers_that_must_grow_equal_naive(seed: int) -> None:
    world = WatchedWorld(small_scenario(), seed, small=True)
    live_and_compare(world, world.scenario.n_days)
    assert world.n_growths >= 2


def test_a_ring_that_has_gone_round_equals_naive() -> None:
    scenario = small_scenario("feed.memory_hours=24", "feed.items_per_session=20", accounts=420, days=17)
    world = WatchedWorld(scenario, seed=5, small=True)
    live_and_compare(world, scenario.n_days)
    assert world.state.clock[layout.NEXT_SEQUENCE] > len(world.state.hot)


@pytest.mark.parametrize("delete_after_minutes", [1, 30])
def test_days_lived_in_one_hour_equal_naive(delete_after_minutes: int) -> None:
    """Posts, authors and readers go while reactions to them are on their way, and reposts outlive their origins."""
    overrides = (
        f"operators.all.squads.all.delete_after_minutes={delete_after_minutes}",
        "operators.all.squads.all.bought_followers=40",
        "moderation.base_per_million_account_days=10000",
        "moderation.volume_posts_per_day=1",
        "moderation.volume_removal_share=0.5",
        "reaction.repost_share=0.3",
        "reaction.like_share=0.8",
        "reaction.follow_share=1.0",
    )
    world = WatchedWorld(small_scenario(*overrides, days=8), seed=4, overwrite=True, hurried=True)
    live_and_compare(world, world.scenario.n_days)


@pytest.mark.parametrize("memory_hours", [24, 48, 72])
def test_what_is_forgotten_is_never_read(memory_hours: int) -> None:
    scenario = small_scenario(f"feed.memory_hours={memory_hours}", accounts=200, days=9)
    world = WatchedWorld(scenario, seed=6, overwrite=True)
    live_and_compare(world, scenario.n_days)


@pytest.mark.parametrize("kind", ["twin", "placebo"])
def test_days_of_a_twin_equal_naive(kind: str) -> None:
    world = WatchedWorld(small_scenario(), seed=3, **{kind: True})
    live_and_compare(world, world.scenario.n_days)


def test_days_without_any_operator_equal_naive() -> None:
    world = WatchedWorld(load_scenario("quiet_launch", accounts=150, days=4), seed=3)
    live_and_compare(world, world.scenario.n_days)


def test_the_days_compared_hold_everything_that_can_happen() -> None:
    """A comparison of what never happens would prove nothing."""
    world = WatchedWorld(small_scenario(*EVERYTHING), seed=4)
    seen: Counter[str] = Counter()
    for _ in range(world.scenario.n_days):
        world.step()
        diary = world.naive.diary
        seen.update(f"shown: {Source(source).name}" for *_, source in diary.exposure_log)
        seen.update("follow begins" if begins else "follow ends" for *_, begins in diary.follows)
        seen.update("account removed" if number < 0 else "post deleted" for _, number, _ in diary.removals)
        seen.update("like commanded" if push >= 0 else "like" for *_, push in diary.likes)
    for post in world.naive.posts:
        seen[f"{'commanded' if post.push >= 0 else 'own'} {post.kind.name}"] += 1
        seen["copy"] += post.push < 0 and post.paste
        seen["claim of its own"] += post.kind is Kind.post and post.push < 0 and post.narrative >= 0
    wanted = {f"shown: {source.name}" for source in Source}
    wanted |= {f"{who} {kind.name}" for who in ("commanded", "own") for kind in Kind}
    wanted |= {"follow begins", "follow ends", "account removed", "post deleted", "like", "like commanded", "copy"}
    wanted |= {"claim of its own"}
    assert {name for name in wanted if not seen[name]} == set()
