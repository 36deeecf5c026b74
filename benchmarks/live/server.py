"""Serves a live world on 127.0.0.1: the shell, the last pages, and one place that takes wishes."""

import json
import secrets
import sys
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

from benchmarks.live.shell import write_shell
from benchmarks.live.stage import Shown, Stage, Superseded
from benchmarks.live.wishes import Gate, Refusal, read_page_number, read_window, read_wish
from simulator.errors import ScenarioError, SmearbenchError

HOST = "127.0.0.1"
_TOKEN_BYTES = 18
_KEPT_PAGES = 4
_PAGE_POLICY = "frame-ancestors 'self'"
_SILENT_SECONDS = 20.0


class LiveServer(ThreadingHTTPServer):
    """A stage behind HTTP, on a loopback port.

    Parameters
    ----------
    stage : Stage
    port : int
        0 for a free one.
    """

    daemon_threads = True
    block_on_close = False
    # A port that another program still holds is refused, instead of being shared with it.
    allow_reuse_port = False

    def __init__(self, stage: Stage, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.stage = stage
        self.gate = Gate(self.server_address[1], secrets.token_urlsafe(_TOKEN_BYTES))
        self.shell, self.shell_policy = write_shell(stage.scenario.id, stage.sliders)
        self._pages: OrderedDict[int, str] = OrderedDict()
        self._n_pages, self._keeping = 0, threading.Lock()

    def server_bind(self) -> None:
        """Bind without asking a name server what 127.0.0.1 is called."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def url(self) -> str:
        """The address to open, with its token."""
        return f"http://{HOST}:{self.gate.port}/{self.gate.token}/"

    def keep(self, page: str) -> int:
        """Keep a page for the browser to fetch, and forget the oldest; return its number."""
        with self._keeping:  # two windows may be answered at once
            self._n_pages += 1
            self._pages[self._n_pages] = page
            while len(self._pages) > _KEPT_PAGES:
                self._pages.popitem(last=False)
            return self._n_pages

    def page(self, number: int) -> str | None:
        """Return a kept page."""
        return self._pages.get(number)

    def close(self) -> None:
        """Stop serving, and wait for what is being made."""
        self.server_close()
        self.stage.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away; show all else."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            traceback.print_exc(file=sys.stderr)


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: LiveServer
    timeout = _SILENT_SECONDS

    def version_string(self) -> str:
        return "smearbench"

    def log_message(self, format: str, *args: Any) -> None:
        """Stay quiet: the address holds the token."""

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, make: Callable[[], None]) -> None:
        try:
            make()
        except Refusal as refusal:
            self._send(refusal.status, f"{refusal.why}\n", "text/plain")

    def _get(self) -> None:
        rest = self.server.gate.check(self.path, self.headers)
        if rest == "":
            self._send(HTTPStatus.OK, self.server.shell, "text/html", self.server.shell_policy)
            return
        number = read_page_number(rest)
        page = None if number is None else self.server.page(number)
        if page is None:
            raise Refusal(HTTPStatus.NOT_FOUND, "There is no such page any more; turn a slider for a new one.")
        self._send(HTTPStatus.OK, page, "text/html", _PAGE_POLICY)

    def _post(self) -> None:
        length = self.server.gate.check_post(self.path, self.headers)
        wish = read_wish(self.rfile.read(length))
        status, answer = self._perform(wish, read_window(self.headers))
        self._send(status, json.dumps({"synthetic": True} | answer, ensure_ascii=False), "application/json")

    def _perform(self, wish: Any, window: str) -> tuple[HTTPStatus, dict[str, Any]]:
        try:
            return HTTPStatus.OK, self._describe(self.server.stage.perform(wish, window))
        except Superseded:
            return HTTPStatus.OK, {"superseded": True}  # no failure: a browser would report one
        except ScenarioError as error:
            return HTTPStatus.BAD_REQUEST, {"problems": [str(problem) for problem in error.problems]}
        except SmearbenchError as error:
            return HTTPStatus.BAD_REQUEST, {"problems": [str(error)]}
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            problem = f"The run failed: {type(error).__name__}: {error}"
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"problems": [problem]}

    def _describe(self, shown: Shown) -> dict[str, Any]:
        return {
            "page": f"pages/{self.server.keep(shown.page)}",
            "figures": shown.figures,
            "changes": shown.changes,
            "seconds": round(shown.seconds, 2),
        }

    def _send(self, status: HTTPStatus, text: str, kind: str, policy: str = "default-src 'none'") -> None:
        body = text.encode("utf-8")
        self.send_response(status)
        for name, value in (
            ("Content-Type", f"{kind}; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
