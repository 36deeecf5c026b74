"""Outputs that appear under their names whole: made in an unfinished folder, then renamed, all of them or none."""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.dataset.folder import explain, find_siblings, lock_folder, remove_abandoned


def place_unfinished(out: Path, *, inside: bool = False) -> Path:
    """Return the path whose hidden siblings are the unfinished folders of an output: its own, or one within it."""
    return out / out.resolve().name if inside else out


@contextmanager
def unfinished(out: Path, *, inside: bool = False) -> Iterator[Path]:
    """Give a private folder beside an output to work in; it is removed at the end, whatever happens.

    Those that killed runs have left are removed first.

    Parameters
    ----------
    out : Path
    inside : bool
        Whether the folder is made within the output, which is there already, instead of beside it.

    Raises
    ------
    OutputError
        When something cannot be written.
    """
    place = place_unfinished(out, inside=inside)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for left in find_siblings(place, "partial"):
            remove_abandoned(left)
        home = place.parent.resolve()
        kept = TemporaryDirectory(prefix=f".{place.name}.partial-", dir=home, ignore_cleanup_errors=True)
        with kept as work, _locked(Path(work)):
            yield Path(work)
    except OSError as error:
        raise explain(error, out) from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Tell other runs that a folder is in use."""
    handle = None
    with suppress(BlockingIOError):
        handle = lock_folder(folder)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def publish(made: Sequence[tuple[Path, Path]]) -> None:
    """Give finished outputs their names, all or none; earlier ones are set aside before and removed after.

    Parameters
    ----------
    made : sequence of (Path, Path)
        What was made, and its name.
    """
    aside: list[tuple[Path, Path]] = []
    placed: list[Path] = []
    try:
        for partial, target in made:
            if os.path.lexists(target):
                old = target.with_name(f".{target.name}.old-{os.getpid()}")
                target.rename(old)
                aside.append((old, target))
            partial.rename(target)
            placed.append(target)
    except BaseException:
        for target in placed:
            _remove(target)
        for old, target in aside:
            old.rename(target)
        raise
    for old, _ in aside:
        _remove(old)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink()
