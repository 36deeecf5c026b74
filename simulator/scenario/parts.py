"""What scenario parts are made of: the base model, shares, names, enum members by name, zones, reserved URLs."""

import re
from enum import Enum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from simulator.scenario.times import broken, find_zone, zone_advice
from simulator.scenario.wording import nearest, suggest
from simulator.vocabulary import (
    CLAIMS,
    THEMES,
    Action,
    EvasionLevel,
    EventKind,
    Role,
    Segment,
    Split,
    Stock,
    Tactic,
    TextMode,
)

RESERVED_ENDINGS = (".example", ".invalid", ".test")
_URL = re.compile(r"(?i)(?:[a-z][a-z0-9+.\-]*:)?//[^\s<>\"']+|\bwww\.[^\s<>\"']+")


class Part(BaseModel):
    """Base of every part of a scenario: frozen, closed to unknown keys, no silent conversions."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class _ByName:
    """Reads and writes the members of one enum by their names."""

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind

    def read(self, value: object) -> object:
        if isinstance(value, self.kind):
            return value
        if isinstance(value, str) and value in self.kind.__members__:
            return self.kind[value]
        raise broken(f"be one of {', '.join(self.kind.__members__)}", suggest(value, self.kind.__members__))


def _by_name(kind: type[Enum]) -> tuple[Any, ...]:
    rule = _ByName(kind)
    return (
        BeforeValidator(rule.read),
        PlainSerializer(lambda member: member.name, return_type=str, when_used="json"),
        WithJsonSchema({"type": "string", "enum": list(kind.__members__)}),
        rule,
    )


def has_reserved_host(url: str) -> bool:
    """Tell whether a URL, with or without its scheme, lies under a name that RFC 2606 reserves.

    Examples
    --------
    >>> has_reserved_host("https://brand.example/news"), has_reserved_host("https://brand.example@example.com")
    (True, False)
    """
    try:
        host = urlsplit(url if "//" in url else f"//{url}").hostname or ""
    except ValueError:
        return False
    return bool(re.fullmatch(r"[a-z0-9.\-]+", host)) and f".{host}".endswith(RESERVED_ENDINGS)


def find_unreserved_url(text: str) -> str | None:
    """Return the first URL in a text that is not under a reserved name, or None."""
    return next((url for url in _URL.findall(text) if not has_reserved_host(url)), None)


def _check_zone(name: str) -> str:
    if find_zone(name) is None:
        raise broken("name a time zone that exists", zone_advice(name))
    return name


def _check_claim(name: str) -> str:
    if name not in CLAIMS:
        raise broken("be a claim of the language pools", nearest(name, CLAIMS))
    return name


def _check_theme(name: str) -> str:
    if name not in THEMES:
        raise broken(f"be one of {', '.join(THEMES)}", nearest(name, THEMES))
    return name


def _check_site(site: str) -> str:
    if not has_reserved_host(site):
        raise broken("be under a reserved name (.example, .invalid or .test)", "No real site may appear (RFC 2606).")
    return site


Share = Annotated[float, Field(ge=0, le=1)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Zone = Annotated[str, AfterValidator(_check_zone)]
Claim = Annotated[str, AfterValidator(_check_claim), WithJsonSchema({"type": "string", "enum": list(CLAIMS)})]
Theme = Annotated[str, AfterValidator(_check_theme), WithJsonSchema({"type": "string", "enum": list(THEMES)})]
Site = Annotated[str, Field(min_length=5, max_length=80), AfterValidator(_check_site)]
Names = Annotated[tuple[str, ...], Field(strict=False, max_length=1000)]
SegmentName = Annotated[Segment, *_by_name(Segment)]
ActionName = Annotated[Action, *_by_name(Action)]
RoleName = Annotated[Role, *_by_name(Role)]
StockName = Annotated[Stock, *_by_name(Stock)]
TacticName = Annotated[Tactic, *_by_name(Tactic)]
EventKindName = Annotated[EventKind, *_by_name(EventKind)]
TextModeName = Annotated[TextMode, *_by_name(TextMode)]
LevelName = Annotated[EvasionLevel, *_by_name(EvasionLevel)]
SplitName = Annotated[Split, *_by_name(Split)]


def by_name_members(constraints: tuple[Any, ...]) -> tuple[str, ...]:
    """Return the names that a by-name annotation among the constraints allows; empty without one."""
    return next((tuple(rule.kind.__members__) for rule in constraints if isinstance(rule, _ByName)), ())
