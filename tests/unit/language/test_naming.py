"""Names in shared grammars: each world has its own, and none changes another's."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.kernels import text_book as kernel
from simulator.language import load_phrasebook
from simulator.vocabulary import Split
from tests.tiny_texts import NAMES

OTHER = replace(NAMES, brand="Zorvik", product="Nimbus", hashtags=("Zorvik", "NimbusNow"))


def texts_of(book):
    """Return the texts of all literals."""
    pool = book.pool.tobytes()
    return [pool[start : start + size].decode() for start, size in book.literals[:, :2].tolist()]


def tags_of(phrasebook):
    """Return the hashtags that the kernel finds, by `forced_tag`."""
    book, texts = phrasebook.book, texts_of(phrasebook.book)
    first = book.list_first[book.tag_table]
    places = range(first, first + book.list_size[book.tag_table])
    codes = [int(book.program[book.alternative_start[place]]) for place in places]
    return [texts[kernel.BRAND_TAG if code == kernel.BRAND_TAG << 3 else code >> 3] for code in codes]


@pytest.mark.parametrize("names", [NAMES, OTHER], ids=lambda names: names.brand)
def test_every_name_is_a_literal(names):
    texts = texts_of(load_phrasebook(names, Split.train).book)
    assert texts[0] == names.brand
    assert {names.product, names.rival, names.rival_product, names.site} <= set(texts)


def test_names_of_another_world_are_not_found():
    load_phrasebook(OTHER, Split.train)
    assert not {OTHER.brand, OTHER.product} & set(texts_of(load_phrasebook(NAMES, Split.train).book))


@pytest.mark.parametrize("names", [NAMES, OTHER], ids=lambda names: names.brand)
def test_hashtags_of_the_kernel_are_those_of_the_table(names):
    phrasebook = load_phrasebook(names, Split.train)
    assert tags_of(phrasebook) == list(phrasebook.tag_table)


def test_no_literal_of_a_name_is_left_empty():
    book = load_phrasebook(OTHER, Split.train).book
    assert "" not in texts_of(book)


def test_other_names_leave_a_phrasebook_as_it_was():
    book = load_phrasebook(NAMES, Split.train).book
    before = [np.array(column) for column in book]
    load_phrasebook(OTHER, Split.train)
    again = load_phrasebook(NAMES, Split.train).book
    assert all(np.array_equal(was, now) for was, now in zip(before, book, strict=True))
    assert all(np.array_equal(was, now) for was, now in zip(before, again, strict=True))
