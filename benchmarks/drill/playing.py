"""Plays a drill through the machinery of replay, and takes the pipeline's alerts in meanwhile."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.collecting.alert_server import AlertServer
from benchmarks.drill.drill_folder import CLOCK_FILE, STATE_FILE, WEBHOOK_FILE, Played, Run, Stage
from benchmarks.replay.addresses import find_address
from benchmarks.replay.pacing import read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.replay_state import read_whole
from benchmarks.replay.targets import NDJSON, Target, read_target
from benchmarks.sealed.sealed_worlds import write_privately
from simulator.errors import InputError, OutputError

Say = Callable[[str], None]


def read_played(to: str, speed: str | None, rate: float | None, allowed_hosts: tuple[str, ...]) -> Played:
    """Return where and how fast a drill will be played.

    Raises
    ------
    InputError
        When a target or a pace is none, or the target's address is not allowed.
    OutputError
        When the file of events is there already.
    """
    target = read_target(to)
    read_pace(speed, rate)
    for host, port in target.servers or ([(target.host, target.port)] if target.host else []):
        find_address(host, port, allowed_hosts)
    if target.kind == NDJSON and target.file.exists() and target.file.stat().st_size:
        raise OutputError(f"{target.file}: is there already. Name a new file.")
    whole = f"{NDJSON}:{target.file.resolve()}" if target.kind == NDJSON else target.text
    return Played(to=whole, speed=speed, rate=rate, allowed_hosts=allowed_hosts)


def play(run: Run, port: int | None, say: Say, to: str | None = None) -> dict[str, Any]:
    """Send a drill's events from where it stands.

    Parameters
    ----------
    run : Run
    port : int or None
        Where alerts are taken in meanwhile; None for nowhere.
    say : callable
    to : str, optional
        The target again, with its password, which the drill does not keep.

    Returns
    -------
    dict
        As :func:`benchmarks.replay.replay.replay`.

    Raises
    ------
    InputError
        When the truth is open or the drill was given up, or its files were changed.
    """
    refuse_opened(run)
    played = run.drill.played
    options = Options(
        read_pace(played.speed, played.rate),
        allowed_hosts=played.allowed_hosts,
        state_file=run.path / STATE_FILE,
        clock_file=run.path / CLOCK_FILE,
    )
    with _listen(run, port, say):
        return replay(run.open_observations(), _find_target(played, to), options, say)


def refuse_opened(run: Run) -> None:
    """Raise when the truth of a drill is open, or it was given up: nothing of it is played any more.

    Raises
    ------
    InputError
    """
    if run.stage in (Stage.given_up, Stage.revealed):
        raise InputError(f"{run.path}: must be played before its truth is opened, got one that is {run.stage}.")


def _find_target(played: Played, to: str | None) -> Target:
    target = read_target(to or played.to)
    if to is not None and target.kind != NDJSON and target.text != played.to:
        raise InputError(f"--to: must be the target of this drill, {played.to}, got {target.text}.")
    return read_target(played.to) if target.kind == NDJSON else target


@contextmanager
def _listen(run: Run, port: int | None, say: Say) -> Iterator[None]:
    if port is None:
        yield
        return
    found = read_whole(run.path / WEBHOOK_FILE, "the address of a drill's webhook")
    known = found if isinstance(found, dict) else {}
    server = AlertServer(port or int(known.get("port", 0)), run.alerts_file, str(known.get("token", "")))
    with server:
        _keep_address(run.path / WEBHOOK_FILE, {"port": server.port, "token": server.token})
        say(f"alerts are taken in at {server.url}")
        yield


def _keep_address(path: Path, address: dict[str, Any]) -> None:
    """Keep port and token, so that a resumed drill is found where it was."""
    path.unlink(missing_ok=True)
    write_privately(path, json.dumps(address) + "\n")
