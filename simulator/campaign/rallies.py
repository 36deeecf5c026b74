"""From rallies to commands of organic accounts: who says the same thing when, round by round and group by group."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import rhythm
from simulator.campaign.sorting import sort_commands
from simulator.campaign.words import BRAND_TAG
from simulator.kernels import layout
from simulator.kernels.draws import draw_keys, draw_rows
from simulator.language import Phrasebook
from simulator.population import Population
from simulator.population.laws import scale_wide
from simulator.random_streams import Purpose, name_key
from simulator.scenario import Scenario
from simulator.scenario.rallies import Rally
from simulator.vocabulary import Kind, Stance, TextMode

I64 = NDArray[np.int64]

_HOUR_MS = 3_600_000
_MINUTE_MS = 60_000
_QUARTER_MS = 900_000
_QUARTER_SPREAD_MS = 2_000  # as the scheduler of kernels.plan

# Which contents the posts and the comments of a theme draw from ("news." means all of them), and its stance.
_WORDS = {
    "giveaway": ("giveaway.post", "giveaway.comment", Stance.favourable),
    "petition": ("petition.post", "petition.comment", Stance.against),
    "cheer": ("cheer.post", "cheer.comment", Stance.favourable),
    "advert": ("advert.post", "advert.comment", Stance.favourable),
    "embargo": ("press.press_embargo_lift", "press.press_embargo_lift", Stance.neutral),
    "headline": ("news.", "news.", Stance.neutral),
}
_AIMS = {"brand": layout.AT_BRAND, "critics": layout.AT_CRITICS, "anyone": layout.BY_ACTION}


@dataclass(frozen=True, slots=True)
class Round:
    """One occasion of a rally; times in ms since the run's start."""

    rally: str
    number: int
    start_ms: int
    end_ms: int


def plan_rounds(scenario: Scenario) -> tuple[Round, ...]:
    """Return all rounds of all rallies inside the run, by start; `number` counts them within their rally.

    A rally that began before the run keeps the rhythm, not the numbers, that it would have had.
    """
    found = [entry for name, rally in scenario.rallies.items() for entry in _rounds_of(scenario, name, rally)]
    return tuple(sorted(found, key=lambda entry: (entry.start_ms, entry.rally)))


def _rounds_of(scenario: Scenario, name: str, rally: Rally) -> Iterator[Round]:
    start, end = scenario.at(rally.start) - scenario.start_ms, scenario.at(rally.end) - scenario.start_ms
    every = round(rally.every_hours * _HOUR_MS) if rally.every_hours else end - start
    for number in range(-((start - end) // every)):
        first = start + number * every
        yield Round(name, number, first, min(first + every, end))


def order_round(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, entry: Round, lives: I64
) -> NDArray[np.void]:
    """Return the commands of one round, COMMAND[n], sorted by (time, key); times in ms since the run's start.

    Every time lies in the round. Only accounts without an operator take part; their own lives go on.

    Parameters
    ----------
    lives : int64[n, 2]
        First and last (exclusive) moment of each account's own life, ms since the start.
    """
    rally = scenario.rallies[entry.rally]
    stem = np.uint64(name_key("rally", entry.rally, entry.number))
    rows = np.repeat(_members(population, seed, rally, stem), rally.posts_per_account)
    occasions = stem ^ (1 + np.arange(len(rows), dtype=np.uint64) % np.uint64(rally.posts_per_account))
    openings, shared = _by_group(population, seed, rally, entry, rows)
    times = _times(scenario, population, seed, rally, entry, rows, occasions, openings)
    orders = np.zeros(len(rows), layout.COMMAND)
    orders["time"] = times
    orders["account"] = rows
    orders["shared_key"] = shared
    orders["key"] = draw_keys(seed, Purpose.command, population.accounts.key[rows], occasions)
    orders["language"] = population.accounts.language[rows]
    _put_words(scenario, phrasebook, seed, entry.rally, rally, orders)
    alive = (times < entry.end_ms) & (times >= lives[rows, 0]) & (times < lives[rows, 1])
    return sort_commands(orders.take(np.flatnonzero(alive)))


def _members(population: Population, seed: int, rally: Rally, stem: np.uint64) -> I64:
    """Return the organic rows that take part in a round, each by its own draw."""
    accounts = population.accounts
    rows = np.flatnonzero(accounts.segment[: population.n_organic] == rally.segment)
    if rally.grouped:
        rows = rows[accounts.group[rows] >= 0]
    draws = draw_rows(seed, Purpose.rally, accounts.key[rows], np.full(len(rows), stem))
    taking_part: I64 = rows[draws[:, 0].astype(np.int64) < rhythm.as_threshold(rally.share)]
    return taking_part


def _by_group(
    population: Population, seed: int, rally: Rally, entry: Round, rows: I64
) -> tuple[I64, NDArray[np.uint64]]:
    """Return when each row's group opens the round, and the key of the words that the group shares."""
    groups = population.accounts.group[rows].astype(np.int64) if rally.grouped else np.full(len(rows), -1)
    known, place = np.unique(groups, return_inverse=True)
    names = [population.groups[group].name if group >= 0 else "" for group in known.tolist()]
    keys = np.asarray([name_key("rally", entry.rally, name) for name in names], np.uint64)
    blocks = draw_rows(seed, Purpose.rally, keys, entry.number)
    # A scheduled or timed round that opens in its last minute would lose most of its posts.
    stagger = min(round(rally.stagger_hours * _HOUR_MS), max(entry.end_ms - entry.start_ms - _QUARTER_MS, 0))
    openings = entry.start_ms + scale_wide(blocks[:, 0], stagger)
    shared = draw_keys(seed, Purpose.rally, keys, entry.number + (1 << 32))
    return openings[place], shared[place]


def _times(
    scenario: Scenario, population: Population, seed: int, rally: Rally, entry: Round,
    rows: I64, occasions: NDArray[np.uint64], openings: I64,
) -> I64:  # fmt: skip
    """Return when each item is authored."""
    draws = draw_rows(seed, Purpose.rally, population.accounts.key[rows], occasions).astype(np.int64)
    if rally.spacing == "minute":
        return openings + scale_wide(draws[:, 0].astype(np.uint32), _MINUTE_MS)
    room = np.maximum(entry.end_ms - openings, 1)
    if rally.spacing == "scheduled":
        moment = openings + ((draws[:, 0] * (room // _QUARTER_MS)) >> 32) * _QUARTER_MS
        grid = scenario.start_ms % _QUARTER_MS
        aligned: I64 = -(-(moment + grid) // _QUARTER_MS) * _QUARTER_MS - grid
        return aligned + (draws[:, 1] * _QUARTER_SPREAD_MS >> 32)
    early = ((draws >> 1) ** 2 >> 30).astype(np.uint32)  # squared shares of the room: more people come at first
    tries = openings[:, None] + scale_wide(early, room[:, None])
    chosen: I64 = tries[np.arange(len(rows)), _first_awake(scenario, population, rows, tries, draws)]
    return chosen


def _first_awake(scenario: Scenario, population: Population, rows: I64, tries: I64, draws: I64) -> I64:
    """Return the place of the first of each row's moments at which it is awake; the last where none is."""
    offsets = rhythm.zone_offsets(population.zones, scenario.start_ms, scenario.n_days)
    days = np.clip(tries // rhythm.DAY_MS, 0, scenario.n_days - 1)
    zones = population.accounts.zone[rows].astype(np.int64)[:, None]
    hours = (tries % rhythm.DAY_MS + offsets[days, zones]) // _HOUR_MS % 24
    # The low bits of a draw hardly move the moment, so that they are as good as a fresh draw.
    awake = rhythm.awake_share_q8()[hours] > (draws & 0xFF)
    awake[:, -1] = True
    first: I64 = np.argmax(awake, axis=1)
    return first


def _put_words(
    scenario: Scenario, phrasebook: Phrasebook, seed: int, name: str, rally: Rally, orders: NDArray[np.void]
) -> None:
    """Fill in what is said, how alike, and with which hashtag and link."""
    post, comment, stance = _WORDS[rally.theme]
    for column, stem in (("content", post), ("comment", comment)):
        codes = np.asarray([code for code, text in enumerate(phrasebook.contents) if _is_of(text, stem)], np.int16)
        orders[column] = codes[(orders["shared_key"] % np.uint64(len(codes))).astype(np.int64)]
    orders["push"] = layout.push_of_rally(tuple(scenario.rallies).index(name))
    orders["role"] = orders["narrative"] = layout.NONE
    orders["action"], orders["aim"] = Kind[rally.kind], _AIMS[rally.aimed_at]
    orders["mode"], orders["stance"] = TextMode(rally.text), int(stance) - 1
    orders["flags"] = 0 if rally.theme == "headline" else layout.BRAND
    pick = int(draw_keys(seed, Purpose.hashtag, name_key("rally", name)))
    own = _own_tag(phrasebook, pick, stance is Stance.favourable)
    orders["forced_tag"] = {"brand": BRAND_TAG, "own": own, None: layout.NONE}[rally.hashtag]
    links = (orders["shared_key"] >> np.uint64(20)) % np.uint64(len(phrasebook.url_table))
    orders["forced_url"] = links.astype(np.int64) if rally.link else layout.NONE


def _own_tag(phrasebook: Phrasebook, pick: int, is_favourable: bool) -> int:
    """Return a rally's own hashtag: another of the brand's for its friends, else one that both sides use."""
    n_official = len(phrasebook.names.hashtags)
    if is_favourable:
        return 1 + pick % (n_official - 1)
    return n_official + pick % (len(phrasebook.tag_table) - n_official)


def _is_of(content: str, stem: str) -> bool:
    return content.startswith(stem) if stem.endswith(".") else content == stem
