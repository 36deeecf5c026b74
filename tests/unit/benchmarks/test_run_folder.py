"""The folder of a run: the next free name, never an old one overwritten."""

import json

import pytest

from benchmarks.scoring.run_folder import make_result_folder, make_run_folder, write_metrics
from simulator.errors import OutputError


def test_runs_of_one_name_are_counted(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folders = [make_run_folder("classroom-600-seed1", None) for _ in range(3)]
    assert [str(folder) for folder in folders] == [f"results/runs/classroom-600-seed1-{n}" for n in (1, 2, 3)]
    assert all(folder.is_dir() for folder in folders)


def test_folder_that_holds_something_is_refused(tmp_path):
    (tmp_path / "old.txt").touch()
    with pytest.raises(OutputError, match=r"exists already\. Choose another name, or replace it with --force"):
        make_run_folder("x", tmp_path)
    assert make_run_folder("x", tmp_path, force=True) == tmp_path


def test_folder_within_a_dataset_is_refused(tmp_path):
    (tmp_path / "manifest.json").touch()
    with pytest.raises(OutputError, match=r"audit: must be outside of any dataset, got .*\. Choose another folder\."):
        make_result_folder(tmp_path / "audit", force=True)


def test_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match=r"taken: must be a folder to write to: Not a directory"):
        make_run_folder("x", tmp_path / "taken")


def test_metrics_are_replaced_whole(tmp_path):
    write_metrics(tmp_path, {"a": 1})
    path = write_metrics(tmp_path, {"b": None})
    assert json.loads(path.read_text()) == {"b": None}
    assert [path.name for path in tmp_path.iterdir()] == ["metrics.json"]


def test_metrics_that_are_no_json_leave_the_old_ones(tmp_path):
    path = write_metrics(tmp_path, {"a": 1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_metrics(tmp_path, {"a": float("nan")})
    assert json.loads(path.read_text()) == {"a": 1}
