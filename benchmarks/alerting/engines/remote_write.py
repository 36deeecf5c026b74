"""Writes samples into a running Prometheus by its remote-write protocol, version 1.

References
----------
The Prometheus Authors 2023, "Prometheus Remote-Write 1.0 specification",
https://prometheus.io/docs/specs/prw/remote_write_spec/ (messages `WriteRequest`, `TimeSeries`, `Label`, `Sample`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from benchmarks.alerting.engines.metrics import Samples
from benchmarks.alerting.engines.servers import Server

PATH = "/api/v1/write"
_HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
# Later versions refuse requests of more than 32 MB.
_MOST_BYTES = 8_000_000
# Key and length of a sample in its series, the key of its value and of its time; a number of 64 bits has up to ten
# bytes of seven bits each, and may have all ten.
_N_VALUE, _N_TIME = 8, 10
_SAMPLE = np.dtype(
    [
        ("head", "u1", 2),
        ("value_key", "u1"),
        ("value", "<f8"),
        ("time_key", "u1"),
        ("time", "u1", _N_TIME),
    ]
)
_SAMPLE_BYTES = 1 + _N_VALUE + 1 + _N_TIME


def write_samples(server: Server, samples: Sequence[Samples]) -> None:
    """Write samples into a server; those of a series must be later than what it holds of that series.

    Parameters
    ----------
    server : Server
    samples : sequence of Samples

    Raises
    ------
    ProgramError
        When the server refuses some.
    """
    given = [one for one in samples if len(one.times_ms)]
    # The last of each series go by themselves: until a series is written to again, Prometheus checks at each reading
    # whether every sample of its last request may be seen already, which costs more than the reading.
    for part in (slice(None, -1), slice(-1, None)):
        for body in _join(map(encode_series, _cut(given, part))):
            server.send(PATH, pa.compress(body, codec="snappy", asbytes=True), _HEADERS)


def _cut(samples: Sequence[Samples], part: slice) -> Iterator[Samples]:
    for one in samples:
        times_ms = one.times_ms[part]
        if len(times_ms):
            yield replace(one, times_ms=times_ms, values=one.values[part])


def _join(series: Iterable[bytes]) -> Iterator[bytes]:
    """Yield requests of several series, none much larger than it must be."""
    waiting, n_bytes = [], 0
    for one in series:
        waiting.append(one)
        n_bytes += len(one)
        if n_bytes >= _MOST_BYTES:
            yield b"".join(waiting)
            waiting, n_bytes = [], 0
    if waiting:
        yield b"".join(waiting)


def encode_series(one: Samples) -> bytes:
    """Return one series as a field of a request."""
    labels = sorted((("__name__", one.metric), *one.labels))
    named = (_wrap(1, _wrap(1, name.encode()) + _wrap(2, value.encode())) for name, value in labels)
    return _wrap(1, b"".join(named) + _encode_samples(one))


def _encode_samples(one: Samples) -> bytes:
    rows = np.empty(len(one.times_ms), _SAMPLE)
    rows["head"] = _key(2, 2), _SAMPLE_BYTES
    rows["value_key"], rows["time_key"] = _key(1, 1), _key(2, 0)
    rows["value"] = one.values
    bits = one.times_ms.astype(np.uint64)
    for place in range(_N_TIME):
        more = 0x80 if place < _N_TIME - 1 else 0
        rows["time"][:, place] = (bits >> np.uint64(7 * place)) & np.uint64(0x7F) | np.uint64(more)
    return rows.tobytes()


def _key(field: int, wire_type: int) -> int:
    return field << 3 | wire_type


def _wrap(field: int, content: bytes) -> bytes:
    """Return a field of bytes: key, length, content."""
    return bytes([_key(field, 2)]) + _encode_number(len(content)) + content


def _encode_number(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
