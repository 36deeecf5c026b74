"""When a world has a real crisis without an operator, by its scenario: recalls, and what people petition for."""

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring.lived_scenario import read_scenario
from simulator.dataset import Dataset
from simulator.scenario import Scenario
from simulator.vocabulary import EventKind

Moments = NDArray[np.int64]

_HOUR_MS = 3_600_000
# After as many half-lives a recall's talk is down to under 2 % of its peak (assumed to be over).
HALF_LIVES = 6
PETITION = "petition"


def find_crises(dataset: Dataset) -> tuple[Moments, Moments]:
    """Return start and end (exclusive) of every crisis of a world, int64[c], ms; they may overlap.

    A crisis is a recall, until its talk has halved six times, or a rally of the theme petition. Without a readable
    scenario there is none.
    """
    scenario = read_scenario(dataset)
    if scenario is None:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return list_crises(scenario)


def list_crises(scenario: Scenario) -> tuple[Moments, Moments]:
    """Return the crises of a scenario; see :func:`find_crises`."""
    recalls = [event for event in scenario.events.values() if event.kind == EventKind.recall]
    rallies = [rally for rally in scenario.rallies.values() if rally.theme == PETITION]
    spans = [(scenario.at(r.time), scenario.at(r.time) + HALF_LIVES * r.half_life_hours * _HOUR_MS) for r in recalls]
    spans += [(scenario.at(rally.start), scenario.at(rally.end)) for rally in rallies]
    found = np.array(sorted(spans), np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]
