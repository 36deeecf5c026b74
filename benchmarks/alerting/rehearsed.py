"""What rules did on worlds, put into words and figures: the document of ``smearbench alerts --json``."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.alerting.engines.engine import Engine
from benchmarks.alerting.evaluation import Firings
from benchmarks.alerting.push_figures import describe_pushes, summarise_pushes
from benchmarks.alerting.rule_intervals import bound_figures
from benchmarks.alerting.rule_scores import Moments, RuleScore, ScoredTruth, Settings, pool
from benchmarks.alerting.series_list import STEP_MINUTES
from benchmarks.scoring.alert_metrics import WaveOutcome, summarise_alerts
from benchmarks.scoring.measure import name_rates, tidy
from simulator.dataset.context import to_iso
from simulator.dataset.manifest import Manifest
from simulator.origin import find_software_versions

FORMAT = "smearbench alerts"
VERSION = 2
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """What happened in one world or twin, and when rules fired there; holds nothing of the dataset's files.

    Attributes
    ----------
    manifest : Manifest
    context : dict
        Content of its ``context.json``.
    truth : ScoredTruth
    daily_mentions : tuple of int
        From the run's start; the last day as far as it is visible.
    firings : tuple of Firings
    """

    manifest: Manifest
    context: dict[str, Any]
    truth: ScoredTruth
    daily_mentions: tuple[int, ...]
    firings: tuple[Firings, ...]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What rules did in one world."""

    world: Watched
    has_twin: bool
    scores: tuple[RuleScore, ...]


def describe_rehearsal(rehearsed: Sequence[Rehearsed], engine: Engine, settings: Settings) -> Found:
    """Return the document; figures that are not defined are None."""
    rules = [_describe_rule(engine, place, rehearsed) for place in range(len(engine.rules))]
    return describe_head(engine.name, engine.version, rehearsed, settings) | {
        "rules": rules,
        "worlds": [describe_world(one) for one in rehearsed],
    }


def describe_head(name: str, version: str, rehearsed: Sequence[Rehearsed], settings: Settings) -> Found:
    """Return what the document says of how it was made."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "software": find_software_versions(),
        "engine": {"name": name, "version": version},
        "step_minutes": STEP_MINUTES,
        "settings": asdict(settings),
        "twin_at_hand": [one.has_twin for one in rehearsed],
    }


def _describe_rule(engine: Engine, place: int, worlds: Sequence[Rehearsed]) -> Found:
    """Return what a rule is and how it did over all worlds."""
    rule = engine.rules[place]
    described = {"name": rule.name, "expr": rule.expr, "for": rule.for_, "summary": rule.summary}
    return described | {"sweep": engine.sweeps[place]} | describe_figures(worlds, place)


def describe_figures(worlds: Sequence[Rehearsed], place: int) -> Found:
    """Return how one rule did over worlds, rounded, with intervals where there are worlds enough."""
    scores = [world.scores[place] for world in worlds]
    found = summarise_alerts([score.alerts for score in scores])
    figures = {
        "n_waves": found.n_waves,
        "n_detected": sum(wave.detected for score in scores for wave in score.alerts.waves),
        **name_rates(found),
        **pool(scores),
    }
    rounded = {name: tidy(value) for name, value in figures.items()}
    pushes = summarise_pushes([world.world.truth.pushes for world in worlds], [score.pushes for score in scores])
    return rounded | {"intervals": bound_figures(scores), "pushes": pushes}


def describe_world(one: Rehearsed) -> Found:
    """Return what happened in a world, rule by rule and wave by wave."""
    manifest, truth = one.world.manifest, one.world.truth
    rules = zip(one.world.firings, one.scores, strict=True)
    return {
        "dataset": {
            "scenario": manifest.scenario.id,
            "digest": manifest.scenario.digest,
            "seed": manifest.seed,
            "variant": manifest.variant,
            "run_start": to_iso(manifest.moments.start_ms),
            "run_end": to_iso(manifest.moments.end_ms),
            "launch": to_iso(manifest.moments.launch_ms),
            "scored_from": to_iso(truth.waves.run_start_ms),
            "evaluate_until": to_iso(truth.waves.run_end_ms),
            "twin_at_hand": one.has_twin,
        },
        "crises": [
            {"start": to_iso(start), "end": to_iso(end)}
            for start, end in zip(*(moments.tolist() for moments in truth.crises), strict=True)
        ],
        "events": [{name: event[name] for name in ("name", "kind", "time")} for event in one.world.context["events"]],
        "mentions_per_day": list(one.world.daily_mentions),
        "pushes": describe_pushes(truth.pushes),
        "rules": [_describe_firing(firings, score, truth) for firings, score in rules],
    }


def _describe_firing(firings: Firings, score: RuleScore, truth: ScoredTruth) -> Found:
    alerts = score.alerts
    return {
        "name": firings.name,
        "n_alerts": alerts.n_alerts,
        "n_true_alerts": alerts.n_true_alerts,
        "n_episodes": alerts.n_episodes,
        **{name: tidy(value) for name, value in pool([score]).items()},
        "random_detected": tidy(alerts.random_detected),
        "episodes": {kind: _list_moments(moments) for kind, moments in _list_kinds(score).items()},
        "push_hours": [tidy(push.time_to_detect_hours) for push in score.pushes.outcomes],
        "waves": [_describe_wave(wave, place, truth) for place, wave in enumerate(alerts.waves)],
    }


def _list_kinds(score: RuleScore) -> dict[str, Moments]:
    found = score.episodes
    return {"true": found.true_ms, "crisis": found.crisis_ms, "false": found.false_ms, "twin": found.twin_ms}


def _list_moments(moments: Moments) -> list[str]:
    return [to_iso(moment) for moment in moments.tolist()]


def _describe_wave(wave: WaveOutcome, place: int, truth: ScoredTruth) -> Found:
    shown = truth.waves.exposures[place][1] if truth.waves.exposures is not None else None
    total = None if shown is None else int(shown.sum())
    share = wave.delivered_share
    return {
        "start": to_iso(int(truth.waves.wave_start_ms[place])),
        "end": to_iso(int(truth.waves.wave_end_ms[place])),
        "under_way_after_warm_up": bool(truth.is_under_way[place]),
        "detected": wave.detected,
        "time_to_detect_hours": tidy(wave.time_to_detect_hours),
        "lead_time_hours": tidy(wave.lead_time_hours),
        "exposures": total,
        "exposures_before": None if total is None or share is None else round(share * total),
    }
