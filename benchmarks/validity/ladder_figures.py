"""Figures of the ladder: lines over its rungs, exposures by rung, and steps of each detector; needs matplotlib."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.validity.score_cube import Cube, Values, estimate
from benchmarks.verdict.plot_style import COLOURS, GREY, INK, MARKERS, make_figure, set_title, spread, styled

_NAME_GAP = 0.048


@styled
def draw_trend(cube: Cube, lines: Mapping[str, Values], rungs: Sequence[str]) -> Any:
    """Return average precision by rung: the best baselines in colour with intervals, each detector in grey."""
    figure = make_figure(8.4, 4.2)
    axes = figure.subplots()
    for name in cube.detectors:
        axes.plot(range(len(rungs)), cube.of(name).mean(axis=1), color=GREY, linewidth=1, zorder=1)
    draw_lines(axes, range(len(rungs)), lines)
    axes.set_xticks(range(len(rungs)), rungs)
    axes.set(ylim=(0, 1.03), xlabel="level of evasion", ylabel="average precision")
    _label_greys(axes, cube)
    axes.legend(loc="lower left")
    set_title(figure, "The best baseline of each world over the ladder, means and 95 % intervals")
    return figure


def _label_greys(axes: Any, cube: Cube) -> None:
    """Write each detector's name beside its last point, kept apart."""
    ends = {name: float(cube.of(name)[-1].mean()) for name in cube.detectors}
    edge = len(cube.cells) - 1
    ends = dict(sorted(ends.items(), key=lambda pair: pair[1]))
    places = spread(ends.values(), _NAME_GAP)
    # None below the axis, where the levels stand.
    places = [max(place, _NAME_GAP * rank) for rank, place in enumerate(places)]
    for (name, end), place in zip(ends.items(), places, strict=True):
        axes.plot([edge, edge + 0.2], [end, place], color=GREY, linewidth=0.7, clip_on=False)
        axes.text(edge + 0.24, place, name, va="center", fontsize=8.5)
    axes.set_xlim(-0.2, edge + 0.2)


def draw_lines(axes: Any, xs: Sequence[float] | range, lines: Mapping[str, Values]) -> None:
    """Draw a line a name, means over seeds with their intervals."""
    for place, (name, values) in enumerate(lines.items()):
        colour = COLOURS[place % len(COLOURS)]
        found = [estimate(cell) for cell in values]
        axes.plot(
            xs,
            [one.mean for one in found],
            color=colour,
            marker=MARKERS[place % len(MARKERS)],
            markeredgecolor="white",
            linewidth=1.9,
            label=name,
            zorder=3,
        )
        for x, one in zip(xs, found, strict=True):
            if one.low is not None:
                axes.vlines(x, one.low, one.high, color=colour, linewidth=1.3, zorder=2.5)


@styled
def draw_reach(exposures: Values, lines: Mapping[str, Values], rungs: Sequence[str]) -> Any:
    """Return exposures by rung, and average precision against exposures with a point a rung."""
    figure = make_figure(9.6, 4.0)
    left, right = figure.subplots(1, 2)
    means = exposures.mean(axis=1)
    left.bar(range(len(rungs)), means, color=COLOURS[5], width=0.65)
    for rung_place, cell in enumerate(exposures):
        left.vlines(rung_place, cell.min(), cell.max(), color=INK, linewidth=1.2)
    left.set_xticks(range(len(rungs)), rungs)
    left.yaxis.set_major_formatter("{x:,.0f}")
    left.set(ylabel="campaign exposures of a world", title="reach by level (lines: least, most)")
    draw_lines(right, means.tolist(), lines)
    least = float(means.max() - means.min()) / 14 or 1.0
    for x, rung, above in zip(means.tolist(), rungs, spread(means.tolist(), least), strict=True):
        right.plot([x, above], [1.03, 1.09], color=GREY, linewidth=0.7)
        right.text(above, 1.1, rung, ha="center", fontsize=9)
    right.xaxis.set_major_formatter("{x:,.0f}")
    right.locator_params(axis="x", nbins=5)
    right.invert_xaxis()
    right.set(ylim=(0, 1.18), xlabel="campaign exposures (fewer to the right)", ylabel="average precision")
    right.set_title("what is found against what is reached")
    right.set_yticks([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    right.legend(loc="lower left")
    set_title(figure, "What evasion costs the campaign")
    return figure
