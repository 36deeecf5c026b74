"""From a scenario to a labelled dataset of a synthetic smear campaign.

The names below are imported when they are first used, so that ``smearbench --help`` stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.dataset import open_dataset
    from simulator.model import World
    from simulator.scenario import load_scenario
    from simulator.simulation import simulate

__all__ = ["World", "load_scenario", "open_dataset", "simulate"]

_HOMES = {
    "World": "simulator.model",
    "load_scenario": "simulator.scenario",
    "open_dataset": "simulator.dataset",
    "simulate": "simulator.simulation",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'simulator' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
