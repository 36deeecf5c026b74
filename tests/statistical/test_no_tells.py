"""No single value of an observed column gives operated accounts away: what a shortcut would look for first."""

from pathlib import Path

import numpy as np
import pytest

from simulator import load_scenario, open_dataset, simulate
from simulator.dataset.queries import Queries, ask

_ITEMS = """
    SELECT p.*, t.push_id IS NOT NULL AS pushed, parent.created_at AS parent_time, parent.lang AS parent_lang
    FROM posts p JOIN truth_posts t USING (post_id) LEFT JOIN posts parent ON parent.post_id = p.parent_id
"""


@pytest.fixture(scope="module", params=["L1", "L4"])
def items(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Queries:
    overrides = [f"operators.agency.squads.all.evasion={request.param}"]
    scenario = load_scenario("ev_launch", accounts=2_000, days=30, overrides=overrides)
    path: Path = simulate(scenario, 5, tmp_path_factory.mktemp("tells") / "world").path
    with ask(tables=open_dataset(path)) as queries:
        queries.rows(f"CREATE TABLE items AS {_ITEMS}")
        yield queries


def test_no_answer_is_quicker_than_people_are(items: Queries) -> None:
    pushed, organic = (
        items.row(f"SELECT min(created_at - parent_time) FROM items WHERE parent_id IS NOT NULL AND {which}")[0]
        for which in ("pushed", "NOT pushed")
    )
    assert pushed.total_seconds() >= 3.0
    assert organic.total_seconds() >= 3.0


def test_commanded_reactions_keep_to_the_language_of_what_they_answer(items: Queries) -> None:
    """Organics react to the other language now and then; commands that did so half of the time stood out."""
    (share,) = items.row("SELECT avg((lang <> parent_lang)::INT) FROM items WHERE pushed AND parent_id IS NOT NULL")
    assert share < 0.05


def test_links_in_comments_are_no_mark_of_commands(items: Queries) -> None:
    shares = dict(
        items.rows("SELECT pushed, avg((len(urls) > 0)::INT) FROM items WHERE kind IN ('reply', 'quote') GROUP BY 1")
    )
    assert shares[True] <= shares[False] + 0.02


def test_gaps_between_the_answers_of_one_account_lie_on_no_grid(items: Queries) -> None:
    rows = items.rows("""
        SELECT epoch_ms(created_at) - lag(epoch_ms(created_at)) OVER (PARTITION BY account_id ORDER BY created_at)
            AS gap
        FROM items WHERE kind <> 'post' AND NOT pushed QUALIFY gap < 900000
    """)
    gaps = np.asarray([gap for (gap,) in rows], np.int64)
    share_on_grid = float((gaps % 100 == 0).mean())
    # By chance 0.01; five standard errors above it.
    assert share_on_grid < 0.01 + 5 * np.sqrt(0.01 / len(gaps))
