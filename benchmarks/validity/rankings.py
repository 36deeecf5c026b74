"""Whether detectors rank alike in all scenarios: rank correlations between scenarios, with intervals over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.validity.finding import Answer, Table, Verdict
from benchmarks.validity.heat_maps import draw_correlations
from benchmarks.validity.score_cube import Cube, make_cube
from benchmarks.verdict.result_rows import Row, list_cells, select_track
from benchmarks.verdict.statistics import CONFIDENCE, draw_places
from simulator.random_streams import name_key

Values = NDArray[np.float64]
# What mean rank correlation counts as rankings that carry over, and as some likeness (assumed).
_ALIKE, _SIMILAR = 0.8, 0.4
_TIE_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Likeness:
    """Rank correlations between scenarios.

    Attributes
    ----------
    spearman, kendall : float64[n_scenarios, n_scenarios]
        Of mean average precision over detectors; Kendall's is tau-b.
    low, high : float64[n_scenarios, n_scenarios]
        Percentile interval of Spearman's, seeds drawn anew in each scenario.
    mean : tuple of float
        Mean over pairs of scenarios, its low and its high end.
    """

    spearman: Values
    kendall: Values
    low: Values
    high: Values
    mean: tuple[float, float, float]


def answer_rankings(rows: Sequence[Row]) -> Answer | None:
    """Say whether the ranking of detectors in one scenario holds in others."""
    of_track = select_track(rows, "account")
    cube = make_cube(of_track, "average_precision", list_cells(of_track, "average_precision"))
    if cube is None or len(cube.cells) < 2 or len(cube.detectors) < 3:
        return None
    found = correlate(cube)
    leaders = [cube.name_best(place) for place in range(len(cube.cells))]
    return Answer(
        _judge(found.mean[0]),
        _describe(cube, found, leaders),
        _to_json(cube, found, leaders),
        _tabulate(cube, found, leaders),
        lambda: draw_correlations(cube.cells, found.spearman, (found.low > 0) | (found.high < 0)),
    )


def correlate(cube: Cube) -> Likeness:
    """Return rank correlations between the cells of a cube.

    Notes
    -----
    With three seeds a bootstrap interval is too narrow: it holds the truth in clearly less than 95 % of cases.

    References
    ----------
    Spearman 1904, doi 10.2307/1412159; Kendall 1945, "The treatment of ties in ranking problems",
    doi 10.1093/biomet/33.3.239 (tau-b); Efron, Tibshirani 1993, doi 10.1007/978-1-4899-4541-9.
    """
    from scipy.stats import kendalltau

    means = cube.values.mean(axis=2).T
    drawn = np.stack([_resample(cube.values[:, place], cell) for place, cell in enumerate(cube.cells)], axis=1)
    resampled = rank_correlations(drawn)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=0)
    spearman = rank_correlations(means[None])[0]
    kendall = np.array([[kendalltau(_tie(one), _tie(other)).statistic for other in means] for one in means])
    pairs = np.triu_indices(len(cube.cells), 1)
    ends = np.quantile(resampled[:, *pairs].mean(axis=1), [tail, 1 - tail])
    mean = (float(spearman[pairs].mean()), float(ends[0]), float(ends[1]))
    return Likeness(spearman, np.nan_to_num(kendall), low, high, mean)


def _tie(values: Values) -> Values:
    return np.round(values, _TIE_DIGITS)


def _resample(values: Values, cell: str) -> Values:
    """Return means over seeds drawn anew, float64[resample, n_detectors]."""
    places = draw_places(name_key("rankings", cell), values.shape[1])
    drawn: Values = values[:, places].mean(axis=2).T
    return drawn


def rank_correlations(means: Values) -> Values:
    """Return Spearman's correlations, float64[n, n_cells, n_cells], of means, float64[n, n_cells, n_detectors].

    Where all detectors tie, nothing is ranked and the correlation is 0.
    """
    from scipy.stats import rankdata

    ranks = rankdata(_tie(means), axis=2)
    centred = ranks - ranks.mean(axis=2, keepdims=True)
    norms = np.sqrt((centred**2).sum(axis=2))
    products = centred @ centred.transpose(0, 2, 1)
    scale = norms[:, :, None] * norms[:, None, :]
    found: Values = np.divide(products, scale, out=np.zeros_like(products), where=scale > 0)
    return found


def _judge(mean: float) -> Verdict:
    if mean >= _ALIKE:
        return "as hoped"
    return "in part" if mean >= _SIMILAR else "not as hoped"


def _describe(cube: Cube, found: Likeness, leaders: Sequence[str]) -> str:
    pairs = list(combinations(range(len(cube.cells)), 2))
    worst = min(pairs, key=lambda pair: found.spearman[pair])
    mean, low, high = found.mean
    counts = {name: leaders.count(name) for name in leaders}
    first = max(counts, key=lambda name: (counts[name], name))
    return (
        f"Over {len(cube.cells)} scenarios and {len(cube.detectors)} baselines the mean rank correlation is "
        f"{mean:.2f} [{low:.2f}, {high:.2f}] (Spearman, {len(cube.seeds)} seeds); least alike are "
        f"{cube.cells[worst[0]]} and {cube.cells[worst[1]]} ({found.spearman[worst]:.2f}); {first} is best in "
        f"{counts[first]} of them."
    )


def _tabulate(cube: Cube, found: Likeness, leaders: Sequence[str]) -> Table:
    rows = []
    for place, cell in enumerate(cube.cells):
        others = [other for other in range(len(cube.cells)) if other != place]
        means = cube.values[:, place].mean(axis=1)
        alike = (found.spearman[place, others].mean(), found.kendall[place, others].mean())
        rows.append((cell, leaders[place], f"{means.max():.3f}", *(f"{value:.2f}" for value in alike)))
    columns = ("scenario", "best baseline", "average precision", "mean Spearman", "mean Kendall")
    return Table(columns, tuple(rows), 2)


def _to_json(cube: Cube, found: Likeness, leaders: Sequence[str]) -> dict[str, Any]:
    pairs = {
        f"{cube.cells[one]} / {cube.cells[other]}": {
            "spearman": round(float(found.spearman[one, other]), 4),
            "low": round(float(found.low[one, other]), 4),
            "high": round(float(found.high[one, other]), 4),
            "kendall": round(float(found.kendall[one, other]), 4),
        }
        for one, other in combinations(range(len(cube.cells)), 2)
    }
    mean = dict(zip(("mean", "low", "high"), (round(value, 4) for value in found.mean), strict=True))
    best = dict(zip(cube.cells, leaders, strict=True))
    return {"mean_spearman": mean, "pairs": pairs, "best": best, "detectors": list(cube.detectors)}
