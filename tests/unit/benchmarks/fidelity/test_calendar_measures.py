"""Measures of the calendar and of bursts against tables worked by hand."""

import numpy as np
import pytest

from benchmarks.fidelity import burst_measures, calendar_measures
from benchmarks.fidelity.posts import DAY
from tests.some_posts import write_posts

HOUR, ONE_DAY = 60, 24 * 60


def test_office_night_and_weekend_are_read_from_the_wall_clock():
    # Monday 8:30 and 17:30, Saturday 10:00, Tuesday 5:00 in UTC.
    minutes = (8.5 * HOUR, 17.5 * HOUR, ONE_DAY + 5 * HOUR, 5 * ONE_DAY + 10 * HOUR)
    rows = [(1, minute, "a") for minute in minutes]
    in_utc, in_shanghai = write_posts(rows), write_posts(rows, zone="Asia/Shanghai")
    assert calendar_measures.office_hours_share(in_utc).value == 1 / 4
    assert calendar_measures.night_share(in_utc).value == 1 / 4
    assert calendar_measures.weekend_share(in_utc).value == 1 / 4
    # Eight hours later: Monday 16:30, Tuesday 1:30, Tuesday 13:00, Saturday 18:00.
    assert calendar_measures.office_hours_share(in_shanghai).value == 2 / 4
    assert calendar_measures.night_share(in_shanghai).value == 1 / 4


def test_peak_over_trough_needs_a_post_in_every_hour():
    flat = [(1, hour * HOUR, "a") for hour in range(24)]
    assert calendar_measures.hour_peak_trough(write_posts([*flat, (1, 23 * HOUR, "a")])).value == 2
    assert calendar_measures.hour_entropy(write_posts(flat)).value == pytest.approx(1.0)
    assert calendar_measures.hour_peak_trough(write_posts(flat[:-1])).why_not == "an hour without any post"


def test_daily_volume_leaves_out_the_cut_days():
    volumes = (9, 1, 3, 1, 3, 1, 9)
    posts = write_posts([(1, day * ONE_DAY + minute, "a") for day, n in enumerate(volumes) for minute in range(n)])
    assert calendar_measures.count_by(posts, DAY).tolist() == [1, 3, 1, 3, 1]
    assert calendar_measures.daily_volume_ac1(posts).value == pytest.approx(-1.0)
    assert calendar_measures.daily_volume_cv(posts).value == pytest.approx(np.sqrt(0.96) / 1.8)
    assert calendar_measures.daily_volume_ac7(posts).why_not == "5 days, needs 23"


def test_dispersion_is_of_busy_hours_only():
    even = [(1, minute, "a") for minute in range(60)]
    crowded = [(1, HOUR, "a")] * 30
    quiet = [(1, 2 * HOUR + minute, "a") for minute in range(29)]
    found = burst_measures.minute_dispersion(write_posts(even + crowded + quiet))
    # One minute with 30 posts: mean 0.5, variance 900/60 - 0.25. And 0 for the even hour.
    assert found.n == 2
    assert found.high is not None
    assert found.value == pytest.approx((0 + 14.75 / 0.5) / 2)


def test_burst_rises_and_falls_by_half():
    volume = np.array([2] * 30 + [4, 11, 20, 11, 10] + [2] * 30)
    assert burst_measures.find_bursts(volume).tolist() == [32]
    assert burst_measures.measure_rise(volume).value == 2
    assert burst_measures.measure_decay(volume).value == 2


def test_bursts_are_a_day_apart():
    volume = np.array([1] * 10 + [20] + [1] * 22 + [30] + [1] * 30 + [10])
    assert burst_measures.find_bursts(volume).tolist() == [33, 64]
