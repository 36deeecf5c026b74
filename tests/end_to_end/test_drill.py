"""The command drill as people use it: kills and Ctrl-C in every state, calls by hand and by webhook, the reveal."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from typer.testing import CliRunner

from benchmarks.cli import make_app
from tests.worlds import operator, plain

ROOT = Path(__file__).parents[2]
SEED = 3_141_592_653_589_793
SCENARIO = plain(id="secret_of_the_drill", operators={"hidden_agency": operator()}, exposure_log=False)
HIDDEN = (str(SEED), f"{SEED:x}", "secret_of_the_drill", "hidden_agency", "misinformation", "battery_fire", "squad")
FILE = "secret_of_the_drill.yaml"
# Five days in six seconds.
SPEED = "72000x"


def begin(*arguments, cwd):
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def smearbench(*arguments):
    """Run in this process; return exit code, what was printed, and what was said."""
    done = CliRunner().invoke(make_app(), [*map(str, arguments)])
    assert "Traceback" not in done.output
    return done.exit_code, done.stdout, done.stderr


def wait_until(happens, process, seconds=150.0):
    end = time.monotonic() + seconds
    while not happens():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def plays(run: Path):
    """Return whether events have arrived, by the clock."""

    def has_anchors():
        clock = run / "play.clock.json"
        return clock.exists() and json.loads(clock.read_text())["segments"]

    return has_anchors


def start_of(folder: Path, *options):
    (folder / FILE).write_text(json.dumps(SCENARIO))
    return "drill", FILE, "--to", "ndjson:e.ndjson", "--speed", SPEED, "-o", "run", "--seed", SEED, *options


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Live a drill with a kill, a Ctrl-C and calls in it; give its folder and what was said before the reveal."""
    folder = tmp_path_factory.mktemp("drill")
    run = folder / "run"
    texts = []
    with begin(*start_of(folder), cwd=folder) as killed:
        wait_until(plays(run), killed)
        killed.send_signal(signal.SIGKILL)
        texts += killed.communicate(timeout=180)
    code, *said = smearbench("drill", "alert", run, "copied texts")
    assert code == 0, said
    texts += said
    with begin("drill", "resume", "run", "--collect", "127.0.0.1:0", cwd=folder) as stopped:
        wait_until((run / "webhook.json").exists, stopped)
        address = json.loads((run / "webhook.json").read_text())
        url = f"http://127.0.0.1:{address['port']}/alerts/{address['token']}"
        wait_until(lambda: answers(url), stopped)
        stopped.send_signal(signal.SIGINT)
        texts += stopped.communicate(timeout=180)
    refused, *said = smearbench("drill", "reveal", run)
    texts += said
    for verb in ("status", "resume"):
        code, *said = smearbench("drill", verb, run)
        assert code == 0, said
        texts += said
    return folder, (stopped.returncode, refused), "\n".join(texts)


def answers(url):
    """Return whether an alert was taken in."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, b'{"name": "by webhook"}'), timeout=60) as answer:
            return answer.status == 200
    except ConnectionError:
        return False
    except urllib.error.URLError as error:
        if isinstance(error.reason, ConnectionError):
            return False
        raise


def test_nothing_that_is_printed_tells_the_truth(told):
    _, _, text = told
    assert [word for word in HIDDEN if word in text] == []


def test_team_is_told_what_it_may_know(told):
    _, _, text = told
    for words in ("Announced events:", "Events arrive at: ndjson:", "drill alert run", "Commitment to the truth:"):
        assert words in text
    assert "must be over before the truth is opened" in text
    briefing = text.partition("Commitment")[0].splitlines()
    assert not [line for line in briefing if len(line) > 80 and "Events arrive at" not in line]


def test_interrupted_drill_says_how_it_goes_on(told):
    _, codes, text = told
    assert codes == (130, 2)
    assert "go on with: smearbench drill resume run" in text


def test_every_event_arrived_once_through_kill_and_interruption(told):
    folder, _, _ = told
    numbers = [json.loads(line)["sequence"] for line in (folder / "e.ndjson").read_text().splitlines()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_reveal_tells_it_all_and_twice_the_same(told):
    folder, _, _ = told
    first, again = (smearbench("drill", "reveal", folder / "run") for _ in range(2))
    assert first[0] == 0, first[2]
    assert first[1] == again[1]
    for words in ("secret_of_the_drill", str(SEED), "misinformation", "Verdict: "):
        assert words in first[1]
    assert not [line for line in first[1].splitlines() if len(line.rstrip()) > 80]
    found = json.loads((folder / "run/reveal.json").read_text())
    assert {call["name"] for call in found["calls"]} == {"copied texts", "by webhook"}
    assert found["alerts"]["read"] == 2
    code, _, said = smearbench("drill", "alert", folder / "run", "too late")
    assert (code, "got one that is revealed" in said) == (2, True)
    code, out, said = smearbench("drill", "resume", folder / "run")
    assert (code, out, "got one that is revealed" in said, "drill resume" in said) == (2, "", True, False)


def test_killed_set_up_leaves_no_drill_and_can_be_begun_again(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with begin(*start_of(tmp_path), cwd=tmp_path) as killed:
        wait_until(lambda: list(tmp_path.glob(".run.secret-*/*")), killed)
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=180)
    code, _, said = smearbench("drill", "reveal", "run", "--give-up")
    assert (code, "must be the file of a drill" in said) == (2, True)
    place = start_of(tmp_path).index("--speed")
    whole = (*start_of(tmp_path)[:place], "--rate", 0, *start_of(tmp_path)[place + 2 :])
    code, out, _ = smearbench(*whole, "--json")
    assert (code, json.loads(out)["interrupted"]) == (0, False)
    assert not list(tmp_path.glob(".run.secret-*"))
    code, _, said = smearbench(*whole)
    assert (code, "is there already" in said) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((FILE, "--to", "stdout", "--rate", "0", "--json"), "--json: must have stdout for itself"),
        ((FILE, "--to", "http://192.0.2.1/", "--rate", "0"), "must lead to a loopback or private address"),
        ((FILE, "--to", "stdout", "--rate", "0", "--collect", "0.0.0.0:1"), "must listen on loopback"),
        (("alert", "none", "x"), "must be the file of a drill"),
    ],
)
def test_wrong_input_is_told_before_any_work(tmp_path, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / FILE).write_text(json.dumps(SCENARIO))
    code, _, said = smearbench("drill", *arguments)
    assert (code, message in said) == (2, True), said
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
