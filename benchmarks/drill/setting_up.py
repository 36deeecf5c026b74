"""Sets a drill up: a world of secret seed is lived, its observations are kept, its truth is not.

The commitment is SHA-256(nonce ‖ what :func:`describe_truth` returns): it fixes seed, scenario and the content of
all tables, the truth among them, before anything is played. The truth itself is thrown away; the key has the seed
and the scenario, from which the reveal lives the same world again. So the folder of a drill holds nothing that could
be read too early, and a key that was changed does not fit.
"""

import fcntl
import hashlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.blind.blind_folder import lay_out
from benchmarks.detector import OBSERVATIONS
from benchmarks.drill.drill_folder import DRILL_FILE, Drill, Key, Played, Run, refuse_existing
from benchmarks.scoring.unfinished import publish
from benchmarks.sealed.sealed_worlds import OBSERVATIONS_FOLDER, digest_files, write_privately
from benchmarks.sealed.sealing import commit
from benchmarks.suites.digests import digest_simulator
from simulator.dataset import Dataset, content_digest, open_dataset
from simulator.dataset.checks import is_file_of
from simulator.dataset.folder import explain
from simulator.origin import find_software_versions
from simulator.progress import SimulationProgress
from simulator.scenario import Scenario, scenario_yaml
from simulator.simulation import simulate

_HEADER = b"smearbench drill 1\n"
_NONCE_BYTES = 32
SEED_BITS = 64


def set_up(scenario: Scenario, played: Played, out: Path, key_file: Path, seed: int | None = None) -> Run:
    """Live a world, keep what a platform would show of it, seal the rest; both outputs appear whole, or neither.

    Parameters
    ----------
    scenario : Scenario
    played : Played
        Where it will be played to.
    out : Path
        Folder of the drill.
    key_file : Path
        Readable by its owner only.
    seed : int, optional
        Left out, 64 bits from the system's source of entropy, shown to nobody.

    Raises
    ------
    InputError, OutputError
        When an output exists or cannot be written.
    """
    refuse_existing(out, key_file)
    secret_seed = secrets.randbits(SEED_BITS) if seed is None else seed
    try:
        with _secret_folder(out) as work:
            with SimulationProgress("a world of which nothing is told") as progress:
                simulate(scenario, secret_seed, work / "world", progress=progress)
            dataset = open_dataset(work / "world")
            key = _make_key(dataset, secret_seed, scenario)
            drill = _keep_observations(dataset, key, played, work / "run")
            key_file.parent.mkdir(parents=True, exist_ok=True)
            write_privately(work / "key", key.to_json())
            _move_beside(work / "key", key_file)
            try:
                publish([(work / "run", out)])
            except BaseException:
                key_file.unlink()
                raise
    except OSError as error:
        raise explain(error, out) from error
    return Run(out, drill)


def _make_key(dataset: Dataset, seed: int, scenario: Scenario) -> Key:
    nonce, text, content = secrets.token_bytes(_NONCE_BYTES), scenario_yaml(scenario), content_digest(dataset.path)
    return Key(
        software=find_software_versions(),
        simulator=digest_simulator(),
        commitment=commit(nonce, describe_truth(seed, text, content)),
        nonce=nonce.hex(),
        seed=seed,
        scenario=text,
        content=content,
    )


def describe_truth(seed: int, scenario_text: str, content: str) -> bytes:
    """Return what the commitment is made of.

    Parameters
    ----------
    seed : int
    scenario_text : str
        The resolved scenario as YAML.
    content : str
        Digest of the Arrow content of all tables of the world, see :func:`simulator.dataset.content_digest`.
    """
    scenario = hashlib.sha256(scenario_text.encode()).hexdigest()
    return _HEADER + f"seed {seed}\nscenario {scenario}\ncontent {content}\n".encode("ascii")


def _keep_observations(dataset: Dataset, key: Key, played: Played, run: Path) -> Drill:
    moments = dataset.manifest.moments
    folder = run / OBSERVATIONS_FOLDER
    folder.mkdir(parents=True)
    lay_out(dataset, folder, moments.evaluate_until_ms)
    drill = Drill(
        smearbench=version("smearbench"),
        commitment=key.commitment,
        start_ms=moments.start_ms,
        until_ms=moments.evaluate_until_ms,
        launch_ms=moments.launch_ms,
        rows=_count_rows(folder),
        files=digest_files(folder),
        played=played,
    )
    (run / DRILL_FILE).write_text(drill.to_json(), encoding="utf-8")
    return drill


def _count_rows(folder: Path) -> dict[str, int]:
    files = list(folder.rglob("*.parquet"))
    counts = dict.fromkeys(OBSERVATIONS, 0)
    for name, table in OBSERVATIONS.items():
        mine = [path for path in files if is_file_of(table, f"{OBSERVATIONS_FOLDER}/{path.relative_to(folder)}")]
        counts[name] = sum(pq.read_metadata(path).num_rows for path in mine)
    return counts


def _move_beside(file: Path, target: Path) -> None:
    """Move the key to its place, which may be on another disk; it is whole there or absent."""
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}")
    try:
        write_privately(partial, file.read_text(encoding="utf-8"))
        os.link(partial, target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def _secret_folder(out: Path) -> Iterator[Path]:
    """Give a folder beside an output that nobody else may enter; what a killed set-up left is removed first."""
    out.parent.mkdir(parents=True, exist_ok=True)
    prefix = f".{out.name}.secret-"
    for left in out.parent.glob(f"{prefix}*"):
        if _is_left_over(left):
            shutil.rmtree(left, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=prefix, dir=out.parent.resolve()))
    file = os.open(work, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(file)


def _is_left_over(folder: Path) -> bool:
    """Whether the program that made a secret folder is gone."""
    try:
        file = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return True
