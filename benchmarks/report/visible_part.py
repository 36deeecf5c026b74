"""What the page shows before the reveal: what a platform would show, and what posts say."""

from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.report.columns import clean_text, clean_texts, code_deltas, code_words
from benchmarks.report.narrative_series import Bins
from benchmarks.report.placement import Placement
from benchmarks.signals.networks import Ints
from simulator.dataset import Dataset
from simulator.dataset.queries import Queries

_LONGEST_NAME = 60
_MINUTE_MS = 60_000


def describe_world(dataset: Dataset, bins: Bins, account_ids: Ints) -> dict[str, Any]:
    """Return the brand, the window and the announced events; times in ms since the epoch."""
    context, manifest = dataset.context, dataset.manifest
    return {
        "brand": clean_text(context["brand"], _LONGEST_NAME),
        "product": clean_text(context["product"], _LONGEST_NAME),
        "rival": clean_text(context["rival"], _LONGEST_NAME),
        "scenario": clean_text(manifest.scenario.id, _LONGEST_NAME),
        "seed": dataset.seed,
        "twin": dataset.is_twin,
        "brand_accounts": np.flatnonzero(np.isin(account_ids, context["brand_account_ids"])).tolist(),
        "start": bins.start_ms,
        "end": manifest.moments.end_ms,
        "launch": manifest.moments.launch_ms,
        "bin": bins.width_ms,
        "n_bins": bins.n_bins,
        "events": [
            {"name": clean_text(e["name"], _LONGEST_NAME), "kind": e["kind"], "time": _to_ms(e["time"])}
            for e in context["events"]
        ],
    }


def _to_ms(iso: str) -> int:
    return int(np.datetime64(iso.removesuffix("Z"), "ms").astype(np.int64))


def describe_accounts(queries: Queries, placement: Placement) -> dict[str, Any]:
    """Return the columns of the accounts in the table ``drawn``, in the order of their ids."""
    rows = queries.table("""
        SELECT handle, display_name, bio, location, lang::VARCHAR AS lang, epoch_ms(created_at) // 86400000 AS day,
               client::VARCHAR AS client, verified, followers_at_start, following_at_start,
               coalesce(n_posts, 0) AS n_posts, coalesce(n_brand, 0) AS n_brand
        FROM accounts JOIN drawn USING (account_id) LEFT JOIN (
            SELECT account_id, count(*) AS n_posts,
                   count(*) FILTER (narrative_id IS NOT NULL OR stance <> 0 OR push_id IS NOT NULL) AS n_brand
            FROM posts JOIN truth_posts USING (post_id) GROUP BY account_id) USING (account_id)
        ORDER BY account_id
    """).to_pydict()
    return {
        "handle": clean_texts(rows["handle"], _LONGEST_NAME),
        "name": clean_texts(rows["display_name"], _LONGEST_NAME),
        "bio": clean_texts(rows["bio"]),
        "location": clean_texts(rows["location"], _LONGEST_NAME),
        "lang": code_words(rows["lang"]),
        "created": [int(day) for day in rows["day"]],
        "client": code_words(rows["client"]),
        "verified": [int(flag) for flag in rows["verified"]],
        "followers": rows["followers_at_start"],
        "following": rows["following_at_start"],
        "posts": rows["n_posts"],
        "brand_posts": rows["n_brand"],
        **describe_places(placement),
    }


def describe_places(placement: Placement) -> dict[str, Any]:
    """Return where accounts stand, in hundredths of the distance between two dots."""
    return {
        "x": np.rint(placement.x * 100).astype(np.int64).tolist(),
        "y": np.rint(placement.y * 100).astype(np.int64).tolist(),
        "island": placement.island.tolist(),
        "circle": placement.circle.tolist(),
        "islands": [[round(value * 100) for value in disc] for disc in placement.islands],
        "circles": [[round(value * 100) for value in disc] for disc in placement.circles],
    }


def describe_posts(posts: pa.Table, account_ids: Ints, narratives: list[str], start_ms: int) -> dict[str, Any]:
    """Return the drawn posts; times in minutes since the start, `about` -1 for the background.

    `about` is the number of the narrative, or their count for brand talk without one. `parent` is the position of the
    drawn post that was reacted to, -1 when it is not drawn or there is none.
    """
    times = posts["time_ms"].to_numpy()
    ids = posts["post_id"].to_numpy()
    parents = posts["parent_id"].fill_null(-1).to_numpy()
    order = np.argsort(ids)
    place = np.minimum(np.searchsorted(ids[order], parents), max(len(ids) - 1, 0))
    parent = np.where(ids[order][place] == parents, order[place], -1) if len(ids) else parents
    number = {name: index for index, name in enumerate(narratives)}
    about = [
        number[narrative] if narrative is not None else (len(narratives) if is_brand else -1)
        for narrative, is_brand in zip(posts["narrative"].to_pylist(), posts["about_brand"].to_pylist(), strict=True)
    ]
    return {
        "minute": code_deltas((times - start_ms) // _MINUTE_MS),
        "account": np.searchsorted(account_ids, posts["account_id"].to_numpy()).tolist(),
        "kind": code_words(posts["kind"].to_pylist()),
        "about": about,
        "parent": [int(p) for p in parent],
        "text": clean_texts(posts["text"].to_pylist()),
    }


def describe_follows(followers: Ints, followees: Ints) -> dict[str, Any]:
    """Return follows between drawn accounts, ordered by follower then followee."""
    order = np.lexsort((followees, followers))
    return {"from": code_deltas(followers[order]), "to": followees[order].tolist()}
