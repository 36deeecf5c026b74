"""Reading who shared what and when."""

import numpy as np
import pytest

from benchmarks.signals.shares import (
    find_brand_posts,
    find_rows,
    match_brand,
    read_account_ids,
    read_fast_reposts,
    read_shares,
)
from tests.tiny_dataset import START
from tests.unit.benchmarks.detectors.observed_shares import Said, observe_shares


def read(folder, posts, accounts=(11, 12), brand_only=False, **asked):
    seen = observe_shares(folder, accounts, posts)
    topic = find_brand_posts(seen) if brand_only else None
    return read_shares(seen, read_account_ids(seen), topic=topic, **asked)


def test_hashtag_is_the_same_object_in_any_case_and_not_a_link_of_that_name(tmp_path):
    shares = read(tmp_path, [Said(11, 0, ["Car"]), Said(12, 1, ["CAR"], ["car"])])
    tag, again, link = shares.object.tolist()
    assert tag == again != link


def test_repost_of_a_repost_shares_the_original(tmp_path):
    shares = read(tmp_path, [Said(11, 0), Said(12, 1, reposts=0), Said(11, 2, reposts=1)])
    assert shares.account.tolist() == [1, 0]
    assert len(set(shares.object.tolist())) == 1


def test_shares_are_in_the_order_of_time_then_of_the_post(tmp_path):
    shares = read(tmp_path, [Said(12, 5, ["z", "a"]), Said(11, 1, ["m"])])
    assert shares.account.tolist() == [0, 1, 1]
    assert shares.at_ms.tolist() == [START + 60_000, START + 300_000, START + 300_000]
    assert shares.message[1] == shares.message[2] != shares.message[0]
    assert shares.object.tolist() == [1, 2, 0]


def test_only_the_asked_kinds_are_read(tmp_path):
    shares = read(tmp_path, [Said(11, 0, ["a"], ["u"]), Said(12, 1, reposts=0)], kinds=["url"])
    assert shares.account.tolist() == [0]


def test_posts_of_unknown_accounts_are_left_out(tmp_path):
    assert read(tmp_path, [Said(99, 0, ["a"])]).account.tolist() == []


@pytest.mark.parametrize(
    ("post", "is_read"),
    [
        (Said(11, 0, ["x"], text="the auralis ONE"), True),
        (Said(11, 0, ["auralisone"], text="look"), True),
        (Said(11, 0, ["x"], text="other cars"), False),
    ],
)
def test_post_is_about_the_brand_when_text_or_hashtag_names_it(tmp_path, post, is_read):
    seen = observe_shares(tmp_path, [11], [post])
    assert (find_brand_posts(seen).tolist() == [0]) is is_read
    shares = read_shares(seen, read_account_ids(seen), topic=find_brand_posts(seen))
    assert (len(shares.account) == 1) is is_read


def test_repost_is_about_the_brand_when_its_original_is(tmp_path):
    posts = [Said(11, 0, text="Auralis"), Said(11, 1), Said(12, 2, reposts=0), Said(12, 3, reposts=1)]
    shares = read(tmp_path, posts, brand_only=True)
    assert shares.at_ms.tolist() == [START + 120_000]


def test_names_of_a_brand_are_taken_literally_and_nothing_is_named_without_any():
    context = {"brand": "A.1", "product": "", "aliases": [], "hashtags": []}
    assert match_brand(context) == r"A\.1"
    assert match_brand({**context, "brand": ""}) == ""


@pytest.mark.parametrize(("minute", "found"), [(1.0, [(1, 0)]), (1.1, [])])
def test_repost_is_fast_up_to_the_limit(tmp_path, minute, found):
    seen = observe_shares(tmp_path, [11, 12], [Said(11, 0), Said(12, minute, reposts=0)])
    reposter, author = read_fast_reposts(seen, read_account_ids(seen), 60_000)
    assert list(zip(reposter.tolist(), author.tolist(), strict=True)) == found


def test_rows_are_found_only_for_what_is_there():
    rows, known = find_rows(np.array([5, 7, 9]), np.array([5, 9]))
    assert known.tolist() == [True, False, True]
    assert rows[known].tolist() == [0, 1]
    assert not find_rows(np.array([5]), np.zeros(0, np.int64))[1].any()


def test_empty_world_has_no_shares(tmp_path):
    assert len(read(tmp_path, [], accounts=()).account) == 0
