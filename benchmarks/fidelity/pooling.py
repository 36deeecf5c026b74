"""Several worlds of a scenario held against real populations together: medians over seeds, and how alike they are."""

from collections.abc import Sequence
from itertools import permutations
from math import log
from statistics import fmean, median
from typing import Any

from benchmarks.fidelity.contrast import judge_contrast
from benchmarks.fidelity.intervals import SHARE_WITHOUT_INTERVAL, Band, is_near
from benchmarks.fidelity.measured import share_of_known

Found = dict[str, Any]


def pool_documents(documents: Sequence[Found]) -> Found:
    """Return the fidelity document of several worlds.

    Parameters
    ----------
    documents : sequence of dict
        One a world, from :func:`benchmarks.fidelity.report.measure_fidelity`, of one scenario and with equal pairs.

    Returns
    -------
    dict
        As that of a world, but values are medians over the worlds that have one, `low` and `high` the least and the
        most of them, and `n` how many they are. Where fewer than half of the worlds have one, there is none. Facts and
        pairs have `agreement` besides, see :func:`find_agreement`.
    """
    first = documents[0]
    pairs = [_pool_pair(pairs) for pairs in zip(*(found["pairs"] for found in documents), strict=True)]
    contrast = [_pool_contrast(rows) for rows in zip(*(found["contrast"] for found in documents), strict=True)]
    seeds = [seed for found in documents for seed in found["dataset"]["seeds"]]
    return first | {"dataset": first["dataset"] | {"seeds": seeds}, "pairs": pairs, "contrast": contrast}


def _pool_pair(pairs: Sequence[Found]) -> Found:
    facts = [_pool_fact(facts) for facts in zip(*(pair["facts"] for pair in pairs), strict=True)]
    sizes = {name: round(median(pair[name] for pair in pairs)) for name in ("n_posts", "n_accounts")}
    answers = {"score": "inside", "near_score": "near"}
    scores = {score: share_of_known(fact[answer] for fact in facts) for score, answer in answers.items()}
    agreed = [fact["agreement"] for fact in facts if fact["agreement"] is not None]
    agreement = fmean(agreed) if agreed else None
    return pairs[0] | sizes | scores | {"agreement": agreement, "facts": facts, "hours": _pool_hours(pairs)}


def _pool_hours(pairs: Sequence[Found]) -> Found | None:
    """Return the mean profile of the worlds that have posts in the slice."""
    known: list[Found] = [pair["hours"] for pair in pairs if pair["hours"] and any(pair["hours"]["synthetic"])]
    if not known:
        hours: Found | None = pairs[0]["hours"]
        return hours
    columns = zip(*(hours["synthetic"] for hours in known), strict=True)
    return known[0] | {"synthetic": [fmean(column) for column in columns]}


def _pool_fact(facts: Sequence[Found]) -> Found:
    """Return one fact of several worlds: its median, judged anew."""
    synthetic = pool_values([fact["synthetic"] for fact in facts])
    band, value = Band(**facts[0]["band"]), synthetic["value"]
    values = [fact["synthetic"]["value"] for fact in facts if fact["synthetic"]["value"] is not None]
    inside = None if value is None else band.holds(value)
    near = None if value is None else inside or is_near(facts[0]["real"]["value"], value)
    agreement = find_agreement(band, values) if value is not None else None
    return facts[0] | {"synthetic": synthetic, "inside": inside, "near": near, "agreement": agreement}


def pool_values(measured: Sequence[Found]) -> Found:
    """Return the median of what worlds gave, with the least and the most; without a value if most gave none.

    Examples
    --------
    >>> pool_values([{"value": 1.0, "why_not": ""}, {"value": 3.0, "why_not": ""}])
    {'value': 2.0, 'low': 1.0, 'high': 3.0, 'n': 2, 'why_not': ''}
    """
    values = [one["value"] for one in measured if one["value"] is not None]
    if _are_few(values, measured):
        reason = next(one["why_not"] for one in measured if one["why_not"])
        why_not = f"{len(values)} of {len(measured)} worlds: {reason}"
        return {"value": None, "low": None, "high": None, "n": len(values), "why_not": why_not}
    return {"value": median(values), "low": min(values), "high": max(values), "n": len(values), "why_not": ""}


def find_agreement(band: Band, values: Sequence[float]) -> float | None:
    """Return how often one world would be inside if another one were the real population.

    Parameters
    ----------
    band : Band
        The fact's own; it is moved to the value of each world in turn, with its width (on a log scale, its ratio).
    values : sequence of float
        One a world.

    Returns
    -------
    float or None
        Share of the ordered pairs of worlds; None for fewer than two worlds. By a width that seeds do not keep, no
        world can be told from any other.
    """
    if len(values) < 2:
        return None
    return fmean(_is_within(one, other, band) for one, other in permutations(values, 2))


def _is_within(value: float, centre: float, band: Band) -> bool:
    if band.rule == "log interval":
        if value <= 0 or centre <= 0:
            return value == centre
        return abs(log(value / centre)) <= log(band.most / band.least) / 2
    if band.rule == "share":
        return abs(value - centre) <= SHARE_WITHOUT_INTERVAL * abs(centre)
    return abs(value - centre) <= (band.most - band.least) / 2


def _pool_contrast(rows: Sequence[Found]) -> Found:
    """Return one fact of the contrast: medians of the sides and of their log ratios, judged anew."""
    sides = {side: pool_values([row[side] for row in rows]) for side in ("fast", "slow", "organic")}
    ratios = {name: _median([row[name] for row in rows]) for name in ("fast_log_ratio", "slow_log_ratio")}
    return rows[0] | sides | ratios | judge_contrast(rows[0]["real_log_ratio"], **ratios)


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return None if _are_few(known, values) else median(known)


def _are_few(known: Sequence[object], worlds: Sequence[object]) -> bool:
    """Whether fewer than half of the worlds have a value."""
    return 2 * len(known) < len(worlds)
