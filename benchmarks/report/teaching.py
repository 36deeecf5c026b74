"""What a class gets beside the pictures: bets, facts, and a lesson; each with its sealed half."""

from collections.abc import Sequence
from typing import Any

from benchmarks.report.bets import choose_bets
from benchmarks.report.evidence import collect_evidence
from benchmarks.report.lesson_file import ReadLesson
from benchmarks.report.lesson_part import collect_told, fit_lesson, seal_answers
from benchmarks.report.payload import RunPayload
from benchmarks.report.truth_facts import compare_exposures, find_facts
from simulator.dataset import Dataset
from simulator.dataset.queries import ask

Payload = dict[str, Any]


def teach(
    datasets: Sequence[Dataset], runs: Sequence[RunPayload], lesson: ReadLesson | None = None
) -> tuple[Payload, Payload]:
    """Return ``bets`` and ``lesson`` for the visible part, and ``bets``, ``facts`` and ``answers`` for the sealed one.

    Parameters
    ----------
    datasets, runs : sequences of Dataset and RunPayload, shape (n_runs,)
        The main run first.
    lesson : ReadLesson, optional
    """
    facts = collect_facts(datasets)
    main = runs[0]
    bets, sealed_bets = choose_bets(main.visible, main.truth)
    sealed_bets["evidence"] = collect_evidence(main.visible, main.truth, bets["accounts"])
    visible: Payload = {"bets": bets}
    sealed: Payload = {"bets": sealed_bets, "facts": collect_told(facts)}
    if lesson is not None:
        visible["lesson"] = fit_lesson(lesson, main.visible, main.truth, facts, len(runs))
        sealed["answers"] = seal_answers(lesson, facts)
    return visible, sealed


def collect_facts(datasets: Sequence[Dataset]) -> Payload:
    """Return the facts of the main run, and how others compare with it."""
    found = []
    for dataset in datasets:
        with ask(tables=dataset) as queries:
            found.append(find_facts(queries))
    return found[0] | compare_exposures(found[0], found[1:])
