"""Starts a server on a free port of loopback, waits until it answers, and stops it whatever happens."""

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.alerting.engines.programs import ProgramError, find_program, keep_inside, leash

HOST = "127.0.0.1"
# How often a port that somebody else took in the meantime is replaced, and how long a start may last (assumed).
N_TRIES = 5
START_SECONDS = 60.0
STOP_SECONDS = 10.0
ANSWER_SECONDS = 600.0
PROBE_SECONDS = 2.0
_PAUSE_SECONDS = 0.02
# How Prometheus answers expressions that it cannot read or cannot evaluate.
_OF_THE_QUESTION = (400, 422)


class QuestionRefused(ProgramError):
    """A server that is well, but cannot answer what it was asked."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server of one's own."""

    program: str
    port: int
    patience_seconds: float = ANSWER_SECONDS

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def ask(self, path: str, body: bytes | None = None, **parameters: object) -> bytes:
        """Return what a path answers; no proxy of the environment is used.

        It is asked by GET, with parameters or a body by POST.

        Raises
        ------
        ProgramError
            When it refuses, is gone, or answers too late; QuestionRefused when it says that the question is wrong.
        """
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is None else {}
        return self.send(path, urlencode(parameters).encode() if body is None else body, form)

    def send(self, path: str, content: bytes, headers: Mapping[str, str]) -> bytes:
        """Return what a path answers to a content, which is posted unless it is empty.

        Raises
        ------
        ProgramError
            As of :meth:`ask`.
        """
        connection = http.client.HTTPConnection(HOST, self.port, timeout=self.patience_seconds)
        try:
            connection.request("POST" if content else "GET", path, content, dict(headers))
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise ProgramError(f"{self.program}: must answer {path}, got: {error}.") from error
        finally:
            connection.close()
        if response.status >= 300:
            refuse = QuestionRefused if response.status in _OF_THE_QUESTION else ProgramError
            raise refuse(f"{self.program}: must answer {path}, got {response.status}: {_explain(answer)}")
        return answer

    def ask_json(self, path: str, **parameters: object) -> Any:
        """Return what a path answers, as JSON.

        Raises
        ------
        ProgramError
            As of :meth:`ask`, and when it is no JSON: another program may have taken the port.
        """
        answer = self.ask(path, None, **parameters)
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ProgramError(f"{self.program}: must answer {path} in JSON, got: {_explain(answer)}") from error


def _explain(answer: bytes) -> str:
    """Return the error that an answer names, else its beginning."""
    text = answer.decode("utf-8", "replace").strip()
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return text[:300]


@contextmanager
def run_server(
    program: str, arguments: Callable[[str], Sequence[str]], folder: Path, is_ready: Callable[[Server], bool]
) -> Iterator[Server]:
    """Run a server while the context lasts.

    Parameters
    ----------
    program : str
    arguments : callable
        Given the address ``host:port`` to listen on.
    folder : Path
        Where it runs, and where its log is written.
    is_ready : callable
        Whether the server that answers is this one, and ready; raises OSError or ProgramError while it is not.

    Raises
    ------
    InputError
        When the program is not installed.
    ProgramError
        When it ends at once or is not ready in time.
    """
    path = find_program(program)
    for attempt in range(N_TRIES):
        server = Server(program, find_free_port())
        log = folder / f"{program}.log"
        with log.open("wb") as output:
            process = _start([path, *arguments(f"{HOST}:{server.port}")], folder, output)
            try:
                if _await(server, process, is_ready):
                    yield server
                    return
            finally:
                _stop(process)
        if attempt == N_TRIES - 1 or b"address already in use" not in log.read_bytes():
            raise ProgramError(f"{program}: must run, got an end at once: {_last_line(log)}")


def find_free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _start(command: Sequence[str], folder: Path, output: Any) -> subprocess.Popen[bytes]:
    """Start a server that dies with this process; a Ctrl-C of the terminal does not reach it, but its end in order."""
    return subprocess.Popen(
        [*leash(), *command],
        cwd=folder,
        env=keep_inside(folder),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def _await(server: Server, process: subprocess.Popen[bytes], is_ready: Callable[[Server], bool]) -> bool:
    """Wait until a server is ready; False when it ended instead."""
    # Another program that has taken the port meanwhile may never answer.
    asked = replace(server, patience_seconds=PROBE_SECONDS)
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        try:
            if is_ready(asked):
                return True
        except (OSError, ProgramError):
            pass
        if time.monotonic() > deadline:
            raise ProgramError(f"{server.program}: must be ready within {START_SECONDS:g} s, got no answer.")
        time.sleep(_PAUSE_SECONDS)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_line(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "nothing printed"
