"""The fused network, worked by hand."""

import pytest

from benchmarks.detectors.fused_network import FusedNetwork, read_phrases
from benchmarks.signals.shares import find_brand_posts, read_account_ids
from tests.unit.benchmarks.detectors.observed_shares import DAYS, Said, groups_of, observe_shares, scores_of

CLAIM = "Auralis brakes fail again"
ACCOUNTS = (11, 12, 13, 14, 15)


def answer(folder, posts, **settings):
    settings = {"least_uses": 1, "pruned_share": 0.0, **settings}
    return FusedNetwork(**settings).score(observe_shares(folder, ACCOUNTS, posts))


def link(who, name, minute=0.0):
    return Said(who, minute, urls=[f"https://{name}.example"], text=f"Auralis {who}")


TRACES = {
    "reposts": [Said(15, 0, text="Auralis"), *(Said(who, 100, reposts=0) for who in (11, 12))],
    "links": [link(11, "a"), link(12, "a")],
    "hashtags": [Said(who, 0, ["a", "b"], text="Auralis") for who in (11, 12)],
    "fast reposts": [Said(15, 0), Said(15, 50), Said(11, 0.5, reposts=0), Said(12, 50.5, reposts=1)],
    "texts": [Said(who, 0, text=CLAIM) for who in (11, 12)],
}


@pytest.mark.parametrize("trace", TRACES)
def test_each_trace_joins_on_its_own(tmp_path, trace):
    table = answer(tmp_path, TRACES[trace])
    assert scores_of(table) == {11: 1, 12: 1, 13: 0, 14: 0, 15: 0}
    assert groups_of(table) == {frozenset({11, 12})}


@pytest.mark.parametrize(
    "posts",
    [
        [Said(15, 0), Said(11, 100, reposts=0), Said(12, 100, reposts=0)],
        [Said(15, 0), Said(15, 50), Said(11, 2, reposts=0), Said(12, 52, reposts=1)],
        [Said(11, 0, text=CLAIM), Said(12, DAYS, text=CLAIM)],
        [Said(11, 0, text="the brakes fail again"), Said(12, 0, text="the brakes fail again")],
    ],
    ids=["reposts of another topic", "slow reposts of one author", "texts of different days", "texts of another topic"],
)
def test_what_is_common_joins_nobody(tmp_path, posts):
    table = answer(tmp_path, posts)
    assert set(scores_of(table).values()) == {0}
    assert groups_of(table) == set()


def test_who_is_alike_in_two_ways_is_more_central(tmp_path):
    posts = [*TRACES["links"], *TRACES["texts"], link(13, "b", 9), link(14, "b", 9)]
    scores = scores_of(answer(tmp_path, posts))
    assert scores[11] == scores[12] == 1
    assert scores[13] == scores[14] < 0.01


def test_less_central_accounts_are_pruned_from_the_groups(tmp_path):
    posts = [*TRACES["links"], *TRACES["texts"], link(12, "b", 9), link(13, "b", 9)]
    assert groups_of(answer(tmp_path / "all", posts)) == {frozenset({11, 12, 13})}
    assert groups_of(answer(tmp_path / "pruned", posts, pruned_share=0.75)) == {frozenset({11, 12})}


def test_account_of_few_uses_has_no_place(tmp_path):
    assert set(scores_of(answer(tmp_path, TRACES["links"], least_uses=2)).values()) == {0}


def test_phrases_are_word_triples_of_a_day(tmp_path):
    seen = observe_shares(tmp_path, [11, 12], [Said(11, 0, text=CLAIM), Said(12, DAYS, text=CLAIM), Said(12, 0)])
    accounts, phrases = read_phrases(seen, read_account_ids(seen), find_brand_posts(seen))
    assert accounts.tolist() == [0, 0, 1, 1]
    assert len(set(phrases.tolist())) == 4
