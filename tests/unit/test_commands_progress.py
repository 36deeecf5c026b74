"""The progress of a run: date, posts so far, posts a second, time left; plain lines when nobody watches."""

from dataclasses import dataclass

import pytest

from simulator.progress import SimulationProgress, describe_progress, describe_seconds


@dataclass
class Report:
    day: int
    n_days: int = 10
    time_ms: int = 1_746_057_600_000
    n_posts: int = 12_000


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_line_has_date_posts_rate_and_time_left():
    assert describe_progress(Report(4), 8.0) == "2025-05-01  12,000 posts  1,500/s  0:12 left"


def test_line_before_any_time_passed_has_no_rate():
    assert describe_progress(Report(0), 0.0) == "2025-05-01  12,000 posts  0/s  0:00 left"


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (3671, "61:11")])
def test_seconds_are_minutes_and_seconds(seconds, text):
    assert describe_seconds(seconds) == text


def test_plain_lines_come_every_ten_seconds_and_at_the_end(capsys):
    clock = Clock()
    with SimulationProgress("world", clock=clock) as progress:
        for day in range(1, 11):
            clock.now += 4
            progress(Report(day))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "world: setting up"
    assert [line.split()[-2] for line in lines[1:]] == ["0:28", "0:16", "0:04", "0:00"]
    assert capsys.readouterr().out == ""
