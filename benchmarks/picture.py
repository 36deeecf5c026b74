"""Draws what a campaign did, from a world and its twin: ``python -m benchmarks.picture WORLD TWIN PICTURE``.

Needs matplotlib (the extra ``plots``).
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simulator.dataset import Dataset, open_dataset
from simulator.dataset.queries import ask

# Okabe & Ito's colours, which the colour-blind tell apart.
_COLOUR_OF_TACTIC = {
    "misinformation": "#D55E00",
    "unfavourable_comparison": "#E69F00",
    "community_division": "#CC79A7",
}
_COLOUR_OF_SEGMENT = {"casual": "#0072B2", "fan": "#009E73", "rival_fan": "#D55E00", "customer": "#56B4E9"}
_ORGANIC = "#B8C4CE"


def _daily_posts(dataset: Dataset) -> list[tuple[Any, str | None, int]]:
    """Return (day, tactic or None, posts) of all posts that speak of the target or were pushed."""
    question = """
        SELECT epoch_ms(p.created_at) // 86400000 AS day, t.tactic, count(*)
        FROM posts p JOIN truth_posts t USING (post_id)
        WHERE t.push_id IS NOT NULL OR t.stance <> 0
        GROUP BY ALL ORDER BY day
    """
    with ask(tables=dataset) as queries:
        return [(datetime.fromtimestamp(day * 86_400, UTC), tactic, n) for day, tactic, n in queries.rows(question)]


def _attitude_differences(world: Dataset, twin: Dataset) -> dict[str, list[tuple[Any, float]]]:
    """Return (day, world minus twin) of the mean attitude by segment."""
    of_twin = {(row["day"], row["segment"]): row["mean"] for row in twin.table("truth_attitudes").to_pylist()}
    lines: dict[str, list[tuple[Any, float]]] = {segment: [] for segment in _COLOUR_OF_SEGMENT}
    for row in world.table("truth_attitudes").to_pylist():
        if row["segment"] in lines:
            lines[row["segment"]].append((row["day"], row["mean"] - of_twin[row["day"], row["segment"]]))
    return lines


def _draw_posts(axes: Any, world: Dataset) -> None:
    rows = _daily_posts(world)
    days = sorted({day for day, _, _ in rows})
    base = [0] * len(days)
    for tactic, colour in ((None, _ORGANIC), *_COLOUR_OF_TACTIC.items()):
        counts = {day: n for day, kind, n in rows if kind == tactic}
        heights = [counts.get(day, 0) for day in days]
        name = "organic talk with a stance" if tactic is None else f"pushed: {tactic.replace('_', ' ')}"
        axes.bar(days, heights, width=1.0, bottom=base, color=colour, label=name)
        base = [low + high for low, high in zip(base, heights, strict=True)]
    axes.set_ylabel("posts a day")
    axes.legend(loc="upper left", frameon=False, fontsize=9)


def _draw_attitudes(axes: Any, world: Dataset, twin: Dataset) -> None:
    for segment, points in _attitude_differences(world, twin).items():
        axes.plot(*zip(*points, strict=True), color=_COLOUR_OF_SEGMENT[segment], label=segment.replace("_", " "))
    axes.axhline(0, color="#666666", linewidth=0.8)
    axes.set_ylabel("attitude to the brand,\nworld minus twin (scale −1 to 1)")
    axes.legend(loc="lower left", frameon=False, fontsize=9, ncols=2)


def draw(world_path: str | Path, twin_path: str | Path, picture: str | Path) -> None:
    """Draw posts by day and tactic above what the campaign changed in attitudes, with launch and break-up.

    Parameters
    ----------
    world_path, twin_path : str or Path
        Datasets of one scenario and seed, the second one its twin.
    picture : str or Path
        File to write, PNG or SVG by its ending.
    """
    from matplotlib import pyplot

    world, twin = open_dataset(world_path), open_dataset(twin_path)
    figure, (above, below) = pyplot.subplots(2, 1, figsize=(10, 6.5), sharex=True, height_ratios=(3, 2))
    _draw_posts(above, world)
    _draw_attitudes(below, world, twin)
    moments = world.manifest.moments
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        for name, ms in (("launch", moments.launch_ms), ("scored until", moments.evaluate_until_ms)):
            at = datetime.fromtimestamp(ms / 1000, UTC)
            axes.axvline(at, color="#222222", linewidth=1, linestyle="-" if name == "launch" else ":")
            if axes is above:
                side = "left" if name == "launch" else "right"
                axes.annotate(f" {name} ", (at, 1.0), xycoords=("data", "axes fraction"), ha=side, va="top", fontsize=9)
    figure.suptitle(
        f"{world.manifest.scenario.id}, seed {world.seed} (synthetic; the brand is fictitious)", fontsize=11
    )
    figure.tight_layout()
    figure.savefig(picture, dpi=110)


if __name__ == "__main__":
    draw(*sys.argv[1:4])
