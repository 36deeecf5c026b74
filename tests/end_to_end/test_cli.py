"""The program as a user types it: simulate, score, run, and what lies on the disk afterwards."""

import json
import os
import signal
import subprocess
import sys
import time

import pyarrow.parquet as pq
import pytest

from simulator.dataset import open_dataset

SMALL = ("--accounts", "150", "--days", "8")


def smearbench(*arguments, cwd, **options):
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=180, **options)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("cli")


@pytest.fixture(scope="module")
def run(place):
    done = smearbench("run", "classroom", *SMALL, "--seed", 3, cwd=place)
    assert done.returncode == 0, done.stderr
    return done


def test_run_writes_dataset_and_metrics(place, run):
    folder = place / "results/runs/classroom-150-seed3-1"
    assert open_dataset(folder / "dataset", verify=True).seed == 3
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["synthetic"] is True
    (world,) = metrics["worlds"]
    assert [detector["name"] for detector in world["detectors"]] == ["near_duplicate", "chance"]
    assert world["accounts"]["positives"] > 0
    scores = pq.read_table(folder / "scores.parquet")
    assert scores.num_rows == 2 * pq.read_metadata(folder / "dataset/observations/accounts.parquet").num_rows
    assert str(folder.relative_to(place)) in run.stdout


def test_run_ends_with_a_page_beside_the_scores(place, run):
    page = "results/runs/classroom-150-seed3-1/report.html"
    assert (place / page).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert run.stdout.splitlines()[-1] == f"report:  {page} (open it in a browser)"


def test_run_prints_figures_in_eighty_columns(run):
    assert "near_duplicate" in run.stdout
    assert "by chance" in run.stdout
    assert max(map(len, run.stdout.splitlines())) <= 80


def test_run_shows_progress_on_stderr_only(run):
    assert "classroom, seed 3: setting up" in run.stderr
    assert "posts/s" not in run.stdout
    assert "0:00 left" in run.stderr


def test_score_gives_the_figures_of_run(place, run):
    dataset = "results/runs/classroom-150-seed3-1/dataset"
    done = smearbench("score", dataset, "--json", "-o", "again", cwd=place)
    assert done.returncode == 0, done.stderr
    first = json.loads((place / "results/runs/classroom-150-seed3-1/metrics.json").read_text())
    second = json.loads(done.stdout)
    assert second["files"]["metrics"] == "again/metrics.json"
    assert _leave_out_costs(first) == _leave_out_costs(second)


def _leave_out_costs(metrics):
    return [[d | {"cost": None} for d in world["detectors"]] for world in metrics["worlds"]]


def test_score_of_one_detector(place, run):
    done = smearbench(
        "score", "results/runs/classroom-150-seed3-1/dataset", "--detector", "chance", "--json", cwd=place
    )
    assert [detector["name"] for detector in json.loads(done.stdout)["worlds"][0]["detectors"]] == ["chance"]


def test_score_of_an_unknown_detector_leaves_nothing(place, run):
    before = sorted(path.name for path in (place / "results/runs").iterdir())
    done = smearbench("score", "results/runs/classroom-150-seed3-1/dataset", "--detector", "luck", cwd=place)
    assert done.returncode == 2
    assert "detector: must be one of always_null, best_single_feature, " in done.stderr
    assert sorted(path.name for path in (place / "results/runs").iterdir()) == before


def test_existing_output_is_not_replaced_without_force(place, run):
    (place / "kept").mkdir()
    (place / "kept/thesis.txt").write_text("mine")
    for verb in (("run", "classroom", *SMALL), ("score", "results/runs/classroom-150-seed3-1/dataset")):
        done = smearbench(*verb, "-o", "kept", cwd=place)
        assert (done.returncode, done.stdout) == (1, "")
        assert "kept: exists already" in done.stderr
    assert [path.name for path in (place / "kept").iterdir()] == ["thesis.txt"]


def test_simulate_writes_world_and_twin(place):
    done = smearbench("simulate", "classroom", *SMALL, "-o", "world", "--twin", "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [os.path.basename(found["path"]) for found in answer["datasets"]] == ["world", "world-twin"]
    assert [open_dataset(place / name).is_twin for name in ("world", "world-twin")] == [False, True]
    assert answer["datasets"][0]["rows"]["posts"] == answer["datasets"][0]["counters"]["posts"]


def test_quiet_world_says_that_every_alarm_is_false(place):
    done = smearbench("run", "quiet_launch", "--accounts", "100", "--days", "4", "-o", "quiet", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "Nothing here is operated" in done.stdout
    metrics = json.loads((place / "quiet/metrics.json").read_text())
    assert metrics["worlds"][0]["accounts"]["positives"] == 0
    assert metrics["worlds"][0]["detectors"][0]["tracks"]["account"]["average_precision"] is None


def test_effect_over_seeds_gives_interval_and_floor(place):
    shape = ("--accounts", "100", "--days", "4")
    done = smearbench("effect", "classroom", *shape, "--seeds", 2, "--seed", 5, "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["seeds"] == [5, 6]
    assert {"mean", "low", "high", "floor"} <= set(answer["measures"][0])


def test_interrupt_is_exit_code_130_and_leaves_nothing(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "run", "ev_launch", "--accounts", "4000"]
    process = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    runs = tmp_path / "results/runs"
    deadline = time.monotonic() + 60
    while not list(runs.glob("*/.dataset.partial-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    assert not list(runs.iterdir())
