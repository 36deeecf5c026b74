"""Frames of the page: busiest weeks, percentiles and table. Nothing here opens a browser."""

import numpy as np
import pytest

from benchmarks.speed import frames
from benchmarks.speed.frames import check_browser, describe_frames, find_busiest, lay_out_frames, summarise
from simulator.errors import InputError

WINDOW = {"width": 1280, "height": 720, "frames": 420} | {
    name: {"median": 1.24, "p95": 9.96} for name in ("script_ms", "main_thread_ms", "apart_ms")
}
FOUND = {"accounts": 2000, "posts": 9000, "from_day": 3, "days": 14, "hours_a_second": 48, "windows": [WINDOW]}


@pytest.mark.parametrize(
    ("per_day", "days", "first"),
    [
        ([1, 9, 1, 5, 6, 1], 2, 3),  # two good days beat one great one
        ([4, 4, 4], 2, 0),  # the first of equals
        ([1, 9], 14, 0),  # a short run is played whole
    ],
)
def test_busiest_days_are_consecutive(per_day, days, first):
    assert find_busiest(np.array(per_day), days) == first


def test_percentiles_are_of_frames_not_of_their_order():
    found = summarise({"script_ms": [3.0, 1.0, 2.0], "apart_ms": [10.0, 10.0, 20.0]})
    assert found == {
        "frames": 3,
        "script_ms": {"median": 2.0, "p95": 2.9},
        "apart_ms": {"median": 10.0, "p95": 19.0},
    }


def test_table_has_a_row_for_each_window_and_figure():
    headings, rows = lay_out_frames(FOUND)
    assert headings == ["ms a frame", "median", "95 %"]
    assert rows[0] == ["1280 x 720, scripts", "1.2", "10.0"]
    assert len(rows) == 3
    assert "14 days from day 3 at 48 hours a second, 420 frames" in describe_frames(FOUND)


def test_missing_browser_is_one_clear_line(monkeypatch):
    monkeypatch.setattr(frames.shutil, "which", {"chromium": "/bin/chromium"}.get)
    monkeypatch.setattr(frames, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r"got no chromedriver, selenium\. apt install chromium chromium-driver"
    ) as error:
        check_browser()
    assert "\n" not in str(error.value)
