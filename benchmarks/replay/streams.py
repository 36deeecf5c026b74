"""The stream of a replay: a dataset's events, with the faults that are asked for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.replay.events import count_events
from benchmarks.replay.fault_orders import Fault
from benchmarks.replay.fault_plan import FaultPlan, foresee
from benchmarks.replay.fault_record import FaultRecord
from benchmarks.replay.faults import make_faults
from benchmarks.replay.merging import Batch, merge_events, number_events
from simulator.dataset import Dataset
from simulator.errors import InputError


@dataclass(frozen=True, slots=True)
class Stream:
    """What a replay sends.

    Attributes
    ----------
    dataset : Dataset
    total : int
        Events that it has, copies counted and lost ones not.
    faults : str
        What a state file calls its faults; empty without.
    record : FaultRecord or None
        Counts the faults; None without.
    plan : FaultPlan or None
    """

    dataset: Dataset
    total: int
    faults: str = ""
    record: FaultRecord | None = None
    plan: FaultPlan | None = None

    def read(self, after: int) -> Iterator[Batch]:
        """Yield the events behind place `after`; the same ones each time."""
        if self.plan is None or self.record is None:
            return number_events(self.dataset, after)
        return self.record.watch(make_faults(self.plan, merge_events(self.dataset)), after)

    def catch_up(self, last: int) -> None:
        """Let the record see the faults of what was sent before; reads all events once more when there is one."""
        if self.record is not None:
            next(self.read(last), None)


def open_stream(dataset: Dataset, faults: Sequence[Fault], seed: int | None, fault_file: Path | None) -> Stream:
    """Return the stream of a dataset.

    Parameters
    ----------
    dataset : Dataset
    faults : sequence of Fault
        None: the events as they are.
    seed : int or None
        Of the faults; None: the dataset's.
    fault_file : Path or None
        Where the faults that were made are written.

    Raises
    ------
    InputError
        When there is a seed and no fault, or the seed is too large.
    """
    if seed is not None and (not faults or seed >= 1 << 64):
        rule = "be below 2^64" if faults else "come with --fault"
        raise InputError(f"--fault-seed: must {rule}, got {seed}.")
    if not faults:
        return Stream(dataset, count_events(dataset))
    moments = dataset.manifest.moments
    plan = FaultPlan(tuple(faults), dataset.seed if seed is None else seed, moments.start_ms, moments.end_ms)
    foreseen = foresee(dataset, plan)
    return Stream(dataset, foreseen.n_lines, plan.identity, FaultRecord(fault_file, plan, foreseen), plan)
