"""``replay --find-limit`` against servers whose limit is known; and what it leaves alone."""

import json
import signal

import pytest

from benchmarks.replay.find_limit import Stairs, find_limit, load_events
from benchmarks.replay.pacing import FreePace, read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.sending import Policy
from benchmarks.replay.sinks import SinkUnavailable
from benchmarks.replay.targets import read_target
from benchmarks.replay_commands import _refuse_with_limit
from simulator.dataset import open_dataset
from simulator.errors import InputError, OutputError, SmearbenchError
from tests.end_to_end.test_replay import serving
from tests.receiving_server import read_log
from tests.replay_runs import smearbench
from tests.still_clock import stop_clock
from tests.tiny_dataset import START, write_tiny


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("limit") / "world"))


def find(dataset, to, *, rate=250.0, batch=100, steps=6, seconds=1.0):
    options = Options(FreePace(), Policy(batch_events=batch), timeout_seconds=5.0)
    return find_limit(dataset, read_target(to), options, Stairs(rate, 2.0, seconds, steps), lambda _: None)


def test_limit_of_a_slow_server_is_found(dataset, tmp_path):
    """A hundred events at most in a batch, each batch 0.1 s: a thousand a second, so that 600 is the highest step.

    On a busy machine it may be the one below; never one above what the server takes.
    """
    with serving("--log", tmp_path / "log", "--sleep", 0.1) as (port, _):
        found = find(dataset, f"http://127.0.0.1:{port}/", rate=300.0)
    assert (found["is_limit_found"], found["is_confirmed"]) == (True, True)
    assert found["confirmations"][-1]["seconds"] > 1.9
    assert 300.0 <= found["sustained_rate"] <= 1000.0
    assert found["steps"][-1]["verdict"] in ("growing queue", "late")
    events = [event for _, events in read_log(tmp_path / "log") for event in events]
    assert [event["sequence"] for event in events] == list(range(1, found["n_sent"] + 1))
    assert all(event["synthetic"] for event in events)
    assert found["n_rounds"] > 1
    assert {headers["Smearbench-Run"] for headers, _ in read_log(tmp_path / "log")} == {found["run"]}


def test_refused_batch_ends_the_search_and_nothing_with_it_is_sustained(dataset, tmp_path):
    with serving("--log", tmp_path / "log", "--refuse", 3) as (port, _):
        found = find(dataset, f"http://127.0.0.1:{port}/", seconds=0.5)
    assert (found["sustained_rate"], len(found["steps"])) == (None, 1)
    assert found["steps"][0]["verdict"] == "not taken"
    assert "503" in found["steps"][0]["reason"]


def test_answer_that_no_lower_rate_mends_is_an_error(dataset):
    with serving("--refuse", 1, "--status", 404) as (port, _), pytest.raises(SmearbenchError, match="got 404"):
        find(dataset, f"http://127.0.0.1:{port}/")


@pytest.fixture
def clock(monkeypatch):
    """Let steps run by a clock of their own."""
    return stop_clock(monkeypatch)


@pytest.mark.usefixtures("clock")
def test_all_steps_sustained_say_so_and_the_file_is_removed(dataset, tmp_path):
    found = find(dataset, f"ndjson:{tmp_path / 'a'}", steps=2, seconds=0.5)
    assert (found["sustained_rate"], found["is_limit_found"]) == (500.0, False)
    assert list(tmp_path.iterdir()) == []


def test_state_clock_and_file_of_a_replay_are_left_alone(dataset, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with serving() as (port, _):
        to = f"http://127.0.0.1:{port}/"
        replay(dataset, read_target(to), Options(read_pace(None, 0.0)), lambda _: None)
        before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        find(dataset, to, steps=1, seconds=0.5)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert len(before) == 3
    (tmp_path / "a").write_text("precious\n")
    with pytest.raises(OutputError, match="must be a new file with --find-limit"):
        find(dataset, "ndjson:a")
    assert (tmp_path / "a").read_text() == "precious\n"


def test_stdout_cannot_be_measured(dataset):
    with pytest.raises(InputError, match="must have a target that acknowledges, got stdout"):
        find(dataset, "stdout")


def test_events_of_the_load_are_those_of_the_run_without_its_stock(dataset):
    loaded = load_events(dataset)
    assert loaded.times.min() > START
    assert len(load_events(dataset, most=3)) == 3
    assert load_events(dataset, most=3).lines.to_pylist() == loaded.lines.to_pylist()[:3]


def test_interrupted_search_prints_the_steps_until_then(dataset, tmp_path):
    arguments = ("--find-limit", "--start-rate", 50, "--factor", 1.1, "--step-seconds", 1, "--json")
    with (
        serving() as (port, _),
        smearbench(dataset.path, "--to", f"http://127.0.0.1:{port}/", *arguments, cwd=tmp_path) as process,
    ):
        while not process.stderr.readline().startswith("step 1"):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert json.loads(out)["sustained_rate"] == json.loads(out)["steps"][-1]["rate"]


@pytest.mark.parametrize("option", ["rate", "speed", "state", "clock", "fault"])
def test_option_of_a_replay_is_refused(option):
    with pytest.raises(InputError, match=f"--{option}: must be left out with --find-limit, got x"):
        _refuse_with_limit({"steps": None, option: "x"})


def test_command_refuses_it_with_exit_code_2(dataset, tmp_path):
    with smearbench(dataset.path, "--to", "ndjson:a", "--find-limit", "--speed", "2x", cwd=tmp_path) as process:
        _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (2, "--speed: must be left out with --find-limit, got 2x.\n")


class TiringSink:
    """Takes a thousand events a second, and half of them once it had six hundred."""

    guarantee, position = "", None

    def __init__(self, clock):
        self.clock = clock

    def send(self, batch, delivery):
        self.clock.wait(len(batch) / (1000 if batch.last < 600 else 500))

    def close(self):
        pass


def test_rate_that_is_not_stood_again_for_longer_is_not_reported(dataset, tmp_path, monkeypatch, clock):
    monkeypatch.setattr("benchmarks.replay.find_limit.open_sink", lambda *_, **__: TiringSink(clock))
    found = find(dataset, f"ndjson:{tmp_path / 'a'}", rate=100.0, seconds=0.4)
    assert [step["rate"] for step in found["steps"] if step["verdict"] == "sustained"] == [100.0, 200.0, 400.0, 800.0]
    assert [(step["rate"], step["verdict"] == "sustained") for step in found["confirmations"]] == [
        (800.0, False),
        (400.0, True),
    ]
    assert found["sustained_rate"] == 400.0


class FailingSink:
    """Takes three batches, and from then on no other."""

    guarantee, position = "", None
    n_taken = 0

    def send(self, batch, delivery):
        self.n_taken += 1
        if self.n_taken > 3:
            raise SinkUnavailable("gone")

    def close(self):
        pass


@pytest.mark.usefixtures("clock")
def test_target_that_is_gone_ends_within_the_time_that_was_told(dataset, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.replay.find_limit.open_sink", lambda *_, **__: FailingSink())
    found = find(dataset, f"ndjson:{tmp_path / 'a'}", rate=10.0, seconds=0.1)
    assert [step["verdict"] for step in found["steps"]] == ["sustained", "sustained", "not taken"]
    assert [step["verdict"] for step in found["confirmations"]] == ["not taken", "not taken"]
    assert found["sustained_rate"] is None
    monkeypatch.setattr("benchmarks.replay.find_limit.Stairs.most_seconds", lambda *_: 5.0)
    found = find(dataset, f"ndjson:{tmp_path / 'a'}", rate=10.0, seconds=0.1)
    assert found["confirmations"] == []
