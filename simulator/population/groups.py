"""Communities and organic groups: fan clubs, newsrooms, marketing teams and news-bot networks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.population.columns import Group
from simulator.population.laws import I64, U32, below, choose, thresholds
from simulator.population.lives import Columns, draw_words
from simulator.random_streams import Purpose
from simulator.scenario.models import Scenario
from simulator.vocabulary import Language, Segment

_ACCOUNTS_PER_COMMUNITY = 250
_OTHER_LANGUAGE_SHARE = 0.04  # accounts in a community of the other language, assumed


@dataclass(frozen=True, slots=True)
class GroupLaw:
    """How a segment forms groups: the share of its accounts in one and their mean size. Assumed."""

    kind: str
    segment: Segment
    member_share: float
    mean_size: int


GROUP_LAWS = (
    GroupLaw("fan_club", Segment.fan, 0.45, 45),
    GroupLaw("rival_club", Segment.rival_fan, 0.45, 45),
    GroupLaw("newsroom", Segment.journalist, 0.85, 12),
    GroupLaw("marketing_team", Segment.marketing, 0.8, 8),
    GroupLaw("news_network", Segment.news_bot, 0.7, 10),
)


def count_communities(scenario: Scenario) -> int:
    """Return how many follow communities the scenario has."""
    return scenario.organic.communities or max(1, scenario.organic.accounts // _ACCOUNTS_PER_COMMUNITY)


def draw_communities(scenario: Scenario, seed: int, columns: Columns) -> NDArray[np.int32]:
    """Return the community of each row of `columns`; communities speak mostly one language."""
    n_communities = count_communities(scenario)
    chinese = sum(s.share * s.chinese_share for s in scenario.organic.segments.values())
    pick, stray, _, _ = draw_words(seed, Purpose.community, columns["key"])
    speaks_chinese = (columns["language"] == Language.zh) ^ below(stray, _OTHER_LANGUAGE_SHARE)
    return _draw_member_of(n_communities, chinese, speaks_chinese, pick).astype(np.int32)


def draw_groups(seed: int, columns: Columns) -> tuple[NDArray[np.int32], tuple[Group, ...]]:
    """Return the organic group of each row (-1 none) and all groups, ordered by kind."""
    groups: list[Group] = []
    chosen = np.full(len(columns["key"]), -1, np.int32)
    for law in GROUP_LAWS:
        rows = np.flatnonzero(columns["segment"] == law.segment)
        if not len(rows):
            continue
        joins, pick, _, _ = draw_words(seed, Purpose.group, columns["key"][rows])
        n_groups = max(1, round(len(rows) * law.member_share / law.mean_size))
        speaks_chinese = columns["language"][rows] == Language.zh
        member_of = _draw_member_of(n_groups, float(speaks_chinese.mean()), speaks_chinese, pick)
        chosen[rows] = np.where(below(joins, law.member_share), member_of + len(groups), -1)
        groups += [Group(law.kind, f"{law.kind}_{number + 1}") for number in range(n_groups)]
    return chosen, tuple(groups)


def _draw_member_of(n_parts: int, chinese_share: float, speaks_chinese: NDArray[np.bool_], pick: U32) -> I64:
    """Return which of `n_parts` each row belongs to; the first parts are Chinese, sizes fall slowly."""
    n_chinese = round(n_parts * chinese_share)
    if n_parts > 1 and 0 < chinese_share < 1:
        n_chinese = min(max(n_chinese, 1), n_parts - 1)
    first = np.where(speaks_chinese, 0, n_chinese)
    chosen = np.zeros(len(pick), np.int64)
    for chinese, size in ((True, n_chinese), (False, n_parts - n_chinese)):
        rows = speaks_chinese == chinese
        parts = size or n_parts
        shift = first[rows] if size else 0
        chosen[rows] = choose(thresholds(1 / np.sqrt(np.arange(parts) + 3.0), 28), pick[rows]) + shift
    return chosen
