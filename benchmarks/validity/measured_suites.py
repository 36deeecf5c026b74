"""Reads the results of suites for the study: rows and what they were measured on."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.suites.suite_results import read_rows
from benchmarks.verdict.result_rows import Row

# What of a stamp tells measurements apart; versions of other software are left to the results themselves.
_SHOWN = ("smearbench", "definition", "scoring", "worlds", "accounts", "days", "prevalence")


@dataclass(frozen=True, slots=True)
class MeasuredSuite:
    """The rows of a suite and what of its stamp the study repeats."""

    rows: list[Row]
    origin: dict[str, Any]


def read_suite(results: Path, name: str) -> MeasuredSuite | None:
    """Return the results of a suite; None where they are not there.

    Raises
    ------
    InputError
        When they are there and cannot be read.
    """
    folder = results / name
    if not (folder / "results.parquet").exists():
        return None
    stamp = folder / "stamp.json"
    found = json.loads(stamp.read_bytes()) if stamp.exists() else {}
    return MeasuredSuite(list(read_rows(folder)), {key: found[key] for key in _SHOWN if key in found})
