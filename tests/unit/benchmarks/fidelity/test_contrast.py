"""The contrast: how far fast squads are from organics, against the real distance."""

from math import log

import pytest

from benchmarks.fidelity.contrast import ContrastResult, judge_contrast
from benchmarks.fidelity.measured import Measured, missing


def make_result(fast, slow, organic, real_ratio=0.01):
    return ContrastResult("push_gap_s", log(real_ratio), *(Measured(value, n=50) for value in (fast, slow, organic)))


@pytest.mark.parametrize(
    ("fast", "slow", "differs", "overlaps"),
    [(9, 11, True, True), (11, 9, False, False), (1, 5000, True, True), (5000, 100, False, True)],
)
def test_half_the_real_log_ratio_parts_fast_from_slow(fast, slow, differs, overlaps):
    # Organics 100, the real ratio 1/100: half of its log is a tenth.
    result = make_result(fast, slow, 100)
    judged = judge_contrast(result.real_log_ratio, result.fast_log_ratio, result.slow_log_ratio)
    assert judged == {"fast_differs": differs, "slow_overlaps": overlaps}


def test_none_among_fifty_counts_as_half_a_case():
    result = make_result(0.2, 0.0, 0.0, real_ratio=100)
    assert result.fast_log_ratio == pytest.approx(log(0.2 / 0.01))
    assert result.slow_log_ratio == 0


def test_what_is_not_measured_has_no_answer():
    result = ContrastResult("push_gap_s", -1.0, missing("no text"), Measured(1.0), Measured(1.0))
    judged = judge_contrast(result.real_log_ratio, result.fast_log_ratio, result.slow_log_ratio)
    assert judged == {"fast_differs": None, "slow_overlaps": True}
