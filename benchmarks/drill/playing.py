"""Plays a drill through the machinery of replay, and takes the pipeline's alerts in meanwhile."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.collecting.alert_server import AlertServer
from benchmarks.drill.drill_folder import CLOCK_FILE, STATE_FILE, WEBHOOK_FILE, Played, Run, Stage
from benchmarks.replay.pacing import read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.replay_state import read_whole
from benchmarks.replay.targets import NDJSON, read_target
from benchmarks.sealed.sealed_worlds import write_privately
from simulator.errors import InputError

Say = Callable[[str], None]


def read_played(to: str, speed: str | None, rate: float | None, allowed_hosts: tuple[str, ...]) -> Played:
    """Return where and how fast a drill will be played.

    Raises
    ------
    InputError
        When a target or a pace is none.
    """
    target = read_target(to)
    read_pace(speed, rate)
    whole = f"{NDJSON}:{target.file.resolve()}" if target.kind == NDJSON else to
    return Played(to=whole, speed=speed, rate=rate, allowed_hosts=allowed_hosts)


def play(run: Run, port: int | None, say: Say) -> dict[str, Any]:
    """Send a drill's events from where it stands.

    Parameters
    ----------
    run : Run
    port : int or None
        Where alerts are taken in meanwhile; None for nowhere.
    say : callable

    Returns
    -------
    dict
        As :func:`benchmarks.replay.replay.replay`.

    Raises
    ------
    InputError
        When the truth is open or the drill was given up, or its files were changed.
    """
    if run.stage in (Stage.given_up, Stage.revealed):
        raise InputError(f"{run.path}: must be played before its truth is opened, got one that is {run.stage}.")
    played = run.drill.played
    options = Options(
        read_pace(played.speed, played.rate),
        allowed_hosts=played.allowed_hosts,
        state_file=run.path / STATE_FILE,
        clock_file=run.path / CLOCK_FILE,
    )
    with _listen(run, port, say):
        return replay(run.open_observations(), read_target(played.to), options, say)


@contextmanager
def _listen(run: Run, port: int | None, say: Say) -> Iterator[None]:
    if port is None:
        yield
        return
    found = read_whole(run.path / WEBHOOK_FILE, "the address of a drill's webhook")
    known = found if isinstance(found, dict) else {}
    server = AlertServer(port or int(known.get("port", 0)), run.alerts_file, str(known.get("token", "")))
    _keep_address(run.path / WEBHOOK_FILE, {"port": server.port, "token": server.token})
    with server:
        say(f"alerts are taken in at {server.url}")
        yield


def _keep_address(path: Path, address: dict[str, Any]) -> None:
    """Keep port and token, so that a resumed drill is found where it was."""
    path.unlink(missing_ok=True)
    write_privately(path, json.dumps(address) + "\n")
