"""Populations for the tests: built once from plain data, then shared and never modified."""

import functools
import json
from typing import Any

from simulator.network import FollowGraph, build_follow_graph
from simulator.population import Population, build_population
from simulator.profiles import Profiles, draw_profiles
from simulator.scenario import Scenario
from tests.worlds import plain, scenario_from, squad

SEED = 11
STOCK = {"bulk_created": 0.7, "purchased_aged": 0.15, "compromised": 0.1, "cyborg": 0.05}
ROLES = {"seeder": 0.1, "amplifier": 0.6, "commenter": 0.3}


def data(organic: int = 1500, operators: dict[str, Any] | None = None, **pieces: Any) -> dict[str, Any]:
    """Return the data of a scenario of ten weeks."""
    settings = {"accounts": organic, **pieces.pop("organic_settings", {})}
    pieces = {"start": "T-60d", "end": "T+10d", "exposure_log": False, **pieces}
    return plain(organic=settings, operators=operators or {}, **pieces)


def operator(
    accounts: int = 300, *, level: str = "L2", stock: dict[str, float] | None = None, **dials: Any
) -> dict[str, Any]:
    """Return the data of an operator with one squad, `day`, and two batches: before the run and in it."""
    return {
        "accounts": accounts,
        "office": {"zone": "Europe/Warsaw"},
        "stock": stock or STOCK,
        "batches": {"early": {"time": "T-90d", "share": 0.6}, "late": {"time": "T-20d", "share": 0.4}},
        "squads": {"day": squad(level, **{"roles": ROLES, **dials})},
        "pushes": {"only": {"narrative": "fire", "start": "T-10d", "end": "T-9d", "posts": 500}},
    }


def bulk(accounts: int = 300, **dials: Any) -> dict[str, Any]:
    """Return the data of an operator whose accounts are all bulk-created."""
    return operator(accounts, stock={"bulk_created": 1}, **dials)


@functools.lru_cache(maxsize=32)
def _build(text: str, seed: int) -> tuple[Scenario, Population]:
    scenario = scenario_from(json.loads(text))
    return scenario, build_population(scenario, seed)


def built(world: dict[str, Any], seed: int = SEED) -> tuple[Scenario, Population]:
    """Return the scenario and the population of plain data."""
    return _build(json.dumps(world), seed)


@functools.lru_cache(maxsize=8)
def _link(text: str, seed: int) -> FollowGraph:
    return build_follow_graph(*_build(text, seed), seed)


def linked(world: dict[str, Any], seed: int = SEED) -> FollowGraph:
    """Return the follow graph of plain data."""
    return _link(json.dumps(world), seed)


@functools.lru_cache(maxsize=8)
def _present(text: str, seed: int) -> Profiles:
    return draw_profiles(_build(text, seed)[1], seed)


def presented(world: dict[str, Any], seed: int = SEED) -> Profiles:
    """Return the profiles of plain data."""
    return _present(json.dumps(world), seed)
