"""Manuscripts and reactions to pushes: one label or time changed is caught by the rule that is about it."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator import load_scenario
from simulator.verify import open_subject
from simulator.verify.bounds import measure_shares
from tests.unit.verify.test_verify_tampering import broken_rules, put, tamper
from tests.worlds import Library

LOUD_POST = "squad_id = 'agency.loud' and kind = 'post' and push_id is not null"
CAREFUL_POST = "squad_id = 'agency.careful' and kind = 'post' and push_id is not null"
REACTION = "root_push_id is not null and push_id is null"
# What is changed, and the rule that catches it; a text in the place of a value says which post it is taken from.
CHANGES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a manuscript of another claim": (
        f"{LOUD_POST} and narrative_id = 'slower'",
        {"manuscript_id": f"{LOUD_POST} and narrative_id <> 'slower'"},
        "pushed.manuscripts",
    ),
    "a comment's manuscript": (
        LOUD_POST,
        {"manuscript_id": "squad_id = 'agency.loud' and kind = 'reply' and push_id is not null"},
        "pushed.manuscripts",
    ),
    "a manuscript of people's": (CAREFUL_POST, {"manuscript_id": LOUD_POST}, "pushed.own_words"),
    "narrative of a repost": (f"{REACTION} and kind = 'repost'", {"narrative_id": None}, "pushed.repeats"),
    "stance of a repost": (f"{REACTION} and kind = 'repost'", {"stance": 1}, "pushed.repeats"),
    "manuscript of an answer": (f"{REACTION} and kind = 'reply'", {"manuscript_id": 1}, "pushed.answers"),
    "a claim taken up in favour": (
        f"{REACTION} and kind = 'reply' and narrative_id is not null",
        {"stance": 1},
        "pushed.answers",
    ),
    "a manuscript that nobody pushed": (
        "kind = 'post' and push_id is null and rally_id is null",
        {"manuscript_id": 999},
        "pushed.copies",
    ),
}


@pytest.fixture(scope="module")
def world(library: Library) -> Path:
    return library.path(load_scenario("classroom", accounts=600, overrides=["exposure_log=false"]), 3)


@pytest.fixture
def copy(world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(world, tmp_path / "copy"))


def find(folder: Path, column: str, where: str) -> Any:
    """A column of the first post that fits."""
    with open_subject(folder) as subject:
        return subject.queries.row(
            f"""select {column} from posts join truth_posts using (post_id) join truth_accounts using (account_id)
                where {where} order by post_id limit 1"""
        )[0]


def test_an_untouched_world_is_proved(world: Path) -> None:
    assert broken_rules(world) == set()


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_caught_by_its_rule(what: str, copy: Path) -> None:
    where, changes, rule = CHANGES[what]
    taken = {name: find(copy, name, value) if isinstance(value, str) else value for name, value in changes.items()}
    tamper(copy, "truth_posts", put({"post_id": find(copy, "post_id", where)}, **taken))
    assert rule in broken_rules(copy, "pushed")


def test_reaction_to_what_is_forgotten_is_caught(copy: Path) -> None:
    post_id = find(copy, "post_id", f"{REACTION} and kind = 'quote'")
    tamper(copy, "posts", put({"post_id": post_id}, created_at=lambda moment: moment + timedelta(days=9)))
    assert broken_rules(copy, "pushed") == {"pushed.late"}


@pytest.mark.parametrize(("campaign_share", "mean"), [(0.2, 0.2), (0.05, 0.05), (0.5, 0.347)])
def test_share_that_an_account_may_push_is_the_campaigns_in_the_mean_unless_capped(
    campaign_share: float, mean: float
) -> None:
    assert measure_shares(campaign_share)[0] == pytest.approx(mean, abs=1e-3)
