"""One dial at a time: prevalence, overlap and number of accounts against average precision and one figure beside."""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from benchmarks.validity.dial_figures import Dial, draw_dial
from benchmarks.validity.finding import Answer, Table, Verdict, judge
from benchmarks.validity.score_cube import Cube, make_cube, round_all
from benchmarks.validity.signals import compare_ends, name_change
from benchmarks.verdict.result_rows import Row, list_cells, select_track

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Changes of average precision below it are called flat, whatever their interval (assumed).
_SLIGHT = 0.05


PREVALENCE = Dial("share of accounts operated", False, "falls", "roc_auc", True)
OVERLAP = Dial("overlap", True, "falls", "roc_auc", False)
SIZE = Dial("accounts", True, "flat", "false_positives_per_10000", True)


def read_number(cell: str) -> float | None:
    """Return the last number of a cell's label.

    Examples
    --------
    >>> read_number("prevalence 0.003"), read_number("10,000 accounts"), read_number("quiet")
    (0.003, 10000.0, None)
    """
    found = _NUMBER.findall(cell)
    return float(found[-1].replace(",", "")) if found else None


def answer_dial(rows: Sequence[Row], dial: Dial) -> Answer | None:
    """Say what a dial does to the baselines, from its easy end to its hard one."""
    of_track = select_track(rows, "account")
    numbered = {cell: number for cell in list_cells(of_track) if (number := read_number(cell)) is not None}
    cells = sorted(numbered, key=numbered.__getitem__, reverse=not dial.is_rising)
    cube = make_cube(of_track, "average_precision", cells) if len(cells) > 1 else None
    if cube is None:
        return None
    numbers = [numbered[cell] for cell in cells]
    words = {name: _name(cube, name) for name in cube.detectors}
    as_hoped = [name for name, word in words.items() if word == dial.hope]
    return Answer(
        _judge(cube, dial, len(as_hoped)),
        _describe(cube, dial, numbers, words),
        _to_json(cube, numbers, words),
        _tabulate(cube, numbers, words),
        partial(draw_dial, cube, make_cube(of_track, dial.beside, cells), numbers, dial),
    )


def _name(cube: Cube, detector: str) -> str:
    change = compare_ends(cube.of(detector))
    return "flat" if abs(change.mean) < _SLIGHT else name_change(change)


def _judge(cube: Cube, dial: Dial, n_as_hoped: int) -> Verdict:
    """Return the verdict: the best baseline and most others do as one may hope."""
    change = compare_ends(cube.best())
    best = "flat" if abs(change.mean) < _SLIGHT else name_change(change)
    return judge((best == dial.hope) + (n_as_hoped > len(cube.detectors) / 2), 2)


def _describe(cube: Cube, dial: Dial, numbers: Sequence[float], words: dict[str, str]) -> str:
    best = cube.best().mean(axis=1)
    n = {word: sum(one == word for one in words.values()) for word in ("falls", "flat", "rises")}
    return (
        f"From {numbers[0]:,g} to {numbers[-1]:,g} ({dial.unit}) the best baseline goes from {best[0]:.2f} to "
        f"{best[-1]:.2f}; of {len(words)} baselines {n['falls']} fall, {n['flat']} stay flat, {n['rises']} rise "
        f"({'a fall' if dial.hope == 'falls' else 'no change'} is what one may hope for)."
    )


def _tabulate(cube: Cube, numbers: Sequence[float], words: dict[str, str]) -> Table:
    means = {name: cube.of(name).mean(axis=1) for name in cube.detectors}
    order = sorted(cube.detectors, key=lambda name: (-float(means[name].mean()), name))
    rows = tuple((name, words[name], *(f"{mean:.3f}" for mean in means[name])) for name in order)
    return Table(("detector", "it", *(f"at {number:,g}" for number in numbers)), rows, 2)


def _to_json(cube: Cube, numbers: Sequence[float], words: dict[str, str]) -> dict[str, Any]:
    return {
        "dial": list(numbers),
        "seeds": len(cube.seeds),
        "best_average_precision": round_all(np.asarray(cube.best().mean(axis=1))),
        "detectors": {
            name: {"word": words[name], "average_precision": round_all(cube.of(name).mean(axis=1))}
            for name in cube.detectors
        },
    }
