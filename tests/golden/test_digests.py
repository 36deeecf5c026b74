"""Did any number change? Digests and readable summaries of whole worlds, against files that are kept.

A golden file is renewed with ``pytest tests/golden --update-golden``. Do that only when the change is meant,
read what the new summary says, and note it in the CHANGELOG as a **Regression**.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator import load_scenario
from simulator.dataset import content_digest, digest_tables
from tests.worlds import Library, Told

HERE = Path(__file__).parent
WORLDS: dict[str, tuple[str, int]] = {"classroom-seed1": ("classroom", 1)}
ADVICE = "If the change is meant: pytest tests/golden --update-golden, and a line tagged Regression in the CHANGELOG."


def summarise(told: Told) -> dict[str, Any]:
    """Return what a reader wants to know first when a digest has changed."""

    def count(question: str) -> dict[str, int]:
        return dict(told.rows(f"{question} group by all order by all"))

    last_day = "(select max(day) from truth_attitudes)"
    exposures = "select sum(exposures)::bigint from truth_exposures where"
    return {
        "rows": told.dataset.counts,
        "posts_by_kind": count("select kind, count(*) from posts"),
        "posts_by_language": count("select lang, count(*) from posts"),
        "accounts_by_segment": count("select coalesce(segment, 'none'), count(*) from truth_accounts"),
        "operated_accounts": told.value("select count(*) from truth_accounts where operated"),
        "pushed_posts": told.value("select count(push_id) from truth_posts"),
        "posts_in_pushed_cascades": told.value("select count(root_push_id) from truth_posts"),
        "posts_by_narrative": count("select narrative_id, count(*) from truth_posts where narrative_id is not null"),
        "exposures": told.value(f"{exposures} true"),
        "campaign_exposures": told.value(f"{exposures} push_id is not null"),
        "reach": told.value("select sum(first_campaign_exposures)::bigint from truth_exposures"),
        "follows_ended": told.value("select count(until) from follows"),
        "accounts_removed": told.value("select count(*) from removals where post_id is null"),
        "letters_written": told.value("select sum(length(text))::bigint from posts"),
        "mean_attitude_at_the_end": {
            segment: round(mean, 6)
            for segment, mean in told.rows(
                f"select segment, mean from truth_attitudes where day = {last_day} order by all"
            )
        },
    }


@pytest.fixture(scope="module", params=WORLDS)
def measured(request: pytest.FixtureRequest, library: Library) -> tuple[Path, dict[str, Any]]:
    """Return the golden file of a world and what the world gives now; renew the file when asked to."""
    name, seed = WORLDS[request.param]
    scenario = load_scenario(name)
    told = Told(library.path(scenario, seed), scenario, seed)
    now = {
        "digest": content_digest(told.path),
        "tables": {table: digest[:16] for table, digest in digest_tables(told.path).items()},
        "summary": summarise(told),
    }
    path = HERE / f"{request.param}.json"
    if request.config.getoption("--update-golden"):
        path.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path, now


@pytest.mark.parametrize("part", ["summary", "tables", "digest"])
def test_digest(measured: tuple[Path, dict[str, Any]], part: str) -> None:
    path, now = measured
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert now[part] == kept[part], ADVICE
