"""Replays into a broker of the Kafka protocol: nothing is lost, and what comes twice says so, whatever is killed."""

import json
import signal
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError

from benchmarks.replay import kafka_tail
from benchmarks.replay.kafka_metadata import Broker, read_brokers
from benchmarks.replay.sinks import SinkUnavailable
from simulator.dataset import open_dataset
from simulator.errors import InputError, SmearbenchError
from tests.kafka_broker import kafka_broker, read_topic
from tests.redis_servers import find_port
from tests.replay_runs import N_EVENTS, read_snippet, send, smearbench, wait_until, write_many_posts

ALL = list(range(1, N_EVENTS + 1))
PRODUCE = 0  # the key of such a request
NO_ERROR, UNKNOWN_TOPIC, LEADER_NOT_AVAILABLE, MESSAGE_TOO_LARGE, NOT_ENOUGH_REPLICAS, UNAUTHORIZED = (
    0,
    3,
    5,
    10,
    19,
    29,
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Give the tiny dataset with three thousand posts in it."""
    return open_dataset(write_many_posts(tmp_path_factory.mktemp("replay") / "world"))


@pytest.fixture
def broker():
    """Give a broker that has the topic."""
    with kafka_broker() as broker:
        yield broker


def address_of(broker):
    return f"kafka://{broker.servers}/posts"


def numbers_of(messages):
    assert all(number == event["sequence"] and event["synthetic"] is True for number, event, _ in messages)
    return [number for number, _, _ in messages]


def check_nothing_is_lost_and_repeats_say_so(messages):
    """Every event arrived; the first of each in order; another one has the header."""
    seen = Counter()
    for number, _, headers in messages:
        assert not seen[number] or headers.get("smearbench-may-repeat") == b"true"
        seen[number] += 1
    numbers_of(messages)
    assert list(seen) == ALL


def count_acknowledged(tmp_path):
    state = tmp_path / "replay.state.json"
    return json.loads(state.read_text())["acknowledged"] if state.exists() else 0


@contextmanager
def meanwhile(tmp_path, act):
    """Do something as soon as a replay has sent three hundred events."""

    def wait_and_act():
        wait_until(lambda: count_acknowledged(tmp_path) >= 300)
        act()

    acting = threading.Thread(target=wait_and_act)
    acting.start()
    yield acting
    acting.join()


def test_topic_gets_every_event_once_in_order(dataset, broker, tmp_path):
    found = send(dataset, address_of(broker), tmp_path, rate=5000.0)
    messages = read_topic(broker.servers)
    assert numbers_of(messages) == ALL
    assert {tuple(headers.items()) for *_, headers in messages} == {(("smearbench-run", found["run"].encode()),)}
    assert (found["sent"], found["may_repeat"], found["acknowledged"]) == (N_EVENTS, 0, N_EVENTS)


def test_documented_consumer_leaves_out_repeats_and_notices_losses(dataset, broker, tmp_path):
    code = read_snippet("assign").replace("127.0.0.1:9092", broker.servers).replace("poll(10)", "poll(2)")
    send(dataset, address_of(broker), tmp_path)
    names = {}
    exec(code, names)
    assert names["last"] == names["event"]["sequence"] == N_EVENTS
    with pytest.raises(AssertionError, match="events 1 to 9 are lost"):
        exec(code.replace('"posts", 0, 0', '"posts", 0, 9'), {})


def test_killed_replay_goes_on_behind_what_the_topic_holds(dataset, broker, tmp_path):
    state = tmp_path / "replay.state.json"
    arguments = (dataset.path, "--to", address_of(broker), "--state", state, "--rate", 1000, "--batch", 100)
    with smearbench(*arguments, cwd=tmp_path) as killed:
        wait_until(lambda: count_acknowledged(tmp_path) >= 300)
        killed.send_signal(signal.SIGKILL)
    assert count_acknowledged(tmp_path) < N_EVENTS
    with smearbench(*arguments[:-4], "--rate", 0, "--json", cwd=tmp_path) as resumed:
        out, err = resumed.communicate(timeout=180)
    assert resumed.returncode == 0, err
    assert f"Going on after event {json.loads(out)['resumed_after']:,} of {N_EVENTS:,}." in err
    check_nothing_is_lost_and_repeats_say_so(read_topic(broker.servers))


def test_topic_that_holds_more_than_the_state_knows_is_believed(dataset, broker, tmp_path):
    """As after a kill between the acknowledgement and its note: the events are not sent again."""
    state = tmp_path / "replay.state.json"
    send(dataset, address_of(broker), tmp_path)
    content = json.loads(state.read_text())
    state.write_text(json.dumps(content | {"acknowledged": 2500}))
    assert send(dataset, address_of(broker), tmp_path)["sent"] == 0
    assert numbers_of(read_topic(broker.servers)) == ALL


def test_events_that_were_on_their_way_say_that_they_may_repeat(dataset, broker, tmp_path):
    """As after a kill before the broker answered: whether they arrived is not known."""
    state = tmp_path / "replay.state.json"
    said = []
    with kafka_broker() as emptied:
        found = send(dataset, address_of(broker), tmp_path)
        content = json.loads(state.read_text()) | {"target": address_of(emptied), "acknowledged": 0, "on_its_way": 1500}
        state.write_text(json.dumps(content))
        again = send(dataset, address_of(emptied), tmp_path, say=said.append)
        messages = read_topic(emptied.servers)
    marked = [number for number, _, headers in messages if headers.get("smearbench-may-repeat") == b"true"]
    assert marked == ALL[:1500]
    assert "Events 1 to 1,500 were on their way and may arrive twice" in said[1]
    assert (found["run"], again["may_repeat"]) == (again["run"], 1500)


def test_topic_that_has_lost_events_gets_them_again(dataset, tmp_path):
    state = tmp_path / "replay.state.json"
    said = []
    with kafka_broker() as first:
        send(dataset, address_of(first), tmp_path)
    with kafka_broker() as second:
        state.write_text(state.read_text().replace(address_of(first), address_of(second)))
        send(dataset, address_of(second), tmp_path, say=said.append)
        messages = read_topic(second.servers)
    assert "The topic has lost 3,014 of 3,014 acknowledged events" in said[0]
    assert numbers_of(messages) == ALL
    assert {h["smearbench-may-repeat"] for *_, h in messages} == {b"true"}


def test_end_of_a_topic_is_no_other_error():
    """What is not the end says nothing of how much the topic holds."""

    def read_after(code):
        error = SimpleNamespace(code=lambda: code, str=lambda: "Broken")
        headers = [(kafka_tail.RUN_HEADER, b"run")]
        event = SimpleNamespace(error=lambda: None, headers=lambda: headers, key=lambda: b"7", offset=lambda: 6)
        answers = iter([event, SimpleNamespace(error=lambda: error)])
        return kafka_tail._read_last(SimpleNamespace(poll=lambda _: next(answers)), 99, "run", 1.0)

    assert read_after(KafkaError._PARTITION_EOF) == 7
    with pytest.raises(SinkUnavailable, match="the end of the topic cannot be read: Broken"):
        read_after(KafkaError._TRANSPORT)


def test_broker_that_goes_and_returns_loses_nothing(dataset, broker, tmp_path):
    said = []
    with meanwhile(tmp_path, lambda: broker.tell("down")) as going:

        def say(text):
            if not said:
                going.join()
                broker.tell("up")
            said.append(text)

        found = send(dataset, address_of(broker), tmp_path, rate=2000.0, batch=50, retries=20, say=say)
    assert "refused" in said[0]
    assert found["acknowledged"] == N_EVENTS
    check_nothing_is_lost_and_repeats_say_so(read_topic(broker.servers))


def test_broker_that_hangs_is_waited_for(dataset, broker, tmp_path):
    said = []

    def say(text):
        broker.process.send_signal(signal.SIGCONT)
        said.append(text)

    with meanwhile(tmp_path, lambda: broker.process.send_signal(signal.SIGSTOP)):
        send(dataset, address_of(broker), tmp_path, rate=2000.0, batch=50, retries=20, say=say, timeout_seconds=1.0)
    assert said
    check_nothing_is_lost_and_repeats_say_so(read_topic(broker.servers))


def test_broker_that_dies_ends_the_replay(dataset, broker, tmp_path):
    with (
        meanwhile(tmp_path, broker.process.kill),
        pytest.raises(SmearbenchError, match=r"given up after 2 attempts.\nEvent [\d,]+ of 3,014 was the last"),
    ):
        send(dataset, address_of(broker), tmp_path, rate=2000.0, batch=50, retries=1)


def test_answer_that_may_pass_is_waited_for(dataset, broker, tmp_path):
    broker.tell("refuse", PRODUCE, NOT_ENOUGH_REPLICAS)
    send(dataset, address_of(broker), tmp_path)
    assert numbers_of(read_topic(broker.servers)) == ALL


def test_refused_message_ends_the_replay(dataset, broker, tmp_path):
    broker.tell("refuse", PRODUCE, MESSAGE_TOO_LARGE)
    with pytest.raises(SmearbenchError, match=r"must take every event, got: .*large"):
        send(dataset, address_of(broker), tmp_path, batch=10)
    assert read_topic(broker.servers) == []


def test_topic_that_is_just_made_is_waited_for(dataset, broker, tmp_path):
    broker.tell("spoil", LEADER_NOT_AVAILABLE)
    threading.Timer(0.3, broker.tell, ["spoil", NO_ERROR]).start()
    assert send(dataset, address_of(broker), tmp_path)["acknowledged"] == N_EVENTS


@pytest.mark.parametrize(
    ("code", "message"), [(UNKNOWN_TOPIC, "Unknown topic"), (UNAUTHORIZED, "authorization failed")]
)
def test_topic_that_cannot_be_used_is_one_line(dataset, broker, tmp_path, monkeypatch, code, message):
    monkeypatch.setattr("benchmarks.replay.kafka_sink._TOPIC_SECONDS", 0.2)
    broker.tell("spoil", code)
    with pytest.raises(SmearbenchError, match=f"must be a topic, got: .*{message}"):
        send(dataset, address_of(broker), tmp_path)


def test_loss_of_a_topic_that_keeps_little_shows_in_the_numbers(broker, tmp_path):
    """The broker keeps 5 MB of 7: who reads afterwards misses the first, who keeps up with a pace gets all."""
    heavy = open_dataset(write_many_posts(tmp_path / "heavy", "Bread " * 400))
    send(heavy, address_of(broker), tmp_path)
    left = numbers_of(read_topic(broker.servers))
    assert left == list(range(left[0], N_EVENTS + 1))
    assert left[0] > 1
    with kafka_broker() as paced, ThreadPoolExecutor(1) as reading:
        messages = reading.submit(read_topic, paced.servers, N_EVENTS)
        send(heavy, address_of(paced), tmp_path, rate=2000.0, batch=100, force=True)
        assert numbers_of(messages.result()) == ALL


def test_advertised_public_address_is_refused_before_anything_is_sent(dataset, broker, tmp_path, monkeypatch):
    monkeypatch.setattr("confluent_kafka.Producer", lambda *_: pytest.fail("librdkafka was started"))
    broker.tell("advertise", "203.0.113.7", 9092)
    with pytest.raises(InputError, match=r"broker 1 says that it is 203\.0\.113\.7:9092\.\n.*--allow-host 203\.0"):
        send(dataset, address_of(broker), tmp_path)


def test_public_address_that_is_advertised_later_ends_the_replay(dataset, broker, tmp_path, monkeypatch):
    """The question of the check is answered with it; librdkafka never hears of it."""
    answers = iter([[Broker(1, "127.0.0.1", 1)], [Broker(2, "203.0.113.7", 9092)]])
    monkeypatch.setattr("benchmarks.replay.kafka_sink.ask_brokers", lambda *_: next(answers))
    # Long enough that a slow start is over, and events have left, before the second question.
    monkeypatch.setattr("benchmarks.replay.kafka_sink._CHECK_SECONDS", 3.0)
    with pytest.raises(InputError, match=r"broker 2 says that it is 203\.0\.113\.7"):
        send(dataset, address_of(broker), tmp_path, rate=500.0, batch=50)
    assert 0 < len(read_topic(broker.servers)) < N_EVENTS


def test_connection_to_an_address_that_was_not_checked_ends_the_replay(dataset, broker, tmp_path, monkeypatch):
    """As when a name leads elsewhere by the time that librdkafka looks it up."""
    answers = iter([{"127.0.0.1"}, {"127.0.0.1", "203.0.113.7"}])
    monkeypatch.setattr("benchmarks.replay.kafka_sink.find_peers", lambda: next(answers))
    with pytest.raises(SmearbenchError, match=r"must stay at the addresses that were checked, got 203\.0\.113\.7"):
        send(dataset, address_of(broker), tmp_path, rate=500.0, batch=50)


def test_broker_at_an_allowed_host_is_accepted(dataset, broker, tmp_path, monkeypatch):
    """Only the check hears of the public address; the replay goes to the broker itself."""
    host, _, port = broker.servers.partition(":")
    answer = [Broker(1, host, int(port)), Broker(2, "203.0.113.7", 9092)]
    monkeypatch.setattr("benchmarks.replay.kafka_sink.ask_brokers", lambda *_: answer)
    found = send(dataset, address_of(broker), tmp_path, allowed_hosts=("203.0.113.7",))
    assert found["acknowledged"] == N_EVENTS


def test_first_broker_with_a_public_address_is_refused(dataset, tmp_path):
    with pytest.raises(InputError, match=r"loopback or private address, got 203\.0\.113\.7"):
        send(dataset, "kafka://127.0.0.1:1,203.0.113.7:9092/posts", tmp_path)


def test_answer_of_brokers_is_read():
    answer = bytes.fromhex("00000001 00000001 00000007 0004 6b616b61 00002384 ffff 00000007 00000000")
    assert read_brokers(answer) == [Broker(7, "kaka", 9092)]


def test_absent_broker_is_one_line(dataset, tmp_path):
    with pytest.raises(SmearbenchError, match=r"no answer: .*refused"):
        send(dataset, f"kafka://127.0.0.1:{find_port()}/posts", tmp_path)


def test_missing_extra_is_one_line(dataset, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "confluent_kafka", None)
    with pytest.raises(InputError, match=r"must find the package confluent-kafka.*pip install 'smearbench\[stream\]'"):
        send(dataset, "kafka://127.0.0.1:1/posts", tmp_path)
