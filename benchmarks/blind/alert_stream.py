"""Feeds a streaming detector one world, step by step, and collects its alerts."""

import math
from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from benchmarks.blind.streaming import DEFAULT_STEP_MINUTES, replay
from benchmarks.detector import Alert, Batch, Observations, StreamingDetector
from simulator.errors import InputError

ALERTS = pa.schema(
    [
        pa.field("time", pa.timestamp("ms", tz="UTC"), False),
        pa.field("score", pa.float64(), False),
        pa.field("reason", pa.string(), False),
    ]
)


def collect_alerts(detector: StreamingDetector, observations: Observations) -> pa.Table:
    """Return time, score and reason of every alert, stamped with the end of its step.

    Raises
    ------
    InputError
        When an answer is no sequence of alerts with finite scores.
    """
    detector.start(observations.context)
    step_minutes = int(getattr(detector, "step_minutes", DEFAULT_STEP_MINUTES))
    return feed(detector, replay(observations, step_minutes))


def feed(detector: StreamingDetector, steps: Iterable[tuple[Batch, datetime]]) -> pa.Table:
    """Return the alerts of a started detector on the steps of a replay; see :func:`collect_alerts`."""
    rows = [
        {"time": now, "score": float(alert.score), "reason": str(alert.reason)}
        for batch, now in steps
        for alert in _check(detector.update(batch, now), now)
    ]
    return pa.Table.from_pylist(rows, ALERTS)


def _check(answer: object, now: datetime) -> tuple[Alert, ...]:
    alerts = tuple(answer) if isinstance(answer, (list, tuple)) else None
    if alerts is None or not all(isinstance(alert, Alert) for alert in alerts):
        raise InputError(f"update must answer a sequence of Alert, got {type(answer).__name__} at {now.isoformat()}")
    for alert in alerts:
        if not math.isfinite(alert.score):
            raise InputError(f"the score of an alert must be a finite number, got {alert.score} at {now.isoformat()}")
    return alerts
