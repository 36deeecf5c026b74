"""The file of all scores: one row a detector and entity, with group and verdict."""

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.blind.answers import Answer
from benchmarks.scoring.measure import Threshold
from benchmarks.scoring.score import Scored
from benchmarks.scoring.scores_file import SCHEMA, write_scores
from simulator.errors import OutputError

ACCOUNTS = Answer("a", "account", ids=np.array([11, 12]), scores=np.array([0.5, -np.inf]), groups=np.array([0, -1]),
                  has_scores=True, has_groups=True)  # fmt: skip
ALERTS = Answer("b", "alert", ids=np.array([5000]), scores=np.array([2.0]), has_scores=True)
POSTS = Answer("c", "post", ids=np.array([101]), scores=np.array([3.0]), has_scores=True, within_world=True)
FAILED = Answer("d", "account", "crashed", "lost")


def write(folder, *answers):
    path = write_scores(folder, [Scored(None, answers)])
    return pq.read_table(path).to_pylist()


def pick(row, *names):
    return [row[name] for name in names]


def test_accounts_with_groups_and_verdicts(tmp_path):
    rows = write(tmp_path, (ACCOUNTS, Threshold(0.5, "detector")))
    shown = [pick(row, "world", "detector", "level", "entity_id", "score", "group_id", "accused") for row in rows]
    assert shown == [[0, "a", "account", 11, 0.5, 0, True], [0, "a", "account", 12, None, None, False]]


def test_without_a_threshold_there_is_no_verdict(tmp_path):
    assert [row["accused"] for row in write(tmp_path, (ACCOUNTS, None))] == [None, None]


def test_alert_has_a_time_and_no_entity(tmp_path):
    (row,) = write(tmp_path, (ALERTS, Threshold(1.0, "calibration")))
    assert (row["entity_id"], row["time"].timestamp(), row["accused"]) == (None, 5.0, True)


def test_verdict_within_a_world_is_on_its_quantiles(tmp_path):
    (row,) = write(tmp_path, (POSTS, Threshold(0.6, "calibration")))
    assert (row["score"], row["accused"]) == (3.0, False)


def test_failed_detector_has_no_rows(tmp_path):
    assert write(tmp_path, (FAILED, None)) == []


def test_worlds_are_numbered_in_one_synthetic_file_and_nothing_else_is_left(tmp_path):
    path = write_scores(tmp_path, [Scored(None, ((ALERTS, None),)), Scored(None, ((POSTS, None), (ALERTS, None)))])
    table = pq.read_table(path)
    assert table["world"].to_pylist() == [0, 1, 1]
    assert table.schema.equals(SCHEMA)
    assert table.schema.metadata[b"smearbench.synthetic"] == b"true"
    assert [path.name for path in tmp_path.iterdir()] == ["scores.parquet"]


def test_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(OutputError, match=r"gone/scores\.parquet: must be writable: "):
        write_scores(tmp_path / "gone", [])
