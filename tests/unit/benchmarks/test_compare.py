"""A comparison says who is better, how sure it is, where it holds, and what it left out."""

import pytest

from benchmarks.verdict.compare import compare
from simulator.errors import InputError
from tests.unit.benchmarks.made_up_results import make_quiet, make_row, make_suite

SCENARIOS = ("ev_launch", "phone_launch", "bank_launch", "shoe_launch", "film_launch")
METRIC = "average_precision"


def make_pair(gains, scenarios=("ev_launch",), levels=("L0", "L4"), **figures):
    """Return rows of `a` and `b`, `a` better by a gain of each seed."""
    worlds = [(scenario, level) for scenario in scenarios for level in levels]
    return [
        make_row(name, seed, level, scenario=scenario, average_precision=0.5 + share * gain, **figures)
        for scenario, level in worlds
        for seed, gain in enumerate(gains, 1)
        for name, share in (("a", 1), ("b", 0))
    ]


CLEAR = [0.1, 0.12, 0.08, 0.11, 0.09, 0.13, 0.07, 0.1]
UNCLEAR = [0.1, -0.12, 0.08, -0.11, 0.09, -0.13, 0.07, 0.1]


def test_clear_gain_is_sure():
    found = compare(make_pair(CLEAR), "a", "b", METRIC)
    assert (found.leader, found.is_sure, found.track) == ("a", True, "account")
    assert found.difference.mean == pytest.approx(0.1)
    assert found.p_value == pytest.approx(2 / 2**8)
    assert found.share_of_resamples == 1
    assert (found.difference.n_worlds, found.difference.n_cells, found.n_blocks, found.n_scenarios) == (16, 2, 8, 1)
    assert found.left_out == []


def test_order_of_the_two_only_turns_the_sign():
    one, other = (compare(make_pair(CLEAR), *names, METRIC) for names in ("ab", "ba"))
    assert other.difference.mean == pytest.approx(-one.difference.mean)
    assert (other.leader, other.share_of_resamples, other.p_value) == ("a", 1, one.p_value)


def test_order_of_rows_does_not_matter():
    rows = make_pair(UNCLEAR)
    assert compare(rows, "a", "b", METRIC) == compare(rows[::-1], "a", "b", METRIC)


def test_unclear_gain_is_not_told_apart():
    found = compare(make_pair(UNCLEAR), "a", "b", METRIC)
    assert not found.is_sure
    assert found.text().startswith("Not told apart: a has the better mean")


def test_equal_detectors_are_said_to_be_equal():
    found = compare(make_pair([0.0] * 4), "a", "b", METRIC)
    assert (found.leader, found.p_value, found.is_sure) == (None, 1.0, False)
    assert "a and b have the same average precision: 0.500." in found.text()


def test_lower_is_better_where_it_counts_errors():
    rows = [row | {"brier": row[METRIC]} for row in make_pair(CLEAR)]
    found = compare(rows, "a", "b", "brier")
    assert (found.leader, found.share_of_resamples) == ("b", 1)
    assert found.text().startswith("b is better than a: brier 0.500 against 0.600.")


@pytest.mark.parametrize("n_scenarios", [1, 4])
def test_few_scenarios_say_nothing_of_new_ones(n_scenarios):
    found = compare(make_pair(CLEAR, SCENARIOS[:n_scenarios]), "a", "b", METRIC)
    assert found.doubt_about_new == f"a claim for new ones needs at least 5 scenarios, got {n_scenarios}"
    assert "these scenarios only" in found.text()


def test_five_scenarios_that_agree_hold_for_new_ones():
    found = compare(make_pair(CLEAR, SCENARIOS), "a", "b", METRIC)
    assert found.doubt_about_new is None
    assert "holds for   new scenarios too" in found.text()


def test_scenarios_that_disagree_do_not_hold_for_new_ones():
    rows = make_pair(CLEAR, SCENARIOS[:3]) + make_pair([-0.07] * 8, SCENARIOS[3:])
    found = compare(rows, "a", "b", METRIC)
    assert found.is_sure
    assert "with scenarios drawn anew the difference is" in found.doubt_about_new


def test_failed_missing_and_undefined_worlds_are_said():
    rows = make_pair(CLEAR)
    rows[0] |= {"status": "out of memory", "average_precision": None}
    rows[3] |= {"average_precision": None}
    del rows[4]
    rows += make_quiet("a", 1) + make_quiet("b", 1)
    found = compare(rows, "a", "b", METRIC, track="account")
    assert found.left_out == [
        "1 world: a failed (out of memory)",
        "1 world: a was not run",
        "1 world: b has no average precision",
        "1 world: neither has average precision, as where there is no campaign",
    ]
    assert found.difference.n_worlds == 13
    assert all(reason in found.text() for reason in found.left_out[:3])


def test_missed_detection_is_said_to_have_no_time():
    rows = [row | {"track": "alert", "time_to_detect_hours": 5.0} for row in make_pair(CLEAR)]
    rows[0]["time_to_detect_hours"] = None
    reason = "1 world: a has no time to detect hours, which counts only in detection_rate"
    assert compare(rows, "a", "b", "time_to_detect_hours").left_out == [reason]


def test_single_world_a_cell_has_no_interval():
    found = compare(make_pair([0.1]), "a", "b", METRIC)
    assert not found.is_sure
    assert "no interval, as a cell has a single world" in " ".join(found.text().split())


def test_alerts_are_compared_at_one_budget():
    found = compare(make_suite(), "near_duplicate", "chance", "detection_rate", budget_per_day=0.25)
    assert (found.track, found.difference.n_worlds) == ("alert", 40)


@pytest.mark.parametrize("names", [("near_duplicate", "chance"), ("synchrony", "digital_dna")])
def test_text_fits_eighty_columns(names):
    assert max(map(len, compare(make_suite(), *names, METRIC).text().splitlines())) <= 80


@pytest.mark.parametrize(
    ("names", "metric", "message"),
    [
        (("a", "c"), METRIC, "detector: must be one of a, b, got 'c'"),
        (("a", "b"), "roc_auc", "roc_auc: must be there for both a and b in one track, got none"),
    ],
)
def test_impossible_comparison_is_named(names, metric, message):
    with pytest.raises(InputError, match=message):
        compare(make_pair(CLEAR), *names, metric)


def test_metric_of_two_tracks_needs_its_track():
    rows = make_pair(CLEAR) + [row | {"track": "post"} for row in make_pair(CLEAR)]
    with pytest.raises(InputError, match="track: must be named where both have average_precision in several"):
        compare(rows, "a", "b", METRIC)
    assert compare(rows, "a", "b", METRIC, track="post").track == "post"


def test_detectors_without_a_common_world_cannot_be_compared():
    rows = [make_row("a", 1, average_precision=0.5), make_row("b", 2, average_precision=0.5)]
    with pytest.raises(InputError, match=r"some world, got none. 1 world: a was not run; 1 world: b was not run"):
        compare(rows, "a", "b", METRIC)
