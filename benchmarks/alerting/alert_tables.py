"""Prints how rules did, in 80 columns: what they found, what they cost, and how that was counted."""

from typing import Any

from benchmarks.alerting.own_tables import explain_own, explain_tally, print_beside
from benchmarks.alerting.push_tables import print_pushes
from simulator.console import print_table

Found = dict[str, Any]
_NONE = "-"


def print_alerts(found: Found) -> None:
    """Print the content of ``smearbench alerts --json`` for people."""
    if _has_waves(found):
        print_table(_title(found), _WAVE_COLUMNS, [_wave_row(rule) for rule in found["rules"]])
    else:
        print(f"{_title(found)}: {_say_why_none(found)}")
    print()
    print_table(
        "Episodes, and what is spent on them a day", _COST_COLUMNS, [_cost_row(rule) for rule in found["rules"]]
    )
    print()
    print_pushes(found)
    if found["rules"][0]["intervals"] is not None:
        rows = [_interval_row(rule) for rule in found["rules"]]
        print_table("95 % intervals, worlds drawn anew", _INTERVAL_COLUMNS, rows)
        print()
    print("\n".join(_explain(found)))
    if "own" in found:
        print("\n".join(explain_tally(found["own"])))
    if "against" in found:
        print_beside(found["against"]["rules"], found["against"]["file"])


_WAVE_COLUMNS = ("rule", "found", "chance", "hours", "chance", "lead h", "shown before")
_COST_COLUMNS = ("rule", "true", "false", "crisis", "precision", "false/d", "twin/d", "min/d")


_INTERVAL_COLUMNS = ("rule", "found, share", "hours", "false/d")


def _interval_row(rule: Found) -> tuple[str, ...]:
    figures = (("detection_rate", 2), ("time_to_detect_hours", 1), ("false_alarms_per_day", 2))
    bounds = [(rule["intervals"][name], digits) for name, digits in figures]
    return rule["name"], *(f"{_number(low, digits)} to {_number(high, digits)}" for (low, high), digits in bounds)


def _has_waves(found: Found) -> bool:
    return any(rule["n_waves"] for rule in found["rules"])


def _wave_row(rule: Found) -> tuple[str, ...]:
    n_waves = rule["n_waves"]
    chance = None if rule["random_detection_rate"] is None else rule["random_detection_rate"] * n_waves
    return (
        rule["name"],
        f"{rule['n_detected']} of {n_waves}" if n_waves else _NONE,
        _number(chance, 1),
        _number(rule["time_to_detect_hours"], 1),
        _number(rule["random_time_to_detect_hours"], 1),
        _number(rule["lead_time_hours"], 1),
        _percent(rule["exposure_share_at_detection"]),
    )


def _cost_row(rule: Found) -> tuple[str, ...]:
    return (
        rule["name"],
        *(f"{rule[name]:,}" for name in ("n_true_episodes", "n_false_episodes", "n_crisis_episodes")),
        _percent(rule["precision"]),
        _number(rule["false_alarms_per_day"], 2),
        _number(rule["twin_alarms_per_day"], 2),
        _number(rule["alert_minutes_per_day"], 1),
    )


def _title(found: Found) -> str:
    worlds = [world["dataset"] for world in found["worlds"]]
    names = ", ".join(dict.fromkeys(world["scenario"] for world in worlds))
    seeds = f"seed {worlds[0]['seed']}" if len(worlds) == 1 else f"{len(worlds)} worlds"
    return f"Alert rules on {names}, {seeds}"


def _explain(found: Found) -> list[str]:
    """Return how it was counted, and what is not known."""
    settings = found["settings"]
    lines = [
        *([explain_own(settings)] if "own" in found else [_explain_engine(found)]),
        f"The first {settings['warm_up_days']:g} days are not scored.",
        f"Episode: an alert and all that come less than {settings['cooldown_hours']:g} h after it.",
    ]
    if any(rule["n_crisis_episodes"] for rule in found["rules"]):
        lines.append("Crisis: not true, and speaks of a real crisis without an operator.")
    return [*lines, *(_explain_waves(found) if _has_waves(found) else ["False: all others, as there are no waves."])]


def _explain_engine(found: Found) -> str:
    engine, delay = found["engine"], found["settings"]["delay_minutes"]
    name = f"{engine['name']} {engine['version']}"
    return f"Engine {name}, a step every {found['step_minutes']} min, heard {delay:g} min later."


def _say_why_none(found: Found) -> str:
    if all(rule["alert_minutes_per_day"] is None for rule in found["rules"]):
        days = found["settings"]["warm_up_days"]
        return f"nothing is scored,\nas the run ends within the first {days:g} days. Choose a shorter --warm-up."
    return "no waves, so that there is nothing to find"


def _explain_waves(found: Found) -> list[str]:
    share = found["rules"][0]["wave_share"]
    return [
        f"Waves fill {_percent(share)} of the scored time.",
        "Chance: the same alerts, moved together to a random time.",
        "Hours: to detect, Kaplan-Meier median; a miss counts until its wave ends, so",
        "that a rule that finds few may have one; - when there is none.",
        "Lead h: to the next brand event. Shown: exposures already made.",
        _explain_twins(found["twin_at_hand"]),
    ]


def _explain_twins(twin_at_hand: list[bool]) -> str:
    n_without = twin_at_hand.count(False)
    if n_without == 0:
        return "True: in a wave, and silent in the twin within the cool-down. Twins at hand."
    if n_without == len(twin_at_hand):
        return "No twin at hand: every alert in a wave counts as true, which flatters."
    return f"No twin at hand in {n_without} of {len(twin_at_hand)} worlds: there every alert in a wave is true."


def _number(value: float | None, digits: int) -> str:
    return _NONE if value is None else f"{value:,.{digits}f}"


def _percent(value: float | None) -> str:
    return _NONE if value is None else f"{100 * value:.0f} %"
