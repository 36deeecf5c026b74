"""The command alerts with alerts of a team's own pipeline: collected through kills, from files, and wrong input."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.alerting.alert_lines import Alert
from benchmarks.cli import make_app
from benchmarks.replay.pacing import read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.targets import read_target
from simulator.dataset import open_dataset
from tests.tiny_dataset import DAY, HOUR, START, write_tiny

ROOT = Path(__file__).parents[2]


@pytest.fixture
def world(tmp_path):
    return open_dataset(write_tiny(tmp_path / "world"))


def collector(cwd, *arguments):
    command = [sys.executable, "-m", "benchmarks", "alerts", "world", "--collect", "127.0.0.1:0", "--clock", "c.json"]
    environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*command, *map(str, arguments)], cwd=cwd, env=environment, text=True, **pipes)


def post(process, body):
    """Post to the address that a collector says first."""
    url = re.search(r"http://\S+", process.stderr.readline())[0]
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
        assert answer.status == 200


def play(world, folder):
    options = Options(read_pace(None, 0.0), state_file=folder / "s.json", clock_file=folder / "c.json")
    return replay(world, read_target(f"ndjson:{folder / 'e.ndjson'}"), options, lambda _: None)


def test_kill_of_the_collector_loses_no_alert_and_the_replays_end_ends_it(world, tmp_path):
    with collector(tmp_path) as killed:
        post(killed, b'{"name": "one"}')
        killed.send_signal(signal.SIGKILL)
    with collector(tmp_path, "--grace", 0, "--warm-up", 0, "--json") as again:
        post(again, b'{"alerts": [{"status": "firing", "labels": {"alertname": "two"}}]}')
        play(world, tmp_path)
        out, err = again.communicate(timeout=150)
    assert again.returncode == 0, err
    found = json.loads(out)
    assert (found["own"]["alerts"]["read"], found["own"]["alerts"]["before_start"]) == (2, 2)
    assert found["own"]["replay_finished"]
    names = [json.loads(line)["name"] for line in (tmp_path / "c.alerts.ndjson").read_text().splitlines()]
    assert names == ["one", "two"]


def test_interrupted_collector_scores_what_there_is(world, tmp_path):
    play(world, tmp_path)
    clock = json.loads((tmp_path / "c.json").read_text())
    (tmp_path / "c.json").write_text(json.dumps(clock | {"finished": False}))
    with collector(tmp_path, "--warm-up", 0) as process:
        post(process, b'{"name": "one"}')
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=150)
    assert process.returncode == 130, err
    assert "The replay was not over: scored until" in out
    assert not [line for line in out.splitlines() if len(line.rstrip()) > 80]


def run(*arguments):
    return CliRunner().invoke(make_app(), ["alerts", *map(str, arguments)])


def test_file_of_alerts_is_scored_in_simulated_time_and_put_beside(world, tmp_path):
    file = tmp_path / "mine"
    file.write_text(Alert(START + DAY + HOUR // 2, "brakes").to_line() + Alert(START + 9 * DAY, "brakes").to_line())
    first = run(world.path, "--alerts", file, "--warm-up", 0, "-o", tmp_path / "out")
    assert first.exit_code == 0, first.output
    for words in ("1 of 1", "Your own pipeline: its real delays are in.", "Alerts: 2, of which 1 scored", "No twin"):
        assert words in first.output
    file.write_text("")
    again = run(world.path, "--alerts", file, "--warm-up", 0, "--against", tmp_path / "out/alerts.json", "--json")
    (now, before) = json.loads(again.stdout)["against"]["rules"]
    assert (now["this"]["n_detected"], before["other"]["n_detected"]) == (0, 1)


def test_call_of_a_crisis_is_no_alert_of_an_attack(world, tmp_path):
    file = tmp_path / "mine"
    times = (START + DAY + HOUR // 2, START + 2 * DAY, START + DAY + HOUR)
    kinds = ("crisis", "crisis", "attack")
    file.write_text("".join(Alert(time, "me", kind).to_line() for time, kind in zip(times, kinds, strict=True)))
    done = run(world.path, "--alerts", file, "--warm-up", 0)
    assert done.exit_code == 0, done.output
    for words in ("Calls of a real crisis: 2; they are no alerts", "Alerts: 1, of which 1 scored"):
        assert words in done.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--clock", "c"), "--clock: must stand beside --alerts or --collect, got it alone."),
        (("--against", "c"), "--against: must stand beside --alerts or --collect"),
        (("--alerts", "mine", "--twin-clock", "c"), "--twin-clock: must stand beside --twin-alerts"),
        (("--alerts", "mine", "--twin-alerts", "mine"), "must be of the twin"),
        (("--alerts", "none"), "none: must be a file of alerts, got No such file"),
        (("--alerts", "wrong"), "wrong:1: time: must be ISO 8601 with a zone"),
        (("--alerts", "mine", "--clock", "none"), "must be the clock of a replay, got no file"),
        (("--alerts", "mine", "--against", "mine"), "mine: must be the alerts.json of another run"),
        (("--alerts", "mine", "world"), "must be given the one dataset that was replayed, got 2"),
        (("--alerts", "mine", "--rules", "sweep"), "--rules: must stand without --alerts and --collect, got sweep"),
        (("--alerts", "mine", "--engine", "sql"), "--engine: must stand without --alerts and --collect"),
        (("--alerts", "mine", "--series", "s"), "--series: must stand without --alerts and --collect"),
        (("--alerts", "mine", "--jobs", "1"), "--jobs: must stand without --alerts and --collect, got 1 beside."),
        (("--alerts", "mine", "--seeds", "5"), "--seeds: must stand without --alerts and --collect"),
        (("--alerts", "mine", "--worlds", "w"), "--worlds: must stand without --alerts and --collect"),
        (("--alerts", "mine", "--time-limit", "60"), "--time-limit: must stand without --alerts and --collect"),
        (("--alerts", "mine", "--set", "a=1"), "--set: must stand without --alerts and --collect"),
        (("--collect", "0.0.0.0:0", "--clock", "c"), "must listen on loopback"),
        (("--collect", "127.0.0.1:0"), "--collect: must stand beside --clock"),
    ],
)
def test_wrong_input_is_told(world, tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    Path("mine").write_text("")
    Path("wrong").write_text('{"time": "noon", "name": "x"}\n')
    done = run("world", *arguments)
    assert (done.exit_code, message in done.output) == (2, True), done.output


def test_clock_of_a_replay_that_is_long_over_is_not_waited_for(world, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    play(world, tmp_path)
    done = run("world", "--collect", "127.0.0.1:0", "--clock", "c.json")
    assert (done.exit_code, "got one that is over" in done.output) == (2, True)
