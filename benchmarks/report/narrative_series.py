"""Counts all posts by time and by what they say: exact, never sampled."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.signals.networks import Ints
from simulator.dataset.queries import Queries

HOUR_MS = 3_600_000
_BIN_HOURS = (1, 2, 3, 6, 12, 24, 48, 168)
_MOST_BINS = 372


@dataclass(frozen=True, slots=True)
class Bins:
    """Equal spans of time that the counts are in; `start_ms` is in ms since the epoch."""

    start_ms: int
    width_ms: int
    n_bins: int


def choose_bins(start_ms: int, end_ms: int) -> Bins:
    """Return the finest spans that are not more than a picture can show."""
    for hours in _BIN_HOURS:
        n_bins = -(-(end_ms - start_ms) // (hours * HOUR_MS))
        if n_bins <= _MOST_BINS:
            break
    return Bins(start_ms, hours * HOUR_MS, n_bins)


def count_narratives(queries: Queries, bins: Bins) -> dict[str, Any]:
    """Count posts by bin and what they say.

    Returns
    -------
    dict
        ``all`` counts every post; ``background`` those that do not speak of the brand; ``other`` brand talk without
        a narrative; ``narratives`` by name; ``pushed`` those of `narratives` that a push commanded, which is truth.
        Each is an array of int64, shape (n_bins,).
    """
    question = """
        SELECT least((epoch_ms(p.created_at) - $start) // $width, $last) AS bin, narrative_id::VARCHAR, stance <> 0,
               push_id IS NOT NULL, count(*)
        FROM posts p JOIN truth_posts t USING (post_id) GROUP BY ALL
    """
    asked = {"start": bins.start_ms, "width": bins.width_ms, "last": bins.n_bins - 1}
    totals = {name: np.zeros(bins.n_bins, dtype=np.int64) for name in ("all", "background", "other")}
    narratives: dict[str, Ints] = {}
    pushed: dict[str, Ints] = {}
    for place, narrative, has_stance, is_pushed, count in queries.rows(question, asked):
        totals["all"][place] += count
        if narrative is None:
            totals["other" if has_stance or is_pushed else "background"][place] += count
            continue
        for wanted, found in ((True, narratives), (is_pushed, pushed)):
            row = found.setdefault(narrative, np.zeros(bins.n_bins, dtype=np.int64))
            row[place] += count if wanted else 0
    return {**totals, "narratives": dict(sorted(narratives.items())), "pushed": dict(sorted(pushed.items()))}


def find_tactics(queries: Queries) -> dict[str, str]:
    """Return the tactic of each narrative that a push carried."""
    return dict(
        queries.rows("SELECT DISTINCT narrative_id::VARCHAR, tactic::VARCHAR FROM truth_pushes ORDER BY narrative_id")
    )
