"""Places alerts of a team's own pipeline in simulated time, and counts those that lie outside of what is scored."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.alerting.alert_lines import Alert
from benchmarks.replay.clock_file import ReplayClock, read_clock
from benchmarks.replay.replay_state import digest_observations
from simulator.dataset import Dataset
from simulator.errors import InputError

Moments = NDArray[np.int64]


@dataclass(slots=True)
class Tally:
    """Where the alerts of a file lie.

    Attributes
    ----------
    read : int
        Alerts of the file.
    before_start, after_end : int
        Outside of the replay, or without a clock of the run.
    in_pause : int
        While the replay stood still between two runs of it; they count, at the simulated time where it stood.
    """

    read: int = 0
    before_start: int = 0
    after_end: int = 0
    in_pause: int = 0

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Placed:
    """Alerts in simulated time.

    Attributes
    ----------
    alerts : list of Alert
        Those within the run, by simulated time, ms.
    tally : Tally
    until_ms : int or None
        How far the replay had come, simulated, exclusive; None when it is over.
    """

    alerts: list[Alert]
    tally: Tally
    until_ms: int | None = None

    def moments(self, name: str | None = None) -> Moments:
        """Return when alerts of a name were, or of any name: int64, ms, ascending, each moment once."""
        chosen = [alert.time_ms for alert in self.alerts if name is None or alert.name == name]
        return np.unique(np.array(chosen, np.int64))

    def find_scored_end(self, dataset: Dataset) -> int:
        """Return until when they can be scored: `evaluate_until`, or as far as the replay had come, simulated, ms."""
        moments = dataset.manifest.moments
        if self.until_ms is None:
            return moments.evaluate_until_ms
        return max(min(moments.evaluate_until_ms, self.until_ms), moments.start_ms)


def place_alerts(alerts: Sequence[Alert], dataset: Dataset, clock: ReplayClock | None) -> Placed:
    """Place alerts in a dataset's time.

    Parameters
    ----------
    alerts : sequence of Alert
    dataset : Dataset
    clock : ReplayClock or None
        Maps their wall clock to simulated time; None when their times are simulated ones.
    """
    if clock is not None:
        return place_by_clock(alerts, clock)
    moments = dataset.manifest.moments
    tally = Tally(read=len(alerts))
    kept = []
    for alert in alerts:
        if alert.time_ms < moments.start_ms:
            tally.before_start += 1
        elif alert.time_ms > moments.end_ms:
            tally.after_end += 1
        else:
            kept.append(alert)
    return Placed(kept, tally)


def place_by_clock(alerts: Sequence[Alert], clock: ReplayClock) -> Placed:
    """Place alerts whose times are the wall clock's."""
    tally = Tally(read=len(alerts))
    end_ms = clock.end_wall_ms
    kept = []
    for alert in alerts:
        simulated = clock.simulated_ms(alert.time_ms)
        if simulated is None or end_ms is None:
            tally.before_start += 1
        elif alert.time_ms > end_ms:
            tally.after_end += 1
        else:
            tally.in_pause += clock.is_paused(alert.time_ms)
            kept.append(Alert(simulated, alert.name, alert.kind))
    reached = clock.anchors[-1][1] + 1 if clock.anchors else 0
    return Placed(kept, tally, None if clock.is_finished else reached)


def open_clock(path: Path, dataset: Dataset) -> ReplayClock:
    """Return the clock of a replay of this dataset.

    Raises
    ------
    InputError
        When the file is no clock, or that of another dataset's replay.
    """
    clock = read_clock(path)
    if clock.dataset and clock.dataset != digest_observations(dataset):
        raise InputError(f"{path}: must be the clock of a replay of {dataset.path}, got one of another dataset.")
    return clock
