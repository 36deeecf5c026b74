"""What is compared with what: reads and checks pairs.yaml."""

from functools import cache
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, ValidationError, model_validator

from benchmarks.fidelity.facts import Fact, find_facts
from simulator.errors import InputError
from simulator.scenario.parts import Part
from simulator.scenario.reader import read_file

FILE = Path(__file__).parent / "pairs.yaml"
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
STEP_MS = {"minute": 60_000, "second": 1_000}


class Pair(Part):
    """A synthetic slice, how it is sampled, and the real population that it is held against."""

    synthetic: str = Field(description="Name of a slice.")
    real: str = Field(description="Population of the facts.")
    why: str = Field(description="Why the two may be compared.")
    resolution: Literal["minute", "second"] = Field("second", description="Resolution of the source's times.")
    window_days: float | None = Field(None, gt=0, description="Days of the source; left out, the whole run.")
    window_from: Weekday | None = Field(None, description="Weekday on which the source's window begins.")
    accounts: int | None = Field(None, gt=0, description="Accounts of the source; left out, all.")
    posts: int | None = Field(None, gt=0, description="Posts of the source; left out, all.")
    thinned: bool = Field(False, description="Whether the source holds only one of the topics that people post about.")
    home_language: bool = Field(False, description="Whether the source's hours are those of one country.")
    sample_days: float | None = Field(None, gt=0, description="Days of one sample of texts; left out, the window.")
    text_language: Literal["en", "zh"] | None = Field(None, description="Language of the source's words.")
    key: Literal["text", "link"] = Field("text", description="What equal posts share.")
    push_accounts: int = Field(5, ge=2, description="Least accounts of a push in the source.")
    also: dict[str, str] = Field({}, description="Facts taken from another population, by name.")
    excluded: dict[str, str] = Field({}, description="Facts that are not compared, and why.")

    @property
    def facts(self) -> list[Fact]:
        """The facts that are compared, in the order of the file of facts, then those from other populations."""
        own = [fact for name, fact in find_facts(self.real).items() if name not in self.excluded]
        return own + [find_facts(population)[name] for name, population in self.also.items()]


class ContrastFact(Part):
    """One fact in which a fast squad differs from organics."""

    fast: str = Field(description="Real population of the fast squad.")
    organic: str = Field(description="Real population of organics.")
    pair: str | None = Field(None, description="Pair whose synthetic side stands for organics, sampled as there.")
    slice: str | None = Field(None, description="Slice of synthetic organics, whole; instead of a pair.")
    push_accounts: int = Field(5, ge=2, description="Least accounts of a push by organics in the source.")

    @model_validator(mode="after")
    def _check(self) -> "ContrastFact":
        if (self.pair is None) == (self.slice is None):
            raise ValueError("must have either a pair or a slice")
        return self


class Pairs(Part):
    """All of pairs.yaml."""

    pairs: dict[str, Pair]
    contrast: dict[str, ContrastFact]


@cache
def read_pairs(path: Path = FILE) -> Pairs:
    """Return all pairs.

    Raises
    ------
    InputError
        When the file breaks a rule.
    """
    document = read_file(path)
    try:
        return Pairs.model_validate(document.data)
    except ValidationError as error:
        places = [".".join(map(str, detail["loc"])) for detail in error.errors()]
        messages = [detail["msg"].lower() for detail in error.errors()]
        raise InputError(*(f"{path}: {at}: {text}." for at, text in zip(places, messages, strict=True))) from error
