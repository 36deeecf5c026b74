"""Runs a suite: simulates its worlds once, lets every detector learn and answer, and measures the answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.blind.answers import Answer
from benchmarks.blind.protocol import Description
from benchmarks.orders import ORACLE, Limits, Order
from benchmarks.registry import SHIPPED
from benchmarks.scoring.calibration import calibrate_alarm, calibrate_ranking, is_too_fine
from benchmarks.scoring.labels import label_accounts, label_posts, label_waves
from benchmarks.suites.digests import digest_detector, digest_of, digest_scoring
from benchmarks.suites.suite import Cell, Suite, WorldOrder, list_worlds
from benchmarks.suites.suite_curves import average_points, sweep_alerts
from benchmarks.suites.suite_rows import Judged, JudgedWorld, Row, measure_world
from benchmarks.suites.suite_tasks import (
    NO_FIT,
    Fit,
    answer_world,
    describe_detector,
    drop_failures,
    fit_detector,
    prepare_world,
)
from benchmarks.suites.workers import SuiteProgress, Task, Workers, run_tasks
from benchmarks.suites.world_cache import find_world
from simulator.console import note
from simulator.errors import InputError
from simulator.origin import digest_text, find_software_versions
from simulator.scenario import scenario_yaml
from simulator.vocabulary import Split

_HOUR_MS = 3_600_000
# Levels of the sweep of alerts, most of them among the loudest.
_N_LEVELS = 24


@dataclass(frozen=True, slots=True)
class SuiteResults:
    """What a run of a suite found.

    Attributes
    ----------
    rows : list of dict
        One a detector, test world and track (at level alert one a budget too); no times or memory in them.
    curves : list of dict
        Long table: suite, track, detector, cell, kind, x, y.
    costs : list of dict
        What each answer and fit cost; differs from run to run.
    """

    rows: list[Row]
    curves: list[Row]
    costs: list[Row]


@dataclass
class SuiteRun:
    """One run of a suite.

    Parameters
    ----------
    suite : Suite
    folder : Path
        Where the suite's file lies.
    orders : sequence of Order
    cache : Path
        Folder of worlds, fits and answers; must be seen by all workers.
    workers : Workers
    limits : Limits
        Of each detector's process.
    """

    suite: Suite
    folder: Path
    orders: Sequence[Order]
    cache: Path
    workers: Workers
    limits: Limits
    described: dict[str, Description] = field(default_factory=dict)
    fits: dict[str, Fit] = field(default_factory=dict)
    contents: dict[WorldOrder, str] = field(default_factory=dict)

    def run(self) -> SuiteResults:
        """Do all that is not in the cache yet, and measure.

        Raises
        ------
        SmearbenchError
            When a world cannot be simulated. Detectors that fail are rows.
        """
        with self.workers.open(), SuiteProgress(self.suite.id, self.cache / "board") as display:
            self._describe_detectors(display)
            drop_failures(self.cache)
            self._prepare_worlds(display)
            self._prepare_detectors(display)
            answers = self._answer(display)
            thresholds = self._calibrate(answers)
            return self._measure(answers, thresholds, display)

    def worlds(self, split: Split, variant: str = "world") -> list[WorldOrder]:
        """Return the worlds of a split; twins only of those with a campaign, and only where alerts are scored."""
        if variant == "twin" and "alert" not in self.suite.tracks:
            return []
        found = list_worlds(self.suite, self.folder, split, "twin" if variant == "twin" else "world")
        return [world for world in found if variant == "world" or world.load().operators]

    def _prepare_worlds(self, display: SuiteProgress) -> None:
        display.enter("worlds")
        worlds = [world for split in Split for world in self.worlds(split)]
        worlds += [world for split in (Split.validation, Split.test) for world in self.worlds(split, "twin")]
        self._note_lost_campaigns()
        tasks = [Task(str(world), prepare_world, (world, self.cache)) for world in worlds]
        self.contents = dict(zip(worlds, run_tasks(tasks, self.workers, display), strict=True))

    def _note_lost_campaigns(self) -> None:
        """Say which cells have operators that command nothing in the days that the suite keeps."""
        for name, world in {world.cell.name: world for world in self.worlds(Split.test)}.items():
            operators = world.load().operators.values()
            if operators and not any(operator.pushes or operator.plan for operator in operators):
                note(f"{name}: nothing is commanded in the {world.days} days of its worlds; it has no positives.")

    def _describe_detectors(self, display: SuiteProgress) -> None:
        """Ask every detector what it is, before any work, and refuse a run that would say nothing or mix them up."""
        display.enter("detectors")
        orders = [order for order in self.orders if order.asked != ORACLE]
        tasks = [Task(order.label, describe_detector, (order, self.cache, self.limits)) for order in orders]
        found = run_tasks(tasks, self.workers, display)
        self.described = {order.asked: description for order, description in zip(orders, found, strict=True)}
        self._demand_tracks()
        self._demand_names()

    def _demand_tracks(self) -> None:
        good = {name: found.level for name, found in self.described.items() if found.status == "ok"}
        if good and not any(self._has_track(level) for level in good.values()) and ORACLE not in self._asked:
            got = ", ".join(f"{name} ({level})" for name, level in good.items())
            raise InputError(f"--detector: must be of one of the tracks {', '.join(self.suite.tracks)}, got {got}.")

    def _demand_names(self) -> None:
        asked_by_name: dict[str, str] = {}
        for order in self.orders:
            name = ORACLE if order.asked == ORACLE else self.name_in_rows(order)
            other = asked_by_name.setdefault(name, order.asked)
            if other != order.asked:
                raise InputError(
                    f"--detector: must have names of their own, got {name!r} for {other} and {order.asked}."
                )

    @property
    def _asked(self) -> list[str]:
        return [order.asked for order in self.orders]

    def _prepare_detectors(self, display: SuiteProgress) -> None:
        orders = [order for order in self.orders if order.asked != ORACLE]
        training = self.worlds(Split.train)
        learning = [order for order in orders if self.described[order.asked].has_fit and training]
        display.enter("learning")
        tasks = [
            Task(f"{order.label} learns", fit_detector, (order, training, self.cache, self.limits))
            for order in learning
        ]
        fits = run_tasks(tasks, self.workers, display)
        self.fits = {order.asked: fit for order, fit in zip(learning, fits, strict=True)}

    def _answer(self, display: SuiteProgress) -> dict[tuple[str, WorldOrder], Answer]:
        """Return the answers to test and validation worlds, and of streaming detectors to their twins."""
        display.enter("answers")
        wanted = [(order, world) for order in self._runnable() for world in self._worlds_for(order)]
        tasks = [
            Task(
                f"{order.label} on {world}",
                answer_world,
                (order, world, self.fits.get(order.asked, NO_FIT), self.cache, self.limits),
            )
            for order, world in wanted
        ]
        found = run_tasks(tasks, self.workers, display)
        return {
            (order.asked, world): answer if answer.is_good else replace(answer, level=self.described[order.asked].level)
            for (order, world), answer in zip(wanted, found, strict=True)
        }

    def _runnable(self) -> list[Order]:
        return [
            order
            for order in self.orders
            if order.asked != ORACLE
            and self.described[order.asked].status == "ok"
            and self.fits.get(order.asked, NO_FIT).status == "ok"
            and self._has_track(self.described[order.asked].level)
        ]

    def _has_track(self, level: str) -> bool:
        tracks = self.suite.tracks
        return (
            level in tracks or (level == "account" and "group" in tracks) or (level == "group" and "account" in tracks)
        )

    def _worlds_for(self, order: Order) -> list[WorldOrder]:
        is_alert = self.described[order.asked].level == "alert"
        worlds = []
        for split in (Split.validation, Split.test):
            worlds += self.worlds(split) + (self.worlds(split, "twin") if is_alert else [])
        return worlds

    def _calibrate(self, answers: dict[tuple[str, WorldOrder], Answer]) -> dict[tuple[str, str, float], float | None]:
        """Return the thresholds by detector, track and budget."""
        worlds = self.worlds(Split.validation)
        labels: dict[tuple[str, WorldOrder], Any] = {}

        def label(track: str, world: WorldOrder) -> Any:
            if (track, world) not in labels:
                found = find_world(world, self.cache)
                read: Any = {"account": label_accounts, "post": label_posts, "alert": label_waves}[track]
                labels[track, world] = read(found.dataset, found.until_ms)
            return labels[track, world]

        thresholds: dict[tuple[str, str, float], float | None] = {}
        too_fine: set[str] = set()
        for order in self._runnable():
            level, name = self.described[order.asked].level, order.asked
            given = [(answers[name, world], world) for world in worlds]
            if level == "alert":
                triples = [(a, self._find_twin(answers, name, w), label("alert", w)) for a, w in given]
                for budget in self.suite.alert_budgets_per_day:
                    thresholds[name, "alert", budget] = calibrate_alarm(triples, budget, self._cooldown_ms)
            else:
                track = "post" if level == "post" else "account"
                pairs = [(a, label(track, w)) for a, w in given]
                budget = self.suite.budget_per_10000
                if is_too_fine(pairs, budget):
                    too_fine.add(track)
                thresholds[name, track, budget] = calibrate_ranking(pairs, budget)
        for track in sorted(too_fine):
            note(f"{track}: the validation worlds are too small for one wrong accusation to keep the budget.")
        return thresholds

    @property
    def _cooldown_ms(self) -> int:
        return round(self.suite.cooldown_hours * _HOUR_MS)

    @staticmethod
    def _find_twin(answers: dict[tuple[str, WorldOrder], Answer], name: str, world: WorldOrder) -> Answer | None:
        twins = (a for (asked, w), a in answers.items() if asked == name and w.variant == "twin" and _is_twin(w, world))
        return next(twins, None)

    def _measure(
        self,
        answers: dict[tuple[str, WorldOrder], Answer],
        thresholds: dict[tuple[str, str, float], float | None],
        display: SuiteProgress,
    ) -> SuiteResults:
        display.enter("measuring")
        levels = self._choose_levels(answers)
        tasks = [
            Task(f"measure {world}", measure_world, (self._gather(world, answers, thresholds, levels), self.cache))
            for world in self.worlds(Split.test)
        ]
        found = run_tasks(tasks, self.workers, display)
        rows = [row for measured in found for row in measured.rows]
        return SuiteResults(rows, average_points(found) + sweep_alerts(self.suite.id, found), self._list_costs(answers))

    def _gather(
        self,
        world: WorldOrder,
        answers: dict[tuple[str, WorldOrder], Answer],
        thresholds: dict[tuple[str, str, float], float | None],
        levels: dict[str, tuple[float, ...]],
    ) -> JudgedWorld:
        """Put together what it takes to measure a test world."""
        judged = []
        for order in self.orders:
            name = order.asked
            own = {key[1:]: value for key, value in thresholds.items() if key[0] == name}
            answer = answers.get((name, world)) or self._explain_absence(order)
            if answer is not None:
                judged.append(
                    Judged(
                        self.name_in_rows(order),
                        answer,
                        self._find_twin(answers, name, world),
                        own,
                        levels.get(name, ()),
                    )
                )
        return JudgedWorld(self.suite, world, self.contents[world], tuple(judged), ORACLE in self._asked)

    def _choose_levels(self, answers: dict[tuple[str, WorldOrder], Answer]) -> dict[str, tuple[float, ...]]:
        """Return the thresholds over which the alerts of each streaming detector are swept: quantiles of its scores."""
        found = {}
        for order in self._runnable():
            if self.described[order.asked].level == "alert":
                scores = [a.scores for (name, _), a in answers.items() if name == order.asked and a.is_good]
                pooled = np.concatenate([np.zeros(0), *scores])
                shares = np.linspace(0, 1, _N_LEVELS) ** 0.25 if len(pooled) else np.zeros(0)
                found[order.asked] = tuple(np.unique(np.quantile(pooled, shares)).tolist()) if len(pooled) else ()
        return found

    def name_in_rows(self, order: Order) -> str:
        """Return what rows call a detector: its name, or what was asked where that is another's; with its arguments."""
        own = self.described[order.asked].name
        is_known = own in {*SHIPPED, ORACLE} and own != order.asked
        arguments = [f"{key}={value}" for key, value in sorted(order.parameters.items())]
        return " ".join([order.asked if is_known else own, *arguments])

    def _explain_absence(self, order: Order) -> Answer | None:
        """Return the failure that kept a detector from answering at all; None where nothing was asked of it."""
        if order.asked == ORACLE:
            return None
        description, fit = self.described[order.asked], self.fits.get(order.asked, NO_FIT)
        if description.status != "ok":
            return Answer(description.name, description.level or "account", description.status, description.message)
        if fit.status != "ok":
            return Answer(description.name, description.level, fit.status, fit.message)
        return None

    def _list_costs(self, answers: dict[tuple[str, WorldOrder], Answer]) -> list[Row]:
        names = {order.asked: self.name_in_rows(order) for order in self.orders if order.asked != ORACLE}
        costs: list[Row] = [
            {"detector": names[asked], "world": str(world), "work": "score", "status": answer.status, **answer.cost}
            for (asked, world), answer in answers.items()
        ]
        costs += [
            {"detector": names[asked], "world": "training worlds", "work": "fit", "status": fit.status}
            | (fit.cost or {})
            for asked, fit in self.fits.items()
        ]
        return costs


def _is_twin(twin: WorldOrder, world: WorldOrder) -> bool:
    return (twin.cell, twin.split, twin.seed) == (world.cell, world.split, world.seed)


def make_stamp(run: SuiteRun) -> dict[str, Any]:
    """Return what the results of a run were made from; nothing in it depends on when or where."""
    suite = run.suite
    worlds = [world for split in Split for world in run.worlds(split)]
    return {
        "suite": suite.id,
        "summary": suite.summary,
        "synthetic": True,
        "smearbench": find_software_versions()["smearbench"],
        "software": find_software_versions(),
        "definition": digest_of(suite.model_dump(mode="json")),
        "scoring": digest_scoring(),
        "accounts": suite.accounts,
        "days": suite.days,
        "prevalence": suite.prevalence,
        "reference": suite.reference,
        "seeds": {split.value: list(seeds) for split, seeds in suite.seeds.items()},
        "worlds": len(worlds),
        "scenarios": {cell.name: digest_cell(run, cell) for cell in suite.cells},
        "detectors": {
            run.name_in_rows(order): order.to_json() | {"digest": digest_detector(order)}
            for order in run.orders
            if order.asked != ORACLE
        },
    }


def digest_cell(run: SuiteRun, cell: Cell) -> str:
    """Return the digest of the resolved scenario of a cell's test worlds, empty when it has none."""
    worlds = [world for world in run.worlds(Split.test) if world.cell == cell]
    return digest_text(scenario_yaml(worlds[0].load())) if worlds else ""
