"""The audit: trains every probe on every level of the worlds, measures what it reaches and judges the gate."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.audit.audited_world import AuditedWorld, Probed, read_world
from benchmarks.audit.baselines import RELATIONAL, answer_all
from benchmarks.audit.file_marks import find_file_marks
from benchmarks.audit.gate import (
    Finding,
    judge,
    limit_average_precision,
    limit_format,
    limit_marginal,
    pool_auc,
)
from benchmarks.audit.learners import CategoryProbe, TreeProbe, score_unseen
from benchmarks.audit.marginal_questions import OF_AGE
from benchmarks.audit.texts import TextProbe, count_n_grams
from benchmarks.blind.answers import Answer
from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import View
from benchmarks.scoring.metrics import average_precision, roc_auc
from simulator.dataset import Dataset

DEPTHS = (1, 2, 3, 4)
FORMAT_DEPTH = GATED_DEPTH = 4
# From here on nothing that one account shows alone may give it away; at L3 its age may.
GATED_FROM, SPARES_AGE = "L3", "L3"
_LEAST_POSITIVES = 3
_MOST_FORMAT_ROWS = 20_000

Say = Callable[[str], None]
Rows = list[tuple[Any, NDArray[np.bool_]]]


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit found.

    Attributes
    ----------
    findings : tuple of Finding
    n_worlds_by_level, prevalence_by_level, best_by_level : dict by level
        Worlds with positives of it; their mean prevalence; name and mean AP of the best relational baseline.
    file_marks : tuple of str
        What files tell beyond their rows; any fails the gate.
    """

    findings: tuple[Finding, ...]
    n_worlds_by_level: dict[str, int]
    prevalence_by_level: dict[str, float]
    best_by_level: dict[str, tuple[str, float]]
    file_marks: tuple[str, ...] = ()


def audit_datasets(
    datasets: Sequence[Dataset],
    baselines: Sequence[str] = RELATIONAL,
    cache: Path | None = None,
    say: Say = lambda line: None,
) -> Audit:
    """Audit datasets for shortcuts, each as of its `evaluate_until`.

    Parameters
    ----------
    datasets : sequence of Dataset
        With several, probes learn from the others and are measured on one.
    baselines : sequence of str
        Unsupervised relational detectors.
    cache : Path, optional
        Folder in which the baselines' answers are kept.
    say : callable
        Told what runs.
    """
    with tempfile.TemporaryDirectory(prefix="smearbench-audit-") as folder:
        worlds, views = [], []
        for place, dataset in enumerate(datasets):
            say(f"reading: {dataset.path}")
            home = Path(folder) / str(place)
            home.mkdir()
            lay_out(dataset, home, dataset.manifest.moments.evaluate_until_ms)
            views.append(View(home, dataset.manifest.moments.evaluate_until_ms))
            worlds.append(read_world(dataset, views[-1]))
        say(f"baselines: {', '.join(baselines)}")
        answers = answer_all(list(zip(datasets, views, strict=True)), baselines, cache)
    marks = tuple(mark for dataset in datasets for mark in find_file_marks(dataset))
    return replace(audit_worlds(worlds, answers, say), file_marks=marks)


def audit_worlds(
    worlds: Sequence[AuditedWorld], answers: dict[str, list[Answer]], say: Say = lambda line: None
) -> Audit:
    """Audit worlds that were read; `answers` holds each baseline's answer to each of them."""
    n_grams = [{part: count_n_grams(texts) for part, texts in world.documents.items()} for world in worlds]
    findings: list[Finding] = []
    counts, prevalences, best = {}, {}, {}
    for level in sorted({name for world in worlds for name in world.levels}):
        say(f"probing: {level}")
        chosen = [place for place, world in enumerate(worlds) if _count(world.marginals, level) >= _LEAST_POSITIVES]
        if not chosen:
            continue
        here = _LevelAudit(level, [worlds[place] for place in chosen], [n_grams[place] for place in chosen])
        scores = {name: [given[place].scores for place in chosen] for name, given in answers.items()}
        findings += here.run(scores)
        counts[level], prevalences[level], best[level] = len(chosen), float(np.mean(here.prevalences)), here.best
    return Audit(tuple(judge(findings)), counts, prevalences, best)


def _count(probed: Probed, level: str) -> int:
    return int((probed.level == level).sum())


class _LevelAudit:
    """Everything about one level: its positives against all negatives of the worlds that have some."""

    def __init__(self, level: str, worlds: list[AuditedWorld], n_grams: list[dict[str, Any]]) -> None:
        self.level, self.worlds, self.n_grams = level, worlds, n_grams
        self.picks = [world.marginals.pick(level) for world in worlds]
        self.prevalences = [float(flags.mean()) for _, flags in self.picks]
        self.best = ("none", 0.0)
        self._best_by_world = [0.0] * len(worlds)

    @property
    def is_gated(self) -> bool:
        return self.level >= GATED_FROM

    def run(self, scores: dict[str, list[NDArray[np.float64]]]) -> list[Finding]:
        """Return all findings of the level."""
        return [
            *self._rank_baselines(scores),
            *self._probe_echo(),
            *self._probe_formats(),
            *self._probe_marginals(),
            *self._probe_profiles(),
            *self._grow_trees(),
            *self._probe_text(),
        ]

    def _rank_baselines(self, scores: dict[str, list[NDArray[np.float64]]]) -> list[Finding]:
        """Measure the baselines, and remember the best one."""
        findings = []
        for name, by_world in scores.items():
            seen = [given[counted] for given, (counted, _) in zip(by_world, self.picks, strict=True)]
            found = self._measure_ap("cross-account", name, seen)
            findings.append(found)
            if found.value > self.best[1]:
                self.best, self._best_by_world = (name, found.value), list(found.by_world)
        return findings

    def _probe_echo(self) -> list[Finding]:
        return self._probe_singly("cross-account", [world.echo for world in self.worlds], lambda finding: finding)

    def _probe_formats(self) -> list[Finding]:
        findings = []
        for table in self.worlds[0].formats:
            probed = [world.formats[table] for world in self.worlds]
            findings += self._probe_singly("formats", probed, limit_format, f"{table}.")
            together = [_thin(world, self.level) for world in probed]
            if all(flags.sum() >= _LEAST_POSITIVES for _, flags in together):
                scores = score_unseen(together, partial(TreeProbe, FORMAT_DEPTH))
                found = self._measure_auc("formats", f"{table}: tree", scores, [flags for _, flags in together])
                findings.append(limit_format(found))
        return findings

    def _marginals(self) -> list[Probed]:
        left_out = OF_AGE if self.level == SPARES_AGE else frozenset()
        return [Probed(world.marginals.level, world.marginals.table.without(left_out)) for world in self.worlds]

    def _probe_marginals(self) -> list[Finding]:
        limit = limit_marginal if self.is_gated else _leave
        return self._probe_singly("marginals", self._marginals(), limit)

    def _probe_profiles(self) -> list[Finding]:
        """Learn from one kind of profile pattern at a time."""
        findings = []
        for place, name in enumerate(self.worlds[0].patterns.table.names):
            rows = self._rows([world.patterns.table.values[:, place] for world in self.worlds])
            scores = score_unseen(rows, CategoryProbe)
            found = self._measure_auc("marginals", f"kind of {name}", scores, [flags for _, flags in rows])
            findings.append(limit_marginal(found) if self.is_gated else found)
        return findings

    def _grow_trees(self) -> list[Finding]:
        rows = self._rows([probed.table.values for probed in self._marginals()])
        findings = []
        for depth in DEPTHS:
            found = self._measure_ap(
                "marginals", f"tree of depth {depth}", score_unseen(rows, partial(TreeProbe, depth))
            )
            findings.append(self._limit_ap(found) if depth == GATED_DEPTH else found)
        return findings

    def _probe_text(self) -> list[Finding]:
        findings = []
        subjects = self._rows([world.subjects.table.values for world in self.worlds])
        scores = score_unseen(subjects, partial(TreeProbe, GATED_DEPTH))
        findings.append(self._limit_ap(self._measure_ap("text", "subjects", scores)))
        for part in self.n_grams[0]:
            rows = self._rows([given[part] for given in self.n_grams])
            found = self._measure_ap("text", f"n-grams of {part}", score_unseen(rows, TextProbe))
            findings.append(self._limit_ap(found))
        return findings

    def _rows(self, values: list[Any]) -> Rows:
        return [(given[counted], flags) for given, (counted, flags) in zip(values, self.picks, strict=True)]

    def _probe_singly(
        self, family: str, probed: list[Probed], limit: Callable[[Finding], Finding], prefix: str = ""
    ) -> list[Finding]:
        findings = []
        for place, name in enumerate(probed[0].table.names):
            scores, labels = [], []
            for world in probed:
                counted, flags = world.pick(self.level)
                values = world.table.values[counted, place]
                known = ~np.isnan(values)
                if flags[known].sum() >= _LEAST_POSITIVES and not flags[known].all():
                    scores.append(values[known])
                    labels.append(flags[known])
            if scores:
                findings.append(limit(self._measure_auc(family, f"{prefix}{name}", scores, labels)))
        return findings

    def _measure_auc(
        self, family: str, probe: str, scores: list[NDArray[np.float64]], labels: list[NDArray[np.bool_]]
    ) -> Finding:
        aucs = tuple(roc_auc(flags, given) or 0.0 for flags, given in zip(labels, scores, strict=True))
        sizes = [(int(flags.sum()), int((~flags).sum())) for flags in labels]
        mean, error = pool_auc(aucs, sizes)
        return Finding(family, self.level, probe, "roc_auc", mean, error, by_world=aucs)

    def _measure_ap(self, family: str, probe: str, scores: list[NDArray[np.float64]]) -> Finding:
        pairs = zip(scores, self.picks, strict=True)
        found = tuple(average_precision(flags, given) or 0.0 for given, (_, flags) in pairs)
        error = float(np.std(found, ddof=1) / np.sqrt(len(found))) if len(found) > 1 else np.nan
        return Finding(family, self.level, probe, "average_precision", float(np.mean(found)), error, by_world=found)

    def _limit_ap(self, finding: Finding) -> Finding:
        if not self.is_gated:
            return finding
        return limit_average_precision(finding, self.prevalences, self._best_by_world)


def _thin(probed: Probed, level: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the rows of a level, all positives and evenly spread negatives up to a bound on the cost."""
    counted, flags = probed.pick(level)
    negatives = np.flatnonzero(~flags)
    step = max(1, len(negatives) // _MOST_FORMAT_ROWS)
    kept = np.sort(np.concatenate([np.flatnonzero(flags), negatives[::step]]))
    return probed.table.values[counted][kept], flags[kept]


def _leave(finding: Finding) -> Finding:
    return finding
