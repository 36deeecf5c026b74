"""Scores the alerts of a team's own pipeline, as if each of their names were a rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.alerting.evaluation import Firings
from benchmarks.alerting.placing import Moments, Placed
from benchmarks.alerting.rehearsed import Rehearsed, Watched, describe_figures, describe_head, describe_world
from benchmarks.alerting.rule_scores import RuleScore, ScoredTruth, Settings, score_rule
from benchmarks.alerting.seen_worlds import see
from benchmarks.alerting.series import count_daily_mentions
from benchmarks.alerting.series_list import STEP_MINUTES
from benchmarks.scoring.measure import tidy
from simulator.dataset import Dataset
from simulator.dataset.context import to_iso
from simulator.errors import InputError

Found = dict[str, Any]
# All names together.
ANY = "(any of them)"
MOST_NAMES = 200


@dataclass(frozen=True, slots=True)
class OwnAlerts:
    """What a pipeline raised.

    Attributes
    ----------
    world : Placed
    twin : Placed or None
        In the twin; None when nobody replayed it, then waves alone decide.
    faults : dict
        What the replay did wrong on purpose, by kind.
    n_crisis_calls : int
        A drill's calls of a real crisis, which are no alerts of an attack and not among those.
    """

    world: Placed
    twin: Placed | None = None
    faults: dict[str, Any] | None = None
    n_crisis_calls: int = 0

    @property
    def names(self) -> list[str]:
        """Every name, in the order of their first alerts; those of the twin alone at the end."""
        alerts = [*self.world.alerts, *(self.twin.alerts if self.twin else ())]
        return list(dict.fromkeys(alert.name for alert in alerts))


def rehearse_own(dataset: Dataset, own: OwnAlerts, settings: Settings) -> Found:
    """Score a pipeline's alerts against the waves of the dataset that was replayed into it.

    Parameters
    ----------
    dataset : Dataset
    own : OwnAlerts
    settings : Settings
        The delay is what is to be added to the alerts' times: 0 when these are of when somebody heard.

    Returns
    -------
    dict
        As ``alerts --json`` of rules, with `own` beside: where alerts lay, and the faults of the replay.

    Raises
    ------
    InputError
        When there are more names than a person would read.
    """
    names = own.names
    if len(names) > MOST_NAMES:
        raise InputError(f"alerts: must have at most {MOST_NAMES} names, got {len(names):,}. Is it the rule's name?")
    world = _rehearse(dataset, own, [*names, None] if len(names) != 1 else [*names], settings)
    described = describe_world(world)
    for rule in described["rules"]:
        rule["alert_minutes_per_day"] = None
    return describe_head("own pipeline", "", [world], settings) | {
        "rules": [_describe(world, place) for place in range(len(world.scores))],
        "worlds": [described],
        "own": _describe_own(own, world.world.truth),
    }


def _rehearse(dataset: Dataset, own: OwnAlerts, names: Sequence[str | None], settings: Settings) -> Rehearsed:
    seen = see(dataset, settings, _find_end(dataset, own))
    found = [(own.world.moments(name), own.twin.moments(name) if own.twin else None) for name in names]
    firings = tuple(Firings(name or ANY, moments) for name, (moments, _) in zip(names, found, strict=True))
    scores = tuple(score_own(seen.truth, moments, twin, settings) for moments, twin in found)
    world = Watched(seen.manifest, seen.context, seen.truth, count_daily_mentions(seen.series), firings)
    return Rehearsed(world, own.twin is not None, scores)


def _find_end(dataset: Dataset, own: OwnAlerts) -> int:
    """Return until when is scored: as far as every replay had come, simulated, ms."""
    return min(placed.find_scored_end(dataset) for placed in (own.world, own.twin) if placed is not None)


def score_own(truth: ScoredTruth, moments: Moments, twin: Moments | None, settings: Settings) -> RuleScore:
    """Score the alerts of one name; they tell when somebody was called, and not for how long something fired."""
    return replace(score_rule(truth, moments, twin, settings), alert_minutes=0)


def _describe(world: Rehearsed, place: int) -> Found:
    unknown = {"expr": None, "for": None, "summary": "", "sweep": None, "alert_minutes_per_day": None}
    return {"name": world.world.firings[place].name, **describe_figures([world], place), **unknown}


def _describe_own(own: OwnAlerts, truth: ScoredTruth) -> Found:
    waves = truth.waves
    return {
        "scored_from": to_iso(waves.run_start_ms),
        "scored_until": to_iso(waves.run_end_ms),
        "replay_finished": all(p is None or p.until_ms is None for p in (own.world, own.twin)),
        "alerts": own.world.tally.to_json() | _count_unscored(own.world, truth),
        "twin_alerts": None if own.twin is None else own.twin.tally.to_json() | _count_unscored(own.twin, truth),
        "crisis_calls": own.n_crisis_calls,
        "faults": tidy(own.faults or {}),
    }


def _count_unscored(placed: Placed, truth: ScoredTruth) -> dict[str, int]:
    """Return how many alerts of the run lie before and after the scored time."""
    times = [alert.time_ms for alert in placed.alerts]
    start, end = truth.waves.run_start_ms, truth.waves.run_end_ms
    early = sum(time < start + STEP_MINUTES * 60_000 for time in times)
    late = sum(time > end for time in times)
    return {"in_warm_up": early, "after_scored": late, "scored": len(times) - early - late}
