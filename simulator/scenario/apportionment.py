"""Whole numbers in proportion: how a total is split by weights."""

from collections.abc import Sequence


def split_largest_remainder(total: int, weights: Sequence[int], least: Sequence[int]) -> list[int]:
    """Split a total by weights so that the parts sum to it; each gets at least its least.

    What is missing to the least is taken from the parts with most to spare; ties go to the earlier part.

    Raises
    ------
    ValueError
        When the leasts together exceed the total.

    Examples
    --------
    >>> split_largest_remainder(10, [98, 1, 1], [1, 1, 1])
    [8, 1, 1]
    """
    if sum(least) > total:
        raise ValueError(f"a total of {total} cannot give at least {sum(least)}")
    weights = weights if any(weights) else [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(parts)), key=lambda index: (-(total * weights[index] % whole), index))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    spare = [part - low for part, low in zip(parts, least, strict=True)]
    while min(spare, default=0) < 0:
        neediest, largest = spare.index(min(spare)), spare.index(max(spare))
        taken = min(-spare[neediest], max(1, spare[largest] // 2))
        spare[neediest] += taken
        spare[largest] -= taken
    return [low + left for low, left in zip(least, spare, strict=True)]
