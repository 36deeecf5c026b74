"""The plots of a suite, from its results and curves; needs matplotlib (the extra ``plots``), imported late.

Curves are rows of a long table: suite, track, detector, cell, kind, x, y. Of kind ``precision_recall``, x is recall
on a grid and y the mean precision over worlds. Of kind ``time_to_detect``, x is false alarms a day and y the
Kaplan-Meier median in hours, None where it is not reached.
"""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.registry import CONTROLS
from benchmarks.verdict.leaderboard_tables import count_false_positives, estimate_mean, order_detectors
from benchmarks.verdict.plot_ranks import draw_critical_difference
from benchmarks.verdict.plot_style import (
    GREY,
    INK,
    MOST_EMPHASISED,
    PALE,
    Line,
    add_legend,
    choose_lines,
    make_figure,
    save_figure,
    set_title,
    spread,
    styled,
)
from benchmarks.verdict.result_rows import (
    HEADLINES,
    Row,
    has_value,
    list_cells,
    list_detectors_of,
    select_track,
)
from benchmarks.verdict.statistics import Estimate

Curve = Mapping[str, Any]

_TRACKS_OF_CURVES = ("account", "post")
_MOST_COLUMNS = 3
# The band above the slowest detection, in shares of it.
_NEVER = (1.06, 1.36)
# Inches; narrower figures would cut their title.
_LEAST_WIDTH = 8.4


def draw_suite(
    rows: Sequence[Row], curves: Sequence[Curve], folder: str | Path, emphasised: Sequence[str] | None = None
) -> list[Path]:
    """Write every plot that the rows allow, as PNG and SVG, and return the files.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of a suite's results.
    curves : sequence of mapping
        Rows of its curves; see this module.
    folder : str or Path
        Made where it is missing; files of the same name are replaced.
    emphasised : sequence of str, optional
        At most eight detectors to draw in colour; the best of each track when left out.

    Raises
    ------
    SmearbenchError
        When matplotlib is missing.
    """
    chosen = {track: list(emphasised or choose_emphasised(rows, track))[:MOST_EMPHASISED] for track in HEADLINES}
    figures = {
        **{f"precision_recall_{t}": draw_precision_recall(rows, curves, t, chosen[t]) for t in _TRACKS_OF_CURVES},
        "ladder": draw_ladder(rows, chosen["account"]),
        "time_to_detect": draw_time_to_detect(rows, curves, chosen["alert"]),
        "false_positives_by_segment": draw_false_positives(rows),
        **{f"critical_difference_{track}": draw_critical_difference(rows, track) for track in HEADLINES},
    }
    return [path for name, fig in figures.items() if fig is not None for path in save_figure(fig, Path(folder), name)]


def choose_emphasised(rows: Sequence[Row], track: str) -> list[str]:
    """Return the best detectors of a track, controls apart: at most eight, best first."""
    found = order_detectors(select_track(rows, track), track)
    return [name for name in found if name not in CONTROLS][:MOST_EMPHASISED]


@styled
def draw_precision_recall(rows: Sequence[Row], curves: Sequence[Curve], track: str, emphasised: Sequence[str]) -> Any:
    """Return a panel of precision against recall for each cell; None without such curves."""
    found = [c for c in curves if c["kind"] == "precision_recall" and c["track"] == track]
    panels, lines = _start_panels(rows, found, emphasised)
    if panels is None:
        return None
    for cell, axes in panels.items():
        for name, line in lines.items():
            points = sorted((c["x"], c["y"]) for c in found if c["cell"] == cell and c["detector"] == name)
            if points:
                every = max(len(points) // 6, 1)
                axes.plot(*zip(*points, strict=True), markevery=(every // 2, every), **line.arguments)
        axes.set(xlim=(0, 1), ylim=(0, 1.02))
        _draw_chance(axes, [row for row in rows if row["cell"] == cell and row["track"] == track])
    figure = _finish_panels(panels, lines, select_track(rows, track), "recall", "precision")
    set_title(figure, f"Precision against recall, {track} track, mean over the worlds of a cell")
    return figure


@styled
def draw_time_to_detect(rows: Sequence[Row], curves: Sequence[Curve], emphasised: Sequence[str]) -> Any:
    """Return a panel of hours to detection against false alarms a day for each cell; None without such curves."""
    found = [c for c in curves if c["kind"] == "time_to_detect"]
    panels, lines = _start_panels(rows, found, emphasised)
    if panels is None:
        return None
    slowest = max((c["y"] for c in found if c["y"] is not None), default=1.0)
    nevers = _place_nevers(lines, slowest)
    for cell, axes in panels.items():
        axes.axhspan(slowest * _NEVER[0], slowest * _NEVER[1], color=PALE, linewidth=0, zorder=0)
        for name, line in lines.items():
            inside = [c for c in found if c["cell"] == cell and c["detector"] == name]
            points = sorted((c["x"], nevers[name] if c["y"] is None else c["y"]) for c in inside)
            if points:
                axes.plot(*zip(*points, strict=True), **line.arguments)
        _set_alarm_axes(axes, slowest)
    of_track = select_track(rows, "alert")
    figure = _finish_panels(panels, lines, of_track, "false alarms a day", "median time to detect, hours")
    set_title(figure, "How soon waves are detected, at what price in false alarms")
    return figure


def _place_nevers(lines: dict[str, Line], slowest: float) -> dict[str, float]:
    """Return a height for each detector in the band of what is not reached, so that few cover each other."""
    labelled = [name for name, line in lines.items() if line.is_labelled]
    places = np.linspace(_NEVER[1] - 0.03, _NEVER[0] + 0.03, len(labelled) + 1)
    return {name: slowest * float(places[labelled.index(name) if name in labelled else -1]) for name in lines}


def _set_alarm_axes(axes: Any, slowest: float) -> None:
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

    axes.set(xscale="log", ylim=(0, slowest * _NEVER[1]))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0,)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")
    hours = [hour for hour in MaxNLocator(5).tick_values(0, slowest) if 0 <= hour <= slowest]
    axes.set_yticks([*hours, slowest * sum(_NEVER) / 2], [*(f"{hour:g}" for hour in hours), "never"])


def _start_panels(
    rows: Sequence[Row], curves: Sequence[Curve], emphasised: Sequence[str]
) -> tuple[dict[str, Any] | None, dict[str, Line]]:
    """Return axes for each cell of the curves, and how the detectors are drawn."""
    there = {curve["cell"] for curve in curves}
    cells = [cell for cell in list_cells(rows) if cell in there]
    if not cells:
        return None, {}
    n_columns = len(cells) if len(cells) <= _MOST_COLUMNS else min(_MOST_COLUMNS, ceil(len(cells) ** 0.5))
    n_rows = ceil(len(cells) / n_columns)
    figure = make_figure(max(3.4 * n_columns + 2.2, _LEAST_WIDTH), 2.9 * n_rows + 0.4)
    grid = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False).flat
    panels = dict(zip(cells, grid, strict=False))
    for axes in list(grid)[len(cells) :]:
        axes.set_visible(False)
    for cell, axes in panels.items():
        axes.set_title(cell)
    return panels, choose_lines(sorted({curve["detector"] for curve in curves}), emphasised)


def _finish_panels(panels: dict[str, Any], lines: dict[str, Line], rows: Sequence[Row], x: str, y: str) -> Any:
    figure = next(iter(panels.values())).figure
    figure.supxlabel(x, fontsize=10)
    figure.supylabel(y, fontsize=10)
    ordered = order_detectors(rows, rows[0]["track"]) if rows else []
    add_legend(figure, lines, [*(name for name in ordered if name in lines), *(n for n in lines if n not in ordered)])
    return figure


def _draw_chance(axes: Any, rows: Sequence[Row]) -> None:
    prevalence = estimate_mean(rows, "prevalence")
    if prevalence:
        axes.axhline(prevalence.mean, color=GREY, linewidth=1, zorder=0)


@styled
def draw_ladder(rows: Sequence[Row], emphasised: Sequence[str]) -> Any:
    """Return average precision against level, and against exposures delivered; None without three levels.

    The levels are those of the scenario that has most of them. Bars are the 95 % intervals over worlds.
    """
    scored = [row for row in select_track(rows, "account") if row["level"] and has_value(row, "average_precision")]
    levels_by_scenario: dict[str, set[str]] = {}
    for row in scored:
        levels_by_scenario.setdefault(row["scenario"], set()).add(row["level"])
    if max(map(len, levels_by_scenario.values()), default=0) < 3:
        return None
    scenario = max(sorted(levels_by_scenario), key=lambda name: len(levels_by_scenario[name]))
    inside = [row for row in scored if row["scenario"] == scenario]
    levels = sorted(levels_by_scenario[scenario])
    exposures = [estimate_mean([r for r in inside if r["level"] == level], "exposures_delivered") for level in levels]
    reached = [estimate.mean for estimate in exposures if estimate]
    both = len(reached) == len(levels)
    figure = make_figure(13 if both else 7.5, 5.2)
    panels = figure.subplots(1, 2 if both else 1, sharey=True, squeeze=False)[0]
    lines = choose_lines(list_detectors_of(inside), emphasised)
    _draw_levels(panels[0], inside, levels, list(range(len(levels))), lines)
    panels[0].set_xticks(range(len(levels)), levels)
    panels[0].set(xlabel="evasion level, each adding to the one before", ylabel="average precision", ylim=(0, 1.02))
    panels[0].set_title("what evasion does to detectors", pad=24)
    _label_ends(panels[0], inside, levels, lines)
    if both:
        _draw_levels(panels[1], inside, levels, reached, lines)
        _mark_exposures(panels[1], levels, reached)
    set_title(figure, f"The ladder in {scenario}, mean over worlds and its 95 % interval")
    return figure


def _draw_levels(
    axes: Any, rows: Sequence[Row], levels: list[str], xs: Sequence[float], lines: dict[str, Line]
) -> None:
    """Draw a line for each detector, with intervals for the emphasised ones."""
    for name, line in lines.items():
        means = _estimate_levels(rows, name, levels)
        points = [(x, estimate) for x, estimate in zip(xs, means, strict=True) if estimate]
        axes.plot([x for x, _ in points], [estimate.mean for _, estimate in points], **line.arguments)
        for x, estimate in points:
            if name not in CONTROLS and line.is_labelled and estimate.low is not None:
                axes.vlines(x, estimate.low, estimate.high, color=line.arguments["color"], linewidth=1.2, zorder=2.5)


def _estimate_levels(rows: Sequence[Row], detector: str, levels: list[str]) -> list[Estimate | None]:
    own = [row for row in rows if row["detector"] == detector]
    return [estimate_mean([row for row in own if row["level"] == level], "average_precision") for level in levels]


def _label_ends(axes: Any, rows: Sequence[Row], levels: list[str], lines: dict[str, Line]) -> None:
    """Write each labelled detector's name beside its last point, kept apart from the others."""
    ends = {}
    for name, line in lines.items():
        last = _estimate_levels(rows, name, levels)[-1]
        if last and line.is_labelled:
            ends[name] = last.mean
    edge = len(levels) - 1.0
    for (name, end), place in zip(ends.items(), spread(ends.values(), 0.05), strict=True):
        colour = lines[name].arguments["color"]
        axes.plot([edge, edge + 0.25], [end, place], color=colour, linewidth=0.8, clip_on=False)
        axes.text(edge + 0.3, place, name, va="center", fontsize=9.5)
    n_others = sum(not line.is_labelled for line in lines.values())
    if n_others:
        axes.set_xlabel(f"{axes.get_xlabel()}  (grey: {n_others} more)")
    axes.set_xlim(-0.2, edge + 0.2)


def _mark_exposures(axes: Any, levels: list[str], reached: list[float]) -> None:
    """Name the levels along the top, fewer exposures to the right as evasion goes."""
    axes.set_title("what evasion costs the campaign", pad=24)
    axes.set_xlabel("exposures that the campaign delivered in a world (fewer to the right)")
    axes.invert_xaxis()
    axes.locator_params(axis="x", nbins=5)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    least = (max(reached) - min(reached)) / 22 if len(reached) > 1 else 1.0
    for level, x, place in zip(levels, reached, spread(reached, least), strict=True):
        axes.axvline(x, color=PALE, linewidth=0.8, zorder=0)
        axes.annotate(
            level,
            (x, 1.0),
            (place, 1.04),
            xycoords=("data", "axes fraction"),
            textcoords=("data", "axes fraction"),
            ha="center",
            fontsize=9,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
        )


@styled
def draw_false_positives(rows: Sequence[Row]) -> Any:
    """Return a table in colours: wrongly flagged accounts per 10,000 by detector and organic segment; None without."""
    of_track = select_track(rows, "account")
    counts = count_false_positives(of_track)
    names = [name for name in order_detectors(of_track, "account") if name in counts]
    sums = {segment: 0.0 for by_segment in counts.values() for segment in by_segment}
    for by_segment in counts.values():
        for segment, (flagged, accounts) in by_segment.items():
            sums[segment] += flagged / max(accounts, 1)
    segments = sorted(sums, key=lambda segment: (-sums[segment], segment))
    if not names or not segments:
        return None
    rates = np.array([[_find_rate(*counts[name].get(segment, (0, 0))) for segment in segments] for name in names])
    figure = make_figure(2.6 + 0.86 * len(segments), 1.7 + 0.34 * len(names))
    axes = figure.subplots()
    _paint_rates(axes, rates)
    axes.set_xticks(range(len(segments)), [s.replace("_", " ") for s in segments], rotation=35, ha="left")
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.tick_top()
    set_title(figure, "Accounts wrongly flagged, per 10,000 of a segment")
    return figure


def _find_rate(flagged: float, accounts: float) -> float:
    return 10_000 * flagged / accounts if accounts else float("nan")


def _paint_rates(axes: Any, rates: Any) -> None:
    """Fill cells from white to dark blue on a logarithmic scale, and write each figure where it can be read."""
    shades = np.log10(1 + np.nan_to_num(rates))
    axes.imshow(shades, cmap="Blues", vmin=0, vmax=max(float(shades.max()) * 1.15, 1.0), aspect="auto")
    axes.grid(False)
    for (row, column), rate in np.ndenumerate(rates):
        dark = shades[row, column] > 0.6 * max(float(shades.max()) * 1.15, 1.0)
        text = "–" if np.isnan(rate) else f"{rate:,.0f}" if rate >= 10 or rate == 0 else f"{rate:.1f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=9, color="white" if dark else INK)
    axes.spines[:].set_visible(False)
