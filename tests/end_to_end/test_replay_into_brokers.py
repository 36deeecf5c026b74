"""Faults, and the search for a limit, with Redis and a broker of the Kafka protocol."""

import json

import pytest

from benchmarks.replay.fault_orders import read_faults
from benchmarks.replay.find_limit import Stairs, find_limit
from benchmarks.replay.pacing import FreePace
from benchmarks.replay.replay import Options
from benchmarks.replay.targets import read_target
from simulator.dataset import open_dataset
from simulator.errors import SmearbenchError
from tests.kafka_broker import kafka_broker, read_topic
from tests.redis_servers import STREAM, read_stream, redis_server
from tests.replay_runs import send, write_many_posts
from tests.still_clock import stop_clock

FAULTS = read_faults(["late=0.05:2m", "duplicate=0.05:30s", "gap=0.05:1m", "skew=0.1:+90s"])


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Give the tiny dataset with three thousand posts in it."""
    return open_dataset(write_many_posts(tmp_path_factory.mktemp("brokers") / "world"))


@pytest.fixture(scope="module")
def lines(dataset, tmp_path_factory):
    """Give the events with faults, as a file gets them."""
    folder = tmp_path_factory.mktemp("file")
    send(dataset, f"ndjson:{folder / 'a'}", folder, faults=FAULTS)
    return (folder / "a").read_bytes().splitlines()


def climb(dataset, to, *rates, seconds=0.5, force=False, say=lambda _: None):
    options = Options(FreePace(), timeout_seconds=10.0, force=force)
    stairs = Stairs(rates[0], rates[-1] / rates[0], seconds, len(rates))
    return find_limit(dataset, read_target(to), options, stairs, say)


def test_stream_gets_the_same_faults_in_the_same_places(dataset, lines, tmp_path):
    with redis_server(tmp_path) as (client, port, _):
        found = send(dataset, f"redis://127.0.0.1:{port}/0/{STREAM}", tmp_path, faults=FAULTS)
        entries = client.xrange(STREAM)
        again = send(dataset, f"redis://127.0.0.1:{port}/0/{STREAM}", tmp_path, faults=FAULTS)
    assert [name for name, _ in entries] == [f"{place}-0".encode() for place in range(1, found["total"] + 1)]
    assert [fields[b"event"] for _, fields in entries] == lines
    assert (again["sent"], again["faults"]) == (0, found["faults"])


def test_topic_gets_the_same_faults_in_the_same_places(dataset, lines, tmp_path):
    with kafka_broker() as broker:
        found = send(dataset, f"kafka://{broker.servers}/posts", tmp_path, rate=5000.0, faults=FAULTS)
        messages = read_topic(broker.servers)
    assert [place for place, _, _ in messages] == list(range(1, found["total"] + 1))
    assert [event for _, event, _ in messages] == list(map(json.loads, lines))


def test_stream_holds_every_event_of_a_search_in_order_until_its_end(dataset, tmp_path, monkeypatch):
    stop_clock(monkeypatch)
    with redis_server(tmp_path) as (client, port, _):
        to = f"redis://127.0.0.1:{port}/0/{STREAM}"
        held = []
        found = climb(dataset, to, 500.0, 1000.0, say=lambda _: held.append(read_stream(client)))
        assert not client.exists(STREAM)
    numbers, events = held[-1]
    assert (found["sustained_rate"], found["n_sent"]) == (1000.0, 750)
    assert numbers == [event["sequence"] for event in events] == list(range(1, 751))


def test_stream_of_a_replay_is_searched_when_forced_alone(dataset, tmp_path, monkeypatch):
    stop_clock(monkeypatch)
    with redis_server(tmp_path) as (_, port, _):
        to = f"redis://127.0.0.1:{port}/0/{STREAM}"
        found = send(dataset, to, tmp_path)
        with pytest.raises(SmearbenchError, match=f"got those of replay {found['run']}.*--force"):
            climb(dataset, to, 500.0)
        assert climb(dataset, to, 500.0, force=True)["sustained_rate"] == 500.0


def test_topic_holds_every_event_of_a_sustained_step_in_order(dataset, monkeypatch):
    stop_clock(monkeypatch)
    with kafka_broker() as broker:
        found = climb(dataset, f"kafka://{broker.servers}/posts", 500.0)
        messages = read_topic(broker.servers)
    assert (found["sustained_rate"], found["n_sent"]) == (500.0, 250)
    assert [event["sequence"] for _, event, _ in messages] == list(range(1, 251))


def test_topic_that_drops_what_it_acknowledged_sustains_nothing(dataset):
    """The broker keeps 5 MB; a step has more than twice as much."""
    with kafka_broker() as broker:
        found = climb(dataset, f"kafka://{broker.servers}/posts", 60_000.0, seconds=1.0)
    assert found["sustained_rate"] is None
    assert found["steps"][0]["verdict"] == "lost"
    assert "acknowledged events are not there" in found["steps"][0]["reason"]
