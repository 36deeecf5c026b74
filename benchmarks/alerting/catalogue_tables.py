"""The catalogue's results as Markdown: found and false alarms at a glance, then each rule by scenario."""

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.alerting.rule_verdicts import beats_chance, count_false

Found = dict[str, Any]
_NONE = "–"


def render_catalogue(found: Found) -> str:
    """Return the page of one engine's results.

    Parameters
    ----------
    found : dict
        As of :func:`benchmarks.alerting.catalogue_study.run_study`.
    """
    names = [rule["name"] for rule in found["rules"]]
    attacked = [one for one in found["scenarios"] if one["rules"][0]["n_waves"]]
    quiet = [one for one in found["scenarios"] if not one["rules"][0]["n_waves"]]
    parts = [
        _render_head(found),
        "## Waves found, in percent, and in brackets by chance\n\n"
        "Bold: better than chance, in waves found or in time; from five worlds on with the whole 95 % interval.\n",
        _render_matrix(attacked, names, _show_found),
        "## False alarms a day\n\nThose of the world, or of its twin if more. The last ones have nothing to find.\n",
        _render_matrix([*attacked, *quiet], names, lambda rule: f"{count_false(rule):.2f}"),
        *(_render_rule(rule, place, found["scenarios"]) for place, rule in enumerate(found["rules"])),
    ]
    return "\n".join(parts)


def _render_head(found: Found) -> str:
    engine, settings = found["engine"], found["settings"]
    n_worlds = f"{found['seeds']} worlds" if found["seeds"] > 1 else "one world"
    return (
        f"# Alert rules on the catalogue: {engine['name']}\n\n"
        "Synthetic worlds, fictitious brands. Generated; do not edit.\n\n"
        f"Every scenario, {n_worlds} of {found['accounts']:,} accounts and at most {found['days']} days "
        f"each, with their twins. Engine {engine['name']} {engine['version']}; the first "
        f"{settings['warm_up_days']:g} days are not scored, cool-down {settings['cooldown_hours']:g} h, heard "
        f"{settings['delay_minutes']:g} min after a step. How alerts are matched: "
        "[benchmarks/ALERTS.md](../../benchmarks/ALERTS.md).\n"
    )


def _render_matrix(scenarios: Sequence[Found], names: Sequence[str], show: Callable[[Found], str]) -> str:
    rows = [[one["scenario"], *(show(rule) for rule in one["rules"])] for one in scenarios]
    return _render_table(["scenario", *names], rows)


def _show_found(rule: Found) -> str:
    text = f"{_percent(rule['detection_rate'])} ({_percent(rule['random_detection_rate'])})"
    return f"**{text}**" if rule["n_detected"] and beats_chance(rule) else text


_COLUMNS = ("scenario", "found", "by chance", "hours", "by chance", "shown before", "false/d", "twin/d", "crises")


def _render_rule(rule: Found, place: int, scenarios: Sequence[Found]) -> str:
    rows = [_make_row(one["scenario"], one["rules"][place]) for one in scenarios]
    return (
        f"## {rule['name']}\n\n{rule['summary']} `{rule['expr']}`, for {rule['for']}\n\n{_render_table(_COLUMNS, rows)}"
    )


def _make_row(scenario: str, rule: Found) -> list[str]:
    n_waves = rule["n_waves"]
    chance = (rule["random_detection_rate"] or 0.0) * n_waves
    return [
        scenario,
        f"{rule['n_detected']} of {n_waves}" if n_waves else _NONE,
        f"{chance:.1f}" if n_waves else _NONE,
        _number(rule["time_to_detect_hours"], 1),
        _number(rule["random_time_to_detect_hours"], 1),
        _percent(rule["exposure_share_at_detection"]),
        _number(rule["false_alarms_per_day"], 2),
        _number(rule["twin_alarms_per_day"], 2),
        str(rule["n_crisis_episodes"]),
    ]


def _render_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    rule = "|".join(["---", *("---:" for _ in heads[1:])])
    lines = [f"| {' | '.join(heads)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + "\n"


def _number(value: float | None, digits: int) -> str:
    return _NONE if value is None else f"{value:.{digits}f}"


def _percent(share: float | None) -> str:
    return _NONE if share is None else f"{100 * share:.0f}"
