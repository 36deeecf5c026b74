"""Times: what may be written, and which moment it means."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from simulator.scenario.times import LaunchClock, When, find_zone, parse_wall

SHANGHAI = LaunchClock(datetime(2025, 5, 22, 19), ZoneInfo("Asia/Shanghai"))
BERLIN = LaunchClock(datetime(2025, 4, 2, 2, 30), ZoneInfo("Europe/Berlin"))


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("T", "2025-05-22 11:00"),
        ("T-160d", "2024-12-13 11:00"),
        ("T-7d 09:00", "2025-05-15 01:00"),
        ("T+0d 00:00", "2025-05-21 16:00"),
        ("T 23:30", "2025-05-22 15:30"),
        ("T+2h", "2025-05-22 13:00"),
        ("T-90m", "2025-05-22 09:30"),
        ("2025-05-22 19:00 Asia/Shanghai", "2025-05-22 11:00"),
        ("2025-05-22 19:00 Europe/Berlin", "2025-05-22 17:00"),
        ("2025-05-22T19:00:30+08:00", "2025-05-22 11:00:30"),
        ("2025-05-22T19:00-05:30", "2025-05-23 00:30"),
        ("2025-05-22T19:00:00Z", "2025-05-22 19:00"),
    ],
)
def test_time_means_its_moment(text: str, moment: str) -> None:
    assert When(text).resolve(SHANGHAI) == utc(moment)


def test_calendar_days_keep_the_wall_time_across_a_clock_change() -> None:
    summer = LaunchClock(datetime(2025, 4, 10, 12), ZoneInfo("Europe/Berlin"))
    assert When("T-20d").resolve(summer) == utc("2025-03-21 11:00")


def test_elapsed_hours_do_not_care_for_a_clock_change() -> None:
    assert When("T-96h").resolve(BERLIN) == BERLIN.ms - 96 * 3_600_000


def test_skipped_wall_time_falls_as_much_after_the_change() -> None:
    assert When("T-3d").resolve(BERLIN) == utc("2025-03-30 01:30")
    assert When("2025-03-30 03:30 Europe/Berlin").resolve(BERLIN) == utc("2025-03-30 01:30")


def test_wall_time_that_happens_twice_is_the_first() -> None:
    assert When("2025-10-26 02:30 Europe/Berlin").resolve(BERLIN) == utc("2025-10-26 00:30")


def test_launch_in_a_gap_is_one_moment() -> None:
    clock = LaunchClock(datetime(2025, 3, 30, 2, 30), ZoneInfo("Europe/Berlin"))
    assert clock.ms == When("T").resolve(clock) == utc("2025-03-30 01:30")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2025-05-22 19:00", "must have a zone"),
        ("2025-05-22T19:00:00", "must have a zone"),
        ("2025-05-22", "must be a time"),
        ("yesterday", "must be a time"),
        ("T-7", "must be a time"),
        ("T-7d 9:00", "must be a time"),
        ("t-7d", "must be a time"),
        ("T-7.5d", "must be a time"),
        ("T-999999d", "must be a time"),
        ("T-2h 09:00", "must be a time"),
        ("", "must be a time"),
        ("T-7d 24:00", "must have a wall time from 00:00 to 23:59"),
        ("T-7d 12:60", "must have a wall time from 00:00 to 23:59"),
        ("2025-02-29 10:00 UTC", "must be a day and minute that exist"),
        ("2025-02-28 25:00 UTC", "must be a day and minute that exist"),
        ("1500-02-28 10:00 UTC", "must be a day and minute that exist"),
        ("2025-05-22 19:00 Mars/Base", "must name a time zone that exists"),
        ("2025-05-22T19:00+99:00", "must name a time zone that exists"),
        ("T-\u0667d", "must be a time"),
    ],
)
def test_what_is_no_time_is_refused(text: str, rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        When(text)


def test_time_keeps_its_text() -> None:
    assert str(When("T-7d 09:00")) == "T-7d 09:00"


@pytest.mark.parametrize("name", ["../etc/passwd", "/etc/localtime", "localtime", "right/UTC", "Asia", "", "UTC\n"])
def test_what_is_no_portable_zone_is_none(name: str) -> None:
    assert find_zone(name) is None


@pytest.mark.parametrize("text", ["2025-05-22", "2025-05-22T19:00", "22.05.2025 19:00", "2025-05-22 19:00:00"])
def test_wall_time_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_wall(text)
