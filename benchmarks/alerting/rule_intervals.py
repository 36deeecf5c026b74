"""How sure a rule's figures are: worlds are drawn anew, whole, with all their waves and days.

References
----------
Field, Welsh 2007, "Bootstrapping clustered data", doi 10.1111/j.1467-9868.2007.00593.x (clusters drawn whole).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.alerting.rule_scores import RuleScore
from benchmarks.scoring.alert_metrics import WorldAlerts, kaplan_meier_median
from benchmarks.verdict.statistics import CONFIDENCE, draw_places
from simulator.random_streams import name_key

# With fewer worlds an interval says next to nothing (assumed).
LEAST_WORLDS = 5
N_RESAMPLES = 400
Interval = tuple[float | None, float | None]

# What an undefined figure stands for: a median that is never reached lies beyond every time.
_UNDEFINED = {"detection_rate": 0.0, "time_to_detect_hours": np.inf, "false_alarms_per_day": 0.0}


@dataclass(frozen=True, slots=True)
class _World:
    """What the figures are made of: of each wave whether it is found and the hours to that or to its end."""

    is_found: NDArray[np.bool_]
    hours: NDArray[np.float64]
    n_false: int
    n_days: float


def bound_figures(scores: Sequence[RuleScore]) -> dict[str, Interval] | None:
    """Return the 95 % percentile interval of a rule's main figures over worlds; None with fewer than five.

    Parameters
    ----------
    scores : sequence of RuleScore
        One a world.

    Returns
    -------
    dict of (float, float or None)
        detection_rate, time_to_detect_hours, false_alarms_per_day. A bound of the time is None where half of the
        waves are not found.
    """
    if len(scores) < LEAST_WORLDS:
        return None
    worlds = [_take(score.alerts) for score in scores]
    places = draw_places(name_key("alerts"), len(scores))[:N_RESAMPLES]
    drawn = [_measure([worlds[place] for place in row]) for row in places.tolist()]
    return {name: _bound([row[place] for row in drawn], _UNDEFINED[name]) for place, name in enumerate(_UNDEFINED)}


def _take(alerts: WorldAlerts) -> _World:
    waves = alerts.waves
    hours = [wave.duration_hours if wave.time_to_detect_hours is None else wave.time_to_detect_hours for wave in waves]
    is_found = np.array([wave.detected for wave in waves], bool)
    return _World(is_found, np.array(hours, np.float64), alerts.n_false_episodes, alerts.n_days)


def _measure(worlds: Sequence[_World]) -> tuple[float | None, ...]:
    """Return the figures over some worlds, as :func:`benchmarks.scoring.alert_metrics.summarise_alerts` has them.

    Hundreds of draws do without the other figures.
    """
    is_found = np.concatenate([world.is_found for world in worlds])
    hours = np.concatenate([world.hours for world in worlds])
    n_false, n_days = sum(world.n_false for world in worlds), sum(world.n_days for world in worlds)
    rate = int(is_found.sum()) / len(is_found) if len(is_found) else None
    return rate, kaplan_meier_median(hours, is_found), n_false / n_days if n_days else None


def _bound(found: Sequence[float | None], undefined: float) -> Interval:
    values = np.sort([undefined if value is None else value for value in found])
    tail = (1 - CONFIDENCE) / 2
    # Nearest ranks: between a time and infinity there is nothing to interpolate.
    low, high = (float(values[round(share * (len(values) - 1))]) for share in (tail, 1 - tail))
    return _finite(low), _finite(high)


def _finite(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None
