"""Scores when a rule fired against the waves of a world; the definitions are those of ALERTS.md.

Arrays of moments are int64, ms since the epoch, UTC, ascending. An alert's moment is the end of the step at which
its rule fires; it speaks of that step.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.alerting.pushes import Pushes
from benchmarks.alerting.series import STEP_MS
from benchmarks.scoring.alert_episodes import find_true_alerts, lie_in_waves, number_episodes
from benchmarks.scoring.alert_metrics import (
    WaveOutcome,
    WaveTruth,
    WorldAlerts,
    kaplan_meier_median,
    measure_alerts,
    measure_waves,
)

Moments = NDArray[np.int64]
Flags = NDArray[np.bool_]
Spans = tuple[Moments, Moments]

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_DAY_MS = 24 * _HOUR_MS
# Random times at which the time-to-detect of the control is taken, evenly spaced (assumed to be enough).
N_SHIFTS = 48


@dataclass(frozen=True, slots=True)
class Settings:
    """How alerts are scored; all assumed, and stated with every result.

    Attributes
    ----------
    cooldown_hours : float
        How long an episode takes up alerts, and how near an alert of the twin makes one false.
    warm_up_days : float
        Time from the run's start in which baselines are learnt and nothing is scored.
    delay_minutes : float
        From the end of a step to the moment at which somebody hears: scrape, evaluation, notification.
    """

    cooldown_hours: float = 6.0
    warm_up_days: float = 7.0
    delay_minutes: float = 1.0

    @property
    def cooldown_ms(self) -> int:
        """The cool-down."""
        return round(self.cooldown_hours * _HOUR_MS)

    @property
    def delay_ms(self) -> int:
        """The delay."""
        return round(self.delay_minutes * _MINUTE_MS)


@dataclass(frozen=True, slots=True)
class ScoredTruth:
    """What a rule is scored on, after the warm-up.

    Attributes
    ----------
    waves : WaveTruth
        Those that are not over by then; one that is under way begins then.
    is_under_way : bool[w]
    crises : (int64[c], int64[c])
        Start and end of real crises without an operator.
    pushes : Pushes
        Cut as the waves are.
    """

    waves: WaveTruth
    is_under_way: Flags
    crises: Spans
    pushes: Pushes = field(default_factory=Pushes)


@dataclass(frozen=True, slots=True)
class Episodes:
    """First moments of a rule's episodes, int64 each: true, of a crisis, false, and the twin's outside crises."""

    true_ms: Moments
    crisis_ms: Moments
    false_ms: Moments
    twin_ms: Moments


@dataclass(frozen=True, slots=True)
class PushScore:
    """How the true alerts of a rule found the pushes of a world.

    Attributes
    ----------
    outcomes : tuple of WaveOutcome
        Of each push.
    by_chance : float64[p]
        Probability that the same alerts find it at a random time.
    """

    outcomes: tuple[WaveOutcome, ...]
    by_chance: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RuleScore:
    """How a rule did in one world.

    Attributes
    ----------
    alerts : WorldAlerts
        False episodes without those of crises; detections at random by shifted alerts.
    n_crisis_episodes : int
        Episodes that are not true and speak of a crisis.
    n_twin_episodes : int or None
        Episodes in the twin outside crises; None without one.
    alert_minutes : int
        Time for which it fires.
    shifted : tuple of WaveOutcome
        How the same alerts found the waves at some random times.
    episodes : Episodes
    pushes : PushScore
    """

    alerts: WorldAlerts
    n_crisis_episodes: int
    n_twin_episodes: int | None
    alert_minutes: int
    shifted: tuple[WaveOutcome, ...]
    episodes: Episodes
    pushes: PushScore


def choose_scored(truth: WaveTruth, crises: Spans, settings: Settings, pushes: Pushes | None = None) -> ScoredTruth:
    """Return the part of the truth that lies after the warm-up."""
    begin = min(truth.run_start_ms + round(settings.warm_up_days * _DAY_MS), truth.run_end_ms)
    kept = np.flatnonzero(truth.wave_end_ms > begin)
    exposures = None if truth.exposures is None else [truth.exposures[wave] for wave in kept.tolist()]
    waves = replace(
        truth,
        wave_start_ms=np.maximum(truth.wave_start_ms[kept], begin),
        wave_end_ms=truth.wave_end_ms[kept],
        run_start_ms=begin,
        exposures=exposures,
    )
    return ScoredTruth(waves, truth.wave_start_ms[kept] < begin, crises, (pushes or Pushes()).cut(begin))


def score_rule(truth: ScoredTruth, moments: Moments, twin_ms: Moments | None, settings: Settings) -> RuleScore:
    """Score the alerts of one rule in one world.

    Parameters
    ----------
    truth : ScoredTruth
    moments, twin_ms : int64[m], int64[t]
        When the rule fires in the world and in its twin; None without a twin, then waves alone decide.
    settings : Settings
    """
    waves, cooldown = truth.waves, settings.cooldown_ms
    moments = _keep_scored(moments, waves)
    twin_ms = None if twin_ms is None else _keep_scored(twin_ms, waves)
    is_true = find_true_alerts(moments, waves.wave_start_ms, waves.wave_end_ms, twin_ms, cooldown, STEP_MS)
    episodes = find_episodes(moments, is_true, truth.crises, cooldown)
    measured = measure_alerts(waves, moments, twin_ms, cooldown_ms=cooldown, step_ms=STEP_MS)
    alerts = replace(
        measured,
        waves=_measure_delayed(waves, moments[is_true], settings),
        n_false_episodes=len(episodes.false_ms),
        random_detected=expect_shifted_detections(waves, moments),
    )
    if twin_ms is not None:
        in_twin = find_episodes(twin_ms, np.zeros(len(twin_ms), bool), truth.crises, cooldown)
        episodes = replace(episodes, twin_ms=in_twin.false_ms)
    return RuleScore(
        alerts,
        n_crisis_episodes=len(episodes.crisis_ms),
        n_twin_episodes=None if twin_ms is None else len(episodes.twin_ms),
        alert_minutes=len(moments) * STEP_MS // _MINUTE_MS,
        shifted=measure_shifted(waves, moments, settings),
        episodes=episodes,
        pushes=_score_pushes(truth, moments, moments[is_true], settings),
    )


def _score_pushes(truth: ScoredTruth, moments: Moments, true_ms: Moments, settings: Settings) -> PushScore:
    """Score as if pushes were waves; which alerts are true stays as it is."""
    pushes = truth.pushes
    spans = replace(truth.waves, wave_start_ms=pushes.start_ms, wave_end_ms=pushes.end_ms, exposures=None)
    return PushScore(_measure_delayed(spans, true_ms, settings), _expect_shifted(spans, moments))


def find_episodes(moments: Moments, is_true: Flags, crises: Spans, cooldown_ms: int) -> Episodes:
    """Return when the episodes begin that are true, of a crisis, and false; none of the twin.

    One alert that is true makes its episode true; else one that speaks of a crisis makes it a crisis's.
    """
    episodes = number_episodes(moments, cooldown_ms)
    begins = moments[np.flatnonzero(np.diff(episodes, prepend=-1))]
    with_true = np.bincount(episodes[is_true], minlength=len(begins)) > 0
    in_crisis = np.bincount(episodes[lie_in_waves(moments, *crises, STEP_MS)], minlength=len(begins)) > 0
    in_crisis &= ~with_true
    return Episodes(begins[with_true], begins[in_crisis], begins[~with_true & ~in_crisis], moments[:0])


def expect_shifted_detections(truth: WaveTruth, moments: Moments) -> float:
    """Return the expected number of waves found by the same alerts at a random time.

    All alerts are moved together round the scored time, by every number of steps alike: as many, as close to each
    other, only unrelated to the waves. In closed form: a wave is missed where two alerts leave more room than its
    steps. The twin takes nothing away. Exact for alerts on the grid of steps; those of a team's own pipeline, which
    lie anywhere, are off by less than a step each.
    """
    return float(_expect_shifted(truth, moments).sum())


def _expect_shifted(truth: WaveTruth, moments: Moments) -> NDArray[np.float64]:
    """Return the probability of each wave to be found so, float64[w]."""
    length = truth.run_end_ms - truth.run_start_ms
    if not len(moments) or length <= 0:
        return np.zeros(len(truth.wave_start_ms))
    gaps = np.diff(np.append(moments, moments[0] + length))
    # Steps that overlap a wave, whose ends lie on the grid of the alerts.
    before, last = (truth.wave_start_ms - moments[0]) // STEP_MS, -((moments[0] - truth.wave_end_ms) // STEP_MS)
    spans = (last - before) * STEP_MS
    return np.array([np.minimum(gaps, span).sum() / length for span in spans], np.float64)


def measure_shifted(truth: WaveTruth, moments: Moments, settings: Settings) -> tuple[WaveOutcome, ...]:
    """Return how each wave is found when the alerts are moved as above, by 48 distances evenly spaced."""
    start, length = truth.run_start_ms, truth.run_end_ms - truth.run_start_ms
    alone = replace(truth, exposures=None)
    outcomes: list[WaveOutcome] = []
    for place in range(1, N_SHIFTS + 1):
        distance = place * length // (N_SHIFTS + 1) // STEP_MS * STEP_MS
        moved = np.sort((moments - start + distance) % max(length, 1) + start)
        outcomes += _measure_delayed(alone, moved, settings)
    return tuple(outcomes)


def _keep_scored(moments: Moments, waves: WaveTruth) -> Moments:
    """Return the moments of the steps that lie in the scored time."""
    return moments[(moments - STEP_MS >= waves.run_start_ms) & (moments <= waves.run_end_ms)]


def _measure_delayed(waves: WaveTruth, true_ms: Moments, settings: Settings) -> tuple[WaveOutcome, ...]:
    """Return how each wave was found, when people hear of it a delay after the alert's moment."""
    delay = settings.delay_ms
    exposures = None if waves.exposures is None else [(hours - delay, shown) for hours, shown in waves.exposures]
    heard = replace(waves, event_ms=waves.event_ms - delay, exposures=exposures)
    return tuple(
        replace(wave, time_to_detect_hours=wave.time_to_detect_hours + delay / _HOUR_MS)
        if wave.time_to_detect_hours is not None
        else wave
        for wave in measure_waves(heard, true_ms, STEP_MS)
    )


def pool(scores: Sequence[RuleScore]) -> dict[str, float | int | None]:
    """Return what several worlds have in common: counts, and rates per day of scored time.

    Returns
    -------
    dict
        n_true_episodes, n_false_episodes, n_crisis_episodes; precision (true among true and false episodes),
        alert_minutes_per_day, twin_alarms_per_day (None when a world has no twin),
        random_time_to_detect_hours (Kaplan-Meier median of the same alerts at a random time).
    """
    n_false = sum(score.alerts.n_false_episodes for score in scores)
    n_crisis = sum(score.n_crisis_episodes for score in scores)
    n_true = sum(score.alerts.n_episodes for score in scores) - n_false - n_crisis
    n_days = sum(score.alerts.n_days for score in scores)
    twins = [score.n_twin_episodes for score in scores if score.n_twin_episodes is not None]
    shifted = [wave for score in scores for wave in score.shifted]
    hours = [w.duration_hours if w.time_to_detect_hours is None else w.time_to_detect_hours for w in shifted]
    return {
        "n_true_episodes": n_true,
        "n_false_episodes": n_false,
        "n_crisis_episodes": n_crisis,
        "precision": n_true / (n_true + n_false) if n_true + n_false else None,
        "alert_minutes_per_day": sum(score.alert_minutes for score in scores) / n_days if n_days else None,
        "twin_alarms_per_day": sum(twins) / n_days if n_days and len(twins) == len(scores) else None,
        "random_time_to_detect_hours": kaplan_meier_median(hours, [wave.detected for wave in shifted]),
    }
