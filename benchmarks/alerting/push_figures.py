"""How rules found single pushes: over all, and by tactic, level of evasion and squad."""

from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.alerting.pushes import KINDS, Pushes
from benchmarks.alerting.rule_scores import PushScore
from benchmarks.scoring.alert_metrics import WaveOutcome, kaplan_meier_median
from benchmarks.scoring.measure import tidy
from simulator.dataset.context import to_iso

Found = dict[str, Any]
# A push, how it was found, and with which probability at a random time.
_Case = tuple[dict[str, tuple[str, ...]], WaveOutcome, float]


def summarise_pushes(pushes: Sequence[Pushes], scores: Sequence[PushScore]) -> Found:
    """Return how one rule found the pushes of all worlds, each push counted in every group that it belongs to.

    Parameters
    ----------
    pushes, scores : sequence of Pushes, of PushScore
        One a world.

    Returns
    -------
    dict
        n, n_detected, random_detected (expected number of the same alerts at a random time), time_to_detect_hours
        (Kaplan-Meier median, a miss is censored at its push's end); and the same by_tactic, by_evasion, by_squad.
    """
    cases = [case for each, score in zip(pushes, scores, strict=True) for case in _pair(each, score)]
    by_kind = {f"by_{kind}": _summarise_groups(cases, kind) for kind in KINDS}
    return _summarise(cases) | by_kind


def _pair(pushes: Pushes, score: PushScore) -> Iterable[_Case]:
    for place, outcome in enumerate(score.outcomes):
        yield {kind: names[place] for kind, names in pushes.groups.items()}, outcome, float(score.by_chance[place])


def _summarise_groups(cases: Sequence[_Case], kind: str) -> Found:
    names = sorted({name for groups, _, _ in cases for name in groups[kind]})
    return {name: _summarise([case for case in cases if name in case[0][kind]]) for name in names}


def _summarise(cases: Sequence[_Case]) -> Found:
    outcomes = [outcome for _, outcome, _ in cases]
    hours = [one.duration_hours if one.time_to_detect_hours is None else one.time_to_detect_hours for one in outcomes]
    return {
        "n": len(cases),
        "n_detected": sum(one.detected for one in outcomes),
        "random_detected": tidy(sum(chance for _, _, chance in cases)),
        "time_to_detect_hours": tidy(kaplan_meier_median(hours, [one.detected for one in outcomes])),
    }


def describe_pushes(pushes: Pushes) -> list[Found]:
    """Return what the pushes of a world were."""
    spans = zip(pushes.names, pushes.start_ms.tolist(), pushes.end_ms.tolist(), strict=True)
    return [
        {
            "name": name,
            "start": to_iso(start),
            "end": to_iso(end),
            "tactic": pushes.groups["tactic"][place][0],
            "evasion": list(pushes.groups["evasion"][place]),
            "squads": list(pushes.groups["squad"][place]),
        }
        for place, (name, start, end) in enumerate(spans)
    ]
