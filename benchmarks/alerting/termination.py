"""Lets a run end in order when it is told to by SIGTERM, as it does after Ctrl-C: servers stop, folders go."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

# What a shell reports of a program that a signal ended.
EXIT_CODE = 128 + signal.SIGTERM


@contextmanager
def end_in_order() -> Iterator[None]:
    """Leave the context by SystemExit when SIGTERM comes, so that everything opened in it is closed.

    Only a program's main thread can be told; in others nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    # A second one must not cut the cleaning short.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(EXIT_CODE)
