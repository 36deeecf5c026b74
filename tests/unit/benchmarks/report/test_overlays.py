"""Scores and alerts over the page: read from what the program writes, of this dataset only, truth apart."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.report.alerts_part import describe_alerts
from benchmarks.report.scores_part import describe_scores
from benchmarks.scoring.scores_file import SCHEMA
from simulator.dataset import open_dataset
from simulator.errors import InputError
from tests.tiny_dataset import ALL_ACCOUNTS, write_tiny


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("tiny") / "tiny"))


def _name(dataset, **changes):
    manifest = dataset.manifest
    return {"digest": manifest.scenario.digest, "seed": manifest.seed, "variant": manifest.variant} | changes


def _write_scores(folder, named, level="account"):
    folder.mkdir()
    figures = {"name": "mine", "tracks": {"account": {"average_precision": 0.75}}}
    (folder / "metrics.json").write_text(json.dumps({"worlds": [{"dataset": named, "detectors": [figures]}]}))
    rows = [
        {"world": 0, "detector": "mine", "level": level, "entity_id": account, "score": score, "accused": score >= 0.6}
        for account, score in zip(ALL_ACCOUNTS, (0.1, 0.7, 0.2, 0.3, 0.9, 0.5), strict=True)
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), folder / "scores.parquet")
    return folder


def test_scores_become_ranks_and_hits(dataset, tmp_path):
    folder = _write_scores(tmp_path / "run", _name(dataset))
    (visible,), (sealed,) = describe_scores(dataset, folder, np.array([11, 12, 21]))
    assert visible == {"name": "mine", "rank": [0, 66, 83], "accused": [0, 1, 1], "n_accused": 2}
    assert [row[1:] for row in sealed["squads"]] == [[1, 1]]
    assert sum(row[1] for row in sealed["segments"]) == 1
    assert sum(row[2] for row in sealed["segments"]) == 4
    assert sealed["average_precision"] == 0.75


def test_an_account_without_a_score_has_no_rank(dataset, tmp_path):
    folder = _write_scores(tmp_path / "run", _name(dataset))
    (visible,), _ = describe_scores(dataset, folder, np.array([11, 99]))
    assert visible["rank"] == [0, -1]


@pytest.mark.parametrize(
    ("changes", "level", "complaint"),
    [
        ({"seed": 99}, "account", "must hold scores of .*tiny, got those of others. Score this dataset."),
        ({}, "post", "must hold scores of accounts, got none."),
    ],
)
def test_scores_of_something_else_are_refused(dataset, tmp_path, changes, level, complaint):
    folder = _write_scores(tmp_path / "run", _name(dataset, **changes), level)
    with pytest.raises(InputError, match=complaint):
        describe_scores(dataset, folder, np.array([11]))


def test_scores_that_are_cut_are_refused(dataset, tmp_path):
    folder = _write_scores(tmp_path / "run", _name(dataset))
    (folder / "scores.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match=r"scores.parquet: must be the scores of a run, got something else"):
        describe_scores(dataset, folder, np.array([11]))


def test_a_folder_without_scores_is_refused(dataset, tmp_path):
    with pytest.raises(InputError, match=r"must hold metrics.json, got none. Give a folder that smearbench score"):
        describe_scores(dataset, tmp_path, np.array([11]))


def _make_alerts(named):
    rule = {
        "name": "loud",
        "episodes": {"true": ["2025-05-02T00:30:00Z"], "crisis": [], "false": ["2025-05-01T00:10:00Z"], "twin": []},
        "push_hours": [0.5],
    }
    push = {"name": "agency.first", "start": "2025-05-02T00:00:00Z", "end": "2025-05-02T06:00:00Z"}
    return {"format": "smearbench alerts", "worlds": [{"dataset": named, "rules": [rule], "pushes": [push]}]}


def test_alerts_become_minutes_and_their_truth_is_apart(dataset, tmp_path):
    file = tmp_path / "alerts.json"
    file.write_text(json.dumps(_make_alerts(_name(dataset))))
    visible, sealed = describe_alerts(dataset, file)
    assert visible == [{"name": "loud", "minutes": [10, 1470]}]
    assert sealed == {"true": [[0, 1]], "pushes": [["agency.first", 1440, 1800]], "hours": [[0.5]]}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{}", "must be the alerts.json of smearbench alerts -o DIR, got something else"),
        ("[1", "must be the alerts.json of smearbench alerts -o DIR, got something else"),
        ('{"format": "smearbench alerts", "worlds": [1]}', "must be the alerts.json of .*, got something else"),
        ('{"format": "smearbench alerts", "worlds": []}', "must be about .*tiny, got other worlds."),
    ],
)
def test_a_file_that_is_none_of_alerts_is_refused(dataset, tmp_path, content, complaint):
    file = tmp_path / "alerts.json"
    file.write_text(content)
    with pytest.raises(InputError, match=complaint):
        describe_alerts(dataset, file)


def test_a_file_that_is_not_there_is_refused(dataset, tmp_path):
    with pytest.raises(InputError, match=r"alerts.json: must be a file to read: No such file"):
        describe_alerts(dataset, tmp_path / "alerts.json")
