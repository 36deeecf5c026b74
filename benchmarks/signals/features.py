"""Features of accounts: what their own rows say, and what those of their neighbours say.

Times count from the present or from the window of ``context.json``, hours and weekdays are of UTC: a shift of a
world by whole weeks changes no feature. Cost is linear in the rows, but for sorting each account's posts.

References
----------
Yang et al. 2020, "Scalable and generalizable social bot detection" (SGBot), doi 10.1609/aaai.v34i01.5460 (profiles).
Tang et al. 2023, "GADBench", arXiv 2306.12251 (means and maxima over neighbours, for trees).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.detector import Observations
from benchmarks.signals.feature_questions import FOLLOW_LINKS, HOURS, QUESTIONS, REACTION_LINKS

Matrix = NDArray[np.float64]
Ids = NDArray[np.int64]

# Missing means -1 where 0 would be an extreme value; elsewhere it means 0: nothing was posted, liked or followed.
MISSING = {"first_activity_days": -1.0, "idle_days": -1.0, "gap_median_hours": -1.0}
# Steps of 2^-16: sums of rounded values are exact, so that no mean depends on the order of the neighbours.
_STEPS_PER_UNIT = float(1 << 16)
_HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class AccountFeatures:
    """Features of all accounts of a world.

    Attributes
    ----------
    account_ids : int64[n]
        Ascending.
    names : tuple of str
        Of the k features.
    values : float64[n, k]
        Finite. Missing is 0, or -1 for the features of :data:`MISSING`.
    """

    account_ids: Ids
    names: tuple[str, ...]
    values: Matrix


def account_features(observations: Observations) -> AccountFeatures:
    """Return what each account's own rows say: profile, activity, gaps, texts, likes, echo and follows.

    Examples
    --------
    >>> features = account_features(observations)
    >>> features.names[:3]
    ('age_days', 'followers_at_start', 'following_at_start')
    """
    account_ids = np.sort(observations.table("accounts", ["account_id"])["account_id"].to_numpy())
    columns: dict[str, Matrix] = {}
    with observations.ask() as database:
        _set_variables(database, observations)
        for question in QUESTIONS:
            answer = database.execute(question).fetchnumpy()
            columns |= _spread(answer, account_ids)
        columns["hour_entropy"] = _hour_entropy(database.execute(HOURS).fetchnumpy(), account_ids)
    return AccountFeatures(account_ids, tuple(columns), np.column_stack(list(columns.values())))


def neighbour_features(observations: Observations, features: AccountFeatures) -> AccountFeatures:
    """Return means and maxima of features over neighbours, one and two steps away.

    Neighbours are those joined by a lasting follow, and those joined by a repost, reply or quote, in either
    direction. The second step is the mean of means and the maximum of maxima of the neighbours, which
    includes the account itself (Tang et al. 2023). An account without neighbours has zeros.
    Values are rounded to 2^-16. Cost is linear in links times features.

    Parameters
    ----------
    observations : Observations
    features : AccountFeatures
        Of the same world, k features.

    Returns
    -------
    AccountFeatures
        8 k features, named as ``follows_1_mean_age_days``.
    """
    names: list[str] = []
    blocks: list[Matrix] = []
    for relation, question in (("follows", FOLLOW_LINKS), ("reactions", REACTION_LINKS)):
        links = _join(observations, question, features.account_ids)
        mean = maximum = _round(features.values)
        for hop in (1, 2):
            mean, maximum = _round(_mean(links, mean)), _maximum(links, maximum)
            blocks += [mean, maximum]
            names += [f"{relation}_{hop}_{kind}_{name}" for kind in ("mean", "max") for name in features.names]
    return AccountFeatures(features.account_ids, tuple(names), np.hstack(blocks))


def append_features(first: AccountFeatures, second: AccountFeatures) -> AccountFeatures:
    """Return the features of both, of the same accounts."""
    return AccountFeatures(first.account_ids, first.names + second.names, np.hstack([first.values, second.values]))


def order_by_values(values: Matrix) -> Ids:
    """Return an order of rows that depends on nothing but their values: what is drawn by row then ignores ids.

    Parameters
    ----------
    values : float64[n, k]

    Returns
    -------
    int64[n]
        Rows, sorted by the first column, then the second, and so on.
    """
    return np.lexsort(values.T[::-1]) if values.size else np.arange(len(values))


def _set_variables(database: duckdb.DuckDBPyConnection, observations: Observations) -> None:
    context = observations.context
    start_ms = int(np.datetime64(str(context["start"]).removesuffix("Z"), "ms").astype(np.int64))
    for name, value in (
        ("start_ms", start_ms),
        ("as_of_ms", observations.as_of_ms),
        ("brand_pattern", brand_pattern(context)),
    ):
        database.execute(f"set variable {name} = ?", [value])


def brand_pattern(context: Mapping[str, Any]) -> str:
    """Return a pattern of all names of the brand, in lower case; empty when it has none."""
    terms = {context["brand"], context["product"], *context["aliases"], *context["hashtags"]}
    return "|".join(re.escape(term.lower()) for term in sorted(terms) if term)


def _spread(answer: Mapping[str, NDArray[Any]], account_ids: Ids) -> dict[str, Matrix]:
    """Return each column of an answer by account, float64[n], with what is missing filled in."""
    rows, known = _find(np.asarray(answer["account_id"]), account_ids)
    columns = {}
    for name, column in answer.items():
        if name != "account_id":
            missing = MISSING.get(name, 0.0)
            columns[name] = np.full(len(account_ids), missing)
            columns[name][rows] = np.ma.filled(np.ma.asarray(column, np.float64), missing)[known]
    return columns


def _find(ids: NDArray[Any], account_ids: Ids) -> tuple[Ids, NDArray[np.bool_]]:
    """Return the rows of those ids that are accounts, and which these are."""
    known = np.isin(ids, account_ids)
    return np.searchsorted(account_ids, ids[known]), known


def _hour_entropy(answer: Mapping[str, NDArray[Any]], account_ids: Ids) -> Matrix:
    """Return the entropy of the hours of day of each account's posts, bits; 0 without posts."""
    rows, known = _find(answer["account_id"], account_ids)
    counts = np.zeros((len(account_ids), _HOURS_PER_DAY))
    counts[rows, answer["hour"][known]] = answer["n_posts"][known]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    logs = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    entropy: Matrix = np.abs((shares * logs).sum(axis=1))
    return entropy


def _join(observations: Observations, question: str, account_ids: Ids) -> sparse.csr_array:
    """Return who is a neighbour of whom, symmetric, of ones; nobody is his own."""
    with observations.ask() as database:
        answer = database.execute(question).fetchnumpy()
    ends = np.array([answer["one"], answer["other"]], np.int64)
    ends = ends[:, np.isin(ends, account_ids).all(axis=0) & (ends[0] != ends[1])]
    one, other = np.searchsorted(account_ids, ends)
    n = len(account_ids)
    pairs = (np.concatenate([one, other]), np.concatenate([other, one]))
    links = sparse.csr_array((np.ones(len(pairs[0])), pairs), shape=(n, n))
    links.sum_duplicates()
    links.data[:] = 1
    return links


def _round(values: Matrix) -> Matrix:
    rounded: Matrix = np.rint(values * _STEPS_PER_UNIT) / _STEPS_PER_UNIT
    return rounded


def _mean(links: sparse.csr_array, values: Matrix) -> Matrix:
    degrees = np.maximum(np.diff(links.indptr), 1)
    means: Matrix = (links @ values) / degrees[:, None]
    return means


def _maximum(links: sparse.csr_array, values: Matrix) -> Matrix:
    """Return the largest value of any neighbour, a column at a time to keep memory low."""
    maxima = np.zeros_like(values)
    linked = np.diff(links.indptr) > 0
    if linked.any():
        first = links.indptr[:-1][linked]
        for place in range(values.shape[1]):
            maxima[linked, place] = np.maximum.reduceat(values[links.indices, place], first)
    return maxima
