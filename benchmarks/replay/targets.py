"""Reads ``--to``: stdout, a file, or an address."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from simulator.errors import InputError

_FORMS = "stdout, ndjson:FILE or http://HOST:PORT/PATH"
STDOUT = "stdout"
NDJSON = "ndjson"
HTTP = "http"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a replay goes.

    Attributes
    ----------
    kind : str
        stdout, ndjson or http.
    text : str
        As the user wrote it.
    file : Path
        Of ndjson.
    host, port, path : str, int, str
        Of http; the path with its query.
    """

    kind: str
    text: str
    file: Path = Path()
    host: str = ""
    port: int = 0
    path: str = "/"

    @property
    def identity(self) -> str:
        """What a state file calls it: a file may be named from another folder."""
        return f"{NDJSON}:{self.file.name}" if self.kind == NDJSON else self.text

    @property
    def state_file(self) -> Path | None:
        """Where the state of a replay is kept when nobody says so; None for stdout."""
        if self.kind == NDJSON:
            return self.file.with_name(f"{self.file.name}.state.json")
        if self.kind == HTTP:
            return Path(f"replay-{self.host.replace(':', '-')}-{self.port}.state.json")
        return None


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
    """
    if text == STDOUT:
        return Target(STDOUT, text)
    kind, _, rest = text.partition(":")
    if kind == NDJSON and rest:
        return Target(NDJSON, text, file=Path(rest))
    if kind == HTTP:
        return _read_address(text)
    raise InputError(f"--to: must be {_FORMS}, got {text}.")


def _read_address(text: str) -> Target:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise InputError(f"--to: must be {_FORMS}, got {text}: {error}.") from error
    if not parts.hostname or parts.fragment or not text.isascii() or any(c.isspace() or c < " " for c in text):
        raise InputError(f"--to: must be {_FORMS}, got {text}.")
    if parts.username is not None:
        raise InputError("--to: must name no user, got one before the host. It would be kept in the state file.")
    return Target(HTTP, text, host=parts.hostname, port=port or 80, path=_request_path(parts))


def _request_path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
