"""Which of two detectors is better, by how much, how sure that is, and for which scenarios it holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from benchmarks.verdict.result_rows import (
    HEADLINE_BUDGET,
    LOWER_IS_BETTER,
    TRACKS,
    Row,
    World,
    Worlds,
    describe_metric,
    gather,
    has_value,
    list_cells,
    list_detectors_of,
    name_world,
    select_track,
)
from benchmarks.verdict.statistics import (
    N_RESAMPLES,
    SIGNIFICANCE,
    Estimate,
    average_blocks,
    bootstrap_clusters,
    bootstrap_difference,
    compare_signed_ranks,
)
from simulator.errors import InputError

# Assumed: with fewer clusters a bootstrap over them is far too narrow.
LEAST_SCENARIOS = 5
_WIDTH = 80
_LABEL_WIDTH = 12
_UNDEFINED = "has no"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the paired worlds say of two detectors; differences are always `a` minus `b`.

    Attributes
    ----------
    a, b, track, metric : str
    mean_a, mean_b : float
        Means over cells, of the worlds that both have.
    difference : Estimate
        With an interval from worlds drawn anew within each cell.
    over_scenarios : Estimate
        With an interval from whole scenarios drawn anew.
    by_cell : dict of str to Estimate
    p_value : float
        Two-sided, of Wilcoxon's signed-rank test over blocks (scenario and seed).
    n_blocks, n_scenarios : int
    left_out : list of str
        What could not be compared and why, in words.
    """

    a: str
    b: str
    track: str
    metric: str
    mean_a: float
    mean_b: float
    difference: Estimate
    over_scenarios: Estimate
    by_cell: dict[str, Estimate]
    p_value: float
    n_blocks: int
    n_scenarios: int
    left_out: list[str] = field(default_factory=list)

    @property
    def leader(self) -> str | None:
        """The detector with the better mean; None when both are equal."""
        gain = -self.difference.mean if self.metric in LOWER_IS_BETTER else self.difference.mean
        return None if gain == 0 else self.a if gain > 0 else self.b

    @property
    def is_sure(self) -> bool:
        """Whether both the interval and the test tell the two apart."""
        return self.difference.excludes_zero and self.p_value < SIGNIFICANCE

    @property
    def share_of_resamples(self) -> float | None:
        """Share of the resamples in which the leader leads; None without an interval."""
        share = self.difference.share_positive
        return share if share is None or self.difference.mean >= 0 else 1 - share

    @property
    def doubt_about_new(self) -> str | None:
        """Why the claim cannot be made for new scenarios; None when it can."""
        if self.n_scenarios < LEAST_SCENARIOS:
            return f"a claim for new ones needs at least {LEAST_SCENARIOS} scenarios, got {self.n_scenarios}"
        if not self.over_scenarios.excludes_zero:
            return f"with scenarios drawn anew the difference is {_show_interval(self.over_scenarios)}, around 0"
        if not self.is_sure:
            return "the two are not told apart even for these"
        return None

    def text(self) -> str:
        """Return the verdict and what it rests on, for a terminal of 80 columns."""
        return "\n".join([*wrap(_say_verdict(self), _WIDTH), "", *_list_facts(self)])


def compare(
    rows: Sequence[Row], a: str, b: str, metric: str, track: str | None = None, budget_per_day: float = HEADLINE_BUDGET
) -> Comparison:
    """Compare two detectors on the worlds in which both have a figure.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of a suite's results.
    a, b : str
        Names of detectors.
    metric : str
        Name of a column.
    track : str, optional
        Where the metric is in several tracks; else the only one in which both have it.
    budget_per_day : float
        Of alerts.

    Raises
    ------
    InputError
        When a detector is not among the rows, the track is not clear, or no world has both figures.
    """
    for name in (a, b):
        if name not in list_detectors_of(rows):
            known = ", ".join(list_detectors_of(rows))
            raise InputError(f"detector: must be one of {known}, got {name!r}. Run the suite with it first.")
    return compare_within(select_track(rows, track or _find_track(rows, a, b, metric), budget_per_day), a, b, metric)


def compare_within(rows: Sequence[Row], a: str, b: str, metric: str) -> Comparison:
    """Compare as :func:`compare` does, with rows that are of one track and one budget already."""
    of_a, of_b = ({name_world(row): row for row in rows if row["detector"] == name} for name in (a, b))
    paired = [w for w in sorted({*of_a} & {*of_b}) if has_value(of_a[w], metric) and has_value(of_b[w], metric)]
    left_out = _explain_left_out(of_a, of_b, a, b, metric)
    if not paired:
        raise InputError(f"{metric}: must be there for both in some world, got none. {'; '.join(left_out)}")
    return _compare_pairs([of_a[w] for w in paired], [of_b[w] for w in paired], metric, left_out)


def _find_track(rows: Sequence[Row], a: str, b: str, metric: str) -> str:
    having = {(row["track"], row["detector"]) for row in rows if has_value(row, metric)}
    tracks = [track for track in TRACKS if {(track, a), (track, b)} <= having]
    if not tracks:
        raise InputError(f"{metric}: must be there for both {a} and {b} in one track, got none.")
    if len(tracks) > 1:
        raise InputError(f"track: must be named where both have {metric} in several, got {', '.join(tracks)}.")
    return tracks[0]


def _compare_pairs(rows_a: list[Row], rows_b: list[Row], metric: str, left_out: list[str]) -> Comparison:
    of_a, of_b = gather(rows_a, metric), gather(rows_b, metric)
    differences = of_a.values - of_b.values
    p_value = compare_signed_ranks(average_blocks(differences, of_a.blocks))
    return Comparison(
        a=rows_a[0]["detector"],
        b=rows_b[0]["detector"],
        track=rows_a[0]["track"],
        metric=metric,
        mean_a=float(average_blocks(of_a.values, of_a.cells).mean()),
        mean_b=float(average_blocks(of_b.values, of_b.cells).mean()),
        difference=bootstrap_difference(of_a.values, of_b.values, of_a.cells, of_a.blocks),
        over_scenarios=bootstrap_clusters(differences, of_a.cells, of_a.scenarios),
        by_cell={cell: _compare_cell(of_a, of_b, cell) for cell in list_cells(rows_a)},
        p_value=1.0 if p_value is None else p_value,
        n_blocks=len(set(of_a.blocks)),
        n_scenarios=len(set(of_a.scenarios)),
        left_out=left_out,
    )


def _compare_cell(of_a: Worlds, of_b: Worlds, cell: str) -> Estimate:
    inside = [place for place, name in enumerate(of_a.cells) if name == cell]
    blocks = [of_a.blocks[place] for place in inside]
    return bootstrap_difference(of_a.values[inside], of_b.values[inside], [cell] * len(inside), blocks)


def _explain_left_out(of_a: dict[World, Row], of_b: dict[World, Row], a: str, b: str, metric: str) -> list[str]:
    """Return how many worlds are left out for which reason."""
    reasons: Counter[str] = Counter()
    for world in {*of_a, *of_b}:
        found = [_find_fault(rows.get(world), name, metric) for rows, name in ((of_a, a), (of_b, b))]
        faults = [fault for fault in found if fault]
        if all(fault and _UNDEFINED in fault for fault in found):
            faults = [f"neither has {describe_metric(metric)}, as where there is no campaign"]
        if faults:
            reasons[" and ".join(faults)] += 1
    return [f"{_count(n, 'world')}: {reason}" for reason, n in sorted(reasons.items())]


def _find_fault(row: Row | None, name: str, metric: str) -> str | None:
    if row is None:
        return f"{name} was not run"
    if row["status"] != "ok":
        return f"{name} {row['status']}" if row["status"] == "crashed" else f"{name} failed ({row['status']})"
    if has_value(row, metric):
        return None
    # A miss has no time and would flatter whoever misses the hard ones.
    hint = ", which counts only in detection_rate" if metric == "time_to_detect_hours" else ""
    return f"{name} {_UNDEFINED} {describe_metric(metric)}{hint}"


def _say_verdict(found: Comparison) -> str:
    metric = describe_metric(found.metric)
    if found.leader is None:
        return f"{found.a} and {found.b} have the same {metric}: {found.mean_a:.3f}."
    best, other = (found.a, found.b) if found.leader == found.a else (found.b, found.a)
    means = (found.mean_a, found.mean_b) if best == found.a else (found.mean_b, found.mean_a)
    figures = f"{metric} {means[0]:.3f} against {means[1]:.3f}"
    if found.is_sure:
        return f"{best} is better than {other}: {figures}."
    return f"Not told apart: {best} has the better mean, but {other} may be as good ({figures})."


def _list_facts(found: Comparison) -> list[str]:
    worlds, cells = _count(found.difference.n_worlds, "world"), _count(found.difference.n_cells, "cell")
    scenarios = _count(found.n_scenarios, "scenario")
    doubt = found.doubt_about_new
    facts = [
        ("track", found.track),
        ("difference", f"{found.a} minus {found.b}: {_show_interval(found.difference)}"),
        ("certainty", _say_certainty(found)),
        ("worlds", f"{worlds} that both scored, in {cells} of {scenarios}"),
        ("holds for", "new scenarios too" if doubt is None else f"these scenarios only: {doubt}"),
        *(("left out" if place == 0 else "", reason) for place, reason in enumerate(found.left_out)),
    ]
    lines = [line for label, fact in facts for line in _indent(label, fact)]
    if len(found.by_cell) > 1:
        width = max(map(len, found.by_cell))
        lines += ["", "by cell", *(f"  {cell:{width}}  {_show_interval(x)}" for cell, x in found.by_cell.items())]
    return lines


def _say_certainty(found: Comparison) -> str:
    test = f"p {_show_p(found.p_value)} (Wilcoxon's signed ranks over {_count(found.n_blocks, 'seed')})"
    share = found.share_of_resamples
    if share is None:
        return f"{test}; no interval, as a cell has a single world"
    return f"{test}; ahead in {share:.1%} of {N_RESAMPLES:,} resamples"


def _indent(label: str, fact: str) -> list[str]:
    return wrap(fact, _WIDTH, initial_indent=f"{label:{_LABEL_WIDTH}}", subsequent_indent=" " * _LABEL_WIDTH)


def _show_interval(estimate: Estimate) -> str:
    if estimate.low is None:
        return f"{estimate.mean:+.3f}"
    return f"{estimate.mean:+.3f} [{estimate.low:+.3f}, {estimate.high:+.3f}]"


def _show_p(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"= {p_value:.3f}"


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
