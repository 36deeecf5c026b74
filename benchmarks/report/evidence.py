"""What gives an account away, or does not: signs that all can see, and its posts beside the nearest of others."""

from bisect import bisect_left
from itertools import accumulate
from typing import Any

Payload = dict[str, Any]
SIGNS = ("copied", "young", "program", "single", "lonely", "claims")
# All assumed, chosen so that each sign is true of some operated and of some others.
_ALIKE = 0.4
_COPIED_SHARE = 0.25
_YOUNG_DAYS = 120
_SINGLE_SHARE = 0.4
_CLAIMS_SHARE = 0.6
_WINDOW_MINUTES = 3 * 1440
_GRAM = 4
_MOST_OWN = 24
_MOST_PAIRS = 3

Pair = tuple[float, int, int, int]


def collect_evidence(visible: Payload, truth: Payload, accounts: list[int]) -> list[Payload]:
    """Return the evidence about each of some accounts, for the reveal.

    Returns
    -------
    list of dict
        ``signs``: of `SIGNS`, 1 where it is there. ``pairs``: [own post, other's post, likeness in percent, minutes
        apart, 1 when the other is a squad mate], the most alike first; positions of drawn posts. Likeness is that of
        their sets of four letters (Jaccard; Broder 1997, doi:10.1109/SEQUEN.1997.666900).
    """
    texts = _Texts(visible)
    return [_weigh(texts, visible, truth, account) for account in accounts]


class _Texts:
    """The posts about the brand that are no reposts, in time order, with their sets of four letters."""

    def __init__(self, visible: Payload) -> None:
        posts = visible["posts"]
        words, codes = posts["kind"]["words"], posts["kind"]["codes"]
        minutes = list(accumulate(posts["minute"]))
        self.places = [
            i
            for i, about in enumerate(posts["about"])
            if about >= 0 and words[codes[i]] != "repost" and posts["text"][i]
        ]
        self.minutes = [minutes[i] for i in self.places]
        self.accounts = [posts["account"][i] for i in self.places]
        self.about = [posts["about"][i] for i in self.places]
        self.grams = [_cut(posts["text"][i]) for i in self.places]

    def of(self, account: int) -> list[int]:
        return [row for row, owner in enumerate(self.accounts) if owner == account][:_MOST_OWN]

    def near(self, row: int) -> range:
        """Return the rows around one in time."""
        minute = self.minutes[row]
        return range(
            bisect_left(self.minutes, minute - _WINDOW_MINUTES), bisect_left(self.minutes, minute + _WINDOW_MINUTES + 1)
        )

    def find_nearest(self, row: int, squads: list[int], squad: int) -> Pair | None:
        """Return the most alike post of another account, mates first: (likeness, row, other row, is mate)."""
        best: Pair | None = None
        for other in self.near(row):
            if self.accounts[other] == self.accounts[row] or self.about[other] != self.about[row]:
                continue
            mate = int(squad >= 0 and squads[self.accounts[other]] == squad)
            found = (_liken(self.grams[row], self.grams[other]), row, other, mate)
            if best is None or (found[0], mate) > (best[0], best[3]):
                best = found
        return best


def _cut(text: str) -> frozenset[str]:
    plain = "".join(text.lower().split())
    return frozenset(plain[i : i + _GRAM] for i in range(max(1, len(plain) - _GRAM + 1)))


def _liken(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _weigh(texts: _Texts, visible: Payload, truth: Payload, account: int) -> Payload:
    squads = truth["accounts"]["squad"]["codes"]
    squad = squads[account] if truth["accounts"]["operated"][account] else -1
    own = texts.of(account)
    found = [pair for row in own if (pair := texts.find_nearest(row, squads, squad))]
    # Of pairs that are alike the long ones tell more.
    found.sort(key=lambda pair: (-pair[3], -round(pair[0], 1), -len(texts.grams[pair[1]]), pair[1]))
    copied = sum(pair[0] >= _ALIKE for pair in found) / max(1, len(own))
    return {
        "signs": read_signs(visible, account, copied),
        "pairs": [_describe_pair(texts, pair) for pair in _spread(texts, found)],
    }


def _spread(texts: _Texts, found: list[Pair]) -> list[Pair]:
    """Return the first pairs of which no two have the same texts."""
    kept: list[Pair] = []
    for pair in found:
        if all(texts.grams[pair[1]] != texts.grams[other[1]] for other in kept):
            kept.append(pair)
    return kept[:_MOST_PAIRS]


def _describe_pair(texts: _Texts, pair: Pair) -> list[int]:
    likeness, row, other, mate = pair
    apart = texts.minutes[other] - texts.minutes[row]
    return [texts.places[row], texts.places[other], round(100 * likeness), apart, mate]


def read_signs(visible: Payload, account: int, copied: float = 0.0) -> list[int]:
    """Return which of `SIGNS` an account has; `copied` is the share of its posts that are like another's."""
    accounts, posts = visible["accounts"], visible["posts"]
    about = [a for owner, a in zip(posts["account"], posts["about"], strict=True) if owner == account and a >= 0]
    claims = sum(a < len(visible["narratives"]) for a in about) / max(1, len(about))
    client = accounts["client"]["words"][accounts["client"]["codes"][account]]
    start_day = visible["world"]["start"] // 86_400_000
    followers = sorted(accounts["followers"])
    return [
        int(copied >= _COPIED_SHARE),
        int(accounts["created"][account] > start_day - _YOUNG_DAYS),
        int(client in ("api", "scheduler")),
        int(accounts["brand_posts"][account] >= _SINGLE_SHARE * max(1, accounts["posts"][account])),
        int(accounts["followers"][account] <= followers[len(followers) // 4]),
        int(claims >= _CLAIMS_SHARE),
    ]
