"""The headlines of a suite as small tables for a terminal."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.verdict.result_rows import FALSE_ALARMS, HEADLINES, has_value, list_cells, list_null_cells, select_track

Row = dict[str, Any]
_TITLES = {
    "average_precision": "average precision",
    "group_score": "squads as groups",
    "detection_rate": "waves detected at one false alarm a day",
    "false_positives_per_10000": "wrong accusations per 10,000",
    "n_groups": "groups returned",
    "false_alarms_per_day": "false alarms a day",
}


def tabulate_headlines(rows: Sequence[Row], track: str) -> tuple[str, list[str], list[list[str]]] | None:
    """Return title, columns and rows of a track: the mean of each detector and cell; None without results.

    In worlds without a campaign it is the false alarms that are shown.
    """
    chosen = select_track(rows, track)
    if not chosen:
        return None
    headline, false = HEADLINES[track], FALSE_ALARMS[track]
    cells, quiet = list_cells(chosen, headline), list_null_cells(chosen, track)
    columns = [*((cell, headline) for cell in cells), *((cell, false) for cell in quiet)]
    means = {name: _average(chosen, name, columns) for name in {row["detector"] for row in chosen}}
    order = sorted(means, key=lambda name: (-sum(v or 0 for v in means[name][: len(cells)]), name))
    shown = [
        [name, *(_show(value, key) for value, (_, key) in zip(means[name], columns, strict=True))] for name in order
    ]
    title = f"{track}: {_TITLES[headline] if cells else _TITLES[false]}"
    if cells and quiet:
        title += f" ({', '.join(quiet)}: {_TITLES[false]})"
    return title, ["detector", *_shorten([cell for cell, _ in columns], chosen)], shown


def _shorten(cells: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return cells as columns of a narrow table: by their level alone where only one scenario has levels."""
    levels = {row["cell"]: row["level"] for row in rows if row["cell"] == f"{row['scenario']} {row['level']}"}
    scenarios = {row["scenario"] for row in rows if row["cell"] in levels}
    return [levels[cell] if cell in levels and len(scenarios) == 1 else cell for cell in cells]


def _average(
    rows: Sequence[Mapping[str, Any]], detector: str, columns: Sequence[tuple[str, str]]
) -> list[float | None]:
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        if row["detector"] == detector:
            for key in {key for cell, key in columns if cell == row["cell"] and has_value(row, key)}:
                values[row["cell"], key].append(row[key])
    return [sum(values[place]) / len(values[place]) if values[place] else None for place in columns]


def _show(value: float | None, metric: str) -> str:
    if value is None:
        return "–"
    return f"{value:.1f}" if metric in FALSE_ALARMS.values() else f"{value:.3f}"
