"""How well alerts find waves: in time, before the next brand event, and with how many false alarms.

None stands for what is not defined. The functions take arrays of moments, int64, ms since the epoch, UTC, ascending.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, prod

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring.alert_episodes import count_false_episodes, find_true_alerts, lie_in_waves, number_episodes

Moments = NDArray[np.int64]

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
# Later than every moment, and what is taken from it still is.
_NEVER = 1 << 62
# NAB's standard profile: a missed window costs as much as a found one earns, a false alarm at most 0.11.
_NAB_MISS = 1.0
_NAB_FALSE = 0.11
# More than a million products of 64 bits can be off by.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class WaveTruth:
    """What really happened in a world.

    Attributes
    ----------
    wave_start_ms, wave_end_ms : int64[w]
        Waves, by start; the end is exclusive. They may overlap.
    run_start_ms, run_end_ms : int
        The time in which alerts could be raised; the end is exclusive.
    event_ms : int64[e]
        Brand events.
    exposures : sequence of (int64[h], int64[h]), optional
        For every wave the starts of hours, ms, and the exposures to it in that hour, all of them.
    """

    wave_start_ms: Moments
    wave_end_ms: Moments
    run_start_ms: int
    run_end_ms: int
    event_ms: Moments
    exposures: Sequence[tuple[Moments, NDArray[np.int64]]] | None = None


@dataclass(frozen=True, slots=True)
class WaveOutcome:
    """How a wave was found.

    Attributes
    ----------
    detected : bool
        Whether a true alert lies in it.
    time_to_detect_hours : float or None
        From the wave's start to its first true alert; None when missed.
    duration_hours : float
        From the wave's start to its end, where a miss is censored.
    lead_time_hours : float or None
        From the first true alert to the next brand event; None when missed or when no event follows.
    delivered_share : float or None
        Share of the wave's exposures that had happened by the first true alert; 1 when missed, None without exposures.
    """

    detected: bool
    time_to_detect_hours: float | None
    duration_hours: float
    lead_time_hours: float | None
    delivered_share: float | None


@dataclass(frozen=True, slots=True)
class WorldAlerts:
    """How the alerts of a world did.

    Attributes
    ----------
    waves : tuple of WaveOutcome
    n_alerts, n_true_alerts : int
    n_episodes, n_false_episodes : int
        Alerts merged by the cool-down, see :mod:`benchmarks.scoring.alert_episodes`.
    n_days : float
        Length of the run.
    waves_share : float
        Share of the run's time that lies in waves.
    random_detected : float
        Waves that as many alerts at random moments would have found, see :func:`expect_random_detections`.
    nab_sum : float
        Unscaled NAB score, see :func:`sum_nab`.
    """

    waves: tuple[WaveOutcome, ...]
    n_alerts: int
    n_true_alerts: int
    n_episodes: int
    n_false_episodes: int
    n_days: float
    waves_share: float
    random_detected: float
    nab_sum: float


@dataclass(frozen=True, slots=True)
class AlertSummary:
    """How alerts did over worlds; waves are pooled, false alarms and shares of time are per day of all runs.

    Attributes
    ----------
    n_waves : int
    detection_rate : float or None
        Share of the waves with a true alert.
    random_detection_rate : float or None
        The same of as many alerts at random moments.
    median_time_to_detect_hours : float or None
        Kaplan-Meier median, misses censored at the wave's end; None where the curve stays above a half.
    median_lead_time_hours : float or None
        Over the detected waves that an event follows.
    mean_delivered_share : float or None
        Over all waves with exposures, missed ones counting 1.
    false_alarms_per_day, waves_share : float or None
    nab : float or None
        100 for every wave found at its start without false alarms, 0 for silence.
    """

    n_waves: int
    detection_rate: float | None
    random_detection_rate: float | None
    median_time_to_detect_hours: float | None
    median_lead_time_hours: float | None
    mean_delivered_share: float | None
    false_alarms_per_day: float | None
    waves_share: float | None
    nab: float | None


def measure_alerts(
    truth: WaveTruth, alert_ms: Moments, twin_ms: Moments | None, *, cooldown_ms: int, step_ms: int
) -> WorldAlerts:
    """Measure the alerts of one world that reach the threshold.

    Parameters
    ----------
    truth : WaveTruth
    alert_ms, twin_ms : int64[m], int64[t]
        Alerts in the world and in its twin; None when there is no twin, then an alert in a wave is true.
    cooldown_ms : int
        How near an alert of the twin makes one false, and how long an episode lasts.
    step_ms : int
        Time from one update of the detector to the next: what an alert speaks of. 0 for alerts that have only a moment.
    """
    is_true = find_true_alerts(alert_ms, truth.wave_start_ms, truth.wave_end_ms, twin_ms, cooldown_ms, step_ms)
    episodes = number_episodes(alert_ms, cooldown_ms)
    n_episodes = int(episodes[-1]) + 1 if len(episodes) else 0
    return WorldAlerts(
        waves=measure_waves(truth, alert_ms[is_true], step_ms),
        n_alerts=len(alert_ms),
        n_true_alerts=int(is_true.sum()),
        n_episodes=n_episodes,
        n_false_episodes=count_false_episodes(alert_ms, is_true, cooldown_ms),
        n_days=(truth.run_end_ms - truth.run_start_ms) / _DAY_MS,
        waves_share=find_waves_share(truth),
        random_detected=expect_random_detections(truth, len(alert_ms)),
        nab_sum=sum_nab(alert_ms, truth.wave_start_ms, truth.wave_end_ms, step_ms),
    )


def summarise_alerts(worlds: Sequence[WorldAlerts]) -> AlertSummary:
    """Pool the waves, the days and the false alarms of worlds."""
    waves = [wave for world in worlds for wave in world.waves]
    hours = [wave.duration_hours if wave.time_to_detect_hours is None else wave.time_to_detect_hours for wave in waves]
    leads = [wave.lead_time_hours for wave in waves if wave.lead_time_hours is not None]
    delivered = [wave.delivered_share for wave in waves if wave.delivered_share is not None]
    n_days, n_waves = sum(world.n_days for world in worlds), len(waves)
    return AlertSummary(
        n_waves=n_waves,
        detection_rate=_divide(sum(wave.detected for wave in waves), n_waves),
        random_detection_rate=_divide(sum(world.random_detected for world in worlds), n_waves),
        median_time_to_detect_hours=kaplan_meier_median(hours, [wave.detected for wave in waves]),
        median_lead_time_hours=float(np.median(leads)) if leads else None,
        mean_delivered_share=_divide(sum(delivered), len(delivered)),
        false_alarms_per_day=_divide(sum(world.n_false_episodes for world in worlds), n_days),
        waves_share=_divide(sum(world.waves_share * world.n_days for world in worlds), n_days),
        nab=scale_nab(sum(world.nab_sum for world in worlds), n_waves),
    )


def measure_waves(truth: WaveTruth, true_ms: Moments, covers_ms: int = 0) -> tuple[WaveOutcome, ...]:
    """Return how each wave was found by the true alerts, the first of them that speaks of it."""
    places = np.searchsorted(true_ms, truth.wave_start_ms, side="right" if covers_ms else "left")
    first = np.append(true_ms, _NEVER)[places]
    is_found = (places < len(true_ms)) & (first - covers_ms < truth.wave_end_ms)
    events = np.append(np.sort(truth.event_ms), _NEVER)
    following = events[np.searchsorted(events[:-1], first)]
    columns = (truth.wave_start_ms, truth.wave_end_ms, is_found, first, following)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return tuple(_measure_wave(truth, wave, *row) for wave, row in enumerate(rows))


def kaplan_meier_median(
    hours: Sequence[float] | NDArray[np.float64], is_observed: Sequence[bool] | NDArray[np.bool_]
) -> float | None:
    """Return the time by which the Kaplan-Meier curve has fallen to one half; None when it stays above.

    Parameters
    ----------
    hours : sequence of n floats
        Time to the event, or to where it was censored.
    is_observed : sequence of n bools
        Whether the event happened; one that happens when another is censored comes first.

    References
    ----------
    Kaplan, Meier 1958, "Nonparametric estimation from incomplete observations", doi 10.2307/2281868.

    Examples
    --------
    >>> kaplan_meier_median([1.0, 2.0, 3.0, 4.0], [True, False, True, True])
    3.0
    """
    times, observed = np.array(hours, np.float64), np.array(is_observed, bool)
    moments, found = np.unique(times[observed], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), moments)
    left = at_risk - found
    surviving = np.cumprod(left / at_risk)
    for place in np.flatnonzero(surviving <= 0.5 + _ROUNDING).tolist():
        # Whether a curve that comes so near touches one half is for whole numbers to say.
        is_sure = surviving[place] < 0.5 - _ROUNDING
        if is_sure or 2 * prod(left[: place + 1].tolist()) <= prod(at_risk[: place + 1].tolist()):
            return float(moments[place])
    return None


def find_waves_share(truth: WaveTruth) -> float:
    """Return the share of the run's time in which at least one wave is on."""
    start, end = _clip_waves(truth)
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    before = np.concatenate([[truth.run_start_ms], end[:-1]])
    covered = int(np.maximum(end - np.maximum(start, before), 0).sum()) if len(start) else 0
    return _divide(covered, truth.run_end_ms - truth.run_start_ms) or 0.0


def expect_random_detections(truth: WaveTruth, n_episodes: int) -> float:
    """Return the expected number of waves in which one of n moments lies, uniform over the run and independent.

    In closed form: a wave that takes a share q of the run is found with probability 1 - (1 - q)^n. The twin
    takes nothing away.
    """
    start, end = _clip_waves(truth)
    shares = (end - start) / max(truth.run_end_ms - truth.run_start_ms, 1)
    return float((1 - (1 - shares) ** n_episodes).sum())


def sum_nab(alert_ms: Moments, wave_start_ms: Moments, wave_end_ms: Moments, step_ms: int) -> float:
    """Return the unscaled NAB score of alerts, standard profile, with the waves as windows.

    A found wave earns 1 at its start and less later, a missed one costs 1, and an alert outside waves up to
    0.11, little just after a wave. Moments stand for NAB's rows; on the grid of the steps both are the same.
    The twin has no say.

    References
    ----------
    Lavin, Ahmad 2015, "Evaluating real-time anomaly detection algorithms: the Numenta anomaly benchmark",
    arXiv 1510.03336.
    """
    moments = np.unique(alert_ms)
    found = 0.0
    for start, end in zip(wave_start_ms.tolist(), wave_end_ms.tolist(), strict=True):
        place = int(np.searchsorted(moments, start))
        hit = place < len(moments) and moments[place] < end
        found += _weigh_nab((int(moments[place]) - end) / (end - start)) / _weigh_nab(-1) if hit else -_NAB_MISS
    outside = moments[~lie_in_waves(moments, wave_start_ms, wave_end_ms)]
    return found + sum(_charge_nab(int(moment), wave_start_ms, wave_end_ms, step_ms) for moment in outside)


def scale_nab(nab_sum: float, n_waves: int) -> float | None:
    """Return a NAB score from 0 for silence to 100 for a perfect detector, below 0 for worse; None without waves."""
    silent = -_NAB_MISS * n_waves
    return 100 * (nab_sum - silent) / (n_waves - silent) if n_waves else None


def _measure_wave(
    truth: WaveTruth, wave: int, start: int, end: int, is_found: bool, first: int, event: int
) -> WaveOutcome:
    """Return how a wave was found: by its first alert, where it is found, which an event follows unless it is never."""
    duration, share = (end - start) / _HOUR_MS, _share_delivered(truth, wave, first if is_found else None)
    if not is_found:
        return WaveOutcome(False, None, duration, None, share)
    lead = None if event == _NEVER else (event - first) / _HOUR_MS
    return WaveOutcome(True, (first - start) / _HOUR_MS, duration, lead, share)


def _share_delivered(truth: WaveTruth, wave: int, found: int | None) -> float | None:
    """Within an hour, exposures are taken to come evenly."""
    if truth.exposures is None:
        return None
    hour_ms, exposures = truth.exposures[wave]
    passed = np.ones(len(hour_ms)) if found is None else np.clip((found - hour_ms) / _HOUR_MS, 0, 1)
    return _divide(float((passed * exposures).sum()), float(exposures.sum()))


def _clip_waves(truth: WaveTruth) -> tuple[Moments, Moments]:
    bounds = truth.run_start_ms, truth.run_end_ms
    return np.clip(truth.wave_start_ms, *bounds), np.clip(truth.wave_end_ms, *bounds)


def _weigh_nab(y: float) -> float:
    return 2 / (1 + exp(5 * y)) - 1 if y <= 3 else -1.0


def _charge_nab(moment: int, wave_start_ms: Moments, wave_end_ms: Moments, step_ms: int) -> float:
    """Return the (negative) worth of an alert outside waves, by its distance from the last wave."""
    over = np.flatnonzero(wave_end_ms <= moment)
    if not len(over):
        return -_NAB_FALSE
    last = over[np.argmax(wave_end_ms[over])]
    width, late = int(wave_end_ms[last] - wave_start_ms[last]) - step_ms, moment - int(wave_end_ms[last]) + step_ms
    return _NAB_FALSE * _weigh_nab(late / width if width > 0 else np.inf)


def _divide(part: float, whole: float) -> float | None:
    return part / whole if whole else None
