"""Styles: bulk accounts differ from organics in weights only; every range exists and every list is fit to print."""

import re

import numpy as np
import pytest

from simulator.profiles import styles, words
from simulator.profiles.banks import list_towns, load_bank, repeat_by_weight
from simulator.vocabulary import Segment

BANK = load_bank(("Asia/Shanghai", "Europe/Berlin"))[0]
TEXTS = ("handle", "digits", "name", "name_tail", "bio", "bio_tail")
PEOPLE = (Segment.casual, Segment.critic, Segment.customer)


@pytest.mark.parametrize("text", TEXTS)
def test_lookup_names_a_style_for_every_class(text):
    table = styles.build_table(BANK, text)
    assert table.lookup.shape == (styles.N_CLASSES, 1 << styles.LOOKUP_BITS)
    assert table.lookup.max() < len(table.starts)
    assert (table.sizes > 0).all()


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("language", [0, 1])
@pytest.mark.parametrize("segment", PEOPLE)
def test_bulk_accounts_use_no_style_of_their_own(text, language, segment):
    lookup = styles.build_table(BANK, text).lookup
    plain, organic = (set(lookup[styles.name_class(segment, language, flag)].tolist()) for flag in (True, False))
    assert plain <= organic


@pytest.mark.parametrize("slots", [s for language in ("en", "zh") for s in styles.PATTERN_HANDLES[language]])
def test_patterns_are_styles_of_people_too(slots):
    table = styles.build_table(BANK, "handle")
    spans = np.array([BANK.span(name) for name in slots])
    assert ((table.starts == spans[:, 0]) & (table.sizes == spans[:, 1])).all(axis=1).any()


def test_classes_are_distinct():
    classes = [styles.name_class(s, language, plain) for s in Segment for language in (0, 1) for plain in (False, True)]
    assert sorted(classes) == list(range(styles.N_CLASSES))


def test_weights_become_repetitions():
    assert repeat_by_weight({"b": 3.0, "a": 1.0, "c": 0.0001}, 4) == ["a", "b", "b", "b", "c"]


def test_same_draw_is_the_same_name_in_every_spelling():
    sizes = {BANK.span(f"en.first{spelling}")[1] for spelling in ("", ".low", ".initial", ".dotted")}
    assert len(sizes) == 1


def test_towns_do_not_exist():
    assert not {"London", "Berlin", "Boston", "Charlotte", "Jackson"} & set(list_towns())
    assert len(set(list_towns())) > 400


def test_unfit_words_are_left_out():
    text = load_bank(("UTC",))[2].tobytes().decode()
    assert not re.search(r"\bRepublican\b|terrorist", text)


@pytest.mark.parametrize("name", [name for name in vars(words) if name.isupper()])
def test_word_lists_hold_no_link_and_no_mention(name):
    assert not re.search(r"[@#]|https?:|www\.|\.com", str(getattr(words, name)))
