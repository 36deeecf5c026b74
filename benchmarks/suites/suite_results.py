"""The folder of a suite's results: rows, curves, costs, stamp, leaderboard and plots, generated as a whole."""

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.suites.suite_rows import Row
from benchmarks.suites.suite_run import SuiteResults
from benchmarks.verdict.leaderboard import render_leaderboard
from simulator.console import note
from simulator.errors import InputError, OutputError, SmearbenchError

ROWS_FILE, CURVES_FILE, COSTS_FILE = "results", "curves", "costs.json"
STAMP_FILE, LEADERBOARD_FILE, PLOTS_FOLDER = "stamp.json", "leaderboard.md", "plots"
Stamp = dict[str, Any]
# What must be the same for rows of two runs to stand in one table.
_SAME = ("definition", "smearbench", "scoring")
_ORDER = ("track", "detector", "cell", "seed", "world", "budget_per_day")
_TEXTS = frozenset(
    {
        *("suite", "cell", "scenario", "level", "world", "track", "detector", "status", "message", "threshold_from"),
        *("average_precision_by", "false_positives_by_segment"),
    }
)
_COUNTS = frozenset(
    {"seed", "positives", "negatives", "unscored", "accused", "exposures_delivered", "n_waves", "n_alerts"}
)


def write_results(folder: Path, found: SuiteResults, stamp: Stamp) -> list[Row]:
    """Write the results of a suite and return their rows; rows of other detectors on the same worlds are kept.

    Parameters
    ----------
    folder : Path
        Appears as a whole; an earlier run of the same suite there is replaced.
    found : SuiteResults
    stamp : dict
        What the results were made from.

    Raises
    ------
    OutputError
        When the folder holds anything but results of this suite, or cannot be written.
    """
    check_results_folder(folder, stamp["suite"])
    rows, curves, costs, stamp = _merge(folder, found, stamp)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _write_rows(partial / ROWS_FILE, rows)
        _write_rows(partial / CURVES_FILE, curves)
        _write_json(partial / COSTS_FILE, costs)
        _write_json(partial / STAMP_FILE, stamp)
        board = render_leaderboard(rows, stamp["suite"], _show_stamp(stamp))
        (partial / LEADERBOARD_FILE).write_text(board, encoding="utf-8")
        _draw(rows, curves, partial / PLOTS_FOLDER)
        _put_in_place(partial, folder)
    except OSError as error:
        raise OutputError(f"{folder}: must be writable: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return rows


def check_results_folder(folder: Path, suite: str) -> None:
    """Refuse to replace what is no earlier result of a suite.

    Raises
    ------
    OutputError
        When the folder holds anything else.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    try:
        stamp = json.loads((folder / STAMP_FILE).read_bytes())
    except (OSError, ValueError):
        stamp = {}
    if stamp.get("suite") != suite:
        got = f"results of {stamp['suite']}" if "suite" in stamp else "something else"
        raise OutputError(f"{folder}: must be new or hold results of {suite}, got {got}. Choose another with -o.")


def read_rows(folder: Path) -> list[Row]:
    """Return the rows of a folder of results.

    Raises
    ------
    InputError
        When there are none.
    """
    try:
        rows: list[Row] = pq.read_table(folder / f"{ROWS_FILE}.parquet").to_pylist()
        return rows
    except (OSError, pa.ArrowException) as error:
        advice = "Run `smearbench suite run`, or name another folder."
        raise InputError(
            f"{folder}: must hold results of a suite, got no readable results.parquet. {advice}"
        ) from error


def _merge(folder: Path, found: SuiteResults, stamp: Stamp) -> tuple[list[Row], list[Row], list[Row], Stamp]:
    """Add what an earlier run found of other detectors, where it was measured in the same way on the same worlds."""
    rows, curves, costs = list(found.rows), list(found.curves), list(found.costs)
    earlier = _read_earlier(folder, {row["detector"] for row in rows})
    if earlier.rows and (why := _tell_apart(earlier, rows, stamp)):
        names = ", ".join(sorted({row["detector"] for row in earlier.rows}))
        note(f"The earlier rows of {names} are left out: they are {why}.")
    elif earlier.rows:
        rows, curves, costs = rows + earlier.rows, curves + earlier.curves, costs + earlier.costs
        kept = {row["detector"] for row in earlier.rows}
        old = {name: entry for name, entry in earlier.stamp.get("detectors", {}).items() if name in kept}
        stamp = stamp | {"detectors": dict(sorted((old | stamp.get("detectors", {})).items()))}
    return (
        sorted(rows, key=lambda row: [_sortable(row.get(key)) for key in _ORDER]),
        sorted(curves, key=lambda point: (point["kind"], point["track"], point["detector"], point["cell"], point["x"])),
        sorted(costs, key=lambda cost: (cost["detector"], cost["work"], cost["world"])),
        stamp,
    )


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What an earlier run of the suite left of detectors that were not run now."""

    rows: list[Row]
    curves: list[Row]
    costs: list[Row]
    stamp: Stamp


def _read_earlier(folder: Path, now: set[str]) -> _Earlier:
    if not (folder / f"{ROWS_FILE}.parquet").exists():
        return _Earlier([], [], [], {})
    found = (
        read_rows(folder),
        pq.read_table(folder / f"{CURVES_FILE}.parquet").to_pylist(),
        json.loads((folder / COSTS_FILE).read_bytes()),
    )
    rows, curves, costs = ([entry for entry in entries if entry["detector"] not in now] for entries in found)
    return _Earlier(rows, curves, costs, json.loads((folder / STAMP_FILE).read_bytes()))


def _tell_apart(earlier: _Earlier, rows: list[Row], stamp: Stamp) -> str:
    """Return why earlier rows cannot stand beside those of now; empty when they can."""
    for key in _SAME:
        if earlier.stamp.get(key) != stamp.get(key):
            return f"of another {key.replace('_', ' ')}"
    worlds = {(row["cell"], row["seed"], row["world"]) for row in rows}
    if not all((row["cell"], row["seed"], row["world"]) in worlds for row in earlier.rows):
        return "of other worlds"
    return ""


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value if value is not None else 0


def _write_rows(stem: Path, rows: Sequence[Row]) -> None:
    """Write rows as Parquet and as JSON, a row a line."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    arrays = [pa.array([row.get(name) for row in rows], _type_of(name, rows)) for name in columns]
    table = pa.Table.from_arrays(arrays, names=columns).replace_schema_metadata({"smearbench.synthetic": "true"})
    pq.write_table(table, stem.with_suffix(".parquet"), compression="zstd")
    lines = ",\n".join(
        json.dumps({key: row.get(key) for key in columns}, ensure_ascii=False, allow_nan=False) for row in rows
    )
    stem.with_suffix(".json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _type_of(name: str, rows: Sequence[Row]) -> pa.DataType:
    if name in _TEXTS:
        return pa.string()
    if name == "blind":
        return pa.bool_()
    values = [row[name] for row in rows if row.get(name) is not None]
    if name in _COUNTS or (values and all(isinstance(value, int) for value in values)):
        return pa.uint64() if name == "seed" else pa.int64()
    return pa.string() if values and all(isinstance(value, str) for value in values) else pa.float64()


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def _show_stamp(stamp: dict[str, Any]) -> dict[str, Any]:
    """Return what of a stamp stands on the leaderboard."""
    keys = ("command", "smearbench", "worlds", "accounts", "days", "prevalence", "commitment", "answers", "reference")
    return {key: stamp[key] for key in keys if key in stamp}


def _draw(rows: Sequence[Row], curves: Sequence[Row], folder: Path) -> None:
    """Draw the plots, where matplotlib is installed; the leaderboard does without."""
    from benchmarks.verdict.plots import draw_suite

    try:
        folder.mkdir()
        draw_suite(rows, curves, folder)
    except SmearbenchError as error:
        note(f"no plots: {error}")


def _put_in_place(partial: Path, folder: Path) -> None:
    """Give results their name; earlier ones are moved aside first and removed last."""
    aside = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    folder.parent.mkdir(parents=True, exist_ok=True)
    if folder.exists():
        folder.rename(aside)
    partial.rename(folder)
    shutil.rmtree(aside, ignore_errors=True)
