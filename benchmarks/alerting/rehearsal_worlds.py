"""The worlds that rules are rehearsed on: given datasets, or a scenario lived over seeds, each with its twin."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scoring.score import find_twin
from simulator.dataset import Dataset, open_dataset
from simulator.dataset.folder import OutputFolder
from simulator.errors import OutputError
from simulator.origin import digest_text
from simulator.scenario import Scenario, scenario_yaml
from simulator.schema import TABLES

# What the given series and the truth of waves and pushes are made of.
READ_TABLES = frozenset({"accounts", "posts", "likes", "truth_pushes", "truth_exposures"})
OBSERVED_TABLES = frozenset(table.name for table in TABLES if table.path.startswith("observations/"))


@dataclass(frozen=True, slots=True)
class WorldPlace:
    """Where a world lies, or will lie once it is lived.

    Attributes
    ----------
    path : Path
        Folder of the dataset.
    scenario : Scenario or None
        To be lived if it is not there yet; None for a dataset that was given.
    seed : int
    is_twin : bool
    is_kept : bool
        Whether the dataset stays after use.
    """

    path: Path
    scenario: Scenario | None = None
    seed: int = 0
    is_twin: bool = False
    is_kept: bool = True

    @property
    def title(self) -> str:
        """What people call it."""
        if self.scenario is None:
            return self.path.name
        return f"{self.scenario.id}, seed {self.seed}{', twin' if self.is_twin else ''}"


@dataclass(frozen=True, slots=True)
class WorldPair:
    """A world, and its twin if there is one."""

    world: WorldPlace
    twin: WorldPlace | None = None


def place_given(datasets: Sequence[Dataset]) -> list[WorldPair]:
    """Return given datasets, each with the twin that lies beside it."""
    pairs = []
    for dataset in datasets:
        twin = find_twin(dataset)
        beside = None if twin is None else WorldPlace(twin.path, is_twin=True)
        pairs.append(WorldPair(WorldPlace(dataset.path), beside))
    return pairs


def place_lived(scenario: Scenario, n_seeds: int, home: Path, *, is_kept: bool) -> list[WorldPair]:
    """Return a scenario's worlds of the seeds 1 to n, each with its twin beside it.

    Parameters
    ----------
    scenario : Scenario
        One without operators needs no twin: everything that fires is false, or of a crisis.
    n_seeds : int
    home : Path
        Folder in which worlds are looked for and made.
    is_kept : bool
        Whether they stay there.
    """
    pairs = []
    for seed in range(1, n_seeds + 1):
        path = home / f"{scenario.id}-{scenario.n_accounts}-seed{seed}"
        beside = path.with_name(f"{path.name}-twin")
        twin = WorldPlace(beside, scenario, seed, True, is_kept) if scenario.operators else None
        pairs.append(WorldPair(WorldPlace(path, scenario, seed, False, is_kept), twin))
    return pairs


def make_home(folder: Path) -> None:
    """Make the folder of kept worlds.

    Raises
    ------
    OutputError
        When it cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder}: must be a folder to write to: {error.strerror or error}.") from error


def sweep_unfinished(pairs: Sequence[WorldPair]) -> None:
    """Remove what killed workers left half written; what another process still writes is locked and stays."""
    for pair in pairs:
        for place in (pair.world, pair.twin):
            if place is not None and place.scenario is not None:
                with suppress(OutputError):
                    OutputFolder(place.path)


@contextmanager
def open_world(place: WorldPlace, *, shows_all: bool) -> Iterator[Dataset]:
    """Open a world, lived unless it is there already; removed afterwards when it is not kept.

    Of one that is not kept no more is lived and written than scoring reads; with `shows_all` also all that a team's
    own series may ask of the observations.
    """
    if place.scenario is None:
        yield open_dataset(place.path)
        return
    try:
        yield _ensure_world(place, place.scenario, shows_all=shows_all)
    finally:
        if not place.is_kept:
            shutil.rmtree(place.path, ignore_errors=True)


def _ensure_world(place: WorldPlace, scenario: Scenario, *, shows_all: bool) -> Dataset:
    from simulator.simulation import Part, simulate, simulate_part

    if not place.path.exists() and place.is_kept:
        simulate(scenario, place.seed, place.path, twin=place.is_twin)
    elif not place.path.exists():
        part = Part(scenario.evaluate_until_ms, READ_TABLES | (OBSERVED_TABLES if shows_all else frozenset()))
        simulate_part(scenario, place.seed, place.path, part, twin=place.is_twin)
    dataset = open_dataset(place.path)
    digest = digest_text(scenario_yaml(scenario))
    found = dataset.manifest.scenario.digest, dataset.seed, dataset.is_twin
    if found != (digest, place.seed, place.is_twin):
        kind = f"the twin of seed {place.seed}" if place.is_twin else f"seed {place.seed}"
        raise OutputError(
            f"{dataset.path}: must be {kind} of this scenario as it is now, got another world. "
            "Choose another folder of worlds."
        )
    return dataset
