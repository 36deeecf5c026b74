"""Alerts over the page: when each rule fired, and, sealed, which push it caught and how late."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report.scores_part import is_of
from simulator.dataset import Dataset
from simulator.errors import InputError

Payload = dict[str, Any]
_FORMAT = "smearbench alerts"


def describe_alerts(dataset: Dataset, file: Path) -> tuple[list[Payload], Payload]:
    """Return the visible and the sealed part of what ``smearbench alerts -o DIR`` wrote.

    Visible, by rule: ``name``, ``minutes`` of its episodes since the start of the run. Sealed: ``true`` by rule, 1
    where an episode met a wave; ``pushes``: name, start and end in minutes; ``hours`` to detect, by rule and push,
    None where missed.

    Raises
    ------
    InputError
        When the file is none of alerts, or not about this dataset.
    """
    try:
        return _describe(dataset, _find_world(dataset, file))
    except OSError as error:
        raise InputError(f"{file}: must be a file to read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{file}: must be the alerts.json of smearbench alerts -o DIR, got something else.") from error


def _describe(dataset: Dataset, world: Payload) -> tuple[list[Payload], Payload]:
    start = dataset.manifest.moments.start_ms
    rules, true = [], []
    for rule in world["rules"]:
        episodes = sorted(
            {(_to_minute(moment, start), kind == "true") for kind in ("true", "crisis", "false")
             for moment in rule["episodes"][kind]}
        )  # fmt: skip
        rules.append({"name": rule["name"], "minutes": [minute for minute, _ in episodes]})
        true.append([int(is_true) for _, is_true in episodes])
    pushes = [[p["name"], _to_minute(p["start"], start), _to_minute(p["end"], start)] for p in world["pushes"]]
    return rules, {"true": true, "pushes": pushes, "hours": [rule["push_hours"] for rule in world["rules"]]}


def _to_minute(iso: str, start_ms: int) -> int:
    return int((np.datetime64(iso.removesuffix("Z"), "ms").astype(np.int64) - start_ms) // 60_000)


def _find_world(dataset: Dataset, file: Path) -> Payload:
    found = json.loads(file.read_bytes())
    if found["format"] != _FORMAT:
        raise ValueError(found["format"])
    worlds: list[Payload] = [world for world in found["worlds"] if is_of(dataset, world["dataset"])]
    if not worlds:
        raise InputError(f"{file}: must be about {dataset.path}, got other worlds. Watch this dataset.")
    return worlds[0]
