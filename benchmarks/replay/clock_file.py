"""The clock of a replay: which simulated time it was at a moment of the wall clock, kept in ``clock.json``."""

import time
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.replay.fault_record import FaultRecord
from benchmarks.replay.replay_state import read_whole, replace_json
from simulator.errors import InputError

_FORMAT: Final = "smearbench replay clock"
_WHAT: Final = "the clock of a replay"
_SAVE_SECONDS = 1.0
# A segment that is fuller loses every second of its anchors.
MOST_ANCHORS = 4096


@dataclass(slots=True)
class Segment:
    """One uninterrupted part of a replay.

    Attributes
    ----------
    pace : str
    anchors : list of (int, int, int)
        Wall clock and simulated time, ms since the epoch, and the place of the event that was acknowledged then.
    """

    pace: str
    anchors: list[tuple[int, int, int]] = field(default_factory=list)


class ClockFile:
    """Writes the clock of a running replay; a resumed one adds a segment.

    Parameters
    ----------
    path : Path or None
        None: nothing is written.
    run : str
        Name of the replay; a clock of another one is begun anew.
    pace : str
    now : callable
        Returns the wall clock in seconds since the epoch.
    faults : FaultRecord, optional
        Of the faults that are made; its file is written along with the clock.
    dataset : str
        Digest of what is replayed, so that alerts are not placed in another world.
    """

    def __init__(
        self,
        path: Path | None,
        run: str,
        pace: str,
        now: Callable[[], float] = time.time,
        *,
        faults: FaultRecord | None = None,
        dataset: str = "",
    ) -> None:
        self._path = path
        self._faults = faults
        self._last = 0
        self._run = run
        self._now = now
        self._dataset = dataset
        self._is_finished = False
        self._segments = _read_segments(path, run) if path is not None else []
        self._wall_ms = max((segment.anchors[-1][0] for segment in self._segments if segment.anchors), default=0)
        self._segments.append(Segment(pace))
        self._gap_ms = 0
        self._saved = now()

    def note(self, simulated_ms: int, sequence: int) -> None:
        """Note that an event was acknowledged now; writes the file once a second at most."""
        # A wall clock that is set back stands still here until it has caught up: anchors ascend.
        wall_ms = self._wall_ms = max(round(self._now() * 1000), self._wall_ms)
        self._last = sequence
        anchors = self._segments[-1].anchors
        if len(anchors) > 1 and wall_ms - anchors[-2][0] <= self._gap_ms:
            anchors.pop()
        anchors.append((wall_ms, simulated_ms, sequence))
        if len(anchors) > MOST_ANCHORS:
            del anchors[1:-1:2]
            self._gap_ms = 2 * max(self._gap_ms, 1)
        if abs(self._now() - self._saved) >= _SAVE_SECONDS:
            self.save()

    def finish(self, last: int) -> None:
        """Note that the last event was acknowledged, and write the file; one without any anchor is left as it is.

        Faults are counted up to `last`, which the record must have seen.
        """
        self._last = last
        if any(segment.anchors for segment in self._segments):
            self._is_finished = True
            self.save()

    def save(self) -> None:
        """Write the file."""
        self._saved = self._now()
        if self._faults is not None and not self._last:
            return  # nothing new, and the record has not caught up with what an earlier run sent
        faults = {} if self._faults is None else {"faults": self._faults.save(self._run, self._last)}
        if self._path is not None:
            segments = [{"pace": s.pace, "anchors": s.anchors} for s in self._segments if s.anchors]
            told = {"format": _FORMAT, "synthetic": True, "run": self._run, "dataset": self._dataset}
            replace_json(self._path, {**told, "finished": self._is_finished, **faults, "segments": segments})


@dataclass(frozen=True, slots=True)
class ReplayClock:
    """Maps wall-clock moments of a replay to simulated time.

    Attributes
    ----------
    anchors : list of (int, int)
        Wall clock and simulated time, ms since the epoch, both ascending.
    run, dataset : str
        Name of the replay, and digest of what it replays; empty in a clock that does not say it.
    is_finished : bool
        Whether its last event was acknowledged.
    pauses : list of (int, int)
        Wall clock, ms, between the runs of a resumed replay: start and end, both exclusive.
    faults : dict
        What went wrong on purpose, by kind, as the replay counted it.
    """

    anchors: list[tuple[int, int]]
    run: str = ""
    dataset: str = ""
    is_finished: bool = False
    pauses: list[tuple[int, int]] = field(default_factory=list)
    faults: dict[str, Any] = field(default_factory=dict)

    @property
    def end_wall_ms(self) -> int | None:
        """When the last event that it knows of was acknowledged, ms; None before the first."""
        return self.anchors[-1][0] if self.anchors else None

    def is_paused(self, wall_ms: float) -> bool:
        """Whether a moment lies between two runs of a resumed replay."""
        return any(start < wall_ms < end for start, end in self.pauses)

    def simulated_ms(self, wall_ms: float) -> int | None:
        """Return the simulated time at a moment, ms; None before the first event, the last one's after it."""
        place = bisect_right(self.anchors, wall_ms, key=lambda anchor: anchor[0])
        if place == 0:
            return None
        before = self.anchors[place - 1]
        after = self.anchors[place] if place < len(self.anchors) else before
        span = after[0] - before[0]
        share = (wall_ms - before[0]) / span if span else 0.0
        return round(before[1] + share * (after[1] - before[1]))


def read_clock(path: Path) -> ReplayClock:
    """Return the clock that a replay wrote.

    Parameters
    ----------
    path : Path
        A ``clock.json``. Between two segments, time stands still until the next begins.

    Raises
    ------
    InputError
        When it is none.
    """
    content = read_whole(path, _WHAT)
    if content is None:
        raise InputError(f"{path}: must be {_WHAT}, got no file.")
    anchors: list[tuple[int, int]] = []
    pauses: list[tuple[int, int]] = []
    for segment in _parse(path, content):
        if anchors and segment.anchors:
            (stopped, reached), resumed = anchors[-1], segment.anchors[0][0]
            pauses.append((stopped, resumed))
            anchors.append((max(resumed - 1, stopped), reached))
        anchors += [(wall, simulated) for wall, simulated, _ in segment.anchors]
    faults = content.get("faults")
    return ReplayClock(
        anchors,
        run=str(content.get("run", "")),
        dataset=str(content.get("dataset", "")),
        is_finished=content.get("finished") is True,
        pauses=pauses,
        faults=faults if isinstance(faults, dict) else {},
    )


def _read_segments(path: Path, run: str) -> list[Segment]:
    content = read_whole(path, _WHAT)
    if content is None:
        return []
    segments = _parse(path, content)
    return segments if content["run"] == run else []


def _parse(path: Path, content: Any) -> list[Segment]:
    try:
        if content["format"] != _FORMAT:
            raise ValueError(content["format"])
        segments = [Segment(str(s["pace"]), [_read_anchor(a) for a in s["anchors"]]) for s in content["segments"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: must be {_WHAT}, got {error!r}. Name another file.") from error
    _demand_order(path, segments)
    return segments


def _demand_order(path: Path, segments: list[Segment]) -> None:
    """Refuse a clock that goes back; a resumed replay alone may begin before what it had reached, simulated."""
    before = 0
    for place, segment in enumerate(segments):
        reached = -1
        for number, (wall_ms, simulated_ms, _) in enumerate(segment.anchors):
            if wall_ms < before or simulated_ms < reached:
                where = f"segments.{place}.anchors.{number}"
                got = f"{wall_ms}, {simulated_ms} after {before}, {reached}"
                raise InputError(f"{path}: {where}: must be no earlier than the one before, got {got}.")
            before, reached = wall_ms, simulated_ms


def _read_anchor(anchor: Any) -> tuple[int, int, int]:
    wall_ms, simulated_ms, sequence = anchor
    return int(wall_ms), int(simulated_ms), int(sequence)
