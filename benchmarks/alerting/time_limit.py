"""Ends a user's SQL that takes longer than it may."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

# How long one question may take when nothing else is said (assumed).
LIMIT_SECONDS = 60.0


class TookTooLongError(Exception):
    """A question was ended when its time was up."""


@contextmanager
def limit_time(database: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what a connection does once the time is up.

    Raises
    ------
    TookTooLongError
        Instead of DuckDB's own error.
    """
    timer = threading.Timer(seconds, database.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TookTooLongError(f"{seconds:g} s") from error
    finally:
        timer.cancel()
