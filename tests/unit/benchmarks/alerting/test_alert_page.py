"""The page for the launch meeting: its verdicts by hand, and that it is one safe, self-contained document."""

import sys
from html.parser import HTMLParser

import pytest

from benchmarks.alerting.alert_page import render_page
from benchmarks.alerting.rehearsal_folder import write_rehearsal
from benchmarks.alerting.rule_verdicts import Verdict, beats_chance, count_false, join_rules, judge_rules
from tests.unit.benchmarks.alerting.made_up_found import make_found, make_rule, make_wave

SURE = {"detection_rate": (0.4, 0.6), "time_to_detect_hours": (3.0, 5.0), "false_alarms_per_day": (0, 1)}


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({}, Verdict.keep),
        ({"false_alarms_per_day": 1.5}, Verdict.quieten),
        ({"twin_alarms_per_day": 1.5}, Verdict.quieten),
        ({"random_detection_rate": 0.5, "random_time_to_detect_hours": 3.0}, Verdict.drop),
        ({"n_true_episodes": 0, "n_false_episodes": 0}, Verdict.silent),
        ({"n_waves": 0}, Verdict.keep),
        ({"n_waves": 0, "false_alarms_per_day": 3.0}, Verdict.quieten),
    ],
)
def test_rule_is_kept_when_it_beats_chance_within_the_budget(figures, verdict):
    assert judge_rules(make_found(make_rule(**figures)), 1.0)[0].verdict == verdict


@pytest.mark.parametrize(
    ("figures", "is_better"),
    [
        ({"random_detection_rate": 0.45}, True),
        ({"random_detection_rate": 0.5}, True),
        ({"random_detection_rate": 0.5, "random_time_to_detect_hours": 4.0}, False),
        ({"random_detection_rate": 0.6}, False),
        ({"random_detection_rate": 0.45, "random_time_to_detect_hours": 4.5, "intervals": SURE}, False),
        ({"random_detection_rate": 0.39, "intervals": SURE}, True),
        ({"random_detection_rate": 0.45, "random_time_to_detect_hours": 5.5, "intervals": SURE}, True),
        ({"random_detection_rate": 0.5, "random_time_to_detect_hours": None}, True),
    ],
)
def test_better_than_chance_is_more_waves_or_sooner_without_fewer(figures, is_better):
    assert (beats_chance(make_rule(**figures)) is not None) == is_better


def test_kept_rules_together_find_a_wave_by_the_first_of_them():
    found = make_found(make_rule("first"), make_rule("second"))
    found["worlds"][0]["rules"][0]["waves"] = [make_wave(0, 6.0), make_wave(1, None)]
    found["worlds"][0]["rules"][1]["waves"] = [make_wave(0, 2.0), make_wave(1, 10.0)]
    together = join_rules(found, found["rules"])
    assert (together.n_waves, together.n_detected, together.hours, together.shown_share) == (2, 2, 2.0, 0.06)
    assert together.false_per_day == 2 * count_false(make_rule())


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.addresses = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href", "xlink:href", "style")]


def test_names_and_summaries_of_users_are_escaped():
    rule = make_rule("<img src=x onerror=alert(1)>\u202e", summary="<script>alert(1)</script>&\u2066")
    page = render_page(make_found(rule), None)
    elements = _Elements()
    elements.feed(page)
    assert not {"img", "script"} & set(elements.tags)
    assert "\u202e" not in page
    assert "\u2066" not in page
    assert "&lt;script&gt;" in page


def test_page_is_self_contained_and_says_what_it_is(tmp_path):
    names = [path.name for path in write_rehearsal(make_found(make_rule("a<b")), tmp_path, 1.0)]
    assert names == ["alerts.json", "alerts.html", "alerts.png", "alerts.svg"]
    page = (tmp_path / "alerts.html").read_text(encoding="utf-8")
    elements = _Elements()
    elements.feed(page)
    assert {"svg", "table", "caption", "main"} <= set(elements.tags)
    assert not {"script", "link", "img", "iframe"} & set(elements.tags)
    assert not [address for address in elements.addresses if address and "//" in address]
    for text in ("Synthetic data", "What not to conclude", "Keep", "prefers-color-scheme: dark", "size: A4"):
        assert text in page


def test_without_matplotlib_there_is_a_page_without_a_picture_and_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    names = [path.name for path in write_rehearsal(make_found(), tmp_path, 1.0)]
    assert names == ["alerts.json", "alerts.html"]
    assert capsys.readouterr().err == "Plots need matplotlib, which is missing: pip install 'smearbench[plots]'.\n"
    assert "<svg" not in (tmp_path / "alerts.html").read_text()


def test_pictures_and_page_are_equal_byte_by_byte(tmp_path):
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        contents.append([path.read_bytes() for path in write_rehearsal(make_found(), tmp_path / name, 1.0)])
    assert contents[0] == contents[1]
