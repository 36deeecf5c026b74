"""The picture of a choice: how soon waves are found against false alarms a day, as a rule's threshold sweeps."""

from typing import Any

import numpy as np

from benchmarks.alerting.plain_names import fold_name
from benchmarks.verdict.plot_style import COLOURS, GREY, INK, MARKERS, PALE, make_figure, styled

Found = dict[str, Any]

_MOST_PANELS = 9
_COLUMNS = 3
# The band for waves of which under half are found, in shares of the slowest time.
_NEVER = (1.3, 2.2)


def list_sweeps(found: Found) -> dict[str, list[Found]]:
    """Return the rules that are one rule at several thresholds, by its name."""
    sweeps: dict[str, list[Found]] = {}
    for rule in found["rules"]:
        if rule["sweep"] is not None:
            sweeps.setdefault(rule["sweep"], []).append(rule)
    return {name: rules for name, rules in sweeps.items() if len(rules) > 1}


@styled
def draw_threshold_curve(found: Found) -> Any:
    """Return a figure with a panel for each swept rule; None when no rule is swept or there are no waves.

    Raises
    ------
    SmearbenchError
        When matplotlib is missing.
    """
    sweeps = list(list_sweeps(found).items())[:_MOST_PANELS]
    if not sweeps or not found["rules"][0]["n_waves"]:
        return None
    n_columns = min(len(sweeps), _COLUMNS)
    n_rows = -(-len(sweeps) // n_columns)
    figure = make_figure(max(3.9 * n_columns, 7.2), 3.5 * n_rows + 1.0)
    panels = figure.subplots(n_rows, n_columns, squeeze=False, sharey=True).reshape(-1)
    slowest = _find_slowest([rule for _, rules in sweeps for rule in rules])
    for place, (axes, (name, rules)) in enumerate(zip(panels, sweeps, strict=False)):
        _draw_sweep(axes, rules, slowest, COLOURS[place % len(COLOURS)], MARKERS[place % len(MARKERS)])
        axes.set_title(fold_name(name, 34), fontsize=10, parse_math=False)
        axes.set_xlabel("false alarms a day")
        if place % n_columns == 0:
            axes.set_ylabel("hours until a wave is heard of")
    panels[0].set_ylim(top=slowest * _NEVER[1])
    for axes in panels[len(sweeps) :]:
        axes.set_visible(False)
    n_worlds = len(found["worlds"])
    figure.suptitle(
        f"How soon, and how often in vain, at each threshold; {n_worlds} world{'s' * (n_worlds > 1)}  (synthetic)",
        x=0.01,
        ha="left",
        fontsize=10.5,
    )
    figure.supxlabel(_explain(found), fontsize=8, color=INK, x=0.01, ha="left")
    return figure


def _explain(found: Found) -> str:
    bars = "lines: 95 % intervals over worlds" if found["rules"][0]["intervals"] else "too few worlds for intervals"
    return (
        f"Marks: Kaplan-Meier medians, beside them the threshold; {bars}.\n"
        "Hollow: what the same alerts find at a random time. Left and low is better."
    )


def _find_slowest(rules: list[Found]) -> float:
    names = "time_to_detect_hours", "random_time_to_detect_hours"
    bounds = [high for rule in rules if rule["intervals"] for high in rule["intervals"]["time_to_detect_hours"]]
    values = [value for value in (*(rule[name] for rule in rules for name in names), *bounds) if value is not None]
    return float(max([1.0, *values]))


def _draw_sweep(axes: Any, rules: list[Found], slowest: float, colour: str, marker: str) -> None:
    never = slowest * (_NEVER[0] * _NEVER[1]) ** 0.5
    axes.axhspan(slowest * _NEVER[0], slowest * _NEVER[1], color=PALE, linewidth=0, zorder=0)
    axes.text(
        0.98, never, "under half are found", transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=8
    )
    points = [_place(rule, "time_to_detect_hours", never) for rule in rules]
    chance = [_place(rule, "random_time_to_detect_hours", never) for rule in rules]
    axes.plot(
        *zip(*chance, strict=True), color=GREY, linestyle=(0, (4, 2)), marker=marker, markerfacecolor="white", zorder=2
    )
    axes.plot(*zip(*points, strict=True), color=colour, marker=marker, linewidth=1.8, markeredgecolor="white", zorder=4)
    for rule, (x, y) in zip(rules, points, strict=True):
        _draw_interval(axes, rule, x, y, never, colour)
        threshold = rule["name"].removeprefix(f"{rule['sweep']} ")
        axes.annotate(threshold, (x, y), (5, 4), textcoords="offset points", fontsize=8, zorder=5, parse_math=False)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter("{x:g}")
    axes.set_xlim(left=-0.03 * max(1e-9, *(x for x, _ in points)))


def _place(rule: Found, name: str, never: float) -> tuple[float, float]:
    return rule["false_alarms_per_day"] or 0.0, never if rule[name] is None else rule[name]


def _draw_interval(axes: Any, rule: Found, x: float, y: float, never: float, colour: str) -> None:
    if rule["intervals"] is None:
        return
    look = {"color": colour, "alpha": 0.45, "linewidth": 1.1, "zorder": 3}
    low, high = (never if bound is None else bound for bound in rule["intervals"]["time_to_detect_hours"])
    axes.plot([x, x], [low, high], **look)
    left, right = (np.nan if bound is None else bound for bound in rule["intervals"]["false_alarms_per_day"])
    axes.plot([left, right], [y, y], **look)
