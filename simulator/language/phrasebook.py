"""The phrasebook of a world: contents by name, and the compiled grammars of both languages."""

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import cache

import numpy as np
from numpy.typing import NDArray

from simulator.errors import InputError
from simulator.kernels.addresses import record_of
from simulator.kernels.text_book import Book
from simulator.language.compile import Compiler
from simulator.language.grammar import Section, load_sections
from simulator.language.kinds import KINDS, ROOTS, Kind, kind_of, name_shared_lists
from simulator.language.names import BrandNames
from simulator.language.naming import Arrays, Nameless, put_names
from simulator.scenario.wording import nearest
from simulator.vocabulary import CLAIMS, EventKind, Language, Split, Stance

_MOODS = ("any", "plus", "minus")

_STANCES = tuple(stance.name for stance in Stance)

# Articles on one site that people share, so that a link seldom joins strangers. Assumed.
_PAGES_PER_SITE = 40


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Contents and compiled grammars of one world; immutable.

    Attributes
    ----------
    names : BrandNames
    contents : tuple of str
        Names of all contents; a content's code is its index.
    topics : tuple of int
        Codes of the background topics (talk.*).
    headlines : tuple of int
        Codes of the headlines that feeds pass on (news.*).
    aspects : tuple of str
        What there is to say about the product; contents are brand.<aspect>.<stance>.
    claims : tuple of str
    tag_table, url_table : tuple of str
        Hashtags (without #) and links that both sides of a dispute use; ``forced_tag`` and
        ``forced_url`` are indexes into them.
    book : Book
        The arrays of the kernel.
    book_record : record array of one row
        ``addresses.record_of`` the book.
    """

    names: BrandNames
    contents: tuple[str, ...]
    topics: tuple[int, ...]
    headlines: tuple[int, ...]
    aspects: tuple[str, ...]
    claims: tuple[str, ...]
    tag_table: tuple[str, ...]
    url_table: tuple[str, ...]
    book: Book
    _codes: dict[str, int]
    book_record: NDArray[np.void] = field(init=False, repr=False, compare=False)
    _manuscripts: dict[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note what every day and every push of a world asks for."""
        object.__setattr__(self, "book_record", record_of(self.book))
        codes = {claim: self._codes_below(f"claim.{claim}.manuscript.") for claim in self.claims}
        object.__setattr__(self, "_manuscripts", codes)

    def __reduce__(self) -> tuple[type["Phrasebook"], tuple[object, ...]]:
        """Copies are made anew, with a record of their own arrays, not with the addresses of these."""
        return Phrasebook, tuple(getattr(self, one.name) for one in fields(self) if one.init)

    def _codes_below(self, stem: str) -> tuple[int, ...]:
        return tuple(code for code, name in enumerate(self.contents) if name.startswith(stem))

    def content_code(self, name: str) -> int:
        """Return the code of a content.

        Raises
        ------
        KeyError
            If there is no content of that name.
        """
        if name not in self._codes:
            raise KeyError(f"content must be one of the phrasebook, got {name!r}. {nearest(name, self._codes)}")
        return self._codes[name]

    def manuscripts(self, claim: str) -> tuple[int, ...]:
        """Return the codes of a claim's manuscripts, those of this world's split only."""
        return self._manuscripts[claim]


@cache
def _sections_for(split: Split, sector: str) -> dict[tuple[str, Language], Section]:
    """Return the sections of one split and sector, manuscripts numbered anew."""
    found: dict[tuple[str, Language], Section] = {}
    for section in load_sections():
        name = section.name
        if section.sector not in ("", sector):
            continue
        parts = name.split(".")
        if parts[0] in ("claim", "pool") and parts[-1].isdecimal() and parts[-2] in Split.__members__:
            if parts[-2] != split.name:
                continue
            name = ".".join([*parts[:-2], parts[-1]])
        key = (name, section.language)
        if key in found and not section.sector:
            if found[key].sector:
                continue
            raise InputError(section.place.problem("name each section once", name))
        found[key] = section
    return found


def _content_names(sections: Iterable[tuple[str, Language]]) -> list[str]:
    """Return the names of all contents in the order of the files, and check that both languages have each."""
    sections = list(sections)
    names = {
        language: [name for name, spoken in sections if spoken is language and name.split(".")[0] in ROOTS]
        for language in Language
    }
    odd = set(names[Language.en]) ^ set(names[Language.zh])
    if odd:
        raise InputError(
            f"simulator/language/data: must hold every content in every language, got one only of {sorted(odd)}."
        )
    return names[Language.en]


def check_contents(names: Iterable[str]) -> list[str]:
    """Return the contents that the model needs and the data files lack."""
    have = set(names)
    need = [f"event.{kind.name}.{stance}" for kind in EventKind for stance in _STANCES]
    need += [f"{root}.{kind.name}" for root in ("official", "press") for kind in EventKind]
    need += [f"{root}.{form}" for root in ("reply", "quote") for form in (*_STANCES, "chat")]
    need += [f"claim.{claim}.{form}" for claim in CLAIMS for form in ("organic", "comment", "manuscript.0")]
    need += ["marketing", "deal", "spam"]
    return [name for name in need if name not in have]


class _BookMaker:
    """Puts the grammars of one split and sector together."""

    def __init__(self, split: Split, sector: str) -> None:
        self.sections = _sections_for(split, sector)
        self.contents = _content_names(self.sections)
        self._rows: list[dict[int, int]] = [{}]
        self.compiler = Compiler(self.sections)
        self.pool_tags = tuple(self._texts(f"pool.tags.{split.name}"))
        sites = self._texts(f"pool.links.{split.name}")
        self.url_table = tuple(dict.fromkeys(f"{site}{page}" for page in range(_PAGES_PER_SITE) for site in sites))

    def _texts(self, name: str) -> list[str]:
        return [line.text for line in self.sections[name, Language.en].lines]

    def _tag_list(self, name: str, language: Language) -> int:
        section = self.sections.get((name, language))
        return self.compiler.list_of_texts([line.text for line in section.lines]) if section else -1

    def make(self) -> Nameless:
        """Return the arrays of the kernel, but for names and hashtags."""
        compiler, contents = self.compiler, self.contents
        self.shared = {"tags": compiler.lists.reserve(), "links": compiler.list_of_texts(self.url_table)}
        per_content = [[self._content(name, language) for name in contents] for language in Language]
        kinds = [KINDS[kind_of(name)] for name in contents]
        columns = {
            name: np.asarray([[entry[name] for entry in line] for line in per_content], np.int32)
            for name in ("own", "family", "own_share", "local_row", "openers", "tails", "more", "tags", "links", "news")
        }
        rates = {
            "tag_rate": [kind.tag_rate for kind in kinds], "link_rate": [kind.link_rate for kind in kinds],
            "second_least": [kind.second_least for kind in kinds], "long_rate": [kind.long_rate for kind in kinds],
            "chatty": [kind.chatty for kind in kinds], "bare": [kind.bare for kind in kinds],
        }  # fmt: skip
        habits = {
            name: np.asarray([compiler.list_of(name, language) for language in Language], np.int32)
            for name in ("endings", "joins", "laughs")
        }
        emoji = [[compiler.list_of(f"emoji.{mood}", language) for mood in _MOODS] for language in Language]
        arrays: Arrays = {
            **columns, **habits,
            **{name: np.asarray(values, np.uint8) for name, values in rates.items()},
            "emoji": np.asarray(emoji, np.int32), "locals": self._local_table(), **compiler.list_arrays(),
        }  # fmt: skip
        return Nameless(arrays, compiler.literals(), compiler.name_literals, self.shared["tags"])

    def _content(self, name: str, language: Language) -> dict[str, object]:
        section, compiler = self.sections[name, language], self.compiler
        kind = KINDS[kind_of(name)]
        parts = self._family_parts(name, section)
        family = compiler.joined_list(parts, language) if parts else -1
        n_own = len(section.lines)
        n_family = sum(len(self.sections[part, language].lines) for part in parts)
        openers = "open.chat" if kind.tails == "chat" else "open.brand"
        by_number = 256 * n_own * 2 // max(n_own * 2 + n_family, 1)
        return {
            "own": compiler.list_of(name, language),
            "family": family,
            "own_share": kind.own_share if parts and kind.own_share else by_number,
            "local_row": self._local_row(section),
            "openers": [compiler.list_of(f"{openers}.{mood}", language) if kind.chatty == 1 else -1 for mood in _MOODS],
            "tails": [compiler.list_of(f"tail.{kind.tails}.{mood}", language) if kind.tails else -1 for mood in _MOODS],
            "more": compiler.list_of(f"more.{self._more(name, kind, section)}", language),
            "tags": self._tags(kind, section),
            "links": self._links(kind, language),
            "news": self.compiler.list_of(f"links.{kind.news}", language) if kind.news else -1,
        }

    @staticmethod
    def _more(name: str, kind: Kind, section: Section) -> str:
        """Return what a sentence more is about; everyday things where an answer is small talk."""
        if name.endswith(".chat"):
            return "chat"
        return kind.more or section.family or {"chat": "anything"}.get(kind.tails, kind.tails)

    def _family_parts(self, name: str, section: Section) -> tuple[str, ...]:
        """Return the names of the template lists that a content shares with others."""
        family = self.sections.get((f"family.{section.family}", section.language)) if section.family else None
        return name_shared_lists(name, self.contents, section.family, family.family if family else "")

    def _tags(self, kind: Kind, section: Section) -> int:
        if kind.tags == "table":
            return self.shared["tags"]
        name = f"tags.{section.family if kind.tags == 'family' else kind.tags}"
        return self._tag_list(name, section.language) if kind.tags else -1

    def _links(self, kind: Kind, language: Language) -> int:
        if not kind.links:
            return -1
        return self.shared["links"] if kind.links == "table" else self.compiler.list_of(f"links.{kind.links}", language)

    def _local_row(self, section: Section) -> int:
        if not section.own_slots:
            return 0
        row = {self.compiler.own_slot(name): self.compiler.own_list(section, name) for name in section.own_slots}
        self._rows.append(row)
        return len(self._rows) - 1

    def _local_table(self) -> NDArray[np.int32]:
        table = np.full((len(self._rows), max(len(self.compiler.own_slot_names), 1)), -1, np.int32)
        for number, row in enumerate(self._rows):
            for column, listed in row.items():
                table[number, column] = listed
        return table


@contextmanager
def _no_collector() -> Iterator[None]:
    """Hold the garbage collector: it takes a third of the time and finds nothing among nodes that are all kept."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@dataclass(frozen=True, slots=True)
class _Grammars:
    """What the worlds of one split and sector share."""

    contents: tuple[str, ...]
    pool_tags: tuple[str, ...]
    url_table: tuple[str, ...]
    url_list: int
    nameless: Nameless


@cache
def _compile_grammars(split: Split, sector: str) -> _Grammars:
    """Return the grammars of a split and sector, compiled once a process."""
    with _no_collector():
        maker = _BookMaker(split, sector)
        nameless = maker.make()
    return _Grammars(tuple(maker.contents), maker.pool_tags, maker.url_table, maker.shared["links"], nameless)


def load_phrasebook(names: BrandNames, split: Split) -> Phrasebook:
    """Return the phrasebook of a world.

    Parameters
    ----------
    names : BrandNames
    split : Split
        Whose manuscripts, links and hashtags are used.

    Raises
    ------
    InputError
        Where a data file breaks a rule of the format.

    Examples
    --------
    >>> book = load_phrasebook(BrandNames("Orla", "Vane", "Tamsin", "Rook", "orla.example", ("Orla",)), Split.train)
    >>> book.contents[book.content_code("deal")]
    'deal'
    """
    grammars = _compile_grammars(split, names.sector)
    words = {
        "brand": names.brand, "product": names.product, "rival": names.rival,
        "rival_product": names.rival_product, "site": names.site, "tag": names.hashtags[0],
    }  # fmt: skip
    tag_table = tuple(dict.fromkeys((*names.hashtags, *grammars.pool_tags)))
    contents = grammars.contents
    aspects = dict.fromkeys(name.split(".")[1] for name in contents if name.startswith("brand."))
    return Phrasebook(
        names=names,
        contents=contents,
        topics=tuple(code for code, name in enumerate(contents) if name.startswith("talk.")),
        headlines=tuple(code for code, name in enumerate(contents) if name.startswith("news.")),
        aspects=tuple(aspects),
        claims=CLAIMS,
        tag_table=tag_table,
        url_table=grammars.url_table,
        book=Book(
            **put_names(grammars.nameless, words, tag_table),
            tag_table=np.int32(grammars.nameless.tag_list),
            url_table=np.int32(grammars.url_list),
        ),
        _codes={name: code for code, name in enumerate(contents)},
    )


__all__ = ["Phrasebook", "check_contents", "kind_of", "load_phrasebook"]
