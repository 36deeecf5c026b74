"""Digital DNA: accounts that perform the same long sequence of actions as several others.

An account's posts in order of time are a string of four letters: post, reply, quote, repost (the paper's alphabet of
types; quotes are not told apart there). The paper compares groups of accounts by their longest common substring:
LCS(k) is the longest that at least k accounts have in common; it falls with k, steeply where a set of alike accounts
ends.

The score of an account is the length of its longest substring that at least `least_accounts` accounts have. Length is
in bits: a letter counts -log2 of its share among all letters of the world. In letters, as in the paper, the score is no
better than chance here: almost everybody posts and posts again, and a long run of the commonest act is no likeness.

Group: the drop-off cut. With B(k) the bits of the longest substring that at least k accounts have, the cut is the k of
at least `least_accounts` with the largest drop from B(k) to B(k + 1); the accounts that share a substring of B(k) bits
with at least k - 1 others are the group.

Lengths lie on a grid (1, 2, 3, 4, 6, 8, 12, 16, 24 ...): names of substrings double in length (Karp, Miller, Rosenberg
1972). Cost is linear in the posts, but for sorting, times the lengths up to the longest shared one.

References
----------
Cresci, Di Pietro, Petrocchi, Spognardi, Tesconi 2016, "DNA-inspired online behavioral modeling and its application to
spambot detection", arXiv 1602.00110.
Karp, Miller, Rosenberg 1972, "Rapid identification of repeated patterns in strings, trees and arrays",
doi 10.1145/800152.804905.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.detector import Level, Observations
from benchmarks.signals.networks import Ints, tabulate_groups
from benchmarks.signals.shares import read_account_ids

_LETTERS = ("post", "reply", "quote", "repost")
# Bits are counted in whole parts, so that sums do not depend on the order of accounts.
_PARTS_PER_BIT = 1 << 20
_NONE = np.zeros(0, np.int64)
_UNNAMED = -1


class DigitalDna:
    """Scores an account by the longest sequence of actions that it shares with several others, in bits.

    Parameters
    ----------
    least_accounts : int
        Accounts that must have a substring (assumed; the paper's curve starts at two).
    """

    name = "digital_dna"
    level: Level = "account"
    paper = "Cresci et al. 2016, arXiv 1602.00110"
    needs = "posts"
    cost = "linear in posts"
    within_world = True

    def __init__(self, least_accounts: int = 5) -> None:
        self.least_accounts = least_accounts

    def score(self, observations: Observations) -> pa.Table:
        """Return the bits of the longest shared substring of every account, and the group before the drop-off."""
        account_ids = read_account_ids(observations)
        strands = _read_strands(observations, account_ids)
        longest = np.zeros(len(account_ids), np.int64)
        curve, best = np.zeros(len(account_ids) + 2, np.int64), []
        for found in _share_substrings(strands, self.least_accounts):
            account = strands.account[found.start]
            np.maximum.at(longest, account, found.length)
            np.maximum.at(curve, found.n_accounts, found.length)
            curve = np.maximum.accumulate(curve[::-1])[::-1]
            on_curve = found.length >= curve[found.n_accounts]
            best.append((account[on_curve], found.n_accounts[on_curve], found.length[on_curve]))
        groups = np.full(len(account_ids), -1)
        if best:
            groups[_cut(curve, best, self.least_accounts)] = 0
        return tabulate_groups(account_ids, longest / _PARTS_PER_BIT, groups)


@dataclass(frozen=True, slots=True)
class _Strands:
    """All letters, account by account and in order of time.

    Attributes
    ----------
    account, letter : int64[n]
        Row of the accounts; place in `_LETTERS`.
    rest : int64[n]
        Letters from here to the end of the account's string.
    measured : int64[n + 1]
        Parts of bits before each letter.
    """

    account: Ints
    letter: Ints
    rest: Ints
    measured: Ints


@dataclass(frozen=True, slots=True)
class _Substrings:
    """Places of substrings of one number of letters: where, how many accounts have it, length in parts of bits."""

    start: Ints
    n_accounts: Ints
    length: Ints


def _read_strands(observations: Observations, account_ids: Ints) -> _Strands:
    accounts, times, letters = [_NONE], [_NONE], [_NONE]
    for batch in observations.batches("posts", ["account_id", "created_at", "kind"]):
        accounts.append(np.searchsorted(account_ids, batch["account_id"].to_numpy()))
        times.append(batch["created_at"].cast(pa.int64()).to_numpy())
        found = pc.index_in(batch["kind"].cast(pa.string()), pa.array(_LETTERS))
        letters.append(found.to_numpy(zero_copy_only=False).astype(np.int64))
    return _order_strands(*(np.concatenate(parts) for parts in (accounts, times, letters)))


def _order_strands(account: Ints, at_ms: Ints, letter: Ints) -> _Strands:
    order = np.lexsort((letter, at_ms, account))
    account, letter = account[order], letter[order]
    counts = np.bincount(letter, minlength=len(_LETTERS))
    bits = -np.log2(np.maximum(counts, 1) / max(len(letter), 1))
    parts = np.round(bits * _PARTS_PER_BIT).astype(np.int64)
    rest = np.searchsorted(account, account, side="right") - np.arange(len(account))
    return _Strands(account, letter, rest, np.append(0, np.cumsum(parts[letter])))


def _share_substrings(strands: _Strands, least_accounts: int) -> Iterator[_Substrings]:
    """Yield the places of substrings that enough accounts have, for every length of the grid that has any."""
    names, n_letters = strands.letter, 1
    while True:
        kept, found = _find_shared(strands, names, n_letters, least_accounts)
        if not len(found.start):
            return
        yield found
        half = n_letters // 2
        if half:
            _, longer = _find_shared(strands, _join(strands, kept, n_letters, half), n_letters + half, least_accounts)
            yield longer
        names, n_letters = _join(strands, kept, n_letters, n_letters), 2 * n_letters


def _join(strands: _Strands, names: Ints, n_letters: int, step: int) -> Ints:
    """Return the names of substrings of `n_letters + step` letters, from the names of two that overlap."""
    start = np.flatnonzero((strands.rest >= n_letters + step) & (names != _UNNAMED))
    start = start[names[start + step] != _UNNAMED]
    joined = np.full(len(names), _UNNAMED)
    joined[start] = names[start] * len(names) + names[start + step]
    return joined


def _find_shared(strands: _Strands, names: Ints, n_letters: int, least_accounts: int) -> tuple[Ints, _Substrings]:
    """Return names renumbered from 0, those that too few accounts have removed, and where the others are."""
    start = np.flatnonzero(names != _UNNAMED)
    # Stable, so that the places of one name stay account by account.
    start = start[np.argsort(names[start], kind="stable")]
    is_new_name = np.diff(names[start], prepend=_UNNAMED) != 0
    is_new_account = is_new_name | (np.diff(strands.account[start], prepend=-1) != 0)
    number = np.cumsum(is_new_name) - 1
    n_accounts = np.bincount(number[is_new_account], minlength=1)[number]
    shared = n_accounts >= least_accounts
    start, number, n_accounts = start[shared], number[shared], n_accounts[shared]
    kept = np.full(len(names), _UNNAMED)
    kept[start] = number
    return kept, _Substrings(start, n_accounts, strands.measured[start + n_letters] - strands.measured[start])


def _cut(curve: Ints, best: Sequence[tuple[Ints, Ints, Ints]], least_accounts: int) -> Ints:
    """Return the accounts (rows) before the largest drop of the curve.

    `best` are the accounts that have a substring, how many have it and its length, for all that lie on the curve.
    """
    cut = least_accounts + int(np.argmax(curve[least_accounts:-1] - curve[least_accounts + 1 :]))
    members = [account[(n_accounts >= cut) & (length >= curve[cut])] for account, n_accounts, length in best]
    return np.unique(np.concatenate(members))
