"""The verbs that only simulate: what they print, what they refuse, and with which exit code."""

import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from benchmarks.cli import make_app
from simulator import console
from simulator.errors import InputError, OutputError
from tests.tiny_dataset import write_tiny

BROKEN = """id: broken
summary: A scenario with two mistakes.
launch: {time: "2025-05-22 19:00", zone: Nowhere}
start: T-10d
end: T+1d
target: {fictional: false}
organic: {accounts: 100}
"""


def call(*arguments):
    return CliRunner().invoke(make_app(), [str(argument) for argument in arguments])


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.yaml"
    path.write_text(BROKEN)
    return path


def test_check_says_what_is_good():
    done = call("check", "classroom", "ev_launch")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[0] == "classroom: good; 600 accounts, 42 days, prevalence 10.0%"
    assert done.stdout.splitlines()[1].startswith("ev_launch: good; 100,000 accounts")


def test_check_names_all_mistakes_of_all_files_and_exits_with_2(broken):
    done = call("check", broken, "classroom", "no_such_scenario")
    assert done.exit_code == 2
    assert f"{broken}:3:" in done.stderr
    assert f"{broken}:6:" in done.stderr
    assert "no_such_scenario" in done.stderr
    assert "classroom: good" in done.stdout


def test_check_as_json_is_one_document(broken):
    done = call("check", broken, "classroom", "--json")
    answers = json.loads(done.stdout)
    assert done.exit_code == 2
    assert [answer["good"] for answer in answers] == [False, True]
    assert {problem["line"] for problem in answers[0]["problems"]} == {3, 6}
    assert done.stderr == ""


def test_check_takes_overrides():
    done = call("check", "classroom", "--set", "operators.agency.squads.all.evasion=L9")
    assert done.exit_code == 2
    assert "--set operators.agency.squads.all.evasion=L9" in done.stderr


def test_scenarios_lists_size_and_prevalence():
    rows = json.loads(call("scenarios", "--json").stdout)
    assert {row["id"] for row in rows} >= {"classroom", "ev_launch", "quiet_launch"}
    table = call("scenarios").stdout
    assert "ev_launch" in table
    assert "100,000" in table
    assert max(map(len, table.splitlines())) <= 80


def test_schema_is_json_schema():
    assert json.loads(call("schema").stdout)["title"] == "smearbench scenario"


def test_schema_of_a_dataset_names_every_column():
    from simulator.schema import TABLES

    text = call("schema", "--dataset").stdout
    tables = json.loads(call("schema", "--dataset", "--json").stdout)["tables"]
    assert [table["name"] for table in tables] == [table.name for table in TABLES]
    for table in TABLES:
        assert all(f"| {column.name} |" in text for column in table.columns)


def test_describe_and_effect_read_datasets(tmp_path):
    world = write_tiny(tmp_path / "world")
    twin = write_tiny(tmp_path / "world-twin", variant="twin")
    assert "1 pushes in 1 waves" in call("describe", world).stdout
    assert json.loads(call("describe", world, "--json").stdout)["rows"]["posts"] == 8
    assert "Reach among organic accounts" in call("effect", world, twin).stdout
    assert json.loads(call("effect", world, twin, "--json").stdout)["origin"]["seed"] == 7


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["effect", "somewhere"], "effect: needs the twin of somewhere too, or --seeds N"),
        (["effect", "classroom", "twin", "--seeds", "2"], "effect: --seeds simulates its own twins"),
        (["describe", "nowhere"], "nowhere: must be a dataset folder, got no such folder"),
        (["simulate", "clasroom", "-o", "x"], "Did you mean"),
        (["simulate", "classroom", "-o", "x", "--seed", str(1 << 64)], "must be below 2^64"),
        (["simulate", "classroom", "-o", "x", "--seed", "-1"], "--seed"),
        (["simulate", "classroom"], "--out"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(arguments, message):
    done = call(*arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_outputs_are_refused_before_any_work(tmp_path, monkeypatch):
    monkeypatch.setattr("simulator.simulation.simulate", lambda *_, **__: pytest.fail("simulated all the same"))
    write_tiny(tmp_path / "world-twin")
    done = call("simulate", "classroom", "-o", tmp_path / "world", "--twin")
    assert done.exit_code == 1
    assert f"{tmp_path / 'world-twin'}: exists already" in done.stderr


def _fail_with(error):
    app = typer.Typer(cls=console.Program, pretty_exceptions_enable=False)
    app.callback()(lambda: None)

    @app.command()
    def fail() -> None:
        raise error

    return app


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (InputError("x.yaml: must be good."), 2, "x.yaml: must be good.\n"),
        (OutputError("out: the disk is full."), 1, "out: the disk is full.\n"),
        (KeyError("lost"), 1, "The run failed: KeyError: 'lost'\nUse --debug to see where.\n"),
        (KeyboardInterrupt(), 130, "Interrupted; nothing unfinished was kept.\n"),
        (typer.Exit(7), 7, ""),
    ],
)
def test_failures_are_messages_with_exit_codes(error, code, message):
    done = CliRunner().invoke(_fail_with(error), ["fail"])
    assert (done.exit_code, done.stderr) == (code, message)


def test_interrupt_within_an_exec_of_text_is_exit_code_130_too(tmp_path):
    program = """import typer
from simulator.console import Program
app = typer.Typer(cls=Program)
app.callback()(lambda: None)
@app.command()
def fail():
    exec("raise KeyboardInterrupt")
app(["fail"])
"""
    (tmp_path / "interrupted.py").write_text(program)
    done = subprocess.run([sys.executable, "-m", "interrupted"], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (130, "Interrupted; nothing unfinished was kept.\n")


def test_debug_shows_where_it_failed(monkeypatch):
    monkeypatch.setitem(console._settings, "debug", True)
    done = CliRunner().invoke(_fail_with(KeyError("lost")), ["fail"])
    assert isinstance(done.exception, KeyError)


@pytest.mark.parametrize(
    "arguments", [["--debug", "scenarios"], ["scenarios", "--debug"], ["scenarios", "--debug", "--json"]]
)
def test_debug_may_stand_anywhere(arguments, monkeypatch, capsys):
    monkeypatch.setitem(console._settings, "debug", False)
    with pytest.raises(SystemExit) as done:
        console.start(make_app(), arguments)
    assert done.value.code == 0
    assert console.is_debugging()
    assert "classroom" in capsys.readouterr().out
