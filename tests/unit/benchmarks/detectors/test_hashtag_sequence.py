"""Sequences of actions within a day, worked by hand."""

import pytest

from benchmarks.detectors.hashtag_sequence import HashtagSequence, find_sequences
from benchmarks.signals.shares import read_account_ids, read_shares
from tests.unit.benchmarks.detectors.observed_shares import DAYS, Said, groups_of, observe_shares, scores_of


def write(who, start, *tags):
    """Say one hashtag a minute about the brand."""
    return [Said(who, start + minute, [tag], text="Auralis") for minute, tag in enumerate(tags)]


def answer(folder, posts, accounts=(11, 12, 13), **settings):
    return HashtagSequence(**settings).score(observe_shares(folder, accounts, posts))


def find(folder, posts, length):
    seen = observe_shares(folder, [11, 12], posts)
    accounts, sequences = find_sequences(read_shares(seen, read_account_ids(seen)), length)
    return accounts.tolist(), sequences.tolist()


def test_same_order_on_the_same_day_joins(tmp_path):
    table = answer(tmp_path, write(11, 0, "a", "b", "c") + write(12, 300, "a", "b", "c"))
    assert scores_of(table) == pytest.approx({11: 1, 12: 1, 13: 0})
    assert groups_of(table) == {frozenset({11, 12})}


@pytest.mark.parametrize(
    "other",
    [
        write(12, 0, "c", "b", "a"),
        write(12, DAYS, "a", "b", "c"),
        write(12, 0, "a", "b"),
        [Said(12, minute, [tag], text="else") for minute, tag in enumerate("abc")],
    ],
    ids=["another order", "another day", "one sequence only", "another topic"],
)
def test_what_is_less_joins_nobody(tmp_path, other):
    table = answer(tmp_path, write(11, 0, "a", "b", "c") + other)
    assert set(scores_of(table).values()) == {0}
    assert groups_of(table) == set()


def test_sequence_of_very_many_joins_nobody(tmp_path):
    posts = [post for who in (11, 12, 13) for post in write(who, 0, "a", "b", "c")]
    assert groups_of(answer(tmp_path, posts, most_accounts=2)) == set()


def test_runs_overlap_and_end_with_account_and_day(tmp_path):
    posts = write(11, 0, "a", "b", "a", "b") + write(12, 0, "a") + write(12, DAYS, "b")
    accounts, sequences = find(tmp_path, posts, 2)
    assert accounts == [0, 0, 0]
    assert sequences[0] == sequences[2] != sequences[1]


def test_order_within_a_post_counts(tmp_path):
    _, sequences = find(tmp_path, [Said(11, 0, ["a", "b"]), Said(12, 0, ["b", "a"])], 2)
    assert len(set(sequences)) == 2


def test_fewer_actions_than_a_sequence_are_none(tmp_path):
    assert find(tmp_path, write(11, 0, "a", "b"), 3) == ([], [])
