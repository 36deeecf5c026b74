"""The folder of a suite's results: rows, curves, costs, stamp, leaderboard and plots, generated as a whole."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.suites.suite_rows import Row
from benchmarks.suites.suite_run import SuiteResults
from benchmarks.verdict.leaderboard import render_leaderboard
from simulator.errors import InputError, OutputError, SmearbenchError

ROWS_FILE, CURVES_FILE, COSTS_FILE = "results", "curves", "costs.json"
STAMP_FILE, LEADERBOARD_FILE, PLOTS_FOLDER = "stamp.json", "leaderboard.md", "plots"
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


def write_results(folder: Path, found: SuiteResults, stamp: dict[str, Any]) -> list[Row]:
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
    rows, curves, costs = _merge(folder, found)
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


def _merge(folder: Path, found: SuiteResults) -> tuple[list[Row], list[Row], list[Row]]:
    """Add the rows of an earlier run that are of the same worlds and of detectors that were not run now."""
    rows, curves, costs = list(found.rows), list(found.curves), list(found.costs)
    if (folder / f"{ROWS_FILE}.parquet").exists():
        worlds = {(row["cell"], row["seed"], row["world"]) for row in rows}
        now = {row["detector"] for row in rows}
        earlier = [row for row in read_rows(folder) if row["detector"] not in now]
        if all((row["cell"], row["seed"], row["world"]) in worlds for row in earlier):
            kept = {row["detector"] for row in earlier}
            rows += earlier
            old_curves = pq.read_table(folder / f"{CURVES_FILE}.parquet").to_pylist()
            curves += [point for point in old_curves if point["detector"] in kept]
            costs += [cost for cost in json.loads((folder / COSTS_FILE).read_bytes()) if cost["detector"] in kept]
    return (
        sorted(rows, key=lambda row: [_sortable(row.get(key)) for key in _ORDER]),
        sorted(curves, key=lambda point: (point["kind"], point["track"], point["detector"], point["cell"], point["x"])),
        sorted(costs, key=lambda cost: (cost["detector"], cost["work"], cost["world"])),
    )


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value if value is not None else 0


def _write_rows(stem: Path, rows: Sequence[Row]) -> None:
    """Write rows as Parquet and as JSON, a row a line."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    arrays = [pa.array([row.get(name) for row in rows], _type_of(name, rows)) for name in columns]
    table = pa.Table.from_arrays(arrays, names=columns).replace_schema_metadata({"smearbench.synthetic": "true"})
    pq.write_table(table, stem.with_suffix(".parquet"), compression="zstd")
    lines = ",\n".join(json.dumps({key: row.get(key) for key in columns}, ensure_ascii=False) for row in rows)
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
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _show_stamp(stamp: dict[str, Any]) -> dict[str, Any]:
    """Return what of a stamp stands on the leaderboard."""
    keys = ("command", "smearbench", "worlds", "accounts", "days", "prevalence", "commitment", "answers", "reference")
    return {key: stamp[key] for key in keys if key in stamp}


def _draw(rows: Sequence[Row], curves: Sequence[Row], folder: Path) -> None:
    """Draw the plots, where matplotlib is installed; the leaderboard does without."""
    from benchmarks.verdict.plots import draw_suite
    from simulator.console import note

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
