"""The constants that the kernels decide by, made once from the scenario, the rhythm and the phrasebook."""

import math
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from simulator import rhythm
from simulator.kernels.layout import NONE, Rules
from simulator.language import Phrasebook
from simulator.processes.tide import share_of_originals
from simulator.random_streams import Purpose, draw_u64
from simulator.scenario import Scenario
from simulator.vocabulary import Language, Segment, Tactic

_HOUR_MS = 3_600_000
_N_SEGMENTS = len(Segment)
_TOPIC_QUANTILES = 4_096
_MOST_LOW_BITS = 12  # enough to tell posts of one millisecond apart; random bits do not compress
_STANCES = ("against", "neutral", "favourable")

# How much more or less than average a segment answers what it is shown. Assumed.
_LIVELINESS = {
    Segment.fan: (1.5, 1.6, 1.4),
    Segment.rival_fan: (1.4, 1.4, 1.4),
    Segment.critic: (1.3, 1.0, 1.5),
    Segment.customer: (1.0, 1.0, 1.2),
    Segment.journalist: (0.6, 0.5, 0.6),
    Segment.brand: (0.3, 0.4, 1.0),
    Segment.marketing: (0.8, 0.8, 0.5),
    Segment.news_bot: (0.1, 0.0, 0.0),
    Segment.deal_bot: (0.2, 0.1, 0.0),
    Segment.spam_bot: (0.6, 1.0, 0.3),
}
# Distinct sharers seen raise a reaction and saturate at twice (shape assumed after Centola & Macy 2007).
_SHARERS_Q8 = (256, 384, 448, 480, 496, 504, 508, 512)

# People have so many reactions in them a day: keenness after 0, 1, 2, ... items of their own. Assumed.
_SATIATION_Q8 = (256, 176, 128, 98, 78, 64, 52, 43, 36, 30, 25, 20, 16)


_NEWS_Q8 = 312  # keenness for what is less than an hour old


def _virality_table(spread: float) -> NDArray[np.int64]:
    """Return virality by quantile, Q8, mean 1: log-normal, so that few originals take most reposts."""
    normal = NormalDist()
    points = [math.exp(spread * normal.inv_cdf((i + 0.5) / 1024) - spread**2 / 2) for i in range(1024)]
    scaled = np.asarray(points) / np.mean(points) * 256
    virality: NDArray[np.int64] = np.maximum(np.rint(scaled), 1).astype(np.int64)
    return virality


def _age_table(hours: int) -> NDArray[np.int64]:
    """Return how the keenness to react falls with an item's age in hours, Q8; about 1 over all exposures.

    As fast as makes the first hour of a cascade carry a third of it (facts, cascade:Weibo-nonrumour).
    """
    factors: NDArray[np.int64] = np.rint(_NEWS_Q8 / (1 + np.arange(hours + 1) / 2)).astype(np.int64)
    return factors


def _topic_table(phrasebook: Phrasebook, seed: int) -> NDArray[np.int16]:
    """Return topics by popularity quantile and language; popularity is Zipf in a world's own order."""
    table = np.empty((len(Language), _TOPIC_QUANTILES), np.int16)
    topics = np.asarray(phrasebook.topics, np.int16)
    weights = 1.0 / (np.arange(len(topics)) + 4.0)
    ends = np.rint(np.cumsum(weights) / weights.sum() * _TOPIC_QUANTILES).astype(np.int64)
    for language in Language:
        order = np.argsort(draw_u64(seed, Purpose.interest, np.arange(len(topics)), 1_000 + language))
        table[language] = np.repeat(topics[order], np.diff(ends, prepend=0))
    return table


def _codes(phrasebook: Phrasebook, names: list[str]) -> NDArray[np.int16]:
    return np.asarray([phrasebook.content_code(name) for name in names], np.int16)


def _segment_contents(phrasebook: Phrasebook) -> NDArray[np.int16]:
    """Return what segments with a trade write; a line of NONE for those who chat about topics."""
    table = np.full((_N_SEGMENTS, 64), NONE, np.int16)
    news = [phrasebook.content_code(name) for name in phrasebook.contents if name.startswith("news.")][:64]
    for segment, codes in {
        Segment.brand: [phrasebook.content_code("marketing")],
        Segment.marketing: [phrasebook.content_code("marketing")],
        Segment.news_bot: news,
        Segment.deal_bot: [phrasebook.content_code("deal")],
        Segment.spam_bot: [phrasebook.content_code("spam")],
    }.items():
        table[segment, : len(codes)] = codes
    return table


def _event_contents(scenario: Scenario, phrasebook: Phrasebook) -> NDArray[np.int16]:
    table = np.zeros((max(len(scenario.events), 1), 5), np.int16)
    for line, event in enumerate(scenario.events.values()):
        names = [f"event.{event.kind.name}.{stance}" for stance in _STANCES]
        names += [f"press.{event.kind.name}", f"official.{event.kind.name}"]
        table[line] = _codes(phrasebook, names)
    return table


def _shares(base: float, column: int) -> NDArray[np.int64]:
    factors = [_LIVELINESS.get(segment, (1.0, 1.0, 1.0))[column] for segment in Segment]
    return np.asarray([rhythm.as_threshold(min(base * factor, 1.0)) for factor in factors], np.int64)


def _narrative_tables(scenario: Scenario, phrasebook: Phrasebook) -> dict[str, NDArray[np.generic]]:
    narratives = tuple(scenario.narratives.values())
    shares = np.minimum(np.cumsum([narrative.organic_share for narrative in narratives]), 1.0)
    return {
        "claim_contents": np.asarray(
            [phrasebook.content_code(f"claim.{n.claim}.organic") for n in narratives], np.int16
        ),
        "comment_contents": np.asarray(
            [phrasebook.content_code(f"claim.{n.claim}.comment") for n in narratives], np.int16
        ),
        "narrative_cuts": np.asarray([rhythm.as_threshold(float(share)) for share in shares], np.int64),
        "division": np.asarray([n.tactic is Tactic.community_division for n in narratives], np.uint8),
    }


def _reply_contents(phrasebook: Phrasebook) -> NDArray[np.int16]:
    names = [f"{form}.{stance}" for form in ("reply", "quote") for stance in (*_STANCES, "chat")]
    return _codes(phrasebook, names)


def build_rules(
    scenario: Scenario, phrasebook: Phrasebook, seed: int, push_operator: NDArray[np.int16],
    talk: NDArray[np.int64], everyday: NDArray[np.int64], log_exposures: bool,
) -> Rules:  # fmt: skip
    """Return the constants of a world.

    Parameters
    ----------
    scenario : Scenario
    phrasebook : Phrasebook
    seed : int
        Seed of the world.
    push_operator : int16[pushes]
        Operator of each push.
    talk : int64[24 days, zones]
        From :func:`simulator.processes.tide.plan_talk`.
    everyday : int64[days]
        From :func:`simulator.processes.tide.plan_everyday`.
    log_exposures : bool
        Whether every single exposure is kept.
    """
    feed, reaction, attitudes = scenario.feed, scenario.reaction, scenario.attitudes
    duration_ms = scenario.end_ms - scenario.start_ms
    aspects = [
        [phrasebook.content_code(f"brand.{aspect}.{stance}") for aspect in phrasebook.aspects] for stance in _STANCES
    ]
    brand_row = np.zeros(_N_SEGMENTS, np.uint8)
    brand_row[[Segment.brand, Segment.marketing]] = 1
    return Rules(
        seed=np.uint64(seed),
        memory_ms=feed.memory_hours * _HOUR_MS,
        low_bits=min(_MOST_LOW_BITS, 53 - duration_ms.bit_length()),
        trending_items=feed.trending_items,
        trending_share=rhythm.as_threshold(min(1.0, feed.trending_per_session / max(feed.trending_items, 1))),
        brand_share=rhythm.as_threshold(min(1.0, feed.brand_topic_per_session / 16)),
        open_thread_share=rhythm.as_threshold(feed.open_thread_share),
        follow_share=rhythm.as_threshold(reaction.follow_share),
        unfollow_share=rhythm.as_threshold(reaction.unfollow_share),
        follow_back_share=rhythm.as_threshold(scenario.organic.reciprocity),
        copy_share=rhythm.as_threshold(reaction.copy_share),
        known_trust_q8=round(attitudes.known_source_trust * 256),
        unknown_trust_q8=round(attitudes.unknown_source_trust * 256),
        attitudes_move=int(attitudes.enabled),
        log_exposures=int(log_exposures),
        n_pushes=len(push_operator),
        n_narratives=len(scenario.narratives),
        repost=_shares(reaction.repost_share, 0),
        like=_shares(reaction.like_share, 1),
        reply=_shares(reaction.reply_share, 2),
        quote=_shares(reaction.quote_share, 2),
        sharers_q8=np.asarray(_SHARERS_Q8, np.int64),
        age_q8=_age_table(feed.memory_hours),
        satiation_q8=np.asarray(_SATIATION_Q8, np.int64),
        items_table=rhythm.build_items(feed.items_per_session),
        talk_q8=share_of_originals(talk, everyday),
        count_table=rhythm.build_counts(),
        delay_table=rhythm.build_delays(),
        virality_table=_virality_table(1.35),
        topic_table=_topic_table(phrasebook, seed),
        segment_contents=_segment_contents(phrasebook),
        aspect_contents=np.asarray(aspects, np.int16),
        event_contents=_event_contents(scenario, phrasebook),
        event_shift=np.asarray([round(e.stance_shift * 65_536) for e in scenario.events.values()], np.int32),
        reply_contents=_reply_contents(phrasebook),
        push_operator=push_operator,
        segment_brand=brand_row,
        **_narrative_tables(scenario, phrasebook),
    )
