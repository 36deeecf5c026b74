"""Lessons: what a file may say, what is refused and how, and how one is fitted to a world."""

import json

import pytest

from benchmarks.report.lesson_file import FACTS, Said, list_lessons, load_lesson
from benchmarks.report.lesson_part import _find_right, choose_account, fit_lesson, seal_answers
from simulator.errors import InputError, ScenarioError

_TEXT = {"en": "Look.", "zh": "看。"}
_NOTE = dict.fromkeys(("preparation", "timing", "questions", "expected", "simplified", "sources"), _TEXT)
_DAY = 86_400_000


def _make(**pieces):
    step = {"title": _TEXT, "text": _TEXT, **pieces}
    return {"lesson": 1, "title": _TEXT, "minutes": 5, "note": _NOTE, "steps": [step]}


def _load(tmp_path, content):
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return load_lesson(str(path))


def _ask(fact="operated_percent", values=(1, 10, 50)):
    choices = [{"value": value, "en": str(value), "zh": str(value)} for value in values]
    return {"ask": _TEXT, "fact": fact, "choices": choices, "told": _TEXT}


@pytest.mark.parametrize(
    ("pieces", "complaint"),
    [
        ({"show": {"time": "yesterday"}}, "steps.0.show.time: must be a time, got"),
        ({"show": {"select": "fans"}}, "steps.0.show.select: must be one of nobody, brand"),
        ({"show": {"veiw": "picture"}}, "steps.0.show.veiw: must be a known key, got 'veiw'. Did you mean 'view'?"),
        ({"show": {"view": "movie"}}, "steps.0.show.view: must be 'picture', 'accounts'"),
        ({"show": {"until": "launch"}}, "steps.0.show: must play when it has 'until'. Add play: true."),
        ({"show": {"speed": 0}}, "steps.0.show.speed: must be above 0, got 0"),
        ({"title": {"en": "Look."}}, "steps.0.title.zh: must be given"),
        ({"text": 7}, "steps.0.text: must be a mapping, got 7"),
        ({"question": _ask("operated")}, "steps.0.question.fact: must be a fact that the truth holds, got 'operated'"),
        ({"question": _ask("most_used_tactic")}, "steps.0.question: must have words to choose for most_used_tactic"),
        ({"question": _ask(values=(1,))}, "steps.0.question.choices: must have at least 2 entries"),
    ],
)
def test_mistakes_are_told_with_file_line_path_and_rule(tmp_path, pieces, complaint):
    with pytest.raises(InputError) as refused:
        _load(tmp_path, _make(**pieces))
    message = str(refused.value)
    assert message.startswith(f"{tmp_path / 'mine.yaml'}:")
    assert complaint in message
    assert message.split(":")[1].isdigit()


def test_all_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as refused:
        _load(tmp_path, _make(show={"time": "noon", "speed": -1}))
    assert len(refused.value.problems) == 2


def test_an_unknown_name_lists_the_nearest_lesson():
    with pytest.raises(InputError, match=r"--lesson: must be a YAML file or .*'campain'. Did you mean 'campaign'\?"):
        load_lesson("campain")


@pytest.mark.parametrize("name", sorted(list_lessons()))
def test_shipped_lesson_has_its_length_a_note_and_known_facts(name):
    lesson = load_lesson(name).content
    assert lesson.minutes == {"campaign": 20, "hard_negatives": 30, "stopped": 30}[name]
    assert f"--lesson {name}" in lesson.note.preparation.en
    assert f"--lesson {name}" in lesson.note.preparation.zh
    told = [step.text for step in lesson.steps if step.show.reveal] + [
        s.question.told for s in lesson.steps if s.question
    ]
    assert {word for text in told for word in _find_braces(text)} <= set(FACTS)


@pytest.mark.parametrize("name", sorted(list_lessons()))
def test_facts_are_told_only_where_the_truth_is_shown(name):
    lesson = load_lesson(name).content
    assert not [step.title.en for step in lesson.steps if not step.show.reveal and _find_braces(step.text)]


def _find_braces(text: Said) -> set[str]:
    import re

    return set(re.findall(r"{(\w+)}", text.en)) | set(re.findall(r"{(\w+)}", text.zh))


def _make_world():
    visible = {
        "world": {"start": 0, "end": 10 * _DAY, "launch": 7 * _DAY},
        "accounts": {"brand_posts": [5, 2, 9, 7, 1], "posts": [5, 20, 9, 70, 10]},
    }
    codes = {"words": ["fan", "news_bot"], "codes": [0, 0, -1, 1, -1]}
    squads = {"words": ["loud", "careful"], "codes": [-1, -1, 0, -1, 1]}
    truth = {
        "accounts": {"operated": [0, 0, 1, 0, 1], "segment": codes, "squad": squads},
        "pushes": [{"start": 3 * _DAY, "posts": 5}, {"start": 2 * _DAY, "posts": 4}],
    }
    return visible, truth


_FACTS = {
    "operated_accounts": 2,
    "operated_percent": 12.0,
    "most_used_tactic": "misinformation",
    "passed_on_posts": None,
}


@pytest.mark.parametrize(
    ("time", "minute"),
    [("start", 0), ("launch", 7 * 1440), ("T-2d", 5 * 1440), ("T+2h", 7 * 1440 + 120), ("first_push", 2 * 1440),
     ("busiest_push", 3 * 1440), ("T-7d 09:00", 540)],
)  # fmt: skip
def test_times_are_found_in_the_world(tmp_path, time, minute):
    lesson = _load(tmp_path, _make(show={"time": time}))
    fitted = fit_lesson(lesson, *_make_world(), _FACTS, 1)
    assert fitted["steps"][0]["show"]["time"] == minute


def test_a_time_outside_of_the_run_is_refused_with_its_line(tmp_path):
    lesson = _load(tmp_path, _make(show={"time": "T-8d"}))
    with pytest.raises(
        InputError, match=r"mine.yaml:\d+:\d+: steps.0.show.time: must be a time within the run, got T-8d"
    ):
        fit_lesson(lesson, *_make_world(), _FACTS, 1)


@pytest.mark.parametrize(
    ("wanted", "place"), [("fan", 0), ("news_bot", 3), ("operated", 2), ("careful", 4), ("nobody", -1), ("critic", -1)]
)
def test_accounts_are_found_in_the_world(wanted, place):
    assert choose_account(wanted, *_make_world()) == place


@pytest.mark.parametrize(
    ("fact", "values", "right"),
    [
        ("operated_percent", (1, 10, 50), 1),
        ("operated_percent", (11, 13), 0),
        ("most_used_tactic", ("community_division", "misinformation"), 1),
        ("most_used_tactic", ("community_division", "unfavourable_comparison"), -1),
        ("passed_on_posts", (1, 2), -1),
    ],
)
def test_right_answer_comes_from_the_truth(tmp_path, fact, values, right):
    question = _load(tmp_path, _make(question=_ask(fact, values))).content.steps[0].question
    assert _find_right(question, _FACTS) == right


def test_answers_are_sealed_and_not_in_the_lesson(tmp_path):
    lesson = _load(tmp_path, _make(question=_ask()))
    shown = fit_lesson(lesson, *_make_world(), _FACTS, 1)["steps"][0]["question"]
    assert set(shown) == {"ask", "choices"}
    assert seal_answers(lesson, _FACTS) == {"0": {"right": 1, "told": _TEXT}}


@pytest.mark.parametrize(
    ("needs", "facts", "complaint"),
    [("campaign", {"operated_accounts": 0}, "must be given a world with a campaign, got none"),
     ("compare", _FACTS, "must be given runs to compare, got none. Add --compare DATASET2.")],
)  # fmt: skip
def test_lesson_says_what_it_needs(tmp_path, needs, facts, complaint):
    lesson = _load(tmp_path, _make() | {"needs": [needs]})
    with pytest.raises(InputError, match=complaint):
        fit_lesson(lesson, *_make_world(), facts, 1)


def test_unknown_fact_in_a_text_is_refused_with_its_neighbour(tmp_path):
    made = _make()
    made["steps"][0]["text"] = {"en": "There are {squad} of them.", "zh": "{squads}"}
    with pytest.raises(ScenarioError, match=r"steps\.0\.text: must have facts in braces, not {squad}.*'squads'"):
        _load(tmp_path, made)
