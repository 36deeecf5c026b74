"""Integer laws: tables on a coarse grid, and draws that read them."""

import numpy as np
import pytest

from simulator.population import laws

EVERY_DRAW = np.linspace(0, 2**32 - 1, 4097).astype(np.uint32)


def test_quantiles_fall_as_draws_rise():
    table = laws.tabulate_quantiles(lambda survivor: 1 / survivor, 1 / 1024)
    drawn = laws.draw_quantiles(table, EVERY_DRAW)
    assert (np.diff(drawn) <= 0).all()


@pytest.mark.parametrize("draw", [2**31, 2**30, 2**20, 3 * 2**28, 12345678])
def test_quantile_is_that_of_the_survivor(draw):
    table = laws.tabulate_quantiles(lambda survivor: 1 / survivor, 1 / 65536)
    found = laws.draw_quantiles(table, np.array([draw], np.uint32))[0] / 65536
    assert found == pytest.approx(2**32 / draw, rel=2e-3)


def test_quantile_reads_the_table_of_its_row():
    tables = np.stack([laws.tabulate_quantiles(lambda _, level=level: level, 1) for level in (3, 8)])
    drawn = laws.draw_quantiles(tables, EVERY_DRAW[:4], np.array([0, 1, 1, 0]))
    assert drawn.tolist() == [3, 8, 8, 3]


def test_smallest_draw_has_a_finite_quantile():
    table = laws.tabulate_pareto(2.2, 100.0)
    extreme = laws.draw_quantiles(table, np.array([0, 1, 2**32 - 1], np.uint32))
    assert extreme[0] >= extreme[1] > extreme[2]


@pytest.mark.parametrize(
    ("law", "settings"), [(laws.tabulate_pareto, (2.2, 9.0)), (laws.tabulate_lognormal, (4, 1, 9))]
)
def test_kept_tables_cannot_be_changed(law, settings):
    with pytest.raises(ValueError, match="read-only"):
        law(*settings)[0] = 1


def test_pareto_has_mean_one():
    # The midpoints of 2^20 equal parts of the survivor stand for all draws.
    draws = ((np.arange(1 << 20, dtype=np.uint64) << np.uint64(12)) + np.uint64(2048)).astype(np.uint32)
    powers = laws.exp2_q16(laws.draw_quantiles(laws.tabulate_pareto(2.2, 160.0), draws))
    assert powers.mean() / 65536 == pytest.approx(1, rel=2e-3)


def test_pareto_keeps_to_its_ratio():
    powers = laws.exp2_q16(laws.draw_quantiles(laws.tabulate_pareto(2.2, 160.0), EVERY_DRAW))
    assert powers.max() / powers.min() == pytest.approx(160, rel=0.01)


@pytest.mark.parametrize(("power", "expected"), [(0.0, 1.0), (1.0, 2 * np.log(10) / (1 - 1 / 10) / 2)])
def test_pareto_moment_is_right_where_known(power, expected):
    assert laws.pareto_moment(2.0, 10.0, power) == pytest.approx(expected)


def test_lognormal_has_its_median_and_cut():
    drawn = laws.exp2_q16(laws.draw_quantiles(laws.tabulate_lognormal(4.0, 0.5, 1000.0), EVERY_DRAW)) / 65536
    assert np.median(drawn) == pytest.approx(4, rel=0.01)
    cut = laws.exp2_q16(laws.draw_quantiles(laws.tabulate_lognormal(4.0, 0.8, 6.0), EVERY_DRAW)) / 65536
    assert cut.max() == pytest.approx(6, rel=0.01)


def test_normals_are_standard():
    draws = (np.arange(1 << 16, dtype=np.uint64) * np.uint64(65537)).astype(np.uint32)
    drawn = laws.draw_normals(draws) / 4096
    assert drawn.mean() == pytest.approx(0, abs=0.01)
    assert drawn.std() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("exponent", [-20.0, -1.5, 0.0, 0.25, 13.0, 30.0])
def test_exp2_is_a_power_of_two(exponent):
    found = laws.exp2_q16(np.array([round(exponent * 4096)]))[0]
    assert found == pytest.approx(2**exponent * 65536, rel=1e-4, abs=1)


def test_thresholds_end_at_the_top():
    limits = laws.thresholds([1, 1, 2])
    assert limits.tolist() == [2**30, 2**31, 2**32]


def test_choice_of_weight_zero_is_never_chosen():
    chosen = laws.choose(laws.thresholds([1, 0, 1]), EVERY_DRAW)
    assert set(chosen.tolist()) == {0, 2}


def test_choice_by_rows_equals_choice_by_row():
    limits = np.stack([laws.thresholds(weights) for weights in ([1, 2, 3], [5, 0, 1])])
    rows = np.arange(len(EVERY_DRAW)) % 2
    by_rows = laws.choose(limits, EVERY_DRAW, rows)
    assert (by_rows == np.where(rows, laws.choose(limits[1], EVERY_DRAW), laws.choose(limits[0], EVERY_DRAW))).all()


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0.0), (1.0, 1.0), (0.25, 0.25)])
def test_share_of_draws_falls_below_it(share, expected):
    assert laws.below(EVERY_DRAW, share).mean() == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("span", [1, 7, 2**31 - 1, 2**46 + 12345])
def test_wide_scale_stays_in_its_span(span):
    scaled = laws.scale_wide(EVERY_DRAW, span)
    assert scaled.min() == 0
    assert scaled.max() <= span - 1
    assert scaled.mean() == pytest.approx((span - 1) / 2, rel=0.01, abs=0.5)


def test_largest_remainder_sums_to_the_total():
    assert laws.split_largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert laws.split_largest_remainder(7, {"a": 0.5, "b": 0.5}) == [4, 3]
    assert laws.split_largest_remainder(0, [0.2, 0.8]) == [0, 0]


def test_largest_remainder_gives_every_share_the_least():
    assert laws.split_largest_remainder(20, [0.99, 0.01, 0.0], least=1) == [19, 1, 0]
