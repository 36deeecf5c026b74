"""Compares when a team was alerted with when the waves came, by the definitions of ALERTS.md.

Moments are ms since the epoch, simulated time unless they are called wall clock.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.alerting.alert_lines import ATTACK, CRISIS, Alert
from benchmarks.alerting.crises import find_crises
from benchmarks.alerting.placing import Moments, Placed, place_by_clock
from benchmarks.alerting.rule_scores import (
    RuleScore,
    ScoredTruth,
    Settings,
    choose_scored,
    find_episodes,
    pool,
    score_rule,
)
from benchmarks.alerting.series import STEP_MS
from benchmarks.replay.clock_file import ReplayClock
from benchmarks.scoring.alert_episodes import lie_in_waves
from benchmarks.scoring.alert_metrics import WaveOutcome, summarise_alerts
from benchmarks.scoring.labels import label_waves
from benchmarks.scoring.measure import tidy
from simulator.dataset import Dataset
from simulator.dataset.context import to_iso
from simulator.dataset.queries import ask

Found = dict[str, Any]
_HOUR_MS = 3_600_000
# People hear themselves: no delay. There are no baselines to learn: no warm-up. The cool-down is the rules'.
SETTINGS = Settings(cooldown_hours=6.0, warm_up_days=0.0, delay_minutes=0.0)
_PLOTS = """
select wave_id, list(distinct tactic order by tactic) as tactics,
    list(distinct narrative_id order by narrative_id) as narratives
from truth_pushes group by wave_id having min(epoch_ms(start)) < $until
order by min(epoch_ms(start)), max(epoch_ms("end")), wave_id
"""


@dataclass(frozen=True, slots=True)
class _Calls:
    """The calls of a drill in its time, the clock that placed them, and the end of the first step of the run."""

    placed: Placed
    clock: ReplayClock
    first_ms: int

    def of(self, kind: str) -> list[Alert]:
        return [alert for alert in self.placed.alerts if alert.kind == kind]

    def moments(self, kind: str) -> Moments:
        # Who calls while what was there before still comes in speaks of the first step: there is none before it.
        return np.unique(np.array([max(alert.time_ms, self.first_ms) for alert in self.of(kind)], np.int64))


def score_calls(dataset: Dataset, calls: Sequence[Alert], clock: ReplayClock) -> Found:
    """Compare what was called with what happened, as far as the drill was played.

    Parameters
    ----------
    dataset : Dataset
        The world, with its truth.
    calls : sequence of Alert
        By wall clock.
    clock : ReplayClock

    Returns
    -------
    dict
        waves, crises and calls, one by one, and a summary.
    """
    placed = place_by_clock(calls, clock)
    until_ms = placed.find_scored_end(dataset)
    waves = label_waves(dataset, until_ms)
    truth = choose_scored(waves, find_crises(dataset), SETTINGS)
    is_scored = (waves.wave_end_ms > waves.run_start_ms).tolist()
    plots = [plot for plot, is_kept in zip(_read_plots(dataset, until_ms), is_scored, strict=True) if is_kept]
    called = _Calls(placed, clock, dataset.manifest.moments.start_ms + STEP_MS)
    score = score_rule(truth, called.moments(ATTACK), None, SETTINGS)
    crises = _describe_crises(truth, called, until_ms)
    return {
        "played_until": to_iso(until_ms),
        "waves": _describe_waves(truth, score, called, plots),
        "crises": crises,
        "calls": [_describe_call(alert, truth) for alert in placed.alerts],
        "alerts": placed.tally.to_json(),
        "summary": _summarise(truth, score, called, crises),
    }


def _read_plots(dataset: Dataset, until_ms: int) -> list[tuple[list[str], list[str]]]:
    """Return tactics and narratives of every wave that began, in the order of :func:`label_waves`."""
    with ask(tables=dataset) as queries:
        rows = queries.table(_PLOTS, {"until": until_ms})
    return list(zip(rows["tactics"].to_pylist(), rows["narratives"].to_pylist(), strict=True))


def _describe_waves(
    truth: ScoredTruth, score: RuleScore, called: _Calls, plots: list[tuple[list[str], list[str]]]
) -> list[Found]:
    return [
        _describe_wave(truth, place, wave, called) | {"tactics": tactics, "narratives": narratives}
        for place, (wave, (tactics, narratives)) in enumerate(zip(score.alerts.waves, plots, strict=True))
    ]


def _describe_wave(truth: ScoredTruth, place: int, wave: WaveOutcome, called: _Calls) -> Found:
    waves = truth.waves
    shown = None if waves.exposures is None else int(waves.exposures[place][1].sum())
    share = wave.delivered_share
    return {
        "start": to_iso(int(waves.wave_start_ms[place])),
        "end": to_iso(int(waves.wave_end_ms[place])),
        **_describe_hearing(int(waves.wave_start_ms[place]), wave.time_to_detect_hours, called),
        "exposures": shown,
        "exposures_before": None if shown is None or share is None else round(shown * share),
        "exposure_share_before": tidy(share),
    }


def _describe_hearing(start: int, hours: float | None, called: _Calls) -> Found:
    """Return when a wave that began at `start` was called, and by what."""
    if hours is None:
        return dict.fromkeys(("called", "by", "hours_late", "seconds_late"))
    heard = start + round(hours * _HOUR_MS)
    first = min(called.of(ATTACK), key=lambda alert: abs(alert.time_ms - heard))
    return {
        "called": to_iso(first.time_ms),
        "by": first.name,
        "hours_late": tidy(hours),
        "seconds_late": _wait_seconds(called.clock, start, first.time_ms),
    }


def _wait_seconds(clock: ReplayClock, start: int, moment: int) -> float:
    """Return how long the clock on the wall went from one simulated moment to another, seconds, pauses included."""
    return round((_wall_ms(clock, moment) - _wall_ms(clock, start)) / 1000, 1)


def _wall_ms(clock: ReplayClock, simulated_ms: int) -> float:
    """Return when a simulated moment was first reached, wall clock, ms."""
    place = bisect_left(clock.anchors, simulated_ms, key=lambda anchor: anchor[1])
    if place in (0, len(clock.anchors)):
        return clock.anchors[min(place, len(clock.anchors) - 1)][0]
    (wall, before), (later, after) = clock.anchors[place - 1], clock.anchors[place]
    return wall + (later - wall) * (simulated_ms - before) / (after - before)


def _describe_crises(truth: ScoredTruth, called: _Calls, until_ms: int) -> list[Found]:
    """Return every real crisis that began, and what the team took it for."""
    spans = zip(*(edges.tolist() for edges in truth.crises), strict=True)
    return [_describe_crisis(truth, called, start, end) for start, end in spans if start < until_ms]


def _describe_crisis(truth: ScoredTruth, called: _Calls, start: int, end: int) -> Found:
    span = np.array([start], np.int64), np.array([end], np.int64)
    rightly = next((a for a in called.of(CRISIS) if lie_in_waves(_one(a), *span, STEP_MS)[0]), None)
    attack = [a for a in called.of(ATTACK) if lie_in_waves(_one(a), *span, STEP_MS)[0]]
    wrongly = next((a for a in attack if not _lies_in_wave(a, truth)), None)
    taken_for = "a crisis" if rightly else "an attack" if wrongly else "nothing"
    first = rightly or wrongly
    return {
        "start": to_iso(start),
        "end": to_iso(end),
        "taken_for": taken_for,
        "called": None if first is None else to_iso(first.time_ms),
        "hours_late": None if first is None else tidy((first.time_ms - start) / _HOUR_MS),
    }


def _one(alert: Alert) -> Moments:
    return np.array([alert.time_ms], np.int64)


def _lies_in_wave(alert: Alert, truth: ScoredTruth) -> bool:
    return bool(lie_in_waves(_one(alert), truth.waves.wave_start_ms, truth.waves.wave_end_ms, STEP_MS)[0])


def _describe_call(alert: Alert, truth: ScoredTruth) -> Found:
    return {
        "time": to_iso(alert.time_ms),
        "name": alert.name,
        "kind": alert.kind,
        "in_wave": _lies_in_wave(alert, truth),
        "in_crisis": bool(lie_in_waves(_one(alert), *truth.crises, STEP_MS)[0]),
    }


def _summarise(truth: ScoredTruth, score: RuleScore, called: _Calls, crises: list[Found]) -> Found:
    figures, found = pool([score]), summarise_alerts([score.alerts])
    late = [wave.time_to_detect_hours for wave in score.alerts.waves if wave.time_to_detect_hours is not None]
    moments = called.moments(CRISIS)
    none = np.zeros(len(moments), bool)
    n_wrong_crises = len(find_episodes(moments, none, truth.crises, SETTINGS.cooldown_ms).false_ms)
    return {
        "waves": found.n_waves,
        "called": sum(wave.detected for wave in score.alerts.waves),
        "median_hours_late": tidy(float(np.median(late))) if late else None,
        "exposure_share_before": tidy(found.mean_delivered_share),
        "false_calls": figures["n_false_episodes"],
        "crises": len(crises),
        "crises_rightly": sum(crisis["taken_for"] == "a crisis" for crisis in crises),
        "crises_as_attack": sum(crisis["taken_for"] == "an attack" for crisis in crises),
        "crisis_calls_without_one": n_wrong_crises,
        "called_by_chance": tidy(score.alerts.random_detected),
    }
