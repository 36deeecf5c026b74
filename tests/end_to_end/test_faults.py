"""Faults while a dataset is written: nothing half ever reads as whole, nothing old is ever lost."""

import os
import random
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.dataset import DatasetWriter, open_dataset
from simulator.dataset import tables as table_files
from simulator.errors import DatasetError, OutputError
from tests.end_to_end.writing_process import (
    NEW_SEED,
    OLD_SEED,
    make_counter,
    make_message,
    run,
    start,
    write_and_stop_at,
    write_as_nobody,
    write_or_tell,
    write_slowly,
    write_with_little_room,
)
from tests.tiny_dataset import open_fast_folder, write_tiny


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is one."""
    with open_fast_folder(tmp_path) as folder:
        yield folder


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read_seed(path: Path) -> int | None:
    """Return the seed of a complete dataset; None for what is refused."""
    try:
        return open_dataset(path, verify=True).seed
    except DatasetError:
        return None


def check_after_stop(out: Path, had_old: bool) -> None:
    """Hold what must be true whenever a writer was stopped, and that the next run mends it all."""
    if out.exists():
        assert read_seed(out) in ({OLD_SEED, NEW_SEED} if had_old else {NEW_SEED})
    elif had_old:
        with pytest.raises(DatasetError, match="restore it with: mv"):
            open_dataset(out)
        with pytest.raises(OutputError, match="exists already"):
            DatasetWriter(out)
        assert read_seed(out) == OLD_SEED
    write_tiny(out, seed=3, force=True)
    assert names_in(out.parent) == [out.name]
    assert read_seed(out) == 3


def count_moments(folder: Path, force: bool) -> tuple[int, int]:
    """Return how often an undisturbed writer deals with files, and which of these is the first renaming."""
    out = folder / "undisturbed"
    if force:
        write_tiny(out, seed=OLD_SEED)
    counter = make_counter()
    assert run(write_and_stop_at, 0, out, force, counter, signal.SIGKILL) == 0
    assert read_seed(out) == NEW_SEED
    return counter[0], counter[1]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("draw", range(10))
def test_kill_at_a_random_moment(draw: int, force: bool, tmp_path: Path) -> None:
    out = tmp_path / "world"
    if force:
        write_tiny(out, seed=OLD_SEED)
    process = start(write_slowly, out, force)
    process.join(random.Random(draw).uniform(0.01, 0.11))
    process.kill()
    process.join(10)
    check_after_stop(out, had_old=force)


@pytest.mark.parametrize("force", [False, True])
def test_kill_around_the_renaming(force: bool, tmp_path: Path) -> None:
    """Random moments rarely hit it: here every operation around it is hit, and the deleting of the old dataset."""
    n_moments, first_rename = count_moments(tmp_path, force)
    old = write_tiny(tmp_path / "old", seed=OLD_SEED)
    was_set_aside = False
    around = range(first_rename - 6, min(first_rename + 6, n_moments) + 1)
    for moment in (*around, *range(around.stop, n_moments + 1, 6)):
        out = tmp_path / str(moment) / "world"
        out.parent.mkdir()
        if force:
            shutil.copytree(old, out)
        assert run(write_and_stop_at, moment, out, force, make_counter(), signal.SIGKILL) == -signal.SIGKILL
        was_set_aside |= force and not out.exists()
        check_after_stop(out, had_old=force)
    assert was_set_aside == force, "no moment fell between the two renames"


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.85, 0.95])
def test_ctrl_c_leaves_the_old_dataset_and_nothing_else(share: float, force: bool, tmp_path: Path) -> None:
    n_moments, _ = count_moments(tmp_path, force)
    folder = tmp_path / "stopped"
    out = folder / "world"
    folder.mkdir()
    if force:
        write_tiny(out, seed=OLD_SEED)
    code = run(write_and_stop_at, int(share * n_moments), out, force, make_counter(), signal.SIGINT)
    assert code == 130
    assert [name for name in names_in(folder) if ".partial-" in name] == []
    check_after_stop(out, had_old=force)


def test_a_file_that_may_not_grow_stops_the_run_and_keeps_the_old_dataset(tmp_path: Path) -> None:
    out = write_tiny(tmp_path / "world", seed=OLD_SEED)
    message = make_message()
    assert run(write_with_little_room, out, 3000, message) == 1
    assert b"must be writable: the file would be larger than allowed. Raise the limit" in message.value
    assert names_in(tmp_path) == ["world"]
    assert read_seed(out) == OLD_SEED


def test_a_full_device_stops_the_run_and_keeps_the_old_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full refuses every byte as a full disk does."""
    out = write_tiny(tmp_path / "world", seed=OLD_SEED)
    open_file = table_files.pq.ParquetWriter
    monkeypatch.setattr(
        table_files.pq, "ParquetWriter", lambda _, *more, **options: open_file("/dev/full", *more, **options)
    )
    with pytest.raises(OutputError, match=r"world: must be writable: the disk is full. Free some space"):
        write_tiny(out, seed=NEW_SEED, force=True)
    assert names_in(tmp_path) == ["world"]
    assert read_seed(out) == OLD_SEED


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 192 kB, where this system lets one be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=192k,mode=777", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk needs root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_stops_the_run_and_keeps_the_old_dataset(small_disk: Path) -> None:
    out = write_tiny(small_disk / "world", seed=OLD_SEED)
    message = make_message()
    assert run(write_or_tell, out, message) == 1
    assert b"must be writable: the disk is full. Free some space" in message.value
    assert names_in(small_disk) == ["world"]
    assert read_seed(out) == OLD_SEED


def test_a_read_only_folder_is_refused() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        message = make_message()
        assert run(write_as_nobody, Path(folder) / "world", message) == 1
        assert b"world: must be writable: permission denied. Choose a folder" in message.value
        assert os.listdir(folder) == []
