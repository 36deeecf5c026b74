"""Lines of alerts: which moments are taken, which are ambiguous, and how wrong lines are named."""

import pytest

from benchmarks.alerting.alert_lines import Alert, parse_alert, read_alerts, read_moment, read_name
from simulator.errors import InputError

NOON = 1_747_911_600_000


@pytest.mark.parametrize(
    "value",
    [
        "2025-05-22T19:00:00+08:00",
        "2025-05-22T11:00:00Z",
        "2025-05-22T11:00:00.000000009Z",  # Prometheus writes nanoseconds
        1_747_911_600,
        1_747_911_600.0,
        1_747_911_600_000,
    ],
)
def test_moment_is_read(value):
    assert read_moment(value) == NOON


@pytest.mark.parametrize(
    "value",
    [
        *("2025-05-22T11:00:00", "2025-05-22", "1747911600", "noon", ""),
        *(0, -1, 1.7e10, 1.7e15, 1.7e18, float("nan"), float("inf")),
        *(None, True, [NOON], {}),
    ],
)
def test_moment_that_could_be_another_is_refused(value):
    with pytest.raises(ValueError, match=r"time: must be ISO 8601 with a zone, or a number of seconds .*, got"):
        read_moment(value)


@pytest.mark.parametrize("value", ["", "  ", "a" * 201, "two\nlines", "\x1b[31m", "\ud800", None, 7])
def test_name_that_nobody_could_read_is_refused(value):
    with pytest.raises(ValueError, match="name: must be a text of 1 to 200 characters"):
        read_name(value)


def test_other_members_are_left_aside():
    assert parse_alert({"time": NOON, "name": " x ", "severity": 3, "kind": "else"}) == Alert(NOON, "x")


def test_alert_without_time_is_of_when_it_came_only_where_that_is_known():
    assert parse_alert({"name": "x"}, default_ms=NOON) == Alert(NOON, "x")
    with pytest.raises(ValueError, match="got none"):
        parse_alert({"name": "x"})


@pytest.mark.parametrize("alert", [Alert(NOON, "漏 \\ \" '"), Alert(NOON, "petition", "crisis")])
def test_line_is_read_as_it_was_written(tmp_path, alert):
    (tmp_path / "a").write_text(alert.to_line(), encoding="utf-8")
    assert read_alerts(tmp_path / "a") == [alert]


def test_alerts_come_in_the_order_of_time(tmp_path):
    (tmp_path / "a").write_text(Alert(NOON, "b").to_line() + "\n" + Alert(NOON - 1, "a").to_line())
    assert [alert.name for alert in read_alerts(tmp_path / "a")] == ["a", "b"]


def test_all_wrong_lines_are_named_at_once(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(
        b'{"time": 5, "name": "x"}\n\n{"time": 1747911600, "name": "x"}\nnonsense\n[]\n\xff\n' + b"[" * 9999
    )
    with pytest.raises(InputError) as caught:
        read_alerts(path)
    assert [str(problem).partition(": ")[0] for problem in caught.value.problems] == [
        f"{path}:{line}" for line in (1, 4, 5, 6, 7)
    ]


def test_a_file_of_nonsense_is_told_in_short(tmp_path):
    (tmp_path / "a").write_text("x\n" * 500)
    with pytest.raises(InputError, match="480 more lines are wrong") as caught:
        read_alerts(tmp_path / "a")
    assert len(caught.value.problems) == 21


def test_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="must be a file of alerts, got No such file"):
        read_alerts(tmp_path / "a")
