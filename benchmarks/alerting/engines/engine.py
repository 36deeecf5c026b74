"""What an engine is: a loaded rule file that says, of the series of one world, when each of its rules fires."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from benchmarks.alerting.evaluation import Firings
from benchmarks.detector import Observations


class AlertRule(Protocol):
    """A rule as results name it."""

    @property
    def name(self) -> str:
        """Name of the alert."""

    @property
    def expr(self) -> str:
        """Condition, in the engine's language."""

    @property
    def for_(self) -> str:
        """For how long it must be true, as written in the file."""

    @property
    def summary(self) -> str:
        """What it tells whom it wakes."""


class Engine(Protocol):
    """Evaluates one loaded rule file. Instances hold nothing open, so that other processes may be given them."""

    @property
    def name(self) -> str:
        """Name of the engine, as --engine takes it."""

    @property
    def version(self) -> str:
        """Version that the program itself reports."""

    @property
    def rules(self) -> Sequence[AlertRule]:
        """The rules, in the order of the file."""

    @property
    def source(self) -> str:
        """All that was read from files, as text: what is kept of a rehearsal holds only while it is the same."""

    @property
    def sweeps(self) -> Sequence[str | None]:
        """Of each rule the name of the one that was written once for several thresholds; None for others."""

    @property
    def has_own_series(self) -> bool:
        """Whether the team adds series of its own."""

    def add_own_series(self, observations: Observations, series: pa.Table) -> pa.Table:
        """Return the series of a world with the team's own columns; see :mod:`benchmarks.alerting.own_series`."""

    def fire(self, series: pa.Table, home: Path) -> tuple[Firings, ...]:
        """Return when each rule fires, in the order of `rules`.

        Parameters
        ----------
        series : pyarrow.Table
            As of :func:`benchmarks.alerting.series.make_series`, with the team's own columns.
        home : Path
            A folder of the caller's, in which what is needed meanwhile lies and is removed.
        """
