"""Sends batches by HTTP POST over one kept connection to a checked address; redirects are refused."""

from http.client import HTTPConnection, HTTPException, HTTPResponse

from benchmarks.replay.addresses import Address, connect
from benchmarks.replay.merging import Batch
from benchmarks.replay.sinks import Delivery, SinkUnavailable
from benchmarks.replay.targets import Target
from simulator.errors import SmearbenchError

CONTENT_TYPE = "application/x-ndjson"
# Answers after which the same request may succeed: RFC 9110 and RFC 6585; 5xx in general.
_PASSING = frozenset((408, 425, 429))
_ANSWER_BYTES = 1 << 16
_SHOWN_CHARACTERS = 200
# Assumed: whoever asks for more than a day is not waited for, but asked again.
_LONGEST_RETRY_AFTER_SECONDS = 86_400.0


class HttpSink:
    """Events as bodies of POST requests, one JSON object a line; a 2xx answer acknowledges all of a body.

    Parameters
    ----------
    target : Target
    address : Address
        The only one that is connected to.
    run : str
        Name of the replay, sent with each request.
    timeout_seconds : float
        Longest wait for a connection, and for an answer.
    """

    guarantee = "at least once; every request that may repeat events says so"
    position: int | None = None

    def __init__(self, target: Target, address: Address, run: str, timeout_seconds: float) -> None:
        self._target = target
        self._address = address
        self._run = run
        self._timeout_seconds = timeout_seconds
        self._connection: HTTPConnection | None = None

    def send(self, batch: Batch, delivery: Delivery) -> None:
        """Post a batch and read the answer."""
        try:
            connection = self._open()
            connection.request("POST", self._target.path, batch.payload, self._headers(batch, delivery))
            answer = connection.getresponse()
            text = answer.read(_ANSWER_BYTES)
            is_whole = answer.isclosed() or not answer.read(1)
        except (OSError, HTTPException) as error:
            self.close()
            reason = str(error) or type(error).__name__
            raise SinkUnavailable(f"{self._target.text}: no answer: {reason}") from error
        if not is_whole or answer.will_close:
            self.close()
        _check_answer(self._target.text, answer, text)

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _open(self) -> HTTPConnection:
        if self._connection is None:
            connection = HTTPConnection(self._target.host, self._target.port, timeout=self._timeout_seconds)
            # Without this, http.client would resolve the name again whenever it finds the connection closed.
            connection.auto_open = 0
            connection.sock = connect(self._address, self._timeout_seconds)
            self._connection = connection
        return self._connection

    def _headers(self, batch: Batch, delivery: Delivery) -> dict[str, str]:
        return {
            "Content-Type": CONTENT_TYPE,
            "Smearbench-Synthetic": "true",
            "Smearbench-Run": self._run,
            "Smearbench-First": str(batch.first),
            "Smearbench-Last": str(batch.last),
            "Smearbench-Attempt": str(delivery.attempt),
            "Smearbench-May-Repeat": "true" if delivery.may_repeat else "false",
        }


def _check_answer(target: str, answer: HTTPResponse, text: bytes) -> None:
    """Raise unless an answer acknowledges."""
    if 200 <= answer.status < 300:
        return
    got = f"{answer.status} {answer.reason}".strip()
    if 300 <= answer.status < 400:
        place = answer.getheader("Location")
        to = f" to {place}" if place else ""
        raise SmearbenchError(f"{target}: must not redirect, got {got}{to}. Give the address that answers itself.")
    if answer.status >= 500 or answer.status in _PASSING:
        raise SinkUnavailable(f"{target}: {got}", _read_wait(answer.getheader("Retry-After")))
    shown = text.decode("utf-8", "replace")[:_SHOWN_CHARACTERS].strip()
    raise SmearbenchError(f"{target}: must answer 2xx, got {got}{': ' + shown if shown else ''}.")


def _read_wait(text: str | None) -> float | None:
    """Return the seconds of a Retry-After, a day at most; dates are not read."""
    if text is None or not (text.isascii() and text.isdigit()):
        return None
    return min(float(text), _LONGEST_RETRY_AFTER_SECONDS)
