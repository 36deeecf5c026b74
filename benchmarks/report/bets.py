"""Chooses what the class bets on: ten accounts of which some are operated, and four spikes of which one is organic."""

from hashlib import sha256
from typing import Any

from benchmarks.report.evidence import read_signs

Payload = dict[str, Any]
# How many of each kind make ten; assumed. What is short is filled up from the rest.
_MIX = (("operated", 4), ("fan", 2), ("news_bot", 1), ("customer", 1), ("critic", 1), ("marketing", 1))
_N_ACCOUNTS = 10
_LEAST_POSTS = (4, 2, 1)
_N_PUSHES = 3
_DAY_MS = 86_400_000
_APART_MS = 3 * _DAY_MS
# Assumed: how much talk makes a spike, in medians of a day, and how far the organic one must be from the pushed.
_LEAST_TALK = 1.1
_LEAST_GAP = 0.15


def choose_bets(visible: Payload, truth: Payload) -> tuple[Payload, Payload]:
    """Return the bets as the page shows them, and what is sealed until the reveal.

    Parameters
    ----------
    visible, truth : dict
        The two parts of a run.

    Returns
    -------
    (dict, dict)
        Visible: ``accounts`` (positions, in an order that says nothing), ``spikes`` (first and last bin, and posts to
        read). Sealed: ``organic``, the place of the organic spike, -1 where there are no spikes to bet on. Equal
        worlds give equal bets.
    """
    spikes, organic = _choose_spikes(visible, truth)
    accounts = choose_ten(visible, truth)
    return {"accounts": accounts, "spikes": spikes}, {"organic": organic}


def choose_ten(visible: Payload, truth: Payload) -> list[int]:
    """Return the positions of ten drawn accounts that speak of the brand, mixed by a hash of their handles."""
    kinds = _list_kinds(visible, truth)
    chosen: list[int] = []
    for kind, n_wanted in _MIX:
        chosen += _take(kinds.get(kind, []), n_wanted, visible, truth)
    rest = [i for kind in ("casual", "rival_fan", "fan", "customer", "journalist") for i in kinds.get(kind, [])]
    spare = [i for i in _take(rest, len(rest), visible, truth) if i not in chosen]
    chosen += spare[: _N_ACCOUNTS - len(chosen)]
    return sorted(chosen, key=lambda i: _mix(visible, i, "order"))


def _mix(visible: Payload, account: int, purpose: str) -> tuple[str, int]:
    """Return a key that sorts accounts as if by chance; one for each purpose, or the order would tell the choice."""
    return sha256(f"{purpose} {visible['accounts']['handle'][account]}".encode()).hexdigest(), account


def _order(visible: Payload, truth: Payload, account: int) -> tuple[int, str, int]:
    """Of those who are not operated, the ones that look most like it come first: they make the bet worth it."""
    looks = 0 if truth["accounts"]["operated"][account] else sum(read_signs(visible, account))
    return -looks, *_mix(visible, account, "choice")


def _list_kinds(visible: Payload, truth: Payload) -> dict[str, list[int]]:
    accounts = truth["accounts"]
    words, codes = accounts["segment"]["words"], accounts["segment"]["codes"]
    kinds: dict[str, list[int]] = {}
    for i, code in enumerate(codes):
        kind = "operated" if accounts["operated"][i] else words[code]
        kinds.setdefault(kind, []).append(i)
    return kinds


def count_read(visible: Payload) -> list[int]:
    """Return for each drawn account how many of its posts about the brand can be read."""
    posts = visible["posts"]
    counts = [0] * len(visible["accounts"]["handle"])
    for account, about in zip(posts["account"], posts["about"], strict=True):
        counts[account] += about >= 0
    return counts


def _take(members: list[int], n_wanted: int, visible: Payload, truth: Payload) -> list[int]:
    """Take members with enough to read, squads in turn, in the order of a hash."""
    counts, squads = count_read(visible), truth["accounts"]["squad"]["codes"]
    for least in _LEAST_POSTS:
        good = sorted((i for i in members if counts[i] >= least), key=lambda i: _order(visible, truth, i))
        if len(good) >= n_wanted:
            break
    queues: dict[int, list[int]] = {}
    for i in good:
        queues.setdefault(squads[i], []).append(i)
    turns = sorted((place, squad, i) for squad, queue in queues.items() for place, i in enumerate(queue))
    return [i for _, _, i in turns[:n_wanted]]


def _choose_spikes(visible: Payload, truth: Payload) -> tuple[list[Payload], int]:
    """Return four days in time order and the place of the organic one; none where there are not enough pushes."""
    days = range(visible["world"]["start"], visible["world"]["end"] - _DAY_MS // 2, _DAY_MS)
    talk = {day: _count_talk(visible, day) for day in days}
    busy = _LEAST_TALK * sorted(talk.values())[len(talk) // 2]
    shares = {day: _count_pushed(truth, visible, day) / max(1, talk[day]) for day in days if talk[day] >= busy}
    organic = min(shares, key=lambda day: (round(shares[day], 1), -talk[day]), default=None)
    if organic is None:
        return [], -1
    chosen = [organic]
    pushed = [day for day in shares if shares[day] >= shares[organic] + _LEAST_GAP]
    for day in sorted(pushed, key=lambda day: (not _has_peak(visible, day), -shares[day] * talk[day], day)):
        if len(chosen) <= _N_PUSHES and all(abs(day - other) >= _APART_MS for other in chosen):
            chosen.append(day)
    if len(chosen) <= _N_PUSHES:
        return [], -1
    chosen.sort()
    return [_describe_spike(visible, day) for day in chosen], chosen.index(organic)


def _bins_of(visible: Payload, start: int) -> range:
    world = visible["world"]
    first = max(0, (start - world["start"]) // world["bin"])
    return range(first, min(world["n_bins"], first + max(1, _DAY_MS // world["bin"])))


def _count_talk(visible: Payload, day: int) -> int:
    series, bins = visible["series"], _bins_of(visible, day)
    return sum(sum(counts[i] for i in bins) for counts in [*series["narratives"], series["other"]])


def _count_pushed(truth: Payload, visible: Payload, day: int) -> int:
    bins = _bins_of(visible, day)
    return sum(sum(counts[i] for i in bins) for counts in truth["series"].values())


def _has_peak(visible: Payload, day: int) -> bool:
    """Return whether the highest bin of what is drawn is in the day itself, or the class would look beside it."""
    spike, series = _frame_spike(visible, day), visible["series"]
    talk = [sum(counts) for counts in zip(*series["narratives"], series["other"], strict=True)]
    return bool(max(talk[spike["begin"] : spike["end"]]) == max(talk[spike["from"] : spike["to"]]))


def _frame_spike(visible: Payload, start: int) -> Payload:
    """Return the bins of a day, and those that are drawn around it."""
    bins, world = _bins_of(visible, start), visible["world"]
    around = max(1, _DAY_MS // world["bin"])
    return {
        "from": max(0, bins.start - around),
        "to": min(world["n_bins"], bins.stop + around),
        "begin": bins.start,
        "end": bins.stop,
    }


def _describe_spike(visible: Payload, start: int) -> Payload:
    return _frame_spike(visible, start) | {"posts": _choose_texts(visible, _bins_of(visible, start))}


def _choose_texts(visible: Payload, bins: range) -> list[int]:
    """Return four posts about the brand to read, spread over the span."""
    world, posts, minute = visible["world"], visible["posts"], 0
    first, last = (edge * world["bin"] // 60_000 for edge in (bins.start, bins.stop))
    reposts = posts["kind"]["words"].index("repost") if "repost" in posts["kind"]["words"] else -2
    found = []
    for place, delta in enumerate(posts["minute"]):
        minute += delta
        if first <= minute < last and posts["about"][place] >= 0 and posts["kind"]["codes"][place] != reposts:
            found.append(place)
    return [found[(2 * turn + 1) * len(found) // 8] for turn in range(4)] if len(found) >= 4 else found
