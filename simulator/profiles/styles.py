"""How people and bots build handles, names, biographies and places: styles as ranges of the word bank, with weights.

Weights are assumed. Accounts differ in weights only: every style and word of operated accounts is also organic.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.profiles.banks import WordBank
from simulator.vocabulary import Language, Segment

LOOKUP_BITS = 10
ORGANISATIONS = (Segment.brand, Segment.marketing, Segment.news_bot, Segment.deal_bot)
_MOTORING = (Segment.fan, Segment.rival_fan, Segment.critic, Segment.customer)
N_CLASSES = (max(Segment) + 1) * 4


class Style(NamedTuple):
    """One way to build a text: its weight and the range of each slot."""

    weight: float
    slots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StyleTable:
    """The styles of one text for all classes of accounts.

    `lookup` (classes, 2^10) names the style of a draw's top bits; `starts` and `sizes` (styles, slots) the ranges.
    """

    lookup: NDArray[np.uint16]
    starts: NDArray[np.int32]
    sizes: NDArray[np.int64]


def name_class(segment: int, language: int, plain: bool) -> int:
    """Return the class of an account: its segment's laws, its language, and whether it is a bare bulk account."""
    return (segment * 2 + language) * 2 + int(plain)


def build_table(bank: WordBank, text: str) -> StyleTable:
    """Return the styles of `text`: handle, digits, name, name_tail, bio or bio_tail."""
    choices = [
        _STYLES[text](Segment(segment), "zh" if language == Language.zh else "en", plain)
        for segment in range(max(Segment) + 1)
        for language in range(2)
        for plain in (False, True)
    ]
    slots = sorted({style.slots for styles in choices for style in styles})
    number = {ranges: place for place, ranges in enumerate(slots)}
    lookup = np.stack([_spread([(style.weight, number[style.slots]) for style in styles]) for styles in choices])
    spans = np.array([[bank.span(name) for name in ranges] for ranges in slots])
    return StyleTable(lookup, spans[:, :, 0].astype(np.int32), spans[:, :, 1].astype(np.int64))


def _spread(weighted: list[tuple[float, int]]) -> NDArray[np.uint16]:
    """Return a lookup of 2^10 entries in which each style stands as often as its weight says."""
    size = 1 << LOOKUP_BITS
    total = sum(weight for weight, _ in weighted)
    lookup, reached = np.empty(size, np.uint16), 0.0
    begin = 0
    for weight, style in weighted:
        reached += weight
        end = round(reached / total * size)
        lookup[begin:end] = style
        begin = end
    lookup[begin:] = weighted[-1][1]
    return lookup


def _handles(segment: Segment, language: str, plain: bool) -> list[Style]:
    if segment in ORGANISATIONS:
        stem = "en.town.low" if language == "en" else "zh.first.low"
        kind = f"en.kind.{segment.name}.low"
        return [Style(6, (stem, "", kind)), Style(3, (stem, "_", kind)), Style(1, (kind, "", stem))]
    if language == "en":
        return [
            Style(20, ("en.first.low", "", "en.last.low")),
            Style(12, ("en.first.low", "_", "en.last.low")),
            Style(10, ("en.first.initial", "", "en.last.low")),
            Style(12, ("en.first.low", "", "")),
            Style(10, ("en.word.low", "", "en.word.low")),
            Style(7, ("en.word.low", "_", "en.word.low")),
            Style(8, ("en.first.low", "", "en.handle_end")),
            Style(6, ("en.handle_start", "", "en.first.low")),
            Style(5, ("en.last.low", "", "en.first.low")),
            Style(10, ("en.first", "", "en.last")),
        ]
    return [
        Style(22, ("zh.last.low", "", "zh.first.low")),
        Style(12, ("zh.first.low", "", "zh.first.low")),
        Style(10, ("zh.first.low", "_", "zh.last.low")),
        Style(10, ("zh.last.initial", "", "zh.first.low")),
        Style(12, ("zh.last.low", "", "zh.handle_end")),
        Style(14, ("en.first.low", "", "zh.last.low")),
        Style(8, ("en.first.low", "_", "zh.last.low")),
        Style(12, ("en.word.low", "", "zh.first.low")),
    ]


def _digits(segment: Segment, language: str, plain: bool) -> list[Style]:
    if segment in ORGANISATIONS:
        return [Style(90, ("", "")), Style(6, ("digits.2", "")), Style(4, ("digits.3", ""))]
    platform_made = 30 if plain or segment == Segment.spam_bot else 7
    return [
        Style(40 if language == "en" else 16, ("", "")),
        Style(4, ("digits.1", "")),
        Style(18, ("digits.2", "")),
        Style(14, ("digits.year", "")),
        Style(9, ("digits.3", "")),
        Style(8, ("digits.4", "")),
        Style(platform_made, ("digits.4", "digits.4")),
    ]


def _names(segment: Segment, language: str, plain: bool) -> list[Style]:
    if segment in ORGANISATIONS:
        stem, gap = ("en.town", " ") if language == "en" else ("zh.stem", "")
        return [Style(1, (stem, gap, f"{language}.kind.{segment.name}"))]
    if language == "en":
        return [
            Style(34, ("en.first", " ", "en.last")),
            Style(10, ("en.first", "", "")),
            Style(8, ("en.first", " ", "en.last.dotted")),
            Style(7, ("en.first.low", "", "")),
            Style(7, ("en.first.low", " ", "en.last.low")),
            Style(7, ("en.word", " ", "en.word")),
            Style(6, ("en.word.low", " ", "en.word.low")),
            Style(5, ("en.word.low", "", "")),
            Style(4, ("en.first", " ", "en.word")),
        ]
    return [
        Style(24, ("zh.last", "", "zh.first")),
        Style(12, ("zh.start", "", "zh.nick")),
        Style(8, ("zh.start", "", "zh.first")),
        Style(14, ("zh.nick", "", "zh.nick")),
        Style(10, ("zh.word", "", "zh.nick")),
        Style(8, ("zh.first", "", "zh.name_tail")),
        Style(10, ("zh.word", "", "zh.word")),
        Style(6, ("en.first", "", "")),
        Style(4, ("zh.last", "", "zh.nick")),
    ]


def _name_tails(segment: Segment, language: str, plain: bool) -> list[Style]:
    if segment in ORGANISATIONS:
        return [Style(1, ("",))]
    few = 0.5 if plain else 1.0
    return [Style(78, ("",)), Style(14 * few, ("emoji",)), Style(8 * few, (f"{language}.name_tail",))]


def _biographies(segment: Segment, language: str, plain: bool) -> list[Style]:
    first = f"{language}.trade.{segment.name}" if segment in (*ORGANISATIONS, Segment.journalist) else f"{language}.job"
    second = f"{language}.{'motoring' if segment in _MOTORING else 'interest'}"
    more = f"{language}.interest_more"
    third = f"{language}.phrase"
    if segment in ORGANISATIONS:
        return [
            Style(15, ("", "", "", "", "")),
            Style(60, (first, "", "", "", "")),
            Style(25, (first, "separator", second, "", "")),
        ]
    empty = {Segment.spam_bot: 60, Segment.journalist: 4}.get(segment, 26)
    return [
        Style(90 if plain else empty, ("", "", "", "", "")),
        Style(14, (third, "", "", "", "")),
        Style(7, (second, "separator", more, "", "")),
        Style(5, (more, "separator", second, "", "")),
        Style(10, (first, "", "", "", "")),
        Style(6, (first, "separator", second, "", "")),
        Style(6, (first, "separator", more, "", "")),
        Style(9, (first, "separator", second, "separator", third)),
        Style(11, (second, "separator", third, "", "")),
        Style(5, (first, "separator", third, "", "")),
        Style(6, (second, "separator", more, "separator", third)),
    ]


def _biography_tails(segment: Segment, language: str, plain: bool) -> list[Style]:
    if segment in ORGANISATIONS:
        return [Style(1, ("",))]
    return [Style(78, ("",)), Style(22, ("emoji",))]


_STYLES = {
    "handle": _handles,
    "digits": _digits,
    "name": _names,
    "name_tail": _name_tails,
    "bio": _biographies,
    "bio_tail": _biography_tails,
}
# Styles and digits that the operators' registration programs use, one each a batch.
PATTERN_HANDLES = {
    "en": (("en.first.low", "", "en.last.low"), ("en.first.low", "_", "en.last.low"), ("en.first", "", "en.last")),
    "zh": (
        ("zh.last.low", "", "zh.first.low"),
        ("zh.first.low", "_", "zh.last.low"),
        ("en.first.low", "", "zh.last.low"),
    ),
}
PATTERN_DIGITS = (("digits.4", ""), ("digits.4", "digits.4"), ("digits.3", ""), ("digits.2", ""))
# Weights of no place, a place of the zone, a joke, a place elsewhere; bare bulk accounts have fewer.
PLACE_WEIGHTS = ((36, 50, 8, 6), (72, 24, 2, 2))
