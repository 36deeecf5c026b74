"""The leaderboard of a suite in Markdown: generated from the rows of its results, never edited."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.registry import CONTROLS
from benchmarks.verdict.leaderboard_tables import (
    CUTS,
    Table,
    tabulate_comparisons,
    tabulate_cut,
    tabulate_failures,
    tabulate_figures,
    tabulate_headline,
    tabulate_null,
    tabulate_segments,
)
from benchmarks.verdict.result_rows import (
    HEADLINE_BUDGET,
    HEADLINES,
    TRACKS,
    Row,
    list_cells,
    list_detectors_of,
    name_world,
    rank_track,
    select_track,
)
from benchmarks.verdict.statistics import N_RESAMPLES

BUDGETS_PER_DAY = (HEADLINE_BUDGET, 0.25)
DEFAULT_REFERENCE = "near_duplicate"
_TITLES = {
    "account": "Accounts: who is operated",
    "post": "Posts: which were pushed",
    "group": "Groups: who belongs together",
    "alert": "Alerts: how soon a wave is seen",
}
_HEADLINE_NOTES = {
    "account": "Average precision, 1 at best; by chance the share of positives, in the last line. "
    "The oracle knows the labels.",
    "post": "Average precision, 1 at best; by chance the share of positives, in the last line. Positives are posts "
    "that a push commanded, camouflage is not one of them.",
    "group": "Harmonic mean of weighted precision (Σ n p² / Σ n p over groups of n accounts and purity p) and the "
    "share of operated accounts in groups of purity 0.5 or more; squads are the truth. No groups score 0.",
    "alert": "Share of the waves that an alert met, at a budget of {budget:g} a day for false alarms.",
}
_FIGURE_NOTES = {
    "account": "Beside it, means over the cells. TPR at 1 % FPR takes its threshold from the labels, as nobody could. "
    "P@n: precision among as many as there are positives. Precision, recall, F1, MCC and the wrongly accused per "
    "10,000 organic accounts are at the threshold, from the calibration worlds or else the detector's own. "
    "Precision at 0.1 % is what that precision would be were so few operated. Brier and calibration error (lower "
    "is better) only where a score claims to be a probability.",
    "group": "Beside it, means over the cells. Pair F1 and adjusted Rand are over true and returned members, the "
    "ungrouped as groups of one.",
    "alert": "Beside it. Time to detect: Kaplan–Meier median from the wave's begin, a miss being censored, then the "
    "median over worlds; never: not reached in half of them. Lead time: to the next brand event. Exposures before: "
    "share of the wave's exposures already delivered (lower is better). A detector is worth something where its "
    "detection rate is above the random one: as many alerts at random times.",
}
_FIGURE_NOTES["post"] = _FIGURE_NOTES["account"].replace("organic accounts", "other posts")
_NULL_NOTES = {
    "account": "Accounts flagged per 10,000 at the threshold",
    "post": "Posts flagged per 10,000 at the threshold",
    "group": "Groups returned a world",
    "alert": "False alarms a day, at a budget of {budget:g}",
}
_HOW_TO_READ = f"""
## How to read it

- A figure is the mean over the worlds of a cell (a scenario at an evasion level); *mean* is over the cells, each
  counting once. In brackets the 95 % interval from {N_RESAMPLES:,} bootstraps of worlds within each cell, worlds of one
  scenario and seed drawn together, as they have the same people. No brackets: a cell has a single world.
- The order is that of the mean. †2: two worlds are missing or failed; such a detector stands below the complete ones,
  since leaving out hard worlds flatters.
- *Controls* show what a figure is worth; they are not candidates and get no rank. Mean rank: 1 is best.
- Intervals of two detectors may overlap although the two differ, as worlds are paired. The tables of differences say
  so: Wilcoxon's signed-rank test over scenario and seed, corrected by Holm over the lines of the table,
  in which controls do not stand. Better or worse needs p below 0.05 and an interval without 0.
- *For new scenarios*: at least five scenarios, and the interval of whole scenarios drawn anew without 0 as well.
- Everything here is synthetic. How detectors rank need not carry over to a platform.
""".strip()


def render_leaderboard(rows: Sequence[Row], suite_title: str, stamp: Mapping[str, Any]) -> str:
    """Return the leaderboard as Markdown, the same whatever the order of the rows.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of a suite's results; see :mod:`benchmarks.verdict.result_rows`.
    suite_title : str
        Name of the suite.
    stamp : mapping
        What made the results, printed as it is (version, digests, seeds), but for two keys: ``reference`` names the
        detector that the others are compared with, or maps tracks to names; ``command`` says what generated it.
    """
    parts = [[f"# Leaderboard: {suite_title}"], _introduce(rows, suite_title, stamp)]
    for track in TRACKS:
        of_track = [row for row in rows if row["track"] == track]
        if of_track:
            parts += _render_track(of_track, track, stamp.get("reference"))
    failures = tabulate_failures(rows)
    if failures:
        parts += [["## What failed"], failures]
    parts.append(_HOW_TO_READ.splitlines())
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _introduce(rows: Sequence[Row], suite: str, stamp: Mapping[str, Any]) -> list[str]:
    detectors = list_detectors_of(rows)
    n_worlds, n_cells = len({name_world(row) for row in rows}), len(list_cells(rows))
    blind = sum(all(row.get("blind") for row in rows if row["detector"] == name) for name in detectors)
    lines = [
        f"Generated by `{stamp.get('command', f'smearbench suite run {suite}')}`; do not edit.",
        "",
        f"{_count(len(detectors), 'detector')} on {_count(n_worlds, 'world')} in {_count(n_cells, 'cell')}"
        + (f", {blind} of them blind: run apart, on sealed worlds." if blind else "."),
        "",
    ]
    shown = {key: value for key, value in stamp.items() if key not in ("reference", "command")}
    return lines + [f"- {key.replace('_', ' ')}: {_show(value)}" for key, value in shown.items()]


def _show(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def _render_track(rows: Sequence[Row], track: str, reference: Any) -> list[Table]:
    parts: list[Table] = [[f"## {_TITLES[track]}"]]
    for budget in BUDGETS_PER_DAY if track == "alert" else BUDGETS_PER_DAY[:1]:
        chosen = select_track(rows, track, budget)
        if track == "alert" and chosen:
            parts.append([f"### {budget:g} a day"])
        parts += _render_scores(chosen, track, budget, reference) if list_cells(chosen, HEADLINES[track]) else []
        parts += _render_false_alarms(chosen, track, budget)
    return parts


def _render_scores(rows: Sequence[Row], track: str, budget: float, reference: Any) -> list[Table]:
    parts = [
        [_HEADLINE_NOTES[track].format(budget=budget)],
        tabulate_headline(rows, track),
        _say_ranks(rows, track),
        *_render_comparisons(rows, track, reference),
        [_FIGURE_NOTES[track]] if budget == HEADLINE_BUDGET else [],
        tabulate_figures(rows, track),
    ]
    for cut in CUTS:
        table = tabulate_cut(rows, track, cut)
        if table:
            parts += [[f"Average precision by {cut}, each group against all that are not positive:"], table]
    return parts


def _say_ranks(rows: Sequence[Row], track: str) -> list[str]:
    found = rank_track(rows, track)
    if not found:
        return []
    names, ranking = found
    p_value = ranking.p_value
    alike = "" if p_value is None else f"Friedman's p {'< 0.001' if p_value < 0.001 else f'= {p_value:.3f}'}. "
    return [
        f"Mean ranks of {len(names)} detectors over {ranking.n_blocks} pairs of scenario and seed. {alike}"
        f"Ranks closer than {ranking.critical_difference:.2f} are not told apart (Nemenyi)."
    ]


def _render_comparisons(rows: Sequence[Row], track: str, reference: Any) -> list[Table]:
    name = _choose_reference(rows, track, reference)
    table = tabulate_comparisons(rows, track, name) if name else []
    return [[f"Differences to {name}, on the worlds that both scored:"], table] if table else []


def _choose_reference(rows: Sequence[Row], track: str, reference: Any) -> str | None:
    """Return the reference asked for, else the default one, else the first control that was run."""
    asked = reference.get(track) if isinstance(reference, Mapping) else reference
    there = list_detectors_of(rows)
    return next((name for name in (asked, DEFAULT_REFERENCE, *CONTROLS) if name in there), None)


def _render_false_alarms(rows: Sequence[Row], track: str, budget: float) -> list[Table]:
    parts: list[Table] = []
    null = tabulate_null(rows, track)
    if null:
        note = _NULL_NOTES[track].format(budget=budget)
        parts += [[f"{note}, in worlds without a campaign: there is nothing to find and all of it is wrong."], null]
    segments = tabulate_segments(rows) if track == "account" else []
    if segments:
        parts += [["False positives by segment: flagged per 10,000 accounts of it, over all worlds."], segments]
    return parts
