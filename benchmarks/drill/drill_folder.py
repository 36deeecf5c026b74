"""The folder of a drill: what it may tell while the drill runs, the key that is kept apart, and how far it is."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from benchmarks.collecting.alert_log import count_lines
from benchmarks.replay.clock_file import ReplayClock, read_clock
from benchmarks.sealed.sealed_worlds import OBSERVATIONS_FOLDER, Entry, Files, Hex, check_files, read_entry
from simulator.dataset import Dataset
from simulator.dataset.manifest import FORMAT, FileEntry, Manifest, Moments, ScenarioEntry
from simulator.errors import InputError, OutputError
from simulator.schema import SCHEMA_VERSION

DRILL_FILE, ALERTS_FILE, REVEAL_FILE, WORLD_FOLDER = "drill.json", "alerts.ndjson", "reveal.json", "world"
STATE_FILE, CLOCK_FILE, WEBHOOK_FILE, GIVEN_UP_FILE = "play.state.json", "play.clock.json", "webhook.json", "given-up"
DRILL_FORMAT: Final = "smearbench drill"
KEY_FORMAT: Final = "smearbench drill key"

Millis = Annotated[int, Field(ge=-(1 << 53), le=1 << 53)]


class Played(Entry):
    """Where and how fast events go."""

    to: str
    speed: str | None = None
    rate: float | None = None
    allowed_hosts: tuple[str, ...] = ()


class Drill(Entry):
    """The content of ``drill.json``: nothing of it tells scenario, seed or truth."""

    format: Literal["smearbench drill"] = DRILL_FORMAT
    version: Literal[1] = 1
    synthetic: Literal[True] = True
    smearbench: str
    commitment: Hex
    start_ms: Millis
    until_ms: Millis
    launch_ms: Millis
    rows: dict[str, int]
    files: Files
    played: Played


class Key(Entry):
    """The content of the file that the facilitator keeps: whoever has it has the truth."""

    format: Literal["smearbench drill key"] = KEY_FORMAT
    version: Literal[1] = 1
    synthetic: Literal[True] = True
    software: dict[str, str]
    simulator: str
    commitment: Hex
    nonce: Hex
    seed: Annotated[int, Field(ge=0, lt=1 << 64)]
    scenario: str
    content: Hex


class Stage(StrEnum):
    """How far a drill is."""

    ready = "not begun"
    begun = "begun"
    over = "over"
    given_up = "given up"
    revealed = "revealed"


@dataclass(frozen=True, slots=True)
class Run:
    """A drill on disk.

    Attributes
    ----------
    path : Path
    drill : Drill
    """

    path: Path
    drill: Drill

    @property
    def alerts_file(self) -> Path:
        """Where what the team called is kept."""
        return self.path / ALERTS_FILE

    @property
    def n_alerts(self) -> int:
        """How often the team called."""
        return count_lines(self.alerts_file)

    @property
    def clock(self) -> ReplayClock:
        """The clock of the play, without anchors before it began."""
        path = self.path / CLOCK_FILE
        return read_clock(path) if path.exists() else ReplayClock([])

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if (self.path / REVEAL_FILE).exists():
            return Stage.revealed
        if (self.path / GIVEN_UP_FILE).exists():
            return Stage.given_up
        clock = self.clock
        has_begun = bool(clock.anchors) or (self.path / STATE_FILE).exists()
        return Stage.over if clock.is_finished else Stage.begun if has_begun else Stage.ready

    def open_observations(self) -> Dataset:
        """Return the observations as a dataset that can be replayed; it has no truth, seed or scenario.

        Raises
        ------
        InputError
            When a file was changed.
        """
        check_files(self.path / OBSERVATIONS_FOLDER, self.drill.files)
        return Dataset(self.path, _describe(self.path, self.drill))


def _describe(path: Path, drill: Drill) -> Manifest:
    """Return a manifest that is never written: only moments, rows and files are known."""
    names = {name: f"{OBSERVATIONS_FOLDER}/{name}" for name in drill.files}
    files = [
        FileEntry(path=inner, bytes=(path / inner).stat().st_size, sha256=drill.files[name])
        for name, inner in names.items()
    ]
    until = drill.until_ms
    return Manifest(
        format=FORMAT,
        schema_version=SCHEMA_VERSION,
        synthetic=True,
        variant="world",
        twin=False,
        seed=0,
        scenario=ScenarioEntry(id="sealed", summary="", digest="0" * 64),
        moments=Moments(start_ms=drill.start_ms, end_ms=until, launch_ms=drill.launch_ms, evaluate_until_ms=until),
        software={},
        rows=drill.rows,
        files=tuple(files),
    )


def open_run(path: Path) -> Run:
    """Return a drill that was set up.

    Raises
    ------
    InputError
        When the folder is none.
    """
    return Run(path, read_entry(path / DRILL_FILE, Drill, "the file of a drill that `smearbench drill` set up"))


def read_key(path: Path) -> Key:
    """Return the key of a drill; see :func:`benchmarks.sealed.sealed_worlds.read_entry`."""
    return read_entry(path, Key, "the key of a drill")


def name_key(path: Path) -> Path:
    """Return where the key of a drill lies when nobody says so: beside its folder, not in it."""
    whole = path.resolve()
    return whole.with_name(f"{whole.name}.key.json")


def refuse_existing(path: Path, key_file: Path) -> None:
    """Refuse to set a drill up where one is, or where its key would replace another.

    Raises
    ------
    InputError, OutputError
    """
    if key_file.resolve().is_relative_to(path.resolve()):
        raise InputError(f"--key: must lie outside of {path}, which the team may read, got {key_file}.")
    if (path / DRILL_FILE).exists():
        raise OutputError(f"{path}: is a drill already. Go on with it: smearbench drill resume {path}")
    if os.path.lexists(path) and not (path.is_dir() and not any(path.iterdir())):
        raise OutputError(f"{path}: exists already. Choose another name.")
    if os.path.lexists(key_file):
        raise OutputError(f"{key_file}: exists already. Remove it when its drill is gone, or choose another name.")


def read_context(run: Run) -> dict[str, Any]:
    """Return what the brand's analyst knows."""
    context: dict[str, Any] = Dataset(run.path, _describe(run.path, run.drill)).context
    return context
