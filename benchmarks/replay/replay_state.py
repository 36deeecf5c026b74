"""The state of a replay on disk: how far it was acknowledged, so that it can go on after a kill."""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.replay.events import FORMAT_VERSION
from simulator.dataset import Dataset
from simulator.errors import InputError, OutputError

_FORMAT: Final = "smearbench replay state"
# What a state may not share with another replay; the first that differs is told.
_OWN: Final = (
    ("dataset", "of this dataset"),
    ("target", "of this target"),
    ("faults", "of these faults"),
    ("total", "of this dataset"),
)


@dataclass(frozen=True, slots=True)
class State:
    """How far a replay is.

    Attributes
    ----------
    run : str
        Name of the replay, kept when it is resumed.
    dataset : str
        Digest of the observations and of the events' format.
    target : str
        The ``--to`` it belongs to.
    total : int
        Events of the whole replay.
    acknowledged : int
        Place of the last acknowledged event in all that is sent; 0 before the first.
    on_its_way : int
        Place of the last event that was ever sent; those after `acknowledged` may have arrived.
    faults : str
        Which faults are made, and their seed; empty without.
    """

    run: str
    dataset: str
    target: str
    total: int
    acknowledged: int = 0
    on_its_way: int = 0
    faults: str = ""

    @property
    def is_finished(self) -> bool:
        """Whether every event was acknowledged."""
        return self.acknowledged >= self.total


def digest_observations(dataset: Dataset) -> str:
    """Return the digest of what a replay of the dataset sends: its observation files and the events' format."""
    entries = [(e.path, e.sha256) for e in dataset.manifest.files if e.path.startswith("observations/")]
    text = json.dumps([FORMAT_VERSION, sorted(entries)])
    return hashlib.sha256(text.encode()).hexdigest()


def read_state(path: Path, expected: State) -> State | None:
    """Return the state in a file, None without one.

    Parameters
    ----------
    path : Path
    expected : State
        A new replay's; dataset, target and faults must be the same.

    Raises
    ------
    InputError
        When the file is no state, or one of another dataset or target, or of other faults.
    """
    content = read_whole(path, "the state of a replay")
    if content is None:
        return None
    state = _parse(path, content)
    for name, what in _OWN:
        if getattr(state, name) != getattr(expected, name):
            raise InputError(
                f"{path}: {name}: must be {what} ({getattr(expected, name)}), got {getattr(state, name) or 'none'}. "
                "Name another file with --state, or begin anew with --force."
            )
    return state


def _parse(path: Path, content: Any) -> State:
    types = {field.name: field.type for field in fields(State)}
    known = isinstance(content, dict) and content.get("format") == _FORMAT
    found = {"faults": ""} | content if known else {}
    if any(type(found.get(name)) is not kind for name, kind in types.items()):
        raise InputError(f"{path}: must be the state of a replay, got something else.")
    state = State(**{name: found[name] for name in types})
    if not 0 <= state.acknowledged <= state.on_its_way <= state.total:
        got = f"{state.acknowledged}, {state.on_its_way}, {state.total}"
        raise InputError(f"{path}: must have 0 ≤ acknowledged ≤ on_its_way ≤ total, got {got}.")
    return state


def replace_json(path: Path, content: dict[str, Any]) -> None:
    """Replace a JSON file at once: a kill leaves the old one or the new one.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(json.dumps(content, allow_nan=False) + "\n", encoding="utf-8")
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror}.") from error


def read_whole(path: Path, what: str) -> Any:
    """Return the content of a JSON file, None without one; `what` it must be is said of one that is none.

    Raises
    ------
    InputError
        When it cannot be read.
    """
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: must be {what}, got {error}.") from error


class Journal:
    """Keeps the state of a running replay, in a file unless there is none.

    Parameters
    ----------
    path : Path or None
    state : State
        Where the replay begins.
    is_lazy : bool
        Whether the file is only written when asked for, because the sink itself tells how far it is.
    """

    def __init__(self, path: Path | None, state: State, *, is_lazy: bool = False) -> None:
        self._path = path
        self._is_lazy = is_lazy
        self.state = state

    def begin(self, last: int) -> None:
        """Note that events up to `last` are about to be sent."""
        self._save(replace(self.state, on_its_way=max(last, self.state.on_its_way)))

    def acknowledge(self, last: int) -> None:
        """Note that events up to `last` were acknowledged."""
        self._save(replace(self.state, acknowledged=last))

    def _save(self, state: State) -> None:
        if state != self.state:
            self.state = state
            if not self._is_lazy:
                self.write()

    def write(self) -> None:
        """Write the state as it is."""
        if self._path is not None:
            replace_json(self._path, {"format": _FORMAT, "synthetic": True, **asdict(self.state)})


_HELD = "must belong to one running replay, got a second. Wait, or use --state."


@contextmanager
def hold(path: Path | None, refusal: str = _HELD) -> Iterator[None]:
    """Keep every other replay off a state file while the block runs.

    Parameters
    ----------
    path : Path or None
        None holds nothing.
    refusal : str
        What is said of the path when another one holds it.

    Raises
    ------
    InputError
        When another replay holds it.
    """
    if path is None:
        yield
        return
    lock = path.with_name(f".{path.name}.lock")
    try:
        file = os.open(lock, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise OutputError(f"{lock}: cannot be written: {error.strerror}.") from error
    try:
        _lock(file, f"{path}: {refusal}")
        yield
    finally:
        os.close(file)


def _lock(file: int, refusal: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InputError(refusal) from error
