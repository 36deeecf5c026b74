"""The scenario that a dataset was lived by, read anew only where it is another one than that of the last dataset."""

from typing import TYPE_CHECKING

from simulator.dataset import Dataset
from simulator.dataset.manifest import SCENARIO_FILE
from simulator.errors import ScenarioError

if TYPE_CHECKING:
    from simulator.scenario import Scenario

# The last one by its file's content: most of what is scored together was lived by one scenario.
_last: dict[bytes, "Scenario"] = {}


def read_scenario(dataset: Dataset) -> "Scenario | None":
    """Return the resolved scenario of a dataset; None when it is not readable here."""
    from simulator.scenario import load_scenario

    path = dataset.path / SCENARIO_FILE
    try:
        raw = path.read_bytes()
        if raw not in _last:
            scenario = load_scenario(path)
            _last.clear()
            _last[raw] = scenario
    except (OSError, ScenarioError):
        return None
    return _last[raw]
