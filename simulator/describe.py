"""The summary of one dataset: its rows, labels, pushes, days, narratives and who saw them."""

from pathlib import Path
from typing import Any

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from simulator.concentration import measure_concentration
from simulator.dataset import Dataset, open_dataset
from simulator.dataset.context import to_iso
from simulator.dataset.queries import Queries, ask
from simulator.grids import make_grid, name_day, show_count, show_share

DAY_MS = 86_400_000
N_TOP = 5


def describe(path: str | Path) -> dict[str, Any]:
    """Summarise a dataset.

    Parameters
    ----------
    path : str or Path
        A dataset folder.

    Returns
    -------
    dict
        JSON-able: dataset, rows, accounts, prevalence, posts, pushes, busiest_days, top_narratives and
        exposures (with their concentration). Times in ISO 8601, shares from 0 to 1.

    Raises
    ------
    DatasetError
        When the folder is no complete dataset.

    Examples
    --------
    >>> describe(world)["prevalence"]["operated_accounts"]
    2
    """
    dataset = open_dataset(path, verify=True)
    with ask(tables=dataset) as queries:
        return {
            "dataset": _describe_origin(dataset),
            "rows": dataset.counts,
            "accounts": _describe_accounts(queries),
            "prevalence": _measure_prevalence(queries, dataset.manifest.moments.evaluate_until_ms),
            "posts": _describe_posts(queries),
            "pushes": _describe_pushes(queries, dataset.manifest.moments.launch_ms),
            "busiest_days": _find_busiest_days(queries, dataset.manifest.moments.launch_ms),
            "top_narratives": _find_top_narratives(queries),
            "exposures": _describe_exposures(queries, dataset),
        }


def _describe_origin(dataset: Dataset) -> dict[str, Any]:
    manifest = dataset.manifest
    moments = manifest.moments
    return {
        "name": dataset.path.resolve().name,
        "scenario": manifest.scenario.id,
        "summary": manifest.scenario.summary,
        "seed": manifest.seed,
        "variant": manifest.variant,
        "synthetic": True,
        "start": to_iso(moments.start_ms),
        "launch": to_iso(moments.launch_ms),
        "end": to_iso(moments.end_ms),
        "evaluate_until": to_iso(moments.evaluate_until_ms),
        "n_days": -((moments.start_ms - moments.end_ms) // DAY_MS),
        "bytes": sum(entry.bytes for entry in manifest.files),
    }


def _describe_accounts(queries: Queries) -> dict[str, Any]:
    operated = "select {0}, count(*) from truth_accounts where operated group by 1 order by 2 desc, 1"
    return {
        "by_segment": queries.counts(
            "select coalesce(segment, 'operated only'), count(*) from truth_accounts group by 1 order by 2 desc, 1"
        ),
        "by_lang": queries.counts("select lang, count(*) from accounts group by 1 order by 2 desc, 1"),
        "operated_by_squad": queries.counts(operated.format("squad_id")),
        "operated_by_role": queries.counts(operated.format("role")),
        "operated_by_stock": queries.counts(operated.format("stock")),
    }


def _measure_prevalence(queries: Queries, until_ms: int) -> dict[str, Any]:
    """Positives as scores count them: operated and seen at least once before `evaluate_until`."""
    n_accounts, n_operated = queries.row("select count(*), count(*) filter (operated) from truth_accounts")
    (n_visible,) = queries.row(
        """select count(*) from truth_accounts where operated and epoch_ms(operated_from) < $until
             and account_id in (
             select account_id from posts where epoch_ms(created_at) < $until
             union select account_id from likes where epoch_ms(created_at) < $until)""",
        {"until": until_ms},
    )
    n_posts, n_pushed = queries.row("select count(*), count(push_id) from truth_posts")
    return {
        "operated_accounts": n_operated,
        "operated_share": _share(n_operated, n_accounts),
        "visible_before_evaluate_until": n_visible,
        "silent_before_evaluate_until": n_operated - n_visible,
        "campaign_posts": n_pushed,
        "campaign_post_share": _share(n_pushed, n_posts),
    }


def _describe_posts(queries: Queries) -> dict[str, Any]:
    return {
        "by_kind": queries.counts("select kind, count(*) from posts group by 1 order by 2 desc, 1"),
        "by_lang": queries.counts("select lang, count(*) from posts group by 1 order by 2 desc, 1"),
        "campaign_by_kind": queries.counts(
            """select kind, count(*) from posts join truth_posts using (post_id)
               where push_id is not null group by 1 order by 2 desc, 1"""
        ),
    }


def _describe_pushes(queries: Queries, launch_ms: int) -> dict[str, Any]:
    pushes = [
        {
            "push_id": push_id,
            "name": name,
            "wave_id": wave_id,
            "tactic": tactic,
            "narrative": narrative,
            "start": to_iso(start),
            "end": to_iso(end),
            "days_from_launch": start // DAY_MS - launch_ms // DAY_MS,
            "n_posts": n_posts,
            "n_accounts": n_accounts,
        }
        for push_id, name, wave_id, tactic, narrative, start, end, n_posts, n_accounts in queries.rows(
            """select push_id, name, wave_id, tactic, narrative_id, epoch_ms("start"), epoch_ms("end"),
                      n_posts, n_accounts from truth_pushes order by push_id"""
        )
    ]
    return {
        "n": len(pushes),
        "n_waves": len({push["wave_id"] for push in pushes}),
        "by_tactic": queries.counts("select tactic, count(*) from truth_pushes group by 1 order by 2 desc, 1"),
        "pushes": pushes,
    }


def _find_busiest_days(queries: Queries, launch_ms: int) -> list[dict[str, Any]]:
    rows = queries.rows(
        f"""select epoch_ms(created_at) // {DAY_MS} as day, count(*), count(push_id)
            from posts join truth_posts using (post_id) group by 1 order by 2 desc, 1 limit {N_TOP}"""
    )
    return [
        {
            "day": to_iso(day * DAY_MS)[:10],
            "days_from_launch": day - launch_ms // DAY_MS,
            "posts": n,
            "campaign_posts": m,
        }
        for day, n, m in rows
    ]


def _find_top_narratives(queries: Queries) -> list[dict[str, Any]]:
    rows = queries.rows(
        f"""with posted as (select narrative_id, count(*) as n, count(push_id) as pushed from truth_posts
                            where narrative_id is not null group by 1),
                 shown as (select narrative_id, sum(exposures)::bigint as n from truth_exposures group by 1)
            select narrative_id, pushed, posted.n - pushed, coalesce(shown.n, 0)
            from posted left join shown using (narrative_id) order by posted.n desc, 1 limit {N_TOP}"""
    )
    return [{"narrative": name, "campaign_posts": a, "other_posts": b, "exposures": c} for name, a, b, c in rows]


def _describe_exposures(queries: Queries, dataset: Dataset) -> dict[str, Any]:
    total, campaign = queries.row(
        """select coalesce(sum(exposures), 0)::bigint,
                  coalesce(sum(exposures) filter (push_id is not null), 0)::bigint from truth_exposures"""
    )
    return {
        "total": total,
        "campaign": campaign,
        "campaign_share": _share(campaign, total),
        "reach_by_operator": queries.counts(
            """select operator_id, sum(first_campaign_exposures)::bigint
               from truth_exposures join truth_pushes using (push_id) group by 1 order by 1"""
        ),
        "concentration": measure_concentration(queries),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def render_description(summary: dict[str, Any]) -> Group:
    """Lay the summary of :func:`describe` out for a terminal of 80 columns or more."""
    parts: list[Any] = [_render_head(summary), _render_counts(summary)]
    if summary["pushes"]["n"]:
        parts += [_render_pushes(summary), _render_narratives(summary)]
    return Group(*parts, _render_days(summary), _render_concentration(summary))


def _render_head(summary: dict[str, Any]) -> Text:
    origin, prevalence = summary["dataset"], summary["prevalence"]
    lines = [
        f"{origin['name']}: {origin['scenario']}, seed {origin['seed']} ({origin['variant']}), synthetic data",
        origin["summary"],
        f"{origin['start'][:10]} to {origin['end'][:10]} ({origin['n_days']} days), launch {origin['launch'][:16]}Z, "
        f"{origin['bytes'] / 1e6:,.1f} MB",
        f"operated: {show_count(prevalence['operated_accounts'])} accounts "
        f"({show_share(prevalence['operated_share'])}), of them "
        f"{show_count(prevalence['visible_before_evaluate_until'])} seen before {origin['evaluate_until'][:16]}Z; "
        f"campaign posts: {show_count(prevalence['campaign_posts'])} "
        f"({show_share(prevalence['campaign_post_share'])})",
    ]
    return Text("\n".join(lines) + "\n")


def _render_counts(summary: dict[str, Any]) -> Grid:
    grid = make_grid("Rows and kinds", "", "what")
    grid.add_row("rows", _list_counts({name: n for name, n in summary["rows"].items() if "truth" not in name}))
    grid.add_row("posts", _list_counts(summary["posts"]["by_kind"]))
    grid.add_row("campaign", _list_counts(summary["posts"]["campaign_by_kind"]))
    grid.add_row("languages", _list_counts(summary["posts"]["by_lang"]))
    grid.add_row("segments", _list_counts(summary["accounts"]["by_segment"]))
    grid.add_row("squads", _list_counts(summary["accounts"]["operated_by_squad"]))
    grid.add_row("roles", _list_counts(summary["accounts"]["operated_by_role"]))
    return grid


def _list_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {show_count(n)}" for name, n in counts.items()) or "none"


def _render_pushes(summary: dict[str, Any]) -> Grid:
    pushes = summary["pushes"]
    largest = sorted(pushes["pushes"], key=lambda push: (-push["n_posts"], push["push_id"]))[:N_TOP]
    title = f"{pushes['n']} pushes in {pushes['n_waves']} waves; the largest:"
    grid = make_grid(title, "push", "tactic", "start", ">posts", ">accounts")
    for push in largest:
        counts = (show_count(push["n_posts"]), show_count(push["n_accounts"]))
        grid.add_row(push["name"], push["tactic"], name_day(push["days_from_launch"]), *counts)
    return grid


def _render_narratives(summary: dict[str, Any]) -> Grid:
    grid = make_grid("Top narratives", "narrative", ">campaign posts", ">other posts", ">exposures")
    for row in summary["top_narratives"]:
        grid.add_row(
            row["narrative"], *(show_count(row[key]) for key in ("campaign_posts", "other_posts", "exposures"))
        )
    return grid


def _render_days(summary: dict[str, Any]) -> Grid:
    grid = make_grid("Busiest days", "day", "from launch", ">posts", ">campaign posts")
    for row in summary["busiest_days"]:
        counts = (show_count(row["posts"]), show_count(row["campaign_posts"]))
        grid.add_row(row["day"], name_day(row["days_from_launch"]), *counts)
    return grid


def _render_concentration(summary: dict[str, Any]) -> Text:
    exposures = summary["exposures"]
    lines = [
        f"Exposures: {show_count(exposures['total'])}, {show_share(exposures['campaign_share'])} of them to campaign "
        "cascades"
    ]
    for operator, reach in exposures["reach_by_operator"].items():
        lines.append(f"{operator} reached {show_count(reach)} organic accounts")
    found = exposures["concentration"]
    if found["n_accounts"] and exposures["campaign"]:
        lines.append(
            f"Concentration: the most exposed 1 % of accounts had {show_share(found['top_1_percent_share'])} "
            f"of the campaign's exposures, 10 % had {show_share(found['top_10_percent_share'])}"
        )
    return Text("\n".join(lines))
