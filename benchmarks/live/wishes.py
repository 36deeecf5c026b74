"""What a browser may ask of the live server: at its address and no other, with the token, from its own page."""

import hmac
import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

LONGEST_BODY = 4_096
_PAGES = "pages"
_WORLDS = "worlds"
_LONGEST_WINDOW = 36


class Headers(Protocol):
    """The headers of a request."""

    def get(self, name: str, default: str, /) -> str:
        """Return a header's value."""


class Refusal(Exception):
    """A request that is not answered: its status, and why in one line."""

    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may ask.

    Attributes
    ----------
    port : int
        Port of the server on 127.0.0.1.
    token : str
        First part of every path.
    """

    port: int
    token: str

    @property
    def origins(self) -> tuple[str, ...]:
        """The origins that the page can have."""
        return tuple(f"http://{host}" for host in self.hosts)

    @property
    def hosts(self) -> tuple[str, ...]:
        """What the Host header may say; another name could be an attacker's that resolves to 127.0.0.1."""
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"

    def check(self, path: str, headers: Headers) -> str:
        """Return what is asked for, the path behind the token.

        Raises
        ------
        Refusal
            When the host, the origin or the token is not ours.
        """
        if headers.get("Host", "") not in self.hosts:
            raise Refusal(HTTPStatus.FORBIDDEN, "The Host header must be this server's.")
        if headers.get("Origin", self.origins[0]) not in self.origins:
            raise Refusal(HTTPStatus.FORBIDDEN, "The Origin header must be this server's.")
        if headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin"):
            raise Refusal(HTTPStatus.FORBIDDEN, "Another site must not ask.")
        token, _, rest = path.removeprefix("/").partition("/")
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            raise Refusal(HTTPStatus.NOT_FOUND, "Open the address that the program printed.")
        return rest

    def check_post(self, path: str, headers: Headers) -> int:
        """Return the length of a wish's body.

        Raises
        ------
        Refusal
            As `check`, or when it is no JSON of a bounded length for the one place that takes wishes.
        """
        if self.check(path, headers) != _WORLDS:
            raise Refusal(HTTPStatus.NOT_FOUND, "Wishes go to worlds.")
        # A form of another site cannot send this type without asking first (WHATWG Fetch, CORS-safelisted headers).
        if headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            raise Refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "A wish must be application/json.")
        length = headers.get("Content-Length", "")
        if not (length.isascii() and length.isdecimal()):
            raise Refusal(HTTPStatus.LENGTH_REQUIRED, "A wish must say its length.")
        if len(length) > 9 or int(length) > LONGEST_BODY:
            raise Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A wish must be at most {LONGEST_BODY:,} bytes.")
        return int(length)


def read_wish(body: bytes) -> Any:
    """Return the JSON of a wish.

    Raises
    ------
    Refusal
        When it is none.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "A wish must be JSON.") from error


def read_window(headers: Headers) -> str:
    """Return the name that a window of the browser gave itself, short; empty for none."""
    return headers.get("X-Window", "")[:_LONGEST_WINDOW]


def read_page_number(rest: str) -> int | None:
    """Return the number of the page that is asked for; None when it is something else."""
    folder, _, number = rest.partition("/")
    is_number = number.isascii() and number.isdecimal() and len(number) <= 9
    return int(number) if folder == _PAGES and is_number else None
