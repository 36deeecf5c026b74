"""Addresses and targets: events stay on this machine and in private networks unless a host is named."""

import os
import socket

import pytest

from benchmarks.replay.addresses import connect, find_address, find_peers, is_private
from benchmarks.replay.targets import read_target
from simulator.errors import InputError


def resolving(*addresses):
    calls = []

    def resolve(host, port, type):
        calls.append(host)
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [(family, type, 6, "", (address, port)) for family, address in zip(families, addresses, strict=True)]

    resolve.calls = calls
    return resolve


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "127.9.9.9", "10.1.2.3", "172.31.0.1", "192.168.0.1", "::1", "fd00::1"]
)
def test_loopback_and_private_addresses_are_private(address):
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "172.32.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255", "192.0.2.1", "100.64.0.1"),
        *("::", "fe80::1%eth0", "2001:db8::1", "::ffff:8.8.8.8"),
    ],
)
def test_other_addresses_are_not(address):
    assert not is_private(address)


def test_name_that_also_leads_elsewhere_is_refused():
    with pytest.raises(InputError, match=r"private address, got pipe\.example \(8\.8\.8\.8\).*--allow-host pipe"):
        find_address("pipe.example", 80, resolve=resolving("10.0.0.1", "8.8.8.8"))


def test_named_host_may_lead_anywhere():
    found = find_address("Pipe.example", 80, ["pipe.EXAMPLE"], resolving("8.8.8.8"))
    assert found.places == ((socket.AF_INET, ("8.8.8.8", 80)),)


def test_name_without_address_is_refused():
    def resolve(*_, **__):
        raise socket.gaierror("unknown")

    with pytest.raises(InputError, match="must name a host that has an address, got nowhere"):
        find_address("nowhere.invalid", 80, resolve=resolve)


def test_connection_goes_to_the_checked_address_however_often(monkeypatch):
    """A name that is answered differently the second time changes nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        resolve = resolving("127.0.0.1")
        address = find_address("pipe.example", server.getsockname()[1], resolve=resolve)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: pytest.fail("resolved again"))
        for _ in range(2):
            with connect(address, 5) as connection:
                assert connection.getpeername() == server.getsockname()
        assert resolve.calls == ["pipe.example"]


def test_next_checked_address_is_tried():
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = find_address("localhost", server.getsockname()[1], resolve=resolving("127.0.0.2", "127.0.0.1"))
        with connect(address, 5) as connection:
            assert connection.getpeername()[0] == "127.0.0.1"


def test_peers_are_those_of_open_connections():
    with socket.create_server(("127.0.0.9", 0)) as server:
        assert "127.0.0.9" not in find_peers()
        with socket.create_connection(server.getsockname()):
            assert "127.0.0.9" in find_peers()
        assert "127.0.0.9" not in find_peers()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ndjson:", r"must be stdout, ndjson:FILE, http://HOST:PORT/PATH, redis://.* or kafka://.*, got ndjson:"),
        ("https://127.0.0.1/", "got https://127.0.0.1/"),
        ("kafka://127.0.0.1", "got kafka://127.0.0.1"),
        ("http:///events", "got http:///events"),
        ("http://127.0.0.1:99999/", "Port out of range"),
        ("http://127.0.0.1/a b", "got http://127.0.0.1/a b"),
        ("http://me:secret@127.0.0.1/", "must name no user"),
        ("redis://:secret@127.0.0.1:6379/events", r"got redis://…@127.0.0.1:6379/events\."),
        ("redis://:secret@127.0.0.1:x/0/events", r"got redis://…@127.0.0.1:x/0/events\."),
        ("redis://127.0.0.1/0/a/b", "got redis://127.0.0.1/0/a/b"),
        ("kafka://127.0.0.1:9092/two words", "got kafka://127.0.0.1:9092/two words"),
        ("kafka://127.0.0.1:9092/..", "got kafka://127.0.0.1:9092/.."),
        ("kafka://127.0.0.1:1,,127.0.0.1:2/events", "got kafka://127.0.0.1:1,,127.0.0.1:2/events"),
        ("kafka://me:secret@127.0.0.1:9092/events", "must name no user"),
    ],
)
def test_target_of_another_form_is_refused(text, message):
    with pytest.raises(InputError, match=message) as caught:
        read_target(text)
    assert "secret" not in str(caught.value)


def test_http_target_has_host_port_and_path():
    target = read_target("http://[::1]:8080/events?key=1")
    assert (target.host, target.port, target.path) == ("::1", 8080, "/events?key=1")


def test_redis_target_keeps_its_password_to_itself():
    target = read_target("redis://me:s%40cret@[::1]/3/posts:raw")
    assert (target.host, target.port, target.database, target.path) == ("::1", 6379, 3, "posts:raw")
    assert (target.user, target.password) == ("me", "s@cret")
    assert (target.text, target.identity) == ("redis://[::1]:6379/3/posts:raw",) * 2
    assert "s@cret" not in repr(target)
    assert str(target.state_file) == "replay---1-6379-posts-raw.state.json"


def test_kafka_target_has_servers_and_a_topic():
    target = read_target("kafka://10.0.0.1:9093,broker/events.v1")
    assert (target.servers, target.path) == ((("10.0.0.1", 9093), ("broker", 9092)), "events.v1")
    assert str(target.state_file) == "replay-10.0.0.1-9093-events.v1.state.json"


def test_file_that_can_be_no_record_is_refused_and_stays(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", tmp_path):
        with pytest.raises(InputError, match=r"--to: must name a file, got .*which is a folder, a pipe or a device"):
            read_target(f"ndjson:{place}")
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("text", ["http://127.0.0.1:0/", "redis://127.0.0.1:0/0/s", "kafka://127.0.0.1:0/t"])
def test_port_0_is_not_taken_for_the_usual_one(text):
    with pytest.raises(InputError, match="port 0 is none that a server listens at"):
        read_target(text)
