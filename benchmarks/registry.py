"""Finds detectors by name: those that installed packages offer, and any `module:Class` of the user."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import InputError

if TYPE_CHECKING:
    from benchmarks.detector import Detector

GROUP = "smearbench.detectors"
# Offered without any installed metadata too, as in a checkout that was only copied.
SHIPPED = {
    "chance": "benchmarks.detectors.chance:Chance",
    "near_duplicate": "benchmarks.detectors.near_duplicate:NearDuplicate",
}
_REFERENCE = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A detector that is on offer and not yet imported; `package` names who offers it."""

    name: str
    reference: str
    package: str


def list_detectors() -> list[Entry]:
    """Return every detector on offer by name; shipped ones cannot be replaced by a package."""
    found = {name: Entry(name, reference, "smearbench") for name, reference in SHIPPED.items()}
    for point in entry_points(group=GROUP):
        package = point.dist.name if point.dist else "unknown"
        found.setdefault(point.name, Entry(point.name, point.value, package))
    return [found[name] for name in sorted(found)]


def find_reference(name: str) -> str:
    """Return the `module:Class` that a detector's name stands for; a `module:Class` stands for itself.

    Raises
    ------
    InputError
        When nothing is known by that name.
    """
    known = {entry.name: entry.reference for entry in list_detectors()}
    if name in known:
        return known[name]
    if _REFERENCE.fullmatch(name):
        return name
    near = get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise InputError(
        f"detector: must be one of {', '.join(known)} or a module:Class, got {name!r}. {hint}"
        "`smearbench detectors` lists what is installed."
    )


def load_detector(reference: str) -> "Detector":
    """Import a `module:Class` and return an instance of it.

    Raises
    ------
    InputError
        When it cannot be imported, or is no detector.
    """
    module_name, _, class_name = reference.partition(":")
    try:
        with _current_folder_on_path():
            made: Any = getattr(import_module(module_name), class_name)()
    except (ImportError, AttributeError) as error:
        raise InputError(f"detector {reference}: must be importable, got {type(error).__name__}: {error}.") from error
    for name, kind in (("name", str), ("level", str), ("threshold", (int, float))):
        if not isinstance(getattr(made, name, None), kind):
            raise InputError(f"detector {reference}: must have a {name}, got {getattr(made, name, None)!r}.")
    if made.level != "account":
        raise InputError(f"detector {reference}: level must be 'account', got {made.level!r}.")
    if not callable(getattr(made, "score", None)):
        raise InputError(f"detector {reference}: must have a method score(observations), got none.")
    detector: Detector = made
    return detector


def find_import_folders(reference: str) -> list[str]:
    """Return the folders to import a detector's module from in another process; none when it is installed."""
    top = reference.partition(":")[0].partition(".")[0]
    here = Path.cwd()
    is_here = (here / f"{top}.py").is_file() or (here / top).is_dir()
    return [str(here)] if is_here and top not in ("benchmarks", "simulator") else []


@contextmanager
def _current_folder_on_path() -> Iterator[None]:
    """Let a module of the working folder be imported, after all that is installed."""
    sys.path.append(str(Path.cwd()))
    try:
        yield
    finally:
        sys.path.pop()
