"""Episodes: a few posts of one day, seldom, by people who care, in their own hours and lives."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.kernels.plan import EPISODE, ORIGINAL
from simulator.population import Population, build_population
from simulator.processes.episodes import Talkers, find_talkers, plan_episodes, talk_outside_episodes
from simulator.rhythm import DAY_MS
from simulator.vocabulary import Segment
from tests.worlds import plain, scenario_from

N = 20_000


def planned(chance: float = 0.05, day: int = 3, talk: int = 256, **changes: Any) -> NDArray[np.int64]:
    """Return time, row, kind, session and number of the day's posts of talkers that come at even hours."""
    talkers = Talkers(np.arange(N), np.arange(1, N + 1).astype(np.uint64), np.full(N, round(chance * 2**32)))
    clocks = np.tile(np.arange(1, 49).astype(np.uint32) * np.uint32(2**32 // 48 - 1), (N, 1))
    pieces = {
        "offsets": np.zeros(N, np.int64),
        "talk_q8": np.full((24, N), talk),
        "lives": np.tile([0, 100 * DAY_MS], (N, 1)),
    } | changes
    keys = plan_episodes(7, talkers, day, clocks, **pieces)
    return np.stack([keys >> 36, keys >> 12 & 0xFFFFFF, keys >> 10 & 3, keys >> 5 & 31, keys & 31])


def test_posts_of_episodes_are_originals_of_their_own_session() -> None:
    times, _, kinds, sessions, _ = planned()
    assert set(kinds.tolist()) == {ORIGINAL}
    assert set(sessions.tolist()) == {EPISODE}
    assert 0 <= times.min() <= times.max() < DAY_MS


@pytest.mark.parametrize(("talk", "share"), [(256, 0.05), (128, 0.025), (0, 0.0)])
def test_episodes_begin_as_often_as_chance_and_talk_say(talk: int, share: float) -> None:
    n_episodes = int((planned(talk=talk)[4] == 0).sum())
    assert n_episodes / N == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / N))


def test_episodes_have_one_post_most_often_and_two_in_the_mean() -> None:
    sizes = np.bincount(planned()[1])
    assert np.bincount(sizes[sizes > 0]).argmax() == 1
    assert sizes[sizes > 0].mean() == pytest.approx(2.3, abs=0.3)


def test_later_posts_follow_the_first_within_hours() -> None:
    times, rows, _, _, numbers = planned()
    for row in rows[numbers == 2][:50].tolist():
        of_one = times[rows == row][np.argsort(numbers[rows == row])]
        assert (np.diff(of_one) >= 60_000).all()
        assert (np.diff(of_one) <= 2 * 3_600_000).all()


def test_nobody_writes_outside_a_life() -> None:
    lives = np.tile([3 * DAY_MS + 3_600_000, 3 * DAY_MS + 7_200_000], (N, 1))
    times = planned(lives=lives)[0]
    assert len(times)
    assert times.min() >= 3_600_000
    assert times.max() < 7_200_000


def test_days_are_independent_of_each_other() -> None:
    first, second = (set(planned(day=day)[1].tolist()) for day in (3, 4))
    assert len(first & second) / len(first) == pytest.approx(0.05, abs=0.03)


@pytest.fixture(scope="module")
def population() -> Population:
    return build_population(scenario_from(plain()), 5)


def test_only_people_who_care_have_episodes(population: Population) -> None:
    accounts, talkers = population.accounts, find_talkers(population.accounts)
    assert len(talkers.rows)
    assert (accounts.brand_talk_q16[talkers.rows] > 0).all()
    assert not np.isin(accounts.mimic[talkers.rows], [Segment.brand, Segment.marketing, Segment.journalist]).any()
    assert talkers.chances.max() * 12 <= 2**32 + 12 * 2**12


def test_others_talk_of_the_brand_as_before_and_people_less_outside_episodes(population: Population) -> None:
    accounts, outside = population.accounts, talk_outside_episodes(population.accounts)
    has_episodes = np.zeros(len(accounts), bool)
    has_episodes[find_talkers(accounts).rows] = True
    assert np.array_equal(outside[~has_episodes], accounts.brand_talk_q16[~has_episodes])
    assert (outside[has_episodes] < accounts.brand_talk_q16[has_episodes] * 0.16 + 1).all()
