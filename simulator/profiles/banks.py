"""The bank of profile words: Faker's provider lists and our own, sorted, frozen, in named ranges."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.profiles import words

WEIGHTED_SIZE = 4096
_TOWNS = 600


class WordBank:
    """Words in named ranges, ready for ``kernels.profiles.join_words``; word 0 is empty."""

    def __init__(self) -> None:
        self._words = [""]
        self._ranges: dict[str, tuple[int, int]] = {"": (0, 1)}

    def add(self, name: str, entries: Iterable[str]) -> None:
        """Add a named range of words, at least one."""
        start = len(self._words)
        self._words += entries
        self._ranges[name] = (start, len(self._words) - start)

    def __contains__(self, name: str) -> bool:
        return name in self._ranges

    def span(self, name: str) -> tuple[int, int]:
        """Return the first word and the size of a range."""
        return self._ranges[name]

    def freeze(self) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Return where each word starts, and the letters of all words in UTF-8."""
        encoded = [word.encode() for word in self._words]
        starts = np.concatenate([[0], np.cumsum([len(word) for word in encoded])]).astype(np.int32)
        return starts, np.frombuffer(b"".join(encoded), np.uint8)


@lru_cache(maxsize=8)
def load_bank(zones: tuple[str, ...]) -> tuple[WordBank, NDArray[np.int32], NDArray[np.uint8]]:
    """Return the bank for some zones, with its letters; Faker is imported here, its lists depend on its version."""
    bank = WordBank()
    _add_names(bank)
    _add_organisations(bank)
    _add_digits(bank)
    _add_biographies(bank)
    _add_places(bank, zones)
    return bank, *bank.freeze()


def repeat_by_weight(weights: Mapping[str, float], size: int) -> list[str]:
    """Return about `size` words, sorted, each as often as its weight says and at least once."""
    total = sum(weights[word] for word in sorted(weights))
    return [word for word in sorted(weights) for _ in range(max(1, round(weights[word] / total * size)))]


def _as_handle(names: Iterable[str]) -> list[str]:
    return [name.lower() for name in names if name.isascii() and name.isalnum()]


def _add_names(bank: WordBank) -> None:
    from faker.providers.person.en_US import Provider as English
    from faker.providers.person.zh_CN import Provider as Chinese

    first = [name for name in repeat_by_weight(English.first_names, WEIGHTED_SIZE) if name.isascii() and name.isalnum()]
    last = [name for name in repeat_by_weight(English.last_names, WEIGHTED_SIZE) if name.isascii() and name.isalnum()]
    for name, entries in (("first", first), ("last", last), ("word", words.EN_NICKS)):
        bank.add(f"en.{name}", [entry.title() for entry in entries])
        bank.add(f"en.{name}.low", [entry.lower() for entry in entries])
        bank.add(f"en.{name}.initial", [entry[0].lower() for entry in entries])
        bank.add(f"en.{name}.dotted", [entry[0] + "." for entry in entries])
    bank.add("zh.last", repeat_by_weight(Chinese.last_names, WEIGHTED_SIZE))
    bank.add("zh.first", sorted(Chinese.first_names))
    bank.add("zh.last.low", _as_handle(sorted(Chinese.last_romanized_names)))
    bank.add("zh.first.low", _as_handle(sorted(Chinese.first_romanized_names)))
    bank.add("zh.last.initial", [name[0] for name in _as_handle(sorted(Chinese.last_romanized_names))])
    bank.add("zh.word", words.ZH_WORDS)
    bank.add("zh.start", words.ZH_NAME_STARTS)
    bank.add("zh.nick", words.ZH_NICKS)
    bank.add("zh.name_tail", words.ZH_NAME_TAILS)
    bank.add("en.name_tail", words.EN_NAME_TAILS)
    bank.add("en.handle_start", words.EN_HANDLE_STARTS)
    bank.add("en.handle_end", words.EN_HANDLE_ENDS)
    bank.add("zh.handle_end", words.ZH_HANDLE_ENDS)
    bank.add("emoji", [f" {emoji}" for emoji in words.EMOJI] + list(words.EMOJI))


def list_towns() -> list[str]:
    """Return towns that do not exist, as Faker makes them: a first name and an ending."""
    from faker.providers.address.en_US import Provider as Address
    from faker.providers.person.en_US import Provider as English

    names = [name for name in sorted(English.first_names) if name.isascii() and name.isalpha()]
    endings = sorted(Address.city_suffixes)
    return [names[i * 7 % len(names)] + endings[i * 5 % len(endings)] for i in range(_TOWNS)]


def _add_organisations(bank: WordBank) -> None:
    from faker.providers.person.zh_CN import Provider as Chinese

    towns = list_towns()
    bank.add("en.town", towns)
    bank.add("en.town.low", [town.lower() for town in towns])
    first = sorted(name for name in Chinese.first_names if len(name) == 1)
    bank.add("zh.stem", [first[i % len(first)] + first[(i * 11 + 5) % len(first)] for i in range(_TOWNS)])
    for segment in words.EN_KINDS:
        bank.add(f"en.kind.{segment}", words.EN_KINDS[segment])
        bank.add(f"en.kind.{segment}.low", [kind.lower() for kind in words.EN_KINDS[segment]])
        bank.add(f"zh.kind.{segment}", words.ZH_KINDS[segment])


def _add_digits(bank: WordBank) -> None:
    bank.add("_", ["_"])
    bank.add(" ", [" "])
    bank.add("digits.1", [str(number) for number in range(1, 10)])
    bank.add("digits.2", [f"{number:02}" for number in range(100)])
    bank.add("digits.3", [f"{number:03}" for number in range(1000)])
    bank.add("digits.4", [f"{number:04}" for number in range(10_000)])
    bank.add("digits.year", [str(year) for year in range(1965, 2013)] + [str(year)[2:] for year in range(1975, 2010)])


def _add_biographies(bank: WordBank) -> None:
    from faker.providers.job.en_US import Provider as EnglishJobs
    from faker.providers.job.zh_CN import Provider as ChineseJobs

    jobs = sorted(" ".join(reversed(job.split(", "))) for job in set(EnglishJobs.jobs))
    bank.add("en.job", [job[0].upper() + job[1:] for job in jobs] + [job.lower() for job in jobs])
    bank.add(
        "zh.job", sorted(job for job in set(ChineseJobs.jobs) if len(job) <= 8 and "/" not in job and job != "其他")
    )
    bank.add("separator", words.SEPARATORS)
    for language, interests, motoring, phrases, trades in (
        ("en", words.EN_INTERESTS, words.EN_MOTORING, words.EN_PHRASES, words.EN_TRADES),
        ("zh", words.ZH_INTERESTS, words.ZH_MOTORING, words.ZH_PHRASES, words.ZH_TRADES),
    ):
        bank.add(f"{language}.interest", interests[::2])
        bank.add(f"{language}.interest_more", interests[1::2])
        bank.add(f"{language}.motoring", motoring * 3 + interests[::2])
        bank.add(f"{language}.phrase", phrases)
        for segment, entries in trades.items():
            bank.add(f"{language}.trade.{segment}", entries)


def _add_places(bank: WordBank, zones: tuple[str, ...]) -> None:
    from faker.providers.address.zh_CN import Provider as Address

    cities, provinces = sorted(Address.cities), sorted(Address.provinces)
    home = cities * 3 + provinces + [f"中国 {city}" for city in cities if city not in words.UNPREFIXED]
    bank.add("zh.place.home", home)
    bank.add("en.joke", words.EN_JOKES)
    bank.add("zh.joke", words.ZH_JOKES)
    towns = list_towns()
    for zone, states in words.STATES_BY_ZONE.items():
        own = [f"{town}, {states[i % len(states)]}" for i, town in enumerate(towns[:200])]
        bank.add(f"en.place.{zone}", own + list(words.PLACES_BY_ZONE.get(zone, ())) * 8)
    for zone in sorted({*words.PLACES_BY_ZONE, *zones}):
        if f"en.place.{zone}" not in bank:
            bank.add(f"en.place.{zone}", words.PLACES_BY_ZONE.get(zone, (zone.rsplit("/")[-1].replace("_", " "),)))
    for zone in words.CHINESE_ZONES:
        bank.add(f"zh.place.{zone}", home)
    for zone, places in words.ZH_PLACES_ABROAD.items():
        bank.add(f"zh.place.{zone}", places)
