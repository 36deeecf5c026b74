"""The folder of a run: the next free name, never an old one overwritten; that of a result: whole or not there."""

import errno
import json
import os

import pytest

from benchmarks.scoring.run_folder import (
    check_result_folder,
    make_result_folder,
    make_run_folder,
    whole_result_folder,
    write_metrics,
)
from benchmarks.scoring.unfinished import unfinished
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


def read_tree(folder):
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def write_result(out, *, force=False, **content):
    with whole_result_folder(out, force=force, earlier=("page", "picture")) as folder:
        for name, text in content.items():
            (folder / name).write_text(text)


def write_half(out, error):
    with whole_result_folder(out, force=True) as folder:
        (folder / "page").write_text("new")
        raise error


@pytest.mark.parametrize("is_there", [False, True])
def test_result_appears_when_all_of_it_is_written(tmp_path, is_there):
    out = tmp_path / "out" if is_there else tmp_path / "new" / "out"
    if is_there:
        out.mkdir()
    with whole_result_folder(out) as folder:
        (folder / "page").write_text("whole")
        assert not (out / "page").exists()
    assert read_tree(tmp_path) == {str(out.relative_to(tmp_path) / "page"): "whole"}
    assert [path for path in out.parent.iterdir() if path != out] == []
    (tmp_path / "plain").mkdir()
    assert out.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (SystemExit(143), SystemExit),
        (ValueError("lost"), ValueError),
        (OSError(errno.ENOSPC, "No space left on device"), OutputError),
    ],
)
@pytest.mark.parametrize("old", [None, {}, {"page": "old", "picture": "old"}])
def test_what_fails_on_the_way_leaves_all_as_it_was(tmp_path, error, raised, old):
    out = tmp_path / "out"
    if old is not None:
        out.mkdir()
        for name, text in old.items():
            (out / name).write_text(text)
    with pytest.raises(raised):
        write_half(out, error)
    assert [path.name for path in tmp_path.iterdir()] == ([] if old is None else ["out"])
    assert old is None or {path.name: path.read_text() for path in out.iterdir()} == old


def test_full_disk_is_said_with_the_path(tmp_path):
    with pytest.raises(OutputError, match=r"out: must be writable: the disk is full\. Free some space"):
        write_half(tmp_path / "out", OSError(errno.ENOSPC, "No space left on device"))


def test_forced_result_replaces_the_earlier_one_and_no_file_of_others(tmp_path):
    write_result(tmp_path, page="old", picture="old")
    (tmp_path / "notes").write_text("mine")
    write_result(tmp_path, force=True, page="new")
    assert read_tree(tmp_path) == {"page": "new", "notes": "mine"}


def test_forced_result_that_cannot_be_moved_leaves_the_earlier_one(tmp_path, monkeypatch):
    write_result(tmp_path, page="old", picture="old")
    rename = type(tmp_path).rename

    def fail(path, target):
        if path.name == "picture" and path.read_text() == "new":
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(type(tmp_path), "rename", fail)
    with pytest.raises(KeyboardInterrupt):
        write_result(tmp_path, force=True, page="new", picture="new")
    assert read_tree(tmp_path) == {"page": "old", "picture": "old"}


def test_result_of_another_run_that_was_faster_is_not_replaced(tmp_path):
    with pytest.raises(OutputError, match=r"out: exists already"), whole_result_folder(tmp_path / "out"):
        write_result(tmp_path / "out", page="first")
    assert read_tree(tmp_path) == {"out/page": "first"}


@pytest.mark.parametrize("is_there", [False, True])
def test_what_a_killed_run_left_is_no_result_and_goes_with_the_next(tmp_path, is_there):
    out = tmp_path / "out"
    left = (out if is_there else tmp_path) / ".out.partial-x" / "result"
    left.mkdir(parents=True)
    write_result(out, page="new")
    assert read_tree(tmp_path) == {"out/page": "new"}
    assert not left.parent.exists()


def test_unfinished_folder_of_a_run_that_lives_is_left_alone(tmp_path):
    with unfinished(tmp_path / "out") as one, unfinished(tmp_path / "out") as other:
        assert one != other
        assert one.is_dir()


def test_linked_folder_stays_a_link(tmp_path):
    (tmp_path / "far").mkdir()
    os.symlink("far", tmp_path / "out")
    write_result(tmp_path / "out", page="new")
    assert (tmp_path / "out").is_symlink()
    assert read_tree(tmp_path / "far") == {"page": "new"}


@pytest.mark.parametrize("name", ["taken", "taken/out", "taken/deep/out"])
def test_folder_that_cannot_be_made_is_refused_before_the_work(tmp_path, name):
    (tmp_path / "taken").touch()
    with pytest.raises(OutputError, match=rf"{name}: must be a folder to write to: Not a directory\."):
        check_result_folder(tmp_path / name)


def test_check_makes_nothing(tmp_path):
    check_result_folder(tmp_path / "new/out")
    assert list(tmp_path.iterdir()) == []
