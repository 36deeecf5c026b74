"""A world whose every day is lived a second time, by the naive one, from the same events and commands."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.kernels import layout
from simulator.kernels.layout import State
from simulator.model import DayLog, World
from simulator.rhythm import DAY_MS, as_threshold
from simulator.scenario import Scenario, load_scenario
from simulator.vocabulary import Segment
from tests.reference.naive_following import change_follows
from tests.reference.naive_plan import Calendar, Doing, Event, plan_day, unpack
from tests.reference.naive_things import Post
from tests.reference.naive_upkeep import recover, review, summarise
from tests.reference.naive_world import NaiveWorld
from tests.reference.naive_writing import EPISODE

# Everything that happens at all shall happen often in a small world.
LIVELY = (
    "feed.trending_per_session=4",
    "feed.brand_topic_per_session=4",
    "feed.open_thread_share=0.4",
    "reaction.repost_share=0.06",
    "reaction.like_share=0.15",
    "reaction.reply_share=0.04",
    "reaction.quote_share=0.02",
    "reaction.copy_share=0.1",
    "reaction.follow_share=0.4",
    "reaction.unfollow_share=0.2",
    "moderation.base_per_million_account_days=4000",
    "moderation.volume_posts_per_day=8",
    "moderation.volume_removal_share=0.2",
    "moderation.duplicate_posts_per_day=2",
    "moderation.duplicate_removal_share=0.2",
    "events.launch.talk_share=1.0",
)


def small_scenario(*overrides: str, accounts: int = 160, days: int = 6) -> Scenario:
    """Return a small, lively scenario around a launch."""
    return load_scenario("classroom", overrides=(*LIVELY, *overrides), accounts=accounts, days=days)


def shrink(state: State) -> State:
    """Return the state of an unused world with the smallest buffers there can be, so that all must grow."""
    small: dict[str, Any] = {name: getattr(state, name)[:1].copy() for name in ("pending", "likes", "follows")}
    small |= {name: getattr(state, name)[:1].copy() for name in ("removed", "touched", "logged", "hot", "cold")}
    return state._replace(members=np.zeros((2, 2), np.uint64), **small)


def overwrite_the_forgotten(state: State) -> None:
    """Put the newest item into every place of the ring whose own item is forgotten, as a fuller ring would."""
    ring, newest = len(state.hot), int(state.clock[layout.NEXT_SEQUENCE])
    live = np.arange(state.clock[layout.OLDEST], newest) & (ring - 1)
    if len(live):
        forgotten = np.setdiff1d(np.arange(ring), live)
        state.hot[forgotten], state.cold[forgotten] = state.hot[live[-1]], state.cold[live[-1]]


class WatchedWorld(World):
    """A world that keeps each day's events and commands and lets a naive world live the same days.

    Parameters
    ----------
    small : bool
        Begin with the smallest buffers.
    overwrite : bool
        Overwrite what is forgotten before every day.
    hurried : bool
        Put all of a day's events and commands into its first hour, so that they meet each other's consequences.
    kind : bool
        As World takes it.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int,
        *,
        small: bool = False,
        overwrite: bool = False,
        hurried: bool = False,
        **kind: bool,
    ) -> None:
        super().__init__(scenario, seed, **kind)
        if small:
            self.state, self.scratch = shrink(self.state), np.empty(1, np.int64)
        self.naive = NaiveWorld(self.rules, self.state.accounts, self.followees(), scenario.end_ms - scenario.start_ms)
        self.events: NDArray[np.int64] = np.zeros(0, np.int64)
        self.naive_due: list[tuple[int, int]] = []
        self.naive_attitudes: list[list[int]] = []
        self.counts: list[tuple[list[int], list[int]]] = []
        self.n_growths, self.overwrites, self.is_hurried = 0, overwrite, hurried

    def _counts_of(self, name: str) -> tuple[list[int], list[int]]:
        """Return what the two worlds count on a day, before the review starts counting anew."""
        return self.state.accounts[name].tolist(), [getattr(account, name) for account in self.naive.accounts]

    def followees(self) -> list[list[int]]:
        """Return whom each account follows now."""
        state = self.state
        rows = zip(state.row_start.tolist(), state.row_length.tolist(), strict=True)
        return [state.followees[start : start + length].tolist() for start, length in rows]

    def _run(self, events: NDArray[np.int64], commands: NDArray[np.void]) -> None:
        before = self.state
        if self.overwrites:
            overwrite_the_forgotten(self.state)
        self.events = events
        if self.is_hurried:
            events = np.sort((events >> 36) // 24 << 36 | events & (1 << 36) - 1)
        self.naive.live_day(self.day, [unpack(key) for key in events.tolist()], commands)
        super()._run(events, commands)
        self.n_growths += before is not self.state

    def _sorted_commands(self) -> NDArray[np.void]:
        if self.is_hurried:
            self._commands = [commands.copy() for commands in self._commands]
            for commands in self._commands:
                commands["time"] -= commands["time"] % DAY_MS * 23 // 24
        return super()._sorted_commands()

    def _change_follows(self) -> NDArray[np.int64]:
        later = self._later_follows
        later = later[(later[:, 0] >= self.day * DAY_MS) & (later[:, 0] < (self.day + 1) * DAY_MS)]
        accounts = self.naive.accounts
        gone = [
            accounts[one].is_removed(time) or accounts[two].is_removed(time) for time, one, two, _ in later.tolist()
        ]
        wished = sorted(map(tuple, [*later[~np.asarray(gone, bool)].tolist(), *self.naive.diary.follows]))
        accepted = change_follows(self.naive.followees, wished)
        self.naive.diary.follows = [change for change, done in zip(wished, accepted, strict=True) if done]
        self.counts = [self._counts_of(name) for name in ("posts_today", "copies_today")]
        return super()._change_follows()

    def _log(self, first: int, follows: NDArray[np.int64]) -> DayLog:
        """Have the naive platform review the naive day too, just after the fast one."""
        settings, accounts = self.scenario.moderation, self.naive.accounts
        found = review(
            self.seed,
            accounts,
            self.day,
            as_threshold(settings.base_per_million_account_days / 1e6),
            (settings.volume_posts_per_day, as_threshold(settings.volume_removal_share)),
            (settings.duplicate_posts_per_day, as_threshold(settings.duplicate_removal_share)),
        )
        created = (self.population.accounts.created_ms - self.scenario.start_ms).tolist()
        self.naive_due = [(time, row) for time, row in found if settings.enabled and created[row] <= time]
        self.naive_attitudes = summarise(accounts, len(Segment))
        recover(accounts, round(self.scenario.attitudes.recovery_per_day * 65_536))
        return super()._log(first, follows)

    def live_items(self) -> tuple[NDArray[np.void], NDArray[np.void]]:
        """Return the records of the items that the kernel has not forgotten, in the order of their numbers."""
        clock = self.state.clock
        slots = np.arange(clock[layout.OLDEST], clock[layout.NEXT_SEQUENCE]) & (len(self.state.hot) - 1)
        return self.state.hot[slots], self.state.cold[slots]


def _is_of_a_session(event: Event) -> bool:
    return event.doing is not Doing.event_talk and event.session != EPISODE


def assert_same_plan(world: WatchedWorld) -> None:
    """Hold that the day's sessions and originals are those that the naive plan finds."""
    calendar = Calendar(
        world.seed,
        world.day,
        world.clocks.tolist(),
        world.offsets[world.day].tolist(),
        world.weekend[world.day].tolist(),
        world.shifts_of(world.day).tolist(),
        world.rules.count_table.tolist(),
    )
    planned = [event for event in map(unpack, world.events.tolist()) if _is_of_a_session(event)]
    assert planned == plan_day(calendar, world.naive.accounts, world.lives.tolist())


def _number_of(post: Post | None) -> int:
    return -1 if post is None else post.sequence


def line_of(post: Post) -> dict[str, int]:
    """Return what the kernel's two records say of an item."""
    flags = layout.REMOVED * post.is_removed + layout.BRAND * post.is_brand + layout.MANUSCRIPT * post.is_manuscript
    same = ("key", "time", "n_reposts", "n_likes", "n_impressions", "content", "narrative", "root_push", "stance")
    same += ("kind", "language", "shared_key", "own_key", "post_id", "root_id", "n_quotes", "style_row", "mention_row")
    same += ("manuscript", "forced_tag", "forced_url", "push", "action", "mode", "paste", "client", "virality_q8")
    return {name: int(getattr(post, name)) for name in same} | {
        "flags": flags,
        "author": post.author.row,
        "origin": post.origin.sequence,
        "parent": _number_of(post.parent),
        "n_replies": len(post.replies),
        "newest_reply": _number_of(post.replies[-1] if post.replies else None),
        "affinity": post.author.key % 65_536,
    }


def assert_same_items(world: WatchedWorld) -> None:
    """Hold that all items that the kernel remembers are those of the naive world, with every field."""
    hot, cold = world.live_items()
    lines = [line_of(post) for post in world.naive.posts[int(world.state.clock[layout.OLDEST]) :]]
    assert len(hot) == len(lines)
    assert int(world.state.clock[layout.NEXT_SEQUENCE]) == len(world.naive.posts)
    for name in lines[0] if lines else ():
        column = (hot if name in (hot.dtype.names or ()) else cold)[name]
        assert column.tolist() == [line[name] for line in lines], name


def assert_same_accounts(world: WatchedWorld) -> None:
    """Hold that what the day did to accounts is the same."""
    records, accounts = world.state.accounts, world.naive.accounts
    for name in ("attitude", "hostility", "removed_at", "campaign_exposures"):
        assert records[name].tolist() == [getattr(account, name) for account in accounts], name
    assert records["seen_up_to"].tolist() == [account.read_up_to for account in accounts]


def assert_same_logs(world: WatchedWorld) -> None:
    """Hold that the day's logs are the same."""
    log, diary = world.log, world.naive.diary
    assert log is not None
    assert [tuple(line) for line in log.likes.tolist()] == sorted(diary.likes)
    assert [tuple(line) for line in log.follows.tolist()] == diary.follows
    assert sorted(map(tuple, log.removed.tolist())) == sorted(diary.removals)
    assert sorted(log.touched.tolist()) == sorted(diary.touched)
    assert np.array_equal(log.exposures, world.naive.exposure_table(len(Segment)))
    assert [tuple(line) for line in log.logged.tolist()] == diary.exposure_log
    assert world.followees() == world.naive.followees
    assert int(world.state.clock[layout.N_SESSIONS]) == world.naive.n_sessions


def assert_same_upkeep(world: WatchedWorld) -> None:
    """Hold that the review and the summary of the day are the same."""
    assert all(count == naive_count for count, naive_count in world.counts)
    due = world.moderator._due
    assert list(zip(due["time"].tolist(), due["account"].tolist(), strict=True)) == world.naive_due
    assert world.log is not None
    assert world.log.attitudes.tolist() == world.naive_attitudes


def assert_same_trends(world: WatchedWorld) -> None:
    """Hold that the same posts trend, in the same places."""
    n = int(world.state.clock[layout.N_TRENDING])
    assert world.state.trending[:n].tolist() == [post.sequence for post in world.naive.trending]


def live_and_compare(world: WatchedWorld, n_days: int) -> None:
    """Live some days in both worlds and hold them equal after each."""
    for _ in range(n_days):
        world.step()
        assert_same_plan(world)
        assert_same_items(world)
        assert_same_logs(world)
        assert_same_accounts(world)
        assert_same_upkeep(world)
        assert_same_trends(world)
