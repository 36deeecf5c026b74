"""Opens the truth of a drill: lives its world again from the key, proves that it was the sealed one, and compares."""

import hashlib
import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.alerting.alert_lines import Alert
from benchmarks.drill.call_scores import score_calls
from benchmarks.drill.calls import read_calls
from benchmarks.drill.drill_folder import (
    GIVEN_UP_FILE,
    REVEAL_FILE,
    STATE_FILE,
    WORLD_FOLDER,
    Key,
    Run,
    Stage,
    read_key,
)
from benchmarks.drill.setting_up import describe_truth
from benchmarks.replay.replay_state import hold, read_whole, replace_json
from benchmarks.sealed.sealed_worlds import load_text
from benchmarks.sealed.sealing import commit
from benchmarks.suites.digests import digest_simulator
from simulator.dataset import Dataset, content_digest, open_dataset
from simulator.errors import InputError
from simulator.progress import SimulationProgress
from simulator.simulation import simulate

FORMAT = "smearbench drill reveal"
Found = dict[str, Any]
_PLAYS = (
    "must be over before its truth is opened, got a drill that plays. Wait for its end; when it was stopped by Ctrl-C, "
    "--give-up ends it for good."
)


def reveal(run: Run, key_file: Path, others: Sequence[Path] = (), *, give_up: bool = False) -> Found:
    """Open the truth of a drill that is over, and compare; asked again, it says the same.

    Parameters
    ----------
    run : Run
    key_file : Path
    others : sequence of Path
        Further files of alerts, by wall clock.
    give_up : bool
        Whether a drill that is not over ends here; it is noted, and cannot be played on.

    Returns
    -------
    dict
        As ``reveal.json`` holds it; the world with its truth lies in ``world/`` from then on.

    Raises
    ------
    InputError
        When the drill is not over or still plays; when key, world, observations or calls were changed.
    """
    with hold(run.path / STATE_FILE, _PLAYS):
        key = read_key(key_file)
        _prove_key(run, key, key_file)
        run.open_observations()
        calls = read_calls(run, others)
        _end(run, give_up=give_up)
        digest = _digest_calls(calls)
        found: Found = {
            "format": FORMAT,
            "version": 1,
            "synthetic": True,
            "commitment": run.drill.commitment,
            "calls_digest": digest,
        }
        _refuse_other_calls(run, digest)
        world = _open_world(run, key)
        scenario = {"scenario": world.manifest.scenario.id, "seed": key.seed}
        found |= scenario | score_calls(world, calls, run.clock) | {"given_up": (run.path / GIVEN_UP_FILE).exists()}
        replace_json(run.path / REVEAL_FILE, found)
    return found


def _prove_key(run: Run, key: Key, file: Path) -> None:
    found = commit(bytes.fromhex(key.nonce), describe_truth(key.seed, key.scenario, key.content))
    if found != run.drill.commitment or key.commitment != run.drill.commitment:
        raise InputError(
            f"{file}: must be the truth that was sealed, of the commitment {run.drill.commitment[:12]}, "
            f"got one of {found[:12]}. It is the key of another drill, or it was changed."
        )


def _end(run: Run, *, give_up: bool) -> None:
    """Refuse a drill that is not over; note when it is given up."""
    if run.stage in (Stage.over, Stage.given_up, Stage.revealed):
        return
    if not give_up:
        advice = f"Go on with: smearbench drill resume {run.path}; or open the truth for good with --give-up."
        raise InputError(f"{run.path}: must be over before the truth is opened, got one that is {run.stage}. {advice}")
    file = os.open(run.path / GIVEN_UP_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    try:
        os.write(file, f"{round(time.time() * 1000)}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def _digest_calls(calls: Sequence[Alert]) -> str:
    return hashlib.sha256("".join(alert.to_line() for alert in calls).encode()).hexdigest()


def _refuse_other_calls(run: Run, digest: str) -> None:
    known = read_whole(run.path / REVEAL_FILE, "the reveal of a drill")
    if isinstance(known, dict) and known.get("calls_digest") != digest:
        raise InputError(
            f"{run.alerts_file}: must be the calls of the first reveal, got others. Give the same --alerts as then."
        )


def _open_world(run: Run, key: Key) -> Dataset:
    """Return the world with its truth, lived again unless it lies there from an earlier reveal."""
    path = run.path / WORLD_FOLDER
    is_new = not path.exists()
    if is_new:
        with SimulationProgress("the world, once more") as progress:
            simulate(load_text(key.scenario), key.seed, path, progress=progress)
    dataset = open_dataset(path, verify=True)
    if content_digest(path) != key.content:
        if is_new:
            shutil.rmtree(path, ignore_errors=True)
        raise InputError(f"{path}: must be the truth that was sealed, got another one.{_explain_other(key, is_new)}")
    return dataset


def _explain_other(key: Key, is_new: bool) -> str:
    if not is_new:
        return " It was changed: remove it, and reveal again."
    if digest_simulator() != key.simulator:
        return " This program makes other worlds than the one that sealed it: use that version."
    return ""
