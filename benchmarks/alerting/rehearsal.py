"""Rehearses rules on worlds: series of what was visible, evaluation, score by waves, in a world and in its twin."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.alerting.crises import find_crises
from benchmarks.alerting.evaluation import ENGINE, Firings, evaluate
from benchmarks.alerting.own_series import add_own_series
from benchmarks.alerting.rehearsal_worlds import WorldPair, WorldPlace, open_world, sweep_unfinished
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
from benchmarks.suites.workers import SuiteProgress, Task, Workers, end_workers, run_tasks
from simulator.dataset import Dataset
from simulator.dataset.context import to_iso
from simulator.dataset.manifest import Manifest
from simulator.origin import find_software_versions

FORMAT = "smearbench alerts"
VERSION = 1
Found = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Watched:
    """What happened in one world or twin, and when rules fired there; holds nothing of the dataset's files."""

    manifest: Manifest
    truth: ScoredTruth
    firings: tuple[Firings, ...]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What rules did in one world."""

    world: Watched
    has_twin: bool
    scores: tuple[RuleScore, ...]


def rehearse(pairs: Sequence[WorldPair], rules: Rules, settings: Settings, home: Path, jobs: int = 1) -> Found:
    """Score rules on worlds, each as of its `evaluate_until`, and on their twins.

    Parameters
    ----------
    pairs : sequence of WorldPair
    rules : Rules
    settings : Settings
    home : Path
        A folder for what is needed while it runs.
    jobs : int
        Processes that live and watch worlds; the result is the same whatever their number.

    Returns
    -------
    dict
        What ``smearbench alerts --json`` prints. Figures that are not defined are None.

    Raises
    ------
    InputError
        When a rule or a series is wrong; see :mod:`benchmarks.alerting.evaluation`.
    """
    rehearsed = _rehearse_all(pairs, rules, settings, home, jobs)
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "software": find_software_versions(),
        "engine": {"name": ENGINE, "version": duckdb.__version__},
        "step_minutes": STEP_MINUTES,
        "settings": asdict(settings),
        "twin_at_hand": [one.has_twin for one in rehearsed],
        "rules": [_describe_rule(rules, place, rehearsed) for place in range(len(rules.rules))],
        "worlds": [_describe_world(one) for one in rehearsed],
    }


def _rehearse_all(
    pairs: Sequence[WorldPair], rules: Rules, settings: Settings, home: Path, jobs: int
) -> list[Rehearsed]:
    """Watch every world and twin, a piece of work each, then score world by world."""
    places = [place for pair in pairs for place in (pair.world, pair.twin) if place is not None]
    paths = [place.path for place in places]
    workers = Workers(max(min(jobs, len(places)), 1))
    with workers.open(), SuiteProgress("alerts", home / "board") as display:
        display.enter("worlds")
        tasks = [Task(place.title, watch, (place, rules, settings, home)) for place in places]
        try:
            watched = dict(zip(paths, run_tasks(tasks, workers, display), strict=True))
        except BaseException:
            end_workers()
            sweep_unfinished(pairs)
            raise
        display.enter("scores")
        scoring = [
            Task(pair.world.title, score_world, (watched[pair.world.path], _find(watched, pair.twin), settings))
            for pair in pairs
        ]
        return run_tasks(scoring, workers, display)


def _find(watched: dict[Path, Watched], place: WorldPlace | None) -> Watched | None:
    return None if place is None else watched[place.path]


def watch(place: WorldPlace, rules: Rules, settings: Settings, home: Path) -> Watched:
    """Return when rules fire in one world or twin, lived first where it must be."""
    with open_world(place) as dataset:
        until_ms = dataset.manifest.moments.evaluate_until_ms
        truth = choose_scored(label_waves(dataset, until_ms), find_crises(dataset), settings)
        return Watched(dataset.manifest, truth, _fire(dataset, rules, until_ms, home))


def score_world(world: Watched, twin: Watched | None, settings: Settings) -> Rehearsed:
    """Score rules in one world, with what they did in its twin."""
    scores = tuple(
        score_rule(world.truth, firing.moments, twin.firings[place].moments if twin else None, settings)
        for place, firing in enumerate(world.firings)
    )
    return Rehearsed(world, twin is not None, scores)


def _fire(dataset: Dataset, rules: Rules, until_ms: int, home: Path) -> tuple[Firings, ...]:
    """Return when rules fire on what of a dataset was visible before a moment."""
    return evaluate(rules, read_series(dataset, rules, until_ms, home))


def read_series(dataset: Dataset, rules: Rules, until_ms: int, home: Path) -> pa.Table:
    """Return the given series of a world and the team's own, whose questions see a copy that holds nothing else."""
    with tempfile.TemporaryDirectory(prefix="observations-", dir=home) as place:
        folder = Path(place) / "observations"
        folder.mkdir()
        lay_out(dataset, folder, until_ms)
        observations = Observations(folder, until_ms)
        return add_own_series(observations, rules, make_series(observations))


def _describe_rule(rules: Rules, place: int, worlds: Sequence[Rehearsed]) -> Found:
    """Return what a rule is and how it did over all worlds."""
    rule = rules.rules[place]
    scores = [world.scores[place] for world in worlds]
    found = summarise_alerts([score.alerts for score in scores])
    figures = {
        "n_waves": found.n_waves,
        "n_detected": sum(wave.detected for score in scores for wave in score.alerts.waves),
        **name_rates(found),
        **pool(scores),
    }
    described = {"name": rule.name, "expr": rule.expr, "for": rule.for_, "summary": rule.summary}
    rounded = {name: tidy(value) for name, value in figures.items()}
    return described | rounded | {"intervals": bound_figures(scores)}


def _describe_world(one: Rehearsed) -> Found:
    manifest, truth = one.world.manifest, one.world.truth
    rules = zip(one.world.firings, one.scores, strict=True)
    return {
        "dataset": {
            "scenario": manifest.scenario.id,
            "digest": manifest.scenario.digest,
            "seed": manifest.seed,
            "variant": manifest.variant,
            "scored_from": to_iso(truth.waves.run_start_ms),
            "evaluate_until": to_iso(truth.waves.run_end_ms),
            "twin_at_hand": one.has_twin,
        },
        "crises": [
            {"start": to_iso(start), "end": to_iso(end)}
            for start, end in zip(*(moments.tolist() for moments in truth.crises), strict=True)
        ],
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
