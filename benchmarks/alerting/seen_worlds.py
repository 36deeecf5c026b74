"""What is needed of a world to score alerts: its given series, and the truth that they are scored on."""

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchmarks.alerting.crises import find_crises
from benchmarks.alerting.pushes import label_pushes
from benchmarks.alerting.rule_scores import ScoredTruth, Settings, choose_scored
from benchmarks.alerting.series import make_series
from benchmarks.detector import Observations
from benchmarks.scoring.labels import label_waves
from simulator.dataset import Dataset
from simulator.dataset.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Seen:
    """A world as of its `evaluate_until` or a moment before; holds nothing of the dataset's files.

    Attributes
    ----------
    manifest : Manifest
    context : dict
        Content of its ``context.json``.
    truth : ScoredTruth
        For the warm-up of some settings.
    series : pyarrow.Table
        As of :func:`benchmarks.alerting.series.make_series`.
    """

    manifest: Manifest
    context: dict[str, Any]
    truth: ScoredTruth
    series: pa.Table


def see(dataset: Dataset, settings: Settings, until_ms: int | None = None) -> Seen:
    """Return what rules may see of a world, and what they are scored on.

    Parameters
    ----------
    dataset : Dataset
    settings : Settings
    until_ms : int, optional
        Where the scored time ends; left out, at the dataset's `evaluate_until`.
    """
    if until_ms is None:
        until_ms = dataset.manifest.moments.evaluate_until_ms
    pushes = label_pushes(dataset, until_ms)
    truth = choose_scored(label_waves(dataset, until_ms), find_crises(dataset), settings, pushes)
    series = make_series(Observations(dataset.observations, until_ms))
    return Seen(dataset.manifest, dataset.context, truth, series)
