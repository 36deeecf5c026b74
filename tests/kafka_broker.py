"""A Kafka broker for tests as a program: librdkafka's mock cluster, told by lines on stdin what to do.

Keeps about 5 MB of a topic, in memory.
"""

import ctypes
import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

TOPIC = "posts"


class Broker:
    """A running broker: `servers` is where clients begin."""

    def __init__(self, process):
        self.process = process
        self.servers = process.stdout.readline().strip()

    def tell(self, *words):
        """Let it do something; returns when it is done."""
        print(*words, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "done\n"


def read_topic(servers, until=None):
    """Return what the topic holds, or so many messages of it: numbers in the keys, events, headers."""
    from confluent_kafka import Consumer, TopicPartition

    consumer = Consumer({"bootstrap.servers": servers, "group.id": "readers", "enable.auto.commit": False})
    partition = TopicPartition(TOPIC, 0)
    low, high = consumer.get_watermark_offsets(partition, timeout=30)
    consumer.assign([TopicPartition(TOPIC, 0, low)])
    found = []
    while len(found) < (until or high - low):
        message = consumer.poll(30)
        assert message is not None, f"{len(found)} messages, and no more"
        if message.error() is None:
            found.append((int(message.key()), json.loads(message.value()), dict(message.headers())))
    consumer.close()
    return found


@contextmanager
def kafka_broker():
    """Run a broker that has the topic with one partition."""
    command = [sys.executable, __file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Broker(process)
        finally:
            process.kill()


def _load_library():
    """Return the librdkafka that the Python package brings along."""
    import confluent_kafka  # noqa: F401

    maps = Path("/proc/self/maps").read_text().split()
    path = next(word for word in maps if "librdkafka" in word)
    library = ctypes.CDLL(path)
    for name in ("rd_kafka_conf_new", "rd_kafka_new", "rd_kafka_mock_cluster_new"):
        getattr(library, name).restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library


def main():
    library = _load_library()
    pointer = ctypes.c_void_p
    text = ctypes.create_string_buffer(512)
    conf = library.rd_kafka_conf_new()
    library.rd_kafka_conf_set(pointer(conf), b"log_level", b"0", text, 512)
    handle = pointer(library.rd_kafka_new(0, pointer(conf), text, 512))
    cluster = pointer(library.rd_kafka_mock_cluster_new(handle, 1))
    library.rd_kafka_mock_topic_create(cluster, TOPIC.encode(), 1, 1)
    print(library.rd_kafka_mock_cluster_bootstraps(cluster).decode(), flush=True)
    actions = {
        "down": lambda: library.rd_kafka_mock_broker_set_down(cluster, 1),
        "up": lambda: library.rd_kafka_mock_broker_set_up(cluster, 1),
        "refuse": lambda key, code: library.rd_kafka_mock_push_request_errors(
            cluster, ctypes.c_int16(int(key)), ctypes.c_size_t(1), ctypes.c_int(int(code))
        ),
        "advertise": lambda host, port: library.rd_kafka_mock_broker_set_host_port(
            cluster, 1, host.encode(), int(port)
        ),
        "spoil": lambda code: library.rd_kafka_mock_topic_set_error(cluster, TOPIC.encode(), int(code)),
    }
    for line in sys.stdin:
        word, *arguments = line.split()
        actions[word](*arguments)
        print("done", flush=True)


if __name__ == "__main__":
    main()
