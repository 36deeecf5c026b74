"""The laws of the population hold: fixed seed, big numbers, tolerances from standard errors."""

import numpy as np
import pytest

from simulator.population import NEVER, NO_CODE
from simulator.population.lives import YEAR_MS
from simulator.vocabulary import Language, Segment
from tests import populations
from tests.statistical.tails import critical_distance, distance_of, gini, tail_exponent, top_share

N = 40_000
PEOPLE = (Segment.casual, Segment.fan, Segment.rival_fan, Segment.critic, Segment.customer)
LARGE_SEGMENTS = (Segment.casual, Segment.fan, Segment.critic, Segment.customer, Segment.spam_bot)


@pytest.fixture(scope="module")
def world():
    """Return scenario and accounts of a large quiet world."""
    scenario, population = populations.built(populations.data(N))
    return scenario, population.accounts, population.zones


@pytest.fixture(scope="module")
def blended():
    """Return the organic and the overlapping accounts of a world, as (accounts, casual rows, overlapping rows)."""
    dials = {"overlap": 1.0, "age_overlap": 1.0, "camouflage_share": 1.0}
    world = populations.data(12_000, operators={"agency": populations.bulk(6000, **dials)})
    accounts = populations.built(world)[1].accounts
    return accounts, accounts.segment == Segment.casual, (accounts.overlap == 1) & (accounts.mimic == Segment.casual)


def originals_per_day(accounts):
    """Return each account's mean originals a day."""
    return accounts.sessions_q16 / 65536 * accounts.originals_q16 / 65536


@pytest.mark.parametrize("segment", LARGE_SEGMENTS)
def test_mean_originals_are_the_segment_s(world, segment):
    scenario, accounts, _ = world
    rates = originals_per_day(accounts)[accounts.segment == segment]
    error = rates.std() / len(rates) ** 0.5
    assert abs(rates.mean() - scenario.organic.segments[segment].originals_per_day) < 4 * error


@pytest.mark.parametrize("segment", LARGE_SEGMENTS)
def test_mean_sessions_are_the_segment_s(world, segment):
    scenario, accounts, _ = world
    rates = accounts.sessions_q16[accounts.segment == segment] / 65536
    error = rates.std() / len(rates) ** 0.5
    assert abs(rates.mean() - scenario.organic.segments[segment].sessions_per_day) < 4 * error + 0.01


@pytest.fixture(scope="module")
def posts(world):
    """Return originals of 100 days by account of people, Poisson around their rates."""
    _, accounts, _ = world
    rates = originals_per_day(accounts)[np.isin(accounts.segment, PEOPLE)]
    return np.random.default_rng(1).poisson(rates * 100)


def test_posts_have_the_tail_of_real_ones(posts):
    # 2.17 +- 0.02, organic:DE-election-Twitter, facts posts_tail_alpha.
    assert tail_exponent(posts) == pytest.approx(2.17, abs=0.2)


def test_posts_are_as_unequal_as_real_ones(posts):
    # 0.572, 0.194 and 0.522, organic:DE-election-Twitter, facts posts_gini, posts_top1_share, posts_top10_share.
    written = posts[posts > 0]
    assert gini(written) == pytest.approx(0.572, abs=0.04)
    assert top_share(written, 0.01) == pytest.approx(0.194, abs=0.03)
    assert top_share(written, 0.1) == pytest.approx(0.522, abs=0.03)


def test_those_who_write_more_read_more(world):
    _, accounts, _ = world
    casual = accounts.segment == Segment.casual
    sessions, originals = np.log(accounts.sessions_q16[casual]), np.log(originals_per_day(accounts)[casual])
    assert 0.5 < np.corrcoef(sessions, originals)[0, 1] < 0.8


@pytest.mark.parametrize("segment", [Segment.casual, Segment.fan, Segment.critic])
def test_attitudes_have_the_segment_s_mean_and_spread(world, segment):
    scenario, accounts, _ = world
    settings, attitudes = scenario.organic.segments[segment], accounts.attitude[accounts.segment == segment] / 65536
    error = settings.attitude_spread / len(attitudes) ** 0.5
    assert abs(attitudes.mean() - settings.attitude_mean) < 4 * error + 0.01  # clipping pulls inwards
    assert attitudes.std() == pytest.approx(settings.attitude_spread, rel=0.06)


@pytest.mark.parametrize("segment", LARGE_SEGMENTS)
def test_languages_are_the_segment_s(world, segment):
    scenario, accounts, _ = world
    chinese = accounts.language[accounts.segment == segment] == Language.zh
    share = scenario.organic.segments[segment].chinese_share
    assert abs(chinese.mean() - share) < 4 * (share * (1 - share) / len(chinese)) ** 0.5 + 1e-4


def test_zones_are_the_scenario_s(world):
    scenario, accounts, zones = world
    for number, zone in enumerate(zones):
        share = scenario.organic.zones[zone]
        assert abs(np.mean(accounts.zone == number) - share) < 4 * (share * (1 - share) / N) ** 0.5 + 1e-3, zone


def test_chinese_is_spoken_in_chinese_zones(world):
    _, accounts, zones = world
    home = accounts.zone == zones.index("Asia/Shanghai")
    chinese = accounts.language == Language.zh
    assert chinese[home].mean() > chinese.mean() + 0.15


@pytest.mark.parametrize("segment", LARGE_SEGMENTS)
def test_median_age_is_the_segment_s(world, segment):
    scenario, accounts, _ = world
    old = (accounts.segment == segment) & (accounts.created_ms < scenario.start_ms)
    years = np.median(scenario.start_ms - accounts.created_ms[old]) / YEAR_MS
    # The cut at the platform's opening pulls the median of old segments down.
    assert years == pytest.approx(scenario.organic.segments[segment].age_years_median, rel=0.12)


def test_shares_of_joiners_and_leavers_are_the_scenario_s(world):
    scenario, accounts, _ = world
    joiners, leavers = accounts.created_ms >= scenario.start_ms, accounts.active_until_ms != NEVER
    for found, share in ((joiners, scenario.organic.joining_share), (leavers, scenario.organic.leaving_share)):
        assert abs(found.mean() - share) < 4 * (share * (1 - share) / N) ** 0.5


def test_registrations_have_no_bursts(world):
    _, accounts, _ = world
    # No two of 500 random accounts within a minute: TwiBot-22, facts creation_nn_le_60s.
    sample = np.sort(accounts.created_ms[:: N // 500])
    assert np.mean(np.diff(sample) < 60_000) < 0.01


def test_traits_do_not_hang_together_by_accident(world):
    _, accounts, _ = world
    casual = accounts.segment == Segment.casual
    names = ("sessions_q16", "attitude", "created_ms", "susceptibility_q16", "chronotype", "brand_interest")
    traits = np.corrcoef([np.argsort(np.argsort(getattr(accounts, name)[casual])) for name in names])
    assert np.abs(traits - np.eye(len(names))).max() < 4 / casual.sum() ** 0.5


@pytest.mark.parametrize(
    "name",
    ["sessions_q16", "language", "client", "zone", "chronotype", "verified", "susceptibility_q16"],
)
def test_overlapping_accounts_follow_the_organic_law(blended, name):
    accounts, organic, overlapping = blended
    values = getattr(accounts, name)
    limit = critical_distance(int(organic.sum()), int(overlapping.sum()))
    assert distance_of(values[organic], values[overlapping]) < limit


def test_overlapping_accounts_write_half_as_much_again_by_the_organic_law(blended):
    accounts, organic, overlapping = blended
    limit = critical_distance(int(organic.sum()), int(overlapping.sum()))
    expected = accounts.originals_q16[organic].astype(np.int64) * 3 // 2
    assert distance_of(expected, accounts.originals_q16[overlapping]) < limit


def test_overlapping_accounts_have_organic_ages(blended):
    accounts, organic, overlapping = blended
    created = accounts.created_ms
    scenario = populations.built(populations.data(12_000))[0]
    known = created < scenario.start_ms - 100 * 86_400_000  # before the first purchase, where both laws speak
    limit = critical_distance(int((organic & known).sum()), int((overlapping & known).sum()))
    assert distance_of(created[organic & known], created[overlapping & known]) < limit
    assert known[overlapping].mean() == pytest.approx(known[organic].mean(), abs=0.05)


def test_bulk_accounts_imitate_people_by_their_shares(blended):
    accounts, _, _ = blended
    imitated = np.bincount(accounts.mimic[accounts.segment == NO_CODE], minlength=11)
    shares = {segment: imitated[segment] / imitated.sum() for segment in Segment if imitated[segment]}
    assert set(shares) == {Segment.casual, Segment.critic, Segment.customer}
    assert shares[Segment.casual] == pytest.approx(0.69 / 0.775, abs=0.02)
