"""Rapid co-sharing: accounts that again and again share the same post, link or hashtag as another within a minute.

w(u, v) is the number of distinct posts of u that share an object which v shares too at most Δ away. An edge joins u
and v when w(u, v) and w(v, u) are at least q; its weight is the smaller of both. The score is the sum of the weights
of an account's edges, the groups are the connected components (two accounts or more). Objects are reposted posts,
links and hashtags (whatever their case); one that more than `most_in_window` posts share within one Δ is left out
there, since it is then the talk of the day and its pairs would be too many.

The join is by time buckets of Δ in DuckDB; its cost is linear in the posts and in the pairs found.

References
----------
Keller, Schoch, Stier, Yang 2020, "Political astroturfing on Twitter", doi 10.1080/10584609.2019.1661888.
Giglietto, Righetti, Rossi, Marino 2020, "It takes a village to manipulate the media",
doi 10.1080/1369118X.2020.1739732.
Graham, Bruns, Zhu, Campbell 2020, "Like a virus: The coordinated spread of coronavirus disinformation".
"""

import numpy as np
import pyarrow as pa

from benchmarks.detector import Level, Observations
from benchmarks.signals.networks import Edges, find_components, sum_strengths, tabulate_groups
from benchmarks.signals.shares import Shares, read_account_ids, read_shares

_PAIRS = """
with placed as (
    select account, object, message, at_ms, at_ms // $window as bucket,
           count(*) over (partition by object, at_ms // $window) as crowd
    from shares
), calm as (select * exclude crowd from placed where crowd <= $most),
near as (select * replace (bucket + step as bucket) from calm, (values (-1), (0), (1)) steps (step))
select calm.account as one, near.account as other, count(distinct calm.message) as weight
from calm join near using (object, bucket)
where calm.account <> near.account and abs(calm.at_ms - near.at_ms) <= $window
group by all
"""


class RapidCoShare:
    """Scores an account by how often it shared what others shared within a short time, and finds who did so together.

    Parameters
    ----------
    window_seconds : float
        Δ; a minute in Keller et al. 2020.
    least_matches : int
        q, matched posts from which two accounts are joined; once may be chance (assumed).
    most_in_window : int
        Shares of one object within one Δ from which it is left out there (assumed).
    """

    name = "rapid_co_share"
    level: Level = "account"
    paper = "Keller et al. 2020, doi 10.1080/10584609.2019.1661888"
    needs = "posts"
    cost = "linear in posts and in pairs within the window"

    def __init__(self, window_seconds: float = 60.0, least_matches: int = 2, most_in_window: int = 1000) -> None:
        self.window_ms = round(window_seconds * 1000)
        self.least_matches = least_matches
        self.most_in_window = most_in_window
        # An account with one edge of the least weight.
        self.threshold = float(least_matches)

    def score(self, observations: Observations) -> pa.Table:
        """Return the strength of every account in the network of rapid co-sharing, and its component."""
        account_ids = read_account_ids(observations)
        shares = read_shares(observations, account_ids)
        edges = self._find_edges(observations, shares, len(account_ids))
        n_accounts = len(account_ids)
        return tabulate_groups(account_ids, sum_strengths(edges, n_accounts), find_components(edges, n_accounts))

    def _find_edges(self, observations: Observations, shares: Shares, n_accounts: int) -> Edges:
        arrays = {"account": shares.account, "object": shares.object, "message": shares.message, "at_ms": shares.at_ms}
        with observations.ask() as database:
            database.register("shares", pa.table(arrays))
            settings = {"window": self.window_ms, "most": self.most_in_window}
            pairs = database.sql(_PAIRS, params=settings).to_arrow_table()
        one, other, weight = (pairs[name].to_numpy().astype(np.int64) for name in ("one", "other", "weight"))
        order = np.lexsort((other, one))
        one, other, weight = one[order], other[order], weight[order]
        # Matches are mutual: sorted by (other, one) the same pairs stand in the same order.
        back = weight[np.lexsort((one, other))]
        smaller = np.minimum(weight, back)
        kept = (one < other) & (smaller >= self.least_matches)
        return Edges(one[kept], other[kept], smaller[kept].astype(np.float64))
