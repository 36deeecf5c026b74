"""Times as a scenario writes them: relative to the launch or absolute with a zone, and as int64 ms since the epoch."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from simulator.scenario.wording import suggest

_CALENDAR = re.compile(r"T(?:([+-]\d{1,5})d)?(?: (\d\d):(\d\d))?", re.ASCII)
_ELAPSED = re.compile(r"T([+-])(\d{1,6})([hm])", re.ASCII)
_ABSOLUTE = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?) ?(Z|[+-]\d\d:\d\d|[A-Za-z][A-Za-z0-9_+\-/]{0,59})?", re.ASCII
)
_WALL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d", re.ASCII)
_FORMS = "Write 'T-7d', 'T-7d 09:00', 'T+2h', 'T-90m' or '2025-05-22 19:00 Asia/Shanghai'."
_NOT_PORTABLE = ("localtime", "Factory", "posixrules", "posix/", "right/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
WHEN_PATTERN = (
    r"^(T([+-]\d{1,5}d)?( \d\d:\d\d)?|T[+-]\d{1,6}[hm]"
    r"|\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)? ?(Z|[+-]\d\d:\d\d|[A-Za-z][A-Za-z0-9_+/-]*))$"
)


def broken(rule: str, advice: str = "") -> PydanticCustomError:
    """Return the error of a broken rule, in the words of a scenario's problems: ``must <rule>. <advice>``."""
    return PydanticCustomError("rule", "must {rule}. {advice}", {"rule": rule, "advice": advice})


@lru_cache(maxsize=256)
def find_zone(name: str) -> ZoneInfo | None:
    """Return the IANA time zone of that name, or None when there is none.

    Examples
    --------
    >>> find_zone("Asia/Shanghai")
    zoneinfo.ZoneInfo(key='Asia/Shanghai')
    >>> find_zone("../etc/passwd") is None
    True
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-/]{0,59}", name) or name.startswith(_NOT_PORTABLE):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def zone_advice(name: str) -> str:
    """Return what to write in place of a zone that does not exist."""
    known = [zone for zone in sorted(available_timezones()) if not zone.startswith(_NOT_PORTABLE)]
    return suggest(name, known) or "Use an IANA name such as Asia/Shanghai, Europe/Berlin or UTC."


def to_ms(moment: datetime) -> int:
    """Return an aware datetime as ms since the epoch, UTC, exactly."""
    return (moment.astimezone(UTC) - _EPOCH) // _MILLISECOND


def wall_ms(wall: datetime, zone: tzinfo) -> int:
    """Return a wall time of a zone as ms since the epoch, UTC.

    A wall time that a clock change skips is read with the offset from before the change, so it falls
    as much after the change as it was written after its start; one that happens twice is the first.
    """
    return to_ms(wall.replace(tzinfo=zone, fold=0))


@lru_cache(maxsize=64)  # a day of a world asks for its start many times
def parse_wall(text: str) -> datetime:
    """Return 'YYYY-MM-DD HH:MM' as a naive datetime.

    Raises
    ------
    ValueError
        When the text has another form, or no such day or minute exists.
    """
    if not _WALL.fullmatch(text):
        raise ValueError(text)
    return datetime.strptime(text, "%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class LaunchClock:
    """The launch as the origin of relative times: its wall time and its zone."""

    wall: datetime
    zone: ZoneInfo

    @property
    def ms(self) -> int:
        """The launch in ms since the epoch, UTC."""
        return wall_ms(self.wall, self.zone)


@dataclass(frozen=True, slots=True)
class When:
    """A time as written in a scenario; it keeps its text and is resolved against a launch.

    ======================================  ==================================================
    ``T-160d``, ``T-7d 09:00``, ``T``       calendar days in the launch's zone, at the launch's
                                            wall time unless one is given
    ``T+2h``, ``T-90m``                     elapsed hours or minutes
    ``2025-05-22 19:00 Asia/Shanghai``      a wall time in a zone
    ``2025-05-22T19:00:00+08:00``           ISO 8601 with an offset or Z
    ======================================  ==================================================

    Raises
    ------
    PydanticCustomError
        (a ValueError) when the text has another form, when an absolute time has no zone, or when
        no such day, minute or zone exists.

    Examples
    --------
    >>> clock = LaunchClock(datetime(2025, 5, 22, 19), ZoneInfo("Asia/Shanghai"))
    >>> When("T-7d 09:00").resolve(clock) == When("2025-05-15 09:00 Asia/Shanghai").resolve(clock)
    True
    """

    text: str
    _form: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        text = " ".join(self.text.split(" ")) if isinstance(self.text, str) else ""
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "_form", _check_form(text))

    def __str__(self) -> str:
        return self.text

    @property
    def is_relative(self) -> bool:
        """Whether it moves with the launch."""
        return self._form != "absolute"

    def resolve(self, launch: LaunchClock) -> int:
        """Return the time in ms since the epoch, UTC."""
        return _resolve(self.text, self._form, launch)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let models read it from text and write it as text."""
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe it to editors."""
        return {"type": "string", "pattern": WHEN_PATTERN, "examples": ["T-7d", "T-7d 09:00", "T+2h", "T-90m"]}

    @classmethod
    def _validate(cls, value: object) -> "When":
        if isinstance(value, cls):
            return value
        if not isinstance(value, str):
            raise broken("be a time", _FORMS)
        return cls(value)


def _check_form(text: str) -> str:
    """Return which form a text has, or raise."""
    if _ELAPSED.fullmatch(text):
        return "elapsed"
    if match := _CALENDAR.fullmatch(text):
        if match[2] and not (int(match[2]) < 24 and int(match[3]) < 60):
            raise broken("have a wall time from 00:00 to 23:59")
        return "calendar"
    if not (match := _ABSOLUTE.fullmatch(text)):
        raise broken("be a time", _FORMS)
    if not match[3]:
        raise broken(
            "have a zone", f"Write '{text} Asia/Shanghai' or '{text}+08:00', or a time relative to the launch."
        )
    if _absolute_zone(match[3]) is None:
        raise broken("name a time zone that exists", zone_advice(match[3]))
    if not _is_moment(match[1], match[2]):
        raise broken("be a day and minute that exist, in the years 1970 to 2199")
    return "absolute"


def _is_moment(day: str, minute: str) -> bool:
    try:
        return 1970 <= datetime.fromisoformat(f"{day} {minute}").year < 2200
    except ValueError:
        return False


def _absolute_zone(text: str) -> tzinfo | None:
    if text == "Z":
        return UTC
    if text[0] in "+-":
        hours, minutes = int(text[1:3]), int(text[4:6])
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)
        return timezone(offset) if hours < 24 and minutes < 60 else None
    return find_zone(text)


@lru_cache(maxsize=256)  # a day of a world asks for its start many times
def _resolve(text: str, form: str, launch: LaunchClock) -> int:
    match form:
        case "elapsed":
            return launch.ms + _elapsed_ms(text)
        case "calendar":
            return wall_ms(_calendar_wall(text, launch.wall), launch.zone)
    return _absolute_ms(text)


def _absolute_ms(text: str) -> int:
    match = _ABSOLUTE.fullmatch(text)
    assert match is not None
    zone = _absolute_zone(match[3])
    assert zone is not None
    return wall_ms(datetime.fromisoformat(f"{match[1]} {match[2]}"), zone)


def _elapsed_ms(text: str) -> int:
    match = _ELAPSED.fullmatch(text)
    assert match is not None
    minutes = int(match[2]) * (60 if match[3] == "h" else 1)
    return minutes * 60_000 * (-1 if match[1] == "-" else 1)


def _calendar_wall(text: str, launch: datetime) -> datetime:
    match = _CALENDAR.fullmatch(text)
    assert match is not None
    day = launch + timedelta(days=int(match[1] or 0))
    return day.replace(hour=int(match[2]), minute=int(match[3])) if match[2] else day
