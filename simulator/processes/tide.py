"""How much people write at all and of the brand: tides of news from day to day, quieter weekends, less quiet nights."""

import numpy as np
from numpy.typing import NDArray

from simulator.population.laws import ONE_Q12, draw_normals, exp2_q16, lognormal_mean_log2, q16
from simulator.random_streams import Purpose, name_key, philox_blocks
from simulator.rhythm import STEPS_PER_DOUBLING

I64 = NDArray[np.int64]

_HOUR_MS = 3_600_000
# Weekend over weekday of what people say of the brand: they complain nearly as on other days (facts,
# airline-tweets: weekend_share 0.32, a ratio of 1.16), but all mentions keep to the week (brand-mentions: 0.56, with
# resting press and marketing); between the two, chosen so that daily mentions repeat by the week (brand_daily_ac7).
WEEKEND_TALK = 0.88
# A day's level is log-normal and remembers the day before. Chosen so that, with weekends and chance, daily mentions
# have the variation (0.43) and the autocorrelation (0.36) of facts, brand-mentions: brand_daily_cv, brand_daily_ac1.
_TIDE_LOG2 = 0.48
_TIDE_MEMORY = 0.5
# The same of all posting, from facts, organic:DE-election-Twitter: daily_volume_cv 0.45, daily_volume_ac1 0.43.
_EVERYDAY_LOG2 = 0.62
_EVERYDAY_MEMORY = 0.55
_MOST_HEIGHT = 2 * ONE_Q12  # standard deviations that a day rises or falls at the most. Assumed.
# Mentions keep less to the day than everyday posts: ratio of two hour_profiles of the facts by local hour, airline
# mentions over the German election, rounded, and a third more at night, as answers keep to the day.
_HOURS_Q8 = np.asarray((800, 850, 850, 850, 600, 340, *(256,) * 17, 500), np.int64)


def _heights(seed: int, name: str, n_days: int, memory: float) -> I64:
    """Return a standard normal process that remembers the day before, Q12; a day's is the same however long the run."""
    draws = philox_blocks(seed, Purpose.event, name_key(name), np.arange(n_days))[:, 0]
    news = draw_normals(draws).tolist()
    kept, fresh = q16(memory), q16((1 - memory**2) ** 0.5)
    height, heights = news[0], [news[0]]
    for item in news[1:]:
        height = (kept * height + fresh * item) >> 16
        heights.append(height)
    return np.asarray(heights, np.int64)


def _mean_log2(spread: float) -> int:
    return round(lognormal_mean_log2(spread) * ONE_Q12)


def plan_everyday(seed: int, n_days: int) -> I64:
    """Return by how many steps of the rate class everybody's sessions rise or fall on each day, int64[days].

    The mean level over worlds is 1; twins have the same days.
    """
    heights = np.clip(_heights(seed, "everyday tide", n_days, _EVERYDAY_MEMORY), -_MOST_HEIGHT, _MOST_HEIGHT)
    log2_q12 = (heights * q16(_EVERYDAY_LOG2) >> 16) - _mean_log2(_EVERYDAY_LOG2)
    steps: I64 = (log2_q12 * STEPS_PER_DOUBLING + ONE_Q12 // 2) >> 12
    return steps


def plan_talk(seed: int, weekend: NDArray[np.uint8], offsets: I64) -> I64:
    """Return by how much talk of the brand rises or falls in each hour of the run and zone, Q8, int64[24 days, zones].

    Parameters
    ----------
    seed : int
        Seed of the world; its twins have the same tide.
    weekend : uint8[days, zones]
        1 on weekends.
    offsets : int64[days, zones]
        Local time of day at each day's start, ms.
    """
    heights = _heights(seed, "brand tide", len(weekend), _TIDE_MEMORY)
    levels = exp2_q16((heights * q16(_TIDE_LOG2) >> 16) - _mean_log2(_TIDE_LOG2))[:, None]
    by_day = levels * np.where(weekend == 1, round(WEEKEND_TALK * 256), 256) >> 16
    local = (offsets[:, None, :] // _HOUR_MS + np.arange(24)[None, :, None]) % 24
    talk: I64 = by_day[:, None, :] * _HOURS_Q8[local] >> 8
    return talk.reshape(-1, weekend.shape[1])


def share_of_originals(talk: I64, everyday: I64) -> I64:
    """Return talk of the brand by what people write at all: its tide is its own, whatever else there is to say."""
    levels = np.repeat(exp2_q16(everyday * (ONE_Q12 // STEPS_PER_DOUBLING)), 24)[:, None]
    shares: I64 = (talk << 16) // levels
    return shares
