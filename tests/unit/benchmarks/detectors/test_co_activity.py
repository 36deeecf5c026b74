"""TF-IDF co-activity, worked by hand."""

from math import log, sqrt

import pytest

from benchmarks.detectors.co_activity import CoActivity
from tests.unit.benchmarks.detectors.observed_shares import HOURS, Said, groups_of, observe_shares, scores_of


def share(who, *links):
    return [Said(who, hour * HOURS, urls=[f"https://{link}.example"]) for hour, link in enumerate(links)]


# a is shared by all three, b by 11 and 12, c by 12 and 13.
LINKS = share(11, "a", "b") + share(12, "a", "b", "c") + share(13, "a", "c", "c")


def answer(folder, posts, accounts=(11, 12, 13, 14), **settings):
    settings = {"least_shares": 2, "edge_share": 1.0, **settings}
    return CoActivity(**settings).score(observe_shares(folder, accounts, posts))


def test_score_is_the_sum_of_cosines_of_tf_idf(tmp_path):
    all_three, two = 1.0, 1 + log(3 / 2)
    eleven, twelve, thirteen = (all_three, two, 0), (all_three, two, two), (all_three, 0, 2 * two)

    def cosine(one, other):
        product = sum(x * y for x, y in zip(one, other, strict=True))
        return product / sqrt(sum(x * x for x in one) * sum(y * y for y in other))

    first, second, third = cosine(eleven, twelve), cosine(eleven, thirteen), cosine(twelve, thirteen)
    expected = {11: first + second, 12: first + third, 13: second + third, 14: 0}
    assert scores_of(answer(tmp_path, LINKS)) == pytest.approx(expected)


def test_only_the_strongest_pairs_are_edges(tmp_path):
    table = answer(tmp_path, LINKS, edge_share=0.3)
    assert groups_of(table) == {frozenset({11, 12})}
    assert scores_of(table)[13] == 0


def test_account_of_few_shares_is_not_compared(tmp_path):
    posts = share(11, "a", "b") + share(12, "a", "b") + share(13, "a")
    assert groups_of(answer(tmp_path, posts)) == {frozenset({11, 12})}


def test_link_of_too_many_accounts_joins_nobody(tmp_path):
    posts = share(11, "a", "a") + share(12, "a", "a") + share(13, "a", "a")
    assert groups_of(answer(tmp_path, posts, most_accounts=2)) == set()


def test_hashtags_join_nobody(tmp_path):
    posts = [Said(who, hour, ["a"]) for who in (11, 12) for hour in range(9)]
    assert set(scores_of(answer(tmp_path, posts)).values()) == {0}


def test_reposts_of_the_same_posts_join(tmp_path):
    posts = [Said(14, 0), Said(14, 1)] + [Said(who, 2 + n, reposts=n) for who in (11, 12) for n in (0, 1)]
    assert scores_of(answer(tmp_path, posts)) == pytest.approx({11: 1, 12: 1, 13: 0, 14: 0})
