"""The population of a scenario: keys, ids, order, and what leaves an account as it is."""

import numpy as np
import pytest

from simulator.population import NEVER, NO_CODE, build_population
from simulator.population.build import choose_account_ids
from simulator.population.columns import COLUMN_NAMES, COLUMN_TYPES
from simulator.vocabulary import Segment
from tests import populations

QUIET = populations.data()
ATTACKED = populations.data(operators={"agency": populations.operator()})


def test_every_column_has_its_type_and_length():
    accounts = populations.built(ATTACKED)[1].accounts
    for name in COLUMN_NAMES:
        assert getattr(accounts, name).dtype == COLUMN_TYPES[name], name
        assert len(getattr(accounts, name)) == len(accounts) == 1800, name


def test_columns_cannot_be_modified():
    accounts = populations.built(ATTACKED)[1].accounts
    with pytest.raises(ValueError, match="read-only"):
        accounts.attitude[0] = 0


def test_same_seed_gives_the_same_population():
    scenario, population = populations.built(ATTACKED)
    again = build_population(scenario, populations.SEED)
    for name in COLUMN_NAMES:
        assert (getattr(again.accounts, name) == getattr(population.accounts, name)).all(), name


def test_other_seed_gives_other_keys():
    scenario, population = populations.built(ATTACKED)
    assert not np.isin(build_population(scenario, 12).accounts.key, population.accounts.key).any()


def test_organics_come_first_by_segment_then_squads():
    population = populations.built(ATTACKED)[1]
    accounts = population.accounts
    assert population.n_organic == 1500
    assert (np.diff(accounts.segment[:1500].astype(int)) >= 0).all()
    assert (accounts.squad[:1500] == -1).all()
    assert (np.diff(accounts.squad[1500:]) >= 0).all()


@pytest.mark.parametrize("name", COLUMN_NAMES)
def test_operators_leave_organic_accounts_as_they_are(name):
    quiet, attacked = (populations.built(world)[1].accounts for world in (QUIET, ATTACKED))
    assert (getattr(attacked, name)[:1500] == getattr(quiet, name)).all()


@pytest.mark.parametrize("name", sorted({*COLUMN_NAMES} - {"group", "operator", "squad", "zone"}))
def test_another_operator_leaves_operated_accounts_as_they_are(name):
    both = populations.data(operators={"other": populations.operator(100), "agency": populations.operator()})
    alone = populations.built(ATTACKED)[1].accounts
    assert (getattr(populations.built(both)[1].accounts, name)[1600:] == getattr(alone, name)[1500:]).all()


def test_more_accounts_leave_the_first_of_a_segment_as_they_are():
    small, large = (populations.built(populations.data(organic))[1].accounts for organic in (1500, 3000))
    for segment in Segment:
        few, many = np.flatnonzero(small.segment == segment), np.flatnonzero(large.segment == segment)
        for name in sorted({*COLUMN_NAMES} - {"community", "group"}):
            assert (getattr(small, name)[few] == getattr(large, name)[many[: len(few)]]).all(), (segment, name)


def test_every_segment_with_a_share_has_an_account():
    accounts = populations.built(populations.data(60))[1].accounts
    assert set(accounts.segment.tolist()) == {int(segment) for segment in Segment}


def test_account_ids_are_the_top_of_the_keys():
    accounts = populations.built(ATTACKED)[1].accounts
    assert (accounts.account_id == (accounts.key >> np.uint64(11)).astype(np.int64)).all()
    assert accounts.account_id.max() < 2**53


def test_taken_account_id_moves_to_the_next_free_one():
    keys = np.array([5, 9, 5, 6, 5, 2**53 - 1, 2**53 - 1], np.uint64) << np.uint64(11)
    keys[2] |= np.uint64(3)
    assert choose_account_ids(keys).tolist() == [5, 9, 7, 6, 8, 2**53 - 1, 0]


def test_zones_begin_with_the_organic_ones_and_name_the_offices():
    scenario, population = populations.built(ATTACKED)
    assert population.zones == (*scenario.organic.zones, "Europe/Warsaw")


def test_names_stand_behind_the_codes():
    population = populations.built(ATTACKED)[1]
    assert population.operators == ("agency",)
    assert population.squads == (("agency", "day"),)
    squad_group = population.accounts.group[-1]
    assert population.groups[squad_group].name == "agency.day"
    assert squad_group == len(population.groups) - 1


def test_organic_rows_carry_no_operator():
    accounts = populations.built(QUIET)[1].accounts
    assert (accounts.operated_from_ms == NEVER).all()
    assert (accounts.role == NO_CODE).all()
    assert (accounts.stock == NO_CODE).all()
    assert not accounts.pattern_key.any()
