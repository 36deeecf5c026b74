"""Reveals a sealed suite: proves worlds and labels from the secret, and scores the answers that were given before."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.blind.answers import Answer, open_answer
from benchmarks.blind.protocol import View, read_shown_ids
from benchmarks.detector import OBSERVATIONS, Observations
from benchmarks.orders import ORACLE
from benchmarks.scoring.unfinished import unfinished
from benchmarks.sealed.sealed_answers import ANSWERS_FILE, Answers, DetectorEntry, open_answers
from benchmarks.sealed.sealed_worlds import (
    OBSERVATIONS_FOLDER,
    Files,
    Sealed,
    Secret,
    SecretWorld,
    digest_file,
    digest_files,
    open_sealed,
    read_secret,
    refuse_inside,
    view_world,
)
from benchmarks.sealed.sealing import commit, join_labels, serialise_labels
from benchmarks.suites.digests import digest_of, digest_simulator
from benchmarks.suites.suite import Suite
from benchmarks.suites.suite_curves import average_points
from benchmarks.suites.suite_results import check_results_folder, write_results
from benchmarks.suites.suite_rows import Judged, JudgedWorld, Measured, Row, measure_world
from benchmarks.suites.suite_run import SuiteResults
from benchmarks.suites.workers import SuiteProgress, Task, Workers, run_tasks
from benchmarks.suites.world_cache import ensure_world
from simulator.dataset import content_digest
from simulator.errors import InputError
from simulator.origin import find_software_versions

REVEALED_FOLDER, LABELS_FILE, SECRET_FILE = "revealed", "labels.txt", "secret.json"


@dataclass(frozen=True, slots=True)
class Revealed:
    """What a reveal found; `answers_digest` is the SHA-256 of the answers' manifest, empty without answers."""

    commitment: str
    n_worlds: int
    answers_digest: str
    rows: list[Row]


def name_results(suite: str) -> str:
    """Return what the results of a sealed suite are called, apart from those on its public worlds."""
    return f"{suite}_sealed"


def reveal(folder: Path, secret_file: Path, answers_folder: Path | None, out: Path, workers: Workers) -> Revealed:
    """Prove a sealed folder from its secret and write its labels and the scores of answers.

    Alerts are judged without the twins, which no detector was shown.

    Parameters
    ----------
    folder : Path
        What ``suite seal`` wrote.
    secret_file : Path
    answers_folder : Path or None
        What ``suite answer`` wrote; without it there are only labels and the oracle.
    out : Path
        Folder of results, as of :func:`benchmarks.suites.suite_results.write_results`, with ``revealed/`` in it: the
        labels, byte for byte what the commitment was made of, and the secret.
    workers : Workers

    Raises
    ------
    InputError
        When folder, secret or answers were changed, or do not belong together.
    OutputError
        When the folder of results holds anything else.
    """
    secret, sealed = read_secret(secret_file), open_sealed(folder)
    _match(secret, sealed, secret_file)
    refuse_inside(out, folder, "--out")
    suite = secret.suite.model_copy(update={"id": name_results(secret.suite.id)})
    check_results_folder(out, suite.id)
    answers = open_answers(answers_folder, folder) if answers_folder else None
    with unfinished(out) as work:
        revealing = _Revealing(folder, sealed, secret, suite, answers_folder, answers, work)
        found = revealing.run(workers)
        labels = join_labels([labels for labels, _ in found])
        prove_commitment(secret.nonce, labels, sealed.commitment)
        rows = write_results(out, revealing.gather([measured for _, measured in found]), revealing.stamp())
        _write_revealed(work / REVEALED_FOLDER, out / REVEALED_FOLDER, labels, secret_file)
    digest = digest_file(answers_folder / ANSWERS_FILE) if answers_folder else ""
    return Revealed(sealed.commitment, len(sealed.worlds), digest, rows)


def _match(secret: Secret, sealed: Sealed, file: Path) -> None:
    if secret.commitment != sealed.commitment:
        got = f"that of {secret.commitment[:12]}"
        raise InputError(f"{file}: must be the secret of the commitment {sealed.commitment[:12]}, got {got}.")
    names = [[world.name for world in worlds] for worlds in (secret.worlds, sealed.worlds)]
    if names[0] != names[1]:
        raise InputError(f"{file}: must be of the {len(names[1])} worlds that were sealed, got {len(names[0])} others.")


def prove_commitment(nonce: str, labels: bytes, commitment: str) -> None:
    """Refuse labels that are not those that a commitment was made of.

    Parameters
    ----------
    nonce : str
        In hexadecimal.
    labels : bytes
        Of all worlds, as :func:`benchmarks.sealed.sealing.serialise_labels` writes them.
    commitment : str
        In hexadecimal.

    Raises
    ------
    InputError
    """
    found = commit(bytes.fromhex(nonce), labels)
    if found != commitment:
        rule = f"nonce and labels must have the commitment {commitment}"
        raise InputError(f"{rule}, got {found}. The secret, or the commitment, is not the one of the sealing.")


def _write_revealed(partial: Path, target: Path, labels: bytes, secret_file: Path) -> None:
    partial.mkdir()
    (partial / LABELS_FILE).write_bytes(labels)
    (partial / SECRET_FILE).write_bytes(secret_file.read_bytes())
    shutil.rmtree(target, ignore_errors=True)
    partial.rename(target)


@dataclass
class _Revealing:
    """One reveal, in a working folder that is removed after."""

    folder: Path
    sealed: Sealed
    secret: Secret
    suite: Suite
    answers_folder: Path | None
    answers: Answers | None
    work: Path
    costs: list[Row] = field(default_factory=list)

    def run(self, workers: Workers) -> list[tuple[bytes, Measured]]:
        """Return the labels of each world, proved to be of what was sealed, and what answers to it are worth."""
        tasks = []
        for entry, handed in zip(self.secret.worlds, self.sealed.worlds, strict=True):
            world, judged = entry.to_world(), self._judge(entry.name)
            arguments = (world, self.folder, handed.files, self.suite, judged, self.work / "cache", self._origin())
            tasks.append(Task(f"reveal {world}", _reveal_world, arguments))
        with workers.open(), SuiteProgress(self.suite.id, self.work / "board") as display:
            display.enter("revealing")
            found: list[tuple[bytes, Measured]] = run_tasks(tasks, workers, display)
        return found

    def _origin(self) -> str:
        """Return what to say when a world comes out different."""
        if self.secret.simulator == digest_simulator():
            return "The secret is not the one of the sealing."
        then, now = self.secret.software, find_software_versions()
        changed = [f"{name} {then[name]}, here {now.get(name)}" for name in then if then[name] != now.get(name)]
        return f"It was sealed with another version ({'; '.join(changed) or 'other sources'}): reveal it with that one."

    def _judge(self, world: str) -> tuple[Judged, ...]:
        judged = []
        for detector in self.answers.detectors if self.answers else ():
            answer = self._open(detector, world)
            thresholds: dict[tuple[str, float], float | None] = {}
            for found in detector.thresholds:
                thresholds[found.track, found.budget] = found.value
            judged.append(Judged(detector.asked, answer, None, thresholds))
        return tuple(judged)

    def _open(self, detector: DetectorEntry, world: str) -> Answer:
        assert self.answers_folder is not None
        if world not in detector.answers:
            raise InputError(
                f"{self.answers_folder}: must answer every world, got none of {detector.asked} to {world}."
            )
        answer = open_answer(self.answers_folder / detector.folder / world)
        _check_ids(answer, view_world(self.folder, world), f"{detector.asked} on {world}")
        cost = {"detector": detector.asked, "world": world, "work": "score", "status": answer.status}
        self.costs.append(cost | answer.cost)
        return answer

    def gather(self, measured: Sequence[Measured]) -> SuiteResults:
        """Return the results; blind are all that `suite answer` had from detectors, and nothing else."""
        rows = [
            row | {"blind": row["detector"] != ORACLE}
            for world in measured
            for row in world.rows
            if row["track"] in self.suite.tracks or row["status"] != "ok"
        ]
        return SuiteResults(rows, average_points(measured), self.costs)

    def stamp(self) -> dict[str, Any]:
        """Return what the results were made from."""
        suite, answers = self.suite, self.answers
        digest = digest_file(self.answers_folder / ANSWERS_FILE) if self.answers_folder else ""
        kept = ("reference", "command", "level", "parameters", "digest")
        return {
            "suite": suite.id,
            "command": "smearbench suite reveal",
            "summary": suite.summary,
            "synthetic": True,
            "smearbench": version("smearbench"),
            "software": self.secret.software,
            "definition": digest_of(self.secret.suite.model_dump(mode="json")),
            "accounts": suite.accounts,
            "days": suite.days,
            "prevalence": suite.prevalence,
            "reference": suite.reference,
            "worlds": len(self.sealed.worlds),
            "commitment": self.sealed.commitment,
            "answers": digest,
            "detectors": {d.asked: d.model_dump(include=set(kept)) for d in (answers.detectors if answers else ())},
        }


def _check_ids(answer: Answer, view: View, what: str) -> None:
    if (
        answer.is_good
        and answer.level != "alert"
        and not np.array_equal(answer.ids, read_shown_ids(view, answer.level))
    ):
        raise InputError(f"{what}: must answer about what was shown, in its order, got other ids.")


def _reveal_world(
    world: SecretWorld,
    folder: Path,
    files: Files,
    suite: Suite,
    judged: tuple[Judged, ...],
    cache: Path,
    origin: str,
) -> tuple[bytes, Measured]:
    """Simulate a world again, prove that it is the sealed one, and measure the answers to it."""
    found = ensure_world(world, cache)
    prove_observations(world.name, view_world(folder, world.name), found.view, files, origin)
    content = content_digest(found.dataset.path)
    measured = measure_world(JudgedWorld(suite, world, content, judged, with_oracle=True), cache)
    labels = serialise_labels(world.name, found.dataset, found.until_ms)
    shutil.rmtree(found.home)
    return labels, measured


def prove_observations(name: str, sealed: View, again: View, files: Files, origin: str) -> None:
    """Refuse a world that does not come out as it was sealed; equal rows will do where files are not.

    Parameters
    ----------
    name : str
    sealed, again : View
        What was handed out, and what the secret gives.
    files : dict
        SHA-256 of the sealed files.
    origin : str
        What to say of the difference.

    Raises
    ------
    InputError
        Naming the first table that differs.
    """
    prefix = f"{OBSERVATIONS_FOLDER}/"
    shown = {path.removeprefix(prefix): digest for path, digest in files.items() if path.startswith(prefix)}
    different = _find_difference(sealed, again) if digest_files(again.folder) != shown else None
    if sealed.as_of_ms != again.as_of_ms:
        different = "moment"
    if different:
        raise InputError(f"{name}: observations must be those that the secret gives, got another {different}. {origin}")


def _find_difference(sealed: View, again: View) -> str | None:
    """Return the first thing in which two folders of observations differ, whatever their files look like."""
    one, other = (Observations(view.folder, view.as_of_ms) for view in (sealed, again))
    if json.dumps(one.context) != json.dumps(other.context):
        return "context"
    tables = (name for name in OBSERVATIONS if not _decode(one.table(name)).equals(_decode(other.table(name))))
    return next(tables, None)


def _decode(table: pa.Table) -> pa.Table:
    """Return a table with plain columns for those of dictionaries."""
    fields = [f.with_type(f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))
