"""Features of accounts, worked by hand; they follow no id, no order of rows and no calendar week."""

import numpy as np
import pytest

from benchmarks.signals.features import account_features, neighbour_features, order_by_values
from tests.unit.benchmarks.detectors.observed_features import Account, Post, observe_mixture, observe_world

ACCOUNTS = [Account(1, "ada42", "I bake.", age_days=100, followers=3, verified=True), Account(2), Account(3)]
POSTS = [
    Post(1, 1, "ab", id=11),  # Thursday, 01:00
    Post(1, 3, "abcd", hashtags=("Tea", "tea", "Cake"), client="api", id=12),
    Post(1, 63, "My Auralis", id=13),  # Saturday, 15:00
    Post(1, 65, None, parent=21, id=14),
    Post(2, 2, "auralis!", id=21),
]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """The features of the three accounts by name."""
    likes, follows = [(3, 11), (3, 13), (1, 21)], [(1, 2), (3, 2)]
    metrics = [(11, 1, 1, 0), (11, 2, 5, 2), (13, 4, 3, 0)]
    folder = tmp_path_factory.mktemp("world")
    seen = observe_world(folder, ACCOUNTS, POSTS, likes=likes, follows=follows, metrics=metrics)
    features = account_features(seen)
    return {name: features.values[:, place].tolist() for place, name in enumerate(features.names)}


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("age_days", [100, 100, 100]),
        ("followers_at_start", [3, 0, 0]),
        ("verified", [1, 0, 0]),
        ("bio_length", [7, 0, 0]),
        ("handle_length", [5, 3, 3]),
        ("handle_digits", [2, 0, 0]),
        ("posts_per_day", [0.4, 0.1, 0]),
        ("active_day_share", [0.2, 0.1, 0]),
        ("post_share", [0.75, 1, 0]),
        ("repost_share", [0.25, 0, 0]),
        ("night_share", [0.5, 1, 0]),
        ("weekend_share", [0.5, 0, 0]),
        ("hour_entropy", [2, 0, 0]),
        ("first_activity_days", [1 / 24, 2 / 24, -1]),
        ("idle_days", [10 - 65 / 24, 10 - 2 / 24, -1]),
        ("n_clients", [2, 1, 0]),
        ("other_client_share", [0.25, 0, 0]),
        ("gap_median_hours", [2, -1, -1]),  # gaps of 2, 60 and 2 hours
        ("text_length_mean", [16 / 3, 8, 0]),
        ("text_length_sd", [np.std([2, 4, 10]), 0, 0]),
        ("hashtags_per_text", [1, 0, 0]),
        ("n_hashtags", [2, 0, 0]),
        ("brand_share", [0.5, 1, 0]),  # the third, and the repost of what is about the brand
        ("likes_given", [1, 0, 2]),
        ("followers", [0, 2, 0]),
        ("following", [1, 0, 1]),
        ("likes_received_per_post", [2, 0, 0]),  # the latest counters of the first and third: 5 and 3
        ("reposts_received_per_post", [0.5, 0, 0]),
    ],
)
def test_feature_by_hand(own, name, values):
    assert own[name] == pytest.approx(values, abs=1e-12)


def test_burstiness_by_hand(own):
    gaps = np.array([2, 60, 2]) * 3600
    expected = (gaps.std() - gaps.mean()) / (gaps.std() + gaps.mean())
    assert own["burstiness"] == pytest.approx([expected, 0, 0], abs=1e-12)


@pytest.mark.parametrize("days", [7, -21])
def test_shift_by_whole_weeks_changes_no_feature(tmp_path, days):
    here = account_features(observe_world(tmp_path / "here", ACCOUNTS, POSTS))
    there = account_features(observe_world(tmp_path / "there", ACCOUNTS, POSTS, shift_days=days))
    assert np.array_equal(here.values, there.values)


def test_features_follow_neither_ids_nor_order_of_rows(tmp_path):
    links = [(1, 2), (2, 3), (3, 1)]
    one = observe_world(tmp_path / "one", ACCOUNTS, POSTS, follows=links)
    new = {1: 9, 2: 5, 3: 7}
    accounts = [Account(**{**vars(account), "id": new[account.id]}) for account in ACCOUNTS[::-1]]
    posts = [Post(**{**vars(post), "author": new[post.author]}) for post in POSTS[::-1]]
    other = observe_world(tmp_path / "other", accounts, posts, follows=[(new[a], new[b]) for a, b in links[::-1]])
    rows = [2, 0, 1]  # of 1, 2, 3 in the ascending order of 9, 5, 7
    for describe in (account_features, lambda seen: neighbour_features(seen, account_features(seen))):
        assert np.array_equal(describe(one).values, describe(other).values[rows])


def test_neighbours_by_hand(tmp_path):
    """1 - 2 - 3 by follows, whoever follows; followers at the start are 3, 0, 0."""
    seen = observe_world(tmp_path, ACCOUNTS, POSTS, follows=[(1, 2), (3, 2), (2, 3)])
    found = neighbour_features(seen, account_features(seen))
    column = {name: found.values[:, place].tolist() for place, name in enumerate(found.names)}
    assert column["follows_1_mean_followers_at_start"] == [0, 1.5, 0]
    assert column["follows_1_max_followers_at_start"] == [0, 3, 0]
    assert column["follows_2_mean_followers_at_start"] == [1.5, 0, 1.5]
    assert column["follows_2_max_followers_at_start"] == [3, 0, 3]
    assert column["reactions_1_max_followers_at_start"] == [0, 3, 0]  # 1 reposted 2


def test_own_reactions_make_nobody_his_neighbour(tmp_path):
    seen = observe_world(tmp_path, ACCOUNTS, [Post(1, 1, "a", id=1), Post(1, 2, None, parent=1)])
    assert not neighbour_features(seen, account_features(seen)).values.any()


@pytest.mark.parametrize("accounts", [(), ACCOUNTS[:1]])
def test_world_without_posts_has_finite_features(tmp_path, accounts):
    seen = observe_world(tmp_path, accounts)
    own = account_features(seen)
    assert own.values.shape == (len(accounts), len(own.names))
    assert np.isfinite(own.values).all()
    assert neighbour_features(seen, own).values.shape == (len(accounts), 8 * len(own.names))


def test_names_of_features_are_distinct(tmp_path):
    seen = observe_mixture(tmp_path).observations
    own = account_features(seen)
    names = own.names + neighbour_features(seen, own).names
    assert len(set(names)) == len(names)


def test_rows_are_ordered_by_first_column_first():
    assert order_by_values(np.array([[2.0, 0.0], [1.0, 5.0], [1.0, 4.0]])).tolist() == [2, 1, 0]
