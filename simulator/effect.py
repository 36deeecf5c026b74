"""What a campaign changed: a world minus its twin, in exposures, attitudes and reactions."""

from pathlib import Path
from typing import Any

from simulator.dataset import Dataset, open_dataset
from simulator.dataset.checks import refuse
from simulator.dataset.context import to_iso
from simulator.dataset.queries import Queries, ask

DAY_MS = 86_400_000

# A reaction is known in both worlds by who reacted and to what; ids may move by a collision.
_REACTIONS = """
    create table {0}_reactions as
    with parents as (select post_id, account_id as author, epoch_ms(created_at) as time from {0}_posts),
         organic as (select account_id from world_truth_accounts where not operated),
         campaign as (select post_id from {0}_truth_posts where root_push_id is not null)
    select p.account_id, p.kind, author, time, p.post_id in (from campaign) as to_campaign
    from {0}_posts p join organic using (account_id) join parents on p.parent_id = parents.post_id
    union all
    select l.account_id, 'like', author, time, l.post_id in (from campaign)
    from {0}_likes l join organic using (account_id) join parents on l.post_id = parents.post_id
"""


def effect(world: str | Path, twin: str | Path) -> dict[str, Any]:
    """Measure what the campaigns of a world changed.

    Parameters
    ----------
    world : str or Path
        A dataset.
    twin : str or Path
        The dataset of its twin: the same scenario and seed, operators silent.

    Returns
    -------
    dict
        JSON-able: origin, reach (by operator), exposures (by tactic, and organic ones displaced),
        attitudes (world minus twin by segment and day; negative is worse for the target) and reactions
        (of accounts that are never operated).

    Raises
    ------
    DatasetError
        When a folder is no complete dataset, or the second is not the twin of the first.

    Examples
    --------
    >>> effect(world, twin)["exposures"]["by_tactic"]
    {'misinformation': 4}
    """
    first, second = open_dataset(world, verify=True), open_dataset(twin, verify=True)
    check_pair(first, second)
    with ask(world=first, twin=second) as queries:
        return {
            "origin": _describe_pair(first, second),
            "reach": _measure_reach(queries),
            "exposures": _measure_exposures(queries),
            "attitudes": _measure_attitudes(queries, first.manifest.moments.launch_ms),
            "reactions": _measure_reactions(queries),
        }


def check_pair(world: Dataset, twin: Dataset) -> None:
    """Refuse a pair that differs in more than what its operators did.

    Raises
    ------
    DatasetError
        When the second is no twin, or has another scenario or seed than the first.
    """
    advice = "Simulate both at once with --twin."
    if twin.manifest.variant != "twin":
        raise refuse(twin.path, "be a twin", f"a {twin.manifest.variant}", advice, "variant")
    if world.manifest.variant == "twin":
        raise refuse(world.path, "be a world or a placebo", "a twin", advice, "variant")
    for name, expected, found in (
        ("scenario.digest", world.manifest.scenario.digest, twin.manifest.scenario.digest),
        ("seed", world.seed, twin.seed),
    ):
        if expected != found:
            raise refuse(twin.path, f"be {expected} as in {world.path}", found, advice, name)


def _describe_pair(world: Dataset, twin: Dataset) -> dict[str, Any]:
    manifest = world.manifest
    return {
        "world": world.path.resolve().name,
        "twin": twin.path.resolve().name,
        "scenario": manifest.scenario.id,
        "seed": manifest.seed,
        "variant": manifest.variant,
        "synthetic": True,
        "launch": to_iso(manifest.moments.launch_ms),
    }


def _measure_reach(queries: Queries) -> list[dict[str, Any]]:
    rows = queries.rows(
        """with organic as (select count(*) as n from world_truth_accounts where segment is not null)
           select operator_id, sum(first_campaign_exposures)::bigint, any_value(organic.n), sum(exposures)::bigint
           from world_truth_exposures join world_truth_pushes using (push_id), organic group by 1 order by 1"""
    )
    return [
        {"operator": operator, "accounts": reached, "share": _share(reached, n), "exposures": exposures}
        for operator, reached, n, exposures in rows
    ]


def _measure_exposures(queries: Queries) -> dict[str, Any]:
    organic = "select coalesce(sum(exposures), 0)::bigint from {0}_truth_exposures where push_id is null"
    (in_world,), (in_twin,) = queries.row(organic.format("world")), queries.row(organic.format("twin"))
    by_tactic = queries.counts(
        """select tactic, sum(exposures)::bigint from world_truth_exposures
           where push_id is not null group by 1 order by 2 desc, 1"""
    )
    return {
        "by_tactic": by_tactic,
        "campaign": sum(by_tactic.values()),
        "organic_world": in_world,
        "organic_twin": in_twin,
        "organic_change_share": _share(in_world - in_twin, in_twin),
    }


def _measure_attitudes(queries: Queries, launch_ms: int) -> dict[str, Any]:
    sizes = queries.counts(
        "select segment, count(*) from world_truth_accounts where segment is not null group by 1 order by 2 desc, 1"
    )
    rows = queries.rows(
        """select segment, epoch_ms(w.day), w.mean - t.mean, w.share_negative - t.share_negative
           from world_truth_attitudes w join twin_truth_attitudes t using (segment, day) order by 1, 2"""
    )
    courses: dict[str, list[tuple[int, float, float]]] = {}
    for segment, day, mean, negative in rows:
        courses.setdefault(segment, []).append((day, mean, negative))
    named = {segment: courses[segment] for segment in sizes if segment in courses}
    named["all"] = _average(named, sizes)
    return {
        "launch": to_iso(launch_ms),
        "by_segment": [
            {"segment": name, "accounts": sizes.get(name, sum(sizes.values())), **_summarise(course, launch_ms)}
            for name, course in named.items()
            if course
        ],
    }


def _average(
    courses: dict[str, list[tuple[int, float, float]]], sizes: dict[str, int]
) -> list[tuple[int, float, float]]:
    """Return the course of all segments together, each with the weight of its accounts."""
    sums: dict[int, tuple[float, float, int]] = {}
    for segment, course in courses.items():
        for day, mean, negative in course:
            old = sums.get(day, (0.0, 0.0, 0))
            size = sizes[segment]
            sums[day] = (old[0] + mean * size, old[1] + negative * size, old[2] + size)
    return [(day, mean / n, negative / n) for day, (mean, negative, n) in sorted(sums.items())]


def _summarise(course: list[tuple[int, float, float]], launch_ms: int) -> dict[str, Any]:
    """Return the difference at the launch, at the end and where it is largest, and its whole course."""
    by_day: list[dict[str, Any]] = [
        {
            "day": to_iso(day),
            "days_from_launch": (day - launch_ms) // DAY_MS,
            "mean": _tidy(mean),
            "share_negative": _tidy(negative),
        }
        for day, mean, negative in course
    ]
    # The last day that ended before the launch; the first day if none did.
    at_launch = max((place for place, (day, _, _) in enumerate(course) if day <= launch_ms), default=0)
    largest = max(range(len(course)), key=lambda place: (abs(by_day[place]["mean"]), -place))
    return {
        "at_launch": by_day[at_launch]["mean"],
        "at_end": by_day[-1]["mean"],
        "share_negative_at_end": by_day[-1]["share_negative"],
        "largest": by_day[largest]["mean"],
        "largest_days_from_launch": by_day[largest]["days_from_launch"],
        "launch_place": at_launch,
        "by_day": by_day,
    }


def _measure_reactions(queries: Queries) -> dict[str, Any]:
    for prefix in ("world", "twin"):
        queries.rows(_REACTIONS.format(prefix))
    in_world, to_campaign = queries.row("select count(*), count(*) filter (to_campaign) from world_reactions")
    (in_twin,) = queries.row("select count(*) from twin_reactions")
    key = "account_id, kind, author, time"
    difference = f"""select count(*) from (select {key} from {{0}}_reactions where not to_campaign
                                           except all select {key} from {{1}}_reactions)"""
    (added,), (lost,) = (queries.row(difference.format(*pair)) for pair in (("world", "twin"), ("twin", "world")))
    return {
        "world": in_world,
        "twin": in_twin,
        "to_campaign": to_campaign,
        "added_elsewhere": added,
        "lost": lost,
        "changed_share": _share(added + lost, in_twin),
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 6) if whole else 0.0


def _tidy(value: float) -> float:
    """Round off what is below the grid of attitudes (2^-16) by far; no negative zero."""
    return round(value, 9) + 0.0
