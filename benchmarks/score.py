"""The score of detectors on one dataset: blind scores against labels, overall and by role, tactic and squad."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.labels import Flags, Labels, label_accounts
from benchmarks.metrics import average_precision, precision_at_k, precision_recall
from benchmarks.protocol import BlindScores, score_blind
from simulator.dataset import Dataset
from simulator.dataset.context import to_iso
from simulator.errors import ScenarioError
from simulator.origin import find_software_versions

FORMAT = "smearbench metrics"
VERSION = 1
KS = (100, 1000)
DEFAULT_DETECTORS = ("near_duplicate", "chance")


def score_dataset(
    dataset: Dataset, detectors: Sequence[str] = DEFAULT_DETECTORS, *, debug: bool = False
) -> dict[str, Any]:
    """Score detectors on a dataset as of its `evaluate_until`.

    Parameters
    ----------
    dataset : Dataset
    detectors : sequence of str
        Names, or `module:Class`.
    debug : bool
        Whether a failing detector's traceback is shown.

    Returns
    -------
    dict
        The content of ``metrics.json``. Figures that are not defined, as all without positives, are None.

    Raises
    ------
    InputError
        When a detector is unknown or answers no scores.
    SmearbenchError
        When a detector fails.
    """
    until_ms = dataset.manifest.moments.evaluate_until_ms
    blind = score_blind(dataset, detectors, debug=debug)
    labels = label_accounts(dataset, until_ms)
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "dataset": {
            "scenario": dataset.manifest.scenario.id,
            "digest": dataset.manifest.scenario.digest,
            "seed": dataset.seed,
            "variant": dataset.manifest.variant,
            "evaluate_until": to_iso(until_ms),
            "software": dataset.manifest.software,
        },
        "software": find_software_versions(),
        "accounts": _count(labels),
        "squads": _find_evasion(dataset),
        "detectors": [_measure(scores, labels) for scores in blind],
    }


def _count(labels: Labels) -> dict[str, Any]:
    n_positive, n_silent = int(labels.is_positive.sum()), int(labels.is_silent.sum())
    n_scored = len(labels.account_ids) - n_silent
    return {
        "scored": n_scored,
        "positives": n_positive,
        "negatives": n_scored - n_positive,
        "silent_operated": n_silent,
        "prevalence": round(n_positive / n_scored, 6) if n_scored else 0.0,
    }


def _find_evasion(dataset: Dataset) -> dict[str, str]:
    """Return the evasion level of every squad, as operator.squad; empty when the scenario is not readable here."""
    from simulator.scenario import load_scenario

    try:
        scenario = load_scenario(dataset.path / "scenario.yaml")
    except ScenarioError:
        return {}
    return {
        f"{operator}.{squad}": settings.evasion.value
        for operator, plan in scenario.operators.items()
        for squad, settings in plan.squads.items()
    }


def _measure(blind: BlindScores, labels: Labels) -> dict[str, Any]:
    counted = ~labels.is_silent
    groups = {
        kind: {name: _measure_group(blind, labels, flags) for name, flags in named.items()}
        for kind, named in labels.groups.items()
    }
    n_flagged = int((blind.scores[counted] >= blind.threshold).sum())
    return {
        "name": blind.name,
        "level": "account",
        "threshold": blind.threshold,
        "flagged": n_flagged,
        "unscored": int(np.isneginf(blind.scores).sum()),
        "overall": _measure_group(blind, labels, labels.is_positive),
        **{f"by_{kind}": found for kind, found in groups.items()},
        "cost": blind.cost,
    }


def _measure_group(blind: BlindScores, labels: Labels, is_positive: Flags) -> dict[str, Any]:
    """Measure how a group's positives rank among all negatives; other positives are left out."""
    counted = is_positive | ~(labels.is_positive | labels.is_silent)
    flags, scores = is_positive[counted], blind.scores[counted]
    n_positive = int(flags.sum())
    precision, recall = precision_recall(flags, scores, blind.threshold)
    return {
        "positives": n_positive,
        "prevalence": round(n_positive / len(flags), 6) if len(flags) else 0.0,
        "average_precision": _tidy(average_precision(flags, scores)),
        "precision": _tidy(precision),
        "recall": _tidy(recall),
        "precision_at_k": {str(k): _tidy(precision_at_k(flags, scores, k)) for k in KS}
        | {"positives": _tidy(precision_at_k(flags, scores, n_positive))},
    }


def _tidy(value: float | None) -> float | None:
    return None if value is None else round(value, 6)
