"""Redis servers for tests, on loopback and free ports, and a consumer of a group as a program."""

import argparse
import json
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import redis

STREAM = "posts"


def find_port():
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def redis_server(folder, *options, port=0):
    """Run a server that keeps nothing unless options say so; give a client, its port and its process."""
    port = port or find_port()
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", ""]
    with subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL) as process:
        try:
            with redis.Redis("127.0.0.1", port, protocol=2) as client:
                _wait_for(client)
                yield client, port, process
        finally:
            process.kill()


def _wait_for(client):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            return client.ping()
        except redis.exceptions.AuthenticationError:
            return True
        except redis.exceptions.ConnectionError:
            time.sleep(0.02)
    raise AssertionError("no server")


def read_stream(client):
    """Return the entries of the stream: numbers in their ids, and events."""
    entries = client.xrange(STREAM)
    ids = [int(name.removesuffix(b"-0")) for name, _ in entries]
    return ids, [json.loads(fields[b"event"]) for _, fields in entries]


def start_consumer(port, count):
    """Start a consumer that prints the numbers of so many events, then ends."""
    command = [sys.executable, __file__, str(port), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    settings = parser.parse_args()
    client = redis.Redis("127.0.0.1", settings.port, protocol=2)
    client.xgroup_create(STREAM, "readers", id="0", mkstream=True)
    print("ready", flush=True)
    seen = []
    while len(seen) < settings.count:
        for _, entries in client.xreadgroup("readers", "one", {STREAM: ">"}, count=200, block=60_000):
            seen += [json.loads(fields[b"event"])["sequence"] for _, fields in entries]
            client.xack(STREAM, "readers", *(name for name, _ in entries))
    print(json.dumps(seen), flush=True)


if __name__ == "__main__":
    main()
