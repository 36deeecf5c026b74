"""Plots show every detector and cell, write the same bytes each time, and are left out where nothing is to be shown."""

import builtins

import pytest

from benchmarks.verdict.plot_ranks import draw_critical_difference
from benchmarks.verdict.plot_style import COLOURS, GREY, MARKERS, choose_lines, save_figure, spread
from benchmarks.verdict.plots import (
    choose_emphasised,
    draw_false_positives,
    draw_ladder,
    draw_precision_recall,
    draw_suite,
    draw_time_to_detect,
)
from simulator.errors import SmearbenchError
from tests.unit.benchmarks.made_up_results import DETECTORS, make_curves, make_quiet, make_suite

FEW = {name: DETECTORS[name] for name in ("near_duplicate", "co_sharing", "synchrony", "chance")}
LEVELS = ("L0", "L2", "L4")


@pytest.fixture(scope="module")
def rows():
    return make_suite(LEVELS, range(1, 4), FEW)


@pytest.fixture(scope="module")
def curves():
    return make_curves(FEW, LEVELS)


def list_titles(figure):
    return [axes.get_title(loc="left") for axes in figure.axes]


def list_texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


@pytest.mark.parametrize("draw", ["precision_recall", "time_to_detect"])
def test_each_cell_of_the_curves_has_a_panel(rows, curves, draw):
    figure = (
        draw_precision_recall(rows, curves, "account", ["co_sharing"])
        if draw == "precision_recall"
        else draw_time_to_detect(rows, curves, ["co_sharing"])
    )
    assert list_titles(figure) == ["ev_launch L0", "ev_launch L2", "ev_launch L4"]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["co_sharing", "chance", "2 others"]


def test_detection_that_is_never_reached_lies_above_all_hours(rows):
    names = {"track": "alert", "detector": "chance", "cell": "ev_launch L0", "kind": "time_to_detect"}
    figure = draw_time_to_detect(rows, [names | {"x": 0.5, "y": None}, names | {"x": 1.0, "y": 7.0}], [])
    (axes,) = figure.axes
    (line,) = axes.get_lines()
    first, last = line.get_ydata()
    assert first > 7 * 1.06
    assert last == 7
    assert axes.get_yticklabels()[-1].get_text() == "never"


def test_ladder_is_drawn_against_level_and_exposures(rows):
    by_level, by_exposures = draw_ladder(rows, ["near_duplicate"]).axes
    assert [label.get_text() for label in by_level.get_xticklabels()] == list(LEVELS)
    assert {"near_duplicate", "chance"} <= {text.get_text() for text in by_level.texts}
    assert [text.get_text() for text in by_exposures.texts] == list(LEVELS)
    assert by_exposures.xaxis_inverted()


def test_ladder_without_exposures_has_one_panel(rows):
    assert len(draw_ladder([row | {"exposures_delivered": None} for row in rows], []).axes) == 1


def test_false_positives_are_written_into_the_table(rows):
    texts = list_texts(draw_false_positives(rows))
    assert len(texts) == 4 * 6
    assert all(text.replace(",", "").replace(".", "").isdigit() for text in texts)


def test_ranks_are_written_beside_the_names(rows):
    texts = list_texts(draw_critical_difference(rows, "account"))
    for name in ("co_sharing", "near_duplicate", "synchrony"):
        assert any(name in text for text in texts)
    assert not any("chance" in text for text in texts)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rows: draw_precision_recall(rows, [], "account", []),
        lambda rows: draw_time_to_detect(rows, [], []),
        lambda rows: draw_ladder(rows, []),
        lambda rows: draw_critical_difference(rows, "account"),
        lambda _: draw_false_positives([]),
    ],
)
def test_nothing_to_show_is_no_figure(draw):
    assert draw([row for seed in (1, 2) for row in make_quiet("a", seed)]) is None


def test_suite_of_null_worlds_has_false_positives_alone(tmp_path):
    written = draw_suite([row for seed in (1, 2) for row in make_quiet("a", seed)], [], tmp_path / "plots")
    assert [path.name for path in written] == ["false_positives_by_segment.png", "false_positives_by_segment.svg"]


def test_files_are_the_same_each_time(rows, tmp_path):
    first, second = (
        save_figure(draw_critical_difference(given, "account"), tmp_path / name, "ranks")
        for name, given in (("one", rows), ("two", rows[::-1]))
    )
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert b"<dc:date>" not in first[1].read_bytes()


def test_best_detectors_are_emphasised_and_controls_are_not(rows):
    assert choose_emphasised(rows, "account") == ["near_duplicate", "co_sharing", "synchrony"]


def test_emphasised_keep_their_colour_whatever_else_is_drawn():
    lines = choose_lines(["a", "b", "c", "chance"], ["c", "a"])
    assert (lines["c"].arguments["color"], lines["c"].arguments["marker"]) == (COLOURS[0], MARKERS[0])
    assert lines["a"].arguments["color"] == COLOURS[1]
    assert (lines["b"].arguments["color"], lines["b"].is_labelled) == (GREY, False)
    assert lines["chance"].is_labelled
    assert next(iter(lines)) == "b"


@pytest.mark.parametrize(
    ("places", "gap", "moved"),
    [
        ([], 1, []),
        ([0, 5], 1, [0, 5]),
        ([2, 2], 1, [1.5, 2.5]),
        ([5, 2, 2], 1, [5, 1.5, 2.5]),
        ([0, 0.5, 1], 1, [-0.5, 0.5, 1.5]),
    ],
)
def test_labels_keep_apart_and_move_little(places, gap, moved):
    assert spread(places, gap) == pytest.approx(moved)


def test_missing_matplotlib_is_said(rows, monkeypatch):
    real = builtins.__import__

    def refuse(name, *arguments):
        if name.partition(".")[0] == "matplotlib":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(SmearbenchError, match=r"Plots need matplotlib, which is missing: pip install 'smearbench"):
        draw_false_positives(rows)
