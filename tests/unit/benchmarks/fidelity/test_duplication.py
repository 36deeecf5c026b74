"""Measures of copying and of pushes against tables worked by hand."""

import numpy as np
import pytest

from benchmarks.fidelity.duplication import draw_samples, measure_copies, measure_cotweets, measure_sync
from benchmarks.fidelity.push_shape import measure_pushes
from benchmarks.fidelity.sharing import find_links, find_texts
from tests.some_posts import write_posts

ONE_DAY = 24 * 60
LONG = "one two three four five six seven eight nine ten eleven twelve"


def test_texts_are_equal_when_their_words_are():
    posts = write_posts(
        [(1, 0, "The brakes FAIL!"), (2, 0, "the brakes fail https://a.example"), (3, 0, "no"), (4, 0, "…")]
    )
    keys = find_texts(posts)
    assert keys[0] == keys[1] != keys[2]
    assert keys[3] == -1


def test_copies_by_others_and_by_oneself_are_told_apart():
    near = LONG.replace("twelve", "dozen")
    posts = write_posts(
        [(1, 0, LONG), (2, 1, LONG), (2, 2, LONG), (3, 3, near), (4, 4, "quite another thing"), (4, 5, "hm")]
    )
    found = measure_copies(posts)
    # Equal texts: the first three by two accounts; twice by account 2. Nine of eleven shingles are shared by `near`.
    assert found.exact_cross == pytest.approx(3 / 6)
    assert found.exact_same == pytest.approx(2 / 6)
    assert found.near_cross == pytest.approx(4 / 6)
    assert found.near_same == pytest.approx(2 / 6)


def test_similar_means_eight_of_ten_shingles():
    # 10 shingles each, 9 in common: 9 of 11 are shared. With two words changed, 8 of 12.
    one, other = LONG.replace("twelve", "x"), LONG.replace("eleven twelve", "y z")
    assert measure_copies(write_posts([(1, 0, LONG), (2, 1, one)])).near_cross == 1
    assert measure_copies(write_posts([(1, 0, LONG), (2, 1, other)])).near_cross == 0


def test_texts_without_words_are_nobodys_copies():
    assert measure_copies(write_posts([(1, 0, "!!"), (2, 1, "!!")])).near_cross == 0


def test_samples_are_one_a_window_and_never_larger_than_the_source():
    rows = [(1, day * ONE_DAY + minute, "a") for day in range(30) for minute in range(20)]
    samples = draw_samples(write_posts(rows), 10, 150)
    assert [len(sample) for sample in samples] == [150, 150]
    assert all(np.all(np.diff(sample.at_ms) >= 0) for sample in samples)
    assert draw_samples(write_posts(rows[:99]), 10, 150) == []


def test_reposts_are_no_texts_of_a_sample():
    rows = [(1, minute, "a" if minute % 2 else None) for minute in range(400)]
    assert [len(sample) for sample in draw_samples(write_posts(rows), None, 1000)] == [200]


@pytest.mark.parametrize(("within_s", "of_posts", "of_accounts"), [(60, 2 / 5, 2 / 3), (600, 3 / 5, 1.0)])
def test_cotweets_are_near_in_time_and_by_another_account(within_s, of_posts, of_accounts):
    posts = write_posts([(1, 0, "yes"), (2, 1, "yes"), (2, 1.5, "else"), (2, 1.7, "else"), (3, 6, "yes")])
    found = measure_cotweets(posts, find_texts(posts), within_s)
    assert found[0].value == pytest.approx(of_posts)
    assert found[1].value == pytest.approx(of_accounts)


def test_the_nearest_post_by_another_account_is_found_behind_ones_own():
    posts = write_posts([(2, 0, "yes"), (1, 5, "yes"), (1, 6, "yes"), (1, 7, "yes")])
    assert measure_cotweets(posts, find_texts(posts), 5 * 60)[0].value == pytest.approx(2 / 4)


def test_sync_weighs_each_group_alike():
    rows = [
        (1, 0, "a"),
        (2, 0.5, "a"),
        (3, 30, "a"),
        (1, 40, "b"),
        (2, 100_000, "b"),
        (9, 100_000, "c"),
        (9, 100_001, "c"),
    ]
    posts = write_posts(rows)
    found = measure_sync(posts, find_texts(posts))
    assert found["sync_le60s"].value == pytest.approx((1 / 3 + 0) / 2)
    assert found["sync_le1h"].value == pytest.approx((1 + 0) / 2)
    assert found["sync_group_min60"].value == pytest.approx(1 / 2)
    assert found["sync_le1d"].n == 2


def test_links_make_groups_too():
    posts = write_posts([(1, 0, "a"), (2, 0, "b"), (3, 0, "c")], links={0: "https://a.example", 1: "https://a.example"})
    assert find_links(posts).tolist() == [0, 0, -1]


def test_push_ends_after_a_day_without_its_text():
    rows = [(1, 0, "buy"), (2, 2, "buy"), (3, 6, "buy"), (3, 6 + ONE_DAY + 1, "buy"), (4, 6 + ONE_DAY + 2, "buy")]
    posts = write_posts(rows)
    found = measure_pushes(posts, find_texts(posts), 3)
    assert found["push_accounts"].value == 3
    assert found["push_duration_min"].value == 6
    assert found["push_gap_s"].value == 180
    assert found["push_accounts_per_post"].value == 1
    assert found["push_le_1h_share"].value == 1
    assert measure_pushes(posts, find_texts(posts), 4)["push_accounts"].why_not == "no text by 4 accounts"
