"""The folders around an output: unfinished ones, the old one set aside, and what a kill left behind.

A dataset NAME is built in `.NAME.partial-<id>` beside it. With force the old one is first renamed to
`.NAME.old-<id>` and deleted last, so that at every moment one of the two can be had back by name.
"""

import errno
import fcntl
import json
import os
import shutil
from pathlib import Path
from secrets import token_hex
from typing import Any

from simulator.dataset.manifest import FORMAT, MANIFEST_FILE
from simulator.errors import OutputError

_ADVICE_BY_ERRNO = {
    errno.ENOSPC: "the disk is full. Free some space or choose another folder.",
    errno.EDQUOT: "your disk quota is used up. Free some space or choose another folder.",
    errno.EFBIG: "the file would be larger than allowed. Raise the limit (ulimit -f) or choose another disk.",
    errno.EROFS: "the file system is read-only. Choose another folder.",
    errno.EACCES: "permission denied. Choose a folder that you may write to.",
    errno.EPERM: "permission denied. Choose a folder that you may write to.",
    errno.ENOTDIR: "a file stands where a folder must be. Choose another folder.",
    errno.EEXIST: "a file stands where a folder must be. Choose another folder.",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one.",
}


def explain(error: OSError, out: Path) -> OutputError:
    """Return the message for a failed write."""
    reason = _ADVICE_BY_ERRNO.get(error.errno or 0, f"{error}.")
    return OutputError(f"{out}: must be writable: {reason}")


def find_siblings(out: Path, kind: str) -> list[Path]:
    """Return the `.NAME.<kind>-*` folders beside an output, the latest first."""
    try:
        with os.scandir(out.parent) as entries:
            found = [
                (entry.stat(follow_symlinks=False).st_ctime_ns, entry.path)
                for entry in entries
                if entry.name.startswith(f".{out.name}.{kind}-")
            ]
    except OSError:
        return []
    return [Path(path) for _, path in sorted(found, reverse=True)]


def find_restorable(out: Path) -> Path | None:
    """Return the complete old dataset that an interrupted forced run set aside, if `out` itself is missing."""
    if os.path.lexists(out):
        return None
    return next((old for old in find_siblings(out, "old") if is_dataset(old)), None)


def is_dataset(folder: Path) -> bool:
    """Whether a folder has a manifest of this program, of whatever version."""
    try:
        content: Any = json.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and content.get("format") == FORMAT


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder safely to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class OutputFolder:
    """One output: claimed, filled unfinished, published whole.

    Parameters
    ----------
    out : str or Path
        Where the dataset shall be.
    force : bool
        Whether a dataset that is there may be replaced.

    Raises
    ------
    OutputError
        When the output exists (and `force` is not given, or it is no dataset), or cannot be written.
    """

    def __init__(self, out: str | Path, *, force: bool = False) -> None:
        self.out = Path(out).resolve()
        self.notes: list[str] = []
        self._force = force
        self._lock: int | None = None
        self._partial: Path | None = None
        if not self.out.name:
            raise OutputError(f"{out}: must be the name of a folder to write. Choose another name.")
        try:
            self._restore()
            self._check_free()
            self._clean_leftovers()
        except OSError as error:
            raise explain(error, self.out) from error

    def claim(self) -> Path:
        """Make and lock the unfinished folder."""
        try:
            self.out.parent.mkdir(parents=True, exist_ok=True)
            while True:
                partial = self._name("partial")
                partial.mkdir()
                if self._take_lock(partial):
                    self._partial = partial
                    return partial
        except OSError as error:
            raise explain(error, self.out) from error

    def publish(self) -> None:
        """Give the finished folder its name; the old one is set aside before and deleted after."""
        assert self._partial is not None
        self._check_free()
        old = self._name("old")
        try:
            if os.path.lexists(self.out) and any(self.out.iterdir()):
                os.rename(self.out, old)
            os.rename(self._partial, self.out)
        except BaseException:
            if old.exists() and not os.path.lexists(self.out):
                os.rename(old, self.out)
            raise
        self._partial = None
        sync_folder(self.out.parent)
        self._release()
        if old.exists():
            remove_dataset(old)

    def discard(self) -> None:
        """Remove the unfinished folder, as far as that is possible."""
        if self._partial is not None:
            shutil.rmtree(self._partial, ignore_errors=True)
            self._partial = None
        self._release()

    def _name(self, kind: str) -> Path:
        return self.out.with_name(f".{self.out.name}.{kind}-{os.getpid()}-{token_hex(4)}")

    def _take_lock(self, partial: Path) -> bool:
        """Lock a folder for as long as this process lives; False when a cleaner was faster."""
        try:
            self._lock = lock_folder(partial)
        except (FileNotFoundError, BlockingIOError):
            return False
        if partial.exists():
            return True
        self._release()
        return False

    def _release(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _check_free(self) -> None:
        if not os.path.lexists(self.out):
            return
        if not self.out.is_dir():
            raise OutputError(f"{self.out}: must be a folder, got a file. Choose another name.")
        if not any(self.out.iterdir()):
            return
        if not self._force:
            raise OutputError(f"{self.out}: exists already. Choose another name, or replace it with --force.")
        if not is_dataset(self.out):
            raise OutputError(
                f"{self.out}: must be a smearbench dataset to be replaced with --force, got a folder without "
                f"its {MANIFEST_FILE}. Choose another name, or remove the folder yourself."
            )

    def _restore(self) -> None:
        old = find_restorable(self.out)
        if old is None or any(is_locked(partial) for partial in find_siblings(self.out, "partial")):
            return
        os.rename(old, self.out)
        sync_folder(self.out.parent)
        self.notes.append(f"{self.out}: restored; an interrupted run with --force had set it aside.")

    def _clean_leftovers(self) -> None:
        for partial in find_siblings(self.out, "partial"):
            if remove_abandoned(partial):
                self.notes.append(f"{partial}: removed; an interrupted run had left it.")
            elif partial.exists():
                self.notes.append(f"{partial}: is being written by another process.")
        if is_dataset(self.out):
            for old in find_siblings(self.out, "old"):
                remove_dataset(old)


def lock_folder(folder: Path) -> int | None:
    """Take the lock of a folder; None where the file system knows no locks.

    Raises
    ------
    BlockingIOError
        When a living process holds it.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise
    except OSError:
        os.close(handle)
        return None
    return handle


def is_locked(folder: Path) -> bool:
    """Whether a living process writes to an unfinished folder; True where that cannot be known."""
    try:
        handle = lock_folder(folder)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    if handle is None:
        return True
    os.close(handle)
    return False


def remove_abandoned(partial: Path) -> bool:
    """Remove an unfinished folder that no living process writes to; return whether it was removed."""
    try:
        handle = lock_folder(partial)
    except OSError:
        return False
    if handle is None:
        return False
    try:
        shutil.rmtree(partial, ignore_errors=True)
    finally:
        os.close(handle)
    return not partial.exists()


def remove_dataset(folder: Path) -> None:
    """Delete a dataset that is not needed any more, its manifest first, so that no half of it reads as whole."""
    (folder / MANIFEST_FILE).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
