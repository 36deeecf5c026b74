"""Rapid co-sharing, worked by hand."""

import pytest

from benchmarks.detectors.rapid_co_share import RapidCoShare
from tests.unit.benchmarks.detectors.observed_shares import HOURS, Said, groups_of, observe_shares, scores_of

# 11 and 12 share three objects of different kinds within a minute; 13 shares each an hour later.
TRIO = [
    Said(14, 0),
    Said(11, 10, ["recall"]),
    Said(12, 10.9, ["Recall"]),
    Said(12, 200, urls=["https://a.example"]),
    Said(11, 200.5, urls=["https://a.example"]),
    Said(11, 400, reposts=0),
    Said(12, 401, reposts=0),
    Said(13, 70, ["recall"]),
    Said(13, 260, urls=["https://a.example"]),
    Said(13, 460, reposts=0),
]


def answer(folder, posts, accounts=(11, 12, 13, 14), reverse_rows=False, **settings):
    return RapidCoShare(**settings).score(observe_shares(folder, accounts, posts, reverse_rows=reverse_rows))


def test_score_counts_the_posts_matched_within_the_window(tmp_path):
    table = answer(tmp_path, TRIO)
    assert scores_of(table) == {11: 3, 12: 3, 13: 0, 14: 0}
    assert groups_of(table) == {frozenset({11, 12})}


@pytest.mark.parametrize(("seconds", "expected"), [(59, 2), (60, 3)])
def test_window_includes_its_end(tmp_path, seconds, expected):
    assert scores_of(answer(tmp_path, TRIO, window_seconds=seconds))[11] == expected


def test_one_match_is_chance(tmp_path):
    table = answer(tmp_path, TRIO[:3])
    assert set(scores_of(table).values()) == {0}
    assert groups_of(table) == set()


def test_post_with_two_matched_hashtags_counts_once(tmp_path):
    posts = [Said(11, 0, ["a", "b"]), Said(12, 0, ["a", "b"]), Said(11, 90, ["a"]), Said(12, 90, ["a"])]
    assert scores_of(answer(tmp_path, posts))[11] == 2


def test_many_posts_beside_one_of_another_are_one_match(tmp_path):
    posts = [Said(11, n / 10, ["a"]) for n in range(5)] + [Said(12, 0, ["a"])]
    assert scores_of(answer(tmp_path, posts))[11] == 0


def test_ones_own_posts_do_not_match(tmp_path):
    assert scores_of(answer(tmp_path, [Said(11, n / 10, ["a"]) for n in range(5)]))[11] == 0


def test_crowded_moment_of_an_object_is_left_out(tmp_path):
    crowd = [Said(14, 10.5, ["recall"])]
    assert scores_of(answer(tmp_path / "crowded", TRIO + crowd, most_in_window=2))[11] == 2
    assert scores_of(answer(tmp_path / "calm", TRIO + crowd, most_in_window=3))[11] == 3


def test_accounts_joined_through_a_third_are_one_group(tmp_path):
    posts = [Said(who, hour * HOURS, [f"t{hour}"]) for hour in range(2) for who in (11, 12)]
    posts += [Said(who, hour * HOURS, [f"t{hour}"]) for hour in range(5, 7) for who in (12, 13)]
    table = answer(tmp_path, posts)
    assert scores_of(table) == {11: 2, 12: 4, 13: 2, 14: 0}
    assert groups_of(table) == {frozenset({11, 12, 13})}


def test_threshold_is_one_edge_of_the_least_weight():
    assert RapidCoShare(least_matches=4).threshold == 4
