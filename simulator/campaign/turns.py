"""Who takes part in a push: the squads as teams, and the accounts that take the items, in turn or within bounds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.campaign.pushes import DAY_MS, PlannedPush
from simulator.kernels.draws import draw_keys, draw_rows
from simulator.population import Accounts, Population
from simulator.random_streams import Purpose, name_key
from simulator.scenario import Dials, Scenario
from simulator.vocabulary import Action, Role

_SLEEPERS_WAKE_DAYS = 21
_LEAST_CREW = 6  # accounts, assumed


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


def awake_rows(scenario: Scenario, population: Population, team: Team, push: PlannedPush) -> NDArray[np.int64]:
    """Return the team's rows that take part: owned by then, and sleepers only near the launch."""
    accounts = population.accounts
    rows = team.rows[accounts.operated_from_ms[team.rows] <= push.start_ms]
    if push.start_ms < scenario.launch_ms - _SLEEPERS_WAKE_DAYS * DAY_MS:
        rows = rows[accounts.role[rows] != Role.sleeper]
    return rows


def count_items(push: PlannedPush, dials: Dials, n_before: int, n_rows: int, n_all: int) -> int:
    """Return the team's part of the push's items, within the daily cap of its accounts; the parts sum to the whole."""
    days = max(1.0, (push.end_ms - push.start_ms) / DAY_MS)
    part = push.posts * (n_before + n_rows) // max(n_all, 1) - push.posts * n_before // max(n_all, 1)
    return min(part, max(1, int(n_rows * (dials.daily_cap or 1.0) * days)))


def take_turns(seed: int, keys: NDArray[np.uint64], stem: int, n: int) -> NDArray[np.int64]:
    """Return the places of the accounts that take n items in turn, in an order drawn for the push."""
    turn = np.argsort(draw_keys(seed, Purpose.command, keys, stem), kind="stable")
    return turn[np.arange(n) % len(turn)]


def keep_bounds(
    seed: int, team: Team, accounts: Accounts, rows: NDArray[np.int64], push: PlannedPush, stem: int, n: int
) -> NDArray[np.int64]:
    """Return the places among `rows` of the accounts that take at most n items, each in proportion to its bound.

    Systematic sampling along an order that is the same in every push. A small push is the work of one crew, a stretch
    of that order in one language, and crews take pushes in turn: neighbours act together again and again, as accounts
    on one shelf of phones do. Whoever is picked twice gets the second item in a later burst.
    """
    shelved = draw_keys(seed, Purpose.command, accounts.key[rows], name_key(team.operator, team.name))
    shelf = np.lexsort((shelved, accounts.language[rows]))
    ends = np.cumsum(accounts.pushed_q16[rows[shelf]].astype(np.int64))
    total = int(ends[-1])
    first, rounding = (int(word) >> 16 for word in draw_rows(seed, Purpose.burst_plan, stem ^ 0x2545F491, 0)[:2])
    n = min(n, (total * (push.worth_ms // 1000) // (DAY_MS // 1000) + rounding) >> 16)
    if n == 0:
        return np.zeros(0, np.int64)
    n_crews = count_crews(len(shelf), n)
    crew_first, crew_total = push.push_id % n_crews * total // n_crews, total // n_crews
    points = crew_first + (np.arange(n, dtype=np.int64) * crew_total + (crew_total * first >> 16)) // n
    places = np.minimum(np.searchsorted(ends, points, side="right"), len(ends) - 1)
    repeat = np.arange(n) - np.searchsorted(places, places, side="left")
    picked: NDArray[np.int64] = shelf[places[np.argsort(repeat, kind="stable")]]
    return picked


def count_crews(n_accounts: int, n_items: int) -> int:
    """Return in how many crews accounts work: as many as leave each one or two items, a power of two.

    Examples
    --------
    >>> count_crews(48, 10), count_crews(48, 90), count_crews(7, 1)
    (8, 1, 1)
    """
    n_crews = 1
    while n_crews * n_items <= n_accounts and n_accounts >= 2 * n_crews * _LEAST_CREW:
        n_crews *= 2
    return n_crews
