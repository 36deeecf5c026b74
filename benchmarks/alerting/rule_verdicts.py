"""Which rules to keep, by a criterion that the page states: better than chance, and within a budget of false alarms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from benchmarks.scoring.alert_metrics import kaplan_meier_median

Found = dict[str, Any]
BUDGET_PER_DAY = 1.0


class Verdict(Enum):
    """What to do with a rule."""

    keep = "Keep"
    quieten = "Too loud"
    drop = "Drop"
    silent = "Silent"


@dataclass(frozen=True, slots=True)
class JudgedRule:
    """A rule of ``smearbench alerts --json``, and what to do with it.

    Attributes
    ----------
    rule : dict
    verdict : Verdict
    reason : str
    """

    rule: Found
    verdict: Verdict
    reason: str


def judge_rules(found: Found, budget_per_day: float = BUDGET_PER_DAY) -> list[JudgedRule]:
    """Return the verdict on each rule, the ones to keep first, the soonest of them first.

    Parameters
    ----------
    found : dict
        The document of ``smearbench alerts --json``.
    budget_per_day : float
        How many false alarms a day a rule may raise.
    """
    judged = [_judge(rule, budget_per_day) for rule in found["rules"]]
    order = list(Verdict)
    return sorted(judged, key=lambda one: (order.index(one.verdict), _soonest_first(one.rule)))


def _soonest_first(rule: Found) -> tuple[float, float]:
    hours = rule["time_to_detect_hours"]
    return float("inf") if hours is None else hours, -(rule["detection_rate"] or 0.0)


def _judge(rule: Found, budget: float) -> JudgedRule:
    if not any(rule[name] for name in ("n_true_episodes", "n_false_episodes", "n_crisis_episodes")):
        return JudgedRule(rule, Verdict.silent, "It never fired.")
    false = count_false(rule)
    if not rule["n_waves"]:
        is_quiet = false <= budget
        return JudgedRule(rule, Verdict.keep if is_quiet else Verdict.quieten, "Nothing was there to find.")
    better = beats_chance(rule)
    if better is None:
        return JudgedRule(rule, Verdict.drop, "Chance does as well.")
    if false > budget:
        return JudgedRule(rule, Verdict.quieten, f"{better}, but too many false alarms.")
    return JudgedRule(rule, Verdict.keep, f"{better}.")


def count_false(rule: Found) -> float:
    """Return false alarms a day: those counted in the world, or in the twin where these are more."""
    return max(rule["false_alarms_per_day"] or 0.0, rule["twin_alarms_per_day"] or 0.0)


def beats_chance(rule: Found) -> str | None:
    """Return in what a rule is better than the same alerts at random times; None where in nothing.

    With intervals (five worlds or more) the whole interval must be better, else the figure itself.
    """
    share, chance = rule["detection_rate"] or 0.0, rule["random_detection_rate"] or 0.0
    hours, random_hours = rule["time_to_detect_hours"], rule["random_time_to_detect_hours"]
    least, latest = share, hours
    if rule["intervals"] is not None:
        least, latest = rule["intervals"]["detection_rate"][0], rule["intervals"]["time_to_detect_hours"][1]
    if least > chance:
        return "More waves than by chance"
    is_sooner = latest is not None and (random_hours is None or latest < random_hours)
    return "Sooner than by chance" if is_sooner and share >= chance else None


@dataclass(frozen=True, slots=True)
class Together:
    """What some rules do when each wakes somebody.

    Attributes
    ----------
    n_waves, n_detected : int
    hours : float or None
        Kaplan-Meier median time to the first of their true alerts.
    shown_share : float or None
        Exposures already made by then, of all; missed waves count whole.
    false_per_day : float
        Sum over the rules: no more than that, as false alarms may coincide.
    """

    n_waves: int
    n_detected: int
    hours: float | None
    shown_share: float | None
    false_per_day: float


def join_rules(found: Found, rules: Sequence[Found]) -> Together:
    """Return what some of the rules do together: a wave is found by the first that finds it."""
    names = {rule["name"] for rule in rules}
    hours: list[float] = []
    detected: list[bool] = []
    shown, total = 0.0, 0.0
    for world in found["worlds"]:
        kept = [rule["waves"] for rule in world["rules"] if rule["name"] in names]
        for waves in zip(*kept, strict=True):
            times = [wave["time_to_detect_hours"] for wave in waves if wave["detected"]]
            detected.append(bool(times))
            hours.append(min(times) if times else _last(waves[0]))
            total += waves[0]["exposures"] or 0
            shown += min(wave["exposures_before"] or 0 for wave in waves)
    return Together(
        n_waves=len(detected),
        n_detected=sum(detected),
        hours=kaplan_meier_median(hours, detected) if detected else None,
        shown_share=shown / total if total else None,
        false_per_day=sum(count_false(rule) for rule in rules),
    )


def _last(wave: Found) -> float:
    length = datetime.fromisoformat(wave["end"]) - datetime.fromisoformat(wave["start"])
    return length.total_seconds() / 3600
