"""The follow graph, plainly: lists, sets and fractions instead of compiled kernels."""

from fractions import Fraction
from typing import NamedTuple

from simulator.random_streams import Purpose
from tests.reference.naive_draws import draw_block, scale_draw

Choice = tuple[int, int, int]  # threshold, member below it, member from it on
Entry = tuple[int, bool]  # followee, commanded


class Rows(NamedTuple):
    """What a follow's date depends on, by row."""

    keys: list[int]
    created_ms: list[int]
    until_ms: list[int]
    commanded_from_ms: list[int]
    octaves: list[int]
    is_lifeless: list[bool]


def build_alias(members: list[int], weights: list[int]) -> list[Choice]:
    """Return the alias table of one pool (Vose 1991) by fractions of the mean weight."""
    mean = Fraction(sum(weights), len(weights))
    rest = [Fraction(weight) for weight in weights]
    small = [k for k, weight in enumerate(weights) if weight < mean]
    large = [k for k, weight in enumerate(weights) if weight >= mean]
    table: list[Choice] = [((1 << 32) - 1, member, member) for member in members]
    while small and large:
        low, high = small.pop(), large[-1]
        table[low] = (int(rest[low] / mean * (1 << 32)), members[low], members[high])
        rest[high] -= mean - rest[low]
        if rest[high] < mean:
            small.append(large.pop())
    return table


def pick_from(pool: list[Choice], place: int, side: int) -> int:
    """Return the member of a pool that two draws fall on."""
    threshold, below, above = pool[scale_draw(place, len(pool))]
    return below if side < threshold else above


def pick_follows(
    seed: int,
    row: int,
    key: int,
    bought: list[int],
    squad: tuple[int, list[Choice]],
    own: tuple[int, bool, list[int], list[list[Choice]]],
) -> list[Entry]:
    """Return whom an account follows: those it is paid for, its squad, its own picks.

    `squad` is how many it wants and its pool; `own` how many, whether they are commands, the limits of
    the kinds of pool, and the pools.
    """
    followed: list[Entry] = []

    def follow(followee: int, commanded: bool) -> bool:
        is_new = followee != row and followee not in [known for known, _ in followed]
        if is_new:
            followed.append((followee, commanded))
        return is_new

    for target in bought:
        follow(target, True)
    wanted, pool = squad
    for slot in range(wanted * 3 + 16):
        if wanted:
            place, side = draw_block(seed, Purpose.squad_follow, key, slot)[1:3]
            wanted -= follow(pick_from(pool, place, side), True)
    wanted, commanded, limits, pools = own
    for slot in range(wanted * 3 + 16):
        if wanted:
            kind, place, side = draw_block(seed, Purpose.follow_pick, key, slot)[:3]
            chosen = pools[sum(kind >= limit for limit in limits[:-1])]
            wanted -= follow(pick_from(chosen, place, side), commanded)
    return followed


def find_returnable(rows: list[list[Entry]], row: int) -> list[int]:
    """Return the followers of an account whom it does not follow, ascending."""
    followed = {followee for followee, _ in rows[row]}
    return [
        follower
        for follower, entries in enumerate(rows)
        if row in [followee for followee, _ in entries] and follower not in followed
    ]


def pick_returns(seed: int, keys: list[int], row: int, candidates: list[int], budget: int) -> list[int]:
    """Return `budget` of the candidates, each with the same chance."""
    returned: list[int] = []
    for number, candidate in enumerate(candidates):
        draw = draw_block(seed, Purpose.reciprocate, keys[row], keys[candidate])[0]
        if scale_draw(draw, len(candidates) - number) < budget - len(returned):
            returned.append(candidate)
    return returned


def date_follow(seed: int, rows: Rows, row: int, entry: Entry, start_ms: int) -> int:
    """Return since when an account follows another."""
    followee, commanded = entry
    first, second, third, _ = draw_block(seed, Purpose.follow_since, rows.keys[row], rows.keys[followee])
    met = max(rows.created_ms[row], rows.created_ms[followee])
    octaves = rows.octaves[row]
    if commanded:
        met = max(met, rows.commanded_from_ms[row], rows.commanded_from_ms[followee])
        octaves = min(octaves, rows.octaves[followee])
    elif met < start_ms:
        early = first * first // (1 << 32) if third < 0x60000000 else first
        return met + (early >> 12) * (start_ms - met) // (1 << 20)
    octave = 17 + scale_draw(first, octaves)
    return met + (1 << octave) + second * (1 << octave) // (1 << 32)


def finish_row(
    seed: int, rows: Rows, row: int, entries: list[Entry], start_ms: int, end_ms: int
) -> list[tuple[int, int, bool]]:
    """Return an account's follows as (followee, since, commanded during the run), ascending, those that come about."""
    finished = []
    for entry in sorted(entries):
        since = date_follow(seed, rows, row, entry, start_ms)
        bought = rows.commanded_from_ms[row]
        if rows.is_lifeless[row] and start_ms <= since < bought:
            since += bought - max(rows.created_ms[row], rows.created_ms[entry[0]])
        if since < end_ms and (since < start_ms or since < rows.until_ms[row]):
            finished.append((entry[0], since, (entry[1] or rows.is_lifeless[row]) and since >= start_ms))
    return finished
