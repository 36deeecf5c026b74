"""What holds for every detector on offer, and for the blind call that runs it."""

import json

import numpy as np
import pytest

from benchmarks.protocol import score_blind
from benchmarks.registry import list_detectors
from benchmarks.score import score_dataset
from simulator.dataset import open_dataset
from simulator.errors import InputError, SmearbenchError
from tests.tiny_dataset import ALL_ACCOUNTS, END, START, write_tiny

DETECTORS = [entry.name for entry in list_detectors()]

HEAD = """
import json, os, sys
import pyarrow as pa
class Mine:
    name = "mine"; level = "account"; threshold = 0.5
    def score(self, seen):
        ids = seen.table("accounts", ["account_id"])["account_id"]
"""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("secret-place") / "tiny"))


@pytest.fixture
def own_detector(tmp_path, monkeypatch):
    """Write a detector into the working folder from the lines of its method."""
    monkeypatch.chdir(tmp_path)

    def write(*lines: str) -> str:
        (tmp_path / "own.py").write_text(HEAD + "".join(f"        {line}\n" for line in lines))
        return "own:Mine"

    return write


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_scores_every_account_with_a_finite_number(tiny, name):
    (answer,) = score_blind(tiny, [name])
    assert answer.name == name
    assert answer.account_ids.tolist() == list(ALL_ACCOUNTS)
    assert np.isfinite(answer.scores).all()
    assert answer.cost["peak_memory_bytes"] > 1 << 20


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_says_the_same_twice(tiny, name):
    first, second = score_blind(tiny, [name, name])
    assert np.array_equal(first.scores, second.scores)


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_scores_an_empty_world(tmp_path, name):
    from simulator.schema import TABLES

    empty = {table.name: table.arrow.empty_table() for table in TABLES}
    (answer,) = score_blind(open_dataset(write_tiny(tmp_path / "empty", tables=empty)), [name])
    assert len(answer.scores) == 0


def test_detector_meets_neither_truth_nor_the_way_to_it(tiny, own_detector):
    reference = own_detector(
        "told = [os.getcwd(), *sys.argv, *os.environ.values(), *map(str, seen.files('posts')), str(vars(seen))]",
        "names = sorted(name for _, _, names in os.walk('.') for name in names)",
        "raise ValueError(json.dumps([told, names]))",
    )
    with pytest.raises(SmearbenchError) as caught:
        score_blind(tiny, [reference])
    told, names = json.loads(str(caught.value).split("ValueError: ", 1)[1])
    assert "secret-place" not in " ".join(told)
    assert "truth" not in " ".join([*told, *names])
    assert names == [
        *("accounts.parquet", "context.json", "follows.parquet"),
        *("part-00000.parquet", "part-00000.parquet", "part-00000.parquet", "removals.parquet"),
    ]


def test_detector_is_told_the_present(tiny, own_detector):
    reference = own_detector("raise ValueError(seen.as_of.isoformat())")
    with pytest.raises(SmearbenchError, match=r"detector own:Mine: ValueError: 2025-05-05T00:00:00\+00:00"):
        score_blind(tiny, [reference])


def test_accounts_left_out_rank_last(tiny, own_detector):
    (answer,) = score_blind(tiny, [own_detector("return pa.table({'account_id': ids[:2], 'score': [-5.0, 1.0]})")])
    assert answer.scores.tolist() == [-5, 1, *[-np.inf] * 4]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("return pa.table({'account_id': ids})", "must answer account_id and score, got account_id"),
        ("return pa.table({'account_id': [9], 'score': [1.0]})", "accounts that it was shown, got account_id 9"),
        ("return pa.table({'account_id': [11, 11], 'score': [1.0, 2.0]})", "every account once, got 11 twice"),
        (
            "return pa.table({'account_id': [11], 'score': [float('nan')]})",
            "finite number, got another for account_id 11",
        ),
        ("return pa.table({'account_id': [11], 'score': ['high']})", "score float64, got int64 and string"),
    ],
)
def test_answer_that_is_no_scores_is_refused(tiny, own_detector, line, message):
    with pytest.raises(InputError, match=message):
        score_blind(tiny, [own_detector(line)])


def test_detector_that_kills_its_process_is_named(tiny, own_detector):
    reference = own_detector("print('last words', file=sys.stderr)", "sys.stderr.flush()", "os._exit(3)")
    with pytest.raises(SmearbenchError, match=r"own:Mine: its process ended with code 3\.\nlast words"):
        score_blind(tiny, [reference])


def test_oracle_scores_one_and_its_opposite_less(tiny, own_detector):
    oracle = own_detector("return pa.table({'account_id': ids, 'score': [float(i.as_py() > 20) for i in ids]})")
    measured = score_dataset(tiny, [oracle])["detectors"][0]
    assert measured["overall"]["average_precision"] == 1
    assert measured["overall"]["precision"] == measured["overall"]["recall"] == 1
    assert measured["by_role"]["seeder"]["average_precision"] == 1
    assert measured["by_squad"]["agency.night"]["positives"] == 2


def test_score_of_a_world_by_hand(tiny, own_detector):
    """Scores 11..14: 4, 3, 2, 1; the operated 21: 5, 22: 0; so that 21 ranks first and 22 last of six."""
    reference = own_detector("return pa.table({'account_id': ids, 'score': [4.0, 3.0, 2.0, 1.0, 5.0, 0.0]})")
    metrics = score_dataset(tiny, [reference])
    assert metrics["accounts"] == {
        "scored": 6,
        "positives": 2,
        "negatives": 4,
        "silent_operated": 0,
        "prevalence": 0.333333,
    }
    overall = metrics["detectors"][0]["overall"]
    assert overall["average_precision"] == pytest.approx((1 + 2 / 6) / 2, abs=1e-6)
    assert (overall["precision"], overall["recall"]) == (0.2, 0.5)
    assert overall["precision_at_k"] == {"100": 0.333333, "1000": 0.333333, "positives": 0.5}
    assert metrics["detectors"][0]["by_role"]["amplifier"] | {"precision_at_k": None} == {
        "positives": 1,
        "prevalence": 0.2,
        "average_precision": 0.2,
        "precision": 0.0,
        "recall": 0.0,
        "precision_at_k": None,
    }


def test_world_without_positives_has_no_figures(tmp_path):
    from dataclasses import replace

    from simulator.dataset import DatasetWriter
    from tests.tiny_dataset import CONTEXT, make_origin, make_tables

    assert START < END
    with DatasetWriter(tmp_path / "quiet") as writer:
        for name, rows in make_tables().items():
            writer.write(name, rows)
        writer.finish(replace(make_origin(), evaluate_until_ms=START + 1), CONTEXT)
    metrics = score_dataset(open_dataset(tmp_path / "quiet"), ["chance"])
    assert metrics["accounts"]["positives"] == 0
    assert metrics["accounts"]["silent_operated"] == 2
    assert metrics["detectors"][0]["overall"]["average_precision"] is None
