"""The verb report: what it writes, what it says, what it refuses."""

import json
import os

import pytest

from benchmarks.cli import make_app
from benchmarks.report.report import save_report
from simulator.console import start
from simulator.errors import OutputError
from tests.tiny_dataset import write_tiny


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return write_tiny(tmp_path_factory.mktemp("worlds") / "world")


def _call(capsys, *arguments):
    with pytest.raises(SystemExit) as ended:
        start(make_app(), ["report", *map(str, arguments)])
    return ended.value.code, *capsys.readouterr()


def test_report_writes_one_page_and_says_so(capsys, world, tmp_path):
    page = tmp_path / "page.html"
    code, told, _ = _call(capsys, world, "-o", page)
    assert code == 0
    assert told.startswith(f"{page}: ")
    assert "synthetic" in told
    assert list(tmp_path.iterdir()) == [page]


def test_page_that_cannot_be_written_is_said_before_the_work(capsys, world, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.report_commands.os.access", lambda path, mode, **_: mode != os.W_OK)
    code, _, complaint = _call(capsys, world, "-o", tmp_path / "page.html")
    assert code == 1
    assert "must be in a folder to write in, got" in " ".join(complaint.split())


def test_name_too_long_for_a_page_is_no_traceback(tmp_path):
    with pytest.raises(OutputError, match=r"must be a file to write: File name too long\. Give another -o\."):
        save_report("page", tmp_path / f"{'x' * 300}.html")


def test_report_prints_one_document(capsys, world, tmp_path):
    page = tmp_path / "page.html"
    _, told, _ = _call(capsys, world, "-o", page, "--json")
    assert json.loads(told) == {"synthetic": True, "report": str(page), "bytes": page.stat().st_size}


def test_report_replaces_a_page_only_by_force(capsys, world, tmp_path):
    page = tmp_path / "page.html"
    page.write_text("mine")
    code, _, complaint = _call(capsys, world, "-o", page)
    assert (code, page.read_text()) == (2, "mine")
    assert "must not be there yet" in complaint
    assert _call(capsys, world, "-o", page, "--force")[0] == 0
    assert "Auralis" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("dataset", "out", "rule"),
    [
        ("nowhere", "page.html", "must be a dataset folder"),
        (None, "nowhere/page.html", "must be in a folder that is there"),
        (None, ".", "must be a file, got a folder"),
    ],
)
def test_report_refuses(capsys, world, tmp_path, dataset, out, rule):
    code, _, complaint = _call(capsys, tmp_path / dataset if dataset else world, "-o", tmp_path / out)
    assert code == 2
    assert rule in complaint
