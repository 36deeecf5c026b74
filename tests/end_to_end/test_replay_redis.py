"""Replays into a real Redis server: every event once and in order, whatever is killed."""

import json
import signal
import socketserver
import sys
import threading
from contextlib import ExitStack

import pytest

from benchmarks.replay.fault_orders import read_faults
from benchmarks.replay.find_limit import Stairs, find_limit
from benchmarks.replay.pacing import FreePace
from benchmarks.replay.replay import Options
from benchmarks.replay.sending import Policy
from benchmarks.replay.targets import read_target
from simulator.dataset import open_dataset
from simulator.errors import InputError, OutputError, SmearbenchError
from tests.redis_servers import STREAM, find_port, read_stream, redis_server, start_consumer
from tests.replay_runs import N_EVENTS, numbers, read_snippet, send, smearbench, wait_until, write_many_posts
from tests.still_clock import stop_clock

ALL = list(range(1, N_EVENTS + 1))
# What is acknowledged is in the log of the server's file then, so that a kill costs nothing.
KEEPING = ("--appendonly", "yes", "--appendfsync", "no")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Give the tiny dataset with three thousand posts in it."""
    return open_dataset(write_many_posts(tmp_path_factory.mktemp("replay") / "world"))


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Give a server's client and port."""
    with redis_server(tmp_path_factory.mktemp("redis")) as (client, port, _):
        yield client, port


@pytest.fixture
def emptied(server):
    """Give the server with nothing in it and its settings as they were."""
    client, _ = server
    client.flushall()
    client.config_set("maxmemory", 0)
    client.config_set("maxmemory-policy", "noeviction")
    return server


def address_of(port):
    return f"redis://127.0.0.1:{port}/0/{STREAM}"


def check_every_event_is_there_once(client):
    ids, events = read_stream(client)
    assert ids == numbers(events) == ALL
    assert all(event["synthetic"] is True for event in events)


def test_group_in_another_process_gets_every_event_once_in_order(dataset, emptied, tmp_path):
    client, port = emptied
    with start_consumer(port, N_EVENTS) as consumer:
        assert consumer.stdout.readline() == "ready\n"
        found = send(dataset, address_of(port), tmp_path)
        assert json.loads(consumer.stdout.readline()) == ALL
    assert (found["sent"], found["may_repeat"], found["acknowledged"]) == (N_EVENTS, 0, N_EVENTS)
    assert client.xpending(STREAM, "readers")["pending"] == 0
    check_every_event_is_there_once(client)


def test_documented_consumer_reads_all(dataset, emptied, tmp_path):
    client, port = emptied
    send(dataset, address_of(port), tmp_path)
    names = {}
    exec(read_snippet("xreadgroup").replace("6379", str(port)).replace("10_000", "1"), names)
    assert names["event"]["sequence"] == N_EVENTS
    (group,) = client.xinfo_groups(STREAM)
    assert (group["pending"], group["entries-read"]) == (0, N_EVENTS)


def test_killed_replay_goes_on_where_the_stream_ends(dataset, emptied, tmp_path):
    client, port = emptied
    arguments = (dataset.path, "--to", address_of(port), "--rate", 1000, "--batch", 100)
    with smearbench(*arguments, cwd=tmp_path) as killed:
        wait_until(lambda: client.xlen(STREAM) >= 300)
        killed.send_signal(signal.SIGKILL)
    n_before = client.xlen(STREAM)
    assert n_before < N_EVENTS
    state = json.loads((tmp_path / f"replay-127.0.0.1-{port}-posts.state.json").read_text())
    assert n_before - 100 <= state["acknowledged"] <= n_before  # a stream that is lost now would be missed
    with smearbench(*arguments[:-4], "--rate", 0, "--json", cwd=tmp_path) as resumed:
        out, err = resumed.communicate(timeout=180)
    assert resumed.returncode == 0, err
    assert json.loads(out)["resumed_after"] == n_before
    check_every_event_is_there_once(client)


def test_killed_server_that_kept_its_data_costs_nothing(dataset, tmp_path):
    """It dies with a batch on its way and returns while the replay tries again."""
    said = []
    with ExitStack() as returned, redis_server(tmp_path, *KEEPING) as (client, port, process):

        def say(text):
            if not said:
                process.wait()
                returned.enter_context(redis_server(tmp_path, *KEEPING, port=port))
            said.append(text)

        def kill():
            wait_until(lambda: client.xlen(STREAM) >= 500)
            process.kill()

        killing = threading.Thread(target=kill)
        killing.start()
        found = send(dataset, address_of(port), tmp_path, rate=2000.0, batch=50, retries=20, say=say)
        killing.join()
        check_every_event_is_there_once(client)
    assert "no answer" in said[0]
    assert found["acknowledged"] == N_EVENTS


def test_loss_of_the_server_is_told_and_sent_again(dataset, emptied, tmp_path):
    client, port = emptied

    def lose():
        wait_until(lambda: client.xlen(STREAM) >= 500)
        client.delete(STREAM)

    losing = threading.Thread(target=lose)
    losing.start()
    with pytest.raises(SmearbenchError, match=r"must still hold event [\d,]+, got 0 as the last"):
        send(dataset, address_of(port), tmp_path, rate=2000.0, batch=50)
    losing.join()
    said = []
    send(dataset, address_of(port), tmp_path, say=said.append)
    assert "The stream has lost" in said[0]
    check_every_event_is_there_once(client)


def test_full_memory_is_waited_for(dataset, emptied, tmp_path):
    client, port = emptied
    said = []
    client.config_set("maxmemory", 1)

    def say(text):
        said.append(text)
        client.config_set("maxmemory", 0)

    found = send(dataset, address_of(port), tmp_path, say=say)
    assert "OOM command not allowed" in said[0]
    assert found["retries"] == 1
    check_every_event_is_there_once(client)


def test_memory_that_stays_full_ends_the_replay(dataset, emptied, tmp_path):
    client, port = emptied
    client.config_set("maxmemory", 1)
    with pytest.raises(SmearbenchError, match="given up after 2 attempts"):
        send(dataset, address_of(port), tmp_path, retries=1)


def test_server_that_would_drop_streams_is_refused(dataset, emptied, tmp_path):
    client, port = emptied
    client.config_set("maxmemory", 1 << 30)
    client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(OutputError, match=r"must not drop streams.*got maxmemory-policy allkeys-lru"):
        send(dataset, address_of(port), tmp_path)


def test_stream_that_expires_is_refused(dataset, emptied, tmp_path):
    client, port = emptied
    client.xgroup_create(STREAM, "readers", mkstream=True)
    client.expire(STREAM, 1000)
    with pytest.raises(OutputError, match="must not expire"):
        send(dataset, address_of(port), tmp_path)


def test_stream_of_another_replay_is_refused_until_forced(dataset, emptied, tmp_path):
    client, port = emptied
    send(dataset, address_of(port), tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(OutputError, match="must hold the events of this replay alone, got those of replay"):
        send(dataset, address_of(port), tmp_path / "other")
    client.xtrim(STREAM, maxlen=0)
    with pytest.raises(OutputError, match="got 3,014 events, and no state of them"):
        send(dataset, address_of(port), tmp_path / "other")
    assert send(dataset, address_of(port), tmp_path / "other", force=True)["sent"] == N_EVENTS
    check_every_event_is_there_once(client)


def test_entries_of_somebody_else_end_the_replay(dataset, emptied, tmp_path):
    client, port = emptied

    def disturb():
        wait_until(lambda: client.xlen(STREAM) >= 100)
        client.xadd(STREAM, {"mine": "1"})

    disturbing = threading.Thread(target=disturb)
    disturbing.start()
    with pytest.raises(OutputError, match="got entries that somebody else added"):
        send(dataset, address_of(port), tmp_path, rate=2000.0, batch=50)
    disturbing.join()


def test_trimmed_stream_goes_on(dataset, emptied, tmp_path):
    """A consumer that deletes what it has read loses nothing and gets nothing twice."""
    client, port = emptied
    send(dataset, address_of(port), tmp_path)
    client.xtrim(STREAM, maxlen=0)
    assert send(dataset, address_of(port), tmp_path)["sent"] == 0


def test_faults_are_added_in_the_order_in_which_they_are_sent(dataset, emptied, tmp_path):
    """The ids count what is sent; the events keep their own numbers."""
    client, port = emptied
    duplicates = read_faults(["duplicate=0.1"])
    found = send(dataset, address_of(port), tmp_path, faults=duplicates)
    ids, events = read_stream(client)
    assert ids == list(range(1, found["total"] + 1))
    assert sorted(set(numbers(events))) == ALL
    assert len(events) > N_EVENTS


def test_limit_is_found_and_its_stream_removed(dataset, emptied, monkeypatch):
    client, port = emptied
    stop_clock(monkeypatch)
    options = Options(FreePace(), Policy(batch_events=100))
    found = find_limit(dataset, read_target(address_of(port)), options, Stairs(200.0, 2.0, 0.5, 1), lambda _: None)
    assert found["sustained_rate"] == 200.0
    assert not client.exists(STREAM)


def test_password_is_needed_and_never_shown(dataset, tmp_path, monkeypatch):
    with redis_server(tmp_path, "--requirepass", "s3cret") as (_, port, _):
        address = address_of(port)
        with pytest.raises(SmearbenchError, match="must accept the password"):
            send(dataset, address, tmp_path)
        with pytest.raises(SmearbenchError, match="must accept the password") as caught:
            send(dataset, address.replace("//", "//:wr0ng@"), tmp_path)
        assert "wr0ng" not in str(caught.value)
        found = send(dataset, address.replace("//", "//:s3cret@"), tmp_path)
        assert found["target"] == address
        assert "s3cret" not in (tmp_path / "replay.state.json").read_text()
        monkeypatch.setenv("REDISCLI_AUTH", "s3cret")
        assert send(dataset, address, tmp_path)["sent"] == 0


class Redirecting(socketserver.StreamRequestHandler):
    """Answers each command as the node of a cluster that does not hold the stream; it reads no further than it must."""

    def handle(self):
        while line := self.rfile.readline():
            if line.startswith(b"*"):
                self.wfile.write(b"-MOVED 1234 203.0.113.7:6379\r\n")


def test_redirect_of_a_cluster_is_refused(dataset, tmp_path):
    with socketserver.TCPServer(("127.0.0.1", 0), Redirecting) as server:
        threading.Thread(target=server.handle_request).start()
        with pytest.raises(SmearbenchError, match=r"must not redirect, got MOVED 1234 203\.0\.113\.7:6379"):
            send(dataset, address_of(server.server_address[1]), tmp_path)


def test_absent_server_is_one_line(dataset, tmp_path):
    with pytest.raises(SmearbenchError, match=r"no answer: .*refused"):
        send(dataset, address_of(find_port()), tmp_path)


def test_public_address_is_refused_without_connecting(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("redis.Redis", lambda *_, **__: pytest.fail("connected"))
    with pytest.raises(InputError, match=r"loopback or private address, got 192\.0\.2\.1"):
        send(dataset, "redis://192.0.2.1/0/posts", tmp_path)


def test_missing_extra_is_one_line(dataset, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(InputError, match=r"must find the package redis.*pip install 'smearbench\[stream\]'"):
        send(dataset, address_of(1), tmp_path)
