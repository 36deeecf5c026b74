"""The hidden track as its people type it: the organiser seals, an entrant answers, the organiser reveals."""

import hashlib
import json
import os
import subprocess
import sys

import pytest

from tests.hidden_suite import ATTACKED, LABEL, write_suite


def smearbench(*arguments, cwd):
    command = [sys.executable, "-m", "benchmarks", "suite", *map(str, arguments), "--jobs", "1"]
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=180, check=False)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    place = tmp_path_factory.mktemp("hidden")
    write_suite(place, cells=[{"scenario": f"{ATTACKED}.yaml", "label": LABEL}])
    return place


@pytest.fixture(scope="module")
def sealing(place):
    done = smearbench("seal", "hidden.yaml", "-o", "sealed", cwd=place)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def answering(place, sealing):
    done = smearbench("answer", "sealed", "--detector", "post_count", cwd=place)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def revealing(place, answering):
    done = smearbench("reveal", "sealed", "--answers", "sealed.answers", cwd=place)
    assert done.returncode == 0, done.stderr
    return done


def _find(done, name):
    return next(line.split()[1] for line in done.stdout.splitlines() if line.startswith(f"{name}:"))


def test_seal_prints_the_commitment_and_keeps_the_secret_beside(place, sealing):
    commitment = json.loads((place / "sealed/sealed.json").read_bytes())["commitment"]
    assert _find(sealing, "commitment") == commitment
    assert _find(sealing, "secret") == "sealed.secret.json"
    assert json.loads((place / "sealed.secret.json").read_bytes())["commitment"] == commitment


def test_what_is_printed_does_not_tell_the_secret(place, sealing):
    secret = json.loads((place / "sealed.secret.json").read_bytes())
    said = sealing.stdout + sealing.stderr
    hidden = [secret["nonce"], ATTACKED, LABEL, *(str(world["seed"]) for world in secret["worlds"])]
    assert [word for word in hidden if word in said] == []


def test_seal_does_not_replace_what_is_there(place, sealing):
    done = smearbench("seal", "hidden.yaml", "-o", "sealed", cwd=place)
    assert (done.returncode, done.stdout) == (1, "")
    assert "sealed: exists already. Choose another name, or replace it with --force." in done.stderr


def test_answer_prints_the_digest_of_its_manifest(place, answering):
    manifest = (place / "sealed.answers/answers.json").read_bytes()
    assert _find(answering, "digest") == hashlib.sha256(manifest).hexdigest()
    assert json.loads(manifest)["blind"] is True


def test_reveal_proves_the_labels_to_anybody(place, sealing, revealing):
    folder = place / "results/hidden_sealed/revealed"
    nonce = bytes.fromhex(json.loads((folder / "secret.json").read_bytes())["nonce"])
    labels = (folder / "labels.txt").read_bytes()
    assert hashlib.sha256(nonce + labels).hexdigest() == _find(sealing, "commitment")
    assert f"proved:      1 world with labels, by {_find(sealing, 'commitment')}" in revealing.stdout


def test_reveal_scores_the_answers_as_blind(place, answering, revealing):
    rows = json.loads((place / "results/hidden_sealed/results.json").read_bytes())
    assert {(row["detector"], row["blind"]) for row in rows} == {("post_count", True), ("oracle", False)}
    assert "post_count" in revealing.stdout
    assert _find(answering, "digest") == _find(revealing, "answers")
    assert "1 of them blind" in (place / "results/hidden_sealed/leaderboard.md").read_text(encoding="utf-8")


def test_changed_answer_is_refused(place, revealing):
    path = place / "sealed.answers/detector-00/world-000/answer.parquet"
    path.write_bytes(path.read_bytes() + b"?")
    done = smearbench("reveal", "sealed", "--answers", "sealed.answers", "-o", "again", cwd=place)
    assert (done.returncode, done.stdout) == (2, "")
    assert "answer.parquet: must be as it was sealed, got another content" in done.stderr
    assert not (place / "again").exists()
