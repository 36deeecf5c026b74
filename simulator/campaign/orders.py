"""From pushes to commands: who posts which manuscript when, by the dials of each squad."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.pushes import DAY_MS, PlannedPush, office_spans
from simulator.kernels import layout
from simulator.language import Phrasebook
from simulator.population import NO_BOUND, Accounts, Population
from simulator.population.laws import scale_wide
from simulator.random_streams import Purpose, draw_u64, name_key, philox_blocks
from simulator.scenario import Dials, Scenario
from simulator.vocabulary import Language, Role, TextMode

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
# The same of accounts that overlap with people: half a role, half what people do.
_ACTIONS_AMONG_PEOPLE = {
    Role.seeder: (14, 1, 1, 0),
    Role.amplifier: (5, 9, 1, 1),
    Role.commenter: (7, 2, 6, 1),
    Role.hijacker: (11, 1, 4, 0),
    Role.sleeper: (8, 6, 1, 1),
    Role.handler: (11, 2, 1, 2),
}
# Assumed; people who look organic hardly like more of the brand's topic than others do.
_ITEMS_PER_LIKE = {"turns": 2, "bounds": 6}
_LEAST_CREW = 6  # accounts, assumed
_HEADS = 8  # reactions wait for one in so many parts of a push's window, assumed
_TAG_SIXTEENTHS = {TextMode.verbatim: 14, TextMode.slots: 12, TextMode.synonyms: 9, TextMode.paraphrase: 5}
_LINK_SIXTEENTHS = {TextMode.verbatim: 12, TextMode.slots: 12, TextMode.synonyms: 11, TextMode.paraphrase: 8}
_QUIET_TAGS, _QUIET_LINKS = 10, 5  # of sixteenths, by accounts that overlap with people; assumed


@dataclass(frozen=True, slots=True)
class Bursts:
    """Items in the order in which they are sent: `order` of int64[n], the burst of each and its place in it."""

    order: NDArray[np.int64]
    burst: NDArray[np.int64]
    place: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Team:
    """The accounts of one squad: rows and what commanding them needs."""

    operator: str
    name: str
    rows: NDArray[np.int64]
    dials: Dials


def teams_of(scenario: Scenario, population: Population) -> tuple[Team, ...]:
    """Return the squads of a world with their rows, in the order of ``population.squads``."""
    squads = population.accounts.squad
    return tuple(
        Team(operator, name, np.flatnonzero(squads == index), scenario.dials(operator, name))
        for index, (operator, name) in enumerate(population.squads)
    )


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


def _form_bursts(kinds: NDArray[np.int64], size: int) -> Bursts:
    """Sort items into bursts of up to `size` items of one kind."""
    order = np.argsort(kinds, kind="stable")
    kinds = kinds[order]
    place = np.arange(len(order)) - np.searchsorted(kinds, kinds, side="left")
    begins = place % size == 0
    return Bursts(order, np.cumsum(begins) - 1, place % size)


def _item_times(
    scenario: Scenario, seed: int, push: PlannedPush, team: Team, stem: int, bursts: Bursts, is_post: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return the time of each item: bursts placed at random in the window's hours, items inside by the jitter.

    The first burst comes early and reactions a little later, so that there is something to react to.
    """
    dials, n = team.dials, len(bursts.burst)
    spans = [(push.start_ms, push.end_ms)]
    if dials.office_hours:
        spans = office_spans(scenario.operators[team.operator].office, push.start_ms, push.end_ms) or spans
    total = sum(last - first for first, last in spans)
    size = dials.posts_per_burst or 1
    burst_ms = min(int((dials.burst_minutes or 1.0) * 60_000), total)
    starts = philox_blocks(seed, Purpose.burst_plan, stem, np.arange(int(bursts.burst[-1]) + 1))
    free = total - burst_ms
    opening = scale_wide(starts[:, 0], free)[bursts.burst]
    head = free // _HEADS
    opening = np.where(
        is_post, np.where(bursts.burst == 0, opening // _HEADS, opening), head + opening - opening // _HEADS
    )
    jitter = philox_blocks(seed, Purpose.command, stem, np.arange(n)).astype(np.int64)
    jitter_q16 = round((dials.jitter_share or 0.0) * 65_536)
    regular = bursts.place * burst_ms // size
    loose = (jitter[:, 0] * burst_ms) >> 32
    inside = (regular * (65_536 - jitter_q16) + loose * jitter_q16) >> 16
    worked = np.minimum(opening + inside + (jitter[:, 1] >> 20), total - 1)
    return _worked_times(spans, worked)


def _draw_actions(roles: NDArray[np.uint8], draws: NDArray[np.int64], *, mixes: bool) -> NDArray[np.int8]:
    """Return the action of each item from its account's role and a 32-bit draw."""
    shares = _ACTIONS_AMONG_PEOPLE if mixes else _ACTIONS_OF_ROLE
    table = np.asarray([np.repeat(np.arange(4), shares[role]) for role in Role], np.int8)
    actions: NDArray[np.int8] = table[roles, draws >> 28]
    return actions


def _take_turns(seed: int, keys: NDArray[np.uint64], stem: int, n: int) -> NDArray[np.int64]:
    """Return the places of the accounts that take n items in turn, in an order drawn for the push."""
    turn = np.argsort(draw_u64(seed, Purpose.command, keys, stem), kind="stable")
    return turn[np.arange(n) % len(turn)]


def _keep_bounds(
    seed: int, team: Team, accounts: Accounts, rows: NDArray[np.int64], push: PlannedPush, stem: int, n: int
) -> NDArray[np.int64]:  # fmt: skip
    """Return the places among `rows` of the accounts that take at most n items, each in proportion to its bound.

    Systematic sampling along an order that is the same in every push. A small push is the work of one crew, a stretch
    of that order in one language, and crews take pushes in turn: neighbours act together again and again, as accounts
    on one shelf of phones do. Whoever is picked twice gets the second item in a later burst.
    """
    shelved = draw_u64(seed, Purpose.command, accounts.key[rows], name_key(team.operator, team.name))
    shelf = np.lexsort((shelved, accounts.language[rows]))
    ends = np.cumsum(accounts.pushed_q16[rows[shelf]].astype(np.int64))
    total = int(ends[-1])
    first, rounding = (
        int(word) for word in philox_blocks(seed, Purpose.burst_plan, stem ^ 0x2545F491, np.zeros(1, np.int64))[0, :2]
    )
    n = min(n, (total * (push.worth_ms // 1000) // (DAY_MS // 1000) + (rounding >> 16)) >> 16)
    if n == 0:
        return np.zeros(0, np.int64)
    n_crews = 1
    while n_crews * n <= len(shelf) and len(shelf) >= 2 * n_crews * _LEAST_CREW:
        n_crews *= 2
    crew_first, crew_total = push.push_id % n_crews * total // n_crews, total // n_crews
    points = crew_first + (np.arange(n, dtype=np.int64) * crew_total + (crew_total * (first >> 16) >> 16)) // n
    places = np.minimum(np.searchsorted(ends, points, side="right"), len(ends) - 1)
    repeat = np.arange(n) - np.searchsorted(places, places, side="left")
    picked: NDArray[np.int64] = shelf[places[np.argsort(repeat, kind="stable")]]
    return picked


def _order_team(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush, team: Team,
    rows: NDArray[np.int64], n: int,
) -> list[NDArray[np.void]]:  # fmt: skip
    """Return the commands of one squad in one push: of its accounts that overlap with organic ones, and of others."""
    accounts = population.accounts
    is_bounded = accounts.pushed_q16[rows] != NO_BOUND
    found = []
    path = ("push", push.operator, push.name, team.name)
    for part, name in ((rows[~is_bounded], "turns"), (rows[is_bounded], "bounds")):
        stem = name_key(*path) if name == "turns" else name_key(*path, name)
        n_part = n * len(part) // len(rows)
        if n_part == 0:
            continue
        if name == "turns":
            places = _take_turns(seed, accounts.key[part], stem, n_part)
        else:
            places = _keep_bounds(seed, team, accounts, part, push, stem, n_part)
        if len(places):
            mixes = name == "bounds"
            orders = _command(scenario, population, phrasebook, seed, push, team, stem, part[places], mixes=mixes)
            _put_references(seed, phrasebook, push, orders, team.dials, is_overlapping=mixes)
            found += [orders, _likes(seed, orders, _ITEMS_PER_LIKE[name])]
    return found


def _command(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush, team: Team,
    stem: int, picked: NDArray[np.int64], *, mixes: bool,
) -> NDArray[np.void]:  # fmt: skip
    """Return the commands by which accounts, one an item, carry out their part of a push.

    Where a crew `mixes`, its members post, repost and reply in one go; else each burst is one text by many accounts.
    """
    accounts, dials, n = population.accounts, team.dials, len(picked)
    draws = philox_blocks(seed, Purpose.command, stem ^ 0x5BD1E995, np.arange(n)).astype(np.int64)
    roles = (draws[:, 1] % 5).astype(np.uint8) if dials.mixed_roles else accounts.role[picked]
    actions = _draw_actions(roles, draws[:, 0], mixes=mixes)
    together = accounts.language[picked] + (0 if mixes else len(Language) * actions.astype(np.int64))
    bursts = _form_bursts(together, dials.posts_per_burst or 1)
    picked, roles, actions = picked[bursts.order], roles[bursts.order], actions[bursts.order]
    times = _item_times(scenario, seed, push, team, stem, bursts, actions == layout.POST)
    shared = draw_u64(seed, Purpose.burst_plan, stem ^ 0x5BD1E995, np.arange(int(bursts.burst[-1]) + 1))[bursts.burst]
    orders = np.zeros(n, layout.COMMAND)
    orders["time"] = times - scenario.start_ms
    orders["key"] = draw_u64(seed, Purpose.command, accounts.key[picked], stem + np.arange(n, dtype=np.uint64) + 1)
    orders["shared_key"] = shared
    orders["account"] = picked
    orders["push"] = push.push_id
    orders["role"] = roles
    orders["action"] = actions
    _put_words(scenario, phrasebook, push, orders, shared, dials, accounts.language[picked])
    if mixes and orders["mode"][0] >= TextMode.synonyms:
        _put_own_words(phrasebook, scenario.narratives[push.narrative].claim, orders)
    return orders


def _put_own_words(phrasebook: Phrasebook, claim: str, orders: NDArray[np.void]) -> None:
    """Let accounts that overlap with people say the claim as people do, by their own habits.

    A burst still shares one wording, hashtag and link, so that accounts are alike without any one of them being odd.
    """
    orders["content"] = phrasebook.content_code(f"claim.{claim}.organic")
    is_general = (orders["shared_key"] >> np.uint64(33)) % np.uint64(2) == 0
    orders["comment"][is_general] = phrasebook.content_code("reply.against")
    orders["comment"][is_general & (orders["action"] == layout.QUOTE)] = phrasebook.content_code("quote.against")


def _put_words(
    scenario: Scenario, phrasebook: Phrasebook, push: PlannedPush, orders: NDArray[np.void],
    shared: NDArray[np.uint64], dials: Dials, languages: NDArray[np.uint8],
) -> None:  # fmt: skip
    """Fill in manuscript, mode and deletion of each command."""
    mode = TextMode.verbatim if dials.text is None else dials.text
    claim = scenario.narratives[push.narrative].claim
    manuscripts = np.asarray(phrasebook.manuscripts(claim), np.int16)
    orders["content"] = manuscripts[(shared % np.uint64(len(manuscripts))).astype(np.int64)]
    orders["comment"] = phrasebook.content_code(f"claim.{claim}.comment")
    orders["narrative"] = tuple(scenario.narratives).index(push.narrative)
    orders["mode"] = int(mode)
    orders["language"] = languages
    orders["delete_after_s"] = int((dials.delete_after_minutes or 0.0) * 60)


def _put_references(
    seed: int,
    phrasebook: Phrasebook,
    push: PlannedPush,
    orders: NDArray[np.void],
    dials: Dials,
    *,
    is_overlapping: bool,
) -> None:
    """Give a part of the commands the narrative's hashtag, and a part the push's link."""
    mode = TextMode.verbatim if dials.text is None else dials.text
    tag = int(draw_u64(seed, Purpose.hashtag, name_key(push.operator, push.narrative))) % len(phrasebook.tag_table)
    link = int(draw_u64(seed, Purpose.hashtag, name_key(push.operator, push.name))) % len(phrasebook.url_table)
    draws = philox_blocks(seed, Purpose.hashtag, orders["key"], 1).astype(np.int64) >> 28
    tags, links = (_QUIET_TAGS, _QUIET_LINKS) if is_overlapping else (_TAG_SIXTEENTHS[mode], _LINK_SIXTEENTHS[mode])
    orders["forced_tag"] = np.where(draws[:, 0] < tags, tag, layout.NONE)
    orders["forced_url"] = np.where(draws[:, 1] < links, link, layout.NONE)


def _likes(seed: int, orders: NDArray[np.void], items_per_like: int) -> NDArray[np.void]:
    """Return likes of the push's items, one for every so many items, by its author a little later."""
    likes = orders[::items_per_like].copy()
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
            orders += _order_team(scenario, population, phrasebook, seed, push, team, own, n)
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
