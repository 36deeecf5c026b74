"""The phrasebook: every content in both languages, manuscripts of one split only, and grammars that fit the kernel."""

import copy
import pickle
from functools import cache
from itertools import combinations

import numpy as np
import pytest

from simulator.kernels import text_book as kernel
from simulator.kernels.addresses import record_of
from simulator.language.grammar import load_sections
from simulator.language.phrasebook import check_contents, kind_of
from simulator.vocabulary import CLAIMS, Language, Split
from tests.tiny_texts import phrasebook


def manuscripts(split):
    """Return the templates of all manuscripts of a split."""
    ends = [f".manuscript.{split.name}.{number}" for number in range(100)]
    return {line.text for section in load_sections() if section.name.endswith(tuple(ends)) for line in section.lines}


@pytest.mark.parametrize("split", Split)
def test_no_content_is_missing(split):
    assert check_contents(phrasebook(split).contents) == []


def test_missing_contents_are_told():
    assert check_contents(name for name in phrasebook().contents if name != "deal") == ["deal"]


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize("language", Language)
def test_every_content_has_templates_in_every_language(split, language):
    book = phrasebook(split).book
    own, family = book.own[language], book.family[language]
    assert (book.list_size[own] + np.where(family >= 0, book.list_size[family], 0)).min() > 0


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_has_organic_comment_and_manuscripts(split, claim):
    book = phrasebook(split)
    assert {f"claim.{claim}.organic", f"claim.{claim}.comment"} <= set(book.contents)
    assert len(book.manuscripts(claim)) >= 2
    assert {kind_of(book.contents[code]) for code in book.manuscripts(claim)} == {"manuscript"}


@pytest.mark.parametrize(("one", "other"), list(combinations(Split, 2)))
def test_manuscripts_of_two_splits_share_nothing(one, other):
    assert manuscripts(one)
    assert not manuscripts(one) & manuscripts(other)


@pytest.mark.parametrize("split", Split)
def test_codes_are_the_places_of_the_contents(split):
    book = phrasebook(split)
    assert [book.content_code(name) for name in book.contents] == list(range(len(book.contents)))


def test_codes_are_the_same_in_all_splits_but_for_manuscripts():
    told = [[name for name in phrasebook(split).contents if ".manuscript." not in name] for split in Split]
    assert told[0] == told[1] == told[2]


def test_unknown_content_names_the_nearest():
    with pytest.raises(KeyError, match=r"got 'claim\.battery_fire\.organik'. Did you mean 'claim\.battery_fire\.org"):
        phrasebook().content_code("claim.battery_fire.organik")


def test_topics_are_talk():
    book = phrasebook()
    assert {book.contents[code].split(".")[0] for code in book.topics} == {"talk"}
    assert len(book.topics) > 50


@pytest.mark.parametrize("stance", ["against", "neutral", "favourable"])
def test_every_aspect_can_be_seen_from_every_side(stance):
    book = phrasebook()
    assert {f"brand.{aspect}.{stance}" for aspect in book.aspects} <= set(book.contents)


def has_entries(book, listed):
    """Return whether there is such a list and it is not that of a topic with templates of its family only."""
    return listed >= 0 and book.list_size[listed] > 0


class Measure:
    """Walks a compiled book and measures its longest texts and deepest nestings."""

    def __init__(self, split: Split) -> None:
        self.book = phrasebook(split).book
        several = np.append(self.book.other_forms[:, :, 1].max(axis=1), 0)
        self.longest_literal = np.maximum(self.book.literals[:, 1], several[self.book.literals[:, 3]])
        self.of_list = cache(self.measure_list)

    def measure_list(self, listed: int, row: int) -> tuple[int, int]:
        """Return the most bytes that a list can become, and how many lists deep it is."""
        book = self.book
        assert has_entries(book, listed)
        first = book.list_first[listed]
        found = [self.measure_alternative(place, row) for place in range(first, first + book.list_size[listed])]
        return max(size for size, _ in found), max(depth for _, depth in found)

    def measure_alternative(self, place: int, row: int) -> tuple[int, int]:
        """Return the same of one alternative."""
        book, size, depth = self.book, 0, 0
        for code in book.program[book.alternative_start[place] : book.alternative_end[place]].tolist():
            kind, argument = code & 7, code >> 3
            if kind in (kernel.SLOT, kernel.SYNONYM, kernel.LOCAL):
                inner = self.of_list(int(book.locals[row, argument]) if kind == kernel.LOCAL else argument, row)
                size, depth = size + inner[0], max(depth, 1 + inner[1])
            elif kind == kernel.LITERAL:
                size += int(self.longest_literal[argument]) + 3
            else:
                size += {kernel.NUMBER: 10, kernel.ARTICLE: 3, kernel.SLUG: argument}[kind]
        return size, depth


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize("language", Language)
def test_no_text_can_outgrow_its_room(split, language):
    book, measure = phrasebook(split).book, Measure(split)
    for content in range(len(phrasebook(split).contents)):
        row = int(book.local_row[language, content])
        parts = [
            [book.own[language, content], book.family[language, content]],
            *[[book.more[language, content]]] * 6,
            book.tails[language, content].tolist(),
            book.openers[language, content].tolist(),
            [book.endings[language]], [book.joins[language]], [book.joins[language]], [book.laughs[language]],
            book.emoji[language].tolist(),
            [book.links[language, content], book.url_table],
        ]  # fmt: skip
        found = [[measure.of_list(listed, row) for listed in part if has_entries(book, listed)] for part in parts]
        sizes = [max((size for size, _ in several), default=0) for several in found]
        assert sum(sizes) + 4 * sizes[-2] + kernel.MAX_TAGS * 64 + 64 < kernel.ROOM
        assert max(depth for several in found for _, depth in several) <= kernel.MAX_DEPTH


@pytest.mark.parametrize(("content", "kind"), [("deal", "deal"), ("claim.data_leak.manuscript.2", "manuscript")])
def test_kind_of_a_content_is_in_its_name(content, kind):
    assert kind_of(content) == kind


@pytest.mark.parametrize("make", [copy.deepcopy, lambda book: pickle.loads(pickle.dumps(book))])
def test_copy_has_the_addresses_of_its_own_arrays(make):
    copied = make(phrasebook())
    assert copied.contents == phrasebook().contents
    assert copied.book_record == record_of(copied.book)
    assert copied.book_record != phrasebook().book_record
