"""The gate: pooled areas, Holm's correction, and the limits of formats, marginals and learnt probes."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.audit.gate import (
    Finding,
    find_auc_error,
    find_limit,
    judge,
    limit_average_precision,
    limit_format,
    limit_marginal,
    pool_auc,
)


def find(value: float, error: float, measure: str = "roc_auc", by_world: tuple[float, ...] = ()) -> Finding:
    return Finding("marginals", "L4", "probe", measure, value, error, by_world=by_world)


def test_error_of_an_area_at_chance_is_that_of_the_rank_sum_test():
    assert find_auc_error(0.5, 80, 4000) == pytest.approx(np.sqrt(4081 / (12 * 80 * 4000)), rel=0.01)


def test_pooled_error_falls_with_the_worlds():
    (mean, one), (_, four) = pool_auc([0.6], [(50, 500)]), pool_auc([0.6] * 4, [(50, 500)] * 4)
    assert mean == pytest.approx(0.6)
    assert four == pytest.approx(one / 2)


def test_pooled_error_is_at_least_that_between_worlds():
    _, error = pool_auc([0.4, 0.8], [(10_000, 10_000)] * 2)
    assert error == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("value", "error", "fails"),
    [(0.52, 0.001, False), (0.54, 0.005, True), (0.46, 0.005, True), (0.54, 0.02, False), (0.62, 0.02, True)],
)
def test_a_format_is_held_to_the_larger_of_three_hundredths_and_four_errors(value, error, fails):
    (judged,) = judge([limit_format(find(value, error))])
    assert judged.fails is fails


@pytest.mark.parametrize(
    ("value", "error", "fails"),
    [(0.69, 0.001, False), (0.31, 0.001, False), (0.75, 0.01, True), (0.25, 0.01, True), (0.71, 0.05, False)],
)
def test_a_marginal_is_held_to_three_to_seven_tenths_and_no_chance(value, error, fails):
    (judged,) = judge([limit_marginal(find(value, error))])
    assert judged.fails is fails


def test_the_correction_counts_every_gated_shortcut():
    near = limit_marginal(find(0.72, 0.01))
    alone, *_ = judge([near])
    crowded, *_ = judge([near, *[limit_marginal(find(0.5, 0.01))] * 50])
    assert alone.fails
    assert not crowded.fails


def test_what_is_not_gated_never_fails():
    (judged,) = judge([find(1.0, 0.0001)])
    assert not judged.fails


@pytest.mark.parametrize(
    ("best", "limit"),
    [(0.52, 0.02 + 0.6 * 0.5), (0.06, 0.02 + 0.6 * 0.04), (0.059, 0.04), (0.0, 0.04)],
)
def test_learnt_probes_have_a_part_of_a_useful_baseline_else_twice_the_prevalence(best, limit):
    assert find_limit(0.02, best, 0.02, best) == pytest.approx(limit)


WORLDS = 10
PREVALENCES, BEST = [0.02] * WORLDS, [0.52] * WORLDS


@pytest.mark.parametrize(("reached", "fails"), [(0.30, False), (0.34, True)])
def test_learnt_probes_fail_when_they_pass_the_limit_world_after_world(reached, fails):
    values = tuple(reached + 0.001 * (-1) ** place for place in range(WORLDS))
    found = find(reached, 0.001, "average_precision", values)
    (judged,) = judge([limit_average_precision(found, PREVALENCES, BEST)])
    assert judged.high == pytest.approx(0.32)
    assert judged.fails is fails


def test_one_lucky_world_is_no_failure():
    values = (*[0.3] * (WORLDS - 1), 0.9)
    found = find(float(np.mean(values)), 0.06, "average_precision", values)
    (judged,) = judge([limit_average_precision(found, PREVALENCES, BEST)])
    assert judged.is_beyond
    assert not judged.fails


def test_judging_leaves_order_and_values():
    found = [replace(limit_marginal(find(value, 0.01)), probe=str(value)) for value in (0.9, 0.5)]
    assert [(finding.probe, finding.value) for finding in judge(found)] == [("0.9", 0.9), ("0.5", 0.5)]
