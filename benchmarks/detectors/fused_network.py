"""Fused network: the union of five similarity networks, pruned by eigenvector centrality.

The networks join accounts that repost the same posts, share the same links, use the same hashtags in the same order,
repost the same authors within a minute, or write the same word triples, on the same day, in posts about the brand. In
each, accounts are vectors weighted by TF-IDF and pairs whose cosine is at least `least_similarity` are edges; the fused
network has all edges, the weights of one between the same accounts adding up. The score is an account's eigenvector
centrality in it, as a share of the largest. Accounts below the quantile `pruned_share` of all centralities are cut off;
what is left falls into connected components, the groups (two accounts or more).

Departures: texts are compared by word triples instead of sentence embeddings, and only within a day, since over months
people fall into the same phrases by chance; only talk about the brand counts, but for fast reposts; a fast repost is
one within a minute, not ten seconds, since few posts here are read that soon.

Objects of more than `most_accounts` accounts are left out, so that the cost, the sum over objects of the square of
their accounts, grows linearly with the posts.

References
----------
Luceri, Pantè, Burghardt, Ferrara 2024, "Unmasking the web of deceit: Uncovering coordinated activity to expose
information operations on Twitter", arXiv 2310.09884.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import Level, Observations
from benchmarks.detectors.hashtag_sequence import find_sequences
from benchmarks.signals.networks import (
    Edges,
    count_uses,
    find_components,
    find_pairs,
    merge_edges,
    number_rows,
    rank_by_eigenvector,
    tabulate_groups,
    weigh_tf_idf,
)
from benchmarks.signals.shares import find_brand_posts, find_rows, read_account_ids, read_fast_reposts, read_shares
from benchmarks.signals.text_shingles import shingle

Ints = NDArray[np.int64]
Uses = tuple[Ints, Ints]

_DAY_MS = 86_400_000


class FusedNetwork:
    """Scores an account by its centrality among those that resemble each other in several ways, and finds its circle.

    Parameters
    ----------
    least_similarity : float
        Cosine from which two accounts are joined (assumed).
    least_uses : int
        Uses, of objects that others use too, from which an account has a place in a network (assumed).
    fast_seconds : float
        Delay up to which a repost is fast (assumed; 10 in the paper).
    tags_per_sequence : int
        Consecutive hashtags of a day that make a sequence (assumed).
    pruned_share : float
        Quantile of the centralities below which accounts are cut off (assumed; the paper sweeps it).
    most_accounts : int
        Accounts from which an object counts as common to all (assumed).
    """

    name = "fused_network"
    level: Level = "account"
    paper = "Luceri et al. 2024, arXiv 2310.09884"
    needs = "posts"
    cost = "linear in posts, and objects times the square of their accounts"
    within_world = True

    def __init__(
        self,
        least_similarity: float = 0.1,
        least_uses: int = 5,
        fast_seconds: float = 60.0,
        tags_per_sequence: int = 2,
        pruned_share: float = 0.99,
        most_accounts: int = 500,
    ) -> None:
        self.least_similarity = least_similarity
        self.least_uses = least_uses
        self.fast_ms = round(fast_seconds * 1000)
        self.tags_per_sequence = tags_per_sequence
        self.pruned_share = pruned_share
        self.most_accounts = most_accounts

    def score(self, observations: Observations) -> pa.Table:
        """Return the centrality of every account in the fused network, and its component of the pruned one."""
        account_ids = read_account_ids(observations)
        n_accounts = len(account_ids)
        layers = [self._join(uses, n_accounts) for uses in self._read_traces(observations, account_ids)]
        fused = merge_edges(layers, n_accounts)
        centrality = rank_by_eigenvector(fused, n_accounts)
        limit = np.quantile(centrality, self.pruned_share, method="lower") if n_accounts else 0.0
        is_central = centrality >= max(limit, np.finfo(float).tiny)
        kept = fused.keep(is_central[fused.left] & is_central[fused.right])
        return tabulate_groups(account_ids, centrality, find_components(kept, n_accounts))

    def _read_traces(self, observations: Observations, account_ids: Ints) -> list[Uses]:
        """Return accounts and objects of the five traces."""
        topic = find_brand_posts(observations)
        reposts = read_shares(observations, account_ids, ["repost"], topic)
        links = read_shares(observations, account_ids, ["url"], topic)
        tags = read_shares(observations, account_ids, ["hashtag"], topic)
        return [
            (reposts.account, reposts.object),
            (links.account, links.object),
            find_sequences(tags, self.tags_per_sequence),
            read_fast_reposts(observations, account_ids, self.fast_ms),
            read_phrases(observations, account_ids, topic),
        ]

    def _join(self, uses: Uses, n_accounts: int) -> Edges:
        counts = count_uses(*uses, n_accounts, self.most_accounts, self.least_uses)
        return find_pairs(weigh_tf_idf(counts), self.least_similarity)


def read_phrases(observations: Observations, account_ids: Ints, topic: Ints) -> Uses:
    """Return who wrote which word triple on which day (UTC) in the posts of a topic: rows of accounts, numbers."""
    authors, days, phrases = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
    for batch in observations.batches("posts", ["post_id", "account_id", "created_at", "text"]):
        account, is_known = find_rows(batch["account_id"].to_numpy(), account_ids)
        kept = is_known & find_rows(batch["post_id"].to_numpy(), topic)[1]
        kept &= pc.is_valid(batch["text"]).to_numpy(zero_copy_only=False)
        found = shingle(batch["text"].filter(pa.array(kept)))
        authors.append(np.repeat(account[kept], found.counts))
        days.append(np.repeat(batch["created_at"].cast(pa.int64()).to_numpy()[kept] // _DAY_MS, found.counts))
        phrases.append(found.hashes)
    triples = np.concatenate(phrases).view(np.int64)
    return np.concatenate(authors), number_rows([triples, np.concatenate(days)])
