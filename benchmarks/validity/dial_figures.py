"""What a suite turns, and its figure: average precision, and one more, by detector; needs matplotlib."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.validity.ladder_figures import draw_lines
from benchmarks.validity.score_cube import Cube
from benchmarks.verdict.plot_style import GREY, make_figure, set_title, styled
from benchmarks.verdict.result_rows import LOWER_IS_BETTER, describe_metric

_N_NAMED = 6


@dataclass(frozen=True, slots=True)
class Dial:
    """What a suite turns, from easy to hard, and what one may hope that detectors do then.

    Attributes
    ----------
    unit : str
        What the number in a cell's label counts.
    is_rising : bool
        Whether larger is harder.
    hope : str
        falls, where the dial has to make it harder; flat, where it should not matter.
    beside : str
        The figure of the right panel.
    is_logarithmic : bool
    """

    unit: str
    is_rising: bool
    hope: str
    beside: str
    is_logarithmic: bool


@styled
def draw_dial(cube: Cube, beside: Cube | None, numbers: Sequence[float], dial: Dial) -> Any:
    """Return two panels over a dial: average precision, and another figure where it is there.

    The best six baselines are in colour with intervals, the others grey; the axis runs from easy to hard.
    """
    order = sorted(cube.detectors, key=lambda name: -float(cube.of(name).mean()))
    named = order[:_N_NAMED]
    panels = [("average_precision", cube), *([(dial.beside, beside)] if beside else [])]
    figure = make_figure(4.6 * len(panels) + 1.8, 3.9)
    for axes, (metric, one) in zip(figure.subplots(1, len(panels), squeeze=False).flat, panels, strict=True):
        _draw_panel(axes, one, numbers, named)
        _set_axes(axes, numbers, dial, metric)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    n_others = len(order) - len(named)
    if n_others:
        handles, labels = [*handles, figure.axes[0].lines[0]], [*labels, f"{n_others} others"]
    figure.legend(handles, labels, loc="outside right upper")
    set_title(figure, f"Baselines over the dial: {dial.unit}, means and 95 % intervals")
    return figure


def _draw_panel(axes: Any, cube: Cube, numbers: Sequence[float], named: Sequence[str]) -> None:
    for name in cube.detectors:
        if name not in named:
            axes.plot(numbers, cube.of(name).mean(axis=1), color=GREY, linewidth=1)
    draw_lines(axes, numbers, {name: cube.of(name) for name in named if name in cube.detectors})


def _set_axes(axes: Any, numbers: Sequence[float], dial: Dial, metric: str) -> None:
    from matplotlib.ticker import NullLocator

    if dial.is_logarithmic:
        axes.set_xscale("log")
    axes.set_xticks(list(numbers), [f"{number:,g}" for number in numbers])
    axes.xaxis.set_minor_locator(NullLocator())
    if numbers[0] > numbers[-1]:
        axes.invert_xaxis()
    harder = " (harder to the right)" if dial.hope == "falls" else ""
    axes.set(xlabel=f"{dial.unit}{harder}", ylabel=describe_metric(metric).replace("roc auc", "ROC AUC"))
    axes.set_ylim(0, None if metric in LOWER_IS_BETTER else 1.03)
