"""Reads ``--to``: stdout, a file, or an address."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from simulator.errors import InputError

_FORMS = (
    "stdout, ndjson:FILE, http://HOST:PORT/PATH, redis://HOST:PORT/DB/STREAM or kafka://HOST:PORT[,HOST:PORT]/TOPIC"
)
STDOUT = "stdout"
NDJSON = "ndjson"
HTTP = "http"
REDIS = "redis"
KAFKA = "kafka"
# Where such a server listens when nobody says otherwise.
_PORTS = {HTTP: 80, REDIS: 6379, KAFKA: 9092}
# How a message calls what holds the events.
_NOUNS = {NDJSON: "file", REDIS: "stream", KAFKA: "topic"}
_REDIS_PATH = re.compile(r"/(\d{1,4})/([^/?]+)")
# What Kafka accepts as the name of a topic.
_TOPIC = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}")
_NO_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a replay goes.

    Attributes
    ----------
    kind : str
        stdout, ndjson, http, redis or kafka.
    text : str
        As the user wrote it, without a password.
    file : Path
        Of ndjson.
    host, port, path : str, int, str
        Of http; the path with its query. Of redis and kafka, `path` is the name of the stream or topic.
    servers : tuple of (str, int)
        Of kafka: hosts and ports to begin with.
    database : int
        Of redis.
    user, password : str
        Of redis; never part of `text`.
    """

    kind: str
    text: str
    file: Path = Path()
    host: str = ""
    port: int = 0
    path: str = "/"
    servers: tuple[tuple[str, int], ...] = ()
    database: int = 0
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def identity(self) -> str:
        """What a state file calls it: a file may be named from another folder."""
        return f"{NDJSON}:{self.file.name}" if self.kind == NDJSON else self.text

    @property
    def noun(self) -> str:
        """How messages call what holds the events."""
        return _NOUNS.get(self.kind, "target")

    @property
    def state_file(self) -> Path | None:
        """Where the state of a replay is kept when nobody says so; None for stdout."""
        if self.kind == NDJSON:
            return self.file.with_name(f"{self.file.name}.state.json")
        if self.kind == STDOUT:
            return None
        name = f"{self.host.replace(':', '-')}-{self.port}"
        if self.kind != HTTP:
            name += f"-{_NO_FILE_NAME.sub('-', self.path)}"
        return Path(f"replay-{name}.state.json")


def read_target(text: str) -> Target:
    """Return what a ``--to`` asks for.

    Raises
    ------
    InputError
        When it is none of the known forms.

    Examples
    --------
    >>> read_target("http://127.0.0.1:8080/events?source=drill").path
    '/events?source=drill'
    >>> read_target("redis://:secret@127.0.0.1/0/events").text
    'redis://127.0.0.1:6379/0/events'
    """
    if text == STDOUT:
        return Target(STDOUT, text)
    kind, _, rest = text.partition(":")
    if kind == NDJSON and rest:
        return _read_file(text, Path(rest))
    if kind in _READERS and text.isascii() and not any(c.isspace() or c < " " for c in text):
        return _READERS[kind](text)
    raise _refuse(text)


def _refuse(text: str, reason: str = "") -> InputError:
    """Return the error for a text of no known form; what may be a password is left out of it."""
    shown = re.sub(r"//[^/]*@", "//…@", text)
    return InputError(f"--to: must be {_FORMS}, got {shown}{': ' if reason else ''}{reason}.")


def _read_file(text: str, file: Path) -> Target:
    # A file is cut, removed and asked how far it is; a pipe or a device can do none of this.
    if file.exists() and not file.is_file():
        raise InputError(
            f"--to: must name a file, got {file}, which is a folder, a pipe or a device. For a pipe: stdout."
        )
    return Target(NDJSON, text, file=file)


def _split(text: str, place: str = "") -> tuple[SplitResult, str, int]:
    """Return the parts of an address, or of a place in it, with its host and its port."""
    try:
        parts = urlsplit(place or text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise _refuse(text, "" if "@" in text else str(error)) from error
    if not host or parts.fragment or port == 0:
        raise _refuse(text, "port 0 is none that a server listens at" if port == 0 else "")
    return parts, host, port or _PORTS[parts.scheme]


def _refuse_user(parts: SplitResult, why: str) -> None:
    if parts.username is not None:
        raise InputError(f"--to: must name no user, got one before the host. {why}")


def _read_http(text: str) -> Target:
    parts, host, port = _split(text)
    _refuse_user(parts, "It would be kept in the state file.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(HTTP, text, host=host, port=port, path=path)


def _read_redis(text: str) -> Target:
    parts, host, port = _split(text)
    match = _REDIS_PATH.fullmatch(parts.path)
    if not match or parts.query:
        raise _refuse(text)
    shown = f"{REDIS}://{_bracket(host)}:{port}{parts.path}"
    return Target(
        *(REDIS, shown),
        host=host,
        port=port,
        path=match[2],
        database=int(match[1]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _read_kafka(text: str) -> Target:
    places, _, topic = text.removeprefix(f"{KAFKA}://").partition("/")
    if not _TOPIC.fullmatch(topic):
        raise _refuse(text)
    servers = []
    for place in places.split(","):
        parts, host, port = _split(text, f"{KAFKA}://{place}")
        _refuse_user(parts, "Only brokers without a login can be reached.")
        servers.append((host, port))
    host, port = servers[0]
    return Target(KAFKA, text, host=host, port=port, path=topic, servers=tuple(servers))


def _bracket(host: str) -> str:
    return f"[{host}]" if ":" in host else host


_READERS: dict[str, Callable[[str], Target]] = {HTTP: _read_http, REDIS: _read_redis, KAFKA: _read_kafka}
