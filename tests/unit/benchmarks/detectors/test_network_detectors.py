"""What holds for every detector that builds a network of similar accounts."""

import numpy as np
import pytest

from benchmarks.detector import GROUPED_SCORES, Observations
from benchmarks.detectors.co_action_significance import CoActionSignificance
from benchmarks.detectors.co_activity import CoActivity
from benchmarks.detectors.fused_network import FusedNetwork
from benchmarks.detectors.hashtag_sequence import HashtagSequence
from benchmarks.detectors.rapid_co_share import RapidCoShare
from tests.unit.benchmarks.detectors.observed_shares import DAYS, Said, groups_of, observe_shares, scores_of

DETECTORS = {
    "rapid_co_share": RapidCoShare(),
    "co_activity": CoActivity(edge_share=0.2, least_shares=1),
    "hashtag_sequence": HashtagSequence(least_sequences=1),
    "fused_network": FusedNetwork(least_uses=1, pruned_share=0.5),
    "co_action_significance": CoActionSignificance(false_discovery_rate=0.5),
}
ACCOUNTS = tuple(range(11, 31))
EACH = pytest.mark.parametrize("detector", DETECTORS.values(), ids=DETECTORS)


def make_posts(rename=lambda account: account):
    """A squad of five acts together on ten days; fifteen others do much the same, each in an order of its own."""
    posts = []
    for day in range(10):
        for place, who in enumerate(ACCOUNTS):
            together = place < 5
            minute = day * DAYS + (place / 10 if together else 60 * place + 7)
            turn = 0 if together else place
            tags = [f"t{(turn + day) % 9}", f"t{(turn * 5 + day) % 7}"]
            link = [f"https://{day if together else who}.example"]
            text = f"Auralis batteries caught fire on day {'abcdefghij'[day] if together else 'x' * place} they say"
            posts.append(Said(rename(who), minute, tags, link, text))
            # The squad amplifies its first account, the others each one of their own.
            source = len(posts) - 1 if place in (0, *range(5, 20)) else posts[-2].reposts
            posts.append(Said(rename(who), minute + 0.5, reposts=source))
    return posts


def score(detector, folder, rename=lambda account: account, **layout):
    seen = observe_shares(folder, [rename(account) for account in ACCOUNTS], make_posts(rename), **layout)
    return detector.score(seen)


@EACH
def test_squad_scores_highest_and_is_a_group(tmp_path, detector):
    table = score(detector, tmp_path)
    scores = scores_of(table)
    assert table.schema == GROUPED_SCORES
    assert min(scores[who] for who in ACCOUNTS[:5]) > max(scores[who] for who in ACCOUNTS[5:])
    assert any(set(ACCOUNTS[:5]) <= group for group in groups_of(table))


@EACH
def test_ids_and_order_of_rows_do_not_matter(tmp_path, detector):
    def rename(account):
        return 5_000 - 7 * account

    plain, renamed = score(detector, tmp_path / "a"), score(detector, tmp_path / "b", rename, reverse_rows=True)
    assert {rename(account): value for account, value in scores_of(plain).items()} == scores_of(renamed)
    assert {frozenset(map(rename, group)) for group in groups_of(plain)} == groups_of(renamed)


@EACH
@pytest.mark.parametrize(
    ("accounts", "posts"),
    [((), []), ((11,), []), ((11, 12), [Said(11, 0, ["a"], ["https://a.example"], "Auralis One is here today")])],
    ids=["nobody", "one silent account", "one post"],
)
def test_world_of_nearly_nothing_has_no_suspects(tmp_path, detector, accounts, posts):
    table = detector.score(observe_shares(tmp_path, accounts, posts))
    assert scores_of(table) == dict.fromkeys(accounts, 0)
    assert table["group_id"].null_count == len(accounts)


@EACH
def test_everyday_talk_of_many_has_no_suspects(tmp_path, detector):
    posts = [
        Said(who, 700 * n + 31 * place, [f"t{place}"], [f"https://{n}-{who}.example"], f"my day {n} of {who}")
        for place, who in enumerate(ACCOUNTS)
        for n in range(3)
    ]
    assert set(scores_of(detector.score(observe_shares(tmp_path, ACCOUNTS, posts))).values()) == {0}


@EACH
def test_scores_do_not_change_with_the_moment_of_asking(tmp_path, detector):
    seen = observe_shares(tmp_path, ACCOUNTS, make_posts())
    later = Observations(seen.folder, seen.as_of_ms + 60_000)
    assert np.array_equal(detector.score(seen)["score"], detector.score(later)["score"])
