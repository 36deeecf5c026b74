"""The set-up tables of time: monotone, on coarse grids, and right about clocks, weekends and rates."""

from datetime import UTC, datetime

import numpy as np
import pytest

from simulator import rhythm
from simulator.vocabulary import Segment

TOP = 1 << 32
HOUR = 3_600_000


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


def widths(thresholds: np.ndarray) -> np.ndarray:
    """Return the shares that cumulative thresholds stand for."""
    return np.diff(thresholds.astype(np.float64), prepend=0, axis=-1) / TOP


@pytest.mark.parametrize(("share", "threshold"), [(0.0, 0), (0.5, TOP // 2), (1.0, TOP), (2.0, TOP), (1e-6, 4_288)])
def test_a_threshold_is_its_share_of_all_draws(share: float, threshold: int) -> None:
    assert rhythm.as_threshold(share) == threshold


@pytest.mark.parametrize("share", [0.1, 0.3, 1 / 3, 0.77])
def test_a_threshold_ignores_the_last_bits_of_a_share(share: float) -> None:
    assert (
        rhythm.as_threshold(np.nextafter(share, 1))
        == rhythm.as_threshold(share)
        == rhythm.as_threshold(np.nextafter(share, 0))
    )


def test_thresholds_rise_to_the_top_and_leave_out_what_never_happens() -> None:
    thresholds = rhythm.as_thresholds(np.array([2.0, 0.0, 1.0, 1.0]))
    assert thresholds.tolist() == [TOP // 2, TOP // 2, 3 * TOP // 4, TOP - 1]


def test_thresholds_ignore_the_last_bits_of_shares() -> None:
    shares = np.random.default_rng(1).random(50)
    assert np.array_equal(rhythm.as_thresholds(shares), rhythm.as_thresholds(np.nextafter(shares, 2)))


def test_clocks_rise_to_the_top_for_every_chronotype_and_habit() -> None:
    clocks = rhythm.build_clocks()
    assert clocks.shape == (rhythm.N_CLOCKS, 2, 48)
    assert np.all(np.diff(clocks.astype(np.int64), axis=-1) > 0)
    assert np.all(clocks[..., -1] == TOP - 1)


def test_nights_are_quiet_and_evenings_busy() -> None:
    shares = widths(rhythm.build_clocks())[4, 0]
    assert shares[4:8].sum() < 0.35 * shares[38:42].sum()


def test_later_chronotypes_start_their_day_later() -> None:
    clocks = widths(rhythm.build_clocks())[:, 0].reshape(-1, rhythm.N_CHRONOTYPES, 48)
    for habit in clocks:
        quietest = (habit.argmin(axis=1) + 24) % 48  # from noon to noon
        assert np.array_equal(quietest, np.sort(quietest))
        assert quietest[-1] - quietest[0] in (8, 9, 10)


def test_habits_lean_to_other_hours_and_cancel_out() -> None:
    clocks = widths(rhythm.build_clocks())[:, 0].reshape(-1, rhythm.N_CHRONOTYPES, 48)[:, 4]
    assert np.all(np.diff(clocks.argmax(axis=1)) > 0)
    assert clocks[0, 12:20].sum() > 1.5 * clocks[2, 12:20].sum()
    assert clocks.mean(axis=0).max() < 0.06


def test_weekends_start_later() -> None:
    shares = widths(rhythm.build_clocks())[4]
    morning = slice(12, 18)  # 06:00 to 09:00
    assert shares[1, morning].sum() < 0.7 * shares[0, morning].sum()


def test_awake_shares_peak_at_all() -> None:
    awake = rhythm.awake_share_q8()
    assert (awake.shape, awake.max()) == ((24,), 256)
    assert awake.argmin() in range(5)


def test_eight_rate_classes_double_the_rate() -> None:
    rates = rhythm.class_rates_q16()
    assert len(rates) == rhythm.N_RATE_CLASSES
    assert np.all(np.diff(rates) > 0)
    assert np.allclose(rates[8:] / rates[:-8], 2, rtol=0.02)


def test_a_rate_gets_the_class_at_or_below_it() -> None:
    rates = rhythm.class_rates_q16()
    assert np.array_equal(rhythm.classes_of(rates), np.arange(rhythm.N_RATE_CLASSES))
    assert np.array_equal(rhythm.classes_of(rates[1:] - 1), np.arange(rhythm.N_RATE_CLASSES - 1))


def test_rates_beyond_the_classes_get_the_outermost() -> None:
    assert rhythm.classes_of(np.array([0, -5, np.iinfo(np.int64).max])).tolist() == [0, 0, rhythm.N_RATE_CLASSES - 1]


def test_class_zero_never_happens() -> None:
    assert np.all(rhythm.build_counts()[0] == TOP - 1)


@pytest.mark.parametrize("rate", [0.01, 0.25, 1.0, 4.0, 12.0])
def test_counts_have_the_mean_and_variance_of_their_rate(rate: float) -> None:
    place = int(rhythm.classes_of(np.array([round(rate * 65_536)]))[0])
    shares, counts = widths(rhythm.build_counts())[place], np.arange(32)
    mean = (shares * counts).sum()
    assert mean == pytest.approx(rhythm.class_rates_q16()[place] / 65_536, rel=0.01)
    assert (shares * (counts - mean) ** 2).sum() == pytest.approx(mean, rel=0.02)


def test_counts_rise_to_the_top_in_every_class() -> None:
    counts = rhythm.build_counts()
    assert counts.shape == (rhythm.N_RATE_CLASSES, 32)
    assert np.all(np.diff(counts.astype(np.int64), axis=-1) >= 0)
    assert np.all(counts[:, -1] == TOP - 1)


@pytest.mark.parametrize("mean", [1.5, 4.0, 7.0])
def test_sessions_show_as_many_items_as_asked_for(mean: float) -> None:
    shares = widths(rhythm.build_items(mean))
    assert 1 + (shares * np.arange(48)).sum() == pytest.approx(mean, rel=0.02)


def test_a_mean_below_one_item_still_shows_one() -> None:
    assert widths(rhythm.build_items(0.2))[0] > 0.98


def test_only_those_who_talk_for_a_living_rest_on_weekends() -> None:
    shifts = rhythm.session_shifts(len(Segment), (Segment.journalist, Segment.brand))
    assert shifts[Segment.journalist].tolist() == shifts[Segment.brand].tolist() == [0, -16]
    assert not np.delete(shifts, [Segment.journalist, Segment.brand], axis=0).any()


def test_offsets_are_the_local_time_at_the_start_of_a_day() -> None:
    start = ms("2025-05-01T16:00")
    offsets = rhythm.zone_offsets(("Asia/Shanghai", "America/New_York", "UTC"), start, 2)
    assert offsets.tolist() == [[0, 12 * HOUR, 16 * HOUR]] * 2


def test_offsets_that_the_next_world_gets_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        rhythm.zone_offsets(("UTC",), 0, 1)[0, 0] = 1


def test_offsets_follow_summer_time() -> None:
    offsets = rhythm.zone_offsets(("Europe/Berlin", "Asia/Shanghai"), ms("2025-10-24T00:00"), 5)
    assert (offsets[:, 0] // HOUR).tolist() == [2, 2, 1, 1, 1]
    assert len(set(offsets[:, 1].tolist())) == 1


def test_weekends_are_local() -> None:
    """From Friday 25 April 2025, 14:00 UTC: the middle of the first day is Saturday in Auckland alone."""
    zones = ("Pacific/Auckland", "UTC", "America/Los_Angeles")
    flags = rhythm.weekend_flags(zones, ms("2025-04-25T14:00"), 4)
    assert flags.T.tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [0, 1, 1, 0]]
