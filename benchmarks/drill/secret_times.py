"""Draws when the written pushes of a scenario begin: who knows its file shall not know the hours of the attack."""

import secrets

from benchmarks.sealed.sealed_worlds import load_text
from simulator.console import note
from simulator.dataset.context import to_iso
from simulator.errors import ScenarioError
from simulator.scenario import Scenario, scenario_yaml

# At most so many whole hours, either way; assumed: no longer the written hour, still the written occasion.
MOST_HOURS = 24
_HOUR_MS = 3_600_000
_ATTEMPTS = 8


def move_pushes(scenario: Scenario) -> Scenario:
    """Return a scenario whose written pushes are moved, each by hours of its own, with their lengths kept.

    Pushes that a plan generates are drawn from the world's seed anyway. Where a scenario allows no such times,
    smaller moves are tried, and at last none, which a line on stderr says.
    """
    if not any(operator.pushes for operator in scenario.operators.values()):
        return scenario
    most = MOST_HOURS
    for _ in range(_ATTEMPTS):
        try:
            return load_text(scenario_yaml(scenario), _draw_times(scenario, most))
        except ScenarioError:
            most = max(most // 2, 1)
    note("note: no written push could be moved; whoever knows the scenario's file knows the hours of the attack.")
    return scenario


def _draw_times(scenario: Scenario, most_hours: int) -> list[str]:
    settings = []
    for operator, plan in scenario.operators.items():
        for name, push in plan.pushes.items():
            moved_ms = (secrets.randbelow(2 * most_hours + 1) - most_hours) * _HOUR_MS
            for edge in ("start", "end"):
                moment = to_iso(scenario.at(getattr(push, edge)) + moved_ms)
                settings.append(f"operators.{operator}.pushes.{name}.{edge}='{moment}'")
    return settings
