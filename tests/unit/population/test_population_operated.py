"""Operated accounts: stock, batches, roles, bursts, patterns and the dials that blend them in."""

import numpy as np
import pytest

from simulator.population import NEVER, NO_BOUND, NO_CODE
from simulator.population.lives import DAY_MS
from simulator.vocabulary import Client, Language, Role, Segment, Stock
from tests import populations


def operated(**settings):
    """Return the accounts of a world with one operator, operated ones only, as a mapping of columns."""
    world = populations.data(operators={"agency": populations.operator(**settings)})
    return columns_of(world)


def bulk(**dials):
    """Return the accounts of an operator whose stock is all bulk-created."""
    return columns_of(populations.data(operators={"agency": populations.bulk(**dials)}))


def columns_of(world):
    """Return the operated rows of a world."""
    population = populations.built(world)[1]
    accounts = population.accounts
    return {name: getattr(accounts, name)[population.n_organic :] for name in accounts.__slots__}


def scenario_of(**settings):
    """Return the scenario of :func:`operated`."""
    return populations.built(populations.data(operators={"agency": populations.operator(**settings)}))[0]


def test_stock_is_dealt_by_largest_remainder():
    assert np.bincount(operated()["stock"]).tolist() == [210, 45, 30, 15]


def test_roles_are_dealt_by_largest_remainder():
    found = np.bincount(operated()["role"], minlength=6)
    assert found[[Role.seeder, Role.amplifier, Role.commenter]].tolist() == [30, 180, 90]


def test_roles_do_not_hang_on_the_stock():
    columns = operated(accounts=3000)
    is_bulk = columns["stock"] == Stock.bulk_created
    shares = [np.mean(columns["role"][part] == Role.amplifier) for part in (is_bulk, ~is_bulk)]
    assert shares[0] == pytest.approx(shares[1], abs=0.06)


def test_squads_share_their_operator_s_accounts():
    settings = populations.operator()
    day = settings["squads"]["day"]
    settings["squads"] = {name: {**day, "share": share} for name, share in (("a", 0.5), ("b", 0.3), ("c", 0.2))}
    columns = columns_of(populations.data(operators={"agency": settings}))
    assert np.bincount(columns["squad"]).tolist() == [150, 90, 60]


def test_batches_are_when_accounts_come_under_command():
    scenario, columns = scenario_of(), operated()
    early, late = (scenario.at(batch.time) for batch in scenario.operators["agency"].batches.values())
    assert set(columns["operated_from_ms"].tolist()) == {early, late}
    assert np.mean(columns["operated_from_ms"] == early) == pytest.approx(0.6, abs=0.1)


def test_operator_without_batches_has_its_accounts_from_the_start():
    settings = populations.operator()
    del settings["batches"]
    world = populations.data(operators={"agency": settings})
    assert (columns_of(world)["operated_from_ms"] == populations.built(world)[0].start_ms).all()


def test_every_account_is_created_before_it_is_operated():
    columns = operated(level="L4")
    assert (columns["created_ms"] < columns["operated_from_ms"]).all()


def test_stolen_accounts_are_months_older_than_the_theft():
    columns = operated()
    stolen = columns["stock"] != Stock.bulk_created
    age = columns["operated_from_ms"][stolen] - columns["created_ms"][stolen]
    assert age.min() > 100 * DAY_MS


def test_only_bulk_accounts_have_no_life_of_their_own():
    columns = operated()
    assert ((columns["segment"] == NO_CODE) == (columns["stock"] == Stock.bulk_created)).all()
    assert (columns["mimic"] != NO_CODE).all()


def test_stolen_accounts_led_the_lives_of_people():
    columns = operated(accounts=2000, stock={"compromised": 1})
    people = {Segment.casual, Segment.fan, Segment.rival_fan, Segment.critic, Segment.customer}
    assert set(columns["segment"].tolist()) == {int(segment) for segment in people}
    assert (columns["segment"] == columns["mimic"]).all()
    assert (columns["sessions_q16"] > 0).all()


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_camouflage_gives_a_share_of_bulk_accounts_a_life(share):
    columns = bulk(camouflage_share=share)
    assert columns["camouflage"].sum() == round(300 * share)
    assert ((columns["sessions_q16"] > 0) == (columns["camouflage"] == 1)).all()
    assert ((columns["originals_q16"] > 0) == (columns["camouflage"] == 1)).all()


def test_compromised_and_cyborg_accounts_need_no_camouflage():
    columns = operated(accounts=400, level="L4")
    own_life = np.isin(columns["stock"], (Stock.compromised, Stock.cyborg))
    assert not columns["camouflage"][own_life].any()
    assert columns["camouflage"][~own_life].all()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_overlap_is_a_share_of_bulk_accounts(share):
    assert bulk(overlap=share)["overlap"].sum() == round(300 * share)


def test_accounts_without_overlap_live_in_the_office_s_zone():
    world = populations.data(operators={"agency": populations.bulk(overlap=0.0, chinese_share=1.0)})
    columns, population = columns_of(world), populations.built(world)[1]
    assert {population.zones[zone] for zone in columns["zone"].tolist()} == {"Europe/Warsaw"}
    assert (columns["language"] == Language.zh).all()


def test_overlapping_accounts_live_where_organics_live():
    columns = bulk(overlap=1.0)
    assert len(set(columns["zone"].tolist())) > 3


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_name_patterns_are_shared_as_far_as_the_dial_says(share):
    columns = bulk(name_pattern_share=share, overlap=0.0)
    assert np.count_nonzero(columns["pattern_key"]) == round(300 * share)


def test_name_patterns_are_one_a_batch():
    columns = bulk(name_pattern_share=1.0, overlap=0.0)
    pairs = set(zip(columns["pattern_key"].tolist(), columns["operated_from_ms"].tolist(), strict=True))
    assert len(pairs) == 2
    assert len({key for key, _ in pairs}) == 2


def test_overlap_beats_bursts_and_patterns():
    columns = bulk(name_pattern_share=1.0, creation_burst_share=1.0, overlap=1.0, age_overlap=1.0)
    assert not columns["pattern_key"].any()
    assert _share_with_neighbour(columns["created_ms"]) < 0.1


def _share_with_neighbour(created_ms, within_ms=60_000):
    ordered = np.sort(created_ms)
    near = np.diff(ordered) <= within_ms
    return np.mean(np.concatenate([[False], near]) | np.concatenate([near, [False]]))


def test_creation_bursts_last_minutes():
    columns = bulk(creation_burst_share=1.0, overlap=0.0)
    assert _share_with_neighbour(columns["created_ms"]) > 0.95


def test_without_bursts_registrations_are_spread():
    columns = bulk(creation_burst_share=0.0, overlap=0.0)
    assert _share_with_neighbour(columns["created_ms"]) < 0.05
    assert np.ptp(columns["created_ms"]) > 60 * DAY_MS


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_burst_share_is_the_dial_s(share):
    columns = bulk(creation_burst_share=share, overlap=0.0)
    assert _share_with_neighbour(columns["created_ms"]) == pytest.approx(share, abs=0.06)


def test_bursts_keep_office_hours():
    columns = bulk(creation_burst_share=1.0, overlap=0.0)
    local_hour = (columns["created_ms"] // 3_600_000 + 1) % 24  # Warsaw in winter and spring: one or two hours ahead
    assert (local_hour >= 8).all()
    assert (local_hour <= 20).all()


def test_operated_accounts_do_not_leave_by_themselves():
    assert (operated()["active_until_ms"] == NEVER).all()


def test_bulk_accounts_are_active_once_they_are_bought():
    columns = bulk(level="L4")
    assert (columns["active_from_ms"] == columns["operated_from_ms"]).all()


def test_cyborgs_dislike_the_target_more():
    cyborgs, stolen = (operated(accounts=1000, stock={kind: 1})["attitude"] for kind in ("cyborg", "compromised"))
    assert cyborgs.mean() < stolen.mean() - 0.2 * 65536


def test_plain_bulk_accounts_use_farm_clients_and_are_not_verified():
    columns = bulk(accounts=1000, overlap=0.0)
    assert np.mean(columns["client"] == Client.iphone) < 0.1
    assert not columns["verified"].any()


def test_one_account_can_be_operated():
    assert len(operated(accounts=1)["key"]) == 1


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_overlap_is_a_share_of_accounts_of_every_stock(share):
    columns = operated(overlap=share)
    assert columns["overlap"].sum() == round(300 * share)
    if share == 0.4:
        assert set(columns["stock"][columns["overlap"] == 1].tolist()) == {int(kind) for kind in Stock}


@pytest.mark.parametrize(("share", "n_young"), [(0.0, 300), (0.4, 180), (1.0, 0)])
def test_the_age_of_overlapping_accounts_is_its_own_dial(share, n_young):
    columns = bulk(overlap=1.0, age_overlap=share, creation_burst_share=1.0)
    shares_burst = _share_with_neighbour(columns["created_ms"])
    assert shares_burst == pytest.approx(n_young / 300, abs=0.05)


def test_only_overlapping_accounts_have_a_bound():
    columns = operated(overlap=0.5)
    assert ((columns["pushed_q16"] == NO_BOUND) == (columns["overlap"] == 0)).all()
    assert (columns["pushed_q16"][columns["overlap"] == 1] >= 0).all()


def test_organics_have_no_bound():
    population = populations.built(populations.data(operators={"agency": populations.bulk(overlap=1.0)}))[1]
    assert (population.accounts.pushed_q16[: population.n_organic] == NO_BOUND).all()


def pushed_shares(columns):
    """Return the pushed part of what each account writes, originals and pushed items together."""
    own = columns["sessions_q16"] / 65536 * columns["originals_q16"]
    return columns["pushed_q16"] / (columns["pushed_q16"] + own)


@pytest.mark.parametrize("mean", [0.05, 0.1, 0.2])
def test_pushed_shares_follow_three_times_the_square_of_an_even_draw(mean):
    shares = pushed_shares(bulk(accounts=3000, overlap=1.0, camouflage_share=1.0, campaign_share=mean))
    shares = shares[~np.isnan(shares)]
    assert np.mean(shares) == pytest.approx(mean, rel=0.05)
    assert np.median(shares) == pytest.approx(3 * mean / 4, rel=0.1)
    assert np.quantile(shares, 0.9) == pytest.approx(3 * mean * 0.81, rel=0.1)


def test_pushed_shares_are_six_tenths_at_most():
    shares = pushed_shares(bulk(accounts=1000, overlap=1.0, camouflage_share=1.0, campaign_share=0.5))
    assert np.nanmax(shares) == pytest.approx(0.6, abs=0.001)


def test_overlapping_accounts_without_a_past_talk_of_the_brand_on_command_only():
    columns = operated(accounts=1000, overlap=0.5)
    silent = (columns["overlap"] == 1) & (columns["stock"] == Stock.bulk_created)
    assert not columns["brand_talk_q16"][silent].any()
    assert columns["brand_talk_q16"][(columns["overlap"] == 1) & ~silent].any()


def test_what_accounts_say_of_the_brand_themselves_counts_against_their_bound():
    settings = {"stock": {"compromised": 1}, "accounts": 2000, "campaign_share": 0.1}
    columns = operated(overlap=1.0, **settings)
    free = pushed_shares(bulk(accounts=2000, overlap=1.0, camouflage_share=1.0, campaign_share=0.1))
    shares, talk = pushed_shares(columns), columns["brand_talk_q16"] / 65536
    talkative = talk > 0.3  # as much as the greatest pushed share at this mean
    assert talkative.any()
    assert np.nanmean(shares[talkative]) == pytest.approx(np.nanmean(free) / 4, rel=0.3)  # a quarter is kept
    assert np.nanmean(shares) < np.nanmean(free)


def test_only_overlapping_bulk_accounts_write_half_as_much_again():
    plain, overlapping = (operated(accounts=1000, camouflage_share=1.0, overlap=share) for share in (0.0, 1.0))
    is_bulk = plain["stock"] == Stock.bulk_created
    expected = np.where(is_bulk, plain["originals_q16"].astype(np.int64) * 3 // 2, plain["originals_q16"])
    assert (overlapping["originals_q16"] == expected).all()
