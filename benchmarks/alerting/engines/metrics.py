"""What a world's series are called in Prometheus, and how they are written for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.series_list import SERIES_NAMES
from simulator.errors import InputError
from simulator.vocabulary import Language

PREFIX = "smearbench_"
BY_LANGUAGE = "_by_language"
# Milliseconds taken for seconds land tens of thousands of years ahead; no world is this late.
LATEST_MS = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1000)
_LANGUAGES = {f"_{language.name}": language.name for language in Language}

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Samples:
    """The samples of one label set: `times_ms` int64[n], ascending, and `values` float64[n]."""

    metric: str
    labels: Labels
    times_ms: NDArray[np.int64]
    values: NDArray[np.float64]


def name_metric(column: str) -> tuple[str, Labels]:
    """Return the metric and the labels of a column of the series.

    Examples
    --------
    >>> name_metric("mentions")
    ('smearbench_mentions', ())
    >>> name_metric("mentions_en")
    ('smearbench_mentions_by_language', (('lang', 'en'),))
    """
    ending = column[-3:]
    if column in SERIES_NAMES and ending in _LANGUAGES:
        return PREFIX + column[:-3] + BY_LANGUAGE, (("lang", _LANGUAGES[ending]),)
    return PREFIX + column, ()


def show_metric(column: str) -> str | None:
    """Return how a rule selects a column; None of the time, which every sample has."""
    metric, labels = name_metric(column)
    return None if column == "time" else metric + quote_labels(labels)


def list_metrics(columns: list[str]) -> list[str]:
    """Return the metrics of the columns, each once."""
    return list(dict.fromkeys(name_metric(column)[0] for column in columns if column != "time"))


def take_samples(series: pa.Table, metrics: set[str]) -> Iterator[Samples]:
    """Yield the samples of the given metrics; null is no sample.

    Raises
    ------
    InputError
        When a step ends in a far future, in which the programs would take it silently.
    """
    times_ms = series["time"].cast(pa.int64()).to_numpy()
    if len(times_ms) and times_ms[-1] > LATEST_MS:
        raise InputError(f"series: must end before the year 2100, got {times_ms[-1]} ms.")
    for column in series.column_names:
        metric, labels = name_metric(column)
        if column == "time" or metric not in metrics:
            continue
        values = series[column].cast(pa.float64()).to_numpy(zero_copy_only=False)
        is_there = ~np.isnan(values)
        yield Samples(metric, labels, times_ms[is_there], values[is_there])


def write_openmetrics(samples: list[Samples], path: Path) -> None:
    """Write samples in the OpenMetrics text format; times are in seconds, whole ones or with milliseconds."""
    with path.open("w", encoding="utf-8") as file:
        for metric in dict.fromkeys(one.metric for one in samples):
            file.write(f"# TYPE {metric} unknown\n")
            for one in samples:
                if one.metric == metric:
                    file.writelines(_lines(one, 1000))
        file.write("# EOF\n")


def write_for_import(samples: list[Samples], path: Path) -> None:
    """Write samples in the text format that VictoriaMetrics imports; times are in milliseconds."""
    with path.open("w", encoding="utf-8") as file:
        for one in samples:
            file.writelines(_lines(one, 1))


def _lines(one: Samples, divisor: int) -> Iterator[str]:
    name = one.metric + quote_labels(one.labels)
    times = one.times_ms / divisor if (one.times_ms % divisor).any() else one.times_ms // divisor
    for value, time in zip(one.values.tolist(), times.tolist(), strict=True):
        yield f"{name} {value!r} {time!r}\n"


def quote_labels(labels: Labels) -> str:
    """Return labels as they follow a metric's name, nothing without any."""
    pairs = (f'{name}="{_escape(value)}"' for name, value in labels)
    return f"{{{','.join(pairs)}}}" if labels else ""


def _escape(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
