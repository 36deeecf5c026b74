"""The command replay against real ends: an HTTP server in another process, files, and kills in the middle."""

import json
import signal
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from itertools import chain

import pytest

from benchmarks.replay.pacing import read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.sending import Policy
from benchmarks.replay.targets import read_target
from simulator.dataset import open_dataset
from simulator.errors import InputError, SmearbenchError
from tests.receiving_server import read_log
from tests.replay_runs import N_EVENTS, ROOT, numbers, send, smearbench, wait_until, write_many_posts
from tests.tiny_dataset import write_tiny

SERVER = str(ROOT / "tests/receiving_server.py")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Give the tiny dataset with three thousand posts in it."""
    return open_dataset(write_many_posts(tmp_path_factory.mktemp("replay") / "world"))


@contextmanager
def serving(*arguments):
    """Run a receiver; give its port and process."""
    command = [sys.executable, SERVER, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.kill()


def check_nothing_is_lost_and_repeats_are_announced(requests):
    """Every event arrived; one that came twice came in a request that says so."""
    seen = Counter()
    for headers, events in requests:
        assert numbers(events) == list(range(int(headers["Smearbench-First"]), int(headers["Smearbench-Last"]) + 1))
        repeated = [number for number in numbers(events) if seen[number]]
        assert not repeated or headers["Smearbench-May-Repeat"] == "true"
        seen.update(numbers(events))
    assert sorted(seen) == list(range(1, N_EVENTS + 1))


def test_http_gets_every_event_once_in_order(dataset, tmp_path):
    with serving("--log", tmp_path / "log") as (port, _):
        found = send(dataset, f"http://127.0.0.1:{port}/events", tmp_path)
    requests = read_log(tmp_path / "log")
    events = list(chain.from_iterable(events for _, events in requests))
    assert numbers(events) == list(range(1, N_EVENTS + 1))
    assert {headers["Smearbench-May-Repeat"] for headers, _ in requests} == {"false"}
    assert {headers["Smearbench-Synthetic"] for headers, _ in requests} == {"true"}
    assert (found["sent"], found["may_repeat"], found["retries"]) == (N_EVENTS, 0, 0)


def test_server_that_dies_and_returns_loses_nothing(dataset, tmp_path):
    log = tmp_path / "log"
    said = []
    with serving("--log", log, "--die-after", 3) as (port, _):
        returned = []

        def say(text):
            said.append(text)
            if not returned:
                returned.append(serving("--log", log, "--port", port))
                returned[0].__enter__()

        found = send(dataset, f"http://127.0.0.1:{port}/", tmp_path, say=say)
        returned[0].__exit__(None, None, None)
    check_nothing_is_lost_and_repeats_are_announced(read_log(log))
    assert "no answer" in said[0]
    assert (found["acknowledged"], found["may_repeat"]) == (N_EVENTS, 500)


def test_killed_replay_goes_on_where_it_was(dataset, tmp_path):
    log = tmp_path / "log"
    with serving("--log", log) as (port, _):
        arguments = (dataset.path, "--to", f"http://127.0.0.1:{port}/", "--rate", 1000, "--batch", 100)
        with smearbench(*arguments, cwd=tmp_path) as killed:
            wait_until(lambda: len(read_log(log)) >= 5)
            killed.send_signal(signal.SIGKILL)
        n_before = len(read_log(log))
        assert n_before * 100 < N_EVENTS
        with smearbench(*arguments[:-4], "--rate", 0, "--json", cwd=tmp_path) as resumed:
            out, err = resumed.communicate(timeout=180)
    assert resumed.returncode == 0, err
    found = json.loads(out)
    assert found["acknowledged"] == N_EVENTS
    assert f"Going on after event {found['resumed_after']:,} of {N_EVENTS:,}." in err
    check_nothing_is_lost_and_repeats_are_announced(read_log(log))


def test_interrupted_replay_says_how_it_goes_on(dataset, tmp_path):
    out = tmp_path / "events.ndjson"
    arguments = (dataset.path, "--to", f"ndjson:{out}")
    with smearbench(*arguments, "--speed", "60x", cwd=tmp_path) as process:
        wait_until(lambda: out.exists() and out.stat().st_size > 0)
        process.send_signal(signal.SIGINT)
        printed, err = process.communicate(timeout=180)
    assert process.returncode == 130, err
    assert "Interrupted; the same command goes on from there." in err
    assert f"of {N_EVENTS:,}, in" in printed
    with smearbench(*arguments, "--rate", 0, cwd=tmp_path) as process:
        process.communicate(timeout=180)
    assert numbers(map(json.loads, out.read_text().splitlines())) == list(range(1, N_EVENTS + 1))


@pytest.mark.parametrize("n_bytes_left", [0, 1, 100_001])
def test_truncated_file_is_completed_exactly(dataset, tmp_path, n_bytes_left):
    out = tmp_path / "events.ndjson"
    said = []
    send(dataset, f"ndjson:{out}", tmp_path)
    whole = out.read_bytes()
    with out.open("r+b") as file:
        file.truncate(n_bytes_left)
    send(dataset, f"ndjson:{out}", tmp_path, say=said.append)
    assert out.read_bytes() == whole
    assert "The file has lost" in said[0]


def test_finished_replay_sends_nothing_more(dataset, tmp_path):
    said = []
    send(dataset, f"ndjson:{tmp_path / 'a'}", tmp_path)
    assert send(dataset, f"ndjson:{tmp_path / 'a'}", tmp_path, say=said.append)["sent"] == 0
    assert f"All {N_EVENTS:,} events were acknowledged before" in said[0]
    assert send(dataset, f"ndjson:{tmp_path / 'a'}", tmp_path, force=True)["sent"] == N_EVENTS


def test_file_without_a_state_is_not_replaced(dataset, tmp_path):
    (tmp_path / "a").write_text("precious\n")
    with pytest.raises(SmearbenchError, match="is there already, without a state"):
        send(dataset, f"ndjson:{tmp_path / 'a'}", tmp_path)
    assert (tmp_path / "a").read_text() == "precious\n"


def test_state_of_another_dataset_is_refused(dataset, tmp_path):
    other = open_dataset(write_tiny(tmp_path / "other"))
    send(dataset, f"ndjson:{tmp_path / 'a'}", tmp_path)
    with pytest.raises(InputError, match="dataset: must be of this dataset"):
        send(other, f"ndjson:{tmp_path / 'a'}", tmp_path)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (307, "must not redirect, got 307 Temporary Redirect to http://192.0.2.1/elsewhere"),
        (404, "must answer 2xx, got 404 Not Found"),
    ],
)
def test_answer_that_cannot_be_helped_ends_the_replay(dataset, tmp_path, status, message):
    with (
        serving("--log", tmp_path / "log", "--refuse", 2, "--status", status) as (port, _),
        pytest.raises(SmearbenchError, match=message) as caught,
    ):
        send(dataset, f"http://127.0.0.1:{port}/", tmp_path)
    ((_, events),) = read_log(tmp_path / "log")
    assert f"Event {len(events)} of {N_EVENTS:,} was the last acknowledged" in str(caught.value)


@pytest.mark.parametrize("status", [429, 503])
def test_busy_server_is_asked_again(dataset, tmp_path, status):
    with serving("--log", tmp_path / "log", "--refuse", 1, 3, "--status", status) as (port, _):
        found = send(dataset, f"http://127.0.0.1:{port}/", tmp_path)
    assert found["retries"] == 2
    check_nothing_is_lost_and_repeats_are_announced(read_log(tmp_path / "log"))


def test_public_address_is_refused_without_connecting(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.replay.http_sink.connect", lambda *_: pytest.fail("connected"))
    with pytest.raises(InputError, match=r"loopback or private address, got 192\.0\.2\.1"):
        send(dataset, "http://192.0.2.1/", tmp_path)


def test_stdout_holds_events_and_nothing_else(dataset, tmp_path):
    with smearbench(dataset.path, "--to", "stdout", "--rate", 0, cwd=tmp_path) as process:
        out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err
    assert numbers(map(json.loads, out.splitlines())) == list(range(1, N_EVENTS + 1))
    assert f"{N_EVENTS:,} events (synthetic)" in err


def test_speed_is_kept(dataset, tmp_path):
    """Four days lie between the first and the last event."""
    out = tmp_path / "events.ndjson"
    options = Options(read_pace("172800x", None), Policy(), state_file=tmp_path / "s.json")
    found = replay(dataset, read_target(f"ndjson:{out}"), options, lambda _: None)
    assert 2.0 <= found["seconds"] < 12.0
    assert found["sent"] == N_EVENTS


def test_slow_server_slows_the_replay_and_its_lag_is_told(dataset, tmp_path):
    """All three thousand posts are due within 20 ms; the server takes five hundred in 0.15 s."""
    options = Options(read_pace("172800x", None), Policy(batch_events=500), state_file=tmp_path / "s.json")
    with serving("--log", tmp_path / "log", "--sleep", 0.15) as (port, _):
        found = replay(dataset, read_target(f"http://127.0.0.1:{port}/"), options, lambda _: None)
    check_nothing_is_lost_and_repeats_are_announced(read_log(tmp_path / "log"))
    assert found["longest_lag_seconds"] > 6 * 0.15
    assert found["seconds"] > 6 * 0.15
    assert (found["sent"], found["may_repeat"]) == (N_EVENTS, 0)
