"""Everything that the page shows about one run, in two parts: visible, and sealed until the reveal."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.report.drawn import Limits, choose_accounts, choose_posts, count_drawn
from benchmarks.report.hidden_part import describe_truth
from benchmarks.report.narrative_series import Bins, choose_bins, count_narratives, find_tactics
from benchmarks.report.placement import place_accounts
from benchmarks.report.visible_part import describe_accounts, describe_follows, describe_posts, describe_world
from benchmarks.signals.networks import Ints
from simulator.dataset import Dataset
from simulator.dataset.queries import Queries, ask

FORMAT = 1


@dataclass(frozen=True, slots=True)
class RunPayload:
    """One run as the page needs it.

    Attributes
    ----------
    visible : dict
        World, accounts, posts, follows and series, as a platform would show them.
    truth : dict
        What the page seals until the reveal.
    account_ids : array of int64, shape (n_drawn,)
        Ids of the accounts drawn, ascending; positions in the payload refer to it.
    """

    visible: dict[str, Any]
    truth: dict[str, Any]
    account_ids: Ints


def describe_run(dataset: Dataset, limits: Limits | None = None, account_ids: Ints | None = None) -> RunPayload:
    """Return what the page needs of a dataset.

    Parameters
    ----------
    dataset : Dataset
        Any size.
    limits : Limits, optional
        How much is drawn at most; counts are exact whatever it is.
    account_ids : array of int64, optional
        Accounts to draw, as those of the main run in a run beside it; left out, they are chosen.
    """
    limits = limits or Limits()
    manifest = dataset.manifest
    bins = choose_bins(manifest.moments.start_ms, manifest.moments.end_ms)
    with ask(tables=dataset) as queries:
        ids = choose_accounts(queries, limits) if account_ids is None else account_ids
        queries.keep("drawn", pa.table({"account_id": ids}))
        return _describe(dataset, queries, ids, bins, limits)


def _describe(dataset: Dataset, queries: Queries, ids: Ints, bins: Bins, limits: Limits) -> RunPayload:
    counts = count_narratives(queries, bins)
    pushed = counts.pop("pushed")
    narratives = list(counts["narratives"])
    posts = choose_posts(queries, limits)
    followers, followees = _list_follows(queries, ids)
    tactics = find_tactics(queries)
    visible = {
        "world": describe_world(dataset, bins, ids),
        "counts": count_drawn(dataset, len(ids), posts),
        "narratives": [{"id": name, "tactic": tactics.get(name)} for name in narratives],
        "series": {
            **{name: counts[name].tolist() for name in ("all", "background", "other")},
            "narratives": [counts["narratives"][name].tolist() for name in narratives],
        },
        "accounts": describe_accounts(queries, place_accounts(len(ids), followers, followees)),
        "follows": describe_follows(followers, followees),
        "posts": describe_posts(posts, ids, narratives, bins.start_ms),
    }
    return RunPayload(visible, describe_truth(queries, posts, bins, pushed), ids)


def _list_follows(queries: Queries, ids: Ints) -> tuple[Ints, Ints]:
    """Return follows between drawn accounts as positions, in a fixed order."""
    rows = queries.table("""
        SELECT DISTINCT follower_id, followee_id FROM follows
        JOIN drawn a ON a.account_id = follower_id JOIN drawn b ON b.account_id = followee_id ORDER BY 1, 2
    """)
    return (
        np.searchsorted(ids, rows["follower_id"].to_numpy()).astype(np.int64),
        np.searchsorted(ids, rows["followee_id"].to_numpy()).astype(np.int64),
    )
