"""What accounts without a life of their own pass on between pushes: headlines, links and other people's small talk."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.pushes import DAY_MS, office_spans
from simulator.campaign.sorting import sort_commands
from simulator.campaign.turns import Team
from simulator.kernels import layout
from simulator.kernels.draws import draw_keys, draw_rows
from simulator.language import Phrasebook
from simulator.population import NO_BOUND, Accounts, Population
from simulator.population.laws import scale_wide
from simulator.random_streams import Purpose, name_key
from simulator.scenario import Scenario
from simulator.scenario.models import Operator
from simulator.vocabulary import Role, Stock, TextMode

I64 = NDArray[np.int64]

_HOUR_MS = 3_600_000
_LIFELESS = (Stock.bulk_created, Stock.purchased_aged)
_BESIDE = 0x5BD1E995  # any number: keys are drawn by another name than the rest
_WAKES_MS = 6 * _HOUR_MS  # schedulers are set to 6:00 to 24:00 of the run's day, assumed


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a squad passes things on.

    Attributes
    ----------
    copied : int
        Items that begin a story, of 65,536; accounts after the first pass it on word for word.
    most_accounts : int
        That tell one story, the first included.
    spread_ms, slowness : int
        Another account tells it ``spread_ms * u ** slowness`` after the first, u even on 0 to 1.
    headlines : int
        Items that are headlines rather than small talk, of 256.
    links, tags, mentions : int
        Items with a link, a hashtag and a name of somebody who talks of the brand, of 256.
    """

    copied: int
    most_accounts: int
    spread_ms: int
    slowness: int
    headlines: int
    links: int
    tags: int
    mentions: int


# Stories of each role, of 256 of a role that writes. Half of the accounts of real squads hardly post what another does
# at the time (real_facts: cotweet_accounts_60s and _1h); which half is assumed.
_TOLD = np.asarray([{Role.amplifier: 44, Role.sleeper: 0}.get(role, 256) for role in Role])

# Squads that repeat texts: shares with links, tags and mentions, and equal texts and their times, as IRA left- and
# right-wing originals; squads that reword: as IRA Russian originals (real_facts: url_share to cotweet_posts_1h).
# Headlines are short and come out alike by chance, so that those who reword write few.
_REPEATING = _Habits(13_500, 4, 22 * _HOUR_MS, 2, 100, 122, 112, 80)
_REWORDING = _Habits(540, 12, 72 * _HOUR_MS, 4, 0, 227, 10, 50)


def order_feed(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, team: Team, days: range
) -> NDArray[np.void]:
    """Return what one squad passes on, begun on these days: COMMAND[n], sorted by (time, key); ms since the start.

    It belongs to no push. Accounts that overlap with people, or live a life of their own, pass nothing on. Each day's
    items are the same in whatever company of days it is asked for; many days at once take hardly longer than one.
    """
    habits = _REPEATING if team.dials.is_repeating else _REWORDING
    accounts, starts_ms = population.accounts, scenario.start_ms + np.asarray(days, np.int64) * DAY_MS
    rows, day = _draw_items(seed, accounts, team, days, starts_ms)
    if len(rows) == 0:
        return np.zeros(0, layout.COMMAND)
    stems = np.asarray([name_key("feed", team.operator, team.name, number) for number in days], np.uint64)[day]
    items, first_of_day = np.arange(len(rows)), np.searchsorted(day, day, side="left")
    draws = draw_rows(seed, Purpose.camouflage, stems, items - first_of_day).astype(np.int64)
    order = np.lexsort((draws[:, 0], _TOLD[accounts.role[rows]], accounts.language[rows], day))
    rows, draws = rows[order], draws[order]
    told, languages = _TOLD[accounts.role[rows]], accounts.language[rows]
    audience = languages + (told << 8)  # a story stays among accounts of one language that tell equally many
    day_ends = np.searchsorted(day, day, side="right")
    story = _tell_stories(habits.copied * told >> 8, habits.most_accounts, audience, draws[:, 1], day_ends)
    first_tellings = np.unique(story * len(accounts) + rows, return_index=True)[1]
    story = np.where(np.isin(items, first_tellings), story, items)  # nobody tells a story twice
    orders = np.zeros(len(rows), layout.COMMAND)
    opening = _open_times(scenario.operators[team.operator], team, starts_ms, day, draws[:, 0])
    orders["time"] = opening[story] + np.where(story == items, 0, _delay(habits, draws[:, 2])) - scenario.start_ms
    orders["key"] = draw_keys(seed, Purpose.camouflage, stems ^ np.uint64(_BESIDE), items - first_of_day)
    orders["account"], orders["push"] = rows, layout.NONE
    orders["shared_key"] = orders["key"][story]
    _put_words(phrasebook, habits, orders, languages, story)
    return sort_commands(orders)


def _draw_items(seed: int, accounts: Accounts, team: Team, days: range, starts_ms: I64) -> tuple[I64, I64]:
    """Return the row and the day of each item, day by day; an account's mean is 3 u^2 times the squad's, u even.

    Days are counted from the first one asked for.
    """
    lifeless = np.isin(accounts.stock[team.rows], _LIFELESS) & (accounts.camouflage[team.rows] == 0)
    rows: I64 = team.rows[lifeless & (accounts.pushed_q16[team.rows] == NO_BOUND)]
    keys = accounts.key[rows]
    taste = draw_rows(seed, Purpose.camouflage, keys, 0)[:, 0].astype(np.int64) >> 16
    occasions = np.repeat(1 + np.asarray(days, np.int64), len(rows))
    rounding = draw_rows(seed, Purpose.camouflage, np.tile(keys, len(days)), occasions)[:, 0].astype(np.int64) >> 16
    mean_q16 = 3 * round((team.dials.feed_per_day or 0.0) * 65_536) * (taste * taste >> 16) >> 16
    counts = (mean_q16 + rounding.reshape(len(days), len(rows))) >> 16
    counts[accounts.operated_from_ms[rows] > starts_ms[:, None]] = 0
    day, place = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), max(len(rows), 1))
    return rows[place], day


def _tell_stories(copied: I64, most_accounts: int, audience: I64, draws: I64, day_ends: I64) -> I64:
    """Return for each item the place of the first item of its story, int64[n]: its own where nobody else tells it.

    Items begin a story with their share `copied`, in 65,536ths; it goes round among the next ones of one audience, up
    to the end of the day.
    """
    items, share = np.arange(len(draws)), draws >> 16
    ends = np.minimum(items + 2 + ((most_accounts - 1) * (share * share >> 16) >> 16), day_ends)
    begins = np.flatnonzero((draws & 0xFFFF) < copied)
    reach, taken = np.zeros_like(items), 0
    for first, end in zip(begins.tolist(), ends[begins].tolist(), strict=True):
        if first >= taken:
            reach[first] = taken = end
    begun = np.maximum.accumulate(np.where(reach > 0, items, 0))
    return np.where((items < reach[begun]) & (audience == audience[begun]), begun, items)


def _delay(habits: _Habits, draws: I64) -> I64:
    """Return how long after the first one each account tells a story, ms; up to a minute more parts the quickest."""
    share = np.full(len(draws), 65_536, np.int64)
    for _ in range(habits.slowness):
        share = share * (draws >> 16) >> 16
    return scale_wide((share << 16).astype(np.uint32), habits.spread_ms) + (draws & 0xFFFF)


def _open_times(operator: Operator, team: Team, starts_ms: I64, day: I64, draws: I64) -> I64:
    """Return a moment of its day for each item: in the office's hours where the squad keeps them."""
    spans = np.stack([starts_ms + _WAKES_MS, starts_ms + DAY_MS], axis=1)
    if team.dials.office_hours:
        for span, start_ms in zip(spans, starts_ms.tolist(), strict=True):
            span[:] = next(iter(office_spans(operator.office, start_ms, start_ms + DAY_MS)), span)
    first, last = spans[day].T
    moments: I64 = first + scale_wide(draws.astype(np.uint32), last - first)
    return moments


def _put_words(
    phrasebook: Phrasebook, habits: _Habits, orders: NDArray[np.void], languages: NDArray[np.uint8], story: I64
) -> None:
    """Fill in what is said, how alike, whom it names, and with which hashtag and link."""
    pools = (np.asarray(phrasebook.headlines, np.int16), np.asarray(phrasebook.topics, np.int16))
    is_told = np.bincount(story, minlength=len(story))[story] > 1
    keys = orders["key"][story]
    is_headline = (keys >> np.uint64(56)) < habits.headlines
    picks = (keys & np.uint64(0xFFFFFFFF)).astype(np.int64)
    orders["content"] = np.where(is_headline, *(pool[picks * len(pool) >> 32] for pool in pools))
    orders["mode"] = np.where(is_told, TextMode.verbatim, TextMode.paraphrase)
    orders["language"] = languages
    own = orders["key"]
    for column, shift, share, table in (
        ("forced_tag", 32, habits.tags, phrasebook.tag_table), ("forced_url", 40, habits.links, phrasebook.url_table),
    ):  # fmt: skip
        number = (own & np.uint64(0xFFFFFFFF)).astype(np.int64) * len(table) >> 32
        is_given = (own >> np.uint64(shift) & np.uint64(0xFF)) < share
        orders[column] = np.where(is_given, number, layout.NONE)
    orders["aim"] = np.where((own >> np.uint64(48) & np.uint64(0xFF)) < habits.mentions, layout.NAMING, 0)
