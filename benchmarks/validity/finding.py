"""What the study asks, and what an answer holds: a verdict, one line, numbers, a table and a figure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from benchmarks.verdict.result_rows import Row

Verdict = Literal["as hoped", "in part", "not as hoped", "not measured"]


@dataclass(frozen=True, slots=True)
class Table:
    """Cells as text; the first `n_texts` columns are words, the others figures."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_texts: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What results say to a question.

    Attributes
    ----------
    verdict : str
        Whether a benchmark could hope for this.
    line : str
        The finding in one line.
    numbers : dict
        What the line rests on, for machines.
    table : Table or None
    draw : callable or None
        Returns the figure; needs matplotlib.
    """

    verdict: Verdict
    line: str
    numbers: dict[str, Any] = field(default_factory=dict)
    table: Table | None = None
    draw: Callable[[], Any] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the results of one suite; the answer is None where its rows do not suffice."""

    name: str
    asks: str
    suite: str
    answer: Callable[[Sequence[Row]], Answer | None]


def judge(n_good: int, n_all: int) -> Verdict:
    """Return a verdict from how much of all is as hoped.

    Examples
    --------
    >>> judge(2, 3)
    'in part'
    """
    if n_good == n_all:
        return "as hoped"
    return "in part" if n_good else "not as hoped"


def show_p(p_value: float | None) -> str:
    """Return a p-value in words.

    Examples
    --------
    >>> show_p(0.0004), show_p(0.0321)
    ('p < 0.001', 'p = 0.032')
    """
    if p_value is None:
        return "not tested"
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
