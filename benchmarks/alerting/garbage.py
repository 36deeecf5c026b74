"""Puts off the search for garbage until a piece of work is done, which it would interrupt again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collect_at_the_end() -> Iterator[None]:
    """Look for garbage in cycles when the context ends, among what was made in it alone.

    What holds no cycle goes at once, as ever. Where the search is off it stays off.
    """
    was_on = gc.isenabled()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.unfreeze()
        if was_on:
            gc.enable()
