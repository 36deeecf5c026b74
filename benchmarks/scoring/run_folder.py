"""The folder of a result, never one in use; of a run, its name and its metrics.json, written whole or not at all."""

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.scoring.unfinished import place_unfinished, publish, unfinished
from simulator.dataset.manifest import MANIFEST_FILE
from simulator.errors import OutputError

RUNS = Path("results/runs")
METRICS_FILE = "metrics.json"
DATASET_FOLDER = "dataset"


def make_run_folder(stem: str, out: Path | None, *, force: bool = False) -> Path:
    """Make and return the folder of a run: the one asked for, or the next free ``results/runs/<stem>-<n>``.

    Parameters
    ----------
    stem : str
        What is run, as in ``ev_launch-20000-seed1``.
    out : Path or None
        A folder to use instead.
    force : bool
        Whether `out` may hold an earlier run, which is then replaced.

    Raises
    ------
    OutputError
        When `out` lies in a dataset, is a file or holds something, or the folder cannot be made.
    """
    if out is not None:
        return make_result_folder(out, force=force)
    with _as_output_error(RUNS):
        RUNS.mkdir(parents=True, exist_ok=True)
        return _claim_next(stem)


def make_result_folder(folder: Path, *, force: bool = False) -> Path:
    """Make and return the folder of a result; one that holds something is refused without `force`.

    Raises
    ------
    OutputError
        When it lies in a dataset, cannot be made, or holds something.
    """
    check_result_folder(folder, force=force)
    with _as_output_error(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def whole_result_folder(folder: Path, *, force: bool = False, earlier: Sequence[str] = ()) -> Iterator[Path]:
    """Give an unfinished folder to fill; what it holds then gets its place as a whole, or goes when anything fails.

    A folder that is not there appears by one renaming. One that is there may be a mount point, the folder that the
    user stands in, or hold files of others: it stays, and the new files move into it when all are written.

    Parameters
    ----------
    folder : Path
        Of the result.
    force : bool
        Whether `folder` may hold something; files of the same names are then replaced, all or none.
    earlier : sequence of str
        Names of files that an earlier result may have had; those that the new one lacks are removed.

    Raises
    ------
    OutputError
        As of :func:`make_result_folder`, and when something cannot be written.
    """
    check_result_folder(folder, force=force)
    is_there = folder.is_dir()
    with unfinished(folder, inside=is_there) as work:
        made = work / "result"
        made.mkdir()
        yield made
        # Hours may have passed: another run may have written there.
        check_result_folder(folder, force=force)
        if is_there:
            _replace(folder, made, earlier)
        else:
            made.rename(folder)


def _replace(folder: Path, made: Path, earlier: Sequence[str]) -> None:
    """Move what was made into a folder that is there; of the earlier result nothing stays, other files do."""
    names = sorted(path.name for path in made.iterdir())
    publish([(made / name, folder / name) for name in names])
    for name in set(earlier) - set(names):
        (folder / name).unlink(missing_ok=True)


def check_result_folder(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder that :func:`make_result_folder` would refuse, and make none; to be asked before long work.

    Raises
    ------
    OutputError
    """
    _refuse_dataset(folder)
    with _as_output_error(folder):
        is_used = folder.exists() and not all(_is_unfinished(path, folder) for path in folder.iterdir())
    if is_used and not force:
        raise OutputError(f"{folder}: exists already. Choose another name, or replace it with --force.")
    with _as_output_error(folder):
        _try_writing(folder)


def _is_unfinished(path: Path, folder: Path) -> bool:
    return path.name.startswith(f".{place_unfinished(folder, inside=True).name}.partial-")


def _try_writing(folder: Path) -> None:
    """Make a folder, and remove it, where a result or its first missing parent would be."""
    home = folder.resolve()
    while not home.exists():
        home = home.parent
    with TemporaryDirectory(prefix=".smearbench-", dir=home):
        pass


@contextmanager
def _as_output_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{folder}: must be a folder to write to: {error.strerror or error}.") from error


def _refuse_dataset(out: Path) -> None:
    for folder in (out, *out.resolve().parents):
        if (folder / MANIFEST_FILE).is_file():
            raise OutputError(f"{out}: must be outside of any dataset, got {folder}. Choose another folder.")


def _claim_next(stem: str) -> Path:
    place = 1
    while True:
        folder = RUNS / f"{stem}-{place}"
        try:
            folder.mkdir()
        except FileExistsError:
            place += 1
        else:
            return folder


def write_metrics(folder: Path, metrics: dict[str, Any]) -> Path:
    """Write ``metrics.json`` into a run's folder and return its path."""
    path = folder / METRICS_FILE
    partial = folder / f".{METRICS_FILE}.partial-{os.getpid()}"
    try:
        with open(partial, "w", encoding="utf-8", newline="\n") as file:
            json.dump(metrics, file, indent=2, ensure_ascii=False, allow_nan=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutputError(f"{path}: must be writable: {error.strerror or error}.") from error
    return path
