"""The command fidelity as a user types it, on a tiny world: tables, JSON, figures, own references, wrong input."""

import json
import os
import shutil
import signal
import subprocess
import sys

import duckdb
import pytest
from typer.testing import CliRunner

from benchmarks.cli import make_app
from tests.tiny_dataset import write_tiny

SMALL = ("classroom", "--accounts", "200", "--days", "10", "--seed", "3")


def smearbench(*arguments, cwd):
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=180)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fidelity")
    done = smearbench("simulate", *SMALL, "-o", "world", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def printed(place):
    return smearbench("fidelity", "world", "-o", "out", cwd=place)


def test_every_pair_is_printed_with_its_score(printed):
    assert printed.returncode == 0, printed.stderr
    for text in ("fast_squad: fast_squad against", "coordinated:IRA-RightTroll-originals", "Score of each pair"):
        assert text in printed.stdout
    assert "not compared: repost_share: reposts were removed" in printed.stdout
    assert "(recalled)" in printed.stdout
    assert not [line for line in printed.stdout.splitlines() if len(line) > 80]


def test_document_and_figures_are_written(place, printed):
    names = {path.name for path in (place / "out").iterdir()}
    assert {"fidelity.json", "calendar.png", "calendar.svg", "activity.svg"} <= names


def test_json_is_the_written_document(place, printed):
    done = smearbench("fidelity", "world", "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found | {"files": []} == json.loads((place / "out/fidelity.json").read_text()) | {"files": []}
    assert found["synthetic"] is True
    facts = [fact for pair in found["pairs"] for fact in pair["facts"]]
    assert all((fact["inside"] is None) == bool(fact["synthetic"]["why_not"]) for fact in facts)
    assert any(fact["inside"] for fact in facts)


def test_results_are_not_replaced_without_force(place, printed):
    done = smearbench("fidelity", "world", "-o", "out", cwd=place)
    assert done.returncode == 1
    assert done.stderr.strip() == "out: exists already. Choose another name, or replace it with --force."


def test_forced_result_that_is_interrupted_leaves_the_earlier_one(place, printed, monkeypatch):
    shutil.copytree(place / "out", place / "kept")
    before = {path.name: path.read_bytes() for path in (place / "kept").iterdir()}
    monkeypatch.chdir(place)
    monkeypatch.setattr("benchmarks.fidelity.figures._draw_family", lambda *_: signal.raise_signal(signal.SIGTERM))
    done = CliRunner().invoke(make_app(), ["fidelity", "world", "-o", "kept", "--force"])
    assert done.exit_code == 143
    assert {path.name: path.read_bytes() for path in (place / "kept").iterdir()} == before


@pytest.fixture(scope="module", params=["csv", "parquet"])
def reference(request, place):
    path = place / f"mine.{request.param}"
    posts = "world/observations/posts/*.parquet"
    question = f"SELECT 'a' || account_id AS account_id, created_at, text FROM '{place / posts}' WHERE text IS NOT NULL"
    with duckdb.connect() as database:
        database.execute(f"COPY ({question}) TO '{path}'")
    return path.name


def test_own_posts_are_a_reference(place, reference):
    done = smearbench("fidelity", "world", "--reference", reference, "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    (pair,) = json.loads(done.stdout)["pairs"]
    assert pair["real"] == "reference"
    by_name = {fact["fact"]: fact for fact in pair["facts"]}
    assert {"posts_gini", "hour_entropy", "length_tokens"} <= set(by_name)
    # The table is the world itself, but for bots and operated accounts.
    assert by_name["length_tokens"]["inside"]


def test_wrong_reference_is_refused(place):
    (place / "a.csv").write_text("account_id,created_at\n1,2025-01-01\n")
    done = smearbench("fidelity", "world", "--reference", "a.csv", "-o", "never", cwd=place)
    assert done.returncode == 2
    assert not (place / "never").exists()
    assert "a.csv: must have the column text, got account_id" in done.stderr
    assert "Traceback" not in done.stderr


def test_folder_that_is_no_dataset_is_refused(place):
    done = smearbench("fidelity", ".", cwd=place)
    assert done.returncode == 2
    assert "must" in done.stderr


def test_six_accounts_are_too_few_for_most_facts_and_that_is_said(tmp_path):
    write_tiny(tmp_path / "tiny")
    done = smearbench("fidelity", "tiny", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    pairs = {pair["pair"]: pair for pair in json.loads(done.stdout)["pairs"]}
    assert pairs["fast_squad"]["score"] is None
    assert {fact["synthetic"]["why_not"] for fact in pairs["fast_squad"]["facts"]} == {"the slice is empty"}


@pytest.fixture(scope="module")
def other(place):
    made = smearbench("simulate", *SMALL[:-1], "4", "--twin", "-o", "other", cwd=place)
    assert made.returncode == 0, made.stderr
    return "other"


def test_worlds_of_a_scenario_are_held_together(place, other):
    done = smearbench("fidelity", "world", other, cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("classroom, medians of 2 seeds, 3 to 4 (synthetic), hours in ")
    assert "seeds: share of facts of one of these worlds" in done.stdout
    assert done.stderr.splitlines() == ["world 1 of 2: world", "world 2 of 2: other"]
    assert not [line for line in done.stdout.splitlines() if len(line) > 80]


def test_several_worlds_have_own_posts_as_a_reference(place, other, reference):
    done = smearbench("fidelity", "world", other, "--reference", reference, "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    (pair,) = json.loads(done.stdout)["pairs"]
    assert pair["real"] == "reference"
    assert max(fact["synthetic"]["n"] for fact in pair["facts"]) == 2


def test_worlds_and_twins_are_not_mixed(place, other):
    done = smearbench("fidelity", "world", f"{other}-twin", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "other-twin: must be a world with its campaign, as world is, got a twin. Give worlds" in done.stderr


def test_only_seeds_may_differ(place):
    made = smearbench("simulate", *SMALL[:-3], "11", "--seed", "4", "-o", "longer", cwd=place)
    assert made.returncode == 0, made.stderr
    done = smearbench("fidelity", "world", "longer", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "longer: must be a world of the scenario of world, classroom, got classroom with other set" in done.stderr
    done = smearbench("fidelity", "world", "world", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "world: must have a seed of its own, got 3, that of world. Give each world once." in done.stderr


def test_damaged_files_are_refused(place):
    shutil.copytree(place / "world", place / "damaged")
    (part,) = (place / "damaged/observations/posts").glob("*.parquet")
    content = bytearray(part.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 100] = bytes(100)
    part.write_bytes(content)
    done = smearbench("fidelity", "damaged", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "must have SHA-256" in done.stderr
