"""The score of detectors on datasets: blind answers against labels, overall and by role, tactic, squad and more."""

import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.blind.answers import Answer
from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import DetectorFailure, View, describe_blind, fit_blind, score_blind
from benchmarks.orders import ORACLE, Limits, Order
from benchmarks.scoring.calibration import calibrate_alarm, calibrate_ranking, is_too_fine
from benchmarks.scoring.labels import label_accounts, label_posts, label_waves, write_training_labels
from benchmarks.scoring.lived_scenario import read_scenario
from benchmarks.scoring.measure import (
    Figures,
    Threshold,
    choose_threshold,
    describe_alarms,
    make_oracle,
    measure_alarms,
    measure_grouping,
    measure_ranking,
)
from simulator.dataset import Dataset, open_dataset
from simulator.dataset.context import to_iso
from simulator.errors import DatasetError
from simulator.origin import find_software_versions

FORMAT = "smearbench metrics"
VERSION = 2
DEFAULT_DETECTORS = ("near_duplicate", "chance")
COOLDOWN_MS = 6 * 3_600_000
ACCUSATION_BUDGET = 10.0
ALERT_BUDGETS = (1.0, 0.25)

Say = Callable[[str], None]


@dataclass
class _World:
    """A dataset, what detectors are shown of it, and its labels, each read when first asked for."""

    dataset: Dataset
    view: View
    twin: View | None = None
    _labels: dict[str, Any] = field(default_factory=dict)

    @property
    def until_ms(self) -> int:
        return self.view.as_of_ms

    def labels(self, track: str) -> Any:
        """Return the truth of a track: of accounts, of posts, or the waves."""
        track = "account" if track == "group" else track
        if track not in self._labels:
            if track == "alert":
                self._labels[track] = label_waves(self.dataset, self.until_ms)
            else:
                label = label_posts if track == "post" else label_accounts
                self._labels[track] = label(self.dataset, self.until_ms, find_evasion(self.dataset))
        return self._labels[track]


# Answers to validation worlds and to their twins.
Validation = list[tuple[Answer, Answer | None, _World]]


@dataclass(frozen=True, slots=True)
class Scored:
    """Answers of detectors about a dataset, with the thresholds that judge them."""

    dataset: Dataset
    answers: tuple[tuple[Answer, Threshold | None], ...]


def score_datasets(
    datasets: Sequence[Dataset],
    orders: Sequence[Order],
    *,
    calibrate: Sequence[Dataset] = (),
    train: Sequence[Dataset] = (),
    limits: Limits | None = None,
    debug: bool = False,
    say: Say = lambda line: None,
) -> tuple[dict[str, Any], list[Scored]]:
    """Score detectors on datasets, each as of its `evaluate_until`.

    Parameters
    ----------
    datasets : sequence of Dataset
    orders : sequence of Order
    calibrate : sequence of Dataset
        Validation worlds that thresholds are chosen on; never among `datasets`.
    train : sequence of Dataset
        Labelled worlds for detectors that learn.
    limits : Limits, optional
    debug : bool
        Whether a failing detector's traceback is kept.
    say : callable
        Told what runs.

    Returns
    -------
    dict
        The content of ``metrics.json``. Figures that are not defined, as all without positives, are None. A
        detector that fails has a `status` other than 'ok', a `message` and no figures.
    list of Scored
        The answers, for ``scores.parquet``.
    """
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="smearbench-score-")))
        scoring = _Scoring(home, limits or Limits(), debug, say)
        scored = [scoring.show(dataset, f"test-{place}", twins=True) for place, dataset in enumerate(datasets)]
        scoring.validation = [
            scoring.show(dataset, f"validation-{n}", twins=True) for n, dataset in enumerate(calibrate)
        ]
        scoring.training = [scoring.show_labelled(dataset, f"training-{n}") for n, dataset in enumerate(train)]
        judged = [scoring.run(order, scored) for order in orders]
    worlds = []
    for place, world in enumerate(scored):
        detectors = [figures[place] for figures, _ in judged]
        worlds.append(_describe_world(world) | {"detectors": detectors})
    answers = [Scored(world.dataset, tuple(pairs[place] for _, pairs in judged)) for place, world in enumerate(scored)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "software": find_software_versions(),
        "worlds": worlds,
    }, answers


def find_evasion(dataset: Dataset) -> dict[str, str]:
    """Return the evasion level of every squad, as operator.squad; empty when the scenario is not readable here."""
    scenario = read_scenario(dataset)
    if scenario is None:
        return {}
    return {
        f"{operator}.{squad}": settings.evasion.value
        for operator, plan in scenario.operators.items()
        for squad, settings in plan.squads.items()
    }


def find_twin(dataset: Dataset) -> Dataset | None:
    """Return the twin that lies beside a dataset as NAME-twin, if it is of the same world."""
    path = dataset.path.with_name(f"{dataset.path.name}-twin")
    if not path.is_dir() or dataset.is_twin:
        return None
    try:
        twin = open_dataset(path)
    except DatasetError:
        return None
    same = (dataset.manifest.scenario.digest, dataset.seed) == (twin.manifest.scenario.digest, twin.seed)
    return twin if twin.is_twin and same else None


def _describe_world(world: _World) -> dict[str, Any]:
    manifest, labels = world.dataset.manifest, world.labels("account")
    n_positive, n_silent = int(labels.is_positive.sum()), int(labels.is_silent.sum())
    n_scored = len(labels.ids) - n_silent
    return {
        "dataset": {
            "scenario": manifest.scenario.id,
            "digest": manifest.scenario.digest,
            "seed": manifest.seed,
            "variant": manifest.variant,
            "evaluate_until": to_iso(world.until_ms),
            "software": manifest.software,
            "twin_at_hand": world.twin is not None,
        },
        "accounts": {
            "scored": n_scored,
            "positives": n_positive,
            "negatives": n_scored - n_positive,
            "silent_operated": n_silent,
            "prevalence": round(n_positive / n_scored, 6) if n_scored else 0.0,
        },
        "squads": find_evasion(world.dataset),
    }


@dataclass
class _Scoring:
    """Runs detectors, one after the other, over the worlds of one call."""

    home: Path
    limits: Limits
    debug: bool
    say: Say
    validation: list[_World] = field(default_factory=list)
    training: list[tuple[View, Path]] = field(default_factory=list)

    def show(self, dataset: Dataset, name: str, *, twins: bool = False) -> _World:
        """Lay out what detectors are shown of a dataset, and of its twin."""
        until_ms = dataset.manifest.moments.evaluate_until_ms
        twin = find_twin(dataset) if twins else None
        shown_twin = self._lay_out(twin, f"{name}-twin", until_ms) if twin else None
        return _World(dataset, self._lay_out(dataset, name, until_ms), shown_twin)

    def _lay_out(self, dataset: Dataset, name: str, until_ms: int) -> View:
        folder = self.home / name
        folder.mkdir()
        lay_out(dataset, folder, until_ms)
        return View(folder, until_ms)

    def show_labelled(self, dataset: Dataset, name: str) -> tuple[View, Path]:
        """Lay out a dataset to learn from."""
        world = self.show(dataset, name)
        labels = self.home / f"{name}-labels"
        labels.mkdir()
        write_training_labels(dataset, world.until_ms, labels)
        return world.view, labels

    def run(self, order: Order, worlds: list[_World]) -> tuple[list[Figures], list[tuple[Answer, Threshold | None]]]:
        """Return a detector's figures, and its answers with their thresholds, world by world."""
        if order.asked == ORACLE:
            return self._measure_all(order, worlds, [make_oracle("account", w.labels("account")) for w in worlds])
        self.say(f"scoring: {order.label}")
        fitted = None
        description = describe_blind(order, self.limits, debug=self.debug)
        if description.has_fit and self.training:
            fitted = self.home / "fitted.pickle"
            try:
                fit_blind(order, self.training, fitted, self.limits, debug=self.debug)
            except DetectorFailure as failure:
                failed = Answer(description.name, description.level, failure.status, str(failure), cost=failure.cost)
                return self._measure_all(order, worlds, [failed] * len(worlds))
        answers = [self._score(order, world.view, fitted) for world in worlds]
        named = [a if a.is_good else replace(a, name=description.name, level=description.level) for a in answers]
        return self._measure_all(order, worlds, named, fitted)

    def _score(self, order: Order, view: View, fitted: Path | None) -> Answer:
        return score_blind(order, view, self.limits, fitted=fitted, debug=self.debug)

    def _measure_all(
        self, order: Order, worlds: list[_World], answers: list[Answer], fitted: Path | None = None
    ) -> tuple[list[Figures], list[tuple[Answer, Threshold | None]]]:
        good = next((answer for answer in answers if answer.is_good), None)
        calibrated = [] if good is None or order.asked == ORACLE else self._answer_validation(order, fitted)
        figures, pairs = [], []
        for world, answer in zip(worlds, answers, strict=True):
            twin = self._score_twin(order, answer, world, fitted)
            tracks, threshold = self._measure(answer, twin, world, calibrated)
            figures.append(describe_answer(order, answer) | {"tracks": tracks})
            pairs.append((answer, threshold))
        return figures, pairs

    def _score_twin(self, order: Order, answer: Answer, world: _World, fitted: Path | None) -> Answer | None:
        """Return what a streaming detector says about the twin, if there is one and it said anything of the world."""
        if answer.level != "alert" or not answer.is_good or world.twin is None:
            return None
        return self._score(order, world.twin, fitted)

    def _answer_validation(self, order: Order, fitted: Path | None) -> Validation:
        answers = [(self._score(order, world.view, fitted), world) for world in self.validation]
        return [(answer, self._score_twin(order, answer, world, fitted), world) for answer, world in answers]

    def _measure(
        self, answer: Answer, twin: Answer | None, world: _World, calibrated: Validation
    ) -> tuple[dict[str, Any], Threshold | None]:
        if not answer.is_good:
            return {}, None
        if answer.level == "alert":
            return self._measure_alerts(answer, twin, world, calibrated)
        track = "post" if answer.level == "post" else "account"
        labels = [(found, other.labels(track)) for found, _, other in calibrated]
        if is_too_fine(labels, ACCUSATION_BUDGET):
            self.say("the validation worlds are too small for one wrong accusation to keep the budget")
        threshold = choose_threshold(answer, calibrate_ranking(labels, ACCUSATION_BUDGET))
        tracks: dict[str, Any] = {}
        if answer.has_scores:
            tracks[track] = measure_ranking(answer, world.labels(track), threshold)
        if answer.has_groups:
            tracks["group"] = measure_grouping(answer, world.labels("account"))
        return tracks, threshold

    def _measure_alerts(
        self, answer: Answer, twin: Answer | None, world: _World, calibrated: Validation
    ) -> tuple[dict[str, Any], Threshold | None]:
        truth = world.labels("alert")
        worlds = [(found, other_twin, other.labels("alert")) for found, other_twin, other in calibrated]
        rows, first = [], None
        for budget in ALERT_BUDGETS if calibrated else (None,):
            value = calibrate_alarm(worlds, budget, COOLDOWN_MS) if budget is not None else None
            threshold = choose_threshold(answer, value)
            first = first or threshold
            lowest = float("-inf") if threshold is None else threshold.value
            found = describe_alarms([measure_alarms(answer, twin, truth, lowest, COOLDOWN_MS)])
            source = None if threshold is None else threshold.source
            rows.append({"budget_per_day": budget, "threshold": value, "threshold_from": source} | found)
        return {"alert": rows}, first


def describe_answer(order: Order, answer: Answer) -> dict[str, Any]:
    """Return what a row says of a detector beside its figures."""
    return {
        "name": answer.name,
        "asked": order.asked,
        "parameters": order.parameters,
        "level": answer.level,
        "status": answer.status,
        "message": answer.message,
        "cost": answer.cost,
    }
