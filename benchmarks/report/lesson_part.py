"""Fits a lesson to the runs that are shown: its times, its accounts, and, sealed, its answers."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.report.lesson_file import FACTS, WORDS, Question, ReadLesson, Step
from simulator.errors import InputError
from simulator.scenario.times import LaunchClock, When

Payload = dict[str, Any]
_MINUTE_MS = 60_000


def fit_lesson(lesson: ReadLesson, visible: Payload, truth: Payload, facts: Payload, n_runs: int) -> Payload:
    """Return the lesson as the page shows it: texts, and what each step sets.

    Parameters
    ----------
    lesson : ReadLesson
    visible, truth : dict
        The two parts of the main run.
    facts : dict
        Of the main run, from `find_facts`.
    n_runs : int
        How many runs the page has.

    Raises
    ------
    InputError
        When a time is outside of the run, or what the lesson needs is not there.
    """
    _check_needs(lesson, facts, n_runs)
    steps = [_fit_step(lesson, place, visible, truth) for place in range(len(lesson.content.steps))]
    return {**lesson.content.model_dump(include={"title", "minutes", "note"}), "steps": steps}


def seal_answers(lesson: ReadLesson, facts: Payload) -> dict[str, Payload]:
    """Return the right choice and the told text of each question, by the place of its step; -1 where undefined."""
    return {
        str(place): {"right": _find_right(step.question, facts), "told": step.question.told.model_dump()}
        for place, step in enumerate(lesson.content.steps)
        if step.question is not None
    }


def _check_needs(lesson: ReadLesson, facts: Payload, n_runs: int) -> None:
    needs = lesson.content.needs
    if "campaign" in needs and not facts["operated_accounts"]:
        raise InputError(f"{lesson.path}: must be given a world with a campaign, got none. Give another DATASET.")
    if "compare" in needs and n_runs < 2:
        raise InputError(f"{lesson.path}: must be given runs to compare, got none. Add --compare DATASET2.")


def _find_right(question: Question, facts: Payload) -> int:
    fact = facts.get(question.fact)
    values = [choice.value for choice in question.choices]
    if fact is None:
        return -1
    if question.fact in WORDS:
        return values.index(fact) if fact in values else -1
    return min(range(len(values)), key=lambda place: abs(float(values[place]) - fact))


def _fit_step(lesson: ReadLesson, place: int, visible: Payload, truth: Payload) -> Payload:
    step: Step = lesson.content.steps[place]
    show = step.show
    fitted: Payload = {"view": show.view, "playing": show.play, "tables": show.tables}
    for name in ("time", "until"):
        text = getattr(show, name)
        if text is not None:
            fitted[name] = _find_minute(lesson, ("steps", place, "show", name), text, visible, truth)
    if show.speed is not None:
        fitted["speed"] = show.speed
    if show.reveal is not None:
        fitted["revealed"] = show.reveal
    if show.select is not None:
        fitted["selected"] = choose_account(show.select, visible, truth)
    asked = step.question and step.question.model_dump(include={"ask", "choices"})
    return {"title": step.title.model_dump(), "text": step.text.model_dump(), "show": fitted, "question": asked}


def _find_minute(lesson: ReadLesson, path: tuple[Any, ...], text: str, visible: Payload, truth: Payload) -> float:
    world, pushes = visible["world"], truth["pushes"]
    moments = {"start": world["start"], "launch": world["launch"], "end": world["end"]}
    if pushes:
        busiest = max(pushes, key=lambda push: push["posts"])
        moments |= {"first_push": min(push["start"] for push in pushes), "busiest_push": busiest["start"]}
        moments["last_push"] = max(push["start"] for push in pushes)
    if text in ("first_push", "busiest_push", "last_push") and not pushes:
        return 0.0
    ms = moments[text] if text in moments else When(text).resolve(_make_clock(world["launch"]))
    if not world["start"] <= ms <= world["end"]:
        raise lesson.refuse(path, "be a time within the run", text, "Give a world with more days, or another time.")
    return float((ms - world["start"]) // _MINUTE_MS)


def _make_clock(launch_ms: int) -> LaunchClock:
    """Return the clock that relative times are counted by: the page tells UTC, and so does a lesson."""
    return LaunchClock(datetime.fromtimestamp(launch_ms / 1000, UTC).replace(tzinfo=None), ZoneInfo("UTC"))


def choose_account(wanted: str, visible: Payload, truth: Payload) -> int:
    """Return the position of the drawn account of a kind that speaks most of the brand, -1 for none.

    ``careful`` is an operated account whose squad is the one with the least talk of the brand a head.
    """
    accounts, posts = truth["accounts"], visible["accounts"]["brand_posts"]
    words, codes = accounts["segment"]["words"], accounts["segment"]["codes"]
    places = range(len(codes))
    if wanted in ("operated", "careful"):
        own = [i for i in places if accounts["operated"][i]]
        if wanted == "careful":
            own = _find_careful(own, accounts, visible)
    else:
        own = [i for i in places if not accounts["operated"][i] and codes[i] >= 0 and words[codes[i]] == wanted]
    return max(own, key=lambda i: (posts[i], -i), default=-1)


def _find_careful(operated: list[int], accounts: Payload, visible: Payload) -> list[int]:
    squads: dict[int, list[int]] = {}
    for i in operated:
        squads.setdefault(accounts["squad"]["codes"][i], []).append(i)
    shares = visible["accounts"]

    def talk(members: list[int]) -> float:
        return float(sum(shares["brand_posts"][i] for i in members) / max(1, sum(shares["posts"][i] for i in members)))

    return min(squads.values(), key=talk, default=[])


def collect_told(facts: Payload) -> Payload:
    """Return the facts that texts may name, sealed until the reveal."""
    return {name: facts[name] for name in FACTS if facts.get(name) is not None}
