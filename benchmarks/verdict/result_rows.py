"""The rows of a suite's results: one a detector, world and track; how they are chosen, paired and named."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.registry import CONTROLS
from benchmarks.verdict.statistics import Ranking, Values, average_blocks, rank_detectors

Row = Mapping[str, Any]
# Cell, seed and digest: what tells worlds apart within a suite.
World = tuple[str, int, str]

TRACKS = ("account", "post", "group", "alert")
HEADLINES = {
    "account": "average_precision",
    "post": "average_precision",
    "group": "group_score",
    "alert": "detection_rate",
}
# What counts in a world without any campaign, where no headline is defined.
FALSE_ALARMS = {
    "account": "false_positives_per_10000",
    "post": "false_positives_per_10000",
    "group": "n_groups",
    "alert": "false_alarms_per_day",
}
LOWER_IS_BETTER = frozenset(
    {
        *FALSE_ALARMS.values(),
        *("brier", "calibration_error", "time_to_detect_hours", "exposure_share_at_detection"),
        "n_groups_by_operator",
    }
)
HEADLINE_BUDGET = 1.0


@dataclass(frozen=True, slots=True)
class Worlds:
    """Figures of one detector, one a world, sorted by world.

    Attributes
    ----------
    values : float64[n]
    cells, scenarios : list of str, of length n
    blocks : list of str, of length n
        Scenario and seed: worlds of one block have the same people, whatever the campaign among them.
    """

    values: Values
    cells: list[str]
    scenarios: list[str]
    blocks: list[str]


def name_world(row: Row) -> World:
    """Return what tells the world of a row apart."""
    return row["cell"], row["seed"], row["world"]


def name_block(row: Row) -> str:
    """Return the scenario and seed of a row: worlds that have the same people."""
    return f"{row['scenario']} {row['seed']}"


def select_track(rows: Iterable[Row], track: str, budget_per_day: float = HEADLINE_BUDGET) -> list[Row]:
    """Return the rows of a track sorted by detector and world; of alerts only those at a budget.

    Raises
    ------
    ValueError
        When there is no such track.
    """
    if track not in TRACKS:
        raise ValueError(f"track must be one of {', '.join(TRACKS)}, got {track!r}")
    chosen = [
        row
        for row in rows
        if row["track"] == track and (track != "alert" or row.get("budget_per_day") in (None, budget_per_day))
    ]
    return sorted(chosen, key=lambda row: (row["detector"], *name_world(row)))


def has_value(row: Row, metric: str) -> bool:
    """Whether the detector ran and the figure is defined."""
    return row["status"] == "ok" and row.get(metric) is not None


def gather(rows: Iterable[Row], metric: str) -> Worlds:
    """Return a figure of the rows that have it."""
    found = sorted((row for row in rows if has_value(row, metric)), key=name_world)
    return Worlds(
        np.array([row[metric] for row in found], np.float64),
        [row["cell"] for row in found],
        [row["scenario"] for row in found],
        [name_block(row) for row in found],
    )


def list_detectors_of(rows: Iterable[Row]) -> list[str]:
    """Return the names of the detectors, sorted."""
    return sorted({row["detector"] for row in rows})


def list_cells(rows: Iterable[Row], metric: str | None = None) -> list[str]:
    """Return the cells by scenario and level; with a metric those where some detector has it."""
    found = {
        (row["scenario"], row["level"] or "", row["cell"]) for row in rows if metric is None or has_value(row, metric)
    }
    return [cell for _, _, cell in sorted(found)]


def list_null_cells(rows: Sequence[Row], track: str) -> list[str]:
    """Return the cells in which the headline of a track is defined for nobody though somebody ran: no campaign."""
    scored = set(list_cells(rows, HEADLINES[track]))
    ran = list_cells([row for row in rows if row["status"] == "ok"])
    return [cell for cell in ran if cell not in scored]


def describe_metric(metric: str) -> str:
    """Return a metric's name in words."""
    return metric.replace("_per_10000", " per 10,000").replace("_", " ")


def rank_track(rows: Iterable[Row], track: str) -> tuple[list[str], Ranking] | None:
    """Return the detectors, controls apart, best first, and their mean ranks in the same order.

    The rows are those of one track and budget (see :func:`select_track`). Only detectors with a headline in every
    world that any of them has are ranked, over blocks of worlds; None with fewer than two of them.
    """
    metric = HEADLINES[track]
    having = [row for row in rows if has_value(row, metric) and row["detector"] not in CONTROLS]
    worlds = {name_world(row) for row in having}
    by_detector = {
        name: gather((row for row in having if row["detector"] == name), metric) for name in list_detectors_of(having)
    }
    complete = [name for name, found in by_detector.items() if len(found.values) == len(worlds)]
    if len(complete) < 2:
        return None
    blocks = [average_blocks(by_detector[name].values, by_detector[name].blocks) for name in complete]
    ranking = rank_detectors(np.stack(blocks, axis=1))
    order = np.argsort(ranking.mean_ranks, kind="stable")
    return [complete[place] for place in order], replace(ranking, mean_ranks=ranking.mean_ranks[order])
