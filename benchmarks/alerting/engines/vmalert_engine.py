"""Evaluates rule files with vmalert's replay over VictoriaMetrics, and reads back the alerts that it wrote."""

import json
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.engines.metrics import Samples, take_samples, write_for_import
from benchmarks.alerting.engines.programs import ProgramError, demand_success, read_version, run_program
from benchmarks.alerting.engines.prometheus_rules import PrometheusRule, PrometheusRules
from benchmarks.alerting.engines.served_engine import ServedEngine
from benchmarks.alerting.engines.servers import Server, run_server
from benchmarks.alerting.evaluation import Firings
from benchmarks.alerting.series import STEP_MS
from benchmarks.alerting.series_list import STEP_MINUTES
from simulator.dataset.context import to_iso

RETENTION = "100y"
# A query for each rule: with several, `for` would begin anew at each.
MAX_POINTS = 10_000_000
MEMORY = "256MB"
_DATA = "data"
_RULES = "level.yml"


@dataclass(frozen=True)
class VmalertEngine(ServedEngine):
    """Evaluates rule files of Prometheus and of vmalert, by replay."""

    name: str = "vmalert"

    @cached_property
    def version(self) -> str:
        """Version that vmalert reports; VictoriaMetrics comes with it."""
        return read_version("vmalert")

    def _fire_at(self, series: pa.Table, ends: NDArray[np.int64], home: Path) -> tuple[Firings, ...]:
        with tempfile.TemporaryDirectory(prefix="vmalert-", dir=home) as place, run_victoria(Path(place)) as server:
            _load(server, list(take_samples(series, self.loaded.metrics)), Path(place))
            for level in (*self.loaded.records, self.rules):
                _replay(server, self.loaded, level, ends, Path(place))
            fired = _read_firing(server)
        return tuple(
            Firings(rule.name, np.intersect1d(np.array(fired.get(rule.name, []), np.int64), ends))
            for rule in self.rules
        )


def run_victoria(folder: Path) -> AbstractContextManager[Server]:
    """Run VictoriaMetrics on a folder while the context lasts."""
    data = folder / _DATA
    arguments = [
        *(f"-storageDataPath={data}", f"-retentionPeriod={RETENTION}", f"-memory.allowedBytes={MEMORY}"),
        *("-loggerLevel=WARN", "-search.disableCache", "-search.maxQueryDuration=10m"),
        *(f"-search.maxPointsPerTimeseries={MAX_POINTS}", f"-search.maxLookback={STEP_MINUTES}m"),
    ]

    def is_ready(server: Server) -> bool:
        server.ask("/health")
        return f'-storageDataPath="{data}"'.encode() in server.ask("/flags")

    return run_server("victoria-metrics", lambda address: [*arguments, f"-httpListenAddr={address}"], folder, is_ready)


def _load(server: Server, samples: Sequence[Samples], folder: Path) -> None:
    """Import samples, and refuse a load that lost some: what is out of its bounds is dropped without a word."""
    text = folder / "samples.txt"
    write_for_import(list(samples), text)
    server.ask("/api/v1/import/prometheus", text.read_bytes() or b"\n")
    text.unlink()
    server.ask("/internal/force_flush")
    held = {_key(one["metric"]): len(one["values"]) for one in _export(server, '{__name__=~"smearbench_.*"}')}
    for one in samples:
        got = held.get(_key({"__name__": one.metric} | dict(one.labels)), 0)
        if got != len(one.times_ms):
            expected = f"{len(one.times_ms):,} samples of {one.metric}"
            raise ProgramError(f"victoria-metrics: must hold {expected}, got {got:,}.")


def _key(labels: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(labels.items()))


def _export(server: Server, selector: str) -> list[dict[str, Any]]:
    answer = server.ask("/api/v1/export", None, **{"match[]": selector})
    return [json.loads(line) for line in answer.splitlines()]


def _replay(
    server: Server, loaded: PrometheusRules, level: Sequence[PrometheusRule], ends: NDArray[np.int64], folder: Path
) -> None:
    """Replay rules that do not need each other's results, and wait until theirs can be seen."""
    (folder / _RULES).write_text(json.dumps(_choose_rules(loaded, level)), encoding="utf-8")
    # A replay of a single moment is refused.
    last = max(int(ends[-1]), int(ends[0]) + STEP_MS)
    replay = [
        *(f"-replay.timeFrom={to_iso(int(ends[0]))}", f"-replay.timeTo={to_iso(last)}"),
        *(f"-replay.maxDatapointsPerQuery={MAX_POINTS}", "-replay.rulesDelay=0s", "-replay.disableProgressBar"),
        *("-replay.ruleRetryAttempts=1", f"-evaluationInterval={STEP_MINUTES}m"),
    ]
    urls = [f"-{part}.url={server.url}" for part in ("datasource", "remoteWrite")]
    logging = ["-loggerLevel=ERROR", "-httpListenAddr=127.0.0.1:0"]
    done = run_program(["vmalert", f"-rule={_RULES}", *urls, *replay, *logging], folder)
    demand_success(done, "vmalert", "replay the rules")
    server.ask("/internal/force_flush")


def _choose_rules(loaded: PrometheusRules, level: Sequence[PrometheusRule]) -> dict[str, Any]:
    """Return the file of some of the rules, evaluated at every step; alerts get the names that results use."""
    groups = []
    for place, group in enumerate(loaded.content["groups"]):
        inside = [rule for rule in level if rule.place[1] == place]
        rules = [group["rules"][int(rule.place[3])] for rule in inside]
        named = [
            given | {"record" if rule.is_record else "alert": rule.name}
            for given, rule in zip(rules, inside, strict=True)
        ]
        if named:
            groups.append(group | {"rules": named, "interval": f"{STEP_MINUTES}m"})
    return {"groups": groups}


def _read_firing(server: Server) -> dict[str, list[int]]:
    """Return of each alert, by name, when its label sets fire."""
    times: dict[str, list[int]] = {}
    for one in _export(server, 'ALERTS{alertstate="firing"}'):
        times.setdefault(one["metric"]["alertname"], []).extend(one["timestamps"])
    return times
