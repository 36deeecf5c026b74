"""The grammar format: reads the phrase files into sections and templates into nodes; every mistake is placed.

A file is a list of sections. ``[name language option ...]`` begins one, each further line is one template,
``#`` at the start of a line is a comment. Options: ``+`` or ``-`` (the mood of its templates), ``^n`` (the first
lines are preferred, the more the higher n), ``@sector`` (replaces the section of that name for one kind of product),
and, for a topic, the name of its family. A topic's own slots are lines ``name = a | b | c``.
A list may hold several entries a line, separated by `` | ``.

In a template:

==============================  ====================================================================
``{slot}`` ``{.slot}``          one entry of a list, of a list of the topic's own
``{2-40/2}`` ``{7}`` ``{~5}``   a number (least, most, step), that number, five random signs
``{_}``                         a space at an end
``<a|b>``                       synonyms
``((a // b))``                  clauses, in any order
``$brand`` and so on            names: brand, product, rival, rival_product, site
``a`` before any of these       the article that fits what follows; also written ``a(n) ``
==============================  ====================================================================

A template may begin with marks and a space: ``+`` ``-`` ``~`` its mood, ``=`` no opener before it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import permutations
from pathlib import Path

from simulator.errors import InputError, Problem
from simulator.vocabulary import Language

FOLDER = Path(__file__).parent / "data"
NAMES = ("brand", "product", "rival", "rival_product", "site")
NEUTRAL, PLEASED, DISPLEASED = range(3)
NO_OPENER = 4

_HEADER = re.compile(r"\[([a-z][a-z0-9_.]*) (en|zh)((?: [a-z@^+\-][a-z0-9_]*)*)\]$")
_OWN_SLOT = re.compile(r"([a-z_]+) = (.+)$")
_MARKS = re.compile(r"([+\-~=]{1,2}) (?=\S)")
_TOKEN = re.compile(r"(\{[^{}]*\}|\$[a-z_]+|\ba\(n\) |\ba (?=[{$<])|\(\(|\)\)| // |[<>|])")
_SPECIAL = re.compile(r"[{}$<>|]|a\(n\) |\(\(|\)\)| // ")
_SLOT = re.compile(r"\{(?:(\.?[a-z][a-z0-9_.]*)|(\d+)(?:-(\d+)(?:/(\d+))?)?|~(\d))\}$")
_FORBIDDEN = re.compile(r"[@#\t\u3000\u200b]|  |https?:")
_STOPS = (".", "!", "?", "。", "！", "？")
_MOODS = {"+": PLEASED, "-": DISPLEASED, "~": NEUTRAL}


@dataclass(frozen=True, slots=True)
class Line:
    """One template as written: its place, its text without marks, its mood and whether it takes an opener."""

    file: str
    number: int
    text: str
    mood: int = NEUTRAL

    def problem(self, rule: str, value: str = "", advice: str = "") -> Problem:
        """Return a mistake of this line."""
        return Problem(self.file, self.number, 1, "", rule, value, advice)


@dataclass(slots=True)
class Section:
    """One section: its templates, and for a topic its family and own slots."""

    name: str
    language: Language
    place: Line
    mood: int = NEUTRAL
    skew: int = 0
    sector: str = ""
    family: str = ""
    lines: list[Line] = field(default_factory=list)
    own_slots: dict[str, list[Line]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Literal:
    """Text that is written as it is."""

    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the world."""

    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One entry of a list; a leading dot means the topic's own."""

    name: str


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    lowest: int
    highest: int
    step: int


@dataclass(frozen=True, slots=True)
class Slug:
    """Random letters and digits."""

    size: int


@dataclass(frozen=True, slots=True)
class Article:
    """The article "a" or "an" with its space."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Synonyms, or every order of an order group."""

    alternatives: tuple["Nodes", ...]


Node = Literal | Name | Slot | Number | Slug | Article | Choice
Nodes = tuple[Node, ...]


def parse_template(line: Line) -> Nodes:
    """Return the nodes of one template.

    Raises
    ------
    InputError
        Where the template breaks a rule of the format.

    Examples
    --------
    >>> parse_template(Line("x.txt", 1, "<hi|hello> {person}"))[1:]
    (Literal(text=' '), Slot(name='person'))
    """
    if _FORBIDDEN.search(line.text):
        raise InputError(line.problem("hold no @, #, tab, double space or link", repr(line.text)))
    if not _SPECIAL.search(line.text):
        return (Literal(line.text),)
    return _parse_marked(line)


@cache
def _parse_marked(line: Line) -> Nodes:
    """Return the nodes of a template that holds more than plain text."""
    tokens = [token for token in _TOKEN.split(line.text) if token]
    nodes, rest = _parse_sequence(line, tokens, 0, "")
    if rest != len(tokens):
        raise InputError(line.problem("close what it opens", tokens[rest]))
    return nodes


def _parse_sequence(line: Line, tokens: list[str], at: int, until: str) -> tuple[Nodes, int]:
    """Return the nodes up to a token that ends the sequence, and that token's index."""
    nodes: list[Node] = []
    enders = {"": (), ">": ("|", ">"), "))": (" // ", "))")}[until]
    while at < len(tokens) and tokens[at] not in enders:
        token = tokens[at]
        if token in ("<", "(("):
            choice, at = _parse_choice(line, tokens, at + 1, {"<": ">", "((": "))"}[token])
            nodes.append(choice)
            continue
        nodes.append(_parse_node(line, token))
        at += 1
    return tuple(nodes), at


def _parse_choice(line: Line, tokens: list[str], at: int, until: str) -> tuple[Node, int]:
    parts: list[Nodes] = []
    while True:
        nodes, at = _parse_sequence(line, tokens, at, until)
        parts.append(nodes)
        if at == len(tokens):
            raise InputError(line.problem(f"close its groups with {until}", repr(line.text)))
        at += 1
        if tokens[at - 1] == until:
            break
    if len(parts) == 1:
        raise InputError(line.problem("hold two or more alternatives in a group", repr(line.text)))
    return (Choice(tuple(parts)) if until == ">" else Choice(tuple(_orders(line, parts)))), at


def _orders(line: Line, clauses: list[Nodes]) -> Iterator[Nodes]:
    """Return the clauses in every order, as one sequence each."""
    if len(clauses) > 3:
        raise InputError(line.problem("hold at most three clauses in an order group", str(len(clauses))))
    stopped, going_on = (Literal(" "), Literal(", ")) if line.text.isascii() else (Literal(""), Literal("，"))
    for order in permutations(clauses):
        nodes: list[Node] = []
        for clause in order:
            if nodes:
                ends = isinstance(nodes[-1], Literal) and nodes[-1].text.endswith(_STOPS)
                nodes.append(stopped if ends else going_on)
            nodes += clause
        yield tuple(node for node in nodes if node != Literal(""))


def _parse_node(line: Line, token: str) -> Node:
    if token in ("a(n) ", "a "):
        return Article()
    if token[0] == "$":
        if token[1:] not in NAMES:
            raise InputError(line.problem(f"use a name of {', '.join(NAMES)}", token))
        return Name(token[1:])
    if token == "{_}":
        return Literal(" ")
    if token[0] == "{":
        match = _SLOT.match(token)
        if not match:
            raise InputError(line.problem("name a slot, a number {2-9} or a slug {~5}", token))
        slot, lowest, highest, step, size = match.groups()
        if slot:
            return Slot(slot)
        if size:
            return Slug(int(size))
        if not highest:
            return Literal(lowest)
        if int(highest) <= int(lowest) or int(step or 1) < 1:
            raise InputError(line.problem("count upwards", token))
        return Number(int(lowest), int(highest), int(step or 1))
    if token in (">", "|", "))", " // ") or "{" in token or "}" in token or "$" in token:
        raise InputError(line.problem("open what it closes", token))
    return Literal(token)


def read_sections(files: Iterable[tuple[str, str]]) -> list[Section]:
    """Return the sections of phrase files, given as (name, text), in their order.

    Raises
    ------
    InputError
        With every misplaced line of the files.
    """
    sections: list[Section] = []
    problems: list[Problem | str] = []
    for file, text in files:
        for number, raw in enumerate(text.splitlines(), 1):
            if not raw.strip() or raw.startswith("# "):
                continue
            try:
                _read_line(Line(file, number, raw.rstrip()), sections)
            except InputError as error:
                problems += error.problems
    problems += [
        section.place.problem("not be empty", section.name)
        for section in sections
        if not section.lines and not (section.family and section.own_slots)
    ]
    if problems:
        raise InputError(*problems)
    return sections


def _read_line(line: Line, sections: list[Section]) -> None:
    if line.text[0] == "[":
        sections.append(_read_header(line))
        return
    if not sections or sections[-1].place.file != line.file:
        raise InputError(line.problem("stand in a section", repr(line.text[:40])))
    section = sections[-1]
    own = _OWN_SLOT.match(line.text)
    if own:
        section.own_slots[own[1]] = [Line(line.file, line.number, entry) for entry in own[2].split(" | ")]
        return
    for entry in line.text.split(" | "):
        section.lines.append(_read_marks(Line(line.file, line.number, entry, section.mood)))


def _read_marks(line: Line) -> Line:
    marks = _MARKS.match(line.text)
    if not marks:
        return line
    mood = next((_MOODS[mark] for mark in marks[1] if mark in _MOODS), line.mood)
    return Line(line.file, line.number, line.text[marks.end() :], mood + NO_OPENER * ("=" in marks[1]))


def _read_header(line: Line) -> Section:
    match = _HEADER.match(line.text)
    if not match:
        raise InputError(line.problem("be a header [name language option ...]", repr(line.text)))
    section = Section(match[1], Language[match[2]], line)
    for option in match[3].split():
        if option in _MOODS:
            section.mood = _MOODS[option]
        elif option[0] == "^":
            section.skew = int(option[1:])
        elif option[0] == "@":
            section.sector = option[1:]
        else:
            section.family = option
    return section


@cache
def load_sections() -> tuple[Section, ...]:
    """Return the sections of all phrase files of the package, by file name."""
    files = sorted(FOLDER.glob("*.txt"))
    return tuple(read_sections((path.name, path.read_text("utf-8")) for path in files))
