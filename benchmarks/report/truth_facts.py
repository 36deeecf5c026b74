"""Figures of the truth that lessons ask for and tell: how many, how much, whom it reached."""

from typing import Any

from simulator.dataset.queries import Queries


def find_facts(queries: Queries) -> dict[str, Any]:
    """Return the facts of one run by name: counts, percents of 0 to 100, and words; None where undefined."""
    operated, accounts, squads = queries.row(
        "SELECT count(*) FILTER (operated), count(*), count(DISTINCT squad_id) FILTER (operated) FROM truth_accounts"
    )
    commanded, passed_on, posts = queries.row("""
        SELECT count(*) FILTER (push_id IS NOT NULL), count(*) FILTER (push_id IS NULL AND root_push_id IS NOT NULL),
               count(*) FILTER (push_id IS NOT NULL OR narrative_id IS NOT NULL OR stance <> 0) FROM truth_posts
    """)
    shown, reached = queries.row("""
        SELECT coalesce(sum(exposures), 0)::BIGINT, coalesce(sum(first_campaign_exposures), 0)::BIGINT
        FROM truth_exposures WHERE push_id IS NOT NULL
    """)
    return {
        "operated_accounts": operated,
        "operated_percent": _percent(operated, accounts),
        "squads": squads,
        "pushes": queries.row("SELECT count(*) FROM truth_pushes")[0],
        "commanded_posts": commanded,
        "commanded_percent": _percent(commanded, posts),
        "passed_on_posts": passed_on,
        "exposures": shown,
        "reached_percent": _percent(reached, accounts - operated),
        **_find_words(queries, passed_on),
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _find_words(queries: Queries, passed_on: int) -> dict[str, str | None]:
    tactic = queries.rows("SELECT tactic::VARCHAR FROM truth_pushes GROUP BY 1 ORDER BY sum(n_posts) DESC, 1 LIMIT 1")
    segment = queries.rows("""
        SELECT segment::VARCHAR FROM truth_accounts WHERE NOT operated GROUP BY 1 HAVING count(*) >= 10
        ORDER BY avg(campaign_exposures) DESC, 1 LIMIT 1
    """)
    return {
        "most_used_tactic": tactic[0][0] if tactic else None,
        "most_reached_segment": segment[0][0] if segment else None,
        "organic_copiers": "yes" if passed_on else "no",
    }


def compare_exposures(main: dict[str, Any], others: list[dict[str, Any]]) -> dict[str, float | None]:
    """Return the least and the most exposures among other runs with a campaign, in percent of the main run's."""
    shown = [one["exposures"] for one in others]
    return {
        "least_exposed_percent": _percent(min(shown), main["exposures"]) if shown else None,
        "most_exposed_percent": _percent(max(shown), main["exposures"]) if shown else None,
    }
