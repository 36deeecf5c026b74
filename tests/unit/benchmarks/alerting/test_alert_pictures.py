"""What the pictures show of a made-up rehearsal: which worlds, which marks, and names that keep apart."""

import pytest

from benchmarks.alerting.alert_timeline import choose_worlds, draw_timeline
from benchmarks.alerting.event_labels import place_labels
from benchmarks.alerting.plain_names import fold_name, show_plainly
from benchmarks.alerting.threshold_curve import draw_threshold_curve, list_sweeps
from tests.unit.benchmarks.alerting.made_up_found import make_found, make_rule, make_world


@pytest.mark.parametrize(
    ("n_rules", "n_worlds", "n_shown"), [(1, 20, 3), (8, 20, 3), (13, 20, 2), (20, 20, 1), (1, 1, 1)]
)
def test_picture_shows_as_many_worlds_as_leave_rows_readable(n_rules, n_worlds, n_shown):
    rules = [make_rule(f"rule_{place}") for place in range(n_rules)]
    assert len(choose_worlds(make_found(*rules, n_worlds=n_worlds))) == n_shown


@pytest.mark.parametrize("width", [3.0, 6.0, 12.0])
def test_names_of_events_do_not_overlap(width):
    labels = place_labels(make_world(["loud"]), width)
    assert [label.text for label in labels] == ["teaser", "embargo lift, car launch"]
    by_level = {label.level: label.span for label in labels}
    assert len(by_level) == len(labels) or labels[0].span[1] < labels[1].span[0]


def test_line_of_an_event_crosses_no_name_below_its_own():
    labels = place_labels(make_world(["loud"]), 4.0)
    for label in labels:
        crossed = [o for o in labels if o is not label and o.level < label.level and o.span[0] < label.x < o.span[1]]
        assert crossed == []


def test_launch_without_an_event_is_named():
    world = make_world(["loud"]) | {"events": []}
    assert [(label.text, label.is_launch) for label in place_labels(world, 9.0)] == [("launch", True)]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("short", "short"), ("loud_and_copied", "loud_and_\ncopied"), ("a" * 30, "a" * 10 + "\n" + "a" * 9 + "…")],
)
def test_long_names_are_folded_and_cut(name, shown):
    assert fold_name(name, 10) == shown


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\u200b", "\x1b", "\n"])
def test_what_cannot_be_seen_is_written_out(hidden):
    assert show_plainly(f"a{hidden}b") == f"a\\u{ord(hidden):04x}b"


def test_timeline_has_a_row_for_every_rule_and_a_mark_for_every_kind():
    found = make_found(make_rule("first"), make_rule("$second$"))
    figure = draw_timeline(found, found["worlds"])
    volume, rules = figure.axes
    assert [label.get_text() for label in rules.get_yticklabels()] == ["first", "$second$"]
    looks = {(line.get_marker(), line.get_color()) for line in rules.get_lines() if line.get_marker() != "None"}
    assert len(looks) == 4
    assert volume.get_ylabel() == "mentions\na day"


def test_only_rules_at_several_thresholds_are_swept():
    rules = [make_rule("copies 0.1", sweep="copies"), make_rule("copies 0.2", sweep="copies"), make_rule("plain")]
    assert [(name, len(of)) for name, of in list_sweeps(make_found(*rules)).items()] == [("copies", 2)]
    assert draw_threshold_curve(make_found(make_rule())) is None


def test_threshold_curve_names_thresholds_and_draws_the_never_found_above_all():
    rules = [
        make_rule("copies 0.1", sweep="copies", false_alarms_per_day=0.5),
        make_rule("copies 0.9", sweep="copies", time_to_detect_hours=None, false_alarms_per_day=0.0),
    ]
    (axes,) = draw_threshold_curve(make_found(*rules)).axes
    assert {"0.1", "0.9"} <= {text.get_text() for text in axes.texts}
    heights = next(line.get_ydata() for line in axes.get_lines() if line.get_linewidth() == 1.8)
    assert heights[0] == 4.0
    assert heights[1] > 9.0
