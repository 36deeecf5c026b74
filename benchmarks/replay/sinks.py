"""What a replay sends to: the contract of every sink, and the files and pipes among them."""

import json
import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import BinaryIO, Protocol

from benchmarks.replay.merging import Batch
from simulator.errors import InputError, OutputError, SmearbenchError

_TAIL_BYTES = 1 << 16
_COUNTED_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a batch is sent.

    Attributes
    ----------
    attempt : int
        1 for the first time.
    may_repeat : bool
        Whether the receiver may have some of its events already.
    """

    attempt: int = 1
    may_repeat: bool = False


class SinkUnavailable(SmearbenchError):
    """A batch was not acknowledged, and another attempt may help; `wait_seconds` is what the sink asked for."""

    def __init__(self, message: str, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class Sink(Protocol):
    """Where events go.

    Attributes
    ----------
    guarantee : str
        What holds for every event after kills and retries.
    position : int or None
        Sequence number of the last event that it is known to hold; None when it cannot be asked.
    """

    guarantee: str
    position: int | None

    def send(self, batch: Batch, delivery: Delivery) -> None:
        """Return when the batch is acknowledged.

        Raises
        ------
        SinkUnavailable
            When it was not, and another attempt may help.
        SmearbenchError
            When it was not, and none will.
        """

    def close(self) -> None:
        """Let go of what is open."""


def demand_extra(module: str, package: str) -> None:
    """Refuse a target whose package is not installed.

    Raises
    ------
    InputError
    """
    try:
        import_module(module)
    except ImportError as error:
        advice = "Install the extra: pip install 'smearbench[stream]'."
        raise InputError(f"--to: must find the package {package} for this target, got none. {advice}") from error


class PipeSink:
    """Events on stdout; an acknowledgement is that the pipe took them."""

    guarantee = "in order; whoever reads the pipe keeps them"
    position: int | None = None

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def send(self, batch: Batch, delivery: Delivery) -> None:
        """Write a batch and flush."""
        self._stream.write(batch.payload)
        self._stream.flush()

    def close(self) -> None:
        """Leave the pipe open: it belongs to the program."""


class FileSink:
    """Events as lines of a file, which is its own record of what it holds.

    Parameters
    ----------
    path : Path
        Made, or gone on with behind its last whole event; a torn line at its end is cut off.
    is_numbered : bool
        Whether the number of its last event tells how far it is; with faults, its lines are counted instead.
    """

    guarantee = "exactly once"

    def __init__(self, path: Path, *, is_numbered: bool = True) -> None:
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise OutputError(f"{path}: cannot be written: {error.strerror}.") from error
        size, last = _find_last_event(self._file, path)
        if not is_numbered:
            size, last = _count_lines(self._file)
        self.position: int | None = last
        os.ftruncate(self._file, size)
        os.lseek(self._file, size, os.SEEK_SET)

    def send(self, batch: Batch, delivery: Delivery) -> None:
        """Append a batch."""
        rest = batch.payload
        try:
            while rest:
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {error.strerror}.") from error
        self.position = batch.last

    def close(self) -> None:
        """Bring the file to the disk and close it."""
        os.fsync(self._file)
        os.close(self._file)


def _find_last_event(file: int, path: Path) -> tuple[int, int]:
    """Return the size of a file up to the last whole event in it, and that event's number; (0, 0) without one."""
    size = os.fstat(file).st_size
    end, tail = size, b""
    while end:
        begin = max(end - _TAIL_BYTES, 0)
        tail, end = os.pread(file, end - begin, begin) + tail, begin
        found = _find_last_line(tail, is_whole=begin == 0)
        if found is not None:
            kept, number = found
            return begin + kept, number
    if size > 0 and b"\n" in tail:
        raise OutputError(f"{path}: must hold events of a replay, got something else. Choose another file.")
    return 0, 0


def _count_lines(file: int) -> tuple[int, int]:
    """Return the size of a file up to its last line end, and how many there are."""
    at, end, count = 0, 0, 0
    while part := os.pread(file, _COUNTED_BYTES, at):
        count += part.count(b"\n")
        end = at + part.rfind(b"\n") + 1 if b"\n" in part else end
        at += len(part)
    return end, count


def _find_last_line(tail: bytes, is_whole: bool) -> tuple[int, int] | None:
    """Return where the last whole event of a file's tail ends, and its number."""
    end = tail.rfind(b"\n") + 1
    while end:
        begin = tail.rfind(b"\n", 0, end - 1) + 1
        if begin or is_whole:
            number = _read_number(tail[begin:end])
            if number is not None:
                return end, number
        end = begin
    return None


def _read_number(line: bytes) -> int | None:
    try:
        event = json.loads(line)
    except ValueError:
        return None
    number = event.get("sequence") if isinstance(event, dict) else None
    return number if isinstance(number, int) else None
