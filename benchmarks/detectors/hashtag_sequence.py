"""Hashtag sequences: accounts that use the same hashtags, links and reposts in the same order on the same day.

The actions of an account in its posts about the brand (its hashtags, its links, the posts it reposts), in the order of
time and of the words within a post, are cut at midnight UTC. Every run of n consecutive ones, together with its day, is
an object; accounts are vectors over these objects, weighted by TF-IDF. Pairs whose cosine is at least
`least_similarity` are the edges, the sum of its edges' weights is an account's score, connected components (two
accounts or more) are the groups.

Pacheco et al. compare days of at least five hashtags, of accounts found by hashtags; here a post has a quarter of a
hashtag on average, so that shorter runs are compared, other actions are taken in, and runs take the place of whole
days. Runs of more than `most_accounts` accounts are left out, so that the cost is linear in the posts, but for sorting.

References
----------
Pacheco, Hui, Torres-Lugo, Truong, Flammini, Menczer 2021, "Uncovering coordinated networks on social media",
doi 10.1609/icwsm.v15i1.18075 (case study 3, hashtag sequences).
Luceri, Pantè, Burghardt, Ferrara 2024, "Unmasking the web of deceit", arXiv 2310.09884 (hashtag sequences by cosine).
"""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.detector import Level, Observations
from benchmarks.signals.networks import (
    count_uses,
    find_components,
    find_pairs,
    number_rows,
    sum_strengths,
    tabulate_groups,
    weigh_tf_idf,
)
from benchmarks.signals.shares import Shares, find_brand_posts, read_account_ids, read_shares

_DAY_MS = 86_400_000

Ints = NDArray[np.int64]


class HashtagSequence:
    """Scores an account by how much of its sequences others have on the same days.

    Parameters
    ----------
    actions_per_sequence : int
        n (assumed; five hashtags in Pacheco et al. 2021).
    least_sequences : int
        Runs, that others have too, from which an account is compared: one may coincide (assumed).
    least_similarity : float
        Cosine from which two accounts are joined (assumed).
    most_accounts : int
        Accounts from which a run counts as common to all (assumed).
    brand_only : bool
        Whether only posts about the brand are read, as the paper's posts are about one topic.
    """

    name = "hashtag_sequence"
    level: Level = "account"
    paper = "Pacheco et al. 2021, doi 10.1609/icwsm.v15i1.18075"
    needs = "posts"
    cost = "linear in posts, and sequences times the square of their accounts"

    def __init__(
        self,
        actions_per_sequence: int = 2,
        least_sequences: int = 2,
        least_similarity: float = 0.1,
        most_accounts: int = 1000,
        brand_only: bool = True,
    ) -> None:
        self.actions_per_sequence = actions_per_sequence
        self.least_sequences = least_sequences
        self.least_similarity = least_similarity
        self.most_accounts = most_accounts
        self.brand_only = brand_only
        # An account with the weakest of edges.
        self.threshold = least_similarity

    def score(self, observations: Observations) -> pa.Table:
        """Return the strength of every account in the network of like sequences, and its component."""
        account_ids = read_account_ids(observations)
        n_accounts = len(account_ids)
        topic = find_brand_posts(observations) if self.brand_only else None
        shares = read_shares(observations, account_ids, topic=topic)
        accounts, sequences = find_sequences(shares, self.actions_per_sequence)
        uses = count_uses(accounts, sequences, n_accounts, self.most_accounts, self.least_sequences)
        edges = find_pairs(weigh_tf_idf(uses), self.least_similarity)
        return tabulate_groups(account_ids, sum_strengths(edges, n_accounts), find_components(edges, n_accounts))


def find_sequences(shares: Shares, length: int) -> tuple[Ints, Ints]:
    """Return every run of consecutive objects of an account within a day (UTC).

    Parameters
    ----------
    shares : Shares
        In the order of time.
    length : int
        Objects of a run, at least 1.

    Returns
    -------
    account, sequence : int64[n]
        The sequence is equal for equal runs of the same day.
    """
    order = np.argsort(shares.account, kind="stable")
    account, day = shares.account[order], shares.at_ms[order] // _DAY_MS
    objects = shares.object[order]
    n_runs = max(len(objects) - length + 1, 0)
    last = slice(length - 1, length - 1 + n_runs)
    whole = (account[:n_runs] == account[last]) & (day[:n_runs] == day[last])
    runs = [objects[place : place + n_runs][whole] for place in range(length)]
    return account[:n_runs][whole], number_rows([*runs, day[:n_runs][whole]])
