"""What a class gets beside the pictures: bets, facts, and a lesson; each with its sealed half."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report.alerts_part import describe_alerts
from benchmarks.report.bets import choose_bets
from benchmarks.report.evidence import collect_evidence
from benchmarks.report.lesson_file import ReadLesson
from benchmarks.report.lesson_part import collect_told, fit_lesson, seal_answers
from benchmarks.report.payload import RunPayload
from benchmarks.report.scores_part import describe_scores
from benchmarks.report.sides import describe_sides
from benchmarks.report.truth_facts import compare_exposures, find_facts
from simulator.dataset import Dataset
from simulator.dataset.queries import ask

Payload = dict[str, Any]


def teach(main: RunPayload, datasets: Sequence[Dataset], lesson: ReadLesson | None = None) -> tuple[Payload, Payload]:
    """Return what is visible (``bets``, ``sides``, ``lesson``) and what is sealed (and ``facts``, ``answers``).

    Parameters
    ----------
    main : RunPayload
    datasets : sequence of Dataset
        That of `main` first, then those to compare.
    lesson : ReadLesson, optional
    """
    facts = collect_facts(datasets)
    bets, sealed_bets = choose_bets(main.visible, main.truth)
    sealed_bets["evidence"] = collect_evidence(main.visible, main.truth, bets["accounts"])
    visible: Payload = {"bets": bets}
    sealed: Payload = {"bets": sealed_bets, "facts": collect_told(facts)}
    if len(datasets) > 1:
        visible["sides"], sealed["sides"] = describe_sides(datasets)
    if lesson is not None:
        visible["lesson"] = fit_lesson(lesson, main.visible, main.truth, facts, len(datasets))
        sealed["answers"] = seal_answers(lesson, facts)
    return visible, sealed


def overlay(main: RunPayload, dataset: Dataset, scores: Sequence[Path], alerts: Path | None) -> tuple[Payload, Payload]:
    """Return ``scores`` and ``alerts``, the visible and the sealed parts, where they are given."""
    visible: Payload = {}
    sealed: Payload = {}
    for folder in scores:
        shown, hidden = describe_scores(dataset, folder, main.account_ids)
        visible.setdefault("scores", []).extend(shown)
        sealed.setdefault("scores", []).extend(hidden)
    if alerts is not None:
        visible["alerts"], sealed["alerts"] = describe_alerts(dataset, alerts)
    return visible, sealed


def collect_facts(datasets: Sequence[Dataset]) -> Payload:
    """Return the facts of the main run, and how others compare with it."""
    found = []
    for dataset in datasets:
        with ask(tables=dataset) as queries:
            found.append(find_facts(queries))
    campaigns = [facts for facts, dataset in zip(found[1:], datasets[1:], strict=True) if not dataset.is_twin]
    return found[0] | compare_exposures(found[0], campaigns)
