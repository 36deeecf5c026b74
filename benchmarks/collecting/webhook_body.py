"""Reads what a pipeline posts: Alertmanager's or Grafana's webhook, or plain lines of alerts."""

import json
from typing import Any

from benchmarks.alerting.alert_lines import Alert, parse_lines, read_name

# Alertmanager's form has been version 4 since 0.6; Grafana's is the same with more members and its version as "1".
_RESOLVED = "resolved"
_LINE_RULE = 'must be Alertmanager\'s or Grafana\'s webhook, or lines as {"name": "many_mentions"}'


def read_body(body: bytes, arrival_ms: int) -> list[Alert]:
    """Return the alerts of a request.

    A webhook's alerts are of when it arrived: that is when somebody hears, while `startsAt` lies before all that a
    pipeline does to tell. Resolved ones are left out, repeated ones are taken again. A plain line is of its own
    `time` where it has one.

    Parameters
    ----------
    body : bytes
    arrival_ms : int
        Wall clock, ms since the epoch.

    Raises
    ------
    ValueError
        Saying what is wrong, all of it; then no alert is taken.
    """
    content = _load(body)
    if isinstance(content, dict) and "alerts" in content:
        return _read_webhook(content["alerts"], arrival_ms)
    alerts, problems = parse_lines(
        body.split(b"\n") if content is None else [body.replace(b"\n", b" ")], "line", arrival_ms
    )
    if problems:
        raise ValueError("\n".join(problems[:20]))
    if not alerts:
        raise ValueError(f"body: {_LINE_RULE}, got none.")
    return alerts


def _load(body: bytes) -> Any:
    """Return the body as one JSON document; None where it is none, and may be lines."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _read_webhook(alerts: Any, arrival_ms: int) -> list[Alert]:
    if not isinstance(alerts, list):
        raise ValueError(f"alerts: must be a list, got {type(alerts).__name__}.")
    found, problems = [], []
    for place, alert in enumerate(alerts):
        try:
            name = _read_alert_name(alert)
        except ValueError as error:
            problems.append(f"alerts[{place}]: {error}")
            continue
        if alert.get("status") != _RESOLVED:
            found.append(Alert(arrival_ms, name))
    if problems:
        raise ValueError("\n".join(problems[:20]))
    return found


def _read_alert_name(alert: Any) -> str:
    labels = alert.get("labels") if isinstance(alert, dict) else None
    if not isinstance(labels, dict):
        raise ValueError("must be an object with labels.")
    return read_name(labels.get("alertname"))
