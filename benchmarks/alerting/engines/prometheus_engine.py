"""Evaluates Prometheus's rule files with Prometheus itself, which a world's series are written into.

Old versions, and all for times to come, get them as blocks that promtool makes.
"""

import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.engines.holding import hold_any
from benchmarks.alerting.engines.metrics import Labels, Samples, take_samples, write_openmetrics
from benchmarks.alerting.engines.programs import ProgramError, demand_success, read_version, run_program
from benchmarks.alerting.engines.prometheus_rules import PrometheusRule, PrometheusRules
from benchmarks.alerting.engines.remote_write import write_samples
from benchmarks.alerting.engines.served_engine import ServedEngine
from benchmarks.alerting.engines.servers import QuestionRefused, Server, run_server
from benchmarks.alerting.evaluation import Firings
from benchmarks.alerting.series import STEP_MS

# query_range answers with at most 11,000 points a series.
POINTS_A_QUERY = 10_000
# A sample counts for its own step alone. Prometheus's own five minutes would, with both ends counted, let a step
# without a value show the one before.
LOOKBACK_SECONDS = STEP_MS // 1000 - 1
# One block for all: with blocks of two hours, loading takes sixty times longer.
BLOCK_HOURS = 100 * 365 * 24
RETENTION = "100y"
# How long what is written to a running server stays in memory. It takes samples half as much before the latest one:
# results of recording rules are written when all series are there to their end.
HEAD = "100y"
# Since then --web.enable-remote-write-receiver is known.
FIRST_WRITABLE = (2, 33)
_DATA = "data"
_CONFIG = "prometheus.yml"


@dataclass(frozen=True)
class PrometheusEngine(ServedEngine):
    """Evaluates Prometheus's rule files."""

    name: str = "prometheus"

    @cached_property
    def version(self) -> str:
        """Version that Prometheus reports."""
        return read_version("prometheus")

    def _fire_at(self, series: pa.Table, ends: NDArray[np.int64], home: Path) -> tuple[Firings, ...]:
        samples = list(take_samples(series, self.loaded.metrics))
        fire = _fire_on_written if takes_writes(self.version, int(ends[-1])) else _fire_on_blocks
        with tempfile.TemporaryDirectory(prefix="prometheus-", dir=home) as place:
            return fire(self.loaded, samples, ends, Path(place))


def takes_writes(version: str, last_ms: int) -> bool:
    """Whether a version of Prometheus takes samples up to a time while it runs.

    Later ones take none that is more than ten minutes ahead of the clock (prometheus/prometheus#14304).
    """
    found = re.match(r"(\d+)\.(\d+)", version)
    is_known = found is not None and (int(found[1]), int(found[2])) >= FIRST_WRITABLE
    return is_known and last_ms <= time.time() * 1000


def _fire_on_written(
    loaded: PrometheusRules, samples: list[Samples], ends: NDArray[np.int64], folder: Path
) -> tuple[Firings, ...]:
    """Evaluate on one server, which is given the results of recording rules while it runs."""
    with run_prometheus(folder, is_written=True) as server:
        _write(server, samples)
        for level in loaded.records:
            _write(server, [one for rule in level for one in _record(server, loaded, rule, ends)])
        return tuple(_fire(server, loaded, rule, ends) for rule in loaded.alerts)


def _write(server: Server, samples: Sequence[Samples]) -> None:
    given = [one for one in samples if len(one.times_ms)]
    if given:
        write_samples(server, given)
        _check_counts(server, given)


def _fire_on_blocks(
    loaded: PrometheusRules, samples: list[Samples], ends: NDArray[np.int64], folder: Path
) -> tuple[Firings, ...]:
    """Evaluate on servers that each find all that is known by then in blocks."""
    for level in loaded.records:
        with run_loaded(samples, folder) as server:
            samples = [one for rule in level for one in _record(server, loaded, rule, ends)]
    with run_loaded(samples, folder) as server:
        return tuple(_fire(server, loaded, rule, ends) for rule in loaded.alerts)


@contextmanager
def run_loaded(samples: Sequence[Samples], folder: Path) -> Iterator[Server]:
    """Add samples to the data of a folder, and run Prometheus on them while the context lasts.

    It reads new blocks when it starts, else once a minute.

    Raises
    ------
    ProgramError
        When samples are missing after loading.
    """
    given = [one for one in samples if len(one.times_ms)]
    if given:
        _make_block(given, folder)
    with run_prometheus(folder) as server:
        if given:
            _check_counts(server, given)
        yield server


def _make_block(samples: Sequence[Samples], folder: Path) -> None:
    text = folder / "samples.om"
    write_openmetrics(list(samples), text)
    block = f"--max-block-duration={BLOCK_HOURS}h"
    done = run_program(["promtool", "tsdb", "create-blocks-from", "openmetrics", block, text.name, _DATA], folder)
    demand_success(done, "promtool", "load the series")
    text.unlink()


def _check_counts(server: Server, samples: Sequence[Samples]) -> None:
    """Refuse a load that lost samples: Prometheus drops what is out of order without a word."""
    first = min(int(one.times_ms[0]) for one in samples)
    last = max(int(one.times_ms[-1]) for one in samples)
    for metric in dict.fromkeys(one.metric for one in samples):
        # From before the first: a range may be open there, and a single sample has none without.
        question = f"count_over_time({metric}[{last - first + 1}ms])"
        answer = server.ask_json("/api/v1/query", query=question, time=last / 1000)["data"]["result"]
        counts = {_read_labels(one): int(one["value"][1]) for one in answer}
        for one in samples:
            got = counts.get(tuple(sorted(one.labels)), 0)
            if one.metric == metric and got != len(one.times_ms):
                raise ProgramError(f"prometheus: must hold {len(one.times_ms):,} samples of {metric}, got {got:,}.")


def run_prometheus(folder: Path, *, is_written: bool = False) -> AbstractContextManager[Server]:
    """Run Prometheus on the data of a folder while the context lasts; with `is_written` it can be given more."""
    (folder / _CONFIG).write_text("global: {}\n", encoding="utf-8")
    data = folder / _DATA
    arguments = [
        *(f"--config.file={folder / _CONFIG}", f"--storage.tsdb.path={data}"),
        *(f"--storage.tsdb.retention.time={RETENTION}", f"--query.lookback-delta={LOOKBACK_SECONDS}s"),
        *("--log.level=warn", "--query.timeout=10m"),
    ]
    if is_written:
        arguments += ["--web.enable-remote-write-receiver", f"--storage.tsdb.min-block-duration={HEAD}"]

    def is_ready(server: Server) -> bool:
        server.ask("/-/ready")
        return bool(server.ask_json("/api/v1/status/flags")["data"]["storage.tsdb.path"] == str(data))

    return run_server("prometheus", lambda address: [*arguments, f"--web.listen-address={address}"], folder, is_ready)


def _read_labels(one: dict[str, Any]) -> Labels:
    return tuple(sorted((name, value) for name, value in one["metric"].items() if name != "__name__"))


def _evaluate(
    server: Server, loaded: PrometheusRules, rule: PrometheusRule, ends: NDArray[np.int64]
) -> Iterator[tuple[Labels, list[list[Any]]]]:
    """Yield of every label set the points of a rule's expression at the ends of steps, chunk by chunk.

    Raises
    ------
    InputError
        When Prometheus reads the expression but cannot evaluate it, which may depend on the series.
    """
    try:
        yield from _ask_range(server, rule.expr, ends)
    except QuestionRefused as error:
        place = (*rule.place, "expr")
        raise loaded.refuse(place, "be an expression that can be evaluated", rule.expr, f"{error}") from error


def _ask_range(server: Server, expr: str, ends: NDArray[np.int64]) -> Iterator[tuple[Labels, list[list[Any]]]]:
    for first in range(0, len(ends), POINTS_A_QUERY):
        chunk = ends[first : first + POINTS_A_QUERY]
        answer = server.ask_json(
            "/api/v1/query_range",
            query=expr,
            start=int(chunk[0]) / 1000,
            end=int(chunk[-1]) / 1000,
            step=STEP_MS // 1000,
        )
        for one in answer["data"]["result"]:
            yield _read_labels(one), one["values"]


def _record(server: Server, loaded: PrometheusRules, rule: PrometheusRule, ends: NDArray[np.int64]) -> list[Samples]:
    """Return the samples of a recording rule."""
    points: dict[Labels, list[list[Any]]] = {}
    for labels, values in _evaluate(server, loaded, rule, ends):
        # A label without a value is no label.
        named = tuple(sorted((name, value) for name, value in (dict(labels) | dict(rule.labels)).items() if value))
        points.setdefault(named, []).extend(values)
    return [
        Samples(rule.name, labels, _read_times(values), np.array([float(value) for _, value in values]))
        for labels, values in points.items()
    ]


def _read_times(points: list[list[Any]]) -> NDArray[np.int64]:
    """Return the times of points, which come in seconds."""
    return np.rint(np.array([time for time, _ in points], np.float64) * 1000).astype(np.int64)


def _fire(server: Server, loaded: PrometheusRules, rule: PrometheusRule, ends: NDArray[np.int64]) -> Firings:
    steps: dict[Labels, list[NDArray[np.int64]]] = {}
    for labels, values in _evaluate(server, loaded, rule, ends):
        steps.setdefault(labels, []).append((_read_times(values) - int(ends[0])) // STEP_MS)
    found = [np.concatenate(parts) for parts in steps.values()]
    flags = hold_any(found, len(ends), rule.for_minutes, rule.keep_minutes)
    return Firings(rule.name, ends[flags])
