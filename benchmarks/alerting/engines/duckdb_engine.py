"""The engine that is always at hand: rules in SQL, evaluated in this process."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from benchmarks.alerting.evaluation import Firings, evaluate
from benchmarks.alerting.own_series import add_own_series
from benchmarks.alerting.rule_file import Rule, Rules
from benchmarks.alerting.series import make_series
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

    def read_series(self, observations: Observations) -> pa.Table:
        """Return the given series and the team's own."""
        return add_own_series(observations, self.loaded, make_series(observations))

    def fire(self, series: pa.Table) -> tuple[Firings, ...]:
        """Return when each rule fires; see :func:`benchmarks.alerting.evaluation.evaluate`."""
        return evaluate(self.loaded, series)
