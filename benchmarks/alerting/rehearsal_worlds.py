"""The worlds that rules are rehearsed on: given datasets, or a scenario lived over seeds, each with its twin."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from benchmarks.scoring.score import find_twin
from simulator.dataset import Dataset, open_dataset
from simulator.errors import OutputError
from simulator.origin import digest_text
from simulator.scenario import Scenario, scenario_yaml


class Write(Protocol):
    """Writes a world, or its twin, into a folder."""

    def __call__(self, scenario: Scenario, seed: int, out: Path, *, twin: bool = False) -> object:
        """Write it."""


def live_worlds(scenario: Scenario, n_seeds: int, folder: Path | None, write: Write) -> Iterator[Dataset]:
    """Yield a scenario's worlds of the seeds 1 to n, each with its twin beside it.

    Parameters
    ----------
    scenario : Scenario
        One without operators needs no twin: everything that fires is false, or of a crisis.
    n_seeds : int
    folder : Path or None
        Where worlds are kept and looked for; None for a temporary folder that holds one world at a time.
    write : callable
    """
    for seed in range(1, n_seeds + 1):
        with _open_home(folder) as home:
            yield _ensure_world(scenario, seed, home, write)


@contextmanager
def _open_home(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"{folder}: must be a folder to write to: {error.strerror or error}.") from error
        yield folder
        return
    home = Path(tempfile.mkdtemp(prefix="smearbench-worlds-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _ensure_world(scenario: Scenario, seed: int, home: Path, write: Write) -> Dataset:
    """Return a world, lived unless it is there already, with its twin."""
    path = home / f"{scenario.id}-{scenario.n_accounts}-seed{seed}"
    if not path.exists():
        write(scenario, seed, path)
    dataset = open_dataset(path)
    _demand_same(dataset, scenario, seed)
    if scenario.operators and find_twin(dataset) is None:
        write(scenario, seed, path.with_name(f"{path.name}-twin"), twin=True)
    return dataset


def _demand_same(dataset: Dataset, scenario: Scenario, seed: int) -> None:
    digest = digest_text(scenario_yaml(scenario))
    if (dataset.manifest.scenario.digest, dataset.seed) != (digest, seed):
        raise OutputError(
            f"{dataset.path}: must be seed {seed} of this scenario as it is now, got another world. "
            "Choose another folder of worlds."
        )
