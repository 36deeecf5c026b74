"""When people take a brand up in one go: a complaint or praise, a few posts within hours, then silence for weeks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.kernels.draws import draw_blocks
from simulator.kernels.plan import EPISODE, ORIGINAL
from simulator.population import Accounts
from simulator.random_streams import Purpose
from simulator.rhythm import DAY_MS
from simulator.vocabulary import Segment

I64 = NDArray[np.int64]

PEOPLE = (Segment.casual, Segment.fan, Segment.rival_fan, Segment.critic, Segment.customer)
# Of what people say of the brand in posts of their own, the share said in episodes, and at most how often one has an
# episode and says something else of it, a day. Those who write much stop there, and the others make up for it (boost).
# Such that customers are like those of facts, airline-tweets: account_lifespan_days 0.07, posts_gini 0.37, which is
# to say one episode in ten days for nearly all.
_SHARE = 0.85
_MOST_A_DAY = 1 / 12
_MOST_ELSE_A_DAY = 0.05
_BOOST = 1.9
# Episodes of 1, 2, 3, ... posts: a long tail, assumed, so that few say much (facts, airline-tweets: posts_top1_share).
_SIZES = (0.43, 0.25, 0.14, 0.08, 0.05, 0.025, 0.015, 0.01)
_MEAN_SIZE = sum(size * share for size, share in enumerate(_SIZES, 1))
_SIZE_STEPS = 1 << 16
_SIZE_LIMITS = np.rint(np.cumsum(_SIZES)[:-1] * _SIZE_STEPS).astype(np.int64)
# Gaps between the posts of an episode, ms by quantile: log-uniform from a minute to two hours. Assumed.
_GAPS_MS = np.rint(60 * 120.0 ** (np.arange(256) / 255)).astype(np.int64) * 1_000
_HALF_HOUR_MS = 1_800_000


@dataclass(frozen=True, slots=True)
class Talkers:
    """Who has episodes.

    Attributes
    ----------
    rows : int64[n]
    keys : uint64[n]
    chances : int64[n]
        Episodes on a day of average talk, of 2^32.
    """

    rows: I64
    keys: NDArray[np.uint64]
    chances: I64


def _said_a_day(accounts: Accounts) -> NDArray[np.float64]:
    """Return how many originals of the brand each account writes on an average day, 0 for all but people."""
    originals = accounts.sessions_q16.astype(np.float64) * accounts.originals_q16 / 2.0**32
    said: NDArray[np.float64] = originals * accounts.brand_talk_q16 / 65_536
    return np.where(np.isin(accounts.mimic, PEOPLE), said, 0.0)


def find_talkers(accounts: Accounts) -> Talkers:
    """Return whoever has episodes, by row."""
    said = _said_a_day(accounts)
    rows = np.flatnonzero(said > 0)
    chances = np.minimum(said[rows] * _SHARE * _BOOST / _MEAN_SIZE, _MOST_A_DAY)
    # Steps of 2^-20, so that the last bits of a library's floats decide nothing.
    return Talkers(rows, accounts.key[rows], np.rint(chances * (1 << 20)).astype(np.int64) << 12)


def talk_outside_episodes(accounts: Accounts) -> NDArray[np.int32]:
    """Return the share of an account's originals that are about the brand and in no episode, Q16."""
    said = _said_a_day(accounts)
    kept = np.minimum(1 - _SHARE, _MOST_ELSE_A_DAY / np.maximum(said, 1e-9))
    return np.where(said > 0, np.rint(accounts.brand_talk_q16 * kept), accounts.brand_talk_q16).astype(np.int32)


def plan_episodes(
    seed: int, talkers: Talkers, day: int, clocks: NDArray[np.uint32], offsets: I64, talk_q8: I64, lives: I64
) -> I64:
    """Return the event keys of the posts of the episodes of a day, int64[posts], in no order; see ``kernels.plan``.

    What would be written after midnight, or outside of a life, is left out.

    Parameters
    ----------
    seed : int
        Seed of the world.
    talkers : Talkers
    day : int
    clocks : uint32[talkers, 48]
        Cumulative thresholds of local half hours of each on this day.
    offsets : int64[talkers]
        Local time of day of each at the start of the run's day, ms.
    talk_q8 : int64[24, talkers]
        How much the brand is talked about in each hour of the run's day, where each lives.
    lives : int64[talkers, 2]
        First and last (exclusive) moment of each one's own life, ms since the start.
    """
    draws = draw_blocks(
        np.uint64(seed), np.uint64(Purpose.episode), talkers.keys, np.full(len(talkers.keys), day, np.uint64)
    )
    maybe = np.flatnonzero(draws[0] < talkers.chances * talk_q8.max(axis=0) >> 8)
    lot, half_hour, minute, size = draws[:, maybe].astype(np.int64)
    local = (clocks[maybe] < half_hour[:, None]).sum(axis=1) * _HALF_HOUR_MS + (minute * _HALF_HOUR_MS >> 32)
    start = (local - offsets[maybe]) % DAY_MS
    happens = lot < talkers.chances[maybe] * talk_q8[start // 3_600_000, maybe] >> 8
    chosen, sizes = maybe[happens], 1 + np.searchsorted(_SIZE_LIMITS, size[happens] >> 16, side="right")
    times = _times_of(seed, talkers.keys[chosen], day, start[happens])
    alive = (times + day * DAY_MS >= lives[chosen, 0]) & (times + day * DAY_MS < lives[chosen, 1]) & (times < DAY_MS)
    posts = alive & (np.arange(len(_SIZES))[:, None] < sizes)
    keys = (
        (times << 36)
        | (talkers.rows[chosen] << 12)
        | (ORIGINAL << 10)
        | (EPISODE << 5)
        | np.arange(len(_SIZES))[:, None]
    )
    planned: I64 = keys[posts]
    return planned


def _times_of(seed: int, keys: NDArray[np.uint64], day: int, start: I64) -> I64:
    """Return when the posts of episodes appear, were they of the largest size, ms of the day, int64[sizes, n]."""
    occasions = np.full(len(keys), (1 << 32) | day, np.uint64)
    words = draw_blocks(np.uint64(seed), np.uint64(Purpose.episode), keys, occasions).astype(np.int64)
    gaps = [_GAPS_MS[words[place // 4] >> 8 * (place % 4) & 255] for place in range(len(_SIZES) - 1)]
    times: I64 = start + np.cumsum(np.stack([np.zeros_like(start), *gaps]), axis=0)
    return times
