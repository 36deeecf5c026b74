"""Posts as columns, the one form that every measure of posting reads, from a dataset or from a user's table."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.signals.text_shingles import mix

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
U64 = NDArray[np.uint64]

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WEEK = 7 * DAY
EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0


@dataclass(frozen=True, slots=True)
class Posts:
    """Some posts in the order of time; nothing changes them.

    Attributes
    ----------
    post : uint64[n]
        Ids, only for drawing samples.
    account : int64[n]
        Author, any number.
    at_ms : int64[n]
        When, ms since the epoch, UTC, ascending.
    local_ms : int64[n]
        The same moment as the clock on the wall shows it, as if it were UTC.
    text : pa.Array
        Text, null for a repost.
    lang : pa.Array
        Language of the text; empty strings where unknown.
    has_url, has_hashtag, has_mention, is_repost : bool[n]
    url : pa.Array
        First link, null without one.
    """

    post: U64
    account: Ints
    at_ms: Ints
    local_ms: Ints
    text: pa.Array
    lang: pa.Array
    has_url: Mask
    has_hashtag: Mask
    has_mention: Mask
    is_repost: Mask
    url: pa.Array

    def __len__(self) -> int:
        return len(self.at_ms)

    def take(self, chosen: Mask) -> "Posts":
        """Return some of the posts."""
        picked = pa.array(chosen)
        return Posts(
            self.post[chosen],
            self.account[chosen],
            self.at_ms[chosen],
            self.local_ms[chosen],
            self.text.filter(picked),
            self.lang.filter(picked),
            self.has_url[chosen],
            self.has_hashtag[chosen],
            self.has_mention[chosen],
            self.is_repost[chosen],
            self.url.filter(picked),
        )

    def floor(self, step_ms: int) -> "Posts":
        """Return the same posts with times floored to a step, as a coarse source has them."""
        if step_ms <= 1:
            return self
        return replace(self, at_ms=self.at_ms // step_ms * step_ms, local_ms=self.local_ms // step_ms * step_ms)


def read_wall_clock(at_ms: Ints, zone: ZoneInfo) -> Ints:
    """Return what a wall clock of a zone shows, as ms since the epoch as if it were UTC, int64[n]."""
    quarters, place = np.unique(at_ms // (15 * MINUTE), return_inverse=True)
    offsets = [
        datetime.fromtimestamp(int(quarter) * 900, UTC).astimezone(zone).utcoffset() for quarter in quarters.tolist()
    ]
    shifts = np.array([offset.total_seconds() * 1000 if offset else 0 for offset in offsets], np.int64)
    return at_ms + shifts[place] if len(at_ms) else at_ms


def shuffle_keys(ids: NDArray[np.generic]) -> U64:
    """Return a fixed pseudo-random key of each id, so that the lowest keys are a fair sample, uint64[n]."""
    return mix(np.asarray(ids).astype(np.uint64))


def thin(posts: Posts, most: int) -> Posts:
    """Return at most so many posts, a fixed fair sample in the order of time."""
    if len(posts) <= most:
        return posts
    keys = shuffle_keys(posts.post)
    return posts.take(keys <= np.partition(keys, most - 1)[most - 1])


def thin_to_mean(posts: Posts, mean: float) -> Posts:
    """Return the largest fixed fair sample in which the accounts that are left have at most a mean number of posts.

    The mean is 1 or more, as every account that is left has a post.
    """
    ordered = posts.account[np.argsort(shuffle_keys(posts.post), kind="stable")]
    is_first = np.zeros(len(posts), bool)
    is_first[np.unique(ordered, return_index=True)[1]] = True
    fits = np.arange(1, len(posts) + 1) <= mean * np.cumsum(is_first)
    return thin(posts, int(np.flatnonzero(fits)[-1]) + 1) if len(posts) else posts


def thin_accounts(posts: Posts, most: int) -> Posts:
    """Return all posts of at most so many accounts, a fixed fair sample."""
    accounts = np.unique(posts.account)
    if len(accounts) <= most:
        return posts
    chosen = accounts[np.argsort(shuffle_keys(accounts), kind="stable")[:most]]
    return posts.take(np.isin(posts.account, chosen))


def tile(posts: Posts, days: float) -> list[Posts]:
    """Return the posts of each whole window of so many days from the first post on; all of them if there is none."""
    if not len(posts):
        return []
    width = round(days * DAY)
    place = (posts.at_ms - posts.at_ms[0]) // width
    n_whole = int((posts.at_ms[-1] - posts.at_ms[0]) // width)
    if n_whole == 0:
        return [posts]
    return [posts.take(place == window) for window in range(n_whole)]


def tile_from(posts: Posts, days: float, weekday: int) -> list[Posts]:
    """Return the posts of each window of so many days from a local midnight of a weekday on; Monday is 0."""
    if not len(posts):
        return []
    first_day = -(-int(posts.local_ms[0]) // DAY)
    start = (first_day + (weekday - first_day - EPOCH_WEEKDAY) % 7) * DAY
    width = round(days * DAY)
    starts = range(start, int(posts.local_ms[-1]) - width, WEEK)
    return [posts.take((posts.local_ms >= at) & (posts.local_ms < at + width)) for at in starts]


def choose_window(posts: Posts, days: float | None, weekday: int | None = None) -> Posts:
    """Return the window of so many days that holds the median number of posts; None is all of them.

    With a weekday, windows start at its midnights, as a sample of one or two weeks holds one weekend or two; where
    the posts span no such window, or without a weekday, they follow each other from the first post on.
    """
    if days is None:
        return posts
    found = (tile_from(posts, days, weekday) if weekday is not None else []) or tile(posts, days)
    windows = sorted(found, key=lambda window: (len(window), int(window.at_ms[0]) if len(window) else 0))
    return windows[(len(windows) - 1) // 2] if windows else posts
