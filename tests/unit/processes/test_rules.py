"""The constants that kernels decide by: on integer grids, in their ranges, and moved by the settings they come from."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from simulator.kernels.layout import NONE, Rules
from simulator.language import Phrasebook, choose_brand_names, load_phrasebook
from simulator.processes.rules import build_rules
from simulator.rhythm import LONGEST_DELAY_MS, as_threshold
from simulator.vocabulary import Language, Segment
from tests.worlds import plain, scenario_from

SEED = 5


@cache
def phrasebook() -> Phrasebook:
    scenario = scenario_from(plain())
    return load_phrasebook(choose_brand_names(SEED, scenario), scenario.split)


def rules_of(seed: int = SEED, **pieces: Any) -> Rules:
    return build_rules(
        scenario_from(plain(**pieces)),
        phrasebook(),
        seed,
        np.zeros(3, np.int16),
        np.full((48, 3), 256, np.int64),
        np.zeros(2, np.int64),
        True,
    )


@pytest.fixture(scope="module")
def rules() -> Rules:
    return rules_of()


def test_every_rule_is_an_integer_or_an_array_of_integers(rules: Rules) -> None:
    for name, value in rules._asdict().items():
        assert np.issubdtype(np.asarray(value).dtype, np.integer), name


def test_shares_are_scaled_by_how_lively_a_segment_is() -> None:
    rules = rules_of(reaction={"repost_share": 0.01, "like_share": 0.02, "reply_share": 0.004, "quote_share": 0.001})
    assert rules.repost[Segment.casual] == as_threshold(0.01)
    assert rules.repost[Segment.fan] > rules.repost[Segment.casual] > rules.repost[Segment.news_bot]
    assert rules.like[Segment.news_bot] == 0
    assert rules.reply[Segment.customer] == as_threshold(0.004 * 1.2)


def test_no_share_exceeds_one() -> None:
    rules = rules_of(reaction={"repost_share": 1.0, "like_share": 1.0, "reply_share": 1.0, "quote_share": 1.0})
    assert max(table.max() for table in (rules.repost, rules.like, rules.reply, rules.quote)) == 1 << 32


def test_delays_rise_from_seconds_to_days(rules: Rules) -> None:
    delays = rules.delay_table
    assert np.all(np.diff(delays) >= 0)
    assert 3_000 <= delays[0] < 10_000
    assert delays[-1] * 9 / 8 == LONGEST_DELAY_MS
    assert 70_000 < delays[128] < 80_000


def test_what_is_not_answered_within_hours_is_answered_days_later_at_that_hour(rules: Rules) -> None:
    hours = rules.delay_table / 3_600_000
    late = hours[hours > 8]
    assert 0.1 < len(late) / len(hours) < 0.16
    assert set((late / 22.5).tolist()) == {1, 2, 3, 4, 5}


def test_keenness_falls_with_age_and_with_ones_own_posts(rules: Rules) -> None:
    assert rules.satiation_q8[0] == 256 < rules.age_q8[0]
    for table in (rules.age_q8, rules.satiation_q8):
        assert np.all(np.diff(table) <= 0)
        assert table[-1] < 64
    assert len(rules.age_q8) == 73


def test_known_sharers_raise_a_reaction_and_saturate_at_twice(rules: Rules) -> None:
    assert rules.sharers_q8[0] == 256
    assert rules.sharers_q8[-1] == 512
    assert np.all(np.diff(np.diff(rules.sharers_q8)) <= 0)


def test_virality_has_mean_one_and_a_long_tail(rules: Rules) -> None:
    assert rules.virality_table.mean() == pytest.approx(256, rel=0.01)
    assert rules.virality_table[-1] > 20 * 256
    assert np.median(rules.virality_table) < 128


def test_all_topics_are_talked_about_some_much_more_than_others(rules: Rules) -> None:
    for language in Language:
        topics, counts = np.unique(rules.topic_table[language], return_counts=True)
        assert set(topics.tolist()) == set(phrasebook().topics)
        assert counts.max() > 10 * counts.min()


def test_worlds_have_their_own_favourite_topics() -> None:
    first, second = rules_of(1).topic_table, rules_of(2).topic_table
    assert not np.array_equal(first, second)


def test_segments_with_a_trade_write_of_it_and_people_of_topics(rules: Rules) -> None:
    book = phrasebook()
    first = rules.segment_contents[:, 0]
    assert first[Segment.deal_bot] == book.content_code("deal")
    assert first[Segment.brand] == first[Segment.marketing] == book.content_code("marketing")
    assert {int(first[segment]) for segment in (Segment.casual, Segment.fan, Segment.critic, Segment.customer)} == {
        NONE
    }


def test_claims_take_their_share_of_critical_posts_in_turn() -> None:
    narratives = {
        name: {"tactic": "misinformation", "claim": claim, "organic_share": share}
        for name, claim, share in (
            ("one", "battery_fire", 0.25),
            ("two", "data_leak", 0.5),
            ("three", "brake_failure", 0.5),
        )
    }
    rules = rules_of(narratives=narratives)
    assert rules.narrative_cuts.tolist() == [1 << 30, 3 << 30, 1 << 32]


def test_only_community_division_divides() -> None:
    narratives = {
        "fire": {"tactic": "misinformation", "claim": "battery_fire"},
        "fans": {"tactic": "community_division", "claim": "fans_are_paid"},
    }
    assert rules_of(narratives=narratives).division.tolist() == [0, 1]


def test_events_have_words_for_every_stance_and_a_shift() -> None:
    events = {
        "launch": {"kind": "launch", "time": "T", "stance_shift": 0.25},
        "leak": {"kind": "recall", "time": "T-1d"},
    }
    rules = rules_of(events=events)
    assert rules.event_shift.tolist() == [16_384, 0]
    assert rules.event_contents[0].tolist() == [
        phrasebook().content_code(name)
        for name in (
            "event.launch.against",
            "event.launch.neutral",
            "event.launch.favourable",
            "press.launch",
            "official.launch",
        )
    ]


@pytest.mark.parametrize("days", [3, 60, 170, 1_000])
def test_ids_stay_below_two_to_the_53(days: int) -> None:
    start = {"start": f"T-{days}d 00:00"}
    scenario = scenario_from(plain(**start))
    rules = rules_of(**start)
    last = ((scenario.end_ms - scenario.start_ms) << rules.low_bits) | ((1 << rules.low_bits) - 1)
    assert last < 1 << 53
    assert rules.low_bits >= 8


def test_mean_shares_of_trends_and_brand_topic_become_shares_of_items() -> None:
    rules = rules_of(feed={"trending_items": 10, "trending_per_session": 2.0, "brand_topic_per_session": 4.0})
    assert rules.trending_share == as_threshold(0.2)
    assert rules.brand_share == as_threshold(0.25)


def test_no_trends_are_shown_where_none_are_kept() -> None:
    assert rules_of(feed={"trending_items": 0, "trending_per_session": 1.0}).trending_items == 0


def test_attitudes_move_only_where_the_scenario_lets_them(rules: Rules) -> None:
    assert rules.attitudes_move == 1
    assert rules_of(attitudes={"enabled": False}).attitudes_move == 0
