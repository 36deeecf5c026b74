"""The study: its questions in order, their answers from results, and the documents and figures that hold them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.scoring.run_folder import check_result_folder
from benchmarks.validity.dials import OVERLAP, PREVALENCE, SIZE, answer_dial
from benchmarks.validity.false_alarms import answer_accusations, answer_accused, answer_alerts
from benchmarks.validity.finding import Answer, Question, Table
from benchmarks.validity.ladder import answer_reach, answer_trend
from benchmarks.validity.measured_suites import MeasuredSuite, read_suite
from benchmarks.validity.rankings import answer_rankings
from benchmarks.validity.signals import answer_signals
from benchmarks.verdict.leaderboard_tables import make_table
from benchmarks.verdict.plot_style import save_figure
from simulator.errors import InputError, SmearbenchError

TEXT_FILE, JSON_FILE = "findings.md", "findings.json"
QUESTIONS = (
    Question("ladder", "Does the best baseline fall over the ladder?", "ladder", answer_trend),
    Question("signals", "Does each baseline fall on the rung that attacks its signal?", "ladder", answer_signals),
    Question("reach", "Does evasion cost the campaign reach?", "ladder", answer_reach),
    Question("prevalence", "Are rarer campaigns harder?", "prevalence", partial(answer_dial, dial=PREVALENCE)),
    Question("overlap", "Does looking organic make it harder?", "overlap", partial(answer_dial, dial=OVERLAP)),
    Question("size", "Do scores and thresholds carry over to other sizes?", "size", partial(answer_dial, dial=SIZE)),
    Question("rankings", "Do rankings of detectors carry over to other scenarios?", "catalogue", answer_rankings),
    Question("accusations", "Who accuses anybody where nothing is to be found?", "null", answer_accusations),
    Question("alerts", "Who raises alarms where nothing is to be found?", "null", answer_alerts),
    Question("accused", "Who is accused where nothing is to be found?", "null", answer_accused),
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """A question, what its suite was measured on, and the answer."""

    question: Question
    origin: dict[str, Any]
    answer: Answer

    def to_json(self) -> dict[str, Any]:
        """Return the finding for machines."""
        return {
            "name": self.question.name,
            "asks": self.question.asks,
            "suite": self.question.suite,
            "measured_on": self.origin,
            "verdict": self.answer.verdict,
            "finding": self.answer.line,
            "numbers": self.answer.numbers,
        }


def answer_all(results: Path, questions: Sequence[Question] = QUESTIONS) -> list[Finding]:
    """Return the answer to each question from a folder of results; what is not there is not measured.

    Raises
    ------
    InputError
        When there is no such folder, or results are there and cannot be read.
    """
    if not results.is_dir():
        raise InputError(f"{results}: must be a folder of results of suites, got no such folder. Give another.")
    suites = {name: read_suite(results, name) for name in dict.fromkeys(one.suite for one in questions)}
    return [_find(question, suites[question.suite]) for question in questions]


def _find(question: Question, measured: MeasuredSuite | None) -> Finding:
    answer = question.answer(measured.rows) if measured else None
    if measured is None or answer is None:
        why = "There are no results of it" if measured is None else "Its rows do not suffice"
        command = f"smearbench suite run {question.suite}"
        line = f"{why}; `{command}` makes them."
        return Finding(question, measured.origin if measured else {}, Answer("not measured", line))
    return Finding(question, measured.origin, answer)


def check_study_folder(folder: Path, *, force: bool = False) -> None:
    """Refuse a folder in use; an earlier study is renewed.

    Raises
    ------
    OutputError
        See :func:`benchmarks.scoring.run_folder.check_result_folder`.
    """
    check_result_folder(folder, force=force or (folder / JSON_FILE).is_file())


def write_study(found: Sequence[Finding], folder: Path, say: Say) -> list[Path]:
    """Write the findings and their figures, the same bytes each time, and return the files.

    Figures of an earlier study that are not drawn again are removed; without matplotlib there are none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {one.question.name: _draw(one, folder, say) for one in found}
    text, document = folder / TEXT_FILE, folder / JSON_FILE
    text.write_text(render(found, {name for name, paths in drawn.items() if paths}), encoding="utf-8")
    content = {"synthetic": True, "findings": [one.to_json() for one in found]}
    document.write_text(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    return [text, document, *(path for paths in drawn.values() for path in paths)]


def _draw(finding: Finding, folder: Path, say: Say) -> list[Path]:
    """Draw the figure of a finding in place of an earlier one."""
    name = finding.question.name
    for path in (folder / f"{name}.png", folder / f"{name}.svg"):
        path.unlink(missing_ok=True)
    if finding.answer.draw is None:
        return []
    try:
        return save_figure(finding.answer.draw(), folder, name)
    except SmearbenchError as error:
        say(f"no figure of {name}: {error}")
        return []


def render(found: Sequence[Finding], drawn: set[str]) -> str:
    """Return the findings in Markdown: all in one table first, then each with its line, figure and table."""
    overview = [(one.question.asks, one.answer.verdict, one.question.suite) for one in found]
    lines = [
        "# Does difficulty behave?",
        "",
        "Generated by `smearbench validity` from the results of suites; do not edit. All worlds are synthetic. Means "
        "over worlds with 95 % bootstrap intervals over seeds; controls (chance, oracle and the like) are left out.",
        "",
        *make_table(("question", "answer", "suite"), overview, 3),
    ]
    for one in found:
        lines += ["", *_render_one(one, one.question.name in drawn)]
    return "\n".join(lines) + "\n"


def _render_one(finding: Finding, is_drawn: bool) -> list[str]:
    question, answer = finding.question, finding.answer
    lines = [f"## {question.asks}", "", f"**{answer.verdict.capitalize()}.** {answer.line}"]
    if is_drawn:
        lines += ["", f"![{question.asks}]({question.name}.png)"]
    if answer.table:
        lines += ["", *_render_table(answer.table)]
    return lines


def _render_table(table: Table) -> list[str]:
    return make_table(table.columns, table.rows, table.n_texts)
