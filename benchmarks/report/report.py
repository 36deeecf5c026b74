"""Makes the page about a dataset."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report.drawn import Limits
from benchmarks.report.lesson_file import ReadLesson
from benchmarks.report.page_file import write_page
from benchmarks.report.payload import describe_run
from benchmarks.report.sides import check_sides
from benchmarks.report.teaching import overlay, teach
from benchmarks.whole_file import write_whole
from simulator.dataset import Dataset
from simulator.errors import OutputError


def make_report(
    dataset: Dataset,
    others: Sequence[Dataset] = (),
    extras: dict[str, Any] | None = None,
    limits: Limits | None = None,
    lesson: ReadLesson | None = None,
    scores: Sequence[Path] = (),
    alerts: Path | None = None,
) -> str:
    """Return the page about a dataset, and about others beside it.

    Parameters
    ----------
    dataset : Dataset
        The main run; all views show it.
    others : sequence of Dataset
        Runs of the same seed to set side by side with it, in figures.
    extras : dict, optional
        Further visible parts, as their scripts want them.
    limits : Limits, optional
        How much is drawn at most.
    lesson : ReadLesson, optional
        Guided steps, which open with the page.
    scores : sequence of Path
        Folders of runs with scores of the main dataset.
    alerts : Path, optional
        An alerts.json about the main dataset.
    """
    check_sides(dataset, others)
    main = describe_run(dataset, limits)
    taught, sealed = teach(main, [dataset, *others], lesson)
    watched, sealed_too = overlay(main, dataset, scores, alerts)
    main.truth.update(sealed | sealed_too)
    return write_page([main.visible], [main.truth], {**taught, **watched, **(extras or {})})


def save_report(page: str, out: Path) -> None:
    """Write the page, whole or not at all.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    try:
        write_whole(out, page.encode())
    except OSError as error:
        raise OutputError(f"{out}: must be a file to write: {error.strerror}. Give another -o.") from error
