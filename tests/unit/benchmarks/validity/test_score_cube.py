"""The cube of figures: who is in it, and what is tested on it."""

import numpy as np
import pytest

from benchmarks.validity.score_cube import find_fall, make_cube
from tests.unit.benchmarks.made_up_results import make_row

CELLS = ("ev_launch L0", "ev_launch L1", "ev_launch L2")


def rows_of(scores):
    """Return rows of detectors with scores by level and seed."""
    return [
        make_row(name, seed, f"L{level}", average_precision=value)
        for name, table in scores.items()
        for level, values in enumerate(table)
        for seed, value in enumerate(values, 1)
    ]


def test_cube_holds_each_figure_at_its_place():
    cube = make_cube(rows_of({"a": [[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]]}), "average_precision", CELLS)
    assert cube.seeds == (1, 2)
    assert cube.of("a").tolist() == [[0.9, 0.8], [0.7, 0.6], [0.5, 0.4]]


def test_controls_are_left_out():
    scores = [[0.5, 0.5]] * 3
    cube = make_cube(rows_of({"a": scores, "chance": scores, "oracle": scores}), "average_precision", CELLS)
    assert cube.detectors == ("a",)


def test_detector_without_every_world_is_left_out():
    scores = {"a": [[0.5, 0.5]] * 3, "b": [[0.5, 0.5], [None, 0.5], [0.5, 0.5]]}
    assert make_cube(rows_of(scores), "average_precision", CELLS).detectors == ("a",)


def test_seeds_are_those_that_every_cell_has():
    rows = rows_of({"a": [[0.5, 0.5, 0.5], [0.5, 0.5], [0.5, 0.5, 0.5]]})
    assert make_cube(rows, "average_precision", CELLS).seeds == (1, 2)


@pytest.mark.parametrize("scores", [{}, {"a": [[0.5]] * 3}, {"chance": [[0.5, 0.5]] * 3}])
def test_no_cube_without_two_seeds_and_a_detector(scores):
    assert make_cube(rows_of(scores), "average_precision", CELLS) is None


def test_best_is_the_largest_of_each_world():
    cube = make_cube(rows_of({"a": [[0.9, 0.1]] * 3, "b": [[0.2, 0.3]] * 3}), "average_precision", CELLS)
    assert cube.best().tolist() == [[0.9, 0.3]] * 3
    assert cube.name_best(0) == "a"
    assert cube.without(["a"]).best().tolist() == [[0.2, 0.3]] * 3


def test_page_finds_a_fall_and_no_rise():
    falling = np.array([[0.9] * 6, [0.6] * 6, [0.3] * 6]) + 0.01 * np.arange(6)
    assert find_fall(falling) < 0.001
    assert find_fall(falling[::-1]) > 0.99


def test_page_of_three_even_levels_and_two_seeds_by_hand():
    # L = 2 (1·1 + 2·2 + 3·3) = 28 is the most of the 36 equally likely orders, and one of them.
    assert find_fall(np.array([[0.9, 0.8], [0.5, 0.4], [0.1, 0.2]])) == pytest.approx(1 / 36)


def test_page_needs_three_levels():
    assert find_fall(np.array([[0.9, 0.8], [0.5, 0.4]])) is None
