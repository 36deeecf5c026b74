"""The curves of a suite: precision against recall, and time to detection against false alarms, cell by cell."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.scoring.alert_metrics import WorldAlerts, summarise_alerts
from benchmarks.suites.suite_rows import Measured, Row

_POINT = ("suite", "track", "detector", "cell", "kind", "x")


def average_points(measured: Sequence[Measured]) -> list[Row]:
    """Return the mean precision at each recall over the worlds of each cell."""
    values: dict[tuple[object, ...], list[float]] = defaultdict(list)
    for world in measured:
        for point in world.points:
            values[tuple(point[key] for key in _POINT)].append(point["y"])
    return [dict(zip(_POINT, key, strict=True)) | {"y": round(float(np.mean(ys)), 6)} for key, ys in values.items()]


def sweep_alerts(suite: str, measured: Sequence[Measured]) -> list[Row]:
    """Return, for each threshold of the sweep, false alarms a day and the median time to detection of a cell.

    Cells without waves have none. Where no alarm was false, half of one in all days stands for their rate, so
    that it can be drawn on a logarithmic axis.
    """
    pooled: dict[tuple[str, str, float], list[WorldAlerts]] = defaultdict(list)
    for world in measured:
        for detector, cell, level, alerts in world.sweeps:
            pooled[detector, cell, level].append(alerts)
    points: list[Row] = []
    for (detector, cell, _), worlds in sorted(pooled.items(), key=lambda item: item[0]):
        found = summarise_alerts(worlds)
        if found.n_waves and found.false_alarms_per_day is not None:
            x = max(found.false_alarms_per_day, 0.5 / sum(world.n_days for world in worlds))
            y = found.median_time_to_detect_hours
            kind = {"suite": suite, "track": "alert", "detector": detector, "cell": cell, "kind": "time_to_detect"}
            points.append(kind | {"x": round(x, 6), "y": None if y is None else round(y, 6)})
    return points
