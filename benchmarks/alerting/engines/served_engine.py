"""What engines that are servers of their own share: a rule file of Prometheus, and the team's own series beside."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.engines.prometheus_rules import PrometheusRule, PrometheusRules
from benchmarks.alerting.evaluation import Firings
from benchmarks.alerting.own_series import add_own_series
from benchmarks.alerting.rule_file import SeriesOfFile
from benchmarks.detector import Observations


@dataclass(frozen=True)
class ServedEngine:
    """Base of the engines that evaluate rule files of Prometheus.

    Attributes
    ----------
    loaded : PrometheusRules
    own : SeriesOfFile or None
        The team's own series, which a rule file of Prometheus has no place for.
    """

    loaded: PrometheusRules
    own: SeriesOfFile | None = None

    @property
    def rules(self) -> Sequence[PrometheusRule]:
        """The alerts."""
        return self.loaded.alerts

    @property
    def source(self) -> str:
        """The content of the rule file, recording rules among it, and of the file of own series."""
        own = "" if self.own is None else self.own.content.model_dump_json()
        return json.dumps([self.loaded.content, own], default=str)

    @property
    def sweeps(self) -> Sequence[None]:
        """A rule file of Prometheus has each alert at one threshold."""
        return [None] * len(self.rules)

    @property
    def has_own_series(self) -> bool:
        """Whether the team gave a file of series."""
        return self.own is not None

    def add_own_series(self, observations: Observations, series: pa.Table) -> pa.Table:
        """Return the series with the columns of the team's file."""
        return series if self.own is None else add_own_series(observations, self.own, series)

    def fire(self, series: pa.Table, home: Path) -> tuple[Firings, ...]:
        """Return when each alert fires.

        Raises
        ------
        InputError
            When a program is missing.
        ProgramError
            When loading or evaluating fails, or samples are missing after loading.
        """
        ends = series["time"].cast(pa.int64()).to_numpy()
        if not len(ends):
            return tuple(Firings(rule.name, ends) for rule in self.rules)
        return self._fire_at(series, ends, home)

    def _fire_at(self, series: pa.Table, ends: NDArray[np.int64], home: Path) -> tuple[Firings, ...]:
        """Return when each alert fires on series that have a step; `ends` are those of the steps, ms."""
        raise NotImplementedError
