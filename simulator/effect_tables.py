"""Effects laid out for a terminal of 80 columns or more."""

from typing import Any

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from simulator.grids import draw_course, make_grid, name_day, show_change, show_count, show_share

_COURSE_BARS = 20


def render_effect(found: dict[str, Any]) -> Group:
    """Lay the result of :func:`simulator.effect.effect` out; the stroke in a course is the launch."""
    parts: list[Any] = [_render_head(found)]
    if found["reach"]:
        parts.append(_render_reach(found))
    return Group(*parts, _render_exposures(found), *_render_attitudes(found), _render_reactions(found))


def _render_head(found: dict[str, Any]) -> Text:
    origin = found["origin"]
    return Text(
        f"{origin['world']} minus {origin['twin']}: {origin['scenario']}, seed {origin['seed']}, synthetic data\n"
        f"launch {origin['launch'][:16]}Z\n"
    )


def _render_reach(found: dict[str, Any]) -> Grid:
    grid = make_grid("Reach among organic accounts", "operator", ">accounts reached", ">share", ">exposures")
    for row in found["reach"]:
        grid.add_row(
            row["operator"], show_count(row["accounts"]), show_share(row["share"]), show_count(row["exposures"])
        )
    return grid


def _render_exposures(found: dict[str, Any]) -> Grid:
    exposures = found["exposures"]
    grid = make_grid("Exposures", "of", ">world", ">twin", ">change")
    for tactic, count in exposures["by_tactic"].items():
        grid.add_row(tactic, show_count(count), "0", f"+{show_count(count)}")
    world, twin = exposures["organic_world"], exposures["organic_twin"]
    grid.add_row("organic posts", show_count(world), show_count(twin), f"{world - twin:+,}")
    return grid


def _render_attitudes(found: dict[str, Any]) -> list[Grid | Text]:
    """One row a segment; those that nothing moved are named below."""
    rows = found["attitudes"]["by_segment"]
    headings = ("segment", ">at launch", ">at end", ">largest", "on", "size over time")
    grid = make_grid("Attitude to the target, -1 to 1, world minus twin (│: launch)", *headings)
    moved = [row for row in rows if row["largest"]]
    for row in moved:
        largest = max(abs(other["largest"]) for other in moved)
        course = draw_course([day["mean"] for day in row["by_day"]], row["launch_place"], largest, _COURSE_BARS)
        changes = (show_change(row[key]) for key in ("at_launch", "at_end", "largest"))
        grid.add_row(row["segment"], *changes, name_day(row["largest_days_from_launch"]), course)
    still = [row["segment"] for row in rows if not row["largest"]]
    parts: list[Grid | Text] = [grid] if moved else []
    return [*parts, Text(f"No change of attitude at all: {', '.join(still)}\n")] if still else parts


def _render_reactions(found: dict[str, Any]) -> Text:
    reactions = found["reactions"]
    return Text(
        f"Reactions of organic accounts: {show_count(reactions['to_campaign'])} to the campaign; elsewhere "
        f"{show_count(reactions['added_elsewhere'])} added and {show_count(reactions['lost'])} lost, "
        f"{show_share(reactions['changed_share'])} of the twin's {show_count(reactions['twin'])}"
    )


def render_effect_over_seeds(found: dict[str, Any]) -> Group:
    """Lay the result of :func:`simulator.effect_over_seeds.effect_over_seeds` out."""
    title = f"{found['scenario']}: world minus twin over {found['n_seeds']} seeds, 95 % interval, synthetic data"
    grid = make_grid(title, "measure", ">mean", ">low", ">high", ">placebo", "measurable")
    still = [row["measure"] for row in found["measures"] if _is_still(row)]
    for row in found["measures"]:
        if row["measure"] not in still:
            numbers = (_show_number(row[key]) for key in ("mean", "low", "high", "floor"))
            grid.add_row(row["measure"], *numbers, "yes" if row["is_measurable"] else "no")
    notes = "placebo: the largest change that one neutral post more made in a twin"
    return Group(grid, Text(notes + (f"\nno change in any world: {'; '.join(still)}" if still else "")))


def _is_still(row: dict[str, Any]) -> bool:
    """Whether every world and every placebo had exactly zero."""
    return not any(row[key] for key in ("mean", "low", "high", "floor"))


def _show_number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
