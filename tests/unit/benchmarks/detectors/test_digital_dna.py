"""Digital DNA: accounts with the same rare sequence of acts are alike, those with a common one are not."""

import numpy as np
import pytest

from benchmarks.detectors.digital_dna import DigitalDna
from tests.unit.benchmarks.detectors.observed_acts import (
    Act,
    columns_by_account,
    draw_acts,
    groups_of,
    observe_acts,
    rename,
)

KINDS = {"A": "post", "C": "reply", "Q": "quote", "T": "repost"}
GRID = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}


def _live(strands):
    """The acts of accounts 0, 1, 2 ... from their strings; time goes by place."""
    return [
        Act(account, place, KINDS[letter], None if letter == "A" else 0)
        for account, strand in enumerate(strands)
        for place, letter in enumerate(strand)
    ]


def _score(folder, strands, least_accounts=2):
    return DigitalDna(least_accounts).score(observe_acts(folder, range(len(strands)), _live(strands)))


def _bits(strands):
    letters = "".join(strands)
    return {letter: -np.log2(letters.count(letter) / len(letters)) for letter in set(letters)}


def test_score_is_the_bits_of_the_longest_shared_substring(tmp_path):
    # Of 16 letters 8 are A and 4 are T and C each: one bit, two bits, two bits.
    strands = ["ATCA", "ATCA", "AATT", "AACC"]
    scores = columns_by_account(_score(tmp_path, strands), "score")
    assert scores == {0: 6, 1: 6, 2: 3, 3: 2}


def test_order_of_acts_counts_not_their_number(tmp_path):
    strands = ["TTCC", "TTCC", "CTCT", "AAAA"]
    scores = columns_by_account(_score(tmp_path, strands), "score")
    assert scores[0] == scores[1] > scores[2] > scores[3] == 0


def test_what_everybody_does_is_no_likeness(tmp_path):
    scores = columns_by_account(_score(tmp_path, ["A" * 9] * 4), "score")
    assert set(scores.values()) == {0}


def test_too_few_accounts_share_nothing(tmp_path):
    strands = ["TCTC", "TCTC", "AAAA", "AAAA", "AAAA"]
    scores = columns_by_account(_score(tmp_path, strands, least_accounts=3), "score")
    assert scores[0] == scores[1] == 0 < scores[2]


def test_group_is_before_the_drop_off(tmp_path):
    strands = ["TCTCTCTC"] * 3 + ["AAAATAAA", "AAAACAAA", "AAAAAAAA", "AATAAAAA"]
    assert groups_of(_score(tmp_path, strands)) == {frozenset({0, 1, 2})}


@pytest.mark.parametrize("least_accounts", [2, 3])
@pytest.mark.parametrize("seed", range(3))
def test_scores_equal_the_slow_twin(tmp_path, seed, least_accounts):
    draw = np.random.default_rng(seed)
    strands = ["".join(draw.choice(list("ATC"), draw.integers(1, 30), p=[0.5, 0.3, 0.2])) for _ in range(6)]
    scores = columns_by_account(_score(tmp_path, strands, least_accounts), "score")
    assert scores == pytest.approx(_score_slowly(strands, least_accounts), abs=1e-4)


def _score_slowly(strands, least_accounts):
    bits, scores = _bits(strands), dict.fromkeys(range(len(strands)), 0.0)
    for account, strand in enumerate(strands):
        for start in range(len(strand)):
            for length in GRID:
                piece = strand[start : start + length]
                if len(piece) == length and sum(piece in other for other in strands) >= least_accounts:
                    scores[account] = max(scores[account], sum(bits[letter] for letter in piece))
    return scores


def test_ids_rows_and_whole_weeks_do_not_matter(tmp_path):
    acts = draw_acts(5, 8, 200)
    names = np.random.default_rng(1).permutation(50)[:8].tolist()
    order = np.random.default_rng(2).permutation(len(acts))
    first = DigitalDna(2).score(observe_acts(tmp_path / "a", range(8), acts))
    moved = observe_acts(tmp_path / "b", names, rename(acts, names), order=order, shift_days=21)
    second = DigitalDna(2).score(moved)
    scores = columns_by_account(second, "score")
    assert columns_by_account(first, "score") == {n: scores[names[n]] for n in range(8)}
    assert groups_of(second) == {frozenset(names[n] for n in group) for group in groups_of(first)}


@pytest.mark.parametrize(("accounts", "acts"), [([], []), ([1], []), ([1], [Act(1)])])
def test_worlds_of_almost_nothing_are_scored(tmp_path, accounts, acts):
    table = DigitalDna().score(observe_acts(tmp_path, accounts, acts))
    assert columns_by_account(table, "score", "group_id") == dict.fromkeys(accounts, (0.0, None))
