"""Makes the page about a dataset."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report.drawn import Limits
from benchmarks.report.lesson_file import ReadLesson
from benchmarks.report.page_file import write_page
from benchmarks.report.payload import describe_run
from benchmarks.report.teaching import teach
from simulator.dataset import Dataset


def make_report(
    dataset: Dataset,
    others: Sequence[Dataset] = (),
    extras: dict[str, Any] | None = None,
    limits: Limits | None = None,
    lesson: ReadLesson | None = None,
) -> str:
    """Return the page about a dataset, and about others beside it.

    Parameters
    ----------
    dataset : Dataset
        The main run; all views show it.
    others : sequence of Dataset
        Runs of the same seed to set beside it; the same accounts are drawn.
    extras : dict, optional
        ``scores`` and ``alerts``, as their scripts want them.
    limits : Limits, optional
        How much is drawn at most.
    lesson : ReadLesson, optional
        Guided steps, which open with the page.
    """
    main = describe_run(dataset, limits)
    runs = [main, *(describe_run(other, limits, main.account_ids) for other in others)]
    taught, sealed = teach([dataset, *others], runs, lesson)
    main.truth.update(sealed)
    return write_page([run.visible for run in runs], [run.truth for run in runs], {**taught, **(extras or {})})


def save_report(page: str, out: Path) -> None:
    """Write the page, whole or not at all."""
    partial = out.with_name(f".{out.name}.partial")
    partial.write_text(page, encoding="utf-8")
    partial.replace(out)
