"""The cost of detectors: its arithmetic and its table. Nothing here is timed."""

import pytest

from benchmarks.speed.detectors import _find_growth, lay_out_detectors, render_detectors

GOOD = {
    "detector": "quick",
    "level": "account",
    "status": "ok",
    "cpu_seconds": [1.0, 12.0],
    "wall_seconds": [1.0, 15.0],
    "peak_memory_bytes": [2e8, 9e8],
    "growth": 11.5,
}
SLOW = GOOD | {
    "detector": "slow",
    "wall_seconds": [3.0, 61.0],
    "peak_memory_bytes": [1e9, 5e9],
    "growth": 14.1,
}
FAILED = GOOD | {"detector": "broken", "status": "out of time", "cpu_seconds": [1.0, None], "growth": None}


@pytest.mark.parametrize(
    ("seconds", "posts", "growth"),
    [
        ([1.0, 10.0], [100, 1000], 10),  # linear
        ([1.0, 100.0], [100, 1000], 100),  # with the square
        ([1.0, 20.0], [100, 2000], 10),  # linear over twenty times the posts
        ([0.01, 10.0], [100, 1000], None),  # too quick to tell
        ([1.0, None], [100, 1000], None),  # failed
    ],
)
def test_growth_is_for_ten_times_the_posts(seconds, posts, growth):
    found = _find_growth({"cpu_seconds": seconds}, posts)
    assert found == (None if growth is None else pytest.approx(growth, abs=0.01))


def test_table_names_every_aim_that_is_missed():
    _, rows = lay_out_detectors({"accounts": [10, 100], "detectors": [GOOD, SLOW, FAILED]})
    assert [row[-1] for row in rows] == ["", "misses time, memory, growth", "out of time"]
    assert rows[0] == ["quick", "1.00", "12.0", "15.0", "900", "x 11.5", ""]


def test_page_says_sizes_and_aims():
    machine = {"cpu": "A cpu", "cores": 2, "memory_bytes": 24e9, "system": "Linux"}
    page = render_detectors({"accounts": [10, 100], "posts": [50, 500], "detectors": [GOOD], "machine": machine})
    assert "10 and 100 accounts (50 and 500 posts)" in page
    assert "| quick | 1.00 | 12.0 | 15.0 | 900 | x 11.5 |  |" in page
