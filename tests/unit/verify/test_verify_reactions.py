"""Manuscripts and reactions to pushes: one label or time changed is caught by the rule that is about it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import load_scenario
from simulator.verify import RULE_GROUPS, open_subject
from simulator.verify.bounds import measure_shares
from simulator.verify.findings import Subject
from tests.worlds import Library


def pick(column: str, where: str) -> str:
    """A column of the first post that fits, as a subquery."""
    return f"""(select {column} from posts join truth_posts using (post_id) join truth_accounts using (account_id)
                where {where} order by post_id limit 1)"""


LOUD_POST = "squad_id = 'agency.loud' and kind = 'post' and push_id is not null"
LOUD_REPLY = "squad_id = 'agency.loud' and kind = 'reply' and push_id is not null"
CAREFUL_POST = "squad_id = 'agency.careful' and kind = 'post' and push_id is not null"
REACTION = "root_push_id is not null and push_id is null"
OTHER_CLAIM = pick("manuscript_id", f"{LOUD_POST} and narrative_id <> 'slower'")
# Which post is changed, its column and the new value, and the rule that catches it.
CHANGES = {
    "a manuscript of another claim": (
        f"{LOUD_POST} and narrative_id = 'slower'", "manuscript_id", OTHER_CLAIM, "pushed.manuscripts",
    ),
    "a comment's manuscript": (LOUD_POST, "manuscript_id", pick("manuscript_id", LOUD_REPLY), "pushed.manuscripts"),
    "a manuscript of people's": (CAREFUL_POST, "manuscript_id", pick("manuscript_id", LOUD_POST), "pushed.own_words"),
    "narrative of a repost": (f"{REACTION} and kind = 'repost'", "narrative_id", "null", "pushed.repeats"),
    "stance of a repost": (f"{REACTION} and kind = 'repost'", "stance", "1", "pushed.repeats"),
    "manuscript of an answer": (f"{REACTION} and kind = 'reply'", "manuscript_id", "1", "pushed.answers"),
    "a claim taken up in favour": (
        f"{REACTION} and kind = 'reply' and narrative_id is not null", "stance", "1", "pushed.answers",
    ),
    "a manuscript that nobody pushed": (
        "kind = 'post' and push_id is null and rally_id is null", "manuscript_id", "999", "pushed.copies",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def world(library: Library) -> Path:
    """A world large enough that people react to pushes in every way."""
    return library.path(load_scenario("classroom", accounts=600, overrides=["exposure_log=false"]), 3)


@pytest.fixture
def subject(world: Path) -> Iterator[Subject]:
    with open_subject(world) as opened:
        yield opened


def change(subject: Subject, table: str, where: str, column: str, value: str) -> None:
    """Let the rules see another value in the first post that fits; the files stay as they are."""
    subject.queries.rows(f"create temp table changed as from {table}")
    subject.queries.rows(f"update changed set {column} = {value} where post_id = {pick('post_id', where)}")
    subject.queries.rows(f"create temp view {table} as from changed")


def broken_rules(subject: Subject) -> set[str]:
    return {finding.rule for finding in RULE_GROUPS["pushed"](subject) if not finding.holds}


def test_an_untouched_world_is_proved(subject: Subject) -> None:
    assert broken_rules(subject) == set()


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_changed_is_caught_by_its_rule(what: str, subject: Subject) -> None:
    where, column, value, rule = CHANGES[what]
    change(subject, "truth_posts", where, column, value)
    assert rule in broken_rules(subject)


def test_reaction_to_what_is_forgotten_is_caught(subject: Subject) -> None:
    change(subject, "posts", f"{REACTION} and kind = 'quote'", "created_at", "created_at + interval 9 days")
    assert broken_rules(subject) == {"pushed.late"}


@pytest.mark.parametrize(("campaign_share", "mean"), [(0.2, 0.2), (0.05, 0.05), (0.5, 0.347)])
def test_share_that_an_account_may_push_is_the_campaigns_in_the_mean_unless_capped(
    campaign_share: float, mean: float
) -> None:
    assert measure_shares(campaign_share)[0] == pytest.approx(mean, abs=1e-3)
