"""Which articles of the day people pass on: how long each kind lives, and how many of it are out at a time."""

import numpy as np
from numpy.typing import NDArray

_MINUTE_MS = 60_000
_PEOPLE = 4_000
# Lives of articles: share of an average writer's links that lead to them, minutes, and how many are out at a time for
# 4,000 accounts. The shares fall with no scale of their own, from what is passed on at once to what makes the rounds
# for days, so that equal links lie as far apart as in facts, organic:DE-election-Twitter: cotweet_posts_60s to _1h,
# sync_le60s to _1d, push_accounts and push_duration_min (search by hand over the four lives).
_LIVES = ((0.277, 3, 1), (0.069, 6, 4), (0.059, 379, 1), (0.324, 3_707, 81))


def plan_news(n_accounts: int) -> NDArray[np.int64]:
    """Return the lives of articles: cumulative share of links (of 65,536), life in ms, articles out at a time.

    Parameters
    ----------
    n_accounts : int
        Organic accounts of the world; a larger one has as many more articles, so that as many pass on each.

    Returns
    -------
    int64[lives, 3]
    """
    shares = np.cumsum([share for share, _, _ in _LIVES])
    lives = [
        (round(share * 65_536), minutes * _MINUTE_MS, max(round(articles * n_accounts / _PEOPLE), 1))
        for share, (_, minutes, articles) in zip(shares.tolist(), _LIVES, strict=True)
    ]
    return np.asarray(lives, np.int64)
