"""How much the brand is in the air: a tide of news from day to day, quieter weekends, less quiet nights."""

import numpy as np
from numpy.typing import NDArray

from simulator.population.laws import ONE_Q12, draw_normals, exp2_q16, lognormal_mean_log2, q16
from simulator.random_streams import Purpose, name_key, philox_blocks

_HOUR_MS = 3_600_000
# Weekend over weekday; with resting press and marketing it makes the 0.56 of all brand talk (facts, brand-mentions:
# brand_weekend_weekday_ratio).
WEEKEND_TALK = 0.58
# A day's level is log-normal and remembers the day before. Chosen so that, with weekends and chance, daily mentions
# have the variation (0.43) and the autocorrelation (0.36) of facts, brand-mentions: brand_daily_cv, brand_daily_ac1.
_TIDE_LOG2 = 0.48
_TIDE_MEMORY = 0.5
# Mentions keep less to the day than everyday posts: ratio of two hour_profiles of the facts by local hour, airline
# mentions over the German election, rounded.
_HOURS_Q8 = np.asarray((600, 640, 640, 640, 460, 290, *(256,) * 17, 400), np.int64)


def _levels(seed: int, n_days: int) -> list[int]:
    """Return the level of each day, Q16, mean 1 over worlds; a day's is the same however long the run."""
    draws = philox_blocks(seed, Purpose.event, name_key("brand tide"), np.arange(n_days))[:, 0]
    news = draw_normals(draws).tolist()
    kept, fresh = q16(_TIDE_MEMORY), q16((1 - _TIDE_MEMORY**2) ** 0.5)
    height, heights = news[0], [news[0]]
    for item in news[1:]:
        height = (kept * height + fresh * item) >> 16
        heights.append(height)
    mean = round(lognormal_mean_log2(_TIDE_LOG2) * ONE_Q12)
    levels: list[int] = exp2_q16((np.asarray(heights, np.int64) * q16(_TIDE_LOG2) >> 16) - mean).tolist()
    return levels


def plan_talk(seed: int, weekend: NDArray[np.uint8], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return by how much brand talk rises or falls in each hour of the run and zone, Q8, int64[24 days, zones].

    Parameters
    ----------
    seed : int
        Seed of the world; its twins have the same tide.
    weekend : uint8[days, zones]
        1 on weekends.
    offsets : int64[days, zones]
        Local time of day at each day's start, ms.
    """
    levels = np.asarray(_levels(seed, len(weekend)), np.int64)[:, None]
    by_day = levels * np.where(weekend == 1, round(WEEKEND_TALK * 256), 256) >> 16
    local = (offsets[:, None, :] // _HOUR_MS + np.arange(24)[None, :, None]) % 24
    talk: NDArray[np.int64] = by_day[:, None, :] * _HOURS_Q8[local] >> 8
    return talk.reshape(-1, weekend.shape[1])
