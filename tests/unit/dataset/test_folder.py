"""Rules of the folders around an output: what is there is never lost, what was left is cleaned."""

import errno
import os
import shutil
import time
from pathlib import Path

import pytest

from simulator.dataset import DatasetWriter, open_dataset
from simulator.dataset import folder as folder_module
from simulator.errors import DatasetError, OutputError
from tests.tiny_dataset import CONTEXT, make_origin, write_tiny


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_an_existing_output_is_refused_without_force(tiny: Path) -> None:
    with pytest.raises(OutputError, match=r"tiny: exists already. Choose another name, or replace it with --force"):
        DatasetWriter(tiny)


def test_force_replaces_a_dataset(tiny: Path) -> None:
    write_tiny(tiny, seed=8, force=True)
    assert open_dataset(tiny, verify=True).seed == 8
    assert names_in(tiny.parent) == ["tiny"]


def test_force_never_deletes_what_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="mine: must be a smearbench dataset to be replaced with --force"):
        DatasetWriter(tmp_path / "mine", force=True)
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    assert open_dataset(write_tiny(tmp_path / "tiny")).seed == 7


@pytest.mark.parametrize("force", [False, True])
def test_a_file_is_never_replaced(force: bool, tmp_path: Path) -> None:
    (tmp_path / "tiny").write_text("mine")
    with pytest.raises(OutputError, match="tiny: must be a folder, got a file"):
        DatasetWriter(tmp_path / "tiny", force=force)


def test_a_link_is_followed_and_kept(tiny: Path) -> None:
    link = tiny.with_name("link")
    link.symlink_to(tiny)
    write_tiny(link, seed=8, force=True)
    assert link.is_symlink()
    assert open_dataset(tiny, verify=True).seed == 8


def test_parents_are_made(tmp_path: Path) -> None:
    assert open_dataset(write_tiny(tmp_path / "a/b/tiny")).seed == 7


def test_the_root_is_refused() -> None:
    with pytest.raises(OutputError, match="/: must be the name of a folder to write"):
        DatasetWriter("/")


def test_a_file_in_place_of_a_parent_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="must be writable: a file stands where a folder must be"):
        write_tiny(tmp_path / "file/tiny")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="must be writable: the name is too long"):
        write_tiny(tmp_path / ("x" * 250))


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_written_is_refused(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(OutputError, match=r"must be writable: (the file system is read-only|permission denied)"):
        write_tiny(tmp_path / "tiny")


def test_an_output_that_appears_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="exists already"), DatasetWriter(tmp_path / "tiny") as writer:  # noqa: PT012
        write_tiny(tmp_path / "tiny", seed=1)
        writer.finish(make_origin(seed=2), CONTEXT)
    assert open_dataset(tmp_path / "tiny", verify=True).seed == 1
    assert names_in(tmp_path) == ["tiny"]


def test_a_failed_swap_puts_the_old_dataset_back(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.rename

    def fail_for_partial(source: Path, target: Path) -> None:
        if ".partial-" in str(source):
            raise OSError(errno.EIO, "Input/output error")
        rename(source, target)

    monkeypatch.setattr(folder_module.os, "rename", fail_for_partial)
    with pytest.raises(OutputError, match="Input/output error"):
        write_tiny(tiny, seed=8, force=True)
    assert open_dataset(tiny, verify=True).seed == 7
    assert names_in(tiny.parent) == ["tiny"]


def test_an_unfinished_folder_that_nobody_writes_is_removed_and_reported(tmp_path: Path) -> None:
    (tmp_path / ".tiny.partial-123-abc").mkdir()
    writer = DatasetWriter(tmp_path / "tiny")
    assert names_in(tmp_path) == []
    assert "partial-123-abc: removed; an interrupted run had left it." in writer.notes[0]


def test_an_unfinished_folder_that_someone_writes_is_kept_and_reported(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), DatasetWriter(tmp_path / "tiny"):  # noqa: PT012
        other = DatasetWriter(tmp_path / "tiny")
        assert len(names_in(tmp_path)) == 1
        assert "is being written by another process" in other.notes[0]
        raise KeyboardInterrupt


def test_unfinished_folders_of_other_names_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".tiny2.partial-123-abc").mkdir()
    DatasetWriter(tmp_path / "tiny")
    assert names_in(tmp_path) == [".tiny2.partial-123-abc"]


def test_a_dataset_that_was_set_aside_is_restored_before_writing(tiny: Path) -> None:
    tiny.rename(tiny.with_name(".tiny.old-123-abc"))
    with pytest.raises(OutputError, match="exists already"):
        DatasetWriter(tiny)
    assert open_dataset(tiny, verify=True).seed == 7


def test_restoring_is_reported(tiny: Path) -> None:
    tiny.rename(tiny.with_name(".tiny.old-123-abc"))
    assert "tiny: restored; an interrupted run" in DatasetWriter(tiny, force=True).notes[0]


def test_opening_a_dataset_that_was_set_aside_says_how_to_restore_it(tiny: Path) -> None:
    old = tiny.rename(tiny.with_name(".tiny.old-123-abc"))
    with pytest.raises(DatasetError, match=f"restore it with: mv {old} {tiny}"):
        open_dataset(tiny)


def test_the_latest_of_several_is_restored(tiny: Path) -> None:
    later = write_tiny(tiny.with_name("later"), seed=9)
    tiny.rename(tiny.with_name(".tiny.old-9"))
    time.sleep(0.02)  # the clock of file systems ticks every few milliseconds
    later.rename(tiny.with_name(".tiny.old-1"))
    DatasetWriter(tiny, force=True)
    assert open_dataset(tiny).seed == 9


def test_half_of_an_old_dataset_is_never_restored(tiny: Path) -> None:
    old = tiny.rename(tiny.with_name(".tiny.old-123-abc"))
    (old / "manifest.json").unlink()
    DatasetWriter(tiny)
    assert not tiny.exists()


def test_an_old_dataset_beside_its_complete_successor_is_removed(tiny: Path) -> None:
    shutil.copytree(tiny, tiny.with_name(".tiny.old-123-abc"))
    DatasetWriter(tiny, force=True)
    assert names_in(tiny.parent) == ["tiny"]
