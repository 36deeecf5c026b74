"""What the page shows only after the reveal: who is operated, what was commanded, who saw it, what it changed."""

from typing import Any

import pyarrow as pa

from benchmarks.report.columns import clean_text, code_deltas, code_words
from benchmarks.report.narrative_series import Bins
from simulator.dataset.queries import Queries


def describe_truth(queries: Queries, posts: pa.Table, bins: Bins, pushed: dict[str, Any]) -> dict[str, Any]:
    """Return the sealed part: ``accounts``, ``posts``, ``pushes``, ``series``, ``exposures``, ``attitudes``."""
    return {
        "accounts": _describe_accounts(queries),
        "posts": _describe_posts(posts),
        "pushes": _describe_pushes(queries),
        "series": {name: counts.tolist() for name, counts in pushed.items()},
        "exposures": count_exposures(queries, bins),
        "attitudes": list_attitudes(queries),
    }


def _describe_accounts(queries: Queries) -> dict[str, Any]:
    rows = queries.table("""
        SELECT segment::VARCHAR AS segment, operated, coordinated, automated, hostile, squad_id::VARCHAR AS squad,
               role::VARCHAR AS role, stock::VARCHAR AS stock, campaign_exposures
        FROM truth_accounts JOIN drawn USING (account_id) ORDER BY account_id
    """).to_pydict()
    flags = {name: [int(flag) for flag in rows[name]] for name in ("operated", "coordinated", "automated", "hostile")}
    words = {name: code_words(rows[name]) for name in ("segment", "squad", "role", "stock")}
    totals = queries.row("SELECT count(*) FILTER (operated), count(*) FROM truth_accounts")
    return {
        **flags,
        **words,
        "campaign_exposures": rows["campaign_exposures"],
        "n_operated": totals[0],
        "n_accounts": totals[1],
    }


def _describe_posts(posts: pa.Table) -> dict[str, Any]:
    """Return the push of each drawn post and that of its cascade's root; -1 for none."""
    return {
        "push": posts["push_id"].fill_null(-1).to_pylist(),
        "root_push": posts["root_push_id"].fill_null(-1).to_pylist(),
    }


def _describe_pushes(queries: Queries) -> list[dict[str, Any]]:
    rows = queries.rows("""
        SELECT push_id, name, wave_id, narrative_id::VARCHAR, tactic::VARCHAR, epoch_ms("start"), epoch_ms("end"),
               n_posts, n_accounts
        FROM truth_pushes ORDER BY push_id
    """)
    names = ("push", "name", "wave", "narrative", "tactic", "start", "end", "posts", "accounts")
    return [dict(zip(names, (row[0], clean_text(row[1], 60), *row[2:]), strict=True)) for row in rows]


def count_exposures(queries: Queries, bins: Bins) -> dict[str, Any]:
    """Return items of campaign cascades shown to organic accounts, by bin, and their reach; all exact."""
    rows = queries.rows(
        """
        SELECT least((epoch_ms(hour) - $start) // $width, $last) AS bin, segment::VARCHAR AS segment,
               sum(exposures)::BIGINT, sum(first_campaign_exposures)::BIGINT
        FROM truth_exposures WHERE push_id IS NOT NULL GROUP BY ALL ORDER BY segment, bin
        """,
        {"start": bins.start_ms, "width": bins.width_ms, "last": bins.n_bins - 1},
    )
    segments: dict[str, dict[str, list[int]]] = {}
    for place, segment, shown, first in rows:
        found = segments.setdefault(segment, {"exposures": [0] * bins.n_bins, "first_exposures": [0] * bins.n_bins})
        found["exposures"][place] += shown
        found["first_exposures"][place] += first
    return segments


def list_attitudes(queries: Queries) -> dict[str, Any]:
    """Return the mean attitude by segment and day, in ten-thousandths, delta-coded."""
    import numpy as np

    rows = queries.rows("""
        SELECT segment::VARCHAR, list(round("mean" * 10000)::INTEGER ORDER BY day), list(epoch_ms(day) ORDER BY day)
        FROM truth_attitudes GROUP BY 1 ORDER BY 1
    """)
    days = rows[0][2] if rows else []
    return {"days": days, "mean": {segment: code_deltas(np.array(mean)) for segment, mean, _ in rows}}
