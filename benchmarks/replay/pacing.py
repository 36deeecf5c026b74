"""When each event is due: at a multiple of simulated time, at a rate, or as fast as it goes."""

import math
import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmarks.replay.merging import Batch
from simulator.errors import InputError

_SPEED = re.compile(r"(\d+(?:\.\d+)?)x?")


class Pace(Protocol):
    """Says when events are due."""

    @property
    def text(self) -> str:
        """The pace as people say it."""

    def due_seconds(self, batch: Batch) -> NDArray[np.float64]:
        """Return when each event is due, in seconds since the first event of all that were asked for; ascending."""


@dataclass(slots=True)
class SpeedPace:
    """Simulated time passes `speed` times as fast as the clock."""

    speed: float
    _start_ms: int | None = None

    @property
    def text(self) -> str:
        """The pace as people say it."""
        return f"{self.speed:g}x"

    def due_seconds(self, batch: Batch) -> NDArray[np.float64]:
        """Return when each event is due, shape (n,), seconds."""
        if self._start_ms is None:
            self._start_ms = int(batch.times[0])
        due: NDArray[np.float64] = (batch.times - self._start_ms) / (1000 * self.speed)
        return due


@dataclass(slots=True)
class RatePace:
    """So many events a second."""

    rate: float
    _first: int | None = None

    @property
    def text(self) -> str:
        """The pace as people say it."""
        return f"{self.rate:g} events/s"

    def due_seconds(self, batch: Batch) -> NDArray[np.float64]:
        """Return when each event is due, shape (n,), seconds."""
        if self._first is None:
            self._first = batch.first
        turns = np.arange(batch.first, batch.first + len(batch)) if batch.turns is None else batch.turns
        due: NDArray[np.float64] = np.maximum(turns - self._first, 0) / self.rate
        return due


@dataclass(frozen=True, slots=True)
class FreePace:
    """As fast as it goes."""

    text: str = "as fast as it goes"

    def due_seconds(self, batch: Batch) -> NDArray[np.float64]:
        """Return zeros, shape (n,): everything is due."""
        return np.zeros(len(batch))


def read_pace(speed: str | None, rate: float | None) -> Pace:
    """Return what ``--speed`` or ``--rate`` asks for; a rate of 0 is as fast as it goes.

    Raises
    ------
    InputError
        When both or none are given, or one is no usable number.

    Examples
    --------
    >>> read_pace("3600x", None).text
    '3600x'
    """
    if (speed is None) == (rate is None):
        got = "neither" if speed is None else "both"
        raise InputError(f"--speed, --rate: must be one of the two, got {got}. --rate 0 is as fast as it goes.")
    if speed is not None:
        return SpeedPace(_read_speed(speed))
    assert rate is not None
    if not math.isfinite(rate) or rate < 0:
        raise InputError(f"--rate: must be a number of events a second, 0 or more, got {rate}.")
    return RatePace(rate) if rate else FreePace()


def _read_speed(text: str) -> float:
    match = _SPEED.fullmatch(text)
    speed = float(match[1]) if match else 0.0
    if speed <= 0:
        raise InputError(f"--speed: must be a positive multiple of time as 3600x, got {text}.")
    return speed
