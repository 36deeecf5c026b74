"""Measures of accounts' activity against tables worked by hand."""

import numpy as np
import pytest

from benchmarks.fidelity import activity
from benchmarks.fidelity.posts import DAY
from tests.some_posts import write_posts

ONE_DAY = DAY / 60_000


def test_shares_of_the_most_active_count_whole_accounts():
    posts = write_posts([(1, minute, "a") for minute in range(6)] + [(account, 9, "a") for account in range(2, 6)])
    assert activity.posts_top10_share(posts).value == pytest.approx(0.6)
    assert activity.posts_top1_share(posts).value == pytest.approx(0.6)
    # Counts 1, 1, 1, 1, 6: sum of (2 rank - n - 1) x over n times the sum.
    assert activity.posts_gini(posts).value == pytest.approx((-4 - 2 + 0 + 2 + 24) / 50)


@pytest.mark.parametrize(
    ("gaps", "burstiness"),
    [([10] * 30, -1.0), ([0] * 29 + [30], (np.sqrt(29) - 1) / (np.sqrt(29) + 1))],
)
def test_burstiness_goes_from_clockwork_to_one_long_gap(gaps, burstiness):
    posts = write_posts([(1, minute, "a") for minute in np.cumsum([0, *gaps])])
    assert activity.burstiness_B(posts).value == pytest.approx(burstiness)


def test_corrected_burstiness_of_one_long_gap_is_one():
    posts = write_posts([(1, minute, "a") for minute in np.cumsum([0, *[0] * 29, 30])])
    assert activity.burstiness_A_corrected(posts).value == pytest.approx(1.0)


def test_memory_is_negative_when_long_and_short_gaps_alternate():
    posts = write_posts([(1, minute, "a") for minute in np.cumsum([0, *[1, 9] * 12])])
    assert activity.memory_M(posts).value == pytest.approx(-1.0)


def test_median_gap_is_of_accounts_with_twenty_posts():
    busy = [(1, minute * 2, "a") for minute in range(20)]
    assert activity.median_interpost_s(write_posts([*busy, (2, 50, "a"), (2, 90, "a")])).value == 120
    few = activity.median_interpost_s(write_posts(busy[:19]))
    assert few.value is None
    assert few.why_not == "0 accounts with 20 posts, needs 1"


def test_active_days_are_counted_from_the_first_to_the_last():
    days = [0.5] * 18 + [2.5, 3.5]
    posts = write_posts([(1, day * ONE_DAY, "a") for day in days])
    assert activity.active_day_ratio(posts).value == pytest.approx(3 / 4)


def test_lifespan_needs_two_posts():
    posts = write_posts([(1, 0, "a"), (2, 0, "a"), (1, 2 * ONE_DAY, "a")])
    found = activity.account_lifespan_days(posts)
    assert (found.value, found.n) == (2.0, 1)


def test_top_week_is_of_first_posts_only():
    posts = write_posts([(1, 0, "a"), (2, 0, "a"), (3, 8 * ONE_DAY, "a"), (1, 8 * ONE_DAY, "a"), (1, 9 * ONE_DAY, "a")])
    assert activity.first_post_top_week_share(posts).value == pytest.approx(2 / 3)


def test_hour_entropy_of_an_account_is_one_when_flat():
    posts = write_posts([(1, 60 * hour, "a") for hour in range(72)])
    assert activity.account_hour_entropy(posts).value == pytest.approx(1.0)


def test_no_posts_have_no_activity():
    assert activity.posts_gini(write_posts([])).value is None
    assert activity.posts_top1_share(write_posts([])).value is None
    assert activity.first_post_top_week_share(write_posts([])).value is None
