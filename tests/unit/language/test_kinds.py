"""The kinds of contents: what shares templates with what, and whose wording is free."""

import numpy as np
import pytest

from simulator.kernels import text_book as kernel
from simulator.language.grammar import load_sections
from simulator.language.kinds import CLAIMS_OF_ASPECT, is_freely_worded, name_shared_lists
from simulator.vocabulary import CLAIMS, Language
from tests.tiny_texts import phrasebook

CONTENTS = ["claim.data_leak.organic", "claim.data_leak.manuscript.0", "claim.data_leak.manuscript.1"]


def lists_of(code, language):
    """Return the numbers of the lists whose alternatives a content may draw, own list first."""
    book = phrasebook().book
    return [int(book.own[language, code]), int(book.family[language, code])]


def test_every_claim_has_an_aspect():
    assert {claim for claims in CLAIMS_OF_ASPECT.values() for claim in claims} == set(CLAIMS)


def test_every_aspect_takes_up_claims():
    assert set(phrasebook().aspects) == set(CLAIMS_OF_ASPECT)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stem", ["rumour", "rebuttal"])
def test_every_claim_is_asked_about_and_denied_in_every_language(stem, language):
    have = {section.name for section in load_sections() if section.language is language}
    assert {f"{stem}.{claim}" for claim in CLAIMS} <= have


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("claim.data_leak.organic", ("claim.data_leak.manuscript.0", "claim.data_leak.manuscript.1")),
        ("claim.data_leak.comment", ()),
        ("brand.range.favourable", ("rebuttal.range_overstated", "rebuttal.battery_fire")),
        ("brand.range.neutral", ("rumour.range_overstated", "rumour.battery_fire")),
        ("quote.neutral", ()),
        ("quote.against", tuple(f"claim.{claim}.comment" for claim in CLAIMS)),
    ],
)
def test_contents_share_the_lists_of_their_subject(name, shared):
    assert name_shared_lists(name, CONTENTS, "", "") == shared


def test_what_is_said_against_an_aspect_holds_its_claims_and_questions():
    assert name_shared_lists("brand.safety.against", CONTENTS, "", "") == (
        "claim.crash_test_figures.organic", "claim.brake_failure.organic",
        "rumour.crash_test_figures", "rumour.brake_failure",
    )  # fmt: skip


def test_a_topic_shares_the_templates_of_its_family():
    assert name_shared_lists("talk.bread", CONTENTS, "food", "liked") == ("family.food", "family.any", "family.liked")


@pytest.mark.parametrize(
    ("name", "is_free"),
    [("brand.range.against", True), ("claim.data_leak.comment", True), ("rumour.data_leak", True),
     ("claim.data_leak.manuscript.0", False), ("talk.bread", False), ("b_hate", False)],
)  # fmt: skip
def test_people_word_freely_and_manuscripts_do_not(name, is_free):
    assert is_freely_worded(name) is is_free


@pytest.mark.parametrize("language", Language)
def test_a_free_template_is_one_choice_among_all_of_its_mood(language):
    book, code = phrasebook().book, phrasebook().content_code("brand.range.against")
    listed = lists_of(code, language)[0]
    places = np.arange(book.list_first[listed], book.list_first[listed] + book.list_size[listed])
    begins, ends = book.alternative_start[places], book.alternative_end[places]
    assert np.array_equal(ends - begins, np.ones(len(places)))
    codes, moods = book.program[begins], book.alternative_mood[places]
    assert {int(one) & 7 for one in codes} == {kernel.SYNONYM}
    sizes = {int(mood): int(book.list_size[codes[moods == mood][0] >> 3]) for mood in np.unique(moods)}
    assert sizes == {int(mood): int((moods == mood).sum()) for mood in np.unique(moods)}


@pytest.mark.parametrize("language", Language)
def test_three_in_ten_posts_on_an_aspect_take_up_a_claim(language):
    code = phrasebook().content_code("brand.range.neutral")
    assert phrasebook().book.own_share[language, code] == 180
    assert lists_of(code, language)[1] >= 0
