"""The timeline picture: what was said, when the waves were, and when each rule woke somebody, rightly or in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.alerting.event_labels import EventLabel, place_labels
from benchmarks.alerting.plain_names import fold_name, show_plainly
from benchmarks.verdict.plot_style import COLOURS, GREY, INK, PALE, RULE, make_figure, styled

Found = dict[str, Any]

MOST_WORLDS, MOST_RULES = 3, 30
# Rows of rules that a picture of several worlds may have (assumed to stay readable).
_MOST_ROWS = 26
_BLUE, _VERMILION, _PURPLE = COLOURS[0], COLOURS[1], COLOURS[7]
_WAVE = "#F3E3C3"
# Inches: of the curve of mentions, and of what is left and right of a panel (assumed).
_VOLUME, _MARGIN = 0.75, 2.2
_LABEL_POINTS = 12
# Of years, months, days; the others are not reached in a run of days.
_DATES = ["%Y", "%b %Y", "%d %b", "%H:%M", "%H:%M", "%S"]
_LEADER = {"arrowstyle": "-", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}


@dataclass(frozen=True, slots=True)
class Mark:
    """How one kind of episode is drawn: what it is called, marker, colour, size, and where in its row."""

    label: str
    marker: str
    colour: str
    size: float
    height: float


MARKS = {
    "true": Mark("true alert", "|", _BLUE, 9, 0.66),
    "false": Mark("false alert", "x", _VERMILION, 4.5, 0.66),
    "crisis": Mark("real crisis, no operator", "D", _PURPLE, 3.6, 0.66),
    "twin": Mark("alert in the twin (no campaign)", "|", RULE, 4.5, 0.12),
}
_BAR_LOW, _BAR_HEIGHT = 0.26, 0.15


def choose_worlds(found: Found, most: int = MOST_WORLDS) -> list[Found]:
    """Return the worlds that a picture shows: as many as leave their rows readable, at least the first."""
    n_rules = min(len(found["rules"]), MOST_RULES)
    return list(found["worlds"][: max(1, min(most, _MOST_ROWS // n_rules))])


@styled
def draw_timeline(
    found: Found, worlds: Sequence[Found], *, width: float = 12.0, row_height: float = 0.34, title: str | None = None
) -> Any:
    """Return a figure with a panel for each of some worlds.

    Parameters
    ----------
    found : dict
        The document of ``smearbench alerts --json``.
    worlds : sequence of dict
        Those of its worlds to show.
    width, row_height : float
        Inches.
    title : str, optional
        Left out, it says what is shown.

    Raises
    ------
    SmearbenchError
        When matplotlib is missing.
    """
    names = [fold_name(rule["name"], 30) for rule in found["rules"][:MOST_RULES]]
    labels = [place_labels(world, width - _MARGIN) for world in worlds]
    n_levels = max(label.level + 1 for each in labels for label in each)
    heights = _VOLUME, row_height * len(names)
    figure = make_figure(width, len(worlds) * (sum(heights) + _LABEL_POINTS / 72 * n_levels + 0.42) + 0.85)
    axes = figure.subplots(2 * len(worlds), 1, height_ratios=heights * len(worlds), squeeze=False)[:, 0]
    for place, world in enumerate(worlds):
        above, below = axes[2 * place], axes[2 * place + 1]
        _draw_volume(above, world, labels[place])
        _draw_rules(below, world, names)
        for each in (above, below):
            _draw_spans(each, world)
    _finish(figure, found, worlds, title)
    return figure


def _draw_volume(axes: Any, world: Found, labels: Sequence[EventLabel]) -> None:
    begin = _read(world["dataset"]["run_start"])
    days = [begin + timedelta(days=place) for place in range(len(world["mentions_per_day"]) + 1)]
    counts = world["mentions_per_day"]
    axes.stairs(counts, days, fill=True, color=GREY, alpha=0.55, linewidth=0, zorder=2)
    axes.set_ylabel("mentions\na day", fontsize=8, rotation=0, ha="right", va="center")
    axes.tick_params(labelbottom=False, labelsize=8)
    axes.grid(False)
    axes.set_ylim(0, max([1, *counts]) * 1.05)
    for label in labels:
        _draw_label(axes, label)


def _draw_label(axes: Any, label: EventLabel) -> None:
    """Write an event's name above the panel, at the end of a line that reaches up to it."""
    colour, weight = (INK, "bold") if label.is_launch else (RULE, "normal")
    look = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "annotation_clip": False}
    height = _LABEL_POINTS * label.level
    axes.annotate("", (label.at, 1.0), (0, height + 10), **look, arrowprops=_LEADER | {"color": colour})
    axes.annotate(
        f" {label.text} ",
        (label.at, 1.0),
        (0, height + 2),
        **look,
        ha=label.side,
        va="bottom",
        fontsize=8,
        color=colour,
        weight=weight,
        parse_math=False,
    )


def _draw_rules(axes: Any, world: Found, names: Sequence[str]) -> None:
    for row, rule in enumerate(world["rules"][: len(names)]):
        low = len(names) - 1 - row
        _draw_waves(axes, rule["waves"], low)
        for kind, mark in MARKS.items():
            times = [_read(time) for time in rule["episodes"][kind]]
            axes.plot(
                times,
                [low + mark.height] * len(times),
                linestyle="none",
                marker=mark.marker,
                color=mark.colour,
                markersize=mark.size,
                markeredgewidth=0.9,
                zorder=4,
            )
    axes.set_ylim(0, len(names))
    axes.set_yticks([len(names) - 0.5 - row for row in range(len(names))], names, fontsize=8.5)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    axes.grid(False)
    for row in range(1, len(names)):
        axes.axhline(row, color=PALE, linewidth=0.8, zorder=1)


def _draw_waves(axes: Any, waves: Sequence[Found], low: float) -> None:
    """Draw a bar from each wave's start to its end: pale until it is heard of, dark from then on, open when missed."""
    pale, dark, missed = [], [], []
    for wave in waves:
        start, end = _read(wave["start"]), _read(wave["end"])
        if not wave["detected"]:
            missed.append((start, end - start))
            continue
        heard = min(start + timedelta(hours=wave["time_to_detect_hours"]), end)
        pale.append((start, heard - start))
        dark.append((heard, end - heard))
    span = (low + _BAR_LOW, _BAR_HEIGHT)
    for bars, look in (
        (missed, {"facecolor": "white", "edgecolor": _VERMILION, "linewidth": 0.9}),
        (pale, {"color": COLOURS[5], "alpha": 0.5, "linewidth": 0}),
        (dark, {"color": _BLUE, "linewidth": 0}),
    ):
        axes.broken_barh(bars, span, zorder=3, **look)


def _draw_spans(axes: Any, world: Found) -> None:
    """Draw waves and crises as bands, events as lines, and what is not scored in grey."""
    dataset = world["dataset"]
    begin, end, first, last = (
        _read(dataset[name]) for name in ("run_start", "run_end", "scored_from", "evaluate_until")
    )
    axes.set_xlim(begin, end)
    for wave in world["rules"][0]["waves"]:
        axes.axvspan(_read(wave["start"]), _read(wave["end"]), color=_WAVE, linewidth=0, zorder=0)
    for crisis in world["crises"]:
        axes.axvspan(_read(crisis["start"]), _read(crisis["end"]), color=_PURPLE, alpha=0.16, linewidth=0, zorder=0)
    for low, high in ((begin, first), (last, end)):
        axes.axvspan(low, high, facecolor=PALE, edgecolor=GREY, hatch="////", linewidth=0, alpha=0.55, zorder=0)
    launch = dataset["launch"]
    for event in world["events"]:
        axes.axvline(_read(event["time"]), color=RULE, linewidth=0.8, linestyle=(0, (2, 2)), zorder=2)
    axes.axvline(_read(launch), color=INK, linewidth=1.4, zorder=2)


def _finish(figure: Any, found: Found, worlds: Sequence[Found], title: str | None) -> None:
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    panels = figure.axes
    for place, world in enumerate(worlds):
        below = panels[2 * place + 1]
        locator: Any = AutoDateLocator(minticks=4, maxticks=10)  # type: ignore[no-untyped-call]
        below.xaxis.set_major_locator(locator)
        formatter: Any = ConciseDateFormatter(locator, formats=_DATES, zero_formats=_DATES, show_offset=False)  # type: ignore[no-untyped-call]
        below.xaxis.set_major_formatter(formatter)
        panels[2 * place].xaxis.set_major_locator(locator)
        below.tick_params(axis="x", labelsize=8)
        look = {"xycoords": "axes fraction", "textcoords": "offset points", "fontsize": 8.5}
        panels[2 * place].annotate(f"seed {world['dataset']['seed']}", (0, 1), (2, 3), **look)
    title = _make_title(found, worlds) if title is None else title
    if title:
        figure.suptitle(title, x=0.01, ha="left", fontsize=10.5, parse_math=False)
    figure.legend(handles=_list_handles(worlds), loc="outside lower left", ncols=4, fontsize=8, handlelength=1.6)


def _make_title(found: Found, worlds: Sequence[Found]) -> str:
    names = ", ".join(dict.fromkeys(show_plainly(world["dataset"]["scenario"]) for world in worlds))
    n_more = len(found["rules"]) - MOST_RULES
    left_out = f"; {n_more} more rules not shown" if n_more > 0 else ""
    shown = f"{len(worlds)} of {len(found['worlds'])} worlds" if len(found["worlds"]) > 1 else "one world"
    return f"When each rule woke somebody: {names}, {shown}{left_out}  (synthetic)"


def _list_handles(worlds: Sequence[Found]) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    has_twin = any(world["dataset"]["twin_at_hand"] for world in worlds)
    has_crisis = any(world["crises"] for world in worlds)
    kinds = [kind for kind in MARKS if (kind != "twin" or has_twin) and (kind != "crisis" or has_crisis)]
    marks = [
        Line2D([], [], linestyle="none", marker=m.marker, color=m.colour, markersize=max(m.size, 5), label=m.label)
        for m in (MARKS[kind] for kind in kinds)
    ]
    bars = [
        Patch(facecolor=_BLUE, label="wave, from when it was heard of"),
        Patch(facecolor=COLOURS[5], alpha=0.5, label="wave, not heard of yet"),
        Patch(facecolor="white", edgecolor=_VERMILION, label="wave missed"),
        Patch(facecolor=_WAVE, label="campaign wave"),
        Patch(facecolor=PALE, edgecolor=GREY, hatch="////", label="not scored"),
    ]
    crises = [Patch(facecolor=_PURPLE, alpha=0.16, label="organic crisis")] if has_crisis else []
    return [*marks, *bars, *crises]


def _read(time: str) -> datetime:
    return datetime.fromisoformat(time).astimezone(UTC)
