"""The study as documents: what is there is answered, what is not is said, and the files are equal each time."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.cli import make_app
from benchmarks.suites.suite import list_suites
from benchmarks.validity.study import QUESTIONS, answer_all, check_study_folder, write_study
from simulator.errors import InputError, OutputError
from tests.unit.benchmarks.made_up_results import LEVELS, make_quiet, make_suite


def write_results(folder, rows):
    columns = sorted({key for row in rows for key in row})
    folder.mkdir(parents=True)
    table = pa.table({name: [row.get(name) for row in rows] for name in columns})
    pq.write_table(table, folder / "results.parquet")


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    write_results(folder / "ladder", make_suite(levels=LEVELS, seeds=(1, 2, 3)))
    quiet = [
        row | {"cell": cell} for cell in ("giveaway", "news_bots") for seed in (1, 2) for row in make_quiet("a", seed)
    ]
    write_results(folder / "null", quiet)
    return folder


def test_every_question_has_a_shipped_suite_and_a_name_of_its_own():
    assert {question.suite for question in QUESTIONS} <= set(list_suites())
    assert len({question.name for question in QUESTIONS}) == len(QUESTIONS)


def test_what_is_not_measured_says_which_command_would(tmp_path):
    found = answer_all(tmp_path)
    assert {one.answer.verdict for one in found} == {"not measured"}
    assert [one.answer.line for one in found if one.question.name == "rankings"] == [
        "There are no results of it; `smearbench suite run catalogue` makes them."
    ]


def test_rows_that_do_not_suffice_are_not_measured(tmp_path):
    write_results(tmp_path / "ladder", make_suite(levels=("L0",), seeds=(1, 2)))
    found = {one.question.name: one.answer for one in answer_all(tmp_path)}
    assert found["ladder"].verdict == "not measured"
    assert "Its rows do not suffice" in found["ladder"].line


def test_broken_results_are_refused(tmp_path):
    (tmp_path / "ladder").mkdir()
    (tmp_path / "ladder" / "results.parquet").write_text("no table")
    with pytest.raises(InputError, match=r"ladder: must hold results of a suite, got no readable results\.parquet"):
        answer_all(tmp_path)


def test_study_is_the_same_bytes_each_time(results, tmp_path):
    pytest.importorskip("matplotlib")
    files = [write_study(answer_all(results, QUESTIONS[-1:]), tmp_path / name, print) for name in ("one", "two")]
    assert [[path.name for path in written] for written in files] == [
        ["findings.md", "findings.json", "accused.png", "accused.svg"]
    ] * 2
    assert all(one.read_bytes() == two.read_bytes() for one, two in zip(*files, strict=True))


def test_every_finding_has_its_line_and_figure_in_the_text(results, tmp_path):
    pytest.importorskip("matplotlib")
    found = answer_all(results)
    write_study(found, tmp_path, print)
    text = (tmp_path / "findings.md").read_text()
    for one in found:
        assert f"## {one.question.asks}" in text
        is_measured = one.answer.verdict != "not measured"
        assert (f"({one.question.name}.png)" in text) == is_measured == (tmp_path / f"{one.question.name}.png").exists()
    document = json.loads((tmp_path / "findings.json").read_text())
    assert [one["name"] for one in document["findings"]] == [question.name for question in QUESTIONS]
    assert document["synthetic"] is True


def test_figure_of_an_earlier_study_does_not_outlive_its_finding(tmp_path):
    (tmp_path / "out").mkdir()
    check_study_folder(tmp_path / "out")
    (tmp_path / "out" / "ladder.png").write_text("old")
    write_study(answer_all(tmp_path), tmp_path / "out", print)
    assert not (tmp_path / "out" / "ladder.png").exists()
    check_study_folder(tmp_path / "out")


def test_folder_of_something_else_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"exists already\. Choose another name, or replace it with --force\."):
        check_study_folder(tmp_path)


def test_command_writes_the_study_and_prints_one_document(results, tmp_path):
    out = tmp_path / "out"
    done = CliRunner().invoke(make_app(), ["validity", "--results", str(results), "-o", str(out), "--json"])
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    assert document["findings"] == json.loads((out / "findings.json").read_text())["findings"]
    assert str(out / "findings.md") in document["files"]


def test_command_without_results_says_what_is_not_measured(tmp_path):
    done = CliRunner().invoke(make_app(), ["validity", "--results", str(tmp_path)])
    assert done.exit_code == 0
    assert done.stdout.count("  not measured  ") == len(QUESTIONS)


def test_folder_of_results_that_is_not_there_is_refused_and_not_made(tmp_path):
    with pytest.raises(InputError, match="none: must be a folder of results of suites, got no such folder"):
        answer_all(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
