"""The ladder: whether the best baseline falls from L0 to L5, and what hiding costs in exposures."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.validity.finding import Answer, judge, show_p
from benchmarks.validity.ladder_figures import draw_reach, draw_trend
from benchmarks.validity.score_cube import LEARNING, Cube, Values, estimate, find_fall, make_cube, round_all
from benchmarks.verdict.result_rows import Row, select_track
from benchmarks.verdict.statistics import SIGNIFICANCE

LEVELS = ("L0", "L1", "L2", "L3", "L4", "L5")


def list_rungs(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return the cells of the scenario that has most levels, from the lowest."""
    by_scenario: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["level"] in LEVELS:
            by_scenario.setdefault(row["scenario"], {})[row["level"]] = row["cell"]
    cells = max(by_scenario.values(), key=len, default={})
    return tuple(cells[level] for level in sorted(cells))


def make_ladder(rows: Sequence[Row]) -> Cube | None:
    """Return average precision by detector, rung and seed; None below three rungs."""
    rungs = list_rungs(rows)
    return make_cube(select_track(rows, "account"), "average_precision", rungs) if len(rungs) > 2 else None


def best_lines(cube: Cube) -> dict[str, Values]:
    """Return the best baseline of each world, with and without those that learn; float64[n_cells, n_seeds]."""
    unlearnt = cube.without(LEARNING)
    lines = {"best baseline": cube.best()}
    if 0 < len(unlearnt.detectors) < len(cube.detectors):
        lines["best that does not learn"] = unlearnt.best()
    return lines


def answer_trend(rows: Sequence[Row]) -> Answer | None:
    """Say whether the best baseline falls over the rungs."""
    cube = make_ladder(rows)
    if cube is None:
        return None
    rungs = [cell.split()[-1] for cell in cube.cells]
    lines = best_lines(cube)
    p_values = {name: find_fall(values) for name, values in lines.items()}
    falls = [_falls(values, p_values[name]) for name, values in lines.items()]
    parts = [_describe(name, values, rungs, p_values[name]) for name, values in lines.items()]
    numbers = {
        name: {
            "mean_average_precision": dict(zip(rungs, round_all(values.mean(axis=1)), strict=True)),
            "page_p": p_values[name],
            "rises_at": _list_rises(values, rungs),
        }
        for name, values in lines.items()
    }
    leaders = {rung: cube.name_best(place) for place, rung in enumerate(rungs)}
    told = "; ".join(parts)
    line = f"{told[0].upper()}{told[1:]} (Page's test, {len(cube.seeds)} seeds as blocks)."
    return Answer(
        judge(sum(falls), len(falls)),
        line,
        {"lines": numbers, "best_by_level": leaders, "seeds": len(cube.seeds)},
        None,
        lambda: draw_trend(cube, lines, rungs),
    )


def _falls(values: Values, p_value: float | None) -> bool:
    return p_value is not None and p_value < SIGNIFICANCE and bool(values[-1].mean() < values[0].mean())


def _describe(name: str, values: Values, rungs: Sequence[str], p_value: float | None) -> str:
    means = values.mean(axis=1)
    direction = "falls" if _falls(values, p_value) else "does not fall significantly"
    rises = _list_rises(values, rungs)
    beside = f", rising at {' and '.join(rises)}" if rises else ""
    span = f"from {means[0]:.2f} at {rungs[0]} to {means[-1]:.2f} at {rungs[-1]}"
    return f"the {name} {direction}: {span}{beside}, {show_p(p_value)}"


def _list_rises(values: Values, rungs: Sequence[str]) -> list[str]:
    """Return the rungs at which the mean rises by more than its interval leaves open."""
    steps = [estimate(after - before) for before, after in pairwise(values)]
    return [rung for rung, step in zip(rungs[1:], steps, strict=True) if step.low is not None and step.low > 0]


def answer_reach(rows: Sequence[Row]) -> Answer | None:
    """Say what each rung costs the campaign in exposures, beside what it takes from detectors."""
    cube = make_ladder(rows)
    exposures = _gather_exposures(rows, cube) if cube else None
    if cube is None or exposures is None:
        return None
    rungs = [cell.split()[-1] for cell in cube.cells]
    p_value = find_fall(exposures)
    means = exposures.mean(axis=1)
    lines = best_lines(cube)
    rises = _list_rises(exposures, rungs)
    falls = _falls(exposures, p_value)
    numbers: dict[str, Any] = {
        "exposures": dict(zip(rungs, round_all(means), strict=True)),
        "page_p": p_value,
        "rises_at": rises,
        "exposures_kept": round(float(means[-1] / means[0]), 4) if means[0] else None,
    }
    best = next(iter(lines.values())).mean(axis=1)
    how = "cost reach" if falls else "do not cost reach significantly"
    beside = f"; exposures rise at {' and '.join(rises)}" if rises else ""
    line = (
        f"The {len(rungs)} levels of evasion {how}: {means[0]:,.0f} campaign exposures a world at {rungs[0]}, "
        f"{means[-1]:,.0f} at {rungs[-1]} ({show_p(p_value)}), while the best baseline goes from {best[0]:.2f} to "
        f"{best[-1]:.2f}{beside}."
    )
    verdict = judge(2 * falls - bool(rises), 2) if falls else "not as hoped"
    return Answer(verdict, line, numbers, None, lambda: draw_reach(exposures, lines, rungs))


def _gather_exposures(rows: Sequence[Row], cube: Cube) -> Values | None:
    """Return the exposures that the campaign delivered, float64[n_cells, n_seeds]; None where a world lacks them."""
    told = [row for row in rows if row.get("exposures_delivered") is not None]
    found = {(row["cell"], row["seed"]): float(row["exposures_delivered"]) for row in told}
    if not all((cell, seed) in found for cell in cube.cells for seed in cube.seeds):
        return None
    return np.array([[found[cell, seed] for seed in cube.seeds] for cell in cube.cells])
