"""Rehearses rules on worlds: series of what was visible, evaluation, score by waves, in a world and in its twin."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from benchmarks.alerting.engines.engine import Engine
from benchmarks.alerting.garbage import collect_at_the_end
from benchmarks.alerting.rehearsal_worlds import WorldPair, WorldPlace, open_world, sweep_unfinished
from benchmarks.alerting.rehearsed import Found, Rehearsed, Watched, describe_rehearsal
from benchmarks.alerting.rule_scores import Settings, score_rule
from benchmarks.alerting.seen_worlds import Seen, see
from benchmarks.alerting.series import count_daily_mentions
from benchmarks.blind.blind_folder import lay_out
from benchmarks.detector import Observations
from benchmarks.suites.workers import SuiteProgress, Task, Workers, end_workers, run_tasks
from simulator.dataset import Dataset


def rehearse(pairs: Sequence[WorldPair], engine: Engine, settings: Settings, home: Path, jobs: int = 1) -> Found:
    """Score rules on worlds, each as of its `evaluate_until`, and on their twins.

    Parameters
    ----------
    pairs : sequence of WorldPair
    engine : Engine
        With the rules of a file.
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
        When a rule or a series is wrong; see the engine's module.
    """
    rehearsed = _rehearse_all(pairs, engine, settings, home, jobs)
    return describe_rehearsal(rehearsed, engine, settings)


def _rehearse_all(
    pairs: Sequence[WorldPair], engine: Engine, settings: Settings, home: Path, jobs: int
) -> list[Rehearsed]:
    """Watch every world and twin, a piece of work each, then score world by world."""
    places = [place for pair in pairs for place in (pair.world, pair.twin) if place is not None]
    paths = [place.path for place in places]
    workers = Workers(max(min(jobs, len(places)), 1))
    with workers.open(), SuiteProgress("alerts", home / "board") as display:
        display.enter("worlds")
        tasks = [Task(place.title, watch, (place, engine, settings, home), False) for place in places]
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


def watch(place: WorldPlace, engine: Engine, settings: Settings, home: Path) -> Watched:
    """Return when rules fire in one world or twin, lived first where it must be."""
    with collect_at_the_end(), open_world(place, shows_all=engine.has_own_series) as dataset:
        seen = see(dataset, settings)
        return fire_on(replace(seen, series=_add_own(dataset, engine, seen.series, home)), engine, home)


def fire_on(seen: Seen, engine: Engine, home: Path) -> Watched:
    """Return when rules fire on the series of one world or twin."""
    firings = engine.fire(seen.series, home)
    return Watched(seen.manifest, seen.context, seen.truth, count_daily_mentions(seen.series), firings)


def score_world(world: Watched, twin: Watched | None, settings: Settings) -> Rehearsed:
    """Score rules in one world, with what they did in its twin."""
    scores = tuple(
        score_rule(world.truth, firing.moments, twin.firings[place].moments if twin else None, settings)
        for place, firing in enumerate(world.firings)
    )
    return Rehearsed(world, twin is not None, scores)


def _add_own(dataset: Dataset, engine: Engine, series: pa.Table, home: Path) -> pa.Table:
    """Return the series with the team's own, whose questions see a copy of the observations that holds nothing else."""
    if not engine.has_own_series:
        return series
    until_ms = dataset.manifest.moments.evaluate_until_ms
    with tempfile.TemporaryDirectory(prefix="observations-", dir=home) as place:
        folder = Path(place) / "observations"
        folder.mkdir()
        lay_out(dataset, folder, until_ms)
        return engine.add_own_series(Observations(folder, until_ms), series)
