"""How samples become a request of remote write, and how requests are made up of series."""

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.alerting.engines import remote_write
from benchmarks.alerting.engines.metrics import Samples
from benchmarks.alerting.engines.remote_write import encode_series, write_samples


class Server:
    """Keeps what it is sent, decompressed by the size that snappy's first bytes give."""

    def __init__(self):
        self.bodies = []

    def send(self, path, content, headers):
        assert (path, headers["Content-Encoding"]) == ("/api/v1/write", "snappy")
        size = shift = 0
        for byte in content:
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        self.bodies.append(pa.decompress(content, size, codec="snappy", asbytes=True))


def _make(metric, n, labels=()):
    return Samples(metric, labels, np.arange(1, n + 1) * 300_000, np.linspace(0.5, 1.5, n))


def test_series_is_encoded_as_the_specification_says():
    one = Samples("a", (("Lang", "é"),), np.array([300]), np.array([1.5]))
    name, lang = b"\x0a\x08__name__\x12\x01a", b"\x0a\x04Lang\x12\x02\xc3\xa9"
    time = b"\xac\x82\x80\x80\x80\x80\x80\x80\x80\x00"
    sample = b"\x09\x00\x00\x00\x00\x00\x00\xf8\x3f" + b"\x10" + time
    # Labels are in the order of their bytes: L comes before _.
    content = b"\x0a\x0a" + lang + b"\x0a\x0d" + name + b"\x12\x14" + sample
    assert encode_series(one) == b"\x0a" + bytes([len(content)]) + content


@pytest.mark.parametrize("time_ms", [0, 1, 127, 128, 4_102_444_800_000, -1])
def test_time_has_seven_bits_a_byte(time_ms):
    raw = encode_series(Samples("a", (), np.array([time_ms]), np.array([0.0])))[-10:]
    found = sum((byte & 0x7F) << 7 * place for place, byte in enumerate(raw)) % 2**64
    assert found == time_ms % 2**64
    assert [byte >> 7 for byte in raw] == [1] * 9 + [0]


def test_last_samples_go_by_themselves():
    server, several, single, none = Server(), _make("several", 3), _make("single", 1), _make("none", 0)
    write_samples(server, [several, single, none])
    before, last = server.bodies

    assert (before.count(b"several"), before.count(b"single")) == (1, 0)
    assert (last.count(b"several"), last.count(b"single"), last.count(b"none")) == (1, 1, 0)
    assert last.endswith(encode_series(single))


def test_nothing_is_sent_of_nothing():
    server = Server()
    write_samples(server, [_make("none", 0)])
    assert server.bodies == []


def test_requests_are_bounded(monkeypatch):
    monkeypatch.setattr(remote_write, "_MOST_BYTES", 1000)
    server = Server()
    write_samples(server, [_make(f"m{place}", 31) for place in range(5)])
    # 30 samples of 22 bytes: two series a request, and the last ones all in one.
    assert [body.count(b"__name__") for body in server.bodies] == [2, 2, 1, 5]
