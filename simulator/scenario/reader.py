"""YAML text to plain data with the place of every value; refuses all of YAML that a scenario does not need."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from simulator.errors import Problem, ScenarioError
from simulator.scenario.wording import show

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_VALUES = 20_000
MAX_PROBLEMS = 100
_LARGEST = 10**15
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_NON_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNPRINTABLE = yaml.reader.Reader.NON_PRINTABLE
_HIDDEN = frozenset("\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """Where a value stands; an override has the override as its file and line 0."""

    file: str
    line: int = 0
    column: int = 0


class Refused:
    """Stands where a value was refused, so that nothing more is said about it."""

    def __repr__(self) -> str:
        return "refused"


REFUSED = Refused()


@dataclass(slots=True)
class Document:
    """Plain data, the place of every value, and what was wrong so far.

    `marks` maps the path of a value to its place, `key_marks` the path of a mapping's entry to its key's.
    """

    file: str
    data: object = None
    marks: dict[Place, Mark] = field(default_factory=dict)
    key_marks: dict[Place, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: Place) -> Mark:
        """Return the place of a value, or of the nearest value around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(self.file))

    def key_mark(self, path: Place) -> Mark:
        """Return the place of an entry's key."""
        return self.key_marks.get(path) or self.mark(path)

    def add(self, mark: Mark, path: Place, rule: str, value: str = "", advice: str = "") -> None:
        """Note a mistake; after a hundred, no more are noted."""
        if len(self.problems) >= MAX_PROBLEMS:
            return
        dotted = ".".join(map(str, path))
        self.problems.append(Problem(mark.file, mark.line, mark.column, dotted, rule, value, advice))


def read_file(path: Path) -> Document:
    """Return the document of a YAML file.

    Raises
    ------
    ScenarioError
        When the file cannot be read, is too large, is not UTF-8, or is no YAML at all. What else is
        wrong is noted in the document's problems.
    """
    name = str(path)
    return read_text(_decode(_read_bytes(path), name), name)


def read_text(text: str, name: str) -> Document:
    """Return the document of a YAML text; see :func:`read_file`."""
    document = Document(name)
    _refuse_unprintable(document, text)
    try:
        _Builder(document, yaml.parse(text, Loader=yaml.SafeLoader)).build()
    except yaml.YAMLError as error:
        _refuse_syntax(document, error)
    return document


def read_value(text: str, name: str) -> tuple[object, Document]:
    """Return the value that a piece of YAML gives, as in an override, and the document it was read into."""
    document = Document(name)
    try:
        _Builder(document, yaml.parse(text, Loader=yaml.SafeLoader)).build(any_value=True)
    except yaml.YAMLError:
        raise ScenarioError(Problem(name, 0, 0, "", "have a YAML value", show(text))) from None
    document.marks = dict.fromkeys(document.marks, Mark(name))
    document.key_marks = {}
    return document.data, document


def resolve_scalar(text: str) -> object:
    """Return what a plain scalar means: null, true, false, a number, or the text itself.

    Only what JSON calls a number or a boolean is one: ``yes``, ``010``, ``1_000``, ``0x1F`` and dates stay text.

    Raises
    ------
    OverflowError
        When it is a number that is not finite or beyond 10^15.
    """
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _NON_FINITE.fullmatch(text):
        raise OverflowError(text)
    if _INT.fullmatch(text):
        return _bounded(int(text) if len(text) < 20 else _LARGEST * 10, text)
    if _FLOAT.fullmatch(text):
        return _bounded(float(text), text)
    return text


def _bounded(number: int | float, text: str) -> int | float:
    if not -_LARGEST <= number <= _LARGEST:
        raise OverflowError(text)
    return number


def _read_bytes(path: Path) -> bytes:
    if not path.exists():
        _refuse(str(path), "be a file that exists")
    if not path.is_file():
        _refuse(str(path), "be a regular file")
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        _refuse(str(path), f"be readable ({error.strerror})")
    if len(raw) > MAX_BYTES:
        _refuse(str(path), "be at most 1 MB", "more")
    return raw


def _decode(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:4]:
        _refuse(name, "be UTF-8 text", "UTF-16 or UTF-32", "Save it as UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        found = f"byte 0x{raw[error.start]:02x}"
        raise ScenarioError(Problem(name, line, column, "", "be UTF-8 text", found, "Save it as UTF-8.")) from None


def _refuse(name: str, rule: str, value: str = "", advice: str = "") -> NoReturn:
    raise ScenarioError(Problem(name, 0, 0, "", rule, value, advice))


def _refuse_unprintable(document: Document, text: str) -> None:
    """Raise when a text holds characters that YAML does not allow."""
    for found in _UNPRINTABLE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        mark = Mark(document.file, line, found.start() - text.rfind("\n", 0, found.start()))
        document.add(mark, (), "hold no control characters", f"U+{ord(found[0]):04X}")
        if len(document.problems) == MAX_PROBLEMS:
            break
    if document.problems:
        raise ScenarioError(*document.problems)


def _refuse_syntax(document: Document, error: yaml.YAMLError) -> NoReturn:
    """Raise all that was found before the place from which nothing can be read."""
    place = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    mark = Mark(document.file, place.line + 1, place.column + 1) if place else Mark(document.file)
    reason = getattr(error, "problem", None) or str(error)
    document.add(mark, (), "be valid YAML", "", f"The parser says: {' '.join(str(reason).split())}.")
    raise ScenarioError(*document.problems) from None


class _Builder:
    """Builds plain data from parser events, so that hostile input is refused before it grows."""

    def __init__(self, document: Document, events: Iterator[Event]) -> None:
        self.document = document
        self.events = events
        self.n_values = 0

    def build(self, any_value: bool = False) -> None:
        n_documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                n_documents += 1
                if n_documents > 1:
                    self.refuse(event, (), "be one document", f"{n_documents}", "Take out the line '---' between them.")
                    return
            elif isinstance(event, NodeEvent):
                self.document.data = self.node(event, ())
        if not any_value and not isinstance(self.document.data, dict | Refused):
            self.document.add(Mark(self.document.file, 1, 1), (), "be a mapping", show(self.document.data))
            raise ScenarioError(*self.document.problems)

    def node(self, event: Event, path: Place) -> object:
        """Return the value that begins with an event."""
        self.document.marks.setdefault(path, self.at(event))
        self.n_values += 1
        if self.n_values > MAX_VALUES:
            self.give_up(event, path, f"have at most {MAX_VALUES} values", "more")
        if len(path) > MAX_DEPTH:
            self.give_up(event, path[:2], f"be at most {MAX_DEPTH} levels deep", "more")
        if isinstance(event, AliasEvent):
            return self.refuse(event, path, "hold no aliases", f"*{event.anchor}", "Write the value out.")
        refused = self.refuse_decoration(event, path)
        value: object
        if isinstance(event, ScalarEvent):
            value = self.scalar(event, path)
        elif isinstance(event, SequenceStartEvent):
            value = self.sequence(path)
        else:
            value = self.mapping(path)
        return REFUSED if refused else value

    def refuse_decoration(self, event: Event, path: Place) -> bool:
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor is not None:
            self.refuse(event, path, "hold no anchors", f"&{anchor}", "Write the value out where it is needed.")
        if tag is not None:
            self.refuse(event, path, "hold no tags", show(tag), "Only plain YAML is read.")
            return True
        return False

    def scalar(self, event: ScalarEvent, path: Place) -> object:
        text: str = event.value
        if any((unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t") or sign in _HIDDEN for sign in text):
            return self.refuse(event, path, "hold no control characters", show(text))
        if event.style is not None:
            return text
        try:
            return resolve_scalar(text)
        except OverflowError:
            return self.refuse(event, path, "be a finite number within 10^15", show(text).strip("'"))

    def sequence(self, path: Place) -> list[object]:
        values: list[object] = []
        while not isinstance(event := next(self.events), CollectionEndEvent):
            values.append(self.node(event, (*path, len(values))))
        return values

    def mapping(self, path: Place) -> dict[str, object]:
        values: dict[str, object] = {}
        while not isinstance(event := next(self.events), CollectionEndEvent):
            self.entry(event, path, values)
        return values

    def entry(self, event: Event, path: Place, values: dict[str, object]) -> None:
        """Add the entry that begins with its key."""
        key = self.key(event, path)
        inner = (*path, "?" if key is None else key)
        known = key in values
        first = self.document.key_marks.get(inner)
        mark = self.at(event)
        value = self.node(next(self.events), inner)
        if key is None:
            return
        if known:
            where = f"line {first.line}" if first else "above"
            self.document.add(mark, inner, "be given once", "a second one", f"The first one is in {where}.")
            return
        self.document.key_marks[inner] = mark
        values[key] = value

    def key(self, event: Event, path: Place) -> str | None:
        """Return the text of a key; None when it was refused."""
        if not isinstance(event, ScalarEvent):
            self.node(event, (*path, "?"))
            self.refuse(event, path, "have plain names as keys", "a nested key")
            return None
        if event.value == "<<" and event.style is None:
            self.refuse(event, path, "hold no merge keys", "<<", "Write the entries out.")
            return None
        self.refuse_decoration(event, path)
        text = self.scalar(ScalarEvent(None, None, (True, False), event.value, event.start_mark, style="'"), path)
        return text if isinstance(text, str) else None

    def refuse(self, event: Event, path: Place, rule: str, value: str = "", advice: str = "") -> Refused:
        self.document.add(self.at(event), path, rule, value, advice)
        return REFUSED

    def give_up(self, event: Event, path: Place, rule: str, value: str) -> NoReturn:
        self.refuse(event, path, rule, value)
        raise ScenarioError(*self.document.problems)

    def at(self, event: Event) -> Mark:
        start = event.start_mark
        return Mark(self.document.file, start.line + 1, start.column + 1) if start else Mark(self.document.file)
