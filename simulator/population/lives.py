"""Organic lives: the columns of an account that follow from its key and the laws of its segment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import log2
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulator.kernels.draws import draw_blocks
from simulator.population.columns import NEVER
from simulator.population.laws import (
    I64,
    ONE_Q12,
    ONE_Q16,
    U32,
    below,
    choose,
    draw_normals,
    draw_quantiles,
    exp2_q16,
    lognormal_mean_log2,
    pareto_moment,
    q16,
    scale_u32,
    scale_wide,
    tabulate_lognormal,
    tabulate_pareto,
    thresholds,
)
from simulator.random_streams import Purpose
from simulator.rhythm import N_CHRONOTYPES, N_CLOCKS
from simulator.scenario.models import Scenario
from simulator.scenario.segments import SegmentSettings
from simulator.vocabulary import Language, Segment

U64 = NDArray[np.uint64]
U8 = NDArray[np.uint8]
Columns = dict[str, NDArray[Any]]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MS = 31_557_600_000
N_SEGMENTS = max(Segment) + 1

# Largest rate of a segment over its smallest. Chosen so that posts per account have the tail (2.17) and the Gini
# (0.57) of organic:DE-election-Twitter in facts/real_facts.json.
ACTIVITY_RATIO = 160.0
# How sessions follow originals over accounts: sessions ~ originals^0.45 * log-normal. Assumed.
SESSION_SLOPE, SESSION_SIGMA = 0.45, 0.6
MOST_SESSIONS_PER_DAY, MOST_ORIGINALS_PER_DAY = 48, 300
PLATFORM_YEARS = 16.0  # oldest account, assumed
AGE_SIGMA = 0.8  # of the natural logarithm of account age, assumed
YOUNGEST_MS = 2 * DAY_MS

# Registrations by local hour, with the shape of organic hour profiles (facts: hour_profile).
_REGISTRATION_HOURS = (14, 8, 5, 3, 2, 3, 8, 18, 30, 40, 46, 50, 54, 52, 50, 50, 52, 55, 60, 66, 72, 70, 52, 30)
_PEOPLE_CLIENTS = (38, 40, 16, 5, 1, 0)
# Weights of iphone, android, web, tablet, scheduler, api. Assumed.
_CLIENTS: Mapping[Segment, tuple[int, ...]] = {
    Segment.journalist: (36, 18, 36, 4, 5, 1),
    Segment.brand: (5, 3, 32, 0, 52, 8),
    Segment.marketing: (8, 8, 34, 2, 40, 8),
    Segment.news_bot: (0, 0, 4, 0, 36, 60),
    Segment.deal_bot: (0, 2, 6, 0, 30, 62),
    Segment.spam_bot: (2, 14, 22, 0, 16, 46),
}
# Weights of chronotypes, early to late. Assumed.
_PEOPLE_CHRONOTYPES = (4, 9, 16, 22, 21, 15, 9, 4)
_CHRONOTYPES: Mapping[Segment, tuple[int, ...]] = {
    Segment.journalist: (12, 20, 24, 20, 12, 7, 3, 2),
    Segment.brand: (10, 24, 32, 20, 10, 4, 0, 0),
    Segment.marketing: (8, 20, 30, 22, 12, 6, 2, 0),
    Segment.news_bot: (1, 1, 1, 1, 1, 1, 1, 1),
    Segment.deal_bot: (1, 1, 1, 1, 1, 1, 1, 1),
    Segment.spam_bot: (1, 1, 1, 1, 1, 1, 1, 1),
}
# Share of verified accounts. Assumed.
_VERIFIED: Mapping[Segment, float] = {
    Segment.brand: 0.95,
    Segment.journalist: 0.45,
    Segment.marketing: 0.12,
    Segment.news_bot: 0.15,
    Segment.fan: 0.02,
    Segment.rival_fan: 0.02,
}
_VERIFIED_ELSE = 0.006
_CHINESE_CITIES = ("Shanghai", "Urumqi", "Chongqing", "Harbin", "Hong_Kong", "Macau", "Taipei", "Singapore")
_CHINESE_ZONES = frozenset(f"Asia/{city}" for city in _CHINESE_CITIES)
_FOREIGN_AFFINITY = 0.05  # how much likelier a speaker lives where the language is spoken, before fitting. Assumed.


@dataclass(frozen=True, slots=True)
class LifeLaws:
    """The laws of all segments as tables; row s of an array belongs to segment s."""

    present: tuple[Segment, ...]
    shares: tuple[float, ...]
    tails: I64  # log2 activity in Q12, quantile tables
    originals_per_day_q16: I64
    sessions_per_day_q16: I64
    session_shift: I64  # log2, Q12: keeps the mean of sessions
    ages: I64  # log2 years in Q12, quantile tables
    interest_share: NDArray[np.float64]
    talk_q16: I64
    attitude_q16: I64
    attitude_spread_q16: I64
    susceptibility_q16: I64
    chinese_share: NDArray[np.float64]
    scheduled_q16: I64
    clients: U64
    chronotypes: U64
    verified_share: NDArray[np.float64]
    zones: tuple[str, ...]
    zone_limits: U64  # by language
    zone_offsets_ms: I64
    start_ms: int
    end_ms: int
    joining_share: float
    leaving_share: float


def build_life_laws(scenario: Scenario, zones: tuple[str, ...]) -> LifeLaws:
    """Turn the organic dials of a scenario into tables; `zones` begins with the scenario's own, in order."""
    settings = scenario.organic.segments
    present = tuple(sorted(Segment(segment) for segment in settings))

    def column(read: Callable[[SegmentSettings], float]) -> list[float]:
        return [read(settings[segment]) if segment in settings else 0.0 for segment in Segment]

    def fixed(read: Callable[[SegmentSettings], float]) -> I64:
        return np.array([q16(amount) for amount in column(read)], np.int64)

    own = [settings.get(segment, settings[present[0]]) for segment in Segment]
    offsets = [_offset_ms(zone, scenario.start_ms) for zone in zones]
    return LifeLaws(
        present=present,
        shares=tuple(column(lambda s: s.share)),
        tails=np.stack([tabulate_pareto(s.activity_tail, ACTIVITY_RATIO) for s in own]),
        originals_per_day_q16=fixed(lambda s: s.originals_per_day),
        sessions_per_day_q16=fixed(lambda s: s.sessions_per_day),
        session_shift=np.array([_session_shift(s.activity_tail) for s in own], np.int64),
        ages=np.stack([_tabulate_ages(s.age_years_median) for s in own]),
        interest_share=np.array(column(lambda s: s.brand_interest_share)),
        talk_q16=fixed(lambda s: s.brand_talk_share),
        attitude_q16=fixed(lambda s: s.attitude_mean),
        attitude_spread_q16=fixed(lambda s: s.attitude_spread),
        susceptibility_q16=fixed(lambda s: s.susceptibility),
        chinese_share=np.array(column(lambda s: s.chinese_share)),
        scheduled_q16=fixed(lambda s: s.scheduled_share),
        clients=np.stack([thresholds(_CLIENTS.get(segment, _PEOPLE_CLIENTS)) for segment in Segment]),
        chronotypes=np.stack([thresholds(_CHRONOTYPES.get(segment, _PEOPLE_CHRONOTYPES)) for segment in Segment]),
        verified_share=np.array([_VERIFIED.get(segment, _VERIFIED_ELSE) for segment in Segment]),
        zones=zones,
        zone_limits=_fit_zones(scenario),
        zone_offsets_ms=np.array(offsets, np.int64),
        start_ms=scenario.start_ms,
        end_ms=scenario.end_ms,
        joining_share=scenario.organic.joining_share,
        leaving_share=scenario.organic.leaving_share,
    )


def draw_lives(laws: LifeLaws, seed: int, keys: U64, segments: U8) -> Columns:
    """Return every column that an organic life has, one row a key.

    Parameters
    ----------
    laws : LifeLaws
    seed : int
    keys : uint64 array, shape (n,)
    segments : uint8 array, shape (n,)
        Segment codes, all present in the scenario.
    """
    columns: Columns = {"key": keys, "segment": segments, "mimic": segments}
    _draw_activity(laws, seed, columns)
    _draw_tongue(laws, seed, columns)
    _draw_views(laws, seed, columns)
    _draw_client(laws, seed, columns)
    _draw_times(laws, seed, columns)
    return columns


def draw_words(seed: int, purpose: Purpose, keys: U64, occasion: U64 | int = 0) -> tuple[U32, U32, U32, U32]:
    """Return the four 32-bit draws of each key."""
    occasions = np.broadcast_to(np.asarray(occasion, np.uint64), keys.shape)
    words = draw_blocks(np.uint64(seed), np.uint64(purpose), keys, np.ascontiguousarray(occasions))
    return words[0], words[1], words[2], words[3]


def _draw_activity(laws: LifeLaws, seed: int, columns: Columns) -> None:
    segments = columns["segment"]
    first, second, _, _ = draw_words(seed, Purpose.activity, columns["key"])
    activity = draw_quantiles(laws.tails, first, segments)
    most = MOST_ORIGINALS_PER_DAY * ONE_Q16
    originals = np.minimum(laws.originals_per_day_q16[segments] * exp2_q16(activity) >> 16, most)
    noise = draw_normals(second) * q16(SESSION_SIGMA) >> 16
    exponent = (activity * q16(SESSION_SLOPE) >> 16) + noise - laws.session_shift[segments]
    sessions = laws.sessions_per_day_q16[segments] * exp2_q16(exponent) >> 16
    sessions = np.clip(sessions, ONE_Q16 // 64, MOST_SESSIONS_PER_DAY * ONE_Q16)
    columns["sessions_q16"] = sessions.astype(np.int32)
    columns["originals_q16"] = np.minimum((originals << 16) // sessions, NEVER >> 32).astype(np.int32)


def _draw_tongue(laws: LifeLaws, seed: int, columns: Columns) -> None:
    """Draw language and zone; a zone is likelier where the language is spoken."""
    tongue, _, _, _ = draw_words(seed, Purpose.language, columns["key"])
    place, _, _, _ = draw_words(seed, Purpose.zone, columns["key"])
    chinese = below(tongue, laws.chinese_share[columns["segment"]])
    language = np.where(chinese, Language.zh, Language.en).astype(np.uint8)
    columns["language"] = language
    columns["zone"] = choose(laws.zone_limits, place, language).astype(np.uint8)


def _draw_views(laws: LifeLaws, seed: int, columns: Columns) -> None:
    segments = columns["segment"]
    first, second, third, fourth = draw_words(seed, Purpose.attitude, columns["key"])
    interest, talk, _, _ = draw_words(seed, Purpose.interest, columns["key"])
    interested = below(interest, laws.interest_share[segments])
    attitude = laws.attitude_q16[segments] + (laws.attitude_spread_q16[segments] * draw_normals(first) >> 12)
    columns["attitude"] = np.clip(attitude, -ONE_Q16, ONE_Q16).astype(np.int32)
    columns["susceptibility_q16"] = _spread_evenly(laws.susceptibility_q16[segments], second)
    columns["scheduled_q16"] = _spread_evenly(laws.scheduled_q16[segments], third)
    columns["verified"] = below(fourth, laws.verified_share[segments]).astype(np.uint8)
    columns["brand_interest"] = interested.astype(np.uint8)
    columns["brand_talk_q16"] = np.where(interested, _spread_evenly(laws.talk_q16[segments], talk), 0).astype(np.int32)


def _spread_evenly(mean_q16: I64, draws: U32) -> NDArray[np.int32]:
    """Return amounts spread evenly from half to one and a half of the mean, or less where that passes one."""
    half = np.minimum(mean_q16 // 2, np.maximum(ONE_Q16 - mean_q16, 0))
    return (mean_q16 - half + scale_u32(draws, 2 * half + 1)).astype(np.int32)


def _draw_client(laws: LifeLaws, seed: int, columns: Columns) -> None:
    segments = columns["segment"]
    client, chronotype, habit, _ = draw_words(seed, Purpose.client, columns["key"])
    columns["client"] = choose(laws.clients, client, segments).astype(np.uint8)
    early_or_late = choose(laws.chronotypes, chronotype, segments)
    habits = scale_u32(habit, N_CLOCKS // N_CHRONOTYPES)
    columns["chronotype"] = (N_CHRONOTYPES * habits + early_or_late).astype(np.uint8)


def _draw_times(laws: LifeLaws, seed: int, columns: Columns) -> None:
    age, hour, within, _ = draw_words(seed, Purpose.creation, columns["key"])
    joins, joined, leaves, left = draw_words(seed, Purpose.lifetime, columns["key"])
    offsets = laws.zone_offsets_ms[columns["zone"]]
    years_q16 = exp2_q16(draw_quantiles(laws.ages, age, columns["segment"]))
    old = laws.start_ms - np.maximum(years_q16 * (YEAR_MS >> 10) >> 6, YOUNGEST_MS)
    new = laws.start_ms + scale_wide(joined, laws.end_ms - laws.start_ms)
    is_joiner = below(joins, laws.joining_share)
    created = move_to_waking_hour(np.where(is_joiner, new, old), offsets, hour, within)
    created = np.where(is_joiner, np.clip(created, laws.start_ms, laws.end_ms - 1), created)
    first_day = np.maximum(created, laws.start_ms)
    leaving = first_day + scale_wide(left, laws.end_ms - first_day)
    columns["created_ms"] = created
    columns["active_from_ms"] = created
    columns["active_until_ms"] = np.where(below(leaves, laws.leaving_share), leaving, NEVER)


def move_to_waking_hour(times_ms: I64, offsets_ms: I64, hours: U32, within: U32) -> I64:
    """Return the times moved within their local day to the hours at which people register."""
    local_day = (times_ms + offsets_ms) // DAY_MS
    hour = choose(thresholds(_REGISTRATION_HOURS), hours)
    return local_day * DAY_MS + hour * HOUR_MS + scale_u32(within, HOUR_MS) - offsets_ms


def _tabulate_ages(median_years: float) -> I64:
    return tabulate_lognormal(min(median_years, 0.8 * PLATFORM_YEARS), AGE_SIGMA, PLATFORM_YEARS)


def _session_shift(tail: float) -> int:
    mean = pareto_moment(tail, ACTIVITY_RATIO, 1)
    moment = pareto_moment(tail, ACTIVITY_RATIO, SESSION_SLOPE) / mean**SESSION_SLOPE
    return round((log2(moment) + lognormal_mean_log2(SESSION_SIGMA)) * ONE_Q12)


def _offset_ms(zone: str, at_ms: int) -> int:
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZoneInfo(zone)).utcoffset()
    return round(offset.total_seconds() * 1000) if offset else 0


def _fit_zones(scenario: Scenario) -> U64:
    """Return limits of the zone by language that keep the zone shares and the language shares (iterative fitting)."""
    organic = scenario.organic
    shares = np.array(list(organic.zones.values()), np.float64)
    spoken = np.array([zone in _CHINESE_ZONES for zone in organic.zones])
    chinese = sum(s.share * s.chinese_share for s in organic.segments.values())
    margins = np.clip(np.array([1 - chinese, chinese]), 1e-4, 1)
    margins /= margins.sum()
    joint = np.stack([np.where(spoken, _FOREIGN_AFFINITY, 1.0), np.where(spoken, 1.0, _FOREIGN_AFFINITY)]) * shares
    for _ in range(60):
        joint *= (margins / joint.sum(axis=1))[:, None]
        joint *= shares / shares.sum() / np.maximum(joint.sum(axis=0), 1e-12)
    return np.stack([thresholds(row) for row in joint])
