"""What a lesson is: steps that say what to show and what to ask, in two languages; read from YAML and checked whole."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError, model_validator

from benchmarks.report.lesson_problems import explain
from simulator.errors import InputError, Problem, ScenarioError
from simulator.scenario.load import find_shipped
from simulator.scenario.parts import Part
from simulator.scenario.reader import Document, Place, read_file
from simulator.scenario.times import When, broken
from simulator.scenario.wording import nearest

SHIPPED = Path(__file__).parent / "lessons"
# What a time may be called besides T-7d and the like; each is found in the world that is shown.
MOMENTS = ("start", "launch", "end", "first_push", "busiest_push", "last_push")
# Accounts that a step may choose; each is found in the world that is shown.
CHOSEN = ("nobody", "brand", "operated", "careful", "fan", "news_bot", "customer", "critic", "journalist", "marketing")
NUMBERS = (
    *("operated_accounts", "operated_percent", "pushes", "squads", "commanded_posts", "commanded_percent"),
    *("passed_on_posts", "exposures", "reached_percent", "least_exposed_percent", "most_exposed_percent"),
)
WORDS = ("most_used_tactic", "most_reached_segment", "organic_copiers")
FACTS = (*NUMBERS, *WORDS)
# What the page fills in (lesson_question.js).
_FILLED = re.compile(r"\{(\w+)\}", re.ASCII)


def _check_time(text: str) -> str:
    if text not in MOMENTS:
        When(text)
    return text


def _check_fact(name: str) -> str:
    if name not in FACTS:
        raise broken("be a fact that the truth holds", nearest(name, FACTS))
    return name


def _check_chosen(name: str) -> str:
    if name not in CHOSEN:
        raise broken(f"be one of {', '.join(CHOSEN)}", nearest(name, CHOSEN))
    return name


Time = Annotated[str, AfterValidator(_check_time)]
Fact = Annotated[str, AfterValidator(_check_fact)]
Chosen = Annotated[str, AfterValidator(_check_chosen)]
Sentence = Annotated[str, Field(min_length=1, max_length=1_200)]
Board = Literal["picture", "accounts", "spikes", "when", "sides", "detectors"]


class Said(Part):
    """A text in both languages of the page."""

    en: Sentence = Field(description="English.")
    zh: Sentence = Field(description="Chinese.")

    @model_validator(mode="after")
    def _check(self) -> "Said":
        for name in _FILLED.findall(f"{self.en} {self.zh}"):
            if name not in FACTS:
                raise broken(f"have facts in braces, not {{{name}}}", nearest(name, FACTS))
        return self


class Show(Part):
    """What a step shows; what is left out stays as it is."""

    view: Board = Field("picture", description="The picture, a bet, runs side by side, or detectors.")
    time: Time | None = Field(None, description="T-7d, T-2d 09:00, T+2h, or a moment as first_push.")
    until: Time | None = Field(None, description="Where playing stops.")
    play: bool = Field(False, description="Whether time runs.")
    speed: Annotated[float, Field(gt=0, le=192)] | None = Field(None, description="Simulated hours a second.")
    select: Chosen | None = Field(None, description="An account whose card is opened.")
    reveal: bool | None = Field(None, description="Whether the truth is shown.")
    tables: bool = Field(False, description="Whether the tables are shown.")

    @model_validator(mode="after")
    def _check(self) -> "Show":
        if self.until is not None and not self.play:
            raise broken("play when it has 'until'", "Add play: true.")
        return self


class Choice(Part):
    """One answer to choose: a number, or a word with its name in both languages."""

    value: float | str = Field(description="What is compared with the truth.")
    en: Sentence | None = Field(None, description="How it reads in English; left out, the number.")
    zh: Sentence | None = Field(None, description="How it reads in Chinese.")


_Choices = Annotated[tuple[Choice, ...], Field(strict=False, min_length=2, max_length=6)]


class Question(Part):
    """A question whose right answer is taken from the truth: of numbers the nearest, of words the same."""

    ask: Said = Field(description="The question.")
    fact: Fact = Field(description="What the truth is asked for.")
    choices: _Choices = Field(description="Two to six.")
    told: Said = Field(description="What is said with the answer; {operated_percent} and the like are filled in.")

    @model_validator(mode="after")
    def _check(self) -> "Question":
        wanted = str if self.fact in WORDS else int | float
        if not all(isinstance(choice.value, wanted) for choice in self.choices):
            raise broken(f"have {'words' if self.fact in WORDS else 'numbers'} to choose for {self.fact}")
        if self.fact in WORDS and any(choice.en is None or choice.zh is None for choice in self.choices):
            raise broken("name each word to choose in en and zh")
        return self


class Step(Part):
    """One thing to see and to talk about."""

    title: Said = Field(description="Its heading.")
    text: Said = Field(description="What to see; facts in braces are filled in where the truth is shown.")
    show: Show = Field(default_factory=Show, description="What is shown.")
    question: Question | None = Field(None, description="A question to the class.")


class Note(Part):
    """What a teacher should know before."""

    preparation: Said
    timing: Said
    questions: Said
    expected: Said = Field(description="What they usually answer.")
    simplified: Said = Field(description="What the model leaves out.")
    sources: Said


_Steps = Annotated[tuple[Step, ...], Field(strict=False, min_length=1, max_length=60)]
_Needs = Annotated[tuple[Literal["campaign", "compare"], ...], Field(strict=False)]


class Lesson(Part):
    """Steps with a teacher's note."""

    lesson: Literal[1] = Field(description="Version of this format.")
    title: Said = Field(description="The lesson's name.")
    minutes: Annotated[int, Field(ge=1, le=240)] = Field(description="How long it takes, with talk.")
    needs: _Needs = Field((), description="What must be there: a campaign, other runs to compare.")
    note: Note = Field(description="For the teacher.")
    steps: _Steps = Field(description="In their order.")


class ReadLesson:
    """A checked lesson, and where in the file everything stands."""

    def __init__(self, document: Document, content: Lesson) -> None:
        self.content = content
        self.path = document.file
        self._document = document

    def refuse(self, path: Place, rule: str, value: str = "", advice: str = "") -> InputError:
        """Return the error of something that turns out wrong later."""
        mark = self._document.mark(path)
        return InputError(Problem(mark.file, mark.line, mark.column, ".".join(map(str, path)), rule, value, advice))


def list_lessons() -> dict[str, Path]:
    """Return the shipped lessons by name."""
    return {path.stem: path for path in sorted(SHIPPED.glob("*.yaml"))}


def load_lesson(path_or_name: str) -> ReadLesson:
    """Return the lesson of a YAML file, or the shipped one of that name.

    Raises
    ------
    InputError
        With every mistake of the file.

    Examples
    --------
    >>> load_lesson("campaign").content.minutes
    20
    """
    path = Path(path_or_name)
    if path.suffix not in (".yaml", ".yml"):
        path = find_shipped(path_or_name, list_lessons(), "--lesson", "a shipped lesson")
    document = read_file(path)
    content = _validate(document)
    if document.problems or content is None:
        raise ScenarioError(*sorted(document.problems))
    return ReadLesson(document, content)


def _validate(document: Document) -> Lesson | None:
    try:
        return Lesson.model_validate(document.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            explain(document, dict(detail), _find_keys)
    return None


def _find_keys(path: tuple[Any, ...]) -> list[str]:
    """Return the keys that the mapping at a path may have."""
    kinds: dict[str, type[Part]] = {
        "steps": Step, "show": Show, "question": Question, "choices": Choice, "note": Note
    }  # fmt: skip
    names = [name for name in path if isinstance(name, str)]
    if not names:
        return list(Lesson.model_fields)
    return list((kinds.get(names[-1]) or Said).model_fields)
