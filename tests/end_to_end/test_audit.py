"""The audit as a user types it, on a small world."""

import json
import shutil

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from benchmarks.audit.file_marks import find_file_marks
from benchmarks.cli import make_app
from simulator import load_scenario, open_dataset, simulate


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    overrides = ["operators.agency.squads.all.evasion=L4"]
    scenario = load_scenario("ev_launch", accounts=600, days=12, overrides=overrides)
    return simulate(scenario, 5, tmp_path_factory.mktemp("audit") / "world").path


@pytest.fixture(scope="module")
def audited(world, tmp_path_factory):
    out = tmp_path_factory.mktemp("result") / "audit"
    arguments = ["audit", str(world), "--baseline", "synchrony", "-o", str(out), "--json"]
    return CliRunner().invoke(make_app(), arguments), out


def test_one_world_is_measured_and_not_judged(audited):
    result, _ = audited
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["gate"]["verdict"] == "not judged"
    assert {row["family"] for row in content["findings"]} == {"formats", "marginals", "text", "cross-account"}
    assert content["levels"]["L4"]["best_baseline"] == "synchrony"


def test_the_result_is_written_as_printed(audited):
    result, out = audited
    assert json.loads((out / "audit.json").read_text()) == json.loads(result.stdout)


def test_a_result_is_not_replaced(audited, world):
    _, out = audited
    result = CliRunner().invoke(make_app(), ["audit", str(world), "-o", str(out)])
    assert result.exit_code == 1
    assert "audit: exists already. Choose another name, or replace it with --force." in result.output


def test_place_that_cannot_be_written_is_refused_before_the_work(world, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.audit.audit.audit_datasets", lambda *_: pytest.fail("audited all the same"))
    (tmp_path / "taken").touch()
    result = CliRunner().invoke(make_app(), ["audit", str(world), "-o", str(tmp_path / "taken/audit")])
    assert result.exit_code == 1
    assert "audit: must be a folder to write to: Not a directory." in result.output


def test_no_format_tells_in_a_simulated_world(audited):
    result, _ = audited
    formats = [row for row in json.loads(result.stdout)["findings"] if row["family"] == "formats"]
    assert len(formats) > 50
    assert not [row for row in formats if row["fails"]]


def test_files_of_a_world_tell_nothing(world):
    assert find_file_marks(open_dataset(world)) == []


def test_a_squad_named_in_a_files_metadata_is_found(world, tmp_path):
    copy = tmp_path / "marked"
    shutil.copytree(world, copy)
    file = copy / "observations" / "accounts.parquet"
    table = pq.read_table(file)
    dataset = open_dataset(copy)
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), b"made_by": b"agency.day"}), file)
    marks = find_file_marks(dataset)
    assert any("undocumented metadata b'made_by'" in mark for mark in marks)
    assert any("names b'agency.day'" in mark for mark in marks)
