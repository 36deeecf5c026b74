"""The critical-difference diagram: mean ranks of detectors, and which of them are not told apart."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from benchmarks.verdict.plot_style import INK, RULE, make_figure, set_title, styled
from benchmarks.verdict.result_rows import HEADLINES, Row, describe_metric, rank_track, select_track
from benchmarks.verdict.statistics import connect_ranks

# In units of the ranks' axis, downwards.
_ROW, _BAR = 0.36, 0.22


@styled
def draw_critical_difference(rows: Sequence[Row], track: str) -> Any:
    """Return mean ranks on a line, with bars over detectors that are not told apart; None with fewer than three.

    References
    ----------
    Demšar 2006, JMLR 7:1-30, figure 1.
    """
    found = rank_track(select_track(rows, track), track)
    if found is None or len(found[0]) < 3:
        return None
    names, ranking = found
    ranks = [float(rank) for rank in ranking.mean_ranks]
    bars = connect_ranks(ranks, ranking.critical_difference)
    n_left = ceil(len(names) / 2)
    top = 0.55 + _BAR * len(bars)
    depth = top + _ROW * n_left
    figure = make_figure(9.5, 1.0 + 0.75 * depth)
    axes = figure.subplots()
    axes.set(xlim=(0.5 - len(names) * 0.22, len(names) * 1.22 + 0.5), ylim=(depth, -1.1))
    axes.axis("off")
    _draw_rank_axis(axes, len(names), ranking.critical_difference)
    for place, (name, rank) in enumerate(zip(names, ranks, strict=True)):
        is_left = place < n_left
        row = place if is_left else len(names) - 1 - place
        _draw_rank(axes, name, rank, top + _ROW * row, 0.5 if is_left else len(names) + 0.5)
    for place, (best, worst) in enumerate(bars):
        y = 0.28 + _BAR * place
        axes.plot([best - 0.06, worst + 0.06], [y, y], color=INK, linewidth=4, solid_capstyle="round", zorder=3)
    seeds = f"{ranking.n_blocks} pairs of scenario and seed"
    set_title(figure, f"{track} track: mean rank by {describe_metric(HEADLINES[track])}, over {seeds}")
    return figure


def _draw_rank_axis(axes: Any, n_detectors: int, critical_difference: float) -> None:
    axes.plot([1, n_detectors], [0, 0], color=INK, linewidth=1.2)
    for rank in range(1, n_detectors + 1):
        axes.plot([rank, rank], [0, -0.08], color=INK, linewidth=1)
        axes.text(rank, -0.14, str(rank), ha="center", va="bottom", fontsize=9)
    end = 1 + critical_difference
    axes.plot([1, 1, 1, end, end, end], [-0.62, -0.74, -0.68, -0.68, -0.62, -0.74], color=INK, linewidth=1.2)
    label = f"closer than {critical_difference:.2f}: not told apart (Nemenyi, 5 %)"
    axes.text(end + 0.012 * n_detectors, -0.68, f"  {label}", va="center", fontsize=9)


def _draw_rank(axes: Any, name: str, rank: float, y: float, edge: float) -> None:
    """Draw an elbow from a rank down and out to a detector's name."""
    is_left = edge < rank or edge < 1
    axes.plot([rank, rank, edge], [0, y, y], color=RULE, linewidth=1)
    axes.plot([rank], [0], marker="o", markersize=4, color=INK, zorder=4)
    shift = 0.02 * float(axes.get_xlim()[1])
    if is_left:
        axes.text(edge - shift, y, f"{name}  {rank:.1f}", va="center", ha="right", fontsize=9.5)
    else:
        axes.text(edge + shift, y, f"{rank:.1f}  {name}", va="center", ha="left", fontsize=9.5)
