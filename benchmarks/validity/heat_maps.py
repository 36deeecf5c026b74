"""Tables in colours: steps of the ladder, rank correlations, false alarms; needs matplotlib."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.verdict.plot_style import COLOURS, INK, make_figure, set_title, styled

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]


def _start(rows: Sequence[str], columns: Sequence[str], column_width: float, slant: int = 0) -> tuple[Any, Any]:
    """Return a figure that has room for a table, and its axes with names of rows and columns."""
    longest = max(map(len, rows)) * 0.085
    top = 0.75 + (max(map(len, columns)) * 0.055 if slant else 0.2)
    figure = make_figure(max(longest + column_width * len(columns) + 0.6, 8.4), top + 0.33 * len(rows))
    axes = figure.subplots()
    axes.set_xticks(range(len(columns)), columns, rotation=slant, ha="left" if slant else "center")
    axes.set_yticks(range(len(rows)), rows)
    axes.xaxis.tick_top()
    axes.grid(False)
    axes.spines[:].set_visible(False)
    return figure, axes


def _write(axes: Any, texts: Sequence[Sequence[str]], is_dark: Flags) -> None:
    for (row, column), dark in np.ndenumerate(is_dark):
        colour = "white" if dark else INK
        axes.text(column, row, texts[row][column], ha="center", va="center", fontsize=9, color=colour)


def _frame(axes: Any, is_framed: Flags, colour: str) -> None:
    from matplotlib.patches import Rectangle

    for row, column in zip(*np.nonzero(is_framed), strict=True):
        place = (float(column) - 0.47, float(row) - 0.45)
        axes.add_patch(Rectangle(place, 0.94, 0.9, fill=False, edgecolor=colour, linewidth=1.7))


@styled
def draw_steps(detectors: Sequence[str], levels: Sequence[str], changes: Values, framed: Flags) -> Any:
    """Return the change of average precision on each rung, by detector; rungs that attack its signal are framed.

    Parameters
    ----------
    changes : float64[n_detectors, n_levels]
    framed : bool[n_detectors, n_levels]
    """
    figure, axes = _start(detectors, [f"to {level}" for level in levels], 1.0)
    most = max(float(np.abs(changes).max()), 0.1)
    axes.imshow(changes, cmap="RdBu", vmin=-most, vmax=most, aspect="auto")
    _write(axes, [[f"{change:+.2f}" for change in row] for row in changes], np.abs(changes) > 0.65 * most)
    _frame(axes, framed, INK)
    set_title(figure, "Change of average precision on each rung; framed: it attacks the detector's signal")
    return figure


@styled
def draw_correlations(names: Sequence[str], correlations: Values, sure: Flags) -> Any:
    """Return rank correlations of detectors between scenarios; in bold where the interval excludes 0.

    Parameters
    ----------
    correlations : float64[n_scenarios, n_scenarios]
    sure : bool[n_scenarios, n_scenarios]
    """
    figure, axes = _start(names, names, 0.62, slant=40)
    axes.imshow(correlations, cmap="RdBu", vmin=-1, vmax=1, aspect="auto")
    _write(axes, [[f"{value:.2f}" for value in row] for row in correlations], np.abs(correlations) > 0.55)
    for text, is_sure in zip(axes.texts, sure.ravel(), strict=True):
        text.set_fontweight("bold" if is_sure else "normal")
    set_title(figure, "Do detectors rank alike? Spearman's correlation of mean average precision; bold: surely not 0")
    return figure


@styled
def draw_rates(rows: Sequence[str], columns: Sequence[str], rates: Values, title: str, framed: Flags) -> Any:
    """Return rates from white to blue on a logarithmic scale, some of them framed.

    Parameters
    ----------
    rates : float64[n_rows, n_columns]
        NaN where nothing was measured.
    framed : bool[n_rows, n_columns]
    """
    figure, axes = _start(rows, columns, 0.8, slant=35)
    shades = np.log10(1 + np.nan_to_num(rates))
    most = max(float(shades.max()) * 1.15, 0.5)
    axes.imshow(shades, cmap="Blues", vmin=0, vmax=most, aspect="auto")
    _write(axes, [[_show(rate) for rate in row] for row in rates], shades > 0.6 * most)
    _frame(axes, framed, COLOURS[1])
    set_title(figure, title)
    return figure


def _show(rate: float) -> str:
    """Return a rate as short as it can be read.

    Examples
    --------
    >>> _show(0.0), _show(0.314), _show(31.4)
    ('0', '0.3', '31')
    """
    if np.isnan(rate):
        return "–"
    return f"{rate:,.0f}" if rate >= 9.95 or rate == 0 else f"{rate:.1f}"
