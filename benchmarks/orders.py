"""Which detector to run, with which arguments: the form in which a run, a cache and a process name it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.detector import LEVELS
from benchmarks.registry import find_reference
from simulator.errors import InputError

# The control that knows the truth; it is computed beside the labels and never meets the blind call.
ORACLE = "oracle"
DEFAULT_TIME_LIMIT = 900.0
DEFAULT_MEMORY_LIMIT = 4 << 30
_PARAMETER = re.compile(r"(?:(?P<detector>[^=]+)\.)?(?P<name>[A-Za-z_]\w*)=(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a detector's process may use: wall `seconds`, and resident `memory_bytes` of the tree of processes."""

    seconds: float = DEFAULT_TIME_LIMIT
    memory_bytes: int = DEFAULT_MEMORY_LIMIT


@dataclass(frozen=True, slots=True)
class Order:
    """A detector to run.

    Attributes
    ----------
    asked : str
        What the user wrote: a name, `module:Class` or a command line.
    reference : str
        `module:Class`, or empty for an external program.
    command : str
        Command line of an external program, or empty.
    level : str
        Level of an external program's answer; a class knows its own.
    parameters : dict
        Arguments of the class.
    """

    asked: str
    reference: str = ""
    command: str = ""
    level: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return what a detector's process is told."""
        return {
            "reference": self.reference,
            "command": self.command,
            "level": self.level,
            "parameters": self.parameters,
        }

    @property
    def label(self) -> str:
        """What messages call it."""
        return self.asked if self.reference == self.asked or not self.parameters else f"{self.asked} with parameters"


def make_orders(
    detectors: Sequence[str],
    parameters: Sequence[str] = (),
    commands: Sequence[str] = (),
    command_level: str = "account",
) -> list[Order]:
    """Return the detectors that a command line asks for.

    Parameters
    ----------
    detectors : sequence of str
        Names, or `module:Class`.
    parameters : sequence of str
        `k=v` for the only detector, `NAME.k=v` for one of several; values are JSON where they can be.
    commands : sequence of str
        Command lines of external programs.
    command_level : str
        Level of the programs' answers.

    Raises
    ------
    InputError
        When a detector is unknown, a parameter is no `k=v`, belongs to nobody, or the level is none.

    Examples
    --------
    >>> make_orders(["chance"], ["seed=3"])[0].parameters
    {'seed': 3}
    """
    if command_level not in LEVELS:
        raise InputError(f"--command-level: must be one of {', '.join(LEVELS)}, got {command_level!r}.")
    if len({*detectors}) < len(detectors):
        double = next(name for name in detectors if list(detectors).count(name) > 1)
        raise InputError(f"--detector: must name each detector once, got {double!r} twice.")
    references = ["" if name == ORACLE else find_reference(name) for name in detectors]
    given = [_read_parameter(text, detectors) for text in parameters]
    orders = [
        Order(name, reference, parameters={key: value for owner, key, value in given if owner == name})
        for name, reference in zip(detectors, references, strict=True)
    ]
    return orders + [Order(command, command=command, level=command_level) for command in commands]


def _read_parameter(text: str, detectors: Sequence[str]) -> tuple[str, str, Any]:
    match = _PARAMETER.fullmatch(text)
    if match is None:
        raise InputError(f"--param: must be k=v or DETECTOR.k=v, got {text!r}.")
    owner = match["detector"] or (detectors[0] if len(detectors) == 1 else "")
    if owner not in detectors:
        advice = f"Write one of {', '.join(detectors)} before it." if detectors else "Name it with --detector."
        raise InputError(f"--param: must belong to one detector of this run, got {text!r}. {advice}")
    try:
        value = json.loads(match["value"])
    except ValueError:
        value = match["value"]
    return owner, match["name"], value
