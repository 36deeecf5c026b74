"""From pushes to commands: who posts which manuscript when, by the dials of each squad."""

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.bursts import form_bursts, time_items
from simulator.campaign.pushes import DAY_MS, PlannedPush
from simulator.campaign.sorting import join_commands
from simulator.campaign.turns import Team, awake_rows, count_items, keep_bounds, take_turns
from simulator.campaign.words import draw_actions, put_modes, put_own_words, put_references, put_words
from simulator.kernels import layout
from simulator.kernels.draws import draw_keys, draw_rows
from simulator.language import Phrasebook
from simulator.population import NO_BOUND, Population
from simulator.population.laws import scale_wide
from simulator.random_streams import Purpose, name_key
from simulator.scenario import Scenario
from simulator.vocabulary import Language, TextMode

# Items of one's own push for each like; people who look organic hardly like more than others do. Assumed.
_ITEMS_PER_LIKE, _ITEMS_PER_QUIET_LIKE = 2, 6
_BESIDE = 0x5BD1E995  # any number: items and bursts are drawn by another name than the rest


def order_push(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush,
    teams: tuple[Team, ...],
) -> NDArray[np.void]:  # fmt: skip
    """Return the commands of one push, COMMAND[n], sorted by (time, key); times in ms since the run's start.

    Every time lies in the push's window. Items are shared among its squads by their size, at most
    each squad's daily cap.
    """
    parts = [team for team in teams if team.operator == push.operator and team.name in push.squads]
    rows = [awake_rows(scenario, population, team, push) for team in parts]
    n_all = sum(map(len, rows))
    orders: list[NDArray[np.void]] = []
    n_before = 0
    for team, own in zip(parts, rows, strict=True):
        n = count_items(push, team.dials, n_before, len(own), n_all) if len(own) else 0
        n_before += len(own)
        if n:
            orders += _order_team(scenario, population, phrasebook, seed, push, team, own, n)
    ordered = join_commands(orders)
    return ordered[: np.searchsorted(ordered["time"], push.end_ms - scenario.start_ms)]


def _order_team(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush, team: Team,
    rows: NDArray[np.int64], n: int,
) -> list[NDArray[np.void]]:  # fmt: skip
    """Return the commands of one squad in one push: of its accounts that overlap with organic ones, and of others."""
    accounts, found = population.accounts, []
    path = ("push", push.operator, push.name, team.name)
    is_bounded = accounts.pushed_q16[rows] != NO_BOUND
    n_bounded = n * int(is_bounded.sum()) // len(rows)
    for part, n_part, mixes in ((rows[~is_bounded], n - n_bounded, False), (rows[is_bounded], n_bounded, True)):
        if n_part == 0:
            continue
        stem = name_key(*path, "bounds") if mixes else name_key(*path)
        if mixes:
            places = keep_bounds(seed, team, accounts, part, push, stem, n_part)
        else:
            places = take_turns(seed, accounts.key[part], stem, n_part)
        if len(places):
            orders = _command(scenario, population, phrasebook, seed, push, team, stem, part[places], mixes=mixes)
            put_references(seed, phrasebook, push, orders, team.dials, is_overlapping=mixes)
            found += [orders] if team.actions else [orders, _likes(seed, orders, mixes=mixes)]
    return found


def _command(
    scenario: Scenario, population: Population, phrasebook: Phrasebook, seed: int, push: PlannedPush, team: Team,
    stem: int, picked: NDArray[np.int64], *, mixes: bool,
) -> NDArray[np.void]:  # fmt: skip
    """Return the commands by which accounts, one an item, carry out their part of a push.

    Where a crew `mixes`, its members post, repost and reply in one go; else each burst is one text by many accounts.
    """
    accounts, dials, n = population.accounts, team.dials, len(picked)
    draws = draw_rows(seed, Purpose.command, stem ^ _BESIDE, np.arange(n)).astype(np.int64)
    roles = (draws[:, 1] % 5).astype(np.uint8) if dials.mixed_roles else accounts.role[picked]
    actions = draw_actions(team, roles, draws[:, 0], mixes=mixes)
    together = accounts.language[picked] + (0 if mixes else len(Language) * actions.astype(np.int64))
    bursts = form_bursts(together, dials.posts_per_burst or 1)
    picked, roles, actions = picked[bursts.order], roles[bursts.order], actions[bursts.order]
    times = time_items(scenario, seed, push, team, stem, bursts, actions == layout.POST)
    shared = draw_keys(seed, Purpose.burst_plan, stem ^ _BESIDE, np.arange(int(bursts.burst[-1]) + 1))[bursts.burst]
    orders = np.zeros(n, layout.COMMAND)
    orders["time"] = times - scenario.start_ms
    orders["key"] = draw_keys(seed, Purpose.command, accounts.key[picked], stem + np.arange(n, dtype=np.uint64) + 1)
    orders["shared_key"] = shared
    orders["account"] = picked
    orders["push"] = push.push_id
    orders["role"] = roles
    orders["action"] = actions
    orders["aim"] = np.where(actions >= layout.LIKE, layout.AT_CRITICS, layout.BY_ACTION)
    put_words(scenario, phrasebook, push, orders, shared, dials, accounts.language[picked])
    if not mixes:
        put_modes(orders)
    elif dials.text_mode >= TextMode.synonyms:
        put_own_words(phrasebook, scenario.narratives[push.narrative].claim, orders)
    return orders


def _likes(seed: int, orders: NDArray[np.void], *, mixes: bool) -> NDArray[np.void]:
    """Return likes of the push's items, one for every so many items, by its author a little later."""
    likes = orders[:: _ITEMS_PER_QUIET_LIKE if mixes else _ITEMS_PER_LIKE].copy()
    draws = draw_rows(seed, Purpose.command_target, likes["key"], 7).astype(np.int64)
    likes["time"] += 20_000 + (draws[:, 0] >> 13)
    likes["key"] ^= np.uint64(0xA5A5A5A5A5A5A5A5)
    likes["action"] = layout.LIKE
    return likes


def order_break_up(scenario: Scenario, population: Population, seed: int) -> NDArray[np.void]:
    """Return the removals that follow the break-ups, as commands sorted by time."""
    found: list[NDArray[np.void]] = []
    for index, operator in enumerate(scenario.operators.values()):
        if operator.break_up is None:
            continue
        rows = np.flatnonzero(population.accounts.operator == index)
        draws = draw_rows(seed, Purpose.break_up, population.accounts.key[rows], 0).astype(np.int64)
        caught = (draws[:, 0] >> 12) < round(operator.break_up.removed_share * (1 << 20))
        removals = np.zeros(int(caught.sum()), layout.COMMAND)
        span = int(operator.break_up.removal_days * DAY_MS)
        removals["time"] = scenario.at(operator.break_up.time) - scenario.start_ms + scale_wide(draws[caught, 1], span)
        removals["account"] = rows[caught]
        removals["key"] = population.accounts.key[rows[caught]]
        removals["action"] = layout.REMOVE
        removals["push"] = layout.NONE
        found.append(removals)
    return join_commands(found)
