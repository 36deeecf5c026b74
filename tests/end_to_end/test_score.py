"""Scoring as a user types it: validation and training worlds, programs, failures; on the tiny world."""

import json
import shlex
import sys

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.cli import make_app
from tests.tiny_dataset import ALL_ACCOUNTS, write_tiny

OWN = """import pyarrow as pa
class Learner:
    name, level = "learner", "account"
    def fit(self, worlds):
        self.known = worlds[0].labels["accounts"]["operated"].to_pylist()
    def score(self, observations):
        ids = observations.table("accounts", ["account_id"])["account_id"]
        return pa.table({"account_id": ids, "score": [0.9 if known else 0.1 for known in self.known]})
class Crash:
    name, level = "crash", "account"
    def score(self, observations):
        raise ValueError("lost")
"""
PROGRAM = """import sys
import pyarrow as pa, pyarrow.parquet as pq
ids = pq.read_table(sys.argv[1] + "/accounts.parquet", columns=["account_id"])["account_id"]
pq.write_table(pa.table({"account_id": ids, "group_id": [int(i.as_py() > 20) for i in ids]}), sys.argv[2])
"""
COMMAND = shlex.join([sys.executable, "pairs.py"])


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A working folder with three worlds, a module and a program."""
    folder = tmp_path_factory.mktemp("score")
    for name, seed in (("world", 7), ("valid", 8), ("train", 9)):
        write_tiny(folder / name, seed=seed)
    (folder / "own.py").write_text(OWN)
    (folder / "pairs.py").write_text(PROGRAM)
    return folder


@pytest.fixture
def score(place, monkeypatch):
    def call(*arguments):
        monkeypatch.chdir(place)
        monkeypatch.setenv("COLUMNS", "80")
        return CliRunner().invoke(make_app(), ["score", *arguments])

    return call


def test_learner_and_program_are_scored_with_calibrated_thresholds(place, score):
    detectors = ("--detector", "own:Learner", "--detector-command", COMMAND, "--command-level", "group")
    done = score("world", *detectors, "--calibrate", "valid", "--train", "train", "-o", "out")
    assert done.exit_code == 0, done.stderr
    (world,) = json.loads((place / "out/metrics.json").read_text())["worlds"]
    learner, pairs = world["detectors"]
    assert (learner["name"], pairs["name"], pairs["asked"]) == ("learner", "pairs", COMMAND)
    assert learner["tracks"]["account"]["average_precision"] == 1
    assert learner["tracks"]["account"]["threshold_from"] == "calibration"
    assert learner["tracks"]["account"]["precision"] == 1
    assert list(pairs["tracks"]) == ["group"]
    assert pairs["tracks"]["group"]["grouped_recall"] == 1
    assert "10 wrong accusations in 10,000 accounts of the validation worlds" in done.stdout
    assert "Squads found as groups" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    rows = pq.read_table(place / "out/scores.parquet").to_pylist()
    assert [row["accused"] for row in rows if row["detector"] == "learner"] == [i > 20 for i in ALL_ACCOUNTS]


def test_failure_is_exit_code_1_and_the_results_of_the_others_are_kept(place, score):
    done = score("world", "--detector", "own:Crash", "--detector", "oracle", "-o", "failed")
    assert done.exit_code == 1
    assert "detector crash: crashed: ValueError: lost" in done.stderr
    assert "Failed" in done.stdout
    (world,) = json.loads((place / "failed/metrics.json").read_text())["worlds"]
    assert [(d["name"], d["level"], d["status"]) for d in world["detectors"]] == [
        ("crash", "account", "crashed"),
        ("oracle", "account", "ok"),
    ]


def test_datasets_are_scored_one_by_one(place, score):
    done = score("world", "valid", "--detector", "oracle", "-o", "two", "--json")
    assert done.exit_code == 0, done.stderr
    answer = json.loads(done.stdout)
    assert [world["dataset"]["seed"] for world in answer["worlds"]] == [7, 8]
    assert answer["files"]["datasets"] == ["world", "valid"]
    assert set(pq.read_table(place / "two/scores.parquet")["world"].to_pylist()) == {0, 1}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--calibrate", "world"), "--calibrate: must be another world, got world, which is world of DATASET"),
        (("--train", "../{place}/world"), "--train: must be another world, got ../"),
        (("--detector-command", "no-such-program"), "--detector-command: must start with a program, got"),
        (("--param", "seed"), "--param: must be k=v or DETECTOR.k=v, got 'seed'."),
    ],
)
def test_what_cannot_be_scored_is_refused_and_leaves_nothing(place, score, arguments, message):
    done = score("world", *(text.format(place=place.name) for text in arguments), "-o", "never")
    assert done.exit_code == 2
    assert message in done.stderr
    assert not (place / "never").exists()
