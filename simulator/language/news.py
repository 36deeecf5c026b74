"""Which articles of the day people pass on: how long each kind lives, and how many of it are out at a time."""

import numpy as np
from numpy.typing import NDArray

_MINUTE_MS = 60_000
_PEOPLE = 4_000
# Lives of articles: share of a keen linker's links that lead to them (what a shorter life takes, a longer one does
# not), minutes, and how many are out at a time for 4,000 accounts. They spread over all scales of time, from what is
# passed on at once to what makes the rounds for days, so that equal links lie as far apart as in facts,
# organic:DE-election-Twitter: cotweet_accounts_60s to _1h, sync_le60s to _1d, push_accounts, push_duration_min.
_LIVES = ((0.43, 1, 1), (0.185, 11, 1), (0.105, 330, 1), (0.85, 3_200, 45))


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
