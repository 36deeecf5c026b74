"""Processes that write a dataset and are stopped on the way, for the tests of faults."""

import multiprocessing
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from simulator.dataset import DatasetWriter
from simulator.errors import OutputError
from tests.tiny_dataset import CONTEXT, make_origin, make_tables

OLD_SEED, NEW_SEED = 1, 2
N_PORTIONS = 6
PAUSE_SECONDS = 0.01
NOBODY = 65534

# Made here, so that the server has done all late imports before it forks.
_TABLES = make_tables()

# What a process tells the operating system about files; each is a moment to be killed at.
_FILE_EVENTS = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir", "os.listdir"})

# Children are forked from a server that has imported everything: a start takes milliseconds.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.end_to_end.writing_process"])


def start(task: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """Start a task of this module in a process of its own."""
    process = _PROCESSES.Process(target=task, args=arguments)
    process.start()
    return process


def run(task: Callable[..., None], *arguments: Any) -> int:
    """Run a task to its end and return its exit code (negative: the signal that ended it)."""
    process = start(task, *arguments)
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def write_slowly(out: Path, force: bool) -> None:
    """Write a dataset in many portions with pauses."""
    with DatasetWriter(out, force=force) as writer:
        for portion in range(N_PORTIONS):
            for name, rows in _TABLES.items():
                if portion == 0 or name in ("posts", "likes"):
                    writer.write(name, rows)
            time.sleep(PAUSE_SECONDS)
        writer.finish(make_origin(seed=NEW_SEED), CONTEXT)


def write_and_stop_at(moment: int, out: Path, force: bool, counter: Any, signal_number: int) -> None:
    """Write a dataset; send itself a signal at its `moment`-th dealing with files (0: never)."""

    def count(event: str, _: tuple[Any, ...]) -> None:
        if event in _FILE_EVENTS:
            counter[0] += 1
            if event == "os.rename" and not counter[1]:
                counter[1] = counter[0]
            if counter[0] == moment:
                os.kill(os.getpid(), signal_number)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.addaudithook(count)
    try:
        write_slowly(out, force)
    except KeyboardInterrupt:
        os._exit(130)


def write_with_little_room(out: Path, limit_bytes: int, message: Any) -> None:
    """Write a dataset where no file may grow beyond a limit."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
    write_or_tell(out, message)


def write_as_nobody(out: Path, message: Any) -> None:
    """Write a dataset as a user with no rights."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    write_or_tell(out, message)


def write_or_tell(out: Path, message: Any) -> None:
    """Write a dataset, replacing one that is there; exit with 1 and leave the message if that fails."""
    try:
        write_slowly(out, True)
    except OutputError as error:
        message.value = str(error).encode()[:500]
        os._exit(1)


def make_counter() -> Any:
    """Return two numbers shared with a process: its dealings with files, and which was the first renaming."""
    return _PROCESSES.Array("i", 2)


def make_message() -> Any:
    """Return a text shared with a process."""
    return _PROCESSES.Array("c", 512)
