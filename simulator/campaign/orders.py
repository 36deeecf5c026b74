"""From pushes to commands: who posts which manuscript when, by the dials of each squad."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.pushes import DAY_MS, PlannedPush, office_spans
from simulator.kernels import layout
from simulator.language import Phrasebook
from simulator.population import Population
from simulator.population.laws import scale_wide
from simulator.random_streams import Purpose, draw_u64, name_key, philox_blocks
from simulator.scenario import Dials, Scenario
from simulator.vocabulary import Action, Role, TextMode

_SLEEPERS_WAKE_DAYS = 21

# What a role does, as shares of post, repost, reply and quote, in sixteenths. Assumed, after the roles
# that Keller et al. 2020 and Luceri et al. 2024 describe.
_ACTIONS_OF_ROLE = {
    Role.seeder: (16, 0, 0, 0),
    Role.amplifier: (2, 12, 0, 2),
    Role.commenter: (2, 1, 12, 1),
    Role.hijacker: (10, 0, 6, 0),
    Role.sleeper: (4, 10, 1, 1),
    Role.handler: (10, 2, 0, 4),
}
_ITEMS_PER_LIKE = 2
BRAND_TAG = 0  # the first hashtag of the table that both sides share is the brand's name
_TAG_SIXTEENTHS = {TextMode.verbatim: 14, TextMode.slots: 12, TextMode.synonyms: 9, TextMode.paraphrase: 5}
_LINK_SIXTEENTHS = {TextMode.verbatim: 5, TextMode.slots: 4, TextMode.synonyms: 3, TextMode.paraphrase: 2}


@dataclass(frozen=True, slots=True)
class Team:
    """The accounts of one squad: rows and what commanding them needs."""

    operator: str
    name: str
    rows: NDArray[np.int64]
    dials: Dials
    actions: Mapping[Action, float] | None = None


def teams_of(scenario: Scenario, population: Population) -> tuple[Team, ...]:
    """Return the squads of a world with their rows, in the order of ``population.squads``."""
    squads = population.accounts.squad
    return tuple(
        Team(
            operator, name, np.flatnonzero(squads == index), scenario.dials(operator, name),
            scenario.operators[operator].squads[name].actions,
        )
        for index, (operator, name) in enumerate(population.squads)
    )  # fmt: skip


def _awake_rows(scenario: Scenario, population: Population, team: Team, push: PlannedPush) -> NDArray[np.int64]:
    """Return the team's rows that take part: owned by then, and sleepers only near the launch."""
    accounts = population.accounts
    rows = team.rows[accounts.operated_from_ms[team.rows] <= push.start_ms]
    if push.start_ms < scenario.launch_ms - _SLEEPERS_WAKE_DAYS * DAY_MS:
        rows = rows[accounts.role[rows] != Role.sleeper]
    return rows


def _n_items(push: PlannedPush, dials: Dials, n_before: int, n_rows: int, n_all: int) -> int:
    """Return the team's part of the push's items, within the daily cap of its accounts; the parts sum to the whole."""
    days = max(1.0, (push.end_ms - push.start_ms) / DAY_MS)
    part = push.posts * (n_before + n_rows) // max(n_all, 1) - push.posts * n_before // max(n_all, 1)
    return min(part, max(1, int(n_rows * (dials.daily_cap or 1.0) * days)))


def _worked_times(spans: list[tuple[int, int]], worked: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the moments at which so many ms of the spans have passed."""
    firsts = np.asarray([first for first, _ in spans], np.int64)
    lengths = np.asarray([last - first for first, last in spans], np.int64)
    ends = np.cumsum(lengths)
    place = np.minimum(np.searchsorted(ends, worked, side="right"), len(spans) - 1)
    moments: NDArray[np.int64] = firsts[place] + worked - (ends[place] - lengths[place])
    return moments


def _item_times(
    scenario: Scenario, seed: int, push: PlannedPush, team: Team, stem: int, n: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (time, burst) of each item: bursts placed at random in the window's hours, items inside by the jitter."""
    dials = team.dials
    spans = [(push.start_ms, push.end_ms)]
    if dials.office_hours:
        spans = office_spans(scenario.operators[team.operator].office, push.start_ms, push.end_ms) or spans
    total = sum(last - first for first, last in spans)
    size = dials.posts_per_burst or 1
    burst_ms = min(int((dials.burst_minutes or 1.0) * 60_000), total)
    burst, place = np.arange(n) // size, np.arange(n) % size
    starts = philox_blocks(seed, Purpose.burst_plan, stem, np.arange(n // size + 1))
    opening = scale_wide(starts[:, 0], total - burst_ms)
    jitter = philox_blocks(seed, Purpose.command, stem, np.arange(n)).astype(np.int64)
    jitter_q16 = round((dials.jitter_share or 0.0) * 65_536)
    regular = place * burst_ms // size
    loose = (jitter[:, 0] * burst_ms) >> 32
    inside = (regular * (65_536 - jitter_q16) + loose * jitter_q16) >> 16
    worked = np.minimum(opening[burst] + inside + (jitter[:, 1] >> 20), total - 1)
    return _worked_times(spans, worked), burst


def _actions(roles: NDArray[np.uint8], draws: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return the action of each item from its account's role and a 32-bit draw."""
    table = np.asarray([np.repeat(np.arange(4), _ACTIONS_OF_ROLE[role]) for role in Role], np.int8)
    actions: NDArray[np.int8] = table[roles, draws >> 28]
    return actions


def _own_actions(shares: Mapping[Action, float], draws: NDArray[np.int64]) -> NDArray[np.int8]:
    """Return the action of each item from a squad's own shares and a 32-bit draw."""
    ends = np.rint(np.cumsum(list(shares.values())) * (1 << 16)).astype(np.int64)
    place = np.minimum(np.searchsorted(ends, draws >> 16, side="right"), len(ends) - 1)
    actions: NDArray[np.int8] = np.asarray(list(shares), np.int8)[place]
    return actions


def _order_team(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush, team: Team,
    rows: NDArray[np.int64], n: int,
) -> NDArray[np.void]:  # fmt: skip
    """Return the commands of one squad in one push."""
    accounts, dials = population.accounts, team.dials
    stem = name_key("push", push.operator, push.name, team.name)
    times, burst = _item_times(scenario, seed, push, team, stem, n)
    turn = rows[np.argsort(draw_u64(seed, Purpose.command, accounts.key[rows], stem), kind="stable")]
    picked = turn[np.arange(n) % len(turn)]
    draws = philox_blocks(seed, Purpose.command, stem ^ 0x5BD1E995, np.arange(n)).astype(np.int64)
    shared = draw_u64(seed, Purpose.burst_plan, stem ^ 0x5BD1E995, np.arange(n // (dials.posts_per_burst or 1) + 1))
    orders = np.zeros(n, layout.COMMAND)
    orders["time"] = times - scenario.start_ms
    orders["key"] = draw_u64(seed, Purpose.command, accounts.key[picked], stem + np.arange(n, dtype=np.uint64) + 1)
    orders["shared_key"] = shared[burst]
    orders["account"] = picked
    orders["push"] = push.push_id
    roles = (draws[:, 1] % 5).astype(np.uint8) if dials.mixed_roles else accounts.role[picked]
    orders["role"] = roles
    orders["action"] = _own_actions(team.actions, draws[:, 0]) if team.actions else _actions(roles, draws[:, 0])
    orders["aim"] = np.where(orders["action"] >= layout.LIKE, layout.AT_CRITICS, layout.BY_ACTION)
    _put_words(scenario, phrasebook, seed, push, orders, shared[burst], draws, dials, accounts.language[picked])
    return orders


def _put_words(
    scenario: Scenario, phrasebook: Phrasebook, seed: int, push: PlannedPush, orders: NDArray[np.void],
    shared: NDArray[np.uint64], draws: NDArray[np.int64], dials: Dials, languages: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Fill in manuscript, mode, hashtag, link and deletion of each command."""
    mode = TextMode.verbatim if dials.text is None else dials.text
    claim = scenario.narratives[push.narrative].claim
    manuscripts = np.asarray(phrasebook.manuscripts(claim), np.int16)
    orders["content"] = manuscripts[(shared % np.uint64(len(manuscripts))).astype(np.int64)]
    orders["comment"] = phrasebook.content_code(f"claim.{claim}.comment")
    orders["narrative"] = tuple(scenario.narratives).index(push.narrative)
    orders["mode"] = int(mode)
    orders["stance"], orders["flags"] = -1, layout.BRAND | layout.MANUSCRIPT
    orders["language"] = languages
    orders["delete_after_s"] = int((dials.delete_after_minutes or 0.0) * 60)
    pick = int(draw_u64(seed, Purpose.hashtag, name_key(push.operator, push.narrative)))
    tag, link = pick % len(phrasebook.tag_table), (pick >> 20) % len(phrasebook.url_table)
    tag = BRAND_TAG if push.hashtag == "brand" else tag
    tagged = (draws[:, 2] >> 28) < (_TAG_SIXTEENTHS[mode] if push.hashtag is None else 16)
    linked = (draws[:, 3] >> 28) < _LINK_SIXTEENTHS[mode]
    orders["forced_tag"] = np.where(tagged, tag, layout.NONE)
    orders["forced_url"] = np.where(linked, link, layout.NONE)


def _likes(seed: int, orders: NDArray[np.void]) -> NDArray[np.void]:
    """Return likes of the push's items, one for every second item, by its author a little later."""
    likes = orders[::_ITEMS_PER_LIKE].copy()
    draws = philox_blocks(seed, Purpose.command_target, likes["key"], 7).astype(np.int64)
    likes["time"] += 20_000 + (draws[:, 0] >> 13)
    likes["key"] ^= np.uint64(0xA5A5A5A5A5A5A5A5)
    likes["action"] = layout.LIKE
    return likes


def order_push(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush,
    teams: tuple[Team, ...],
) -> NDArray[np.void]:  # fmt: skip
    """Return the commands of one push, COMMAND[n], sorted by (time, key); times in ms since the run's start.

    Every time lies in the push's window. Items are shared among its squads by their size, at most
    each squad's daily cap.
    """
    parts = [team for team in teams if team.operator == push.operator and team.name in push.squads]
    rows = [_awake_rows(scenario, population, team, push) for team in parts]
    n_all = sum(map(len, rows))
    orders, n_before = [np.zeros(0, layout.COMMAND)], 0
    for team, own in zip(parts, rows, strict=True):
        n = _n_items(push, team.dials, n_before, len(own), n_all) if len(own) else 0
        n_before += len(own)
        if n:
            ordered = _order_team(scenario, population, phrasebook, seed, push, team, own, n)
            orders += [ordered] if team.actions else [ordered, _likes(seed, ordered)]
    joined = np.concatenate(orders)
    joined = joined[joined["time"] < push.end_ms - scenario.start_ms]
    return joined[np.lexsort((joined["key"], joined["time"]))]


def order_break_up(scenario: Scenario, population: Population, seed: int) -> NDArray[np.void]:
    """Return the removals that follow the break-ups, as commands sorted by time."""
    found = [np.zeros(0, layout.COMMAND)]
    for index, operator in enumerate(scenario.operators.values()):
        if operator.break_up is None:
            continue
        rows = np.flatnonzero(population.accounts.operator == index)
        draws = philox_blocks(seed, Purpose.break_up, population.accounts.key[rows], 0).astype(np.int64)
        caught = (draws[:, 0] >> 12) < round(operator.break_up.removed_share * (1 << 20))
        removals = np.zeros(int(caught.sum()), layout.COMMAND)
        span = int(operator.break_up.removal_days * DAY_MS)
        removals["time"] = scenario.at(operator.break_up.time) - scenario.start_ms + scale_wide(draws[caught, 1], span)
        removals["account"] = rows[caught]
        removals["key"] = population.accounts.key[rows[caught]]
        removals["action"] = layout.REMOVE
        removals["push"] = layout.NONE
        found.append(removals)
    joined = np.concatenate(found)
    return joined[np.lexsort((joined["key"], joined["time"]))]
