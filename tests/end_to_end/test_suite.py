"""A suite as a user runs it: rows and leaderboard, stopped and resumed, joined by a new detector, on a cluster."""

import contextlib
import json
import signal
import subprocess
import sys
import time

import psutil
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.cli import make_app
from tests.end_to_end import suite_programs as programs

FILES = ("results.parquet", "results.json", "curves.parquet", "curves.json", "stamp.json", "leaderboard.md")


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return programs.make_work(tmp_path_factory.mktemp("suite"))


@contextlib.contextmanager
def run_cluster(work):
    """A Dask scheduler with two worker processes on this machine."""
    process = subprocess.Popen([sys.executable, "cluster.py"], cwd=work, stdin=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 60
        while not (work / "address").exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        yield (work / "address").read_text()
    finally:
        process.stdin.close()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture(scope="module")
def whole(work):
    """A run on a cluster, from nothing to the end."""
    with run_cluster(work) as address:
        command = programs.suite_run("cache-whole", "whole", "--backend", "dask", "--scheduler", address)
        done = programs.call(command, work)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def rows(work, whole):
    return pq.read_table(work / "whole/results.parquet").to_pylist()


def call_here(work, monkeypatch, *arguments):
    monkeypatch.chdir(work)
    return CliRunner().invoke(make_app(), arguments)


def select(rows, **wanted):
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def is_alive(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def wait_for_end(pids):
    """Return which of some processes are still there after a while."""
    deadline = time.monotonic() + 20
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return [pid for pid in pids if is_alive(pid)]


def test_a_row_each_detector_world_and_track(rows):
    found = {(row["track"], row["detector"]): 0 for row in rows}
    for row in rows:
        found[row["track"], row["detector"]] += 1
    assert found == {
        ("account", "chance"): 2,
        ("account", "oracle"): 2,
        ("account", "crash"): 2,
        ("account", "slow"): 2,
        ("alert", "cusum"): 4,  # two budgets
        ("alert", "oracle"): 4,
        ("group", "oracle"): 2,
        ("post", "oracle"): 2,
    }
    assert {row["cell"] for row in rows} == {"classroom L1", "quiet_launch"}


def test_failures_are_rows_that_say_why(rows, whole):
    assert {(row["status"], row["message"]) for row in select(rows, detector="crash")} == {
        ("crashed", "ValueError: lost")
    }
    assert {(row["status"], row["message"]) for row in select(rows, detector="slow")} == {
        ("out of time", f"its process was stopped at the limit of {programs.LIMIT} s")
    }
    assert {row["status"] for row in rows if row["detector"] not in ("crash", "slow")} == {"ok"}
    assert "crash (crashed), slow (out of time)" in whole.stderr


def test_oracle_scores_one_on_every_track(rows):
    oracle = select(rows, detector="oracle", cell="classroom L1")
    found = {row["track"]: row for row in oracle}
    assert found["account"]["average_precision"] == found["post"]["average_precision"] == 1
    assert found["group"]["group_score"] == 1
    assert found["alert"]["detection_rate"] == 1
    assert found["alert"]["false_alarms_per_day"] == 0


def test_chance_scores_about_the_prevalence(rows):
    (row,) = select(rows, detector="chance", cell="classroom L1")
    assert 0.1 < row["prevalence"] < 0.25
    assert abs(row["average_precision"] - row["prevalence"]) < 0.15


def test_quiet_world_has_no_positives_and_no_figure_divides_by_them(rows):
    (row,) = select(rows, detector="chance", cell="quiet_launch")
    assert (row["positives"], row["average_precision"], row["roc_auc"]) == (0, None, None)
    assert row["negatives"] == 150
    assert {(row["n_waves"], row["detection_rate"]) for row in select(rows, track="alert", cell="quiet_launch")} == {
        (0, None)
    }


def test_results_hold_no_times_and_costs_stand_apart(work, rows):
    assert not [key for key in rows[0] if "seconds" in key or "memory" in key]
    costs = json.loads((work / "whole/costs.json").read_text())
    assert {cost["detector"] for cost in costs} == {"chance", "cusum", "crash", "slow"}
    assert all(cost["wall_seconds"] > 0 for cost in costs)
    assert all(cost["cpu_seconds"] > 0 for cost in costs if cost["detector"] == "cusum")


def test_json_and_parquet_say_the_same(work, rows):
    assert json.loads((work / "whole/results.json").read_text()) == rows


def test_leaderboard_and_stamp_say_what_they_are_made_from(work, whole):
    board = (work / "whole/leaderboard.md").read_text()
    assert all(name in board for name in ("chance", "cusum", "oracle", "crash", "slow", "ValueError: lost"))
    stamp = json.loads((work / "whole/stamp.json").read_text())
    assert (stamp["suite"], stamp["synthetic"], stamp["worlds"]) == ("tiny", True, 4)
    assert stamp["seeds"] == {"train": [201], "validation": [101], "test": [1]}
    assert {path.name for path in (work / "whole").iterdir()} == {*FILES, "costs.json", "plots"}


def test_headlines_fit_eighty_columns(whole):
    assert "account: average precision" in whole.stdout
    assert "leaderboard: whole/leaderboard.md" in whole.stdout
    assert max(map(len, whole.stdout.splitlines())) <= 80


@pytest.fixture(scope="module")
def resumed(work):
    """A run on this machine, interrupted in simulating, killed while detectors answer, and then brought to its end."""
    command = programs.suite_run("cache", "resumed", "--jobs", "2")
    told = programs.stop_when(command, work, "cache/worlds/*/.dataset.partial-*", signal.SIGINT)
    killed = programs.stop_when(command, work, "cache/answers/[0-9a-f]*", signal.SIGKILL)
    before = programs.take_times(work / "cache", "worlds", "answers")
    done = programs.call(command, work)
    assert done.returncode == 0, done.stderr
    return told, killed, before


def test_interrupt_is_exit_code_130_and_nothing_runs_on(resumed):
    (code, errors, family), _, _ = resumed
    assert code == 130
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    assert wait_for_end(family) == []


def test_killed_run_is_resumed_without_doing_anything_twice(work, resumed):
    _, (code, _, family), before = resumed
    assert code == -signal.SIGKILL
    assert wait_for_end(family) == []
    after = programs.take_times(work / "cache", "worlds", "answers")
    assert len(before) > 20
    assert before.items() <= after.items()
    assert len(after) > len(before)


def test_cluster_gives_the_same_results_as_this_machine_resumed(work, whole, resumed):
    """Every file but the costs and the plots, byte by byte."""
    assert programs.read_files(work / "resumed") == programs.read_files(work / "whole")


def test_new_detector_joins_the_rows_of_the_others(work, whole, resumed, monkeypatch):
    """In the results of the resumed run, so that those of the whole one stay."""
    before = programs.take_times(work / "cache", "worlds", "answers")
    command = programs.suite_run("cache", "resumed", "--jobs", "1", detectors=("own:Learner",))
    done = call_here(work, monkeypatch, *command[3:])
    assert done.exit_code == 0, done.stderr
    after = programs.take_times(work / "cache", "worlds", "answers")
    # Failures are forgotten when a suite runs again.
    failed = {path.rpartition("/")[0] for path in before if path.endswith("limits.json")}
    good = {path: time for path, time in before.items() if path.rpartition("/")[0] not in failed}
    assert failed
    assert good.items() <= after.items()
    rows = pq.read_table(work / "resumed/results.parquet").to_pylist()
    old = pq.read_table(work / "whole/results.parquet").to_pylist()
    kept = [{key: row[key] for key in old[0]} for row in rows if row["detector"] != "learner"]
    assert kept == old
    assert {row["status"] for row in select(rows, detector="learner")} == {"ok"}
    assert "| learner |" in (work / "resumed/leaderboard.md").read_text()
    costs = json.loads((work / "resumed/costs.json").read_text())
    assert {"learner", "cusum"} <= {cost["detector"] for cost in costs}
    assert [cost["work"] for cost in costs if cost["world"] == "training worlds"] == ["fit"]


def test_results_of_another_suite_are_not_replaced(work, whole, monkeypatch):
    (work / "other.yaml").write_text(programs.TINY.replace("id: tiny", "id: other"))
    before = programs.read_files(work / "whole")
    done = call_here(work, monkeypatch, "suite", "run", "other.yaml", "-o", "whole")
    assert done.exit_code == 1
    assert "whole: must be new or hold results of other, got results of tiny. Choose another with -o." in done.stderr
    assert programs.read_files(work / "whole") == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--backend", "cloud"), "--backend: must be local or dask, got 'cloud'."),
        (("--backend", "dask"), "--backend dask and --scheduler tcp://... must be given together, got only one"),
        (("--scheduler", "tcp://127.0.0.1:9"), "--backend dask and --scheduler tcp://... must be given together"),
    ],
)
def test_backend_that_does_not_exist_is_refused(work, monkeypatch, arguments, message):
    done = call_here(work, monkeypatch, "suite", "run", "tiny.yaml", "-o", "none", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (work / "none").exists()


def test_compare_says_which_is_better_and_by_how_much(work, whole, monkeypatch):
    found = call_here(work, monkeypatch, "compare", "oracle", "chance", "--results", "whole", "--json")
    assert found.exit_code == 0
    answer = json.loads(found.stdout)
    assert (answer["track"], answer["metric"], answer["n_blocks"]) == ("account", "average_precision", 1)
    assert answer["difference"]["mean"] > 0.5
    assert answer["mean_a"] == 1


def test_compare_of_an_unknown_detector_names_the_known(work, whole, monkeypatch):
    done = call_here(work, monkeypatch, "compare", "oracle", "luck", "--results", "whole")
    assert done.exit_code == 2
    assert (
        "compare: must name detectors of the results, got 'luck'. They hold chance, crash, cusum, oracle, slow."
        in done.stderr
    )
