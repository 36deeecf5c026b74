"""How well returned groups of accounts match the true ones: squads, operators, and apart from them organic groups.

Memberships are int64[n], one group an account, -1 for none, over the accounts that count. A returned group of a
single account is none. None stands for what is not defined, as every figure without positives.
"""

from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.int64]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupScore:
    """How returned groups match the true ones; all but the counts are 0 to 1, adjusted Rand from about 0.

    Attributes
    ----------
    n_groups, n_members : int
        Returned groups of two or more, and the accounts in them.
    headline : float or None
        Harmonic mean of weighted precision and coverage; 0 without returned groups.
    weighted_precision : float or None
        sum n p^2 / sum n p over the returned groups, n their size and p their purity: the largest share of one
        true group. None without returned groups.
    coverage : float or None
        Share of the operated accounts that lie in returned groups with a purity of at least one half.
    pair_precision, pair_recall, pair_f1 : float or None
        Over pairs of accounts: together in a true group among those together in a returned one, and vice versa.
    adjusted_rand : float or None
        Over the accounts that are in a true or a returned group, those without one as groups of their own.
    """

    n_groups: int
    n_members: int
    headline: float | None
    weighted_precision: float | None
    coverage: float | None
    pair_precision: float | None
    pair_recall: float | None
    pair_f1: float | None
    adjusted_rand: float | None


@dataclass(frozen=True, slots=True)
class OrganicCoverage:
    """What of the organic coordinated groups was returned: no fault of a detector of coordination, yet no squad.

    Attributes
    ----------
    n_groups : int
        Returned groups at least half of which is one organic coordinated group.
    coverage : float or None
        Share of the organic coordinated accounts in such groups; None without organic coordinated accounts.
    returned_share : float or None
        Share of the organic coordinated accounts in any returned group.
    """

    n_groups: int
    coverage: float | None
    returned_share: float | None


def measure_groups(true_groups: Groups, returned_groups: Groups) -> GroupScore:
    """Compare returned with true groups of operated accounts. Cost grows as sorting the accounts.

    Parameters
    ----------
    true_groups, returned_groups : int64[n]
        Group of each account that counts, -1 for none.

    References
    ----------
    Hubert, Arabie 1985, "Comparing partitions", doi 10.1007/BF01908075 (adjusted Rand).

    Examples
    --------
    >>> measure_groups(np.array([0, 0, 1, 1, -1]), np.array([5, 5, -1, -1, -1])).headline
    0.6666666666666666
    """
    table = _tabulate(true_groups, returned_groups)
    if not table.n_true:
        return GroupScore(len(table.sizes), int(table.sizes.sum()), *[None] * 7)
    precision, coverage = _weigh_purity(table), table.n_covered / table.n_true
    both, returned, true = _count_pairs(table.cells), _count_pairs(table.sizes), _count_pairs(table.true_sizes)
    return GroupScore(
        n_groups=len(table.sizes),
        n_members=int(table.sizes.sum()),
        headline=_average_harmonically(precision or 0.0, coverage),
        weighted_precision=precision,
        coverage=coverage,
        pair_precision=_divide(both, returned),
        pair_recall=_divide(both, true),
        pair_f1=_divide(2 * both, returned + true),
        adjusted_rand=_adjust_rand(both, returned, true, table.n_grouped * (table.n_grouped - 1) // 2),
    )


def measure_organic_groups(organic_groups: Groups, returned_groups: Groups) -> OrganicCoverage:
    """Measure what of the organic coordinated groups (fan clubs, newsrooms) was returned.

    Parameters
    ----------
    organic_groups, returned_groups : int64[n]
        Group of each account that counts, -1 for none; operated accounts have no organic group.
    """
    table = _tabulate(organic_groups, returned_groups)
    return OrganicCoverage(
        n_groups=int(table.is_pure.sum()),
        coverage=_divide(table.n_covered, table.n_true),
        returned_share=_divide(int(table.cells.sum()), table.n_true),
    )


@dataclass(frozen=True, slots=True)
class _Contingency:
    """Counts of accounts: cells (true, returned) that are not empty, sizes of returned and true groups.

    `largest` is the largest cell of each returned group and `found` the sum of its cells; `n_true` counts the
    accounts with a true group, `n_grouped` those with a true or a returned one.
    """

    cells: Counts
    sizes: Counts
    largest: Counts
    found: Counts
    true_sizes: Counts
    n_true: int
    n_grouped: int

    @property
    def is_pure(self) -> NDArray[np.bool_]:
        return 2 * self.largest >= self.sizes

    @property
    def n_covered(self) -> int:
        return int(self.found[self.is_pure].sum())


def _tabulate(true_groups: Groups, returned_groups: Groups) -> _Contingency:
    is_true, returned = true_groups >= 0, _number_returned(returned_groups)
    _, true = np.unique(true_groups, return_inverse=True)
    sizes = np.bincount(returned[returned >= 0])
    both = is_true & (returned >= 0)
    n_returned = max(len(sizes), 1)
    codes, cells = np.unique(true[both] * n_returned + returned[both], return_counts=True)
    largest = np.zeros_like(sizes)
    np.maximum.at(largest, codes % n_returned, cells)
    return _Contingency(
        cells=cells,
        sizes=sizes,
        largest=largest,
        found=np.bincount(returned[both], minlength=len(sizes)),
        true_sizes=np.bincount(true[is_true]),
        n_true=int(is_true.sum()),
        n_grouped=int((is_true | (returned >= 0)).sum()),
    )


def _number_returned(groups: Groups) -> Groups:
    """Return the returned groups numbered from 0, those of a single account as none."""
    ids, sizes = np.unique(groups, return_counts=True)
    kept = ids[(ids >= 0) & (sizes >= 2)]
    return np.where(np.isin(groups, kept), np.searchsorted(kept, groups), -1)


def _weigh_purity(table: _Contingency) -> float | None:
    if not len(table.sizes):
        return None
    # Exactly rounded, so that the order of the groups cannot show.
    weighted = fsum((table.largest**2 / table.sizes).tolist())
    return _divide(weighted, int(table.largest.sum())) or 0.0


def _count_pairs(sizes: Counts) -> int:
    return int((sizes * (sizes - 1)).sum()) // 2


def _adjust_rand(both: int, returned: int, true: int, n_pairs: int) -> float:
    if both == returned == true:
        return 1.0
    return 2 * (both * n_pairs - returned * true) / ((returned + true) * n_pairs - 2 * returned * true)


def _average_harmonically(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0


def _divide(part: float, whole: float) -> float | None:
    return part / whole if whole else None
