"""Who talks about brand events, and when: drawn once for the whole run, from the accounts' own keys."""

import math

import numpy as np
from numpy.typing import NDArray

from simulator import rhythm
from simulator.kernels.plan import EVENT_TALK
from simulator.population import Population
from simulator.random_streams import Purpose, name_key, philox_blocks
from simulator.scenario import Scenario
from simulator.scenario.models import BrandEvent
from simulator.vocabulary import EventKind, Segment

_FIRST_REACTION_MS = 20 * 60_000
_PRESS_REACTION_MS = 4 * 60_000

# How readily a segment writes about an event, against the event's talk share. Assumed.
_READINESS = {
    Segment.casual: 0.5,
    Segment.fan: 2.0,
    Segment.rival_fan: 1.0,
    Segment.critic: 1.0,
    Segment.customer: 1.2,
    Segment.journalist: 2.5,
    Segment.brand: 5.0,
    Segment.marketing: 3.0,
    Segment.news_bot: 1.5,
    Segment.deal_bot: 0.2,
    Segment.spam_bot: 0.1,
}
_PRESS = (Segment.journalist, Segment.news_bot, Segment.brand)


def _delays(half_life_hours: float) -> NDArray[np.int64]:
    """Return delays by quantile, ms in whole seconds: exponential with that half life, shape (1024,)."""
    points = [-math.log2(1 - (i + 0.5) / 1024) for i in range(1024)]
    return np.rint(np.asarray(points) * half_life_hours * 3_600).astype(np.int64) * 1_000


def _talk_thresholds(event: BrandEvent) -> NDArray[np.int64]:
    shares = [min(1.0, event.talk_share * _READINESS[segment]) for segment in Segment]
    if event.kind is EventKind.press_embargo_lift:
        shares[Segment.journalist] = min(1.0, 2 * shares[Segment.journalist])
    return np.asarray([rhythm.as_threshold(share) for share in shares], np.int64)


def _times_of(scenario: Scenario, population: Population, seed: int, name: str, event: BrandEvent) -> NDArray[np.int64]:
    """Return (time since the start, row) of everyone who writes about one event, shape (n, 2)."""
    accounts = population.accounts
    rows = np.flatnonzero(accounts.brand_interest)
    draws = philox_blocks(seed, Purpose.event, accounts.key[rows], name_key(name)).astype(np.int64)
    law = accounts.mimic[rows]
    press = np.isin(law, _PRESS)
    first = np.where(press, _PRESS_REACTION_MS, _FIRST_REACTION_MS)
    times = scenario.at(event.time) - scenario.start_ms + ((draws[:, 2] * first) >> 32)
    times += np.where(press, 0, _delays(event.half_life_hours)[draws[:, 1] >> 22]) + draws[:, 3] % 1_000
    days = np.clip(times // rhythm.DAY_MS, 0, scenario.n_days - 1)
    offsets = rhythm.zone_offsets(population.zones, scenario.start_ms, scenario.n_days)
    hours = (times % rhythm.DAY_MS + offsets[days, accounts.zone[rows]]) // 3_600_000 % 24
    awake = np.where(press, 256, np.maximum(rhythm.awake_share_q8()[hours], 16))
    talks = draws[:, 0] < (_talk_thresholds(event)[law] * awake) >> 8
    return np.stack([times[talks], rows[talks]], axis=1)


def plan_event_talk(
    scenario: Scenario, population: Population, seed: int, lives: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (day, event key) of every original about a brand event, sorted.

    Parameters
    ----------
    scenario : Scenario
    population : Population
    seed : int
    lives : int64[n, 2]
        First and last (exclusive) moment of each account's own life, ms since the start.
    """
    days, keys = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for index, (name, event) in enumerate(scenario.events.items()):
        found = _times_of(scenario, population, seed, name, event)
        time, row = found[:, 0], found[:, 1]
        alive = (
            (time >= lives[row, 0]) & (time < lives[row, 1]) & (time < scenario.n_days * rhythm.DAY_MS) & (time >= 0)
        )
        time, row = time[alive], row[alive]
        days.append(time // rhythm.DAY_MS)
        keys.append((time % rhythm.DAY_MS << 36) | (row << 12) | (EVENT_TALK << 10) | index)
    day, key = np.concatenate(days), np.concatenate(keys)
    order = np.lexsort((key, day))
    return day[order], key[order]
