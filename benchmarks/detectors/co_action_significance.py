"""Co-action significance: accounts that share the same objects at the same time more often than chance explains.

An action is one object (hashtag, link, reposted post) that an account shares within one bin of time; the actions of
an account count once each. Under the null model both margins hold: account u draws its a(u) actions at random, an
action at object-and-bin c having the probability p(c) = d(c) / Σ d, its share of all actions. The number of common
actions of u and v is then Poisson with mean a(u) a(v) Σ p(c)², and the p-value of x of them is P(X ≥ x) (the sparse
limit of the configuration model of bipartite networks). Benjamini and Hochberg's procedure over all pairs of
active accounts, those without a common action having p = 1, keeps a share `false_discovery_rate` of false edges. The
score is the sum of -log10 p over an account's edges, groups are the connected components (two accounts or more).

Bins of time make the talk of the day part of the null model. Actions of more than `most_accounts` accounts are left
out, so that the cost, the sum over actions of the square of their accounts, grows linearly with the posts.

References
----------
Saracco, Straka, Di Clemente, Gabrielli, Caldarelli, Squartini 2017, "Inferring monopartite projections of bipartite
networks", doi 10.1088/1367-2630/aa6b38 (co-occurrences against margins).
Serrano, Boguñá, Vespignani 2009, "Extracting the multiscale backbone", doi 10.1073/pnas.0808904106.
Benjamini, Hochberg 1995, "Controlling the false discovery rate", doi 10.1111/j.2517-6161.1995.tb02031.x.
"""

import math

import numpy as np
import pyarrow as pa
from scipy import sparse, special

from benchmarks.detector import Level, Observations
from benchmarks.signals.networks import (
    Edges,
    Floats,
    count_uses,
    find_components,
    find_pairs,
    number_rows,
    sum_strengths,
    tabulate_groups,
)
from benchmarks.signals.shares import find_brand_posts, read_account_ids, read_shares

_LEAST_P = 1e-300


class CoActionSignificance:
    """Scores an account by how improbable its common actions with others are, and finds who acts together.

    Parameters
    ----------
    bin_hours : float
        Length of the bins of time, from midnight UTC (assumed; a day of talk).
    false_discovery_rate : float
        Expected share of edges that chance made (Benjamini, Hochberg 1995).
    least_common : int
        Common actions of an edge: one is no pattern (assumed).
    most_accounts : int
        Accounts from which an action counts as common to all (assumed).
    brand_only : bool
        Whether only posts about the brand are read: over all topics, interests alone join accounts.
    """

    name = "co_action_significance"
    level: Level = "account"
    paper = "Saracco et al. 2017, doi 10.1088/1367-2630/aa6b38"
    needs = "posts"
    cost = "linear in posts, and actions times the square of their accounts"

    def __init__(
        self,
        bin_hours: float = 24.0,
        false_discovery_rate: float = 0.01,
        least_common: int = 2,
        most_accounts: int = 1000,
        brand_only: bool = True,
    ) -> None:
        self.bin_ms = round(bin_hours * 3_600_000)
        self.false_discovery_rate = false_discovery_rate
        self.least_common = least_common
        self.most_accounts = most_accounts
        self.brand_only = brand_only
        # No significant edge weighs less.
        self.threshold = -math.log10(false_discovery_rate)

    def score(self, observations: Observations) -> pa.Table:
        """Return the summed significance of every account's edges, and its component."""
        account_ids = read_account_ids(observations)
        n_accounts = len(account_ids)
        topic = find_brand_posts(observations) if self.brand_only else None
        shares = read_shares(observations, account_ids, topic=topic)
        actions = number_rows([shares.object, shares.at_ms // self.bin_ms])
        edges = self._find_edges(count_uses(shares.account, actions, n_accounts, self.most_accounts))
        return tabulate_groups(account_ids, sum_strengths(edges, n_accounts), find_components(edges, n_accounts))

    def _find_edges(self, uses: sparse.csr_array) -> Edges:
        """Return the significant pairs, weighted by -log10 p."""
        uses.data[:] = 1
        pairs = find_pairs(uses, self.least_common)
        n_actions = np.diff(uses.indptr)
        n_users = np.bincount(uses.indices, minlength=uses.shape[1])
        chance = float((n_users**2).sum()) / max(float(n_users.sum()) ** 2, 1)
        expected = n_actions[pairs.left] * n_actions[pairs.right] * chance
        p_values = np.maximum(special.gammainc(pairs.weight, expected), _LEAST_P)
        n_active = int((n_actions > 0).sum())
        limit = find_limit(p_values, n_active * (n_active - 1) // 2, self.false_discovery_rate)
        return Edges(pairs.left, pairs.right, -np.log10(p_values)).keep(p_values <= limit)


def find_limit(p_values: Floats, n_tests: int, false_discovery_rate: float) -> float:
    """Return the largest p-value that Benjamini and Hochberg's procedure rejects; -1 when it rejects none.

    Parameters
    ----------
    p_values : float64[m]
        The smallest of `n_tests`; those left out count as 1.

    Examples
    --------
    >>> find_limit(np.array([0.001, 0.02, 0.04]), 4, 0.05)
    0.02
    """
    ordered = np.sort(p_values)
    limits = np.arange(1, len(ordered) + 1) * false_discovery_rate / max(n_tests, 1)
    rejected = np.flatnonzero(ordered <= limits)
    return float(ordered[rejected[-1]]) if len(rejected) else -1.0
