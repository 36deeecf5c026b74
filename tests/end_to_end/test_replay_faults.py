"""The command replay with faults on purpose: the same after every kill, told beside the state and in the clock."""

import json
import signal
from collections import Counter
from itertools import chain

import pytest

from benchmarks.replay.fault_orders import read_faults
from benchmarks.replay.pacing import read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.sending import Policy
from benchmarks.replay.streams import open_stream
from benchmarks.replay.targets import read_target
from simulator.dataset import open_dataset
from simulator.errors import InputError, SmearbenchError
from tests.end_to_end.test_replay import serving
from tests.receiving_server import read_log
from tests.replay_runs import N_EVENTS, numbers, smearbench, wait_until, write_many_posts

TEXTS = ("late=0.05:2m", "duplicate=0.05:30s", "gap=0.05:1m", "burst=0.1:1m", "skew=0.1:+90s", "malformed=0.02")
OPTIONS = tuple(chain.from_iterable(("--fault", text) for text in TEXTS))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    """Give the tiny dataset with a post every second."""
    return open_dataset(write_many_posts(tmp_path_factory.mktemp("faults") / "world"))


def send(dataset, to, tmp_path, texts=TEXTS, *, seed=None, retries=3):
    options = Options(
        *(read_pace(None, 0.0), Policy(batch_events=500, retries=retries)),
        state_file=tmp_path / "replay.state.json",
        faults=read_faults(texts),
        fault_seed=seed,
    )
    return replay(dataset, read_target(to), options, lambda _: None)


@pytest.fixture(scope="module")
def whole(dataset, tmp_path_factory):
    """Give the folder of an undisturbed replay with faults, and what it printed."""
    folder = tmp_path_factory.mktemp("whole")
    return folder, send(dataset, f"ndjson:{folder / 'a'}", folder)


def read_json(path):
    return json.loads(path.read_text())


def test_number_of_events_is_known_beforehand(dataset, whole):
    folder, found = whole
    assert found["acknowledged"] == found["total"] == (folder / "a").read_bytes().count(b"\n")


@pytest.mark.parametrize("texts", [[text] for text in TEXTS] + [["gap=1:1d"]], ids=lambda texts: texts[0])
def test_number_of_events_of_each_fault_is_known_beforehand(dataset, texts):
    stream = open_stream(dataset, read_faults(texts), 3, None)
    assert sum(map(len, stream.read(0))) == stream.total


def test_counts_are_those_of_the_file(whole):
    folder, found = whole
    lines = (folder / "a").read_bytes().splitlines()
    n_seen = Counter(int(line[len(b'{"sequence":') :].split(b",")[0]) for line in lines)
    assert found["faults"]["gap"]["n_events"] == N_EVENTS - len(n_seen) > 0
    assert found["faults"]["duplicate"]["n_events"] == sum(n_seen.values()) - len(n_seen) > 0
    assert all(fault["n_events"] > 0 for fault in found["faults"].values())


def test_clock_and_fault_file_tell_the_same_faults(whole):
    folder, found = whole
    assert read_json(folder / "replay.clock.json")["faults"] == found["faults"]
    content = read_json(folder / "replay.faults.json")
    assert (content["faults"], content["n_sent"], content["asked"]) == (found["faults"], found["total"], list(TEXTS))
    assert len(content["gaps"]) == found["faults"]["gap"]["n_stretches"]
    assert found["fault_file"] == str(folder / "replay.faults.json")


def test_finished_replay_tells_its_faults_again(dataset, whole):
    folder, found = whole
    path = folder / "replay.clock.json"
    killed = read_json(path) | {"faults": {}, "finished": False}
    path.write_text(json.dumps(killed))
    again = send(dataset, f"ndjson:{folder / 'a'}", folder)
    assert (again["sent"], again["faults"]) == (0, found["faults"])
    assert (read_json(path)["faults"], read_json(path)["finished"]) == (found["faults"], True)


def test_events_tell_nothing_of_faults(whole):
    folder, _ = whole
    names = {name for line in (folder / "a").read_text().splitlines() for name in read_names(line)}
    assert not names & {"fault", "faults", "late", "duplicate", "malformed"}


def read_names(line):
    try:
        return json.loads(line).keys()
    except ValueError:
        return ()


def test_replay_without_faults_writes_none_down(dataset, tmp_path):
    assert send(dataset, f"ndjson:{tmp_path / 'a'}", tmp_path, ())["faults"] == {}
    assert "faults" not in read_json(tmp_path / "replay.clock.json")
    assert not (tmp_path / "replay.faults.json").exists()


@pytest.mark.parametrize("n_bytes_left", [0, 1, 100_001])
def test_truncated_file_is_completed_with_the_same_faults(dataset, whole, tmp_path, n_bytes_left):
    folder, found = whole
    out = tmp_path / "a"
    send(dataset, f"ndjson:{out}", tmp_path)
    with out.open("r+b") as file:
        file.truncate(n_bytes_left)
    again = send(dataset, f"ndjson:{out}", tmp_path)
    assert out.read_bytes() == (folder / "a").read_bytes()
    assert again["faults"] == found["faults"]


def test_killed_replay_makes_the_same_faults_when_it_goes_on(dataset, whole, tmp_path):
    folder, found = whole
    out = tmp_path / "a"
    arguments = (dataset.path, "--to", f"ndjson:{out}", *OPTIONS)
    with smearbench(*arguments, "--rate", 1000, "--batch", 100, cwd=tmp_path) as killed:
        wait_until(lambda: out.exists() and out.stat().st_size > 50_000)
        killed.send_signal(signal.SIGKILL)
    assert 0 < out.stat().st_size < (folder / "a").stat().st_size
    with smearbench(*arguments, "--rate", 0, "--json", cwd=tmp_path) as resumed:
        printed, err = resumed.communicate(timeout=180)
    assert resumed.returncode == 0, err
    assert "Going on after event" in err
    assert out.read_bytes() == (folder / "a").read_bytes()
    assert json.loads(printed)["faults"] == found["faults"]
    assert read_json(tmp_path / "a.faults.json")["faults"] == found["faults"]


def test_http_requests_count_what_is_sent_so_that_loss_and_gaps_differ(dataset, tmp_path):
    with serving("--log", tmp_path / "log") as (port, _):
        found = send(dataset, f"http://127.0.0.1:{port}/", tmp_path, ["gap=0.05:1m", "duplicate=0.05:30s"])
    requests = read_log(tmp_path / "log")
    places = [range(int(h["Smearbench-First"]), int(h["Smearbench-Last"]) + 1) for h, _ in requests]
    assert list(chain.from_iterable(places)) == list(range(1, found["total"] + 1))
    assert [len(events) for _, events in requests] == list(map(len, places))
    seen = Counter(chain.from_iterable(numbers(events) for _, events in requests))
    assert N_EVENTS - len(seen) == found["faults"]["gap"]["n_events"]


def test_receiver_that_dies_gets_the_same_events_in_the_same_places_again(dataset, whole, tmp_path):
    folder, found = whole
    log = tmp_path / "log"
    with serving("--die-after", 3, "--log", log) as (port, _), pytest.raises(SmearbenchError, match="given up"):
        send(dataset, f"http://127.0.0.1:{port}/", tmp_path, retries=0)
    with serving("--log", log, "--port", port):
        again = send(dataset, f"http://127.0.0.1:{port}/", tmp_path)
    lines = (folder / "a").read_bytes().splitlines()
    seen = set()
    for block in log.read_bytes().split(b"\n\n")[:-1]:
        head, *sent = block.splitlines()
        first, last = (int(json.loads(head)[f"Smearbench-{name}"]) for name in ("First", "Last"))
        assert sent == lines[first - 1 : last]
        seen.update(range(first, last + 1))
    assert seen == set(range(1, len(lines) + 1))
    assert (again["may_repeat"], again["faults"]) == (500, found["faults"])


@pytest.mark.parametrize(
    ("texts", "seed"), [(TEXTS[1:], None), (TEXTS, 99), ((), None)], ids=["fewer", "another seed", "none"]
)
def test_state_of_other_faults_is_refused(dataset, whole, texts, seed):
    folder, _ = whole
    with pytest.raises(InputError, match=r"faults: must be of these faults .*got late=0.05:2m .*seed=7.*--force"):
        send(dataset, f"ndjson:{folder / 'a'}", folder, texts, seed=seed)


@pytest.mark.parametrize(
    ("texts", "seed", "message"),
    [
        ([], 3, "must come with --fault, got 3"),
        (["malformed=1"], 1 << 64, r"must be below 2\^64, got 18446744073709551616"),
    ],
)
def test_unusable_fault_seed_is_refused(dataset, texts, seed, message):
    with pytest.raises(InputError, match=f"--fault-seed: {message}"):
        open_stream(dataset, read_faults(texts), seed, None)
