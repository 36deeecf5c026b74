"""What campaigns change over several seeds: mean, interval and the floor that a placebo sets."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulator.effect import effect

# Two-sided 95 % quantiles of Student's t for 1 to 30 degrees of freedom; beyond, the last is used.
_T_95 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)

# A mean of equal numbers can differ from them in the last bits.
_TIE = 1e-9

Pair = Callable[[str | Path, str | Path], dict[str, Any]]


def effect_over_seeds(
    triples: Sequence[tuple[str | Path, str | Path, str | Path]], *, measure: Pair = effect
) -> dict[str, Any]:
    """Summarise the effect of one scenario over several seeds.

    Parameters
    ----------
    triples : sequence of (world, twin, placebo)
        Dataset folders, one triple a seed. A placebo is a twin with one neutral post more.
    measure : callable
        Measures one pair; :func:`simulator.effect.effect`.

    Returns
    -------
    dict
        JSON-able: `n_seeds`, `seeds`, `scenario` and `measures`; for each measure the mean over seeds,
        its 95 % interval (Student's t), the placebo floor (the largest size that a placebo reached) and
        whether the effect is measurable: zero outside the interval and the mean beyond the floor.

    Raises
    ------
    DatasetError
        When a folder is no complete dataset or a pair does not belong together.
    ValueError
        When there is no triple.

    Examples
    --------
    >>> effect_over_seeds([(world, twin, placebo)])["n_seeds"]
    1
    """
    if not triples:
        raise ValueError("triples must hold at least one (world, twin, placebo), got none")
    effects = [measure(world, twin) for world, twin, _ in triples]
    placebos = [measure(placebo, twin) for _, twin, placebo in triples]
    worlds = [flatten_effect(found) for found in effects]
    floors = [flatten_effect(found) for found in placebos]
    names = list(dict.fromkeys(name for found in worlds for name in found))
    return {
        "scenario": effects[0]["origin"]["scenario"],
        "synthetic": True,
        "n_seeds": len(triples),
        "seeds": [found["origin"]["seed"] for found in effects],
        "measures": [
            {
                "measure": name,
                **summarise_seeds([found.get(name, 0.0) for found in worlds], [f.get(name, 0.0) for f in floors]),
            }
            for name in names
        ],
    }


def flatten_effect(found: dict[str, Any]) -> dict[str, float]:
    """Return the single numbers of an effect by name."""
    flat: dict[str, float] = {}
    for row in found["reach"]:
        flat[f"reach share, {row['operator']}"] = row["share"]
    for tactic, exposures in found["exposures"]["by_tactic"].items():
        flat[f"exposures, {tactic}"] = exposures
    flat["organic exposures, change"] = found["exposures"]["organic_change_share"]
    for row in found["attitudes"]["by_segment"]:
        flat[f"attitude at launch, {row['segment']}"] = row["at_launch"]
        flat[f"attitude at end, {row['segment']}"] = row["at_end"]
    flat["reactions to the campaign"] = found["reactions"]["to_campaign"]
    flat["other reactions, changed share"] = found["reactions"]["changed_share"]
    return flat


def summarise_seeds(values: Sequence[float], placebo: Sequence[float]) -> dict[str, Any]:
    """Return mean, 95 % interval and placebo floor of one measure.

    Examples
    --------
    >>> found = summarise_seeds([1.0, 2.0, 3.0], [0.1, -0.2, 0.0])
    >>> found["mean"], found["floor"], round(found["low"], 3)
    (2.0, 0.2, -0.484)
    """
    n = len(values)
    mean = math.fsum(values) / n
    low = high = None
    if n > 1:
        variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
        half = _T_95[min(n - 1, len(_T_95)) - 1] * math.sqrt(variance / n)
        low, high = mean - half, mean + half
    floor = max(abs(value) for value in placebo)
    is_away_from_zero = low is not None and high is not None and (low > 0 or high < 0)
    return {
        "mean": mean,
        "low": low,
        "high": high,
        "floor": floor,
        "is_measurable": is_away_from_zero and abs(mean) > floor * (1 + _TIE),
    }
