"""From a detector's answer and the truth to figures: rankings of accounts and posts, groups, alerts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.blind.answers import NO_GROUP, Answer
from benchmarks.scoring.alert_metrics import AlertSummary, WaveTruth, WorldAlerts, measure_alerts, summarise_alerts
from benchmarks.scoring.group_metrics import GroupScore, measure_groups, measure_organic_groups
from benchmarks.scoring.labels import AccountLabels, Flags, PostLabels
from benchmarks.scoring.metrics import (
    average_precision,
    brier,
    calibration_table,
    count_confusion,
    expected_calibration_error,
    precision_at_k,
    precision_at_prevalence,
    roc_auc,
    tpr_at_fpr,
)
from benchmarks.scoring.thresholds import to_within_world

KS = (100, 1000)
RARE = 0.001
_MS_PER_MINUTE = 60_000
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The score from which a detector accuses; `source` is 'calibration' or 'detector'."""

    value: float
    source: str | None


def choose_threshold(answer: Answer, calibrated: float | None) -> Threshold | None:
    """Return the calibrated threshold, else the detector's own, else none."""
    if calibrated is not None:
        return Threshold(calibrated, "calibration")
    return None if answer.threshold is None else Threshold(answer.threshold, "detector")


def scores_for(answer: Answer, threshold: Threshold | None) -> NDArray[np.float64]:
    """Return the scores that a threshold speaks of: calibrated ones of some detectors are quantiles of the world."""
    is_scaled = answer.within_world and threshold is not None and threshold.source == "calibration"
    return to_within_world(answer.scores) if is_scaled else answer.scores


def measure_ranking(answer: Answer, labels: AccountLabels | PostLabels, threshold: Threshold | None) -> Figures:
    """Measure how positives rank among negatives, and what the threshold accuses.

    Parameters
    ----------
    answer : Answer
        Its ids are those of the labels.
    labels : AccountLabels or PostLabels
    threshold : Threshold or None
        Without one, only figures that need none.

    Returns
    -------
    dict
        Named as in scikit-learn where it has them; None where undefined, as every figure without positives.
    """
    counted = ~labels.is_silent
    is_positive, scores = labels.is_positive[counted], answer.scores[counted]
    figures = _measure_ranks(is_positive, scores)
    figures |= _measure_probability(answer, is_positive, scores)
    figures |= {"threshold": None, "threshold_from": None, **dict.fromkeys(_VERDICT_FIGURES)}
    verdict_scores = scores_for(answer, threshold)
    if threshold is not None:
        figures |= {"threshold": finite(threshold.value), "threshold_from": threshold.source}
        figures |= _measure_verdict(is_positive, verdict_scores[counted], threshold.value)
        figures["false_positives_by_segment"] = _count_by_segment(labels, verdict_scores >= threshold.value)
    figures["by"] = {
        kind: {name: _measure_group(flags, labels, answer.scores, verdict_scores, threshold) for name, flags in named}
        for kind, named in ((kind, groups.items()) for kind, groups in labels.groups.items())
    }
    return {key: value if key == "threshold" else tidy(value) for key, value in figures.items()}


_VERDICT_FIGURES = (
    *("accused", "precision", "recall", "f1", "mcc"),
    *("precision_at_0_1_percent_prevalence", "false_positives_per_10000", "false_positives_by_segment"),
)


def _measure_ranks(is_positive: Flags, scores: NDArray[np.float64]) -> Figures:
    n_positive = int(is_positive.sum())
    return {
        "positives": n_positive,
        "negatives": len(is_positive) - n_positive,
        "prevalence": n_positive / len(is_positive) if len(is_positive) else 0.0,
        "unscored": int(np.isneginf(scores).sum()),
        "average_precision": average_precision(is_positive, scores),
        "roc_auc": roc_auc(is_positive, scores),
        "tpr_at_1_percent_fpr": tpr_at_fpr(is_positive, scores, 0.01),
        **{f"precision_at_{k}": precision_at_k(is_positive, scores, k) for k in KS},
        "precision_at_n": precision_at_k(is_positive, scores, n_positive),
    }


def _measure_probability(answer: Answer, is_positive: Flags, scores: NDArray[np.float64]) -> Figures:
    if not answer.is_probability or np.isneginf(scores).any() or not ((scores >= 0) & (scores <= 1)).all():
        return {"brier": None, "calibration_error": None}
    table = calibration_table(is_positive, scores)
    return {"brier": brier(is_positive, scores), "calibration_error": expected_calibration_error(table)}


def _measure_verdict(is_positive: Flags, scores: NDArray[np.float64], threshold: float) -> Figures:
    found = count_confusion(is_positive, scores, threshold)
    wrong = found.false_positive_share
    return {
        "accused": found.true_positives + found.false_positives,
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "mcc": found.mcc,
        "precision_at_0_1_percent_prevalence": precision_at_prevalence(found.recall, wrong, RARE),
        "false_positives_per_10000": None if wrong is None else 10_000 * wrong,
    }


def _count_by_segment(labels: AccountLabels | PostLabels, accused: Flags) -> dict[str, list[int]]:
    """Return wrongly accused and all negatives of each organic segment."""
    negative = ~(labels.is_positive | labels.is_silent)
    segments = sorted({name for name in labels.segment[negative] if name is not None})
    members = {name: negative & (labels.segment == name) for name in segments}
    return {name: [int((accused & flags).sum()), int(flags.sum())] for name, flags in members.items()}


def _measure_group(
    positives: Flags,
    labels: AccountLabels | PostLabels,
    scores: NDArray[np.float64],
    verdict_scores: NDArray[np.float64],
    threshold: Threshold | None,
) -> Figures:
    """Measure how a group's positives rank among all negatives; other positives are left out."""
    counted = positives | ~(labels.is_positive | labels.is_silent)
    flags, n_positive = positives[counted], int(positives.sum())
    found = None if threshold is None else count_confusion(flags, verdict_scores[counted], threshold.value)
    figures = {
        "positives": n_positive,
        "prevalence": n_positive / len(flags) if len(flags) else 0.0,
        "average_precision": average_precision(flags, scores[counted]),
        "precision": found.precision if found else None,
        "recall": found.recall if found else None,
        "precision_at_n": precision_at_k(flags, scores[counted], n_positive),
    }
    return {key: tidy(value) for key, value in figures.items()}


def measure_grouping(answer: Answer, labels: AccountLabels) -> Figures:
    """Measure returned groups against squads, operators and, apart from both, organic coordinated groups."""
    counted = ~labels.is_silent
    returned = answer.groups[counted] if len(answer.groups) else np.full(int(counted.sum()), NO_GROUP)
    organic = measure_organic_groups(labels.organic_group[counted], returned)
    figures = {
        "positives": int(labels.is_positive.sum()),
        **_name_group_figures(measure_groups(labels.squad[counted], returned), ""),
        **_name_group_figures(measure_groups(labels.operator[counted], returned), "_by_operator"),
        "organic_groups": organic.n_groups,
        "organic_coverage": organic.coverage,
    }
    return {key: tidy(value) for key, value in figures.items()}


def _name_group_figures(found: GroupScore, suffix: str) -> Figures:
    return {
        f"group_score{suffix}": found.headline,
        f"weighted_precision{suffix}": found.weighted_precision,
        f"grouped_recall{suffix}": found.coverage,
        f"pair_f1{suffix}": found.pair_f1,
        f"adjusted_rand{suffix}": found.adjusted_rand,
        f"n_groups{suffix}": found.n_groups,
        f"n_grouped{suffix}": found.n_members,
    }


def keep_alerts(answer: Answer, threshold: float, truth: WaveTruth) -> NDArray[np.int64]:
    """Return the moments of the alerts that reach a threshold, within the run."""
    within = (answer.ids >= truth.run_start_ms) & (answer.ids <= truth.run_end_ms)
    kept: NDArray[np.int64] = answer.ids[(answer.scores >= threshold) & within]
    return kept


def measure_alarms(
    answer: Answer, twin: Answer | None, truth: WaveTruth, threshold: float, cooldown_ms: int
) -> WorldAlerts:
    """Measure the alerts of one world that reach a threshold; those that its twin raises too are false."""
    return measure_alerts(
        truth,
        keep_alerts(answer, threshold, truth),
        keep_alerts(twin, threshold, truth) if twin is not None and twin.is_good else None,
        cooldown_ms=cooldown_ms,
        step_ms=answer.step_minutes * _MS_PER_MINUTE,
    )


def describe_alarms(worlds: Sequence[WorldAlerts]) -> Figures:
    """Return the figures of alerts over one or more worlds."""
    found: AlertSummary = summarise_alerts(worlds)
    figures = {
        "n_waves": found.n_waves,
        "n_alerts": sum(world.n_alerts for world in worlds),
        **name_rates(found),
        "nab_score": found.nab,
    }
    return {key: tidy(value) for key, value in figures.items()}


def name_rates(found: AlertSummary) -> Figures:
    """Return how often, how soon and how often in vain waves were found, by the names of all results; not rounded."""
    return {
        "detection_rate": found.detection_rate,
        "random_detection_rate": found.random_detection_rate,
        "time_to_detect_hours": found.median_time_to_detect_hours,
        "lead_time_hours": found.median_lead_time_hours,
        "exposure_share_at_detection": found.mean_delivered_share,
        "false_alarms_per_day": found.false_alarms_per_day,
        "wave_share": found.waves_share,
    }


def make_oracle(track: str, labels: AccountLabels | PostLabels | WaveTruth) -> Answer:
    """Return the control that knows the truth; every figure of it should be perfect."""
    if isinstance(labels, WaveTruth):
        moments = np.sort(labels.wave_start_ms)
        ones = np.ones(len(moments))
        return Answer("oracle", "alert", threshold=1.0, ids=moments, scores=ones, has_scores=True)
    groups = labels.squad if isinstance(labels, AccountLabels) else np.zeros(0, np.int64)
    return Answer(
        "oracle",
        "post" if track == "post" else "account",
        threshold=1.0,
        is_probability=True,
        ids=labels.ids,
        scores=labels.is_positive.astype(np.float64),
        groups=groups,
        has_scores=True,
        has_groups=len(groups) > 0,
    )


def finite(value: float) -> float | None:
    """Return a number as JSON can hold it: None for an infinite one."""
    return value if np.isfinite(value) else None


def tidy(value: Any) -> Any:
    """Round floats to six digits and leave all else; thresholds are not rounded when they are compared."""
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: tidy(inner) for key, inner in value.items()}
    return value
