"""What is said of a team's own alerts beside the tables of rules: where they lay, the faults, another run beside."""

from typing import Any

from simulator.console import print_table

Found = dict[str, Any]
_NONE = "-"
_OUTSIDE = {
    "before_start": "before the replay began",
    "after_end": "after its last event",
    "in_warm_up": "in the time that is not scored at the start",
    "after_scored": "after the scored time",
}


def explain_own(settings: Found) -> str:
    """Return how the times of own alerts were taken."""
    delay = settings["delay_minutes"]
    return "Your own pipeline: its real delays are in." if not delay else f"Your own pipeline, {delay:g} min added."


def explain_tally(own: Found) -> list[str]:
    """Return where the alerts lay, and what the replay did wrong on purpose."""
    lines = [_count("Alerts", own["alerts"])]
    if own["twin_alerts"] is not None:
        lines.append(_count("Alerts in the twin", own["twin_alerts"]))
    if own["alerts"]["in_pause"]:
        lines.append(f"{own['alerts']['in_pause']:,} came while the replay stood still, and count where it stood.")
    if own["crisis_calls"]:
        n_calls = own["crisis_calls"]
        lines.append(f"Calls of a real crisis: {n_calls:,}; they are no alerts of an attack and are left out.")
    if own["alerts"]["read"] and not own["alerts"]["scored"]:
        lines.append("None was scored. Is it the clock of this replay? Without it times are simulated.")
    if not own["replay_finished"]:
        lines.append(f"The replay was not over: scored until {own['scored_until']} (simulated).")
    return [*lines, *_explain_faults(own["faults"])]


def _count(title: str, tally: Found) -> str:
    parts = [f"{tally[name]:,} {words}" for name, words in _OUTSIDE.items() if tally[name]]
    return (
        f"{title}: {tally['read']:,}, of which {tally['scored']:,} scored" + "".join(f";\n  {p}" for p in parts) + "."
    )


def _explain_faults(faults: Found) -> list[str]:
    if not faults:
        return []
    return ["Faults of the replay, on purpose:", *(f"  {kind}: {_describe_fault(faults[kind])}" for kind in faults)]


def _describe_fault(fault: Any) -> str:
    """Return a fault's count first, then whatever else is told of it and not nothing."""
    if not isinstance(fault, dict):
        return str(fault)
    told = {name.replace("_", " "): value for name, value in fault.items() if value and name != "n_events"}
    parts = [f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in told.items()]
    return ", ".join([f"{fault.get('n_events', 0):,} events", *parts])


def put_beside(found: Found, other: Found) -> list[Found]:
    """Return how each name did in another run and in this one: found, hours, false alarms, shown before."""
    before = {rule["name"]: rule for rule in other["rules"]}
    now = {rule["name"]: rule for rule in found["rules"]}
    names = dict.fromkeys([*now, *before])
    return [{"name": name, "other": _pick(before.get(name)), "this": _pick(now.get(name))} for name in names]


_FIGURES = ("n_detected", "n_waves", "time_to_detect_hours", "false_alarms_per_day", "exposure_share_at_detection")


def _pick(rule: Found | None) -> Found | None:
    return None if rule is None else {name: rule.get(name) for name in _FIGURES}


def print_beside(rows: list[Found], other: str) -> None:
    """Print two runs side by side."""
    print()
    columns = ("rule", "found", "now", "hours", "now", "false/d", "now", "shown", "now")
    print_table(f"How the rules took it: {other}, and now", columns, [_row(row) for row in rows])
    if any(row["other"] is None or row["this"] is None for row in rows):
        print(f"{_NONE} throughout: raised in one of the two runs only.")


def _row(row: Found) -> tuple[str, ...]:
    cells = [row["name"]]
    pairs = list(zip(_cells(row["other"]), _cells(row["this"]), strict=True))
    return tuple(cells + [cell for pair in pairs for cell in pair])


def _cells(figures: Found | None) -> tuple[str, ...]:
    if figures is None:
        return (_NONE,) * 4
    share = figures["exposure_share_at_detection"]
    return (
        f"{figures['n_detected']} of {figures['n_waves']}",
        _number(figures["time_to_detect_hours"], 1),
        _number(figures["false_alarms_per_day"], 2),
        _NONE if share is None else f"{100 * share:.0f} %",
    )


def _number(value: float | None, digits: int) -> str:
    return _NONE if value is None else f"{value:,.{digits}f}"
