"""Co-activity: accounts that share the same objects, compared by the cosine of their TF-IDF vectors.

Every account is a vector over reposted posts and links: how often it shared each, times the logarithm of how few
accounts did. The pairs of the highest cosine (0.5 % of those above 0) are the edges. The score is the sum of an
account's edge weights, the groups are the connected components (two accounts or more).

Accounts with few shares are left out, since two of them are soon equal. Objects of more than `most_accounts` accounts
are left out: TF-IDF gives them little weight, and their pairs would grow as the square of their accounts. So the cost,
the sum over objects of the square of their accounts, grows linearly with the posts; pairs are never all held at once.
Hashtags are left to `hashtag_sequence`: what they have in common is mostly a topic.

References
----------
Pacheco, Hui, Torres-Lugo, Truong, Flammini, Menczer 2021, "Uncovering coordinated networks on social media",
doi 10.1609/icwsm.v15i1.18075 (co-retweets: TF-IDF, cosine, the top 0.5 % of edges).
"""

import pyarrow as pa

from benchmarks.detector import Level, Observations
from benchmarks.signals.networks import (
    count_uses,
    find_components,
    find_strongest_pairs,
    sum_strengths,
    tabulate_groups,
    weigh_tf_idf,
)
from benchmarks.signals.shares import read_account_ids, read_shares


class CoActivity:
    """Scores an account by its similarity to others in what it shares, and finds who is similar to whom.

    Parameters
    ----------
    edge_share : float
        Share of the similar pairs that become edges (Pacheco et al. 2021: 0.5 %).
    least_shares : int
        Shares, of what another account shared too, from which an account is compared (assumed; Pacheco et al. 2021:
        ten retweets of anything).
    most_accounts : int
        Accounts from which an object counts as common to all (assumed).
    """

    name = "co_activity"
    level: Level = "account"
    paper = "Pacheco et al. 2021, doi 10.1609/icwsm.v15i1.18075"
    needs = "posts"
    cost = "objects times the square of their accounts, at most most_accounts"
    within_world = True

    def __init__(self, edge_share: float = 0.005, least_shares: int = 5, most_accounts: int = 1000) -> None:
        self.edge_share = edge_share
        self.least_shares = least_shares
        self.most_accounts = most_accounts

    def score(self, observations: Observations) -> pa.Table:
        """Return the strength of every account in the network of similar sharing, and its component."""
        account_ids = read_account_ids(observations)
        n_accounts = len(account_ids)
        shares = read_shares(observations, account_ids, ["repost", "url"])
        uses = count_uses(shares.account, shares.object, n_accounts, self.most_accounts, self.least_shares)
        edges = find_strongest_pairs(weigh_tf_idf(uses), self.edge_share)
        return tabulate_groups(account_ids, sum_strengths(edges, n_accounts), find_components(edges, n_accounts))
