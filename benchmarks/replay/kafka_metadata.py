"""Asks a Kafka broker which brokers there are, over a checked connection, before any client may connect to them."""

import struct
from dataclasses import dataclass
from socket import socket

from benchmarks.replay.addresses import Address, connect
from benchmarks.replay.sinks import SinkUnavailable
from simulator.errors import SmearbenchError

# Kafka protocol guide: the key of a Metadata request, and the oldest version that can ask for no topics at all.
_METADATA, _VERSION = 3, 1
_CORRELATION = 1
_CLIENT = b"smearbench"
# Assumed; an answer with a thousand brokers has 0.1 MB.
_MOST_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a broker says that it is.

    Attributes
    ----------
    number : int
    host : str
    port : int
    """

    number: int
    host: str
    port: int


def ask_brokers(address: Address, timeout_seconds: float) -> list[Broker]:
    """Return the brokers that one of them advertises.

    Parameters
    ----------
    address : Address
        The only one that is connected to.
    timeout_seconds : float

    Raises
    ------
    SinkUnavailable
        When there is no answer.
    SmearbenchError
        When the answer is none of a Kafka broker.
    """
    try:
        with connect(address, timeout_seconds) as connection:
            connection.sendall(write_request())
            answer = _read_answer(connection)
    except OSError as error:
        raise SinkUnavailable(f"{address.host}: no answer: {error.strerror or error}") from error
    try:
        return read_brokers(answer)
    except (struct.error, UnicodeDecodeError, ValueError) as error:
        raise SmearbenchError(
            f"{address.host}: must be a Kafka broker, got an answer of {len(answer):,} bytes."
        ) from error


def write_request() -> bytes:
    """Return a Metadata request for no topics, with its length."""
    head = struct.pack(">hhih", _METADATA, _VERSION, _CORRELATION, len(_CLIENT)) + _CLIENT
    body = head + struct.pack(">i", 0)
    return struct.pack(">i", len(body)) + body


def read_brokers(answer: bytes) -> list[Broker]:
    """Return the brokers in an answer, which is without its length.

    Raises
    ------
    ValueError, struct.error
        When it is no such answer.
    """
    correlation, count = struct.unpack_from(">ii", answer)
    if correlation != _CORRELATION or count < 0:
        raise ValueError(f"must answer request {_CORRELATION}, got {correlation}")
    at = 8
    brokers = []
    for _ in range(count):
        (number,) = struct.unpack_from(">i", answer, at)
        host, at = _read_text(answer, at + 4)
        (port,) = struct.unpack_from(">i", answer, at)
        _, at = _read_text(answer, at + 4)
        brokers.append(Broker(number, host, port))
    return brokers


def _read_text(answer: bytes, at: int) -> tuple[str, int]:
    """Return a text, empty when it is missing, and where it ends."""
    (length,) = struct.unpack_from(">h", answer, at)
    end = at + 2 + max(length, 0)
    return struct.unpack_from(f"{max(length, 0)}s", answer, at + 2)[0].decode(), end


def _read_answer(connection: socket) -> bytes:
    (length,) = struct.unpack(">i", _read_exactly(connection, 4))
    if not 0 <= length <= _MOST_BYTES:
        raise OSError(f"an answer of {length:,} bytes is none of a Kafka broker")
    return _read_exactly(connection, length)


def _read_exactly(connection: socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(count - len(parts))
        if not part:
            raise OSError("the connection was closed")
        parts += part
    return bytes(parts)
