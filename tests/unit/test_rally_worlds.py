"""Worlds with rallies and with squads of their own actions: what is labelled how, and that honest lives go on."""

from typing import Any

import pytest

from benchmarks.scoring.labels import label_accounts
from tests.worlds import DAY, LIVELY, Library, Told, operator, plain, squad

_RALLIES: dict[str, Any] = {
    "draw": {
        "segment": "casual", "theme": "giveaway", "share": 0.6, "start": "T-3d 10:00", "end": "T-2d 10:00",
        "hashtag": "brand",
    },
    "brigade": {
        "segment": "fan", "theme": "cheer", "grouped": True, "share": 1.0, "start": "T-2d 00:00", "end": "T",
        "kind": "reply", "aimed_at": "critics", "posts_per_account": 2, "text": "paraphrase",
    },
    "wires": {
        "segment": "news_bot", "theme": "headline", "share": 1.0, "start": "T-3d 00:00", "end": "T+1d 00:00",
        "every_hours": 12, "spacing": "minute",
    },
}  # fmt: skip
_ORGANIC = {
    "accounts": 300,
    "segments": {"fan": {"share": 0.15}, "critic": {"share": 0.15}, "news_bot": {"share": 0.1}},
}
_PUSHES = {"first": {"narrative": "fire", "start": "T-2d 09:00", "end": "T-1d 09:00", "posts": 60, "hashtag": "brand"}}
_LIKERS = {
    "likers": squad("L1", actions={"like": 0.7, "follow": 0.3}, camouflage_share=0, squad_follows=0, organic_follows=0)
}
_DELETERS = {"loud": squad("L1", roles={"seeder": 1}, delete_after_minutes=7)}
_EVENTS = {"launch": {"kind": "launch", "time": "T", "talk_share": 0.5}}
_PIECES: dict[str, Any] = {"organic": _ORGANIC, "events": _EVENTS, **LIVELY}


_DELETED = plain(operators={"agency": operator(20, squads=_DELETERS, pushes=_PUSHES)}, rallies=_RALLIES, **_PIECES)


@pytest.fixture(scope="module")
def rallied(library: Library) -> Told:
    return library.told(plain(rallies=_RALLIES, **_PIECES))


@pytest.fixture(scope="module")
def calm(library: Library) -> Told:
    return library.told(plain(**_PIECES))


@pytest.fixture(scope="module")
def liked(library: Library) -> Told:
    push = {"narrative": "fire", "start": "T-2d 00:00", "end": "T+1d 00:00", "posts": 400}
    agency = operator(20, squads=_LIKERS, pushes={"first": push})
    return library.told(plain(operators={"agency": agency}, **_PIECES))


@pytest.fixture(scope="module")
def deleted(library: Library) -> Told:
    return library.told(_DELETED)


_LABELLED = "posts join truth_posts using (post_id) join truth_accounts using (account_id)"
_RALLIED = f"{_LABELLED} where rally_id is not null"
_PUSHED = "posts join truth_posts using (post_id) where push_id is not null"


def brand_tag(told: Told) -> str:
    return str(told.dataset.context["hashtags"][0])


@pytest.mark.parametrize("name", _RALLIES)
def test_every_rally_is_heard(rallied: Told, name: str) -> None:
    assert rallied.value(f"select count(*) from {_RALLIED} and rally_id = $name", name=name) >= 10


def test_posts_of_rallies_are_no_positives(rallied: Told) -> None:
    marks = ("push_id", "root_push_id", "tactic", "manuscript_id")
    marked = " or ".join(f"{mark} is not null" for mark in marks)
    assert rallied.rows(f"select post_id from {_RALLIED} and ({marked})") == []
    assert rallied.rows("from truth_accounts where operated") == []


def test_members_of_groups_are_coordinated_and_others_are_not(rallied: Told) -> None:
    told = rallied.rows(f"select distinct rally_id::varchar, coordinated from {_RALLIED} and rally_id <> 'wires'")
    assert sorted(told) == [("brigade", True), ("draw", False)]


def test_news_bots_are_automated_and_people_are_not(rallied: Told) -> None:
    told = rallied.rows(f"select distinct rally_id::varchar, automated from {_RALLIED}")
    assert sorted(told) == [("brigade", False), ("draw", False), ("wires", True)]


def test_a_verbatim_rally_is_one_text_a_language(rallied: Told) -> None:
    question = f"select posts.lang::varchar, count(distinct text) from {_RALLIED} and rally_id = 'draw' group by 1"
    assert sorted(rallied.rows(question)) == [("en", 1), ("zh", 1)]


def test_every_post_of_a_tagged_rally_carries_the_tag(rallied: Told) -> None:
    question = f"select text from {_RALLIED} and rally_id = 'draw' and not list_contains(hashtags, $tag)"
    assert rallied.rows(question, tag=brand_tag(rallied)) == []


def test_a_brigade_answers_critics(rallied: Told) -> None:
    replies = f"select parent_id from {_RALLIED} and rally_id = 'brigade' and kind = 'reply'"
    assert rallied.rows(f"select distinct stance from truth_posts where post_id in ({replies})") == [(-1,)]


def test_originals_of_those_who_rally_stay_as_they_were(rallied: Told, calm: Told) -> None:
    originals = "select post_id from posts join truth_posts using (post_id) where kind = 'post'"
    kept = {row for (row,) in rallied.rows(f"{originals} and rally_id is null")}
    assert {row for (row,) in calm.rows(originals)} == kept


def test_rallies_take_place_in_the_twin_too(library: Library, deleted: Told) -> None:
    own_account = "select rally_id::varchar, account_id, created_at from posts join truth_posts using (post_id)"
    rallies = f"{own_account} where rally_id is not null order by all"
    twin = library.told(_DELETED, 1, "twin")
    assert twin.rows(rallies) == deleted.rows(rallies) != []


def test_those_who_only_like_never_post_for_the_campaign(liked: Told) -> None:
    assert liked.rows(f"from {_PUSHED}") == []
    assert liked.value("select count(*) from truth_likes") > 20


def test_likes_on_command_go_to_posts_against_the_target(liked: Told) -> None:
    assert liked.rows("select distinct stance from truth_likes join truth_posts using (post_id)") == [(-1,)]


def test_follows_on_command_begin_in_the_push(liked: Told) -> None:
    begun = "select count(*) from follows join truth_accounts on account_id = follower_id where operated"
    start, end = liked.rows('select start, "end" from truth_pushes')[0]
    within = f"{begun} and since > $start and since < $end"
    assert liked.value(within, start=start, end=end) > 10
    assert liked.value(within, start=start - DAY, end=start) == 0


def test_accounts_that_only_like_are_visible_positives(liked: Told) -> None:
    labels = label_accounts(liked.dataset, liked.scenario.end_ms)
    assert labels.is_positive.sum() >= 10
    assert labels.is_positive.sum() + labels.is_silent.sum() == 20


def test_a_push_counts_those_who_only_like(liked: Told) -> None:
    n_posts, n_accounts = liked.rows("select n_posts, n_accounts from truth_pushes")[0]
    assert n_posts == 0
    assert n_accounts == liked.value("select count(distinct account_id) from truth_likes")


def test_posts_are_deleted_after_the_minutes_of_the_dial(deleted: Told) -> None:
    waits = deleted.rows(
        f"""
        select time - created_at from (select posts.* from {_PUSHED}) as pushed join removals using (post_id)
        where removals."by" = 'author'
        """
    )
    assert len(waits) > 30
    assert {wait for (wait,) in waits} == {7 * 60_000}


def test_every_post_of_a_push_with_a_hashtag_carries_it(deleted: Told) -> None:
    question = f"select text from {_PUSHED} and kind = 'post' and not list_contains(hashtags, $tag)"
    assert deleted.rows(question, tag=brand_tag(deleted)) == []
