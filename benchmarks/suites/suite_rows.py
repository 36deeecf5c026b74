"""The rows that a test world adds to a suite's results, and its points of the curves."""

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.blind.answers import Answer
from benchmarks.orders import ORACLE
from benchmarks.scoring.alert_metrics import WorldAlerts
from benchmarks.scoring.labels import count_exposures, label_accounts, label_posts, label_waves
from benchmarks.scoring.measure import (
    Threshold,
    choose_threshold,
    describe_alarms,
    finite,
    make_oracle,
    measure_alarms,
    measure_grouping,
    measure_ranking,
)
from benchmarks.scoring.metrics import precision_at_recalls
from benchmarks.scoring.score import find_evasion
from benchmarks.suites.suite import Suite, WorldOrder
from benchmarks.suites.world_cache import CachedWorld, find_world

Row = dict[str, Any]
RECALLS = np.linspace(0.0, 1.0, 51)
_HOUR_MS = 3_600_000
_WORLD_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Judged:
    """A detector's answer to a test world and its twin, its thresholds by (track, budget), and levels to sweep."""

    detector: str
    answer: Answer
    twin: Answer | None
    thresholds: dict[tuple[str, float], float | None]
    levels: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedWorld:
    """A test world with the answers to it; `content` is the digest of its dataset."""

    suite: Suite
    order: WorldOrder
    content: str
    judged: tuple[Judged, ...]
    with_oracle: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What a test world adds: rows, points of precision-recall curves, and alerts at every threshold of the sweep."""

    rows: list[Row]
    points: list[Row]
    sweeps: list[tuple[str, str, float, WorldAlerts]]


def measure_world(world: JudgedWorld, cache: Path) -> Measured:
    """Measure every answer to a test world."""
    return _Measurement(world, find_world(world.order, cache)).measure()


@dataclass
class _Measurement:
    world: JudgedWorld
    cached: CachedWorld
    measured: Measured = field(default_factory=lambda: Measured([], [], []))

    @cached_property
    def accounts(self) -> Any:
        return label_accounts(self.cached.dataset, self.cached.until_ms, find_evasion(self.cached.dataset))

    @cached_property
    def posts(self) -> Any:
        return label_posts(self.cached.dataset, self.cached.until_ms, find_evasion(self.cached.dataset))

    @cached_property
    def waves(self) -> Any:
        return label_waves(self.cached.dataset, self.cached.until_ms)

    @cached_property
    def head(self) -> Row:
        """What every row of this world begins with."""
        order = self.world.order
        return {
            "suite": self.world.suite.id,
            "cell": order.cell.name,
            "scenario": Path(order.cell.scenario).stem,
            "level": order.cell.level or "",
            "seed": order.seed,
            "world": self.world.content[:_WORLD_DIGITS],
            "blind": False,
            "exposures_delivered": count_exposures(self.cached.dataset, self.cached.until_ms),
        }

    def measure(self) -> Measured:
        for judged in self.world.judged:
            self._judge(judged)
        if self.world.with_oracle:
            self._judge_oracle()
        return self.measured

    def _judge_oracle(self) -> None:
        for track, labels in (("account", "accounts"), ("post", "posts"), ("alert", "waves")):
            if track in self.world.suite.tracks:
                self._judge(Judged(ORACLE, make_oracle(track, getattr(self, labels)), None, {}))

    def _judge(self, judged: Judged) -> None:
        answer = judged.answer
        if not answer.is_good:
            self._add(judged, answer.level, {})
        elif answer.level == "alert":
            self._judge_alerts(judged)
        else:
            self._judge_scores(judged)

    def _judge_scores(self, judged: Judged) -> None:
        answer, tracks = judged.answer, self.world.suite.tracks
        track = "post" if answer.level == "post" else "account"
        if answer.has_scores and track in tracks:
            labels = self.posts if track == "post" else self.accounts
            calibrated = judged.thresholds.get((track, self.world.suite.budget_per_10000))
            self._add(judged, track, _flatten(measure_ranking(answer, labels, choose_threshold(answer, calibrated))))
            self._add_curve(judged, track, labels)
        if answer.has_groups and "group" in tracks:
            self._add(judged, "group", measure_grouping(answer, self.accounts))

    def _add_curve(self, judged: Judged, track: str, labels: Any) -> None:
        counted = ~labels.is_silent
        values = precision_at_recalls(labels.is_positive[counted], judged.answer.scores[counted], RECALLS)
        if values is None:
            return
        kind = {
            "suite": self.world.suite.id,
            "track": track,
            "detector": judged.detector,
            "cell": self.head["cell"],
            "kind": "precision_recall",
        }
        self.measured.points.extend(
            kind | {"x": float(recall), "y": float(value)} for recall, value in zip(RECALLS, values, strict=True)
        )

    def _judge_alerts(self, judged: Judged) -> None:
        suite, answer = self.world.suite, judged.answer
        cooldown_ms = round(suite.cooldown_hours * _HOUR_MS)
        twin = judged.twin if judged.twin is not None and judged.twin.is_good else None
        for budget in suite.alert_budgets_per_day:
            threshold = choose_threshold(answer, judged.thresholds.get(("alert", budget))) or Threshold(-np.inf, None)
            found = measure_alarms(answer, twin, self.waves, threshold.value, cooldown_ms)
            figures = {
                "budget_per_day": budget,
                "threshold": finite(threshold.value),
                "threshold_from": threshold.source,
            }
            self._add(judged, "alert", figures | describe_alarms([found]))
        self.measured.sweeps.extend(
            (judged.detector, self.head["cell"], level, measure_alarms(answer, twin, self.waves, level, cooldown_ms))
            for level in judged.levels
        )

    def _add(self, judged: Judged, track: str, figures: Row) -> None:
        answer = judged.answer
        row = {"track": track, "detector": judged.detector, "status": answer.status, "message": answer.message}
        self.measured.rows.append(self.head | row | figures)


def _flatten(figures: Row) -> Row:
    """Return figures with their nested ones as JSON, as the columns of a table."""
    flat = {key: value for key, value in figures.items() if key not in ("by", "false_positives_by_segment")}
    cuts = {
        kind: {name: group["average_precision"] for name, group in groups.items()}
        for kind, groups in figures["by"].items()
    }
    by_segment = figures["false_positives_by_segment"]
    return flat | {
        "average_precision_by": json.dumps(cuts, sort_keys=True),
        "false_positives_by_segment": None if by_segment is None else json.dumps(by_segment, sort_keys=True),
    }
