"""How unevenly a campaign's exposures fall on organic accounts.

References
----------
Eady, Paskhalis, Zilinsky, Bonneau, Nagler, Tucker 2023, "Exposure to the Russian Internet Research Agency
foreign influence campaign on Twitter in the 2016 US election", Nature Communications 14:62: 1 % of users
had 70 % of the exposures. doi 10.1038/s41467-022-35576-9.
"""

from collections.abc import Sequence
from typing import Any

from simulator.dataset.queries import Queries

_TOP_SHARES = {"top_1_percent_share": 0.01, "top_10_percent_share": 0.1}


def measure_concentration(queries: Queries, *, has_log: bool) -> dict[str, Any]:
    """Return the share of the campaign's exposures that the most exposed organic accounts had.

    With the exposure log it is exact. Without, the exposures of a segment are spread evenly over its
    reached accounts, which gives a lower bound.

    Parameters
    ----------
    queries : Queries
        Views of the dataset's tables.
    has_log : bool
        Whether the exposure log was written.
    """
    groups = _count_by_account(queries) if has_log else _count_by_segment(queries)
    basis = "by account, from the exposure log" if has_log else "by segment, for want of an exposure log"
    (n_accounts,) = queries.row("select count(*) from truth_accounts where segment is not null")
    shares = {name: round(find_top_share(groups, share * n_accounts), 6) for name, share in _TOP_SHARES.items()}
    return {"n_accounts": n_accounts, **shares, "is_lower_bound": not has_log, "basis": basis}


def find_top_share(groups: Sequence[tuple[float, float]], n_top: float) -> float:
    """Return the share of all exposures that the `n_top` most exposed accounts had.

    Parameters
    ----------
    groups : sequence of (n_accounts, exposures)
        Accounts that saw equally much.
    n_top : float
        Number of accounts; a broken account counts in part, and at least one is taken.
    """
    total = sum(exposures for _, exposures in groups)
    left, held = max(n_top, 1.0), 0.0
    for n_accounts, exposures in sorted(groups, key=lambda group: -group[1] / group[0]):
        taken = min(left, n_accounts)
        held += exposures * taken / n_accounts
        left -= taken
    return held / total if total else 0.0


def _count_by_account(queries: Queries) -> list[tuple[float, float]]:
    """Return (accounts, their exposures) for every number of exposures that occurs."""
    return [
        (n_accounts, n_accounts * exposures)
        for exposures, n_accounts in queries.rows(
            """with seen as (select account_id, count(*) as n from truth_exposure_log
                             join (select post_id from truth_posts where root_push_id is not null) using (post_id)
                             join (select account_id from truth_accounts where segment is not null) using (account_id)
                             group by 1)
               select n, count(*) from seen group by 1"""
        )
    ]


def _count_by_segment(queries: Queries) -> list[tuple[float, float]]:
    """Return (reached accounts, their exposures) for every segment.

    Several operators may have reached the same account, so that the reached are at most the sum.
    """
    return [
        (max(min(n_accounts, reached), 1), exposures)
        for n_accounts, reached, exposures in queries.rows(
            """with seen as (select segment, sum(first_campaign_exposures)::bigint as reached,
                                    sum(exposures)::bigint as n
                             from truth_exposures where push_id is not null group by 1)
               select count(*), any_value(reached), any_value(seen.n)
               from truth_accounts join seen using (segment) group by segment"""
        )
    ]
