"""One figure of results as an array over detectors, cells and seeds, its means, differences and trends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.registry import CONTROLS
from benchmarks.verdict.result_rows import Row, has_value
from benchmarks.verdict.statistics import Estimate, bootstrap_mean

Values = NDArray[np.float64]
# Differences closer than this are equal, so that the last bit of a subtraction breaks no tie.
_TIE_DIGITS = 12
LEARNING = ("supervised_trees",)


@dataclass(frozen=True, slots=True)
class Cube:
    """A figure of detectors that have it in every world of every cell.

    Attributes
    ----------
    detectors, cells, seeds : tuple
        Names along the axes.
    values : float64[n_detectors, n_cells, n_seeds]
    """

    detectors: tuple[str, ...]
    cells: tuple[str, ...]
    seeds: tuple[int, ...]
    values: Values

    def of(self, detector: str) -> Values:
        """Return the figures of a detector, float64[n_cells, n_seeds]."""
        found: Values = self.values[self.detectors.index(detector)]
        return found

    def without(self, names: Iterable[str]) -> "Cube":
        """Return the cube without some detectors."""
        left_out = set(names)
        kept = [place for place, name in enumerate(self.detectors) if name not in left_out]
        return Cube(tuple(self.detectors[place] for place in kept), self.cells, self.seeds, self.values[kept])

    def best(self) -> Values:
        """Return the largest figure of each world, float64[n_cells, n_seeds]: whoever is best there."""
        found: Values = self.values.max(axis=0)
        return found

    def name_best(self, cell: int) -> str:
        """Return the detector of the highest mean in a cell."""
        return self.detectors[int(self.values[:, cell].mean(axis=1).argmax())]


def make_cube(rows: Sequence[Row], metric: str, cells: Sequence[str]) -> Cube | None:
    """Return a figure by detector, cell and seed, controls apart; None without two seeds, or any complete detector.

    Seeds are those that every cell has. A detector that lacks a figure in one world is left out.
    """
    found = {
        (row["detector"], row["cell"], row["seed"]): float(row[metric])
        for row in rows
        if has_value(row, metric) and row["cell"] in cells and row["detector"] not in CONTROLS
    }
    by_cell = [{seed for _, cell, seed in found if cell == name} for name in cells]
    seeds = tuple(sorted(set.intersection(*by_cell))) if by_cell else ()
    complete = [
        name
        for name in sorted({name for name, _, _ in found})
        if all((name, cell, seed) in found for cell in cells for seed in seeds)
    ]
    if len(seeds) < 2 or not complete:
        return None
    values = [[[found[name, cell, seed] for seed in seeds] for cell in cells] for name in complete]
    return Cube(tuple(complete), tuple(cells), seeds, np.array(values, np.float64))


def estimate(values: Values) -> Estimate:
    """Return the mean over seeds with its interval; seeds are drawn anew."""
    return bootstrap_mean(values, ["all"] * len(values))


def find_fall(values: Values) -> float | None:
    """Return the p-value of Page's test that figures fall from cell to cell, the seeds being its blocks.

    Parameters
    ----------
    values : float64[n_cells, n_seeds]
        None is returned below three cells.

    References
    ----------
    Page 1963, "Ordered hypotheses for multiple treatments", doi 10.1080/01621459.1963.10500843.
    """
    from scipy.stats import page_trend_test

    if len(values) < 3:
        return None
    return float(page_trend_test(np.round(values.T[:, ::-1], _TIE_DIGITS)).pvalue)


def round_all(values: Iterable[float]) -> list[float]:
    """Return figures as they stand in documents."""
    return [round(float(value), 4) for value in values]
