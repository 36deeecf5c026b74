"""The figure of a dial: average precision, and one more figure, by detector; needs matplotlib."""

from collections.abc import Sequence
from typing import Any

from benchmarks.validity.ladder_figures import draw_lines
from benchmarks.validity.score_cube import Cube
from benchmarks.verdict.plot_style import GREY, MOST_EMPHASISED, make_figure, set_title, styled
from benchmarks.verdict.result_rows import describe_metric

_N_NAMED = 6


@styled
def draw_dial(
    cube: Cube, beside: Cube | None, numbers: Sequence[float], unit: str, metric: str, is_logarithmic: bool
) -> Any:
    """Return two panels over a dial: average precision, and another figure where it is there.

    The best six baselines are in colour with intervals, the others grey; the axis runs from easy to hard.
    """
    order = sorted(cube.detectors, key=lambda name: -float(cube.of(name).mean()))
    named = order[: min(_N_NAMED, MOST_EMPHASISED)]
    panels = [
        (cube, "average precision"),
        *([(beside, describe_metric(metric).replace("roc auc", "ROC AUC"))] if beside else []),
    ]
    figure = make_figure(4.6 * len(panels) + 1.8, 3.9)
    for axes, (one, label) in zip(figure.subplots(1, len(panels), squeeze=False).flat, panels, strict=True):
        for name in set(one.detectors) - set(named):
            axes.plot(numbers, one.of(name).mean(axis=1), color=GREY, linewidth=1)
        draw_lines(axes, numbers, {name: one.of(name) for name in named if name in one.detectors})
        _set_axis(axes, numbers, is_logarithmic)
        axes.set(xlabel=f"{unit} (harder to the right)", ylabel=label)
        if label != "average precision" and metric.startswith("false"):
            axes.set_ylim(bottom=0)
        else:
            axes.set_ylim(0, 1.03)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    n_others = len(order) - len(named)
    if n_others:
        handles, labels = [*handles, figure.axes[0].lines[0]], [*labels, f"{n_others} others"]
    figure.legend(handles, labels, loc="outside right upper")
    set_title(figure, f"Baselines over the dial: {unit}, means and 95 % intervals")
    return figure


def _set_axis(axes: Any, numbers: Sequence[float], is_logarithmic: bool) -> None:
    from matplotlib.ticker import NullLocator

    if is_logarithmic:
        axes.set_xscale("log")
    axes.set_xticks(list(numbers), [f"{number:,g}" for number in numbers])
    axes.xaxis.set_minor_locator(NullLocator())
    if numbers[0] > numbers[-1]:
        axes.invert_xaxis()
