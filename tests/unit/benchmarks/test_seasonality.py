"""What is usual: hours and weekdays are learnt from the past, and a burst is not at once usual."""

import math
from itertools import pairwise

import pytest

from benchmarks.signals.seasonality import RunningShare, SeasonalBaseline
from tests.unit.benchmarks.detectors.observed_stream import moment


def feed(values, step_minutes=60):
    baseline = SeasonalBaseline(step_minutes)
    return [baseline.standardise(value, moment((n + 1) * step_minutes / 60)) for n, value in enumerate(values)]


def test_first_value_of_an_hour_is_usual():
    assert feed([7.0, 9.0, 3.0]) == [0.0, 0.0, 0.0]


def test_deviation_is_from_the_same_hour_of_the_day():
    day = [10.0 * (hour == 5) for hour in range(24)]
    deviations = feed(day * 3)
    assert max(map(abs, deviations)) < 1e-9


def test_unusual_value_is_measured_in_deviations_of_one():
    assert feed([4.0] * 24 + [4.0, 6.5])[24:] == [0.0, 2.5]


def test_weekdays_are_told_apart():
    week = [5.0] * 120 + [2.0] * 48
    deviations = feed(week * 8)
    first, last = deviations[168 + 120 : 336], deviations[-48:]
    assert sum(map(abs, last)) < 0.5 * sum(map(abs, first))


def test_burst_is_learnt_as_three_deviations_at_most():
    baseline = SeasonalBaseline()
    for n in range(48):
        baseline.standardise(0.0, moment(n + 1))
    assert baseline.standardise(100.0, moment(49)) == 100.0
    # The mean of the hour moved by a third of 3, not of 100.
    assert baseline.standardise(0.0, moment(73)) == pytest.approx(-1.0, abs=0.1)


@pytest.mark.parametrize("step_minutes", [15, 60, 1440])
def test_constant_series_never_deviates(step_minutes):
    assert max(map(abs, feed([3.0] * 60, step_minutes))) < 1e-9


def test_variance_of_noise_is_learnt():
    deviations = feed([10.0 * (-1) ** (n // 24) for n in range(24 * 60)])
    weeks = [max(map(abs, deviations[n : n + 168])) for n in range(168, 24 * 60 - 168, 168)]
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(weeks))
    assert weeks[-1] < 3


def test_share_exceeds_by_binomial_deviations():
    share = RunningShare(step_minutes=0)
    assert share.exceed(20, 100) == 0.0
    assert share.exceed(30, 50) == pytest.approx((30 - 10) / math.sqrt(50 * 0.2 * 0.8 + 1))
    assert share.exceed(0, 0) == 0.0


def test_share_forgets():
    share = RunningShare(step_minutes=60 * 24 * 14)
    share.exceed(10, 10)
    share.exceed(0, 10)
    assert share.exceed(5, 10) == pytest.approx(5.0)
