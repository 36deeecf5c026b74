"""Organic lives: times in order, amounts within their limits."""

import numpy as np
import pytest

from simulator.population import NEVER
from simulator.population.lives import DAY_MS, HOUR_MS, move_to_waking_hour
from simulator.vocabulary import Client, Language, Segment
from tests import populations

WORLD = populations.data(6000)


@pytest.fixture(scope="module")
def accounts():
    """Return the organic accounts of a quiet world."""
    return populations.built(WORLD)[1].accounts


def test_nobody_acts_before_creation(accounts):
    assert (accounts.active_from_ms >= accounts.created_ms).all()


def test_nobody_is_created_after_the_run(accounts):
    assert accounts.created_ms.max() < populations.built(WORLD)[0].end_ms


def test_old_accounts_are_at_least_a_day_old(accounts):
    start_ms = populations.built(WORLD)[0].start_ms
    old = accounts.created_ms[accounts.created_ms < start_ms]
    assert old.max() < start_ms - DAY_MS / 2


def test_leavers_leave_within_the_run_and_after_they_began(accounts):
    scenario = populations.built(WORLD)[0]
    leavers = accounts.active_until_ms != NEVER
    assert (accounts.active_until_ms[leavers] >= accounts.active_from_ms[leavers]).all()
    assert (accounts.active_until_ms[leavers] >= scenario.start_ms).all()
    assert (accounts.active_until_ms[leavers] < scenario.end_ms).all()


def test_everybody_opens_the_feed_and_writes_now_and_then(accounts):
    assert accounts.sessions_q16.min() >= 65536 // 64
    assert accounts.sessions_q16.max() <= 48 * 65536
    assert accounts.originals_q16.min() > 0


def test_brand_talk_needs_interest(accounts):
    assert (accounts.brand_talk_q16[accounts.brand_interest == 0] == 0).all()
    assert (accounts.brand_talk_q16[accounts.brand_interest == 1] > 0).any()


@pytest.mark.parametrize("name", ["brand_talk_q16", "susceptibility_q16", "scheduled_q16"])
def test_shares_stay_shares(accounts, name):
    assert getattr(accounts, name).min() >= 0
    assert getattr(accounts, name).max() <= 65536


def test_attitudes_stay_within_one(accounts):
    assert abs(accounts.attitude).max() <= 65536


def test_programs_do_not_post_from_phones(accounts):
    assert (accounts.client[accounts.segment == Segment.news_bot] >= Client.web).all()


def test_groups_are_of_one_segment(accounts):
    groups = populations.built(WORLD)[1].groups
    for group in range(len(groups)):
        assert len(set(accounts.segment[accounts.group == group].tolist())) <= 1, groups[group]


def test_fan_clubs_speak_one_language():
    population = populations.built(WORLD)[1]
    accounts = population.accounts
    clubs = [number for number, group in enumerate(population.groups) if group.kind == "fan_club"]
    mixed = [club for club in clubs if len(set(accounts.language[accounts.group == club].tolist())) > 1]
    assert len(clubs) > 2
    assert not mixed


def test_communities_speak_mostly_one_language(accounts):
    chinese = np.bincount(accounts.community, accounts.language == Language.zh)
    share = chinese / np.maximum(np.bincount(accounts.community), 1)
    assert ((share < 0.15) | (share > 0.85)).all()


def test_number_of_communities_is_the_scenario_s():
    world = populations.data(organic_settings={"communities": 4})
    population = populations.built(world)[1]
    assert population.n_communities == 4
    assert set(population.accounts.community.tolist()) == {0, 1, 2, 3}


def test_one_language_needs_no_community_of_the_other():
    segments = {"casual": {"share": 1.0, "chinese_share": 1.0}}
    population = populations.built(populations.data(300, organic_settings={"segments": segments}))[1]
    assert (population.accounts.language == Language.zh).all()
    assert (population.accounts.mimic == Segment.casual).all()


def test_registration_moves_within_its_local_day():
    times = np.array([10 * DAY_MS + 5, 11 * DAY_MS - 1])
    offset = np.array([8 * HOUR_MS, -5 * HOUR_MS])
    draws = np.array([0, 2**32 - 1], np.uint32)
    moved = move_to_waking_hour(times, offset, draws, draws)
    assert ((moved + offset) // DAY_MS == (times + offset) // DAY_MS).all()
