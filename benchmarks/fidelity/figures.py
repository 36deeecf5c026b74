"""One figure a family: every fact's synthetic value over the real band, and curves where facts make one."""

from collections.abc import Callable, Iterator
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Any

from benchmarks.fidelity.fidelity_tables import name_seeds
from benchmarks.fidelity.measures import FAMILIES
from benchmarks.verdict.plot_style import COLOURS, GREY, INK, MARKERS, PALE, make_figure, save_figure, set_title, styled

_INSIDE, _OUTSIDE = COLOURS[0], COLOURS[1]
_FURTHEST = 4.0  # half widths of the real interval; what lies beyond is drawn at the edge
_ROW_INCHES = 0.24

# Facts that are points of one curve, by family: the axis, its ticks, and the fact at each.
_CURVES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "activity": ("most active share of accounts", ("1 %", "10 %"), ("posts_top1_share", "posts_top10_share")),
    "duplication": (
        "share of posts with an equal one by another account within",
        ("60 s", "10 min", "1 h"),
        ("cotweet_posts_60s", "cotweet_posts_10min", "cotweet_posts_1h"),
    ),
    "cascades": (
        "share of a cascade within",
        ("1 h", "1 day"),
        ("cascade_first_hour_share", "cascade_first_day_share"),
    ),
    "brand volume": (
        "autocorrelation at a lag of",
        ("1 h", "24 h", "1 day", "7 days"),
        ("brand_hourly_ac1", "brand_hourly_ac24", "brand_daily_ac1", "brand_daily_ac7"),
    ),
}


def _name(family: str) -> str:
    return family.replace(" ", "_")


# All that a result may have.
FIGURE_FILES = tuple(f"{_name(family)}.{kind}" for family in FAMILIES for kind in ("png", "svg"))


@styled
def draw_figures(found: dict[str, Any], folder: Path) -> list[Path]:
    """Draw the figures of a fidelity document into a folder, PNG and SVG, and return the files."""
    return [path for family in FAMILIES if _rows(found, family) for path in _draw_family(found, family, folder)]


def _rows(found: dict[str, Any], family: str) -> list[tuple[str, dict[str, Any]]]:
    """Return (pair, fact) of the measured facts of a family."""
    return [
        (pair["pair"], fact)
        for pair in found["pairs"]
        for fact in pair["facts"]
        if fact["family"] == family and fact["synthetic"]["value"] is not None
    ]


def _draw_family(found: dict[str, Any], family: str, folder: Path) -> list[Path]:
    rows = _rows(found, family)
    panels = list(_find_panels(found, family))
    figure = make_figure(9.5, 1.1 + _ROW_INCHES * len(rows) + 2.3 * bool(panels))
    heights = [0.5 + _ROW_INCHES * len(rows), *([2.3] if panels else [])]
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _draw_ranges(parts[0].subplots(), rows)
    if panels:
        axes = parts[1].subplots(1, len(panels), squeeze=False)[0]
        for draw, place in zip(panels, axes, strict=True):
            draw(place)
        parts[1].supxlabel("local hour" if family == "calendar" else _CURVES[family][0], fontsize=8)
    set_title(figure, f"{family}: {found['dataset']['scenario']}, {name_seeds(found['dataset']['seeds'])}")
    return save_figure(figure, folder, _name(family))


def _draw_ranges(axes: Any, rows: list[tuple[str, dict[str, Any]]]) -> None:
    """Draw one line a fact, in half widths of its real interval around the middle."""
    for line, (_, fact) in enumerate(rows):
        band, value = fact["band"], fact["synthetic"]["value"]
        axes.plot([_scale(band["least"], band), _scale(band["most"], band)], [line, line], color=PALE, linewidth=9)
        axes.plot([-1, 1], [line, line], color=GREY, linewidth=5)
        place = _scale(value, band)
        marker = "o" if abs(place) < _FURTHEST else ">" if place > 0 else "<"
        axes.plot([place], [line], marker, color=_INSIDE if fact["inside"] else _OUTSIDE, markersize=5)
        axes.annotate(
            f"{value:.3g}", (_FURTHEST + 0.15, line), va="center", fontsize=7.5, color=INK, annotation_clip=False
        )
    axes.set_yticks(range(len(rows)), [f"{pair}  {fact['fact']}" for pair, fact in rows], fontsize=7.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(-_FURTHEST - 0.1, _FURTHEST + 0.1)
    axes.set_xlabel("half widths of the real interval (dark: real, pale: accepted, mark: here)", fontsize=8)


def _scale(value: float, band: dict[str, Any]) -> float:
    middle, half = (band["high"] + band["low"]) / 2, (band["high"] - band["low"]) / 2
    scaled = (value - middle) / half if half else 0.0
    return max(-_FURTHEST, min(_FURTHEST, scaled if isfinite(scaled) else 0.0))


def _find_panels(found: dict[str, Any], family: str) -> Iterator[Callable[[Any], None]]:
    """Yield what draws each curve of a family: hours by pair, or facts along an axis."""
    if family == "calendar":
        for pair in found["pairs"]:
            if pair["hours"]:
                yield partial(_draw_hours, pair)
    elif family in _CURVES:
        for pair in found["pairs"]:
            facts = {fact["fact"]: fact for fact in pair["facts"] if fact["synthetic"]["value"] is not None}
            if all(name in facts for name in _CURVES[family][2]):
                yield partial(_draw_curve, family, pair, facts)


def _draw_hours(pair: dict[str, Any], axes: Any) -> None:
    hours, real = range(24), pair["hours"]["real"]
    axes.fill_between(hours, [0.75 * share for share in real], [1.25 * share for share in real], color=PALE)
    axes.plot(hours, real, color=GREY, label="real, ± 25 %")
    axes.plot(hours, pair["hours"]["synthetic"], color=_INSIDE, label="here")
    axes.set_title(pair["pair"], fontsize=8)
    axes.legend(fontsize=7)


def _draw_curve(family: str, pair: dict[str, Any], facts: dict[str, dict[str, Any]], axes: Any) -> None:
    _, ticks, names = _CURVES[family]
    bands = [facts[name]["band"] for name in names]
    places = range(len(names))
    axes.fill_between(places, [b["least"] for b in bands], [b["most"] for b in bands], color=PALE)
    axes.fill_between(places, [b["low"] for b in bands], [b["high"] for b in bands], color=GREY)
    values = [facts[name]["synthetic"]["value"] for name in names]
    axes.plot(places, values, color=_INSIDE, marker=MARKERS[0], markersize=4)
    axes.set_xticks(places, ticks, fontsize=8)
    axes.set_title(pair["pair"], fontsize=8)
