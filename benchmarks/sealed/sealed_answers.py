"""Answers of detectors to sealed worlds, each from a process of its own, with a manifest that the reveal checks.

The manifest ties answers to one sealed folder and shows any later change of them. It is not signed: who holds the
sealed worlds can write one by hand. An organiser who wants to be sure runs the detectors himself; an entrant who
wants to be believed publishes the digest of the manifest before the reveal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from benchmarks.blind.answers import Answer, open_answer, save_answer
from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import DetectorFailure, View, fit_blind, score_blind
from benchmarks.orders import ORACLE, Limits, Order
from benchmarks.scoring.calibration import calibrate_alarm, calibrate_ranking
from benchmarks.scoring.labels import label_accounts, label_posts, label_waves, write_training_labels
from benchmarks.scoring.unfinished import publish, unfinished
from benchmarks.sealed.sealed_worlds import (
    SEALED_FILE,
    Entry,
    Files,
    Hex,
    Sealed,
    WorldName,
    check_files,
    digest_file,
    digest_files,
    open_sealed,
    read_entry,
    refuse_existing,
    refuse_inside,
    view_world,
)
from benchmarks.suites.digests import digest_detector
from benchmarks.suites.suite_tasks import describe_detector
from benchmarks.suites.workers import SuiteProgress, Task, Workers, run_tasks
from simulator.dataset import Dataset, content_digest
from simulator.errors import InputError

ANSWERS_FILE = "answers.json"
ANSWERS_FORMAT: Final = "smearbench sealed answers"
_HOUR_MS = 3_600_000


class ThresholdEntry(Entry):
    """A threshold from the calibration worlds; None where they gave none."""

    track: Literal["account", "post", "alert"]
    budget: float
    value: float | None


class DetectorEntry(Entry):
    """A detector, what it learnt from, and the SHA-256 of each file of its answers, by world."""

    folder: Annotated[str, Field(pattern=r"^detector-[0-9]{2,4}$")]
    asked: str
    reference: str
    command: str
    level: str
    parameters: dict[str, Any]
    digest: str
    thresholds: tuple[ThresholdEntry, ...]
    answers: dict[WorldName, Files]


class Answers(Entry):
    """The content of ``answers.json``; `sealed` is the SHA-256 of the ``sealed.json`` that was answered."""

    format: Literal["smearbench sealed answers"] = ANSWERS_FORMAT
    version: Literal[1] = 1
    synthetic: Literal[True] = True
    blind: Literal[True] = True
    smearbench: str
    commitment: Hex
    sealed: Hex
    trained_on: tuple[Hex, ...]
    calibrated_on: tuple[Hex, ...]
    detectors: tuple[DetectorEntry, ...]


@dataclass(frozen=True, slots=True)
class Learning:
    """The public labelled worlds that detectors learn from, and on which their thresholds are chosen."""

    train: Sequence[Dataset] = ()
    calibrate: Sequence[Dataset] = ()


def answer_sealed(
    folder: Path,
    orders: Sequence[Order],
    out: Path,
    workers: Workers,
    *,
    learning: Learning | None = None,
    limits: Limits | None = None,
    force: bool = False,
) -> Answers:
    """Let detectors answer about every world of a sealed folder, and write that as a whole.

    Detectors that fail answer too: their status says how.

    Parameters
    ----------
    folder : Path
        What ``suite seal`` wrote.
    orders : sequence of Order
    out : Path
        Folder to write.
    workers : Workers
    learning : Learning, optional
    limits : Limits, optional
    force : bool
        Whether earlier answers there may be replaced.

    Raises
    ------
    InputError
        When the folder is not as it was sealed, `out` lies in it, or the oracle is asked.
    OutputError
        When the output exists or cannot be written.
    """
    if any(order.asked == ORACLE for order in orders):
        raise InputError(f"--detector: must answer blind, got {ORACLE!r}. The reveal adds it.")
    refuse_inside(out, folder, "--out")
    refuse_existing(out, out / ANSWERS_FILE, Answers, force=force)
    sealed = open_sealed(folder)
    with unfinished(out) as work, workers.open(), SuiteProgress(sealed.suite, work / "board") as display:
        answering = _Answering(folder, sealed, orders, learning or Learning(), limits or Limits(), work)
        found = answering.run(workers, display)
        (answering.target / ANSWERS_FILE).write_text(found.to_json(), encoding="utf-8")
        publish([(answering.target, out)])
    return found


def open_answers(folder: Path, sealed_folder: Path) -> Answers:
    """Return the manifest of answers to a sealed folder, every file verified.

    Raises
    ------
    InputError
        When it is none, belongs to another sealed folder, or an answer is missing or changed.
    """
    what = f"the {ANSWERS_FILE} of a folder that `suite answer` wrote"
    found = read_entry(folder / ANSWERS_FILE, Answers, what)
    digest = digest_file(sealed_folder / SEALED_FILE)
    if found.sealed != digest:
        got = f"answers to another one (SHA-256 {found.sealed[:12]})"
        raise InputError(f"{folder}: must answer {sealed_folder} (SHA-256 {digest[:12]}), got {got}.")
    for detector in found.detectors:
        for world, files in detector.answers.items():
            check_files(folder / detector.folder / world, files)
    return found


@dataclass(frozen=True, slots=True)
class _Learnt:
    """A detector ready to answer, or why it is not."""

    name: str
    level: str
    status: str
    message: str
    fitted: Path | None


@dataclass
class _Answering:
    """One run of detectors over a sealed folder, in a working folder that is removed after."""

    folder: Path
    sealed: Sealed
    orders: Sequence[Order]
    learning: Learning
    limits: Limits
    work: Path

    @property
    def target(self) -> Path:
        """The answers' folder, unfinished."""
        return self.work / "answers"

    def run(self, workers: Workers, display: SuiteProgress) -> Answers:
        """Learn, answer, calibrate, and describe all that."""
        display.enter("learning")
        training = [self._show_labelled(dataset, place) for place, dataset in enumerate(self.learning.train)]
        tasks = [
            Task(
                f"{order.label} learns",
                _learn,
                (order, training, self.work, self.work / f"fitted-{place}", self.limits),
            )
            for place, order in enumerate(self.orders)
        ]
        learnt = run_tasks(tasks, workers, display)
        display.enter("answers")
        run_tasks(self._list_answers(learnt), workers, display)
        return self._describe(learnt)

    def _list_answers(self, learnt: list[_Learnt]) -> list[Task]:
        views = {world.name: view_world(self.folder, world.name) for world in self.sealed.worlds}
        known = {f"known-{n}": self._show(dataset, f"known-{n}") for n, dataset in enumerate(self.learning.calibrate)}
        return [
            Task(f"{order.label} on {name}", _answer, (order, view, found, self._place(place, name), self.limits))
            for place, (order, found) in enumerate(zip(self.orders, learnt, strict=True))
            for name, view in (views | known).items()
        ]

    def _place(self, place: int, world: str) -> Path:
        root = self.work if world.startswith("known-") else self.target
        return root / _name_folder(place) / world

    def _show(self, dataset: Dataset, name: str) -> View:
        until_ms = dataset.manifest.moments.evaluate_until_ms
        folder = self.work / "shown" / name
        folder.mkdir(parents=True)
        lay_out(dataset, folder, until_ms)
        return View(folder, until_ms)

    def _show_labelled(self, dataset: Dataset, place: int) -> tuple[View, Path]:
        view, labels = self._show(dataset, f"training-{place}"), self.work / "labels" / str(place)
        labels.mkdir(parents=True)
        write_training_labels(dataset, view.as_of_ms, labels)
        return view, labels

    def _describe(self, learnt: list[_Learnt]) -> Answers:
        return Answers(
            smearbench=version("smearbench"),
            commitment=self.sealed.commitment,
            sealed=digest_file(self.folder / SEALED_FILE),
            trained_on=tuple(content_digest(dataset.path) for dataset in self.learning.train),
            calibrated_on=tuple(content_digest(dataset.path) for dataset in self.learning.calibrate),
            detectors=tuple(self._describe_detector(place, found) for place, found in enumerate(learnt)),
        )

    def _describe_detector(self, place: int, learnt: _Learnt) -> DetectorEntry:
        order, names = self.orders[place], [world.name for world in self.sealed.worlds]
        return DetectorEntry(
            folder=_name_folder(place),
            asked=order.asked,
            **order.to_json() | {"level": learnt.level},
            digest=digest_detector(order),
            thresholds=tuple(self._calibrate(place, learnt)),
            answers={name: digest_files(self._place(place, name)) for name in names},
        )

    def _calibrate(self, place: int, learnt: _Learnt) -> list[ThresholdEntry]:
        datasets = self.learning.calibrate
        answers = [open_answer(self._place(place, f"known-{n}")) for n in range(len(datasets))]
        if learnt.level == "alert":
            return [self._calibrate_alarm(answers, budget) for budget in self.sealed.alert_budgets_per_day]
        track: Literal["account", "post"] = "post" if learnt.level == "post" else "account"
        label: Any = label_posts if track == "post" else label_accounts
        pairs = [(answer, label(d, _until(d))) for answer, d in zip(answers, datasets, strict=True)]
        budget = self.sealed.budget_per_10000
        return [ThresholdEntry(track=track, budget=budget, value=calibrate_ranking(pairs, budget))]

    def _calibrate_alarm(self, answers: list[Answer], budget: float) -> ThresholdEntry:
        cooldown_ms = round(self.sealed.cooldown_hours * _HOUR_MS)
        known = zip(answers, self.learning.calibrate, strict=True)
        triples = [(answer, None, label_waves(dataset, _until(dataset))) for answer, dataset in known]
        return ThresholdEntry(track="alert", budget=budget, value=calibrate_alarm(triples, budget, cooldown_ms))


def _until(dataset: Dataset) -> int:
    return dataset.manifest.moments.evaluate_until_ms


def _name_folder(place: int) -> str:
    return f"detector-{place:02d}"


def _learn(order: Order, training: list[tuple[View, Path]], work: Path, fitted: Path, limits: Limits) -> _Learnt:
    found = describe_detector(order, work, limits)
    name, level = found.name, found.level or "account"
    if found.status != "ok" or not found.has_fit or not training:
        return _Learnt(name, level, found.status, found.message, None)
    try:
        fit_blind(order, training, fitted, limits)
    except DetectorFailure as failure:
        return _Learnt(name, level, failure.status, str(failure), None)
    return _Learnt(name, level, "ok", "", fitted)


def _answer(order: Order, view: View, learnt: _Learnt, folder: Path, limits: Limits) -> None:
    """Write a detector's answer about a world into a folder of its own."""
    if learnt.status == "ok":
        answer = score_blind(order, view, limits, fitted=learnt.fitted)
    else:
        answer = Answer(learnt.name, learnt.level, learnt.status, learnt.message)
    folder.mkdir(parents=True)
    save_answer(answer, folder)
