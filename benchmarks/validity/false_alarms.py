"""What detectors accuse where nothing is to be found: by scenario, by day, and by segment."""

import json
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.registry import CONTROLS
from benchmarks.validity.finding import Answer, Table, judge
from benchmarks.validity.heat_maps import draw_rates
from benchmarks.validity.score_cube import estimate
from benchmarks.verdict.result_rows import FALSE_ALARMS, HEADLINE_BUDGET, Row, has_value, list_cells, select_track

Values = NDArray[np.float64]
# The budgets that thresholds are calibrated to: of a suite that gives no other, and of the headline.
ACCUSED_PER_10000 = 10.0


def answer_accusations(rows: Sequence[Row]) -> Answer | None:
    """Say how many accounts each detector accuses wrongly in every scenario without a campaign."""
    return _answer_rates(rows, "account", ACCUSED_PER_10000, "wrong accusations per 10,000 accounts")


def answer_alerts(rows: Sequence[Row]) -> Answer | None:
    """Say how often each streaming detector raises a false alarm in every scenario without a campaign."""
    return _answer_rates(rows, "alert", HEADLINE_BUDGET, "false alert episodes a day")


def _answer_rates(rows: Sequence[Row], track: str, budget: float, what: str) -> Answer | None:
    metric = FALSE_ALARMS[track]
    of_track = [row for row in select_track(rows, track) if has_value(row, metric)]
    names = sorted({row["detector"] for row in of_track} - set(CONTROLS))
    cells = list_cells(of_track)
    if not names or len(cells) < 2:
        return None
    rates = average_rates(of_track, metric, names, cells)
    order = np.argsort(-np.nanmean(rates, axis=1), kind="stable")
    rates, names = rates[order], [names[place] for place in order]
    over = find_excess(of_track, metric, names, cells, budget)
    within = [name for name, row in zip(names, over, strict=True) if not row.any()]
    worst = np.unravel_index(int(np.nanargmax(rates)), rates.shape)
    calm = cells[int(np.nanmean(rates, axis=0).argmin())]
    loud = cells[int(np.nanmean(rates, axis=0).argmax())]
    line = (
        f"{len(within)} of {len(names)} detectors keep their budget of {budget:g} {what} in all {len(cells)} "
        f"nothing-to-find scenarios; the worst is {names[worst[0]]} in {cells[worst[1]]} ({rates[worst]:,.1f}); the "
        f"mean over detectors is highest in {loud} and lowest in {calm}."
    )
    by_name = {
        name: {cell: _round(rate) for cell, rate in zip(cells, row, strict=True)}
        for name, row in zip(names, rates, strict=True)
    }
    return Answer(
        judge(len(within), len(names)),
        line,
        {"budget": budget, "within_budget": within, "rates": by_name},
        _tabulate(names, cells, rates),
        partial(draw_rates, names, cells, rates, f"{what[0].upper()}{what[1:]}; framed: surely over the budget", over),
    )


def find_excess(
    rows: Sequence[Row], metric: str, names: Sequence[str], cells: Sequence[str], budget: float
) -> NDArray[np.bool_]:
    """Return whether a detector is surely over a budget in a cell, bool[n_detectors, n_cells].

    Surely is with the whole interval over seeds, since half of those calibrated to a budget come out above it.
    """
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        found[row["detector"], row["cell"]].append(float(row[metric]))

    def is_over(values: list[float]) -> bool:
        one = estimate(np.array(values)) if values else None
        return one is not None and (one.mean if one.low is None else one.low) > budget

    return np.array([[is_over(found[name, cell]) for cell in cells] for name in names])


def average_rates(rows: Sequence[Row], metric: str, names: Sequence[str], cells: Sequence[str]) -> Values:
    """Return the mean over seeds of a figure, float64[n_detectors, n_cells]; NaN where it is missing."""
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows:
        found[row["detector"], row["cell"]].append(float(row[metric]))
    return np.array(
        [[np.mean(found[name, cell]) if (name, cell) in found else np.nan for cell in cells] for name in names]
    )


def _round(rate: float) -> float | None:
    return None if np.isnan(rate) else round(float(rate), 4)


def _tabulate(names: Sequence[str], cells: Sequence[str], rates: Values) -> Table:
    shown = [["–" if np.isnan(rate) else f"{rate:.1f}" for rate in row] for row in rates]
    return Table(("detector", *cells), tuple((name, *row) for name, row in zip(names, shown, strict=True)))


def answer_accused(rows: Sequence[Row]) -> Answer | None:
    """Say which people and machines are accused where nothing is to be found, over all baselines."""
    of_track = [
        row
        for row in select_track(rows, "account")
        if row["status"] == "ok" and row.get("false_positives_by_segment") and row["detector"] not in CONTROLS
    ]
    cells = list_cells(of_track)
    if len(cells) < 2:
        return None
    flagged, counted = _count_segments(of_track)
    segments = sorted({segment for _, segment in counted})
    rates = _divide(flagged, counted, segments, cells)
    order = np.argsort(-np.nanmean(rates, axis=1), kind="stable")
    rates, segments = rates[order], [segments[place] for place in order]
    rows_of_table, first, times = _name_accused(flagged, counted, segments, cells, rates)
    often = max(sorted(set(first)), key=first.count)
    fair = sum(one <= _MOST_TIMES for one in times)
    machines = _share_of_machines(flagged)
    line = (
        f"Where nothing is to be found, {often.replace('_', ' ')} accounts are accused most for their number in "
        f"{first.count(often)} of {len(cells)} scenarios; the most accused segment is accused {min(times):.1f} to "
        f"{max(times):.1f} times as often as everybody; honest machines (news, deal and spam bots, marketing, brand) "
        f"take {machines:.0%} of all accusations."
    )
    numbers = {
        "accused_most_by_scenario": dict(zip(cells, first, strict=True)),
        "times_as_often_as_all": dict(zip(cells, (round(one, 2) for one in times), strict=True)),
        "share_of_machines": round(machines, 4),
        "rates_per_10000": {
            segment: {cell: _round(rate) for cell, rate in zip(cells, row, strict=True)}
            for segment, row in zip(segments, rates, strict=True)
        },
    }
    title = "Accused per 10,000 accounts of a segment, mean over baselines"
    shown = [segment.replace("_", " ") for segment in segments]
    columns = ("scenario", "accused most for its number", "times as often as all", "most accusations", "share of all")
    return Answer(
        judge(fair, len(cells)),
        line,
        numbers,
        Table(columns, rows_of_table),
        partial(draw_rates, shown, cells, rates, title, np.zeros(rates.shape, bool)),
    )


# Smaller segments are not named, and none should be accused so many times as often as everybody (both assumed).
_LEAST_SHARE, _MOST_TIMES = 0.01, 3.0
_MACHINES = ("news_bot", "deal_bot", "spam_bot", "marketing", "brand")
Counts = dict[tuple[str, str], float]


def _count_segments(rows: Sequence[Row]) -> tuple[Counts, Counts]:
    """Return accused and all accounts by cell and segment, summed over baselines and seeds."""
    flagged: Counts = defaultdict(float)
    counted: Counts = defaultdict(float)
    for row in rows:
        for segment, (n_flagged, n_all) in json.loads(row["false_positives_by_segment"]).items():
            flagged[row["cell"], segment] += n_flagged
            counted[row["cell"], segment] += n_all
    return flagged, counted


def _divide(flagged: Counts, counted: Counts, segments: Sequence[str], cells: Sequence[str]) -> Values:
    return np.array(
        [
            [
                10_000 * flagged[cell, segment] / counted[cell, segment] if counted[cell, segment] else np.nan
                for cell in cells
            ]
            for segment in segments
        ]
    )


def _name_accused(
    flagged: Counts, counted: Counts, segments: Sequence[str], cells: Sequence[str], rates: Values
) -> tuple[tuple[tuple[str, ...], ...], list[str], list[float]]:
    """Return the table, and by scenario the segment most accused for its number, and how often beside everybody.

    Segments of less than 1 % of the accounts are too few to be named.
    """
    rows, first, times = [], [], []
    for place, cell in enumerate(cells):
        n_flagged = sum(flagged[cell, segment] for segment in segments)
        n_all = sum(counted[cell, segment] for segment in segments)
        named = [at for at, segment in enumerate(segments) if counted[cell, segment] >= _LEAST_SHARE * n_all]
        most = max(named, key=lambda at: float(rates[at, place]))
        by_number = max(segments, key=lambda segment: flagged[cell, segment])
        first.append(segments[most])
        times.append(float(rates[most, place]) * n_all / (10_000 * n_flagged) if n_flagged else 0.0)
        share = flagged[cell, by_number] / n_flagged if n_flagged else 0.0
        rows.append((cell, segments[most], f"{times[-1]:.1f}", by_number, f"{share:.0%}"))
    return tuple(rows), first, times


def _share_of_machines(flagged: Counts) -> float:
    total = sum(flagged.values())
    return sum(n for (_, segment), n in flagged.items() if segment in _MACHINES) / total if total else 0.0
