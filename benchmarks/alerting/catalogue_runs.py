"""Scores rules on every scenario of the catalogue; worlds and their series are made once and serve every engine.

Series lie in a cache by world, scores by scenario and engine, so that a run that was stopped goes on where it was.
"""

import json
import pickle
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.alerting.engines.engine import Engine
from benchmarks.alerting.rehearsal import fire_on, score_world
from benchmarks.alerting.rehearsal_worlds import WorldPair, WorldPlace, open_world, place_lived
from benchmarks.alerting.rehearsed import Rehearsed, Watched, describe_figures
from benchmarks.alerting.rule_scores import Settings
from benchmarks.alerting.seen_worlds import Seen, see
from benchmarks.suites.digests import digest_module, digest_of, digest_simulator
from benchmarks.suites.workers import SuiteProgress, Task, Workers, end_workers, run_tasks
from benchmarks.whole_file import write_whole
from simulator.scenario import Scenario, list_scenarios, load_scenario, scenario_yaml

Found = dict[str, Any]

FORMAT, VERSION = "smearbench alert catalogue", 1


@dataclass(frozen=True, slots=True)
class Study:
    """What is studied, and where its pieces lie.

    Attributes
    ----------
    engine : Engine
    settings : Settings
    accounts, days, seeds : int
        Size of every world, and worlds a scenario; a scenario of fewer days keeps them.
    cache, home : Path
        Folders of pieces that later runs find, and of what is needed meanwhile.
    """

    engine: Engine
    settings: Settings
    accounts: int
    days: int
    seeds: int
    cache: Path
    home: Path

    def load(self, scenario: str) -> Scenario:
        """Return a scenario of the catalogue at the study's size."""
        return load_scenario(scenario, accounts=self.accounts, days=self.days)

    def digest(self, place: WorldPlace) -> str:
        """Return the digest of all that decides what is seen of a world."""
        assert place.scenario is not None
        world = [scenario_yaml(place.scenario), place.seed, place.is_twin, digest_simulator()]
        return digest_of([*world, asdict(self.settings), digest_module(see.__module__)])


def run_study(study: Study, jobs: int) -> Found:
    """Score the engine's rules on every scenario of the catalogue.

    Parameters
    ----------
    study : Study
    jobs : int

    Returns
    -------
    dict
        What ``results/alerting/<engine>.json`` holds; no time or memory in it.
    """
    workers = Workers(jobs)
    try:
        with workers.open(), SuiteProgress(f"catalogue, {study.engine.name}", study.home / "board") as display:
            scenarios = [_ensure_scenario(study, row.id, workers, display) for row in list_scenarios()]
    except BaseException:
        end_workers()
        raise
    return {
        "format": FORMAT,
        "version": VERSION,
        "synthetic": True,
        "engine": {"name": study.engine.name, "version": study.engine.version},
        "settings": asdict(study.settings),
        **{name: getattr(study, name) for name in ("accounts", "days", "seeds")},
        "rules": [
            {"name": rule.name, "expr": rule.expr, "for": rule.for_, "summary": rule.summary}
            for rule in study.engine.rules
        ],
        "scenarios": scenarios,
    }


def _ensure_scenario(study: Study, scenario: str, workers: Workers, display: SuiteProgress) -> Found:
    """Return how the rules did on a scenario, from an earlier run where nothing has changed."""
    loaded = study.load(scenario)
    pairs = place_lived(loaded, study.seeds, study.home, is_kept=False)
    path = study.cache / "scored" / f"{_digest_scored(study, pairs)}.json"
    if path.exists():
        return dict(json.loads(path.read_text(encoding="utf-8")))
    rehearsed = _rehearse(study, pairs, scenario, workers, display)
    found = {
        "scenario": scenario,
        "days": loaded.n_days,
        "has_campaign": bool(loaded.operators),
        "rules": [describe_figures(rehearsed, place) for place in range(len(study.engine.rules))],
    }
    write_whole(path, json.dumps(found, indent=1, allow_nan=False).encode())
    # What was rounded and read again is what a later run finds.
    return dict(json.loads(path.read_text(encoding="utf-8")))


def _digest_scored(study: Study, pairs: Sequence[WorldPair]) -> str:
    engine = study.engine
    code = [digest_module(name) for name in (score_world.__module__, type(engine).__module__)]
    return digest_of([[study.digest(pair.world) for pair in pairs], engine.name, engine.version, engine.source, code])


def _rehearse(
    study: Study, pairs: Sequence[WorldPair], scenario: str, workers: Workers, display: SuiteProgress
) -> list[Rehearsed]:
    display.enter(scenario)
    places = [place for pair in pairs for place in (pair.world, pair.twin) if place is not None]
    found: list[Watched] = run_tasks([Task(p.title, watch_once, (p, study)) for p in places], workers, display)
    watched = dict(zip([place.path for place in places], found, strict=True))
    return [
        score_world(watched[pair.world.path], watched[pair.twin.path] if pair.twin else None, study.settings)
        for pair in pairs
    ]


def watch_once(place: WorldPlace, study: Study) -> Watched:
    """Return when rules fire in a world whose series may have been made before."""
    return fire_on(_ensure_seen(place, study), study.engine, study.home)


def _ensure_seen(place: WorldPlace, study: Study) -> Seen:
    path = study.cache / "seen" / f"{study.digest(place)}.pickle"
    if path.exists():
        seen = pickle.loads(path.read_bytes())
        assert isinstance(seen, Seen)
        return seen
    with open_world(place, shows_all=False) as dataset:
        seen = see(dataset, study.settings)
    write_whole(path, pickle.dumps(seen))
    return seen
