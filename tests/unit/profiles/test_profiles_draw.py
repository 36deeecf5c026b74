"""Profiles: unique handles, texts by language and zone, and words that operated accounts share with organics."""

import re

import numpy as np
import pyarrow as pa
import pytest

from simulator.population import NO_CODE
from simulator.profiles import draw_profiles
from simulator.profiles.banks import WordBank, load_bank
from simulator.profiles.draw import make_unique
from simulator.vocabulary import Language, Segment
from tests import populations

WORLD = populations.data(4000, operators={"agency": populations.bulk(400, overlap=0.5, name_pattern_share=0.5)})


@pytest.fixture(scope="module")
def accounts():
    """Return the accounts of the world."""
    return populations.built(WORLD)[1].accounts


@pytest.fixture(scope="module")
def profiles():
    """Return the profiles of the world as lists."""
    drawn = populations.presented(WORLD)
    return {name: getattr(drawn, name).to_pylist() for name in drawn.__slots__}


def chosen(values, mask):
    """Return the values whose row is in the mask."""
    return [value for value, wanted in zip(values, mask, strict=True) if wanted]


def shape_of(handle):
    """Return a handle with every name and every digit made alike."""
    return re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", handle)))


def test_columns_are_arrow_strings_without_nulls():
    drawn = populations.presented(WORLD)
    for name in drawn.__slots__:
        column = getattr(drawn, name)
        column.validate(full=True)
        assert column.type == pa.string()
        assert column.null_count == 0
        assert len(column) == 4400


def test_handles_are_unique_whatever_the_case(profiles):
    assert len({handle.lower() for handle in profiles["handle"]}) == 4400


def test_handles_are_letters_digits_and_underscores(profiles):
    strange = [handle for handle in profiles["handle"] if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,39}", handle)]
    assert not strange


def test_nobody_lacks_a_name(profiles):
    assert all(name.strip() for name in profiles["display_name"])


def test_same_seed_gives_the_same_profiles(profiles):
    again = draw_profiles(populations.built(WORLD)[1], populations.SEED)
    assert {name: getattr(again, name).to_pylist() for name in again.__slots__} == profiles


def test_other_seed_gives_other_handles(profiles):
    other = draw_profiles(populations.built(WORLD)[1], 12).handle.to_pylist()
    assert np.mean(np.array(other) == np.array(profiles["handle"])) < 0.05


@pytest.mark.parametrize("name", ["display_name", "bio"])
def test_most_chinese_profiles_are_written_in_chinese(accounts, profiles, name):
    def has_chinese(text):
        return bool(re.search(r"[\u4e00-\u9fff]", text))

    people = accounts.mimic == Segment.casual
    written = {
        language: [has_chinese(t) for t in chosen(profiles[name], people & (accounts.language == language)) if t]
        for language in Language
    }
    assert np.mean(written[Language.zh]) > 0.85
    assert not any(written[Language.en])


def test_places_agree_with_the_zone(accounts, profiles):
    zones = populations.built(WORLD)[1].zones
    berlin = (accounts.zone == zones.index("Europe/Berlin")) & (accounts.language == Language.en)
    places = [place for place in chosen(profiles["location"], berlin) if place]
    assert np.mean([place in ("London", "Manchester", "UK", "China") for place in places]) < 0.05
    assert np.mean(["Berlin" in place or "Germany" in place for place in places]) > 0.1


def test_zone_without_own_places_names_its_city():
    world = populations.data(200, organic_settings={"zones": {"Africa/Addis_Ababa": 1.0}})
    assert "Addis Ababa" in populations.presented(world).location.to_pylist()


@pytest.mark.parametrize("name", ["bio", "location"])
def test_some_profiles_are_empty(profiles, name):
    assert 0.1 < np.mean([not text for text in profiles[name]]) < 0.7


def test_newspapers_and_brands_name_themselves_so(accounts, profiles):
    brands = chosen(profiles["display_name"], (accounts.segment == Segment.brand) & (accounts.language == Language.en))
    assert all(len(name.split()) == 2 for name in brands)


def test_a_pattern_is_one_shape_a_language(accounts, profiles):
    for key in set(accounts.pattern_key.tolist()) - {0}:
        for language in Language:
            rows = (accounts.pattern_key == key) & (accounts.language == language)
            shapes = {shape_of(handle) for handle in chosen(profiles["handle"], rows)}
            assert 1 <= len(shapes) <= 3  # a taken handle takes more digits


def test_accounts_without_pattern_have_many_shapes(accounts, profiles):
    shapes = {shape_of(handle) for handle in profiles["handle"][:4000]}
    assert len(shapes) > 10


def test_operated_accounts_use_no_word_of_their_own(accounts, profiles):
    organic, operated = accounts.segment != NO_CODE, accounts.overlap == 1

    def words(rows):
        return {word for text in chosen(profiles["bio"], rows) for word in re.findall(r"[A-Za-z]{3,}", text)}

    rare = words(operated) - words(organic)
    assert len(rare) < 0.12 * len(words(operated))  # job titles of one account only, as organics have them


def test_earlier_account_keeps_a_contested_handle():
    bank = WordBank()
    bank.add("name", ["ann"])
    for digits in (2, 4):
        bank.add(f"digits.{digits}", [f"{number:0{digits}}" for number in range(10**digits)])
    created = np.array([5, 3, 9, 4], np.int64)
    keys = np.arange(1, 5, dtype=np.uint64)
    words = [np.ones(4, np.int32), np.zeros(4, np.int32), np.zeros(4, np.int32)]
    unique = make_unique(bank, bank.freeze(), created, keys, 1, words)
    bare = (unique[1] == 0) & (unique[2] == 0)
    assert bare.tolist() == [False, True, False, False]


def test_bank_is_the_same_for_the_same_zones():
    assert load_bank(("UTC",)) is load_bank(("UTC",))
