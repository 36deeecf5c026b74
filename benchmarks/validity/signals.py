"""Each baseline against the rung that attacks its signal: whether it falls there, and what it does elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.validity.finding import Answer, Table, judge
from benchmarks.validity.heat_maps import draw_steps
from benchmarks.validity.ladder import make_ladder
from benchmarks.validity.score_cube import Cube, Values, estimate
from benchmarks.verdict.result_rows import Row, select_track
from benchmarks.verdict.statistics import Estimate

# What a detector goes by, and the rungs that attack it (simulator/scenario/dials.py): L1 and L2 the wording, L3 the
# timing, L3 and L4 what an account is by itself, L5 how much there is of it at all, and who does what. What a
# detector goes by is its module's first sentence.
SIGNALS: dict[str, tuple[str, tuple[str, ...]]] = {
    "near_duplicate": ("text", ("L1", "L2")),
    "hashtag_sequence": ("tags and links of a text", ("L1", "L2")),
    "synchrony": ("timing", ("L3",)),
    "rapid_co_share": ("timing", ("L3",)),
    "co_action_significance": ("timing", ("L3",)),
    "digital_dna": ("own life", ("L3", "L4")),
    "ecod": ("account marginals", ("L3", "L4")),
    "isolation_forest": ("account marginals", ("L3", "L4")),
    "supervised_trees": ("account marginals", ("L3", "L4")),
    "co_activity": ("shared volume", ("L5",)),
    "fraudar": ("shared volume", ("L5",)),
    "catch_sync": ("shared volume", ("L5",)),
    "fused_network": ("several at once", ("L5",)),
}
# A detector below twice the prevalence before its rung has nothing left to lose (assumed).
_BLIND_LIFTS = 2.0


@dataclass(frozen=True, slots=True)
class Response:
    """What a detector does on the rungs that attack its signal.

    Attributes
    ----------
    before : float
        Mean average precision on the rung below the first that attacks.
    attacked : Estimate
        Change from there to the last that attacks, paired by seed.
    steps : tuple of Estimate
        Change of every rung.
    word : str
        falls, flat, rises; or blind, where nothing was found before.
    """

    detector: str
    signal: str
    rungs: tuple[str, ...]
    before: float
    attacked: Estimate
    steps: tuple[Estimate, ...]
    word: str


def answer_signals(rows: Sequence[Row]) -> Answer | None:
    """Say which baselines fall on the rung that attacks what they go by."""
    cube = make_ladder(rows)
    if cube is None:
        return None
    levels = [cell.split()[-1] for cell in cube.cells]
    prevalence = max(row["prevalence"] or 0.0 for row in select_track(rows, "account"))
    known = [name for name in cube.detectors if name in SIGNALS and set(SIGNALS[name][1]) <= set(levels[1:])]
    if not known:
        return None
    found = [respond(cube, name, levels, prevalence) for name in known]
    falling = [one for one in found if one.word == "falls"]
    others = [f"{one.detector} ({one.word})" for one in found if one.word != "falls"]
    aimed = [one for one in falling if _largest_fall(one, levels) in one.rungs]
    line = (
        f"{len(falling)} of {len(found)} baselines fall on the rung that attacks their signal, {len(aimed)} of them "
        f"nowhere more; {'the others: ' + ', '.join(others) if others else 'no other is left'}."
    )
    return Answer(
        judge(len(falling), len(found)),
        line,
        {one.detector: _to_json(one, levels) for one in found},
        _tabulate(found, levels),
        lambda: _draw(found, levels),
    )


def _draw(found: Sequence[Response], levels: Sequence[str]) -> Any:
    changes = np.array([[step.mean for step in one.steps] for one in found])
    framed = np.array([[level in one.rungs for level in levels[1:]] for one in found])
    return draw_steps([one.detector for one in found], levels[1:], changes, framed)


def respond(cube: Cube, detector: str, levels: Sequence[str], prevalence: float) -> Response:
    """Return what a detector does on its rungs and on every other."""
    values = cube.of(detector)
    signal, rungs = SIGNALS[detector]
    first, last = levels.index(rungs[0]) - 1, levels.index(rungs[-1])
    attacked = estimate(values[last] - values[first])
    steps = tuple(estimate(after - before) for before, after in pairwise(values))
    before = float(values[first].mean())
    word = "blind" if before < _BLIND_LIFTS * prevalence else name_change(attacked)
    return Response(detector, signal, rungs, before, attacked, steps, word)


def name_change(change: Estimate) -> str:
    """Return falls, rises or flat, by which side of 0 the interval lies on."""
    if not change.excludes_zero:
        return "flat"
    return "falls" if change.mean < 0 else "rises"


def compare_ends(values: Values) -> Estimate:
    """Return the change from the first cell to the last, paired by seed."""
    return estimate(values[-1] - values[0])


def _largest_fall(response: Response, levels: Sequence[str]) -> str:
    """Return the rung on which a detector falls most."""
    place = min(range(len(response.steps)), key=lambda step: response.steps[step].mean)
    return levels[place + 1]


def _tabulate(found: Sequence[Response], levels: Sequence[str]) -> Table:
    rows = []
    for one in found:
        elsewhere = [
            f"{name_change(step)} at {level}"
            for level, step in zip(levels[1:], one.steps, strict=True)
            if level not in one.rungs and step.excludes_zero
        ]
        change = one.attacked
        interval = "" if change.low is None else f" [{change.low:+.2f}, {change.high:+.2f}]"
        own = (one.detector, one.signal, ", ".join(one.rungs), one.word, _largest_fall(one, levels))
        rows.append((*own, ", ".join(elsewhere) or "flat", f"{one.before:.2f}", f"{change.mean:+.2f}{interval}"))
    columns = ("detector", "goes by", "attacked at", "there it", "falls most at", "elsewhere", "before", "change")
    return Table(columns, tuple(rows), 6)


def _to_json(one: Response, levels: Sequence[str]) -> dict[str, Any]:
    return {
        "signal": one.signal,
        "attacked_at": list(one.rungs),
        "word": one.word,
        "before": round(one.before, 4),
        "change": round(one.attacked.mean, 4),
        "steps": {level: round(step.mean, 4) for level, step in zip(levels[1:], one.steps, strict=True)},
        "largest_fall_at": _largest_fall(one, levels),
    }
