"""Windows of posts: as long as the source's, from its weekday on, the one with the median number of posts."""

import pytest

from benchmarks.fidelity.activity import first_post_top_week_share
from benchmarks.fidelity.posts import choose_window, tile_from
from tests.some_posts import write_posts

ONE_DAY = 24 * 60
MONDAY, TUESDAY, SUNDAY = 0, 1, 6


def write_days(n_by_day, zone="UTC"):
    """Return so many posts at noon in UTC of each day, from a Monday on."""
    rows = [(day, day * ONE_DAY + ONE_DAY / 2, "a") for day, n in enumerate(n_by_day) for _ in range(n)]
    return write_posts(rows, zone=zone)


def count(windows):
    return [len(window) for window in windows]


def test_windows_begin_at_midnights_of_their_weekday_and_may_overlap():
    posts = write_days([1, 2, 4, 8, 16, 32, 64] * 3)
    assert count(tile_from(posts, 8, TUESDAY)) == [2 + 4 + 8 + 16 + 32 + 64 + 1 + 2] * 2
    assert count(tile_from(posts, 2, TUESDAY)) == [6, 6, 6]
    assert count(tile_from(posts, 2, SUNDAY)) == [65, 65]


def test_midnights_are_those_of_the_wall_clock():
    # Noon in UTC is 1 o'clock of the next day in Auckland: the first Tuesday holds Monday's post.
    assert count(tile_from(write_days([1, 2, 4, 8], zone="Pacific/Auckland"), 1, TUESDAY)) == [1]


def test_a_window_that_the_run_does_not_hold_begins_with_the_first_post():
    posts = write_days([1, 1, 1, 1])
    assert tile_from(posts, 3, SUNDAY) == []
    assert len(choose_window(posts, 2, SUNDAY)) == 2
    assert len(choose_window(posts, None, SUNDAY)) == 4


def test_the_window_has_the_median_number_of_posts():
    # The first Monday is cut, as the run begins at noon, and the last one is not whole.
    posts = write_days([9, *[0] * 6, 5, *[0] * 6, 7, *[0] * 6, 6, *[0] * 6, 1])
    assert len(choose_window(posts, 1, MONDAY)) == 6


@pytest.mark.parametrize(("days", "share"), [([0, 6, 7], 2 / 3), ([6, 7, 13], 2 / 3), ([0, 7, 14], 1 / 3)])
def test_weeks_of_first_posts_are_calendar_weeks(days, share):
    posts = write_posts([(account, day * ONE_DAY, "a") for account, day in enumerate(days)])
    assert first_post_top_week_share(posts).value == pytest.approx(share)
