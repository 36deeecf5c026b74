"""A small HTTP server on loopback that takes alerts in; each is on the disk before its request is answered."""

import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.collecting.alert_log import append_alerts, count_lines
from benchmarks.collecting.webhook_body import read_body
from simulator.errors import InputError, OutputError

HOST = "127.0.0.1"
# All four assumed: far beyond what a pipeline tells people, and little enough for any machine.
MOST_BODY_BYTES = 1 << 20
MOST_ALERTS = 100_000
MOST_CONNECTIONS = 32
TIMEOUT_SECONDS = 10.0
_TOKEN_BYTES = 16
_ABOUT = "smearbench: takes alerts of a synthetic drill in. POST them to /alerts/TOKEN.\n"


def read_listen(text: str) -> int:
    """Return the port of ``127.0.0.1:PORT``; 0 stands for a free one.

    Raises
    ------
    InputError
        When it is no such address.
    """
    host, _, port = text.rpartition(":")
    if host not in (HOST, "localhost"):
        raise InputError(f"--collect: must listen on loopback, as {HOST}:9099, got {text}.")
    if not (port.isascii() and port.isdigit() and int(port) < 1 << 16):
        raise InputError(f"--collect: must end with a port from 0 to 65535, got {text}.")
    return int(port)


class AlertServer:
    """Serves from a thread of its own while the block runs.

    Parameters
    ----------
    port : int
        0 for a free one.
    path : Path
        File of alerts, gone on with when it is there.
    token : str
        Left out, a new random one.
    now : callable
        Wall clock, seconds since the epoch.

    Attributes
    ----------
    url : str
        Where to post, with the token.
    n_alerts : int
        Alerts in the file.

    Raises
    ------
    InputError
        When the port is taken.
    OutputError
        When the file cannot be written.
    """

    def __init__(self, port: int, path: Path, token: str = "", now: Callable[[], float] = time.time) -> None:
        self.path = path
        self.token = token or secrets.token_urlsafe(_TOKEN_BYTES)
        self._now = now
        append_alerts(path, [])
        self.n_alerts = count_lines(path)
        self._lock = threading.Lock()
        self._is_over = False
        self._http = _open(port, self)
        self.port = int(self._http.server_address[1])
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), name="alerts", daemon=True)

    @property
    def url(self) -> str:
        """Where a pipeline posts."""
        return f"http://{HOST}:{self.port}/alerts/{self.token}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a request may call this server: a page of another site that was led here calls it otherwise."""
        return f"{HOST}:{self.port}", f"localhost:{self.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        # What is being taken in is finished, and nothing follows: whoever reads the file now finds it at rest.
        with self._lock:
            self._is_over = True

    def is_allowed(self, path: str, authorization: str | None) -> bool:
        """Whether a request has the token, in its path or as bearer; compared in constant time."""
        given = path.removeprefix("/alerts/") if path.startswith("/alerts/") else ""
        bearer = (authorization or "").removeprefix("Bearer ")
        expected = self.token.encode()
        by_path = hmac.compare_digest(given.encode("utf-8", "replace"), expected)
        return by_path | hmac.compare_digest(bearer.encode("utf-8", "replace"), expected)

    def take(self, body: bytes) -> tuple[int, str]:
        """Keep the alerts of a request; return the status and the text of the answer."""
        try:
            alerts = read_body(body, round(self._now() * 1000))
        except ValueError as error:
            return 400, f"{error}\n"
        with self._lock:
            if self._is_over:
                return 503, "must come while alerts are collected, got an end of it; none of these was kept.\n"
            if self.n_alerts + len(alerts) > MOST_ALERTS:
                return 429, f"must be at most {MOST_ALERTS:,} alerts of a run, got more; none of these was kept.\n"
            try:
                append_alerts(self.path, alerts)
            except OutputError as error:
                return 507, f"{error} None was kept.\n"
            self.n_alerts += len(alerts)
        return 200, json.dumps({"synthetic": True, "kept": len(alerts)}) + "\n"


class _Http(ThreadingHTTPServer):
    """Serves few connections at once; the others wait in the backlog."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = MOST_CONNECTIONS
    alerts: AlertServer

    def __init__(self, address: tuple[str, int]) -> None:
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)
        super().__init__(address, _Request)

    def process_request(self, request: object, client_address: object) -> None:
        if not self._free.acquire(timeout=TIMEOUT_SECONDS):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        super().process_request(request, client_address)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: who hangs up or is too slow only loses his own connection."""


def _open(port: int, alerts: AlertServer) -> _Http:
    try:
        http = _Http((HOST, port))
    except OSError as error:
        raise InputError(f"--collect: must name a free port, got {port}: {error.strerror}. 0 finds one.") from error
    http.alerts = alerts
    return http


class _Request(BaseHTTPRequestHandler):
    """One connection."""

    server: _Http
    server_version = "smearbench"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = TIMEOUT_SECONDS

    def do_GET(self) -> None:
        """Say what this is, without the token."""
        if self._is_for_us():
            self._answer(200 if self.path == "/" else 404, _ABOUT)

    def do_POST(self) -> None:
        """Take alerts in."""
        if not self._is_for_us():
            return
        alerts = self.server.alerts
        if not alerts.is_allowed(self.path, self.headers.get("Authorization")):
            self._answer(403, "must carry the token that was printed at the start, in the path or as bearer.\n")
            return
        body = self._read_body()
        if body is not None:
            self._answer(*alerts.take(body))

    do_PUT = do_POST

    def _is_for_us(self) -> bool:
        host = self.headers.get("Host", "").lower()
        if host in self.server.alerts.hosts:
            return True
        self._answer(421, f"Host: must be {self.server.alerts.hosts[0]}, got {host[:100]!r}.\n")
        return False

    def _read_body(self) -> bytes | None:
        """Return the body; None when it was refused, and the answer sent."""
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._answer(411, "Content-Length: must be given.\n")
        elif len(length) > 9 or int(length) > MOST_BODY_BYTES:
            self._answer(413, f"body: must have at most {MOST_BODY_BYTES:,} bytes, got {length[:20]}.\n")
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                return body
            self._answer(400, f"body: must have {int(length):,} bytes, got {len(body):,}.\n")
        return None

    def _answer(self, status: int, text: str) -> None:
        """Answer; after a refusal the connection ends, as its body may not have been read."""
        content = text.encode("utf-8", "backslashreplace")
        self.send_response(status)
        self.send_header("Content-Type", "application/json" if status == 200 and text[0] == "{" else "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if status >= 400:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log: paths carry the token."""
