"""A file of alerts that grows while a pipeline runs: what it was told to keep is on the disk before it says so."""

import fcntl
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.alerting.alert_lines import Alert
from simulator.errors import OutputError


def append_alerts(path: Path, alerts: Sequence[Alert]) -> None:
    """Append alerts to a file and return when they are on the disk; several programs may do so at once.

    What a kill left unfinished at the file's end was never acknowledged, and is cut off.

    Raises
    ------
    OutputError
        When it cannot be written; then none of the alerts is kept.
    """
    payload = "".join(alert.to_line() for alert in alerts).encode()
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _append(file, payload)
        finally:
            os.close(file)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}.") from error


def _append(file: int, payload: bytes) -> None:
    end = _find_end(file)
    os.ftruncate(file, end)
    try:
        rest = payload
        while rest:
            rest = rest[os.pwrite(file, rest, end + len(payload) - len(rest)) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, end)
        raise


def _find_end(file: int) -> int:
    """Return the size of the whole lines of a file."""
    end = os.fstat(file).st_size
    while end:
        begin = max(end - 4096, 0)
        place = os.pread(file, end - begin, begin).rfind(b"\n")
        if place >= 0:
            return begin + place + 1
        end = begin
    return 0


def count_lines(path: Path) -> int:
    """Return how many whole lines a file has; 0 without one."""
    try:
        return path.read_bytes().count(b"\n")
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise OutputError(f"{path}: cannot be read: {error.strerror}.") from error
