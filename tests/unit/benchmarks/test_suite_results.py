"""The folder of a suite's results: whole, sorted, joined by other detectors, never another suite's."""

import json

import pytest

from benchmarks.suites import suite_results
from benchmarks.suites.suite_results import check_results_folder, read_rows, write_results
from benchmarks.suites.suite_run import SuiteResults
from simulator.errors import InputError, OutputError
from tests.unit.benchmarks.made_up_results import make_row

STAMP = {"suite": "made_up", "reference": "chance", "worlds": 2}


@pytest.fixture(autouse=True)
def no_plots(monkeypatch):
    monkeypatch.setattr(suite_results, "_draw", lambda rows, curves, folder: folder.mkdir())


def found(*detectors, seeds=(1, 2), level="L0"):
    rows = [make_row(name, seed, level, average_precision=0.5, positives=3) for name in detectors for seed in seeds]
    curves = [{"suite": "made_up", "track": "account", "detector": name, "cell": "c", "kind": "precision_recall",
               "x": 0.0, "y": 1.0} for name in detectors]  # fmt: skip
    costs = [{"detector": name, "world": "w", "work": "score", "status": "ok"} for name in detectors]
    return SuiteResults(rows, curves, costs)


def names_in(rows):
    return [(row["detector"], row["seed"]) for row in rows]


def test_rows_are_sorted_whatever_their_order(tmp_path):
    one = found("b", "a")
    write_results(tmp_path / "one", one, STAMP)
    write_results(tmp_path / "two", SuiteResults(one.rows[::-1], one.curves[::-1], one.costs[::-1]), STAMP)
    assert names_in(read_rows(tmp_path / "one")) == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    for path in (tmp_path / "one").glob("*.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_detectors_that_were_not_run_now_are_kept(tmp_path):
    write_results(tmp_path / "out", found("a", "b"), STAMP)
    rows = write_results(tmp_path / "out", found("b", "c"), STAMP)
    assert names_in(rows) == [(name, seed) for name in "abc" for seed in (1, 2)]
    costs = json.loads((tmp_path / "out" / "costs.json").read_text())
    assert [cost["detector"] for cost in costs] == ["a", "b", "c"]


@pytest.mark.parametrize("other", [{"seeds": (1, 3)}, {"level": "L2"}])
def test_rows_of_other_worlds_are_not_kept(tmp_path, other):
    write_results(tmp_path / "out", found("a"), STAMP)
    rows = write_results(tmp_path / "out", found("b", **other), STAMP)
    assert {row["detector"] for row in rows} == {"b"}


def test_nothing_but_the_results_is_left(tmp_path):
    for _ in range(2):
        write_results(tmp_path / "out", found("a"), STAMP)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_failure_leaves_the_old_results(tmp_path, monkeypatch):
    write_results(tmp_path / "out", found("a"), STAMP)

    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(suite_results, "render_leaderboard", fail)
    with pytest.raises(OutputError, match=r"out: must be writable: No space left on device\."):
        write_results(tmp_path / "out", found("b"), STAMP)
    assert {row["detector"] for row in read_rows(tmp_path / "out")} == {"a"}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    ("content", "got"),
    [
        ({"thesis.txt": "mine"}, "something else"),
        ({"stamp.json": '{"suite": "other"}'}, "results of other"),
        ({"stamp.json": "broken"}, "something else"),
    ],
)
def test_folder_that_holds_anything_else_is_refused(tmp_path, content, got):
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(OutputError) as raised:
        check_results_folder(tmp_path, "made_up")
    assert (
        str(raised.value) == f"{tmp_path}: must be new or hold results of made_up, got {got}. Choose another with -o."
    )


def test_folder_without_results_is_refused(tmp_path):
    with pytest.raises(
        InputError, match=r"must hold results of a suite, got no readable results\.parquet\. Run `smear"
    ):
        read_rows(tmp_path)
