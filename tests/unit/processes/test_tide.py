"""The tide of brand talk: the same in every run of a world, remembered from day to day, lower on weekends."""

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.processes.tide import WEEKEND_TALK, plan_everyday, plan_talk, share_of_originals

HOUR = 3_600_000


def by_day(seed: int, n_days: int) -> NDArray[np.float64]:
    """Return the level of each day at noon in UTC, where no day is a weekend."""
    days = np.zeros((n_days, 1))
    levels: NDArray[np.float64] = plan_talk(seed, days.astype(np.uint8), days.astype(np.int64))[12::24, 0] / 256
    return levels


def test_a_days_level_does_not_depend_on_how_long_the_run_is() -> None:
    assert np.array_equal(by_day(3, 20), by_day(3, 90)[:20])


def test_worlds_have_tides_of_their_own() -> None:
    assert not np.array_equal(by_day(3, 20), by_day(4, 20))


def test_levels_vary_about_one_and_remember_the_day_before() -> None:
    levels = by_day(1, 4_000)
    assert levels.mean() == pytest.approx(1, abs=0.03)
    assert levels.std() == pytest.approx(0.34, abs=0.03)
    logs = np.log(levels)
    assert np.corrcoef(logs[1:], logs[:-1])[0, 1] == pytest.approx(0.5, abs=0.05)


def test_a_weekend_has_its_share_in_its_own_zone_only() -> None:
    talk = plan_talk(3, np.asarray([[0, 1]], np.uint8), np.zeros((1, 2), np.int64))
    assert talk.shape == (24, 2)
    assert talk[:, 1] / talk[:, 0] == pytest.approx(np.full(24, WEEKEND_TALK), abs=0.01)


def test_talk_holds_out_longest_in_the_local_night() -> None:
    talk = plan_talk(3, np.zeros((1, 2), np.uint8), np.asarray([[0, 8 * HOUR]]))
    assert talk[:, 0].argmax() in range(1, 4)
    assert np.array_equal(np.roll(talk[:, 1], 8), talk[:, 0])


def test_everyday_steps_vary_about_one_and_remember_the_day_before() -> None:
    steps = plan_everyday(1, 4_000)
    assert (2.0 ** (steps / 8)).mean() == pytest.approx(1, abs=0.05)
    assert (2.0 ** (steps / 8)).std() == pytest.approx(0.44, abs=0.04)
    assert np.corrcoef(steps[1:], steps[:-1])[0, 1] == pytest.approx(0.55, abs=0.05)


def test_an_everyday_step_does_not_depend_on_how_long_the_run_is() -> None:
    assert np.array_equal(plan_everyday(3, 20), plan_everyday(3, 90)[:20])


def test_talk_of_the_brand_keeps_its_tide_whatever_else_is_written() -> None:
    talk = np.full((48, 1), 300)
    assert share_of_originals(talk, np.asarray([8, -8]))[[0, 24], 0].tolist() == [150, 600]
