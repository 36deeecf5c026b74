"""How sure a rule's figures are: worlds are drawn anew, whole, with all their waves and days.

References
----------
Field, Welsh 2007, "Bootstrapping clustered data", doi 10.1111/j.1467-9868.2007.00593.x (clusters drawn whole).
"""

from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.alerting.rule_scores import RuleScore
from benchmarks.scoring.alert_metrics import AlertSummary, summarise_alerts
from benchmarks.verdict.statistics import CONFIDENCE, draw_places
from simulator.random_streams import name_key

# With fewer worlds an interval says next to nothing (assumed).
LEAST_WORLDS = 5
N_RESAMPLES = 400
Interval = tuple[float | None, float | None]

# What an undefined figure stands for: a median that is never reached lies beyond every time.
_FIGURES: dict[str, tuple[Callable[[AlertSummary], float | None], float]] = {
    "detection_rate": (lambda found: found.detection_rate, 0.0),
    "time_to_detect_hours": (lambda found: found.median_time_to_detect_hours, np.inf),
    "false_alarms_per_day": (lambda found: found.false_alarms_per_day, 0.0),
}


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
    places = draw_places(name_key("alerts"), len(scores))[:N_RESAMPLES]
    drawn = [summarise_alerts([scores[place].alerts for place in row]) for row in places.tolist()]
    return {name: _bound(drawn, *figure) for name, figure in _FIGURES.items()}


def _bound(drawn: Sequence[AlertSummary], read: Callable[[AlertSummary], float | None], undefined: float) -> Interval:
    found = [read(summary) for summary in drawn]
    values = np.sort([undefined if value is None else value for value in found])
    tail = (1 - CONFIDENCE) / 2
    # Nearest ranks: between a time and infinity there is nothing to interpolate.
    low, high = (float(values[round(share * (len(values) - 1))]) for share in (tail, 1 - tail))
    return _finite(low), _finite(high)


def _finite(value: float) -> float | None:
    return round(value, 6) if np.isfinite(value) else None
