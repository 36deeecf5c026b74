"""Measures of how posts are worded: length, vocabulary, and shares with links, tags and mentions.

A token is a word, a number, or an ideograph; links and mentions are none (the source does not say; assumed).
"""

import re
from collections import Counter

import numpy as np

from benchmarks.fidelity.measured import Measured, missing, take_median, take_share
from benchmarks.fidelity.posts import Mask, Posts, shuffle_keys

_STRIPPED = re.compile(r"https?://\S+|@\w+")
_TOKEN = re.compile(r"[\u3400-\u9fff]|(?:(?![\u3400-\u9fff])\w)+(?:['’]\w+)?")
_MOST_POSTS = 20_000  # the sample of the source
_MOST_TOKENS = 200_000
_HEAPS_FROM = 1_000
_LEAST_TOKENS = 20_000  # assumed: below it the slope is that of the first posts
_ZIPF_RANKS = (10, 1_000)
_TTR_TOKENS = 10_000


def repost_share(posts: Posts) -> Measured:
    """Share of posts that are reposts."""
    return _share(posts.is_repost)


def url_share(posts: Posts) -> Measured:
    """Share of posts with a link."""
    return _share(posts.has_url)


def hashtag_share(posts: Posts) -> Measured:
    """Share of posts with a hashtag."""
    return _share(posts.has_hashtag)


def mention_share(posts: Posts) -> Measured:
    """Share of posts with a mention."""
    return _share(posts.has_mention)


def length_tokens(posts: Posts) -> Measured:
    """Median length of posts in tokens."""
    return take_median(np.array([len(tokens) for tokens in _read(posts)]), "texts")


def heaps_beta(posts: Posts) -> Measured:
    """Exponent of the growth of the vocabulary with the tokens read, from 1e3 to 2e5."""
    tokens = _join(posts)
    if len(tokens) < _LEAST_TOKENS:
        return missing(f"{len(tokens):,} tokens, needs {_LEAST_TOKENS:,}", len(tokens))
    numbers = np.unique(np.array(tokens), return_index=True)[1]
    is_new = np.zeros(len(tokens), np.int64)
    is_new[numbers] = 1
    growth = np.cumsum(is_new)
    read = np.unique(np.geomspace(_HEAPS_FROM, len(tokens), 50).astype(int))
    return Measured(float(np.polyfit(np.log(read), np.log(growth[read - 1]), 1)[0]), n=len(tokens))


def zipf_s(posts: Posts) -> Measured:
    """Exponent of frequency against rank, ranks 10 to 1000."""
    tokens = _join(posts)
    counts = np.sort(np.array(list(Counter(tokens).values())))[::-1]
    first, last = _ZIPF_RANKS
    if len(counts) < last:
        return missing(f"{len(counts):,} distinct tokens, needs {last:,}", len(tokens))
    ranks = np.arange(first, last + 1)
    slope = np.polyfit(np.log(ranks), np.log(counts[first - 1 : last]), 1)[0]
    return Measured(float(-slope), n=len(tokens))


def ttr_10k(posts: Posts) -> Measured:
    """Distinct tokens among 10,000."""
    tokens = _join(posts)
    chunks = [tokens[start : start + _TTR_TOKENS] for start in range(0, len(tokens) - _TTR_TOKENS + 1, _TTR_TOKENS)]
    return take_median(np.array([len(set(chunk)) / _TTR_TOKENS for chunk in chunks]), "runs of 10,000 tokens")


def tokenise(text: str) -> list[str]:
    """Return the tokens of a text, in lower case.

    Examples
    --------
    >>> tokenise("@bo The car isn't 2nd! https://a.example 好车")
    ['the', 'car', "isn't", '2nd', '好', '车']
    """
    return _TOKEN.findall(_STRIPPED.sub(" ", text.lower()))


def _read(posts: Posts) -> list[list[str]]:
    """Return the tokens of a fixed sample of the posts with text, in a fixed random order."""
    order = np.argsort(shuffle_keys(posts.post), kind="stable")[:_MOST_POSTS]
    return [tokenise(text) for text in posts.text.take(order).to_pylist() if text is not None]


def _join(posts: Posts) -> list[str]:
    return [token for tokens in _read(posts) for token in tokens][:_MOST_TOKENS]


def _share(hits: Mask) -> Measured:
    return take_share(int(hits.sum()), len(hits), "posts")
