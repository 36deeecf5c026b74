"""A whole run: one world lived day by day and written as a labelled dataset."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.dataset import DatasetWriter
from simulator.errors import InputError
from simulator.model import DayLog, World
from simulator.observations import ObservationRecorder, items_of
from simulator.origin import Origin, Variant
from simulator.rhythm import DAY_MS
from simulator.scenario import Scenario, scenario_yaml
from simulator.schema import TABLES
from simulator.truth import TruthRecorder

_LARGEST_SEED = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: `day` of `n_days` is done, simulated up to `time_ms` (UTC), with `n_posts` posts."""

    day: int
    n_days: int
    time_ms: int
    n_posts: int


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a run a reader needs who looks at nothing else.

    Attributes
    ----------
    until_ms : int
        The days that begin before this moment (ms since the epoch) are lived; what no later day can change of them is
        as in the whole run.
    tables : frozenset of str
        Names of the tables of ``simulator.schema`` that get rows; others are there without any.
    """

    until_ms: int
    tables: frozenset[str]


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: where its dataset is, what it counted and what its user should know."""

    path: Path
    counters: dict[str, int]
    notes: tuple[str, ...]


def simulate(
    scenario: Scenario,
    seed: int,
    out: str | Path,
    *,
    twin: bool = False,
    placebo: bool = False,
    force: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> Run:
    """Live a world from its start to its end and write it as a dataset folder.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        0 to 2^64 - 1; the same scenario, seed and version give the same data everywhere.
    out : str or Path
        Folder to make. It appears complete or not at all.
    twin : bool
        Write the twin: the same world in which operators issue no command.
    placebo : bool
        Write the placebo twin: a twin with one neutral post more.
    force : bool
        Replace a dataset that is there; it stays until the new one is complete.
    progress : callable, optional
        Called with a :class:`Progress` after every simulated day.

    Raises
    ------
    InputError
        When the seed is out of range, or both `twin` and `placebo` are asked for.
    OutputError
        When the output exists or cannot be written.

    Examples
    --------
    >>> from simulator import load_scenario, simulate
    >>> run = simulate(load_scenario("classroom", accounts=200, days=3), seed=1, out=folder / "world")
    >>> run.counters["posts"] > 0
    True
    """
    if twin and placebo:
        raise InputError("twin, placebo: must not both be set, got both. A placebo is a twin with one post more.")
    variant: Variant = "placebo" if placebo else "twin" if twin else "world"
    with DatasetWriter(out, force=force) as writer:
        return _live(scenario, seed, variant, writer, _WHOLE, progress)


def simulate_part(scenario: Scenario, seed: int, out: str | Path, part: Part, *, twin: bool = False) -> Run:
    """Live a world as far as a part reaches, for a reader who needs no more and removes it afterwards.

    The folder is laid out as a dataset but is none to keep: its manifest speaks of the whole run, tables outside the
    part are empty, and what only the whole run can tell is missing: the ends of later follows, and the posts and
    accounts of each push in ``truth_pushes``.

    Raises
    ------
    InputError
        When the seed is out of range.
    OutputError
        When the output exists or cannot be written.
    """
    with DatasetWriter(out) as writer:
        return _live(scenario, seed, "twin" if twin else "world", writer, part, None)


# Later than any run; every table of the schema.
_WHOLE = Part((1 << 63) - 1, frozenset(table.name for table in TABLES))


def _live(
    scenario: Scenario,
    seed: int,
    variant: Variant,
    writer: DatasetWriter,
    part: Part,
    progress: Callable[[Progress], None] | None,
) -> Run:
    if not 0 <= seed <= _LARGEST_SEED:
        raise InputError(f"seed: must be between 0 and 2^64 - 1, got {seed}.")
    world = World(scenario, seed, twin=variant == "twin", placebo=variant == "placebo")
    recorder = _Recorder(world, writer, part.tables)
    for day in range(_count_days(scenario, part.until_ms)):
        world.step()
        recorder.record_day()
        if progress is not None:
            time_ms = scenario.start_ms + (day + 1) * DAY_MS
            progress(Progress(day + 1, scenario.n_days, time_ms, world.counters["posts"]))
    recorder.record_end()
    path = writer.finish(_origin_of(scenario, seed, variant), recorder.observations.context())
    return Run(path, dict(world.counters), tuple(writer.notes))


def _count_days(scenario: Scenario, until_ms: int) -> int:
    """Return how many days begin before a moment."""
    return min(max(-((scenario.start_ms - until_ms) // DAY_MS), 0), scenario.n_days)


class _Recorder:
    """Hands a world's tables to the writer, in the order in which they become known."""

    def __init__(self, world: World, writer: DatasetWriter, tables: frozenset[str]) -> None:
        self._world, self._writer, self._tables = world, writer, tables
        self.observations, self.truth = ObservationRecorder(world), TruthRecorder(world)
        self._write("accounts", self.observations.accounts)

    def _write(self, name: str, make: Callable[..., Any], *known: object) -> None:
        if name in self._tables:
            self._writer.write(name, make(*known))

    def record_day(self) -> None:
        log = self._world.log
        assert log is not None, "a day is recorded after it was lived"
        self._record_items(log)
        write, seen, truth = self._write, self.observations, self.truth
        write("likes", seen.likes, log)
        write("truth_likes", truth.likes, log)
        write("metrics", seen.metrics, log)
        write("removals", seen.removals, log)
        write("truth_exposures", truth.exposures, log)
        write("truth_attitudes", truth.attitudes, log)
        if self._world.scenario.exposure_log:
            write("truth_exposure_log", truth.exposure_log, log)
        seen.keep_follows(log)

    def _record_items(self, log: DayLog) -> None:
        items = items_of(self._world, log)
        self._write("posts", self.observations.posts, items)
        self._write("truth_posts", self.truth.posts, items)

    def record_end(self) -> None:
        for chunk in self.observations.follows() if "follows" in self._tables else ():
            self._writer.write("follows", chunk)
        self._write("truth_accounts", self.truth.accounts)
        self._write("truth_pushes", self.truth.pushes)


def _origin_of(scenario: Scenario, seed: int, variant: Variant) -> Origin:
    return Origin(
        scenario_id=scenario.id,
        summary=scenario.summary,
        scenario_text=scenario_yaml(scenario),
        seed=seed,
        start_ms=scenario.start_ms,
        end_ms=scenario.end_ms,
        launch_ms=scenario.launch_ms,
        evaluate_until_ms=scenario.evaluate_until_ms,
        variant=variant,
    )
