"""Compiles sections of phrases into the flat arrays that the text kernel walks; a world's names come in later."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError
from simulator.kernels import text_book as kernel
from simulator.language.forms import capitalise_inner, other_forms
from simulator.language.grammar import (
    Article,
    Choice,
    Literal,
    Name,
    Node,
    Nodes,
    Number,
    Section,
    Slot,
    Slug,
    parse_template,
)
from simulator.language.kinds import is_freely_worded
from simulator.vocabulary import Language

_STOPS = tuple(".!?…。！？～)）")
_VOWELS = tuple("aeiou")
# Words whose first letter misleads about "a" or "an".
_CONSONANT_STARTS = ("one", "once", "uni", "use", "usu", "euro", "ukul", "ufo", "ute")
_VOWEL_STARTS = (
    "hour", "honest", "heir", "8", "11 ", "18 ", "mri", "lcd", "led ", "x-ray", "mba", "hdmi", "sms", "nda", "hr ",
)  # fmt: skip
# Names such as S7, X3 or M1 are read letter by letter.
_SPELLED = re.compile(r"[AEFHILMNORSX]\d")
_NONE = -1


def _sound(text: str) -> int:
    """Return how a literal begins, + STOP if it ends a sentence."""
    if text.isspace() or not text:
        return kernel.BLANK
    stop = kernel.STOP if text.rstrip().endswith(_STOPS) else 0
    low = text[:5].lower()
    spoken = _SPELLED.match(text) or low.startswith(_VOWEL_STARTS)
    if spoken or (low.startswith(_VOWELS) and not low.startswith(_CONSONANT_STARTS)):
        return kernel.VOWEL + stop
    return kernel.CONSONANT + stop


@dataclass(frozen=True, slots=True)
class Literals:
    """Literals as the kernel reads them.

    Attributes
    ----------
    table : int32[literals, 4]
        Where each lies in the pool, its bytes, how it begins and ends, its row of other forms or -1.
    forms : int32[forms, N_FORMS, 2]
        Where the other forms of a literal lie, and their bytes.
    pool : bytes
    """

    table: NDArray[np.int32]
    forms: NDArray[np.int32]
    pool: bytes


def lay_out_literals(texts: Sequence[tuple[str, Language]], pool_at: int = 0, forms_at: int = 0) -> Literals:
    """Return the literals of texts.

    Parameters
    ----------
    texts : sequence of (str, Language)
    pool_at, forms_at : int
        Where their pool and their forms will begin, behind those of other literals.
    """
    plain = [capitalise_inner(text, language) for text, language in texts]
    pieces = [text.encode() for text in plain]
    table = np.empty((len(pieces), 4), np.int32)
    table[:, 1] = np.fromiter(map(len, pieces), np.int32, len(pieces))
    table[:, 0] = pool_at + np.cumsum(table[:, 1]) - table[:, 1]
    table[:, 2] = np.fromiter(map(_sound, plain), np.int32, len(plain))
    table[:, 3] = _NONE
    forms: list[list[tuple[int, int]]] = []
    end = pool_at + int(table[:, 1].sum())
    for number, (text, (_, language)) in enumerate(zip(plain, texts, strict=True)):
        others = other_forms(text, language)
        if others:
            line = [(int(table[number, 0]), int(table[number, 1]))] * kernel.N_FORMS
            table[number, 3] = forms_at + len(forms)
            forms.append(line)
            for form, changed in others:
                pieces.append(changed.encode())
                line[form] = (end, len(pieces[-1]))
                end += len(pieces[-1])
    return Literals(table, np.asarray(forms, np.int32).reshape(-1, kernel.N_FORMS, 2), b"".join(pieces))


@dataclass(slots=True)
class ListTable:
    """Lists of alternatives as flat arrays under construction."""

    program: list[int] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    moods: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    skew: list[int] = field(default_factory=list)

    def reserve(self) -> int:
        """Return the number of a new, still empty list."""
        self.first.append(0)
        self.size.append(0)
        self.skew.append(0)
        return len(self.first) - 1

    def fill(self, number: int, codes: Sequence[list[int]], moods: Sequence[int] = (), skew: int = 0) -> int:
        """Give a list its alternatives; returns its number."""
        self.first[number], self.size[number], self.skew[number] = len(self.starts), len(codes), skew
        for code in codes:
            self.starts.append(len(self.program))
            self.program += code
            self.ends.append(len(self.program))
        self.moods += moods or [0] * len(codes)
        return number


class Compiler:
    """Turns sections into list numbers; the arrays are read at the end.

    What ``$brand`` and the other names stand for is left open: see `simulator.language.naming`.

    Parameters
    ----------
    sections : mapping of (name, language) to Section
        Every section that may be referred to.
    """

    def __init__(self, sections: Mapping[tuple[str, Language], Section]) -> None:
        self.lists = ListTable()
        self.numbers: list[tuple[int, int, int]] = []
        self.own_slot_names: list[str] = []
        self.name_literals: dict[int, tuple[str, Language]] = {0: ("brand", Language.en), 1: ("tag", Language.en)}
        self._sections = sections
        self._literals: dict[tuple[str, Language], int] = {}
        self._literal_texts: list[tuple[str, Language]] = [("", Language.en)] * len(self.name_literals)
        self._names: dict[tuple[str, Language], int] = {}
        self._list_numbers: dict[tuple[str, Language], int] = {}
        self._language = Language.en
        self._choices: dict[tuple[Choice, Language], int] = {}
        self._section: Section | None = None

    def list_of(self, name: str, language: Language) -> int:
        """Return the number of a named list, compiled on first use; -1 when there is none."""
        key = (name, language)
        number = self._list_numbers.get(key)
        if number is None:
            section = self._sections.get(key)
            if section is None:
                return _NONE
            number = self._list_numbers[key] = self.lists.reserve()
            self._fill(number, section)
        return number

    def joined_list(self, names: tuple[str, ...], language: Language) -> int:
        """Return the list that holds the templates of several named lists."""
        key = ("+".join(names), language)
        if key not in self._list_numbers:
            lists, numbers = self.lists, [self.list_of(name, language) for name in names]
            if _NONE in numbers:
                raise InputError(f"simulator/language/data: must hold the lists {names} in {language.name}.")
            first, size, moods = len(lists.starts), 0, []
            for number in numbers:
                span = slice(lists.first[number], lists.first[number] + lists.size[number])
                moods += lists.moods[span]
                lists.starts += lists.starts[span]
                lists.ends += lists.ends[span]
                size += lists.size[number]
            joined = lists.reserve()
            lists.moods += moods
            lists.first[joined], lists.size[joined] = first, size
            self._list_numbers[key] = joined
        return self._list_numbers[key]

    def _fill(self, number: int, section: Section) -> None:
        outer, self._section, self._language = self._section, section, section.language
        codes = [self._code(parse_template(line)) for line in section.lines]
        if section.name.startswith("links."):
            codes = [[self._literal("https://"), *code] for code in codes]
        moods = [line.mood for line in section.lines]
        if is_freely_worded(section.name):
            codes = self._group(codes, moods)
        self.lists.fill(number, codes, moods, section.skew)
        self._section = outer

    def _group(self, codes: Sequence[list[int]], moods: Sequence[int]) -> list[list[int]]:
        """Return as many alternatives, each of them any of the templates of its mood."""
        groups = {
            mood: self.lists.fill(
                self.lists.reserve(), [code for code, other in zip(codes, moods, strict=True) if other == mood]
            )
            for mood in dict.fromkeys(moods)
        }
        return [[groups[mood] << 3 | kernel.SYNONYM] for mood in moods]

    def list_of_texts(self, texts: Sequence[str], language: Language = Language.en) -> int:
        """Return a new list of plain texts."""
        self._language = language
        return self.lists.fill(self.lists.reserve(), [[self._literal(text)] for text in texts])

    def own_slot(self, name: str) -> int:
        """Return the column of a topic's own slot."""
        if name not in self.own_slot_names:
            self.own_slot_names.append(name)
        return self.own_slot_names.index(name)

    def own_list(self, section: Section, name: str) -> int:
        """Return the list of one own slot of a topic."""
        self._section, self._language = section, section.language
        codes = [self._code(parse_template(line)) for line in section.own_slots[name]]
        return self.lists.fill(self.lists.reserve(), codes, skew=1)

    def _code(self, nodes: Nodes) -> list[int]:
        return [self._instruction(node) for node in nodes]

    def _instruction(self, node: Node) -> int:
        match node:
            case Literal(text):
                return self._literal(text)
            case Slot(name):
                return self._slot(name)
            case Choice():
                return self._choice(node) << 3 | kernel.SYNONYM
            case Name(name):
                return kernel.BRAND << 3 if name == "brand" else self._name(name)
            case Number(lowest, highest, step):
                self.numbers.append((lowest, (highest - lowest) // step + 1, step))
                return (len(self.numbers) - 1) << 3 | kernel.NUMBER
            case Slug(size):
                return size << 3 | kernel.SLUG
            case Article():
                return kernel.ARTICLE

    def _slot(self, name: str) -> int:
        if name[0] == ".":
            return self.own_slot(name[1:]) << 3 | kernel.LOCAL
        language = self._language
        number = self.list_of(name, language)
        self._language = language
        if number == _NONE:
            assert self._section is not None
            raise InputError(self._section.place.problem(f"use lists that exist in {language.name}", name))
        return number << 3 | kernel.SLOT

    def _choice(self, choice: Choice) -> int:
        key = (choice, self._language)
        if key not in self._choices:
            codes = [self._code(nodes) for nodes in choice.alternatives]
            self._choices[key] = self.lists.fill(self.lists.reserve(), codes)
        return self._choices[key]

    def _literal(self, text: str) -> int:
        key = (text, self._language)
        number = self._literals.get(key)
        if number is None:
            number = self._literals[key] = len(self._literal_texts)
            self._literal_texts.append(key)
        return number << 3 | kernel.LITERAL

    def _name(self, name: str) -> int:
        """Return the code of a name, a literal whose text is put in later."""
        key = (name, self._language)
        number = self._names.get(key)
        if number is None:
            number = self._names[key] = len(self._literal_texts)
            self._literal_texts.append(("", self._language))
            self.name_literals[number] = key
        return number << 3 | kernel.LITERAL

    def literals(self) -> Literals:
        """Return the table of literals, their other forms and their texts."""
        return lay_out_literals(self._literal_texts)

    def list_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the program, the alternatives, the lists and the numbers."""
        lists = self.lists
        return {
            "program": np.asarray(lists.program, np.int32),
            "alternative_start": np.asarray(lists.starts, np.int32),
            "alternative_end": np.asarray(lists.ends, np.int32),
            "alternative_mood": np.asarray(lists.moods, np.uint8),
            "list_first": np.asarray(lists.first, np.int32),
            "list_size": np.asarray(lists.size, np.int32),
            "list_skew": np.asarray(lists.skew, np.uint8),
            "numbers": np.asarray(self.numbers or [(0, 1, 1)], np.int32),
        }
