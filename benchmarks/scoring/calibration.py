"""Thresholds of detectors from their answers on validation worlds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.blind.answers import Answer
from benchmarks.scoring.alert_episodes import find_false_levels, lie_in_waves
from benchmarks.scoring.alert_metrics import WaveTruth
from benchmarks.scoring.labels import AccountLabels, PostLabels
from benchmarks.scoring.thresholds import ScoredWorld, calibrate, calibrate_alerts, can_resolve, to_within_world

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000


def calibrate_ranking(
    worlds: Sequence[tuple[Answer, AccountLabels | PostLabels]], budget_per_10000: float
) -> float | None:
    """Return the threshold that keeps a budget of wrong accusations on validation worlds.

    Of detectors whose scores compare only within a world, it is a quantile of the world. None when there is no
    world, or no answer to one of them.
    """
    if not worlds or not all(answer.is_good and answer.has_scores for answer, _ in worlds):
        return None
    return calibrate([_take_counted(answer, labels) for answer, labels in worlds], budget_per_10000)


def is_too_fine(worlds: Sequence[tuple[Answer, AccountLabels | PostLabels]], budget_per_10000: float) -> bool:
    """Whether the validation worlds are too small for even one wrong accusation to fit into the budget."""
    good = [_take_counted(answer, labels) for answer, labels in worlds if answer.is_good and answer.has_scores]
    return bool(good) and not can_resolve(good, budget_per_10000)


def _take_counted(answer: Answer, labels: AccountLabels | PostLabels) -> ScoredWorld:
    counted = ~labels.is_silent
    scores = to_within_world(answer.scores) if answer.within_world else answer.scores
    return labels.is_positive[counted], scores[counted]


def calibrate_alarm(
    worlds: Sequence[tuple[Answer, Answer | None, WaveTruth]], budget_per_day: float, cooldown_ms: int
) -> float | None:
    """Return the threshold that keeps a budget of false alarm episodes a day on validation worlds.

    Parameters
    ----------
    worlds : sequence of (Answer, Answer or None, WaveTruth)
        The answer to each world, to its twin if there is one, and the truth.
    """
    if not worlds or not all(answer.is_good for answer, _, _ in worlds):
        return None
    scored = []
    for answer, twin, truth in worlds:
        n_days = (truth.run_end_ms - truth.run_start_ms) / _DAY_MS
        scored.append((answer.ids, answer.scores, _find_false(answer, twin, truth, cooldown_ms), n_days))
    return calibrate_alerts(scored, budget_per_day, cooldown_ms)


def _find_false(
    answer: Answer, twin: Answer | None, truth: WaveTruth, cooldown_ms: int
) -> NDArray[np.bool_] | NDArray[np.float64]:
    starts, ends, covers_ms = truth.wave_start_ms, truth.wave_end_ms, answer.step_minutes * _MINUTE_MS
    if twin is None or not twin.is_good:
        outside: NDArray[np.bool_] = ~lie_in_waves(answer.ids, starts, ends, covers_ms)
        return outside
    return find_false_levels(answer.ids, starts, ends, twin.ids, twin.scores, cooldown_ms, covers_ms)
