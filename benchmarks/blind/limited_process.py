"""Runs a process within limits on its time and on the resident memory of its whole tree of processes."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.orders import Limits

_POLL_SECONDS = 0.02
# Walking a tree of processes costs a few milliseconds.
_MEMORY_POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: `code` is its exit code, `broke` the limit that it broke, if any."""

    code: int
    broke: str
    said: str
    peak_memory_bytes: int
    wall_seconds: float


def run_limited(
    arguments: Sequence[str], *, told: str, folder: Path, environment: Mapping[str, str], limits: Limits
) -> Ended:
    """Run a process to its end, or kill it and all that it started when it breaks a limit.

    Parameters
    ----------
    arguments : sequence of str
    told : str
        What it reads from stdin.
    folder : Path
        Working folder.
    environment : mapping
        The whole environment.
    limits : Limits

    Returns
    -------
    Ended
        `said` is what it wrote to stderr; memory is sampled four times a second.
    """
    begun = time.monotonic()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as stdin:
        stdin.write(told.encode())
        stdin.seek(0)
        process = subprocess.Popen(
            arguments,
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
        )
        seen: dict[int, psutil.Process] = {}
        try:
            broke, peak = _watch(process, begun, limits, seen)
        finally:
            _kill_tree(process, seen)
        said.seek(0)
        text = said.read().decode(errors="replace")
    return Ended(process.returncode, broke, text, peak, time.monotonic() - begun)


def _watch(
    process: "subprocess.Popen[bytes]", begun: float, limits: Limits, seen: dict[int, psutil.Process]
) -> tuple[str, int]:
    """Wait for the end, noting all descendants seen; return the limit that was broken, or nothing, and peak memory."""
    peak, next_look = 0, 0.0
    while process.poll() is None:
        now = time.monotonic()
        if now - begun > limits.seconds:
            return "out of time", peak
        if now >= next_look:
            _note_descendants(process.pid, seen)
            peak = max(peak, _measure(seen))
            next_look = now + _MEMORY_POLL_SECONDS
        if peak > limits.memory_bytes:
            return "out of memory", peak
        time.sleep(_POLL_SECONDS)
    return "", peak


def _note_descendants(pid: int, seen: dict[int, psutil.Process]) -> None:
    """Add a process and all its descendants to those seen; one that leaves the tree later stays among them."""
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for member in (parent, *parent.children(recursive=True)):
            seen.setdefault(member.pid, member)


def _measure(seen: dict[int, psutil.Process]) -> int:
    """Return the resident memory of processes, bytes; those that are gone have none."""
    total = 0
    for member in seen.values():
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            total += member.memory_info().rss
    return total


def _kill_tree(process: "subprocess.Popen[bytes]", seen: dict[int, psutil.Process]) -> None:
    """Leave nothing behind: neither descendants, nor those that left the tree, nor members of the session.

    What leaves both within a quarter of a second, before it is seen, escapes.
    """
    _note_descendants(process.pid, seen)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    for member in seen.values():
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()  # psutil knows a process that has taken over a number from the one that it saw
    process.wait()
