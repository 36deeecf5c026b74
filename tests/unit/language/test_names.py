"""The names of a world: fictitious, drawn from the pools of its split, and never of another."""

import re
from itertools import combinations

import pytest

from simulator.language import choose_brand_names
from simulator.language.grammar import load_sections
from simulator.language.names import as_tag
from simulator.vocabulary import Split
from tests.worlds import plain, scenario_from

KINDS = ("names.brand", "names.product", "pool.tags", "pool.links")
# Reserved for examples and tests, RFC 2606.
RESERVED = (".example", ".invalid", ".test")


def pool(kind, split):
    """Return the entries of a pool."""
    return [
        line.text for section in load_sections() if section.name == f"{kind}.{split.name}" for line in section.lines
    ]


def names_of(seed=1, split="train", **target):
    """Return the names of a world."""
    return choose_brand_names(seed, scenario_from(plain(split=split, target={"fictional": True, **target})))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("one", "other"), list(combinations(Split, 2)))
def test_pools_of_two_splits_share_nothing(kind, one, other):
    assert not {entry.lower() for entry in pool(kind, one)} & {entry.lower() for entry in pool(kind, other)}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("split", Split)
def test_pools_hold_enough_and_nothing_twice(kind, split):
    sections = [section for section in load_sections() if section.name == f"{kind}.{split.name}"]
    for section in sections:  # one, and those of sectors that have their own
        entries = {line.text.lower() for line in section.lines}
        assert len(entries) >= 8
        assert len(entries) == len(section.lines)
    assert {section.sector for section in sections} >= {""}


@pytest.mark.parametrize("split", Split)
def test_links_of_the_pools_lie_under_reserved_names(split):
    hosts = [re.match(r"https://([^/]+)/", link)[1] for link in pool("pool.links", split)]
    assert [host for host in hosts if not host.endswith(RESERVED)] == []


@pytest.mark.parametrize("split", Split)
def test_names_come_from_the_pools_of_the_split(split):
    names = names_of(split=split.name)
    assert {names.brand, names.rival} <= set(pool("names.brand", split))
    assert {names.product, names.rival_product} <= set(pool("names.product", split))


def test_names_are_the_same_for_the_same_seed():
    assert names_of(seed=5) == names_of(seed=5)


def test_names_differ_between_seeds():
    assert len({names_of(seed=seed).brand for seed in range(1, 21)}) > 5


@pytest.mark.parametrize("seed", range(1, 21))
def test_brand_and_rival_differ(seed):
    names = names_of(seed=seed)
    assert names.brand != names.rival
    assert names.product != names.rival_product


def test_rival_is_another_when_the_scenario_takes_its_name():
    drawn = names_of(seed=3)
    assert names_of(seed=3, name=drawn.rival).rival != drawn.rival


def test_names_of_the_scenario_come_first():
    names = names_of(name="Orla", product="Vane", rival="Tamsin", site="orla.example")
    assert (names.brand, names.product, names.rival, names.site) == ("Orla", "Vane", "Tamsin", "orla.example")


def test_site_is_the_brand_under_a_reserved_name():
    assert names_of(name="Orla Nine").site == "orlanine.example"


def test_hashtags_begin_with_the_brand():
    assert names_of(name="Orla", product="Vane 2").hashtags == (
        "Orla", "OrlaVane2", "Vane2", "OrlaLaunch", "OrlaOwners",
    )  # fmt: skip


@pytest.mark.parametrize(("name", "tag"), [("Orla Vane-2", "OrlaVane2"), ("小米", "小米"), ("--", "brand")])
def test_hashtag_of_a_name_holds_letters_and_digits_only(name, tag):
    assert as_tag(name) == tag
