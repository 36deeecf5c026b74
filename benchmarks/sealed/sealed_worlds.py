"""A sealed suite on disk: the folder that is handed out, the secret that is kept, and how both are read and written."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from benchmarks.blind.protocol import View
from benchmarks.suites.suite import Cell, Suite, WorldOrder
from simulator.dataset.context import to_iso
from simulator.errors import InputError, OutputError
from simulator.scenario import Scenario, load_scenario
from simulator.scenario.times import to_ms
from simulator.vocabulary import Split

SEALED_FILE, WORLD_FILE, OBSERVATIONS_FOLDER = "sealed.json", "world.json", "observations"
SEALED_FORMAT: Final = "smearbench sealed worlds"
SECRET_FORMAT: Final = "smearbench secret"

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
WorldName = Annotated[str, Field(pattern=r"^world-[0-9]{3,6}$")]
Files = dict[str, Hex]


class Entry(BaseModel):
    """Base of what is written as JSON here: frozen, closed to unknown keys, no silent conversions."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", ser_json_inf_nan="constants")

    def to_json(self) -> str:
        """Return it as indented JSON."""
        return self.model_dump_json(indent=1) + "\n"


Content = TypeVar("Content", bound=Entry)


class SealedWorld(Entry):
    """A world that is handed out: SHA-256 of each of its files, by path within its folder."""

    name: WorldName
    files: Files


class Sealed(Entry):
    """The content of ``sealed.json``; it says of no world which cell, seed or dials it has."""

    format: Literal["smearbench sealed worlds"] = SEALED_FORMAT
    version: Literal[1] = 1
    synthetic: Literal[True] = True
    smearbench: str
    suite: str
    tracks: tuple[Literal["account", "post", "group", "alert"], ...]
    budget_per_10000: float
    alert_budgets_per_day: tuple[float, ...]
    cooldown_hours: float
    commitment: Hex
    worlds: tuple[SealedWorld, ...]


class _AsOf(Entry):
    """The content of a world's ``world.json``."""

    synthetic: Literal[True] = True
    as_of: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$")]


@dataclass(frozen=True, slots=True)
class SecretWorld(WorldOrder):
    """A world whose seed and resolved scenario are secret; `cell` is the one that it was drawn around."""

    name: str = ""
    text: str = ""

    def load(self) -> Scenario:
        """Return the scenario of this world, from its own text."""
        return load_text(self.text)

    def __str__(self) -> str:
        return self.name


def load_text(text: str, overrides: Sequence[str] = (), prevalence: float | None = None) -> Scenario:
    """Return the scenario that a resolved scenario's text describes; see :func:`simulator.load_scenario`."""
    with TemporaryDirectory(prefix="smearbench-secret-") as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path, overrides=overrides, prevalence=prevalence)


class SecretEntry(Entry):
    """A secret world as it is written."""

    name: WorldName
    cell: Cell
    seed: Annotated[int, Field(ge=0, lt=1 << 64)]
    accounts: int
    days: int
    prevalence: float
    scenario: str

    def to_world(self) -> SecretWorld:
        """Return the world that it describes."""
        return SecretWorld(
            suite_folder="",
            cell=self.cell,
            split=Split.test,
            seed=self.seed,
            accounts=self.accounts,
            days=self.days,
            prevalence=self.prevalence,
            name=self.name,
            text=self.scenario,
        )


class Secret(Entry):
    """The content of the file that the organiser keeps until the reveal."""

    format: Literal["smearbench secret"] = SECRET_FORMAT
    version: Literal[1] = 1
    synthetic: Literal[True] = True
    software: dict[str, str]
    simulator: str
    commitment: Hex
    nonce: Hex
    suite: Suite
    worlds: tuple[SecretEntry, ...]


def describe_secretly(world: SecretWorld) -> SecretEntry:
    """Return a world as it is written into the secret."""
    return SecretEntry(
        name=world.name,
        cell=world.cell,
        seed=world.seed,
        accounts=world.accounts,
        days=world.days,
        prevalence=world.prevalence,
        scenario=world.text,
    )


def read_entry(path: Path, kind: type[Content], what: str) -> Content:
    """Return the content of a JSON file.

    Raises
    ------
    InputError
        When it cannot be read or is no such file; `what` says what it must be.
    """
    try:
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: must be {what}, got no readable file: {error.strerror or error}.") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "no JSON"
        raise InputError(f"{path}: must be {what}, got a wrong one ({place}: {first['msg']}).") from error


def read_secret(path: Path) -> Secret:
    """Return the secret of a sealed suite; see :func:`read_entry`."""
    return read_entry(path, Secret, "the secret of a sealed suite")


def open_sealed(folder: Path) -> Sealed:
    """Return what a sealed folder says of itself, every file verified.

    Raises
    ------
    InputError
        When it is no sealed folder, or a file of a world is missing, changed or added.
    """
    sealed = read_entry(folder / SEALED_FILE, Sealed, f"the {SEALED_FILE} of a folder that `suite seal` wrote")
    for world in sealed.worlds:
        check_files(folder / world.name, world.files)
    return sealed


def view_world(folder: Path, name: str) -> View:
    """Return what detectors are shown of a sealed world."""
    file = read_entry(folder / name / WORLD_FILE, _AsOf, f"the {WORLD_FILE} of a sealed world")
    return View(folder / name / OBSERVATIONS_FOLDER, to_ms(datetime.fromisoformat(file.as_of)))


def write_as_of(folder: Path, as_of_ms: int) -> None:
    """Write a world's ``world.json``; see :func:`view_world`."""
    (folder / WORLD_FILE).write_text(_AsOf(as_of=to_iso(as_of_ms)).to_json(), encoding="utf-8")


def digest_files(folder: Path) -> Files:
    """Return the SHA-256 of every file below a folder, by path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in files}


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_files(folder: Path, files: Files) -> None:
    """Refuse a folder that does not hold exactly these files.

    Raises
    ------
    InputError
        Naming the first file that is missing, changed or too many.
    """
    found = digest_files(folder) if folder.is_dir() else {}
    for path in sorted({*files, *found}):
        if found.get(path) != files.get(path):
            got = "none" if path not in found else "a file more" if path not in files else "another content"
            raise InputError(f"{folder / path}: must be as it was sealed, got {got}. Unpack the folder anew.")


def refuse_inside(path: Path, folder: Path, option: str) -> None:
    """Refuse an output within the sealed folder, which must hold nothing else.

    Raises
    ------
    InputError
    """
    if path.resolve().is_relative_to(folder.resolve()):
        raise InputError(f"{option}: must lie outside of {folder}, which is handed out, got {path}.")


def refuse_existing(path: Path, marker: Path, kind: type[Entry], *, force: bool) -> None:
    """Refuse to replace an output unless forced to, and then only one of its own kind.

    Parameters
    ----------
    path : Path
        The output, a folder or a file.
    marker : Path
        The file by which its kind is known.

    Raises
    ------
    OutputError
    """
    if not os.path.lexists(path) or (path.is_dir() and not any(path.iterdir())):
        return
    if not force:
        raise OutputError(f"{path}: exists already. Choose another name, or replace it with --force.")
    try:
        read_entry(marker, kind, "replaceable")
    except InputError as error:
        raise OutputError(f"{path}: must be of the same kind to be replaced with --force. Choose another.") from error


def write_privately(path: Path, text: str) -> None:
    """Write a new file that only its owner may read."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
