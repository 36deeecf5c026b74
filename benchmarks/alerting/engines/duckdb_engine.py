"""The engine that is always at hand: rules in SQL, evaluated in this process."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.alerting.evaluation import Firings, evaluate
from benchmarks.alerting.own_series import add_own_series
from benchmarks.alerting.rule_file import Rule, Rules
from benchmarks.detector import Observations


@dataclass(frozen=True, slots=True)
class DuckdbEngine:
    """Evaluates smearbench's own rule files."""

    loaded: Rules
    name: str = "duckdb"

    @property
    def version(self) -> str:
        """Version of the library."""
        return str(duckdb.__version__)

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules, each at each of its thresholds."""
        return self.loaded.rules

    @property
    def source(self) -> str:
        """The file's content: rules, derived columns and own series."""
        return self.loaded.content.model_dump_json()

    @property
    def sweeps(self) -> Sequence[str | None]:
        """Of each rule the name that it has in the file, where it has thresholds there."""
        written = (self.loaded.content.rules[place] for place in self.loaded.places)
        return [rule.name if rule.thresholds else None for rule in written]

    @property
    def has_own_series(self) -> bool:
        """Whether the file has series of the team's own."""
        return bool(self.loaded.content.series)

    def add_own_series(self, observations: Observations, series: pa.Table) -> pa.Table:
        """Return the series with the file's own columns."""
        return add_own_series(observations, self.loaded, series)

    def fire(self, series: pa.Table, home: Path) -> tuple[Firings, ...]:
        """Return when each rule fires; see :func:`benchmarks.alerting.evaluation.evaluate`. Nothing is written."""
        return evaluate(self.loaded, series)
