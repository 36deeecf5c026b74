"""Collects alerts until the replay whose clock is watched has ended, or somebody stops it."""

import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.collecting.alert_server import AlertServer
from benchmarks.replay.clock_file import ReplayClock, read_clock
from simulator.errors import InputError

_LOOK_SECONDS = 0.2
Say = Callable[[str], None]


def collect(server: AlertServer, clock_file: Path, grace_seconds: float, say: Say) -> bool:
    """Take alerts in until the replay is over and a grace has passed; return whether a person stopped it before.

    Parameters
    ----------
    server : AlertServer
    clock_file : Path
        The clock of the replay; it may not be there yet.
    grace_seconds : float
        How long alerts may come after the last event.
    say : callable
        Told where to post.

    Raises
    ------
    InputError
        When the clock is of a replay that was over before anything was collected.
    """
    with server:
        _refuse_old(clock_file, server)
        try:
            say(f"collecting alerts at {server.url}\n  kept in {server.path}, {server.n_alerts:,} so far")
            if not clock_file.exists():
                say(f"waiting for the replay to write {clock_file}")
            _wait(clock_file, grace_seconds)
        except KeyboardInterrupt:
            return True
    return False


def _refuse_old(clock_file: Path, server: AlertServer) -> None:
    if server.n_alerts == 0 and clock_file.exists() and read_clock(clock_file).is_finished:
        raise InputError(
            f"{clock_file}: must be the clock of a replay that still runs, got one that is over. "
            "Begin to collect before the replay, and remove the old clock."
        )


def _wait(clock_file: Path, grace_seconds: float) -> None:
    while True:
        clock = read_clock(clock_file) if clock_file.exists() else ReplayClock([])
        end_ms = clock.end_wall_ms
        if clock.is_finished and end_ms is not None and time.time() >= end_ms / 1000 + grace_seconds:
            return
        time.sleep(_LOOK_SECONDS)
