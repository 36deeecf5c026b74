"""Does a world behave as measured people do? A fixed seed, many items, tolerances from standard errors.

Measured values are of the organic populations in the project's table of real facts; where populations differ, the
interval spans them. A law that does not hold yet is marked with what the world gives instead.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import World
from simulator.kernels import layout
from simulator.rhythm import DAY_MS
from simulator.vocabulary import Kind, Segment
from tests.worlds import HOUR, operator, plain, scenario_from, squad

SEED = 7
MINUTE = 60_000
_PEOPLE = (Segment.casual, Segment.fan, Segment.rival_fan, Segment.critic, Segment.customer)

# Median and quartiles over cascades: Song 2018, 1,849 Weibo cascades that are no rumours.
FIRST_HOUR_SHARE = (0.176, 0.484)
FIRST_DAY_SHARE = (0.748, 0.947)
DIRECT_SHARE = (0.489, 0.859)
# Weekend over weekday, ends of the 95 % intervals: all mentions of ten firms, 2015, and complaints to airlines, 2015
# (weekend_share 0.292 to 0.340).
WEEKEND_RATIO = (0.454, 1.287)
# Posts per minute in busy hours, variance over mean: quartiles of four organic populations, 1.03 to 1.15.
MINUTE_DISPERSION = (0.88, 1.52)
# Peak over trough hour: least and most of four organic populations.
PEAK_TO_TROUGH = (7.6, 36.4)


@dataclass(frozen=True)
class Life:
    """All that happened in a world of 3,000 organics in two weeks, with a launch on a Thursday evening."""

    world: World
    hot: NDArray[np.void]
    cold: NDArray[np.void]
    shown: NDArray[np.int64]
    posted: NDArray[np.bool_]

    @cached_property
    def reposts(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.hot["kind"] == Kind.repost)

    @cached_property
    def repost_delays(self) -> NDArray[np.int64]:
        """How long after its origin each repost came, ms."""
        delays: NDArray[np.int64] = self.hot["time"][self.reposts] - self.hot["time"][self.hot["origin"][self.reposts]]
        return delays

    @cached_property
    def brand_posts(self) -> NDArray[np.bool_]:
        return self.posted & (self.hot["flags"] & layout.BRAND > 0)

    @property
    def posts_per_account(self) -> NDArray[np.int64]:
        """Posts of each account of a person who posted at all."""
        people = np.isin(self.world.population.accounts.segment, _PEOPLE)
        counts = np.bincount(self.hot["author"][self.posted], minlength=len(people))[people]
        return counts[counts > 0]

    def median_over_cascades(self, holds: NDArray[np.bool_], least: int = 5) -> float:
        """Return the median, over cascades of some size, of the share of reposts of which something holds."""
        origins = self.hot["origin"][self.reposts]
        sizes, hits = np.bincount(origins), np.bincount(origins, holds)
        large = sizes >= least
        assert large.sum() >= 30
        return float(np.median(hits[large] / sizes[large]))


@pytest.fixture(scope="module")
def life() -> Life:
    events = {"launch": {"kind": "launch", "time": "T", "talk_share": 0.5}}
    data = plain(start="T-12d 00:00", end="T+2d 00:00", organic={"accounts": 3_000}, events=events)
    world = World(scenario_from(data), SEED)
    hot, cold, shown = [], [], []
    for _ in range(world.scenario.n_days):
        world.step()
        assert world.log is not None
        slots = np.arange(world.log.first, world.log.last) & (len(world.state.hot) - 1)
        hot.append(world.state.hot[slots])
        cold.append(world.state.cold[slots])
        shown.append(world.log.logged.copy())
    items = np.concatenate(hot)
    return Life(world, items, np.concatenate(cold), np.concatenate(shown), items["kind"] == Kind.post)


def standard_error(share: float, n: int) -> float:
    return float(np.sqrt(share * (1 - share) / n))


def gini(amounts: NDArray[np.integer[Any]]) -> float:
    ranked = np.sort(amounts)
    n = len(ranked)
    return float(2 * (np.arange(1, n + 1) * ranked).sum() / (n * ranked.sum()) - (n + 1) / n)


def test_about_95_of_100_originals_are_never_reposted(life: Life) -> None:
    """Goel et al. 2016: "about 95 %", which is known to half a hundredth."""
    originals = int(life.posted.sum())
    reposted = np.unique(life.hot["origin"][life.reposts])
    share = 1 - life.posted[reposted].sum() / originals
    assert abs(share - 0.95) < 0.005 + 3 * standard_error(0.95, originals)


def test_large_cascades_are_rare_but_there(life: Life) -> None:
    """Goel et al. 2016: one original in 4,000 reaches 100 reposts; a world of 3,000 accounts can show some dozens."""
    sizes = np.bincount(life.hot["origin"][life.reposts])
    assert 20 < sizes.max() < 300
    assert (sizes >= 20).sum() < 0.003 * life.posted.sum()


def test_the_first_hour_has_a_third_of_the_reposts(life: Life) -> None:
    share = life.median_over_cascades(life.repost_delays < HOUR)
    assert FIRST_HOUR_SHARE[0] < share < FIRST_HOUR_SHARE[1]


def test_the_first_day_has_most_of_the_reposts_but_not_all(life: Life) -> None:
    share = life.median_over_cascades(life.repost_delays < DAY_MS)
    assert FIRST_DAY_SHARE[0] < share < FIRST_DAY_SHARE[1]


def test_most_reposts_are_of_the_original_itself(life: Life) -> None:
    parents = life.cold["parent"][life.reposts]
    share = life.median_over_cascades(parents == life.hot["origin"][life.reposts])
    assert DIRECT_SHARE[0] < share < DIRECT_SHARE[1]


def local_hours(life: Life, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many items fell into each local hour, shape (24,)."""
    times, zones = life.hot["time"][rows], life.world.population.accounts.zone[life.hot["author"][rows]]
    local = (times % DAY_MS + life.world.offsets[times // DAY_MS, zones]) // HOUR % 24
    return np.bincount(local, minlength=24)


def _posts_of_people(life: Life) -> NDArray[np.bool_]:
    return life.posted & np.isin(life.world.population.accounts.segment[life.hot["author"]], _PEOPLE)


def test_people_sleep_at_night_and_are_busiest_by_day(life: Life) -> None:
    hours = local_hours(life, _posts_of_people(life))
    assert hours.argmin() in range(1, 5)
    assert hours.argmax() in range(8, 23)
    assert hours.max() > 4 * hours.min()


def test_the_busiest_hour_is_as_far_above_the_quietest_as_among_people(life: Life) -> None:
    hours = local_hours(life, _posts_of_people(life))
    assert PEAK_TO_TROUGH[0] < hours.max() / hours.min() < PEAK_TO_TROUGH[1]


def weekend_ratio(life: Life, rows: NDArray[np.bool_]) -> tuple[float, float]:
    """Return posts on a weekend day over a weekday before the launch, and its standard error."""
    before = int((life.world.scenario.launch_ms - life.world.scenario.start_ms) // DAY_MS)
    counts = np.bincount(life.hot["time"][rows] // DAY_MS, minlength=before)[:before]
    rest = life.world.weekend[:before, 0] == 1
    n_rest, n_work = counts[rest].sum(), counts[~rest].sum()
    ratio = counts[rest].mean() / counts[~rest].mean()
    return float(ratio), float(ratio * np.sqrt(1 / n_rest + 1 / n_work))


def test_weekends_have_no_more_talk_than_weekdays(life: Life) -> None:
    for rows in (life.posted, life.brand_posts):
        ratio, error = weekend_ratio(life, rows)
        assert ratio < 1 + 2 * error


def test_brand_talk_on_weekends_lies_between_that_of_firms_and_complaints_to_them(life: Life) -> None:
    ratio, error = weekend_ratio(life, life.brand_posts)
    assert WEEKEND_RATIO[0] - 2 * error < ratio < WEEKEND_RATIO[1] + 2 * error


def test_talk_of_an_event_rises_at_once_and_halves_in_about_an_hour(life: Life) -> None:
    launch = life.world.scenario.launch_ms - life.world.scenario.start_ms
    waited = life.hot["time"][life.brand_posts] - launch
    by_half_hour = np.histogram(waited, np.arange(-6, 13) * 30 * MINUTE)[0]
    before, burst = by_half_hour[:6], by_half_hour[6:]
    assert burst[:2].sum() > 10 * max(before.mean(), 1)
    assert burst.argmax() <= 1
    talk = np.cumsum(burst - before.mean())
    half_hours_to_half = 1 + int(np.argmax(talk > talk[-1] / 2))
    assert half_hours_to_half in (1, 2, 3, 4)
    assert burst[6:8].sum() < burst[:2].sum() / 2


def test_posts_per_account_are_as_unequal_as_measured(life: Life) -> None:
    """German election: Gini 0.57, top hundredth 0.19 of the posts."""
    posts = life.posts_per_account
    assert gini(posts) == pytest.approx(0.57, abs=0.04)
    top = np.sort(posts)[-(len(posts) // 100) :].sum() / posts.sum()
    assert 0.05 < top < 0.21


def test_posts_per_account_have_a_heavy_tail(life: Life) -> None:
    """The exponent of organic populations is 2.1 to 3.6; Clauset, Shalizi, Newman 2009, eq. 3.7."""
    posts, least = life.posts_per_account, 5
    tail = posts[posts >= least]
    alpha = 1 + len(tail) / np.log(tail / (least - 0.5)).sum()
    error = (alpha - 1) / np.sqrt(len(tail))
    assert 2.1 - 3 * error < alpha < 3.6 + 3 * error


def test_posts_of_a_busy_hour_are_spread_as_by_chance(life: Life) -> None:
    minutes = np.bincount(life.hot["time"][life.posted] // MINUTE, minlength=14 * 1_440).reshape(-1, 60)
    busy = minutes[minutes.sum(axis=1) >= 30]
    assert len(busy) > 50
    assert MINUTE_DISPERSION[0] < np.median(busy.var(axis=1) / busy.mean(axis=1)) < MINUTE_DISPERSION[1]


def test_posts_of_people_in_a_busy_hour_are_spread_as_by_chance(life: Life) -> None:
    times = life.hot["time"][_posts_of_people(life)]
    minutes = np.bincount(times // MINUTE, minlength=14 * 1_440).reshape(-1, 60)
    busy = minutes[minutes.sum(axis=1) >= 30]
    assert len(busy) > 50
    assert MINUTE_DISPERSION[0] < np.median(busy.var(axis=1) / busy.mean(axis=1)) < MINUTE_DISPERSION[1]


def test_most_sessions_pass_without_a_post(life: Life) -> None:
    posts, sessions = int(_posts_of_people(life).sum()), life.world.counters["sessions"]
    assert posts < 0.3 * sessions
    readers = np.unique(life.shown[:, 1])
    writers = np.unique(life.hot["author"][life.posted])
    assert len(readers) > 0.9 * len(life.world.population)
    assert len(np.setdiff1d(readers, writers)) > 0.05 * len(readers)


def test_sessions_show_about_as_many_items_as_asked_for(life: Life) -> None:
    """Fewer than 7 and a little for trends, threads and brand talk: a feed may have nothing new."""
    per_session = len(life.shown) / life.world.counters["sessions"]
    assert 3 < per_session < 9


def test_a_few_authors_take_most_of_the_attention(life: Life) -> None:
    authors = life.hot["author"][life.shown[:, 2]]
    seen = np.sort(np.bincount(authors, minlength=len(life.world.population)))
    top = seen[-len(seen) // 10 :].sum() / seen.sum()
    assert 0.5 < top < 0.95


@dataclass(frozen=True)
class Outcome:
    """What a greedy operation of 100 accounts among 1,000 organics brought in five days."""

    exposures: int
    pushed: int
    removed: int
    seen: NDArray[np.int64]


def carry_out(level: str) -> Outcome:
    """Let an operator whose squads hide so well ask for all that they can post."""
    push = {"narrative": "fire", "start": "T-6d 00:00", "end": "T-1d 00:00", "posts": 20_000}
    agency = operator(
        100, stock={"bulk_created": 0.7, "purchased_aged": 0.3}, squads={"only": squad(level)}, pushes={"first": push}
    )
    world = World(
        scenario_from(plain(start="T-7d 00:00", organic={"accounts": 1_000}, operators={"agency": agency})), SEED
    )
    exposures = pushed = 0
    seen = np.zeros(1_000, np.int64)
    for _ in range(world.scenario.n_days):
        world.step()
        assert world.log is not None
        exposures += int(world.log.exposures[:, : len(world.pushes), :, 0].sum())
        pushed += int(
            (
                world.state.cold["push"][np.arange(world.log.first, world.log.last) & (len(world.state.cold) - 1)] >= 0
            ).sum()
        )
        roots = world.state.hot["root_push"][world.log.logged[:, 2] & (len(world.state.hot) - 1)]
        viewers = world.log.logged[roots >= 0, 1]
        seen += np.bincount(viewers[viewers < 1_000], minlength=1_000)
    removed = int((world.state.accounts["removed_at"][1_000:] < layout.NEVER_MS).sum())
    return Outcome(exposures, pushed, removed, seen)


@pytest.fixture(scope="module")
def ladder() -> dict[str, Outcome]:
    return {level: carry_out(level) for level in ("L0", "L2", "L3", "L4", "L5")}


def test_hiding_costs_an_operator_posts_and_exposures(ladder: dict[str, Outcome]) -> None:
    """No rung pays (a tenth is noise: a few large cascades), and the whole ladder costs two thirds and more.

    From L3 on accounts keep to what people write of a brand; that is the same at L4, which adds ages and names.
    """
    outcomes = list(ladder.values())
    pushed = [outcome.pushed for outcome in outcomes]
    assert pushed[0] > pushed[1] > pushed[2] == pushed[3] > pushed[4]
    for louder, quieter in pairwise(outcomes):
        assert quieter.exposures < 1.1 * louder.exposures
    assert outcomes[-1].exposures < 0.33 * outcomes[0].exposures


@pytest.mark.xfail(
    reason="camouflage and stolen accounts bring followers, so that each of their posts is seen more often"
)
def test_hiding_costs_exposures_of_every_single_post(ladder: dict[str, Outcome]) -> None:
    loud, hidden = ladder["L0"], ladder["L5"]
    assert hidden.exposures / hidden.pushed < loud.exposures / loud.pushed


def test_being_loud_costs_accounts(ladder: dict[str, Outcome]) -> None:
    assert ladder["L0"].removed > ladder["L4"].removed + ladder["L5"].removed


def test_exposure_to_a_campaign_is_concentrated(ladder: dict[str, Outcome]) -> None:
    """Eady et al. 2023: one user in a hundred had 70 % of the exposures; a small dense world is flatter, not flat."""
    seen = np.sort(ladder["L2"].seen)
    tenth = seen[-100:].sum() / seen.sum()
    assert tenth > 0.35
    assert gini(seen) > 0.45


def test_a_campaign_reaches_many_and_not_all(ladder: dict[str, Outcome]) -> None:
    for level, outcome in ladder.items():
        assert 0.3 < (outcome.seen > 0).mean() < 0.97, level
