"""How plots look: colours and markers of detectors, fonts, labels that keep apart, files equal byte by byte."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from benchmarks.registry import CONTROLS
from simulator.errors import SmearbenchError

P = ParamSpec("P")
R = TypeVar("R")

# Okabe, Ito 2008, "Color universal design" without its yellow, too light on white; the last is from Tol 2021.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#222222", "#882255")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p")
MOST_EMPHASISED = len(COLOURS)
INK, RULE, GREY, PALE = "#333A42", "#7A838C", "#B5BCC4", "#E6E9EC"
_CONTROL_DASHES = {"chance": (0, (4, 2)), "oracle": (0, (1, 1))}
_SETTINGS = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": PALE,
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.color": INK,
    "legend.frameon": False,
    "lines.solid_capstyle": "round",
    # Names of parts in an SVG are drawn at random without it.
    "svg.hashsalt": "smearbench",
}
_DOTS_PER_INCH = 120


@dataclass(frozen=True, slots=True)
class Line:
    """How one detector is drawn: arguments of matplotlib's plot, and whether it is labelled."""

    arguments: dict[str, Any]
    is_labelled: bool


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Run a function with our settings of matplotlib and no others.

    The function raises SmearbenchError where matplotlib is missing.
    """

    @wraps(draw)
    def run(*arguments: P.args, **named: P.kwargs) -> R:
        try:
            import matplotlib
        except ImportError as error:
            raise SmearbenchError(
                "Plots need matplotlib, which is missing: pip install 'smearbench[plots]'."
            ) from error
        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            settings: Any = matplotlib.rcParams
            settings.update(_SETTINGS)
            return draw(*arguments, **named)

    return run


def make_figure(width: float, height: float) -> Any:
    """Return an empty figure (inches) that no global state knows of."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def set_title(figure: Any, text: str) -> None:
    """Write what a figure shows above it, and that nothing of it is real."""
    figure.suptitle(f"{text}  (synthetic worlds)", x=0.01, ha="left", fontsize=10.5)


@styled
def save_figure(figure: Any, folder: Path, name: str) -> list[Path]:
    """Write a figure as PNG and SVG, the same bytes each time, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.png", folder / f"{name}.svg"]
    figure.savefig(paths[0], dpi=_DOTS_PER_INCH, metadata={"Software": None})
    figure.savefig(paths[1], metadata={"Date": None, "Creator": None})
    return paths


def choose_lines(detectors: Sequence[str], emphasised: Sequence[str]) -> dict[str, Line]:
    """Return how each detector is drawn: the emphasised in colour with markers, controls dashed, others grey.

    Parameters
    ----------
    detectors : sequence of str
        All of a plot; the order of the result, the last drawn on top.
    emphasised : sequence of str
        At most `MOST_EMPHASISED`; the place in it decides the colour, so that a detector keeps it in all plots.
    """
    lines = {name: _choose_line(name, list(emphasised)) for name in detectors}
    return dict(sorted(lines.items(), key=lambda pair: (pair[1].arguments["zorder"], detectors.index(pair[0]))))


def _choose_line(name: str, emphasised: list[str]) -> Line:
    if name in emphasised:
        place = emphasised.index(name)
        look = {"color": COLOURS[place], "marker": MARKERS[place], "linewidth": 1.9, "markersize": 6, "zorder": 3}
        return Line(look | {"markeredgecolor": "white", "markeredgewidth": 0.7}, True)
    if name in CONTROLS:
        dashes = _CONTROL_DASHES.get(name, (0, (6, 2, 1, 2)))
        return Line({"color": RULE, "linestyle": dashes, "linewidth": 1.2, "zorder": 2}, name in _CONTROL_DASHES)
    return Line({"color": GREY, "linewidth": 1.0, "zorder": 1}, False)


def add_legend(figure: Any, lines: dict[str, Line], order: Sequence[str]) -> None:
    """Put the names of the labelled detectors to the right of the figure, the grey ones in one entry."""
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], label=name, **lines[name].arguments) for name in order if lines[name].is_labelled]
    n_others = sum(not line.is_labelled for line in lines.values())
    if n_others:
        handles.append(Line2D([], [], color=GREY, label=f"{n_others} other{'s' if n_others > 1 else ''}"))
    figure.legend(handles=handles, loc="outside right upper", handlelength=2.6, labelspacing=0.7)


def spread(places: Iterable[float], least_gap: float) -> list[float]:
    """Return places moved as little as needed to be a gap apart, in the order given.

    Examples
    --------
    >>> spread([0.5, 0.5, 0.9], 0.1)
    [0.45, 0.55, 0.9]
    """
    wanted = np.array(list(places), np.float64)
    order = np.argsort(wanted, kind="stable")
    # Runs that touch are merged and centred on their mean, until none touch (pool of adjacent violators).
    runs: list[list[int]] = []
    for place in order:
        runs.append([int(place)])
        while len(runs) > 1 and _first(runs[-1], wanted, least_gap) - _last(runs[-2], wanted, least_gap) < least_gap:
            last = runs.pop()
            runs[-1] += last
    moved = np.empty(len(wanted))
    for run in runs:
        moved[run] = _first(run, wanted, least_gap) + least_gap * np.arange(len(run))
    return [round(float(place), 9) for place in moved]


def _first(run: list[int], wanted: Any, least_gap: float) -> float:
    return float(wanted[run].mean() - least_gap * (len(run) - 1) / 2)


def _last(run: list[int], wanted: Any, least_gap: float) -> float:
    return float(wanted[run].mean() + least_gap * (len(run) - 1) / 2)
