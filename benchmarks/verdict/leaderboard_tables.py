"""The tables of a leaderboard in Markdown: each from the rows of one track, each figure a mean over worlds."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import numpy as np

from benchmarks.registry import CONTROLS
from benchmarks.verdict.compare import Comparison, compare_within
from benchmarks.verdict.result_rows import (
    FALSE_ALARMS,
    HEADLINES,
    Row,
    gather,
    has_value,
    list_cells,
    list_detectors_of,
    list_null_cells,
    name_world,
    rank_track,
)
from benchmarks.verdict.statistics import SIGNIFICANCE, Estimate, adjust_holm, bootstrap_mean

Table = list[str]

# Column, heading and digits after the point of what stands beside a headline.
FIGURES: dict[str, tuple[tuple[str, str, int], ...]] = {
    "account": (
        ("roc_auc", "ROC AUC", 3),
        ("tpr_at_1_percent_fpr", "TPR at 1 % FPR", 3),
        ("precision_at_n", "P@n", 3),
        ("precision", "precision", 3),
        ("recall", "recall", 3),
        ("f1", "F1", 3),
        ("mcc", "MCC", 3),
        ("precision_at_0_1_percent_prevalence", "precision at 0.1 %", 3),
        ("false_positives_per_10000", "wrong per 10,000", 1),
        ("brier", "Brier", 4),
        ("calibration_error", "calibration error", 4),
    ),
    "group": (
        ("weighted_precision", "weighted precision", 3),
        ("grouped_recall", "grouped recall", 3),
        ("pair_f1", "pair F1", 3),
        ("adjusted_rand", "adjusted Rand", 3),
        ("n_groups", "groups", 1),
        ("group_score_by_operator", "score by operator", 3),
        ("pair_f1_by_operator", "pair F1 by operator", 3),
        ("adjusted_rand_by_operator", "adjusted Rand by operator", 3),
    ),
    "alert": (
        ("lead_time_hours", "lead time, h", 1),
        ("exposure_share_at_detection", "exposures before", 3),
        ("false_alarms_per_day", "false alarms a day", 2),
        ("random_detection_rate", "random detection rate", 3),
        ("wave_share", "waves' share of time", 3),
        ("nab_score", "NAB", 1),
    ),
}
FIGURES["post"] = FIGURES["account"]
# A squad is named by its scenario and is left to the Parquet file.
CUTS = ("role", "tactic", "stock", "evasion", "language")
_LONGEST_MESSAGE = 140


def make_table(columns: Sequence[str], rows: Iterable[Sequence[str]], n_texts: int = 1) -> Table:
    """Return a Markdown table; all but the first `n_texts` columns are aligned to the right."""
    rule = ["---"] * n_texts + ["---:"] * (len(columns) - n_texts)
    return [f"| {' | '.join(cells)} |" for cells in (columns, rule, *rows)]


def name_detector(name: str, rows: Iterable[Row]) -> str:
    """Return a detector's name, controls in italics, with what is special about its rows."""
    own = [row for row in rows if row["detector"] == name]
    shown = f"*{name}* (control)" if name in CONTROLS else name
    return f"{shown} (blind)" if own and all(row.get("blind") for row in own) else shown


def show_estimate(estimate: Estimate, digits: int = 3) -> str:
    """Return a mean and its interval."""
    if estimate.low is None or estimate.high is None:
        return f"{estimate.mean:.{digits}f}"
    return f"{estimate.mean:.{digits}f} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]"


def estimate_mean(rows: Iterable[Row], metric: str) -> Estimate | None:
    """Return the mean of a figure over cells with its interval; None where nobody has it."""
    found = gather(rows, metric)
    return bootstrap_mean(found.values, found.cells, found.blocks) if len(found.values) else None


def order_detectors(rows: Sequence[Row], track: str) -> list[str]:
    """Return detectors by the mean of their headline, best first; those without all worlds stand below."""
    metric = HEADLINES[track]
    asked = _select_asked(rows, metric)
    n_worlds = len({name_world(row) for row in asked})

    def place(name: str) -> tuple[bool, float, str]:
        found = [row for row in asked if row["detector"] == name and has_value(row, metric)]
        estimate = estimate_mean(found, metric)
        return len(found) < n_worlds, -estimate.mean if estimate else 1.0, name

    return sorted(list_detectors_of(rows), key=place)


def tabulate_headline(rows: Sequence[Row], track: str) -> Table:
    """Return detectors x cells: the mean and its interval, and the mean over cells."""
    metric = HEADLINES[track]
    cells = list_cells(rows, metric)
    asked = _select_asked(rows, metric)
    worlds = {cell: {name_world(row) for row in asked if row["cell"] == cell} for cell in cells}
    ranked = rank_track(rows, track)
    ranks = dict(zip(ranked[0], ranked[1].mean_ranks, strict=True)) if ranked else {}
    lines = []
    for name in order_detectors(rows, track):
        own = [row for row in rows if row["detector"] == name and row["cell"] in worlds]
        figures = [_show_cell([row for row in own if row["cell"] == c], metric, len(worlds[c])) for c in cells]
        mean = _show_cell(own, metric, sum(map(len, worlds.values())))
        lines.append([name_detector(name, rows), *figures, mean, f"{ranks[name]:.1f}" if name in ranks else "–"])
    if track in ("account", "post"):
        lines.append(_list_prevalence(rows, cells))
    return make_table(["detector", *cells, "mean", "mean rank"], lines)


def _select_asked(rows: Iterable[Row], metric: str) -> list[Row]:
    """Return the rows of cells with a campaign that have the figure or failed to."""
    chosen = list(rows)
    cells = list_cells(chosen, metric)
    return [row for row in chosen if row["cell"] in cells and (has_value(row, metric) or row["status"] != "ok")]


def _show_cell(rows: Sequence[Row], metric: str, n_worlds: int) -> str:
    estimate = estimate_mean(rows, metric)
    n_missing = n_worlds - sum(has_value(row, metric) for row in rows)
    mark = f" †{n_missing}" if n_missing else ""
    return (show_estimate(estimate) if estimate else "–") + mark


def _list_prevalence(rows: Sequence[Row], cells: Sequence[str]) -> list[str]:
    by_cell = [estimate_mean([row for row in rows if row["cell"] == cell], "prevalence") for cell in cells]
    known = [estimate.mean for estimate in by_cell if estimate]
    shown = [f"{estimate.mean:.3f}" if estimate else "–" for estimate in by_cell]
    return ["*share of positives*", *shown, f"{np.mean(known):.3f}" if known else "–", "–"]


def tabulate_figures(rows: Sequence[Row], track: str) -> Table:
    """Return detectors x the figures beside the headline, each the mean over cells; those nobody has are left out."""
    cells = list_cells(rows, HEADLINES[track])
    inside = [row for row in rows if row["cell"] in cells]
    shown: list[tuple[str, Callable[[list[Row]], str]]] = [
        (heading, partial(_show_mean, metric=metric, digits=digits))
        for metric, heading, digits in FIGURES[track]
        if any(has_value(row, metric) for row in inside)
    ]
    if track == "alert":
        shown.insert(0, ("time to detect, h", _show_median_time))
    if track in ("account", "post"):
        shown.append(("threshold from", _name_threshold_source))
    lines = []
    for name in order_detectors(rows, track):
        own = [row for row in inside if row["detector"] == name]
        lines.append([name_detector(name, rows), *(show(own) for _, show in shown)])
    return make_table(["detector", *(heading for heading, _ in shown)], lines)


def _show_mean(rows: Sequence[Row], metric: str, digits: int) -> str:
    found = gather(rows, metric)
    if not len(found.values):
        return "–"
    means = [found.values[[c == cell for c in found.cells]].mean() for cell in sorted(set(found.cells))]
    return f"{np.mean(means):,.{digits}f}"


def _show_median_time(rows: Sequence[Row]) -> str:
    """Return the median time-to-detect over worlds; a world whose median is not reached counts as never."""
    hours = [row.get("time_to_detect_hours") for row in rows if row["status"] == "ok"]
    if not hours:
        return "–"
    median = float(np.median([np.inf if value is None else value for value in hours]))
    return f"{median:.1f}" if np.isfinite(median) else "never"


def _name_threshold_source(rows: Sequence[Row]) -> str:
    return ", ".join(sorted({row["threshold_from"] for row in rows if row.get("threshold_from")})) or "none"


def tabulate_null(rows: Sequence[Row], track: str) -> Table:
    """Return detectors x cells without a campaign: what was flagged, all of it wrong; empty without such."""
    cells, metric = list_null_cells(rows, track), FALSE_ALARMS[track]
    if not cells:
        return []
    lines: list[tuple[float, list[str]]] = []
    for name in list_detectors_of(rows):
        own = [[row for row in rows if row["detector"] == name and row["cell"] == cell] for cell in cells]
        estimates = [estimate_mean(inside, metric) for inside in own]
        known = [estimate.mean for estimate in estimates if estimate]
        shown = [show_estimate(estimate, 2) if estimate else "–" for estimate in estimates]
        lines.append((float(np.mean(known)) if known else np.inf, [name_detector(name, rows), *shown]))
    return make_table(["detector", *cells], [line for _, line in sorted(lines)])


def tabulate_segments(rows: Sequence[Row]) -> Table:
    """Return detectors x organic segments: accounts flagged per 10,000 of the segment, over all worlds together."""
    counts = count_false_positives(rows)
    segments: dict[str, float] = defaultdict(float)
    for by_segment in counts.values():
        for segment, (flagged, accounts) in by_segment.items():
            segments[segment] += flagged / max(accounts, 1)
    if not segments:
        return []
    order = sorted(segments, key=lambda segment: (-segments[segment], segment))
    lines = [
        [name_detector(name, rows), *(_show_rate(*counts[name].get(segment, (0, 0))) for segment in order)]
        for name in sorted(counts)
    ]
    return make_table(["detector", *(segment.replace("_", " ") for segment in order)], lines)


def _show_rate(flagged: float, accounts: float) -> str:
    return f"{flagged / accounts * 10_000:,.1f}" if accounts else "–"


def count_false_positives(rows: Iterable[Row]) -> dict[str, dict[str, tuple[float, float]]]:
    """Return flagged and all accounts by detector and segment, summed over worlds."""
    sums: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for row in rows:
        if has_value(row, "false_positives_by_segment"):
            for segment, (flagged, accounts) in json.loads(row["false_positives_by_segment"]).items():
                before = sums[row["detector"]].get(segment, (0, 0))
                sums[row["detector"]][segment] = (before[0] + flagged, before[1] + accounts)
    return dict(sums)


def tabulate_cut(rows: Sequence[Row], track: str, cut: str) -> Table:
    """Return detectors x groups of a cut (role, tactic ...): average precision, the mean over worlds."""
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if has_value(row, "average_precision_by"):
            for group, value in json.loads(row["average_precision_by"]).get(cut, {}).items():
                if value is not None:
                    values[row["detector"], group].append(value)
    groups = sorted({group for _, group in values})
    if not groups:
        return []
    lines = []
    for name in order_detectors(rows, track):
        found = [values.get((name, group)) for group in groups]
        lines.append([name_detector(name, rows), *(f"{np.mean(x):.3f}" if x else "–" for x in found)])
    return make_table(["detector", *(group.replace("_", " ") for group in groups)], lines)


def tabulate_comparisons(rows: Sequence[Row], track: str, reference: str) -> Table:
    """Return each detector's difference to the reference, its interval and p, corrected by Holm."""
    found: list[Comparison] = []
    with_reference = {name_world(r) for r in rows if r["detector"] == reference and has_value(r, HEADLINES[track])}
    for name in order_detectors(rows, track):
        own = {name_world(r) for r in rows if r["detector"] == name and has_value(r, HEADLINES[track])}
        if name != reference and name not in CONTROLS and own & with_reference:
            found.append(compare_within(rows, name, reference, HEADLINES[track]))
    if not found:
        return []
    lines = []
    for each, p_value in zip(found, adjust_holm([each.p_value for each in found]), strict=True):
        sure = each.difference.excludes_zero and p_value < SIGNIFICANCE
        verdict = ("better" if each.leader == each.a else "worse") if sure else "not told apart"
        shown = "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"
        new = "yes" if sure and each.doubt_about_new is None else "no"
        difference = _show_difference(each.difference)
        lines.append([name_detector(each.a, rows), verdict, difference, shown, str(each.difference.n_worlds), new])
    return make_table(
        ["detector", f"than {reference}", "difference", "p (Holm)", "worlds", "for new scenarios"], lines, 2
    )


def _show_difference(estimate: Estimate) -> str:
    if estimate.low is None:
        return f"{estimate.mean:+.3f}"
    return f"{estimate.mean:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def tabulate_failures(rows: Iterable[Row]) -> Table:
    """Return what failed, where and why, equal reasons in one line; empty when nothing did."""
    seeds: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for row in rows:
        if row["status"] != "ok":
            key = (row["detector"], row["track"], row["cell"], row["status"], _shorten(row["message"]))
            seeds[key].add(row["seed"])
    lines = [[*key[:4], ", ".join(map(str, sorted(seeds[key]))), key[4]] for key in sorted(seeds)]
    return make_table(["detector", "track", "cell", "what", "seeds", "reason"], lines, 6) if lines else []


def _shorten(message: str | None) -> str:
    text = " ".join((message or "").split())
    text = text if len(text) <= _LONGEST_MESSAGE else f"{text[: _LONGEST_MESSAGE - 1]}…"
    return text.replace("|", "\\|")
