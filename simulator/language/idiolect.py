"""How accounts write: one row of habits an account, drawn from quantile tables by segment and language."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.kernels.text_book import IDIOLECT
from simulator.random_streams import Purpose, draw_u64, philox_blocks
from simulator.vocabulary import Language, Segment

# Values of each habit at sixteen equally likely ranks. All assumed; chosen so that organic lengths and
# vocabulary come near real posts (median 18 tokens, Zipf 1.13, Heaps 0.60: airline tweets of 2015).
_PEOPLE: dict[str, tuple[int, ...]] = {
    "opener": (0, 4, 10, 16, 24, 32, 40, 48, 56, 64, 76, 88, 100, 116, 140, 180),
    "loyal": (0, 10, 20, 40, 60, 80, 100, 110, 120, 130, 140, 150, 160, 180, 200, 220),
    "second": (1, 4, 14, 30, 48, 66, 84, 102, 120, 140, 160, 180, 200, 222, 240, 252),
    "tail": (0, 4, 10, 18, 28, 40, 52, 64, 76, 90, 104, 120, 138, 160, 190, 220),
    "emoji": (0, 0, 0, 0, 0, 4, 10, 16, 26, 38, 52, 70, 92, 120, 160, 210),
    "repeat": (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 4),
    "laugh": (0, 0, 0, 0, 0, 0, 0, 2, 4, 6, 9, 13, 18, 26, 40, 70),
    "case": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2),
    "shout": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 12),
    "ending": (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4, 5),
    "join": (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4),
    "slip": (0, 0, 1, 2, 4, 6, 8, 11, 14, 18, 24, 32, 42, 56, 80, 120),
    "forms": (0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 1, 1, 3),
    "abbreviate": (0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 10, 20, 40, 80, 140, 220),
    "tag": (0, 0, 0, 4, 8, 14, 20, 28, 36, 46, 60, 78, 100, 130, 180, 255),
    "many_tags": (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 6),
    "inline": (0, 0, 0, 0, 0, 0, 0, 0, 4, 8, 12, 20, 32, 50, 80, 140),
    "link": (0, 0, 0, 8, 16, 24, 32, 40, 50, 60, 72, 90, 110, 140, 180, 240),
    "mention": (0, 0, 0, 0, 0, 0, 0, 4, 8, 16, 32, 64, 110, 170, 220, 250),
    "spaced": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
    "drops": (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1),
}
_POLISHED: dict[str, tuple[int, ...]] = {
    "opener": (0, 0, 0, 0, 4, 8, 10, 12, 14, 18, 22, 26, 30, 36, 44, 60),
    "emoji": (0, 0, 0, 0, 0, 0, 0, 0, 2, 4, 6, 10, 16, 24, 40, 60),
    "laugh": (0,) * 16,
    "case": (0,) * 16,
    "shout": (0,) * 16,
    "ending": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1),
    "join": (0,) * 16,
    "slip": (0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 4),
    "forms": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2),
    "abbreviate": (0,) * 16,
}
_NEVER: tuple[int, ...] = (0,) * 16
_MACHINE: dict[str, tuple[int, ...]] = dict.fromkeys(_PEOPLE, _NEVER) | {
    "tag": (0, 10, 20, 30, 40, 50, 60, 64, 64, 70, 80, 90, 100, 120, 140, 160),
    "link": (40, 50, 60, 64, 64, 64, 64, 64, 70, 70, 70, 80, 80, 80, 80, 80),
    "many_tags": (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 6),
}
_MANNERS: dict[int, dict[str, tuple[int, ...]]] = {
    Segment.journalist: _POLISHED,
    Segment.brand: _POLISHED,
    Segment.marketing: _POLISHED,
    Segment.news_bot: _MACHINE,
    Segment.deal_bot: _MACHINE,
    Segment.spam_bot: _MACHINE,
}
_CHINESE: dict[str, tuple[int, ...]] = {
    "forms": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
    "ending": (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5),
    "join": (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4),
    "laugh": (0, 0, 0, 0, 0, 2, 4, 8, 12, 18, 24, 32, 40, 50, 64, 90),
    "tag": (0, 0, 0, 0, 4, 8, 14, 20, 28, 36, 50, 70, 100, 140, 190, 255),
}
_N_SEGMENTS = 256
_HABITS = tuple(name for name in IDIOLECT.names or () if name != "favourites")


def _table(name: str) -> NDArray[np.uint8]:
    """Return one habit's values, uint8[segments, languages, ranks]."""
    table = np.empty((_N_SEGMENTS, len(Language), 16), np.uint8)
    table[:] = _PEOPLE[name]
    if name in _CHINESE:
        table[:, Language.zh] = _CHINESE[name]
    for segment, manner in _MANNERS.items():
        if name in manner:
            table[segment] = manner[name]
    return table


def draw_idiolects(
    seed: int, account_keys: NDArray[np.uint64], segments: NDArray[np.uint8], languages: NDArray[np.uint8]
) -> NDArray[np.void]:
    """Return the habits of accounts.

    Parameters
    ----------
    seed : int
        Seed of the world.
    account_keys : uint64[n]
    segments : uint8[n]
        Segment whose manner of writing the account has; 255: people's.
    languages : uint8[n]

    Returns
    -------
    IDIOLECT[n]
    """
    idiolects = np.zeros(len(account_keys), IDIOLECT)
    idiolects["favourites"] = draw_u64(seed, Purpose.idiolect, account_keys, 0)
    words = np.concatenate(
        [philox_blocks(seed, Purpose.idiolect, account_keys, occasion) for occasion in (1, 2)], axis=-1
    )
    for place, name in enumerate(_HABITS):
        ranks = (words[:, place % 8] >> np.uint32(4 * (place // 8) + 3)) & np.uint32(15)
        idiolects[name] = _table(name)[segments, languages, ranks]
    return idiolects


def plain_idiolects() -> NDArray[np.void]:
    """Return the habits of pasted (0) and of formal (1) texts: none, but for hashtags, links and whom they name."""
    plain = np.zeros(2, IDIOLECT)
    plain["tag"][1] = plain["link"][1] = 64
    plain["many_tags"][1] = 3
    plain["mention"] = (64, 255)  # pasted answers name their author now and then, assumed
    return plain


def habit_names() -> Sequence[str]:
    """Return the names of all habits."""
    return _HABITS
