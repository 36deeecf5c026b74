"""What the study says to results of known order."""

import json

import numpy as np
import pytest

from benchmarks.registry import CONTROLS, SHIPPED
from benchmarks.validity.dials import OVERLAP, PREVALENCE, SIZE, answer_dial, read_number
from benchmarks.validity.false_alarms import answer_accusations, answer_accused, answer_alerts, find_excess
from benchmarks.validity.finding import judge, show_p
from benchmarks.validity.ladder import answer_reach, answer_trend
from benchmarks.validity.rankings import answer_rankings, rank_correlations
from benchmarks.validity.signals import SIGNALS, answer_signals
from tests.unit.benchmarks.made_up_results import LEVELS, make_quiet, make_row, make_suite

SEEDS = range(1, 7)


def make_ladder_rows(scores, exposures=(60, 50, 40, 30, 20, 10)):
    """Return rows of detectors whose average precision at each level is given, a little different by seed."""
    return [
        make_row(name, seed, level, average_precision=score + seed / 1000, prevalence=0.02, exposures_delivered=reached)
        for name, by_level in scores.items()
        for level, score, reached in zip(LEVELS, by_level, exposures, strict=True)
        for seed in SEEDS
    ]


def make_cells(by_cell, **figures):
    """Return rows of detectors whose average precision in each cell is given."""
    return [
        make_row(name, seed, average_precision=score + seed / 1000, **figures) | {"cell": cell, "scenario": cell}
        for cell, scores in by_cell.items()
        for name, score in scores.items()
        for seed in SEEDS
    ]


def test_falling_ladder_is_as_hoped():
    answer = answer_trend(make_suite(levels=LEVELS))
    assert answer.verdict == "as hoped"
    assert answer.numbers["lines"]["best baseline"]["page_p"] < 0.001
    assert answer.numbers["lines"]["best baseline"]["rises_at"] == []


def test_rising_ladder_is_not_as_hoped_and_names_its_rises():
    answer = answer_trend(make_ladder_rows({"near_duplicate": (0.1, 0.2, 0.2, 0.2, 0.2, 0.5)}))
    assert answer.verdict == "not as hoped"
    assert "does not fall" in answer.line
    assert answer.numbers["lines"]["best baseline"]["rises_at"] == ["L1", "L5"]


def test_learning_hides_no_rise_of_the_others():
    scores = {"supervised_trees": (1, 0.9, 0.8, 0.7, 0.6, 0.5), "near_duplicate": (0.1, 0.1, 0.2, 0.2, 0.3, 0.4)}
    assert answer_trend(make_ladder_rows(scores)).verdict == "in part"


@pytest.mark.parametrize("levels", [(), ("L0", "L2")])
def test_ladder_of_two_rungs_is_not_measured(levels):
    rows = make_suite(levels=levels)
    assert answer_trend(rows) is answer_signals(rows) is answer_reach(rows) is None


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        ((0.9, 0.5, 0.3, 0.3, 0.3, 0.3), "falls"),
        ((0.9, 0.9, 0.9, 0.3, 0.3, 0.3), "flat"),
        ((0.3, 0.5, 0.6, 0.3, 0.3, 0.3), "rises"),
        ((0.02, 0.01, 0.01, 0.3, 0.3, 0.3), "blind"),
    ],
)
def test_detector_is_judged_on_the_rungs_that_attack_it(scores, word):
    answer = answer_signals(make_ladder_rows({"near_duplicate": scores}))
    assert answer.numbers["near_duplicate"]["word"] == word
    assert answer.verdict == ("as hoped" if word == "falls" else "not as hoped")
    assert answer.table.rows[0][3] == word


def test_largest_fall_elsewhere_is_told():
    answer = answer_signals(make_ladder_rows({"near_duplicate": (0.9, 0.8, 0.7, 0.7, 0.1, 0.1)}))
    assert answer.numbers["near_duplicate"]["largest_fall_at"] == "L4"
    assert "1 of 1 baselines fall" in answer.line
    assert "0 of them nowhere more" in answer.line
    assert answer.table.rows[0][5] == "falls at L4"


def test_every_account_baseline_has_a_signal():
    alerting = {"cusum", "half_space_trees", "page_hinkley"}
    assert set(SIGNALS) == set(SHIPPED) - set(CONTROLS) - alerting - {"near_duplicate_posts"}


@pytest.mark.parametrize(
    ("exposures", "verdict"),
    [
        ((60, 50, 40, 30, 20, 10), "as hoped"),
        ((10, 20, 30, 40, 50, 60), "not as hoped"),
        ((60, 50, 40, 30, 35, 10), "in part"),
    ],
)
def test_reach_falls_or_does_not(exposures, verdict):
    answer = answer_reach(make_ladder_rows({"near_duplicate": (0.9, 0.8, 0.7, 0.6, 0.5, 0.4)}, exposures))
    assert answer.verdict == verdict
    assert answer.numbers["exposures"]["L0"] == exposures[0]


@pytest.mark.parametrize(
    ("cell", "number"), [("prevalence 0.003", 0.003), ("accounts 10,000", 10000.0), ("accounts 01000", 1000.0)]
)
def test_number_of_a_cell_is_read_from_its_label(cell, number):
    assert read_number(cell) == number


def test_rarer_is_harder_from_many_to_few():
    cells = {f"prevalence {share}": {"a": score} for share, score in (("0.001", 0.1), ("0.1", 0.9), ("0.01", 0.5))}
    answer = answer_dial(make_cells(cells), PREVALENCE)
    assert answer.verdict == "as hoped"
    assert answer.numbers["dial"] == [0.1, 0.01, 0.001]
    assert answer.numbers["detectors"]["a"] == {"word": "falls", "average_precision": [0.9035, 0.5035, 0.1035]}


@pytest.mark.parametrize(
    ("dial", "scores", "verdict"),
    [
        (OVERLAP, (0.9, 0.5, 0.1), "as hoped"),
        (OVERLAP, (0.5, 0.5, 0.51), "not as hoped"),
        (SIZE, (0.5, 0.5, 0.51), "as hoped"),
        (SIZE, (0.9, 0.5, 0.1), "not as hoped"),
    ],
)
def test_dial_is_held_against_its_hope(dial, scores, verdict):
    cells = {f"dial {number}": {"a": score} for number, score in enumerate(scores)}
    assert answer_dial(make_cells(cells), dial).verdict == verdict


def test_dial_of_one_cell_is_not_measured():
    assert answer_dial(make_cells({"overlap 1.0": {"a": 0.5}}), OVERLAP) is None


def test_same_order_correlates_to_one_and_the_reverse_to_minus_one():
    means = np.array([[[0.1, 0.2, 0.3], [0.2, 0.5, 0.9], [0.9, 0.5, 0.2]]])
    assert rank_correlations(means)[0].round(12).tolist() == [[1, 1, -1], [1, 1, -1], [-1, -1, 1]]


def test_ties_of_all_detectors_rank_nothing():
    assert rank_correlations(np.array([[[0.5, 0.5], [0.1, 0.2]]]))[0].round(12).tolist() == [[0, 0], [0, 1]]


def test_rankings_name_the_least_alike_and_the_leaders():
    cells = {
        "one": {"a": 0.9, "b": 0.5, "c": 0.1},
        "two": {"a": 0.8, "b": 0.6, "c": 0.2},
        "three": {"a": 0.1, "b": 0.5, "c": 0.9},
    }
    answer = answer_rankings(make_cells(cells))
    assert answer.numbers["pairs"]["one / two"] == {"spearman": 1.0, "low": 1.0, "high": 1.0, "kendall": 1.0}
    assert answer.numbers["best"] == {"one": "a", "three": "c", "two": "a"}
    assert answer.numbers["mean_spearman"]["mean"] == pytest.approx(-1 / 3, abs=1e-4)
    assert answer.verdict == "not as hoped"


def make_null(rates, track="account", metric="false_positives_per_10000", **figures):
    """Return rows of worlds without a campaign."""
    return [
        make_row(name, seed, "", track, cell, **{metric: rate}, **figures)
        for cell, by_name in rates.items()
        for name, rate in by_name.items()
        for seed in SEEDS
    ]


def test_budget_must_be_kept_in_every_scenario():
    answer = answer_accusations(make_null({"giveaway": {"a": 5, "b": 50}, "news_bots": {"a": 9, "b": 1}}))
    assert answer.verdict == "in part"
    assert answer.numbers["within_budget"] == ["a"]
    assert "the worst is b in giveaway (50.0)" in answer.line


def test_alerts_are_those_of_the_headline_budget():
    rates = {"giveaway": {"a": 0.5}, "news_bots": {"a": 0.9}}
    rows = make_null(rates, "alert", "false_alarms_per_day", budget_per_day=1.0)
    rows += make_null({"giveaway": {"a": 9}}, "alert", "false_alarms_per_day", budget_per_day=0.25)
    answer = answer_alerts(rows)
    assert answer.verdict == "as hoped"
    assert answer.numbers["rates"] == {"a": {"giveaway": 0.5, "news_bots": 0.9}}


def test_accused_segments_are_pooled_over_baselines():
    accused = {"news_bots": {"news_bot": [9, 10], "fan": [0, 100]}, "giveaway": {"news_bot": [0, 10], "fan": [3, 100]}}
    rows = [
        make_row("a", seed, "", "account", cell, false_positives_by_segment=json.dumps(segments))
        for cell, segments in accused.items()
        for seed in SEEDS
    ]
    answer = answer_accused(rows)
    assert answer.numbers["accused_most_by_scenario"] == {"giveaway": "fan", "news_bots": "news_bot"}
    assert answer.numbers["share_of_machines"] == 0.75
    assert answer.numbers["rates_per_10000"]["fan"] == {"giveaway": 300.0, "news_bots": 0.0}


def test_one_quiet_scenario_is_no_comparison():
    rows = [row for seed in SEEDS for row in make_quiet("a", seed)]
    assert answer_accusations(rows) is answer_alerts(rows) is answer_accused(rows) is None


@pytest.mark.parametrize(("good", "verdict"), [(0, "not as hoped"), (1, "in part"), (2, "as hoped")])
def test_verdict_counts_what_is_as_hoped(good, verdict):
    assert judge(good, 2) == verdict


def test_p_value_of_no_test_is_said():
    assert show_p(None) == "not tested"


def test_budget_is_broken_only_where_the_whole_interval_lies_above_it():
    rows = [
        make_row("a", seed, "", "account", cell, false_positives_per_10000=rate)
        for cell, rates in {"giveaway": (1, 1, 1, 40), "news_bots": (11, 12, 13, 14)}.items()
        for seed, rate in enumerate(rates)
    ]
    excess = find_excess(rows, "false_positives_per_10000", ["a"], ["giveaway", "news_bots"], 10.0)
    assert excess.tolist() == [[False, True]]


def test_segment_of_too_few_accounts_is_not_named():
    accused = json.dumps({"brand": [4, 4], "fan": [5, 100], "casual": [1, 896]})
    rows = [
        make_row("a", seed, "", "account", cell, false_positives_by_segment=accused)
        for cell in ("giveaway", "news_bots")
        for seed in SEEDS
    ]
    answer = answer_accused(rows)
    assert answer.numbers["accused_most_by_scenario"] == {"giveaway": "fan", "news_bots": "fan"}
    assert answer.numbers["times_as_often_as_all"] == {"giveaway": 5.0, "news_bots": 5.0}
    assert answer.verdict == "not as hoped"
