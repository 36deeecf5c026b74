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


def measure_concentration(queries: Queries) -> dict[str, Any]:
    """Return the share of the campaign's exposures that the most exposed organic accounts had.

    Parameters
    ----------
    queries : Queries
        Views of the dataset's tables.
    """
    groups = queries.rows(
        """select count(*), sum(campaign_exposures)::bigint from truth_accounts
           where segment is not null group by campaign_exposures"""
    )
    n_accounts = sum(count for count, _ in groups)
    shares = {name: round(find_top_share(groups, share * n_accounts), 6) for name, share in _TOP_SHARES.items()}
    return {"n_accounts": n_accounts, **shares}


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
