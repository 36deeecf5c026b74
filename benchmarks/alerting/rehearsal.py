"""Rehearses rules on worlds: series of what was visible, evaluation, score by waves, in a world and in its twin."""

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.alerting.crises import find_crises
from benchmarks.alerting.engines.duckdb_engine import DuckdbEngine
from benchmarks.alerting.engines.engine import Engine
from benchmarks.alerting.evaluation import Firings
from benchmarks.alerting.rule_file import Rules
from benchmarks.alerting.rule_intervals import bound_figures
from benchmarks.alerting.rule_scores import RuleScore, ScoredTruth, Settings, choose_scored, pool, score_rule
from benchmarks.alerting.series import make_series
from benchmarks.alerting.series_list import STEP_MINUTES
from benchmarks.blind.blind_folder import lay_out
from benchmarks.detector import Observations
from benchmarks.scoring.alert_metrics import WaveOutcome, summarise_alerts
from benchmarks.scoring.labels import label_waves
from benchmarks.scoring.measure import name_rates, tidy
from benchmarks.scoring.score import find_twin
from simulator.dataset import Dataset
from simulator.dataset.context import to_iso
from simulator.origin import find_software_versions

FORMAT = "smearbench alerts"
VERSION = 1
Say = Callable[[str], None]
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What rules did in one world."""

    dataset: Dataset
    has_twin: bool
    truth: ScoredTruth
    firings: tuple[Firings, ...]
    scores: tuple[RuleScore, ...]


def rehearse(
    datasets: Iterable[Dataset], rules: Rules | Engine, settings: Settings, *, say: Say = lambda line: None
) -> Found:
    """Score rules on datasets, each as of its `evaluate_until`, with the twin that lies beside it if there is one.

    Parameters
    ----------
    datasets : iterable of Dataset
        Asked for one after the other, so that a world may be removed before the next one is made.
    rules : Rules or Engine
        A file of smearbench's own, or an engine with a file of its own.
    settings : Settings
    say : callable
        Told what runs.

    Returns
    -------
    dict
        What ``smearbench alerts --json`` prints. Figures that are not defined are None.

    Raises
    ------
    InputError
        When a rule or a series is wrong; see :mod:`benchmarks.alerting.evaluation`.
    """
    engine = take_engine(rules)
    rehearsed = []
    for dataset in datasets:
        say(f"rules on {dataset.manifest.scenario.id}, seed {dataset.seed}")
        rehearsed.append(rehearse_world(dataset, engine, settings))
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "software": find_software_versions(),
        "engine": {"name": engine.name, "version": engine.version},
        "step_minutes": STEP_MINUTES,
        "settings": asdict(settings),
        "twin_at_hand": [world.has_twin for world in rehearsed],
        "rules": [_describe_rule(engine, place, rehearsed) for place in range(len(engine.rules))],
        "worlds": [describe_world(world) for world in rehearsed],
    }


def take_engine(rules: Rules | Engine) -> Engine:
    """Return the engine of rules: DuckDB for a file of smearbench's own."""
    return DuckdbEngine(rules) if isinstance(rules, Rules) else rules


def rehearse_world(dataset: Dataset, rules: Rules | Engine, settings: Settings) -> Rehearsed:
    """Score rules on one dataset."""
    engine = take_engine(rules)
    until_ms = dataset.manifest.moments.evaluate_until_ms
    twin = find_twin(dataset)
    truth = choose_scored(label_waves(dataset, until_ms), find_crises(dataset), settings)
    firings = _fire(dataset, engine, until_ms)
    twins = _fire(twin, engine, until_ms) if twin is not None else None
    scores = tuple(
        score_rule(truth, firing.moments, twins[place].moments if twins else None, settings)
        for place, firing in enumerate(firings)
    )
    return Rehearsed(dataset, twin is not None, truth, firings, scores)


def _fire(dataset: Dataset, engine: Engine, until_ms: int) -> tuple[Firings, ...]:
    """Return when rules fire on what of a dataset was visible before a moment; a copy holds nothing else."""
    with tempfile.TemporaryDirectory(prefix="smearbench-alerts-") as home:
        folder = Path(home) / "observations"
        folder.mkdir()
        lay_out(dataset, folder, until_ms)
        return engine.fire(read_series(Observations(folder, until_ms), engine), Path(home))


def read_series(observations: Observations, rules: Rules | Engine) -> pa.Table:
    """Return the series of a world that rules may name, the team's own among them."""
    engine, series = take_engine(rules), make_series(observations)
    return engine.add_own_series(observations, series) if engine.has_own_series else series


def _describe_rule(engine: Engine, place: int, worlds: list[Rehearsed]) -> Found:
    """Return what a rule is and how it did over all worlds."""
    rule = engine.rules[place]
    described = {"name": rule.name, "expr": rule.expr, "for": rule.for_, "summary": rule.summary}
    return described | describe_figures([world.scores[place] for world in worlds])


def describe_figures(scores: list[RuleScore]) -> Found:
    """Return how one rule did over worlds, rounded, with intervals where there are worlds enough."""
    found = summarise_alerts([score.alerts for score in scores])
    figures = {
        "n_waves": found.n_waves,
        "n_detected": sum(wave.detected for score in scores for wave in score.alerts.waves),
        **name_rates(found),
        **pool(scores),
    }
    rounded = {name: tidy(value) for name, value in figures.items()}
    return rounded | {"intervals": bound_figures(scores)}


def describe_world(world: Rehearsed) -> Found:
    """Return what happened in a world, rule by rule and wave by wave."""
    manifest, waves = world.dataset.manifest, world.truth.waves
    rules = zip(world.firings, world.scores, strict=True)
    return {
        "dataset": {
            "scenario": manifest.scenario.id,
            "digest": manifest.scenario.digest,
            "seed": manifest.seed,
            "variant": manifest.variant,
            "scored_from": to_iso(waves.run_start_ms),
            "evaluate_until": to_iso(waves.run_end_ms),
            "twin_at_hand": world.has_twin,
        },
        "crises": [
            {"start": to_iso(start), "end": to_iso(end)}
            for start, end in zip(*(moments.tolist() for moments in world.truth.crises), strict=True)
        ],
        "rules": [_describe_firing(firings, score, world.truth) for firings, score in rules],
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
        "waves": [_describe_wave(wave, place, truth) for place, wave in enumerate(alerts.waves)],
    }


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
