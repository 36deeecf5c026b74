"""Seals a suite: worlds with secret seeds and dials, of which only observations and a commitment are handed out.

The commitment is SHA-256(nonce ‖ labels): 32 random bytes, then the labels of all worlds as
:func:`serialise_labels` writes them.

What it proves, once nonce, seeds and scenarios are revealed: that the labels were fixed when it was published,
and so before any answer that was made known in between. The observations are fixed by their digests in
``sealed.json``, and the reveal simulates every world again: it gives these observations and these labels, or it is
refused. Until then it tells nothing of the labels, as the nonce cannot be guessed.

What it does not prove: that the organiser drew seeds and dials by chance. Who seals could seal many times and keep
the suite that he likes, and knows the labels all along; his own answers prove nothing.

Seeds and dials must stay secret because the generator is open: who has both has the labels. A seed has 64 bits, and
the twins, from which the campaign is what is left over, stay secret too. How hard a seed is to find: an account id
is one Philox block of the seed alone, so that a try costs one block whatever the dials are. At 10 ns a block
(assumed) all seeds take 5,800 core-years, divided by the number of worlds for any one of them: nothing for a
computer or a small cluster, but thousands of graphics cards could do it. Where much hangs on it, seal anew often
and run the detectors yourself.
"""

import hashlib
import secrets
import shutil
from importlib.metadata import version
from pathlib import Path

import numpy as np

from benchmarks.scoring.labels import AccountLabels, PostLabels, label_accounts, label_posts, label_waves
from benchmarks.scoring.unfinished import publish, unfinished
from benchmarks.sealed.sealed_worlds import (
    OBSERVATIONS_FOLDER,
    SEALED_FILE,
    Files,
    Sealed,
    SealedWorld,
    Secret,
    SecretWorld,
    describe_secretly,
    digest_files,
    refuse_existing,
    refuse_inside,
    write_as_of,
    write_privately,
)
from benchmarks.sealed.secret_dials import draw_worlds
from benchmarks.suites.digests import digest_simulator
from benchmarks.suites.suite import Suite
from benchmarks.suites.workers import SuiteProgress, Task, Workers, run_tasks
from benchmarks.suites.world_cache import ensure_world
from simulator.dataset import Dataset
from simulator.errors import SmearbenchError
from simulator.origin import find_software_versions

LABELS_HEADER = b"smearbench labels 1\n"
_NONCE_BYTES = 32


def seal_suite(
    suite: Suite, folder: Path, out: Path, secret_file: Path, workers: Workers, *, force: bool = False
) -> Sealed:
    """Draw, simulate and seal the test worlds of a suite; both outputs appear whole, or neither.

    Parameters
    ----------
    suite : Suite
    folder : Path
        Where the suite's file lies.
    out : Path
        Folder to hand out: ``sealed.json`` and, a world, ``observations/`` up to the moment in ``world.json``.
    secret_file : Path
        File to keep, readable by its owner only.
    workers : Workers
    force : bool
        Whether an earlier sealed folder and its secret may be replaced.

    Raises
    ------
    InputError
        When the secret would lie in what is handed out, or a scenario is wrong.
    OutputError
        When an output exists, or cannot be written.
    """
    refuse_inside(secret_file, out, "--secret")
    refuse_existing(out, out / SEALED_FILE, Sealed, force=force)
    refuse_existing(secret_file, secret_file, Secret, force=force)
    worlds = draw_worlds(suite, folder)
    with unfinished(secret_file) as private, unfinished(out) as work:
        handed = work / "handed"
        handed.mkdir()
        found = _seal_worlds(suite.id, worlds, work, handed, workers)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        commitment = commit(nonce, join_labels([labels for _, labels in found]))
        files = {world.name: files for world, (files, _) in zip(worlds, found, strict=True)}
        sealed = _describe(suite, commitment, files)
        (handed / SEALED_FILE).write_text(sealed.to_json(), encoding="utf-8")
        secret = _describe_secret(suite, commitment, nonce, worlds)
        write_privately(private / "secret", secret.to_json())
        publish([(private / "secret", secret_file), (handed, out)])
    return sealed


def _seal_worlds(
    title: str, worlds: list[SecretWorld], work: Path, handed: Path, workers: Workers
) -> list[tuple[Files, bytes]]:
    tasks = [Task(f"seal {world}", _seal_world, (world, work / "cache", handed / world.name)) for world in worlds]
    with workers.open(), SuiteProgress(title, work / "board") as display:
        display.enter("sealing")
        return run_tasks(tasks, workers, display)


def _seal_world(world: SecretWorld, cache: Path, target: Path) -> tuple[Files, bytes]:
    """Simulate a world, keep what is handed out of it, and return the digests of that and the labels."""
    try:
        found = ensure_world(world, cache)
    except SmearbenchError as error:
        raise SmearbenchError(f"{world}, of {world.cell.name}: {error}") from error
    target.mkdir()
    found.shown.rename(target / OBSERVATIONS_FOLDER)
    write_as_of(target, found.until_ms)
    labels = serialise_labels(world.name, found.dataset, found.until_ms)
    shutil.rmtree(found.home)
    return digest_files(target), labels


def _describe(suite: Suite, commitment: str, files: dict[str, Files]) -> Sealed:
    return Sealed(
        smearbench=version("smearbench"),
        suite=suite.id,
        tracks=suite.tracks,
        budget_per_10000=suite.budget_per_10000,
        alert_budgets_per_day=suite.alert_budgets_per_day,
        cooldown_hours=suite.cooldown_hours,
        commitment=commitment,
        worlds=tuple(SealedWorld(name=name, files=digests) for name, digests in files.items()),
    )


def _describe_secret(suite: Suite, commitment: str, nonce: bytes, worlds: list[SecretWorld]) -> Secret:
    return Secret(
        software=find_software_versions(),
        simulator=digest_simulator(),
        commitment=commitment,
        nonce=nonce.hex(),
        suite=suite,
        worlds=tuple(describe_secretly(world) for world in worlds),
    )


def serialise_labels(name: str, dataset: Dataset, until_ms: int) -> bytes:
    r"""Return the labels of a world as of a moment, as canonical bytes.

    ASCII, each line ended by ``\n``, numbers in decimal, rows of numbers separated by one space:

    1. ``world NAME``
    2. ``accounts N``, then N lines ``account_id positive silent squad operator``, ascending by account id.
       positive and silent are 0 or 1; squad and operator are numbered from 0 in the order of their names, -1 for
       accounts that are not positive (:class:`benchmarks.scoring.labels.AccountLabels`).
    3. ``posts N``, then N lines ``post_id``: the posts that a push commanded, ascending.
    4. ``waves N``, then N lines ``start end``, ms since the epoch, UTC, ascending, cut at the moment.

    Parameters
    ----------
    name : str
    dataset : Dataset
    until_ms : int
        ms since the epoch, UTC.
    """
    waves = label_waves(dataset, until_ms)
    parts = {
        "accounts": _list_accounts(label_accounts(dataset, until_ms)),
        "posts": _list_pushed(label_posts(dataset, until_ms)),
        "waves": np.column_stack([waves.wave_start_ms, waves.wave_end_ms]),
    }
    lines = [f"world {name}"]
    for kind, rows in parts.items():
        lines += [f"{kind} {len(rows)}", *(" ".join(map(str, row)) for row in rows.astype(np.int64).tolist())]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _list_accounts(labels: AccountLabels) -> np.ndarray:
    return np.column_stack([labels.ids, labels.is_positive, labels.is_silent, labels.squad, labels.operator])


def _list_pushed(labels: PostLabels) -> np.ndarray:
    return labels.ids[labels.is_positive].reshape(-1, 1)


def join_labels(worlds: list[bytes]) -> bytes:
    """Return the labels of all worlds, in their order, after the line ``smearbench labels 1``."""
    return LABELS_HEADER + b"".join(worlds)


def commit(nonce: bytes, labels: bytes) -> str:
    """Return the commitment to labels, in hexadecimal.

    Examples
    --------
    >>> commit(bytes(32), b"labels") == hashlib.sha256(bytes(32) + b"labels").hexdigest()
    True
    """
    return hashlib.sha256(nonce + labels).hexdigest()
