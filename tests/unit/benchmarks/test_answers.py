"""Answers: everything that is no answer is refused by name, the rest brought into the order of what was shown."""

import math

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.blind.answers import Answer, open_answer, read_answer, save_answer
from simulator.errors import InputError

SHOWN = np.array([11, 12, 13, 14])
COST = {"cpu_seconds": 0.5, "wall_seconds": 0.6, "peak_memory_bytes": 7}


def report(level="account"):
    return {"name": "mine", "level": level, "threshold": 0.5, "is_probability": True, "within_world": False,
            "step_minutes": 60 if level == "alert" else 0, "has_fit": False, **COST}  # fmt: skip


def read(level="account", **columns):
    return read_answer(pa.table(columns), report(level), SHOWN)


def moments(*values, unit="ms"):
    return pa.array(values, pa.int64()).cast(pa.timestamp(unit, "UTC"))


@pytest.mark.parametrize(
    ("level", "columns", "message"),
    [
        ("account", {}, "must answer account_id and score, optionally group_id, got no column"),
        ("account", {"account_id": [11]}, "must answer account_id and score, optionally group_id, got account_id"),
        ("account", {"account_id": [11], "score": [0.1], "why": ["x"]},
         "must answer account_id and score, optionally group_id, got account_id, score, why"),
        ("post", {"account_id": [11], "score": [0.1]}, "must answer post_id and score, got account_id, score"),
        ("group", {"account_id": [11], "score": [0.1]},
         "must answer account_id and group_id, optionally score, got account_id, score"),
        ("account", {"account_id": ["11"], "score": [0.1]}, "account_id must be int64, got string"),
        ("account", {"account_id": [11.0], "score": [0.1]}, "account_id must be int64, got double"),
        ("account", {"account_id": [11, None], "score": [0.1, 0.2]}, "account_id must not be null, got 1 nulls"),
        ("account", {"account_id": [11, 15], "score": [0.1, 0.2]},
         "must score only what it was shown, got account_id 15"),
        ("post", {"post_id": [9], "score": [0.1]}, "must score only what it was shown, got post_id 9"),
        ("account", {"account_id": [13, 11, 13], "score": [0.1, 0.2, 0.3]},
         "must answer once for each, got account_id 13 twice"),
        ("account", {"account_id": [11], "score": [1]}, "score must be float64, got int64"),
        ("account", {"account_id": [11], "score": ["high"]}, "score must be float64, got string"),
        ("account", {"account_id": [11, 12], "score": [0.1, math.nan]},
         "every score must be a finite number, got nan of account_id 12"),
        ("account", {"account_id": [11, 12], "score": [0.1, None]},
         "every score must be a finite number, got nan of account_id 12"),
        ("post", {"post_id": [14], "score": [math.inf]}, "every score must be a finite number, got inf of post_id 14"),
        ("group", {"account_id": [11], "group_id": [1], "score": [-math.inf]},
         "every score must be a finite number, got -inf of account_id 11"),
        ("alert", {"time": moments(5)}, "must answer time and score, got time"),
        ("alert", {"time": moments(5), "score": [1.0], "post_id": [1]},
         "must answer time and score, got time, score, post_id"),
        ("alert", {"time": [5], "score": [1.0]}, "time must be a timestamp, got int64"),
        ("alert", {"time": moments(5), "score": [1]}, "score must be float64, got int64"),
        ("alert", {"time": moments(5), "score": [math.nan]},
         "every score must be a finite number, got nan of time 1970-01-01 00:00:00.005000+00:00"),
        ("alert", {"time": moments(5, None), "score": [1.0, 2.0]}, "time must not be null, got 1 nulls"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused(level, columns, message):
    with pytest.raises(InputError) as caught:
        read(level, **columns)
    assert str(caught.value) == message


def test_column_twice_is_refused():
    table = pa.Table.from_arrays([pa.array([11]), pa.array([0.1]), pa.array([0.2])], ["account_id", "score", "score"])
    with pytest.raises(InputError, match=r"must answer account_id and score, .*, got account_id, score, score"):
        read_answer(table, report(), SHOWN)


def test_scores_are_brought_into_order_and_who_is_left_out_ranks_last():
    answer = read(account_id=[13, 11], score=[0.3, 0.1])
    assert answer.ids.tolist() == SHOWN.tolist()
    assert answer.scores.tolist() == [0.1, -math.inf, 0.3, -math.inf]
    assert (answer.has_scores, answer.has_groups) == (True, False)


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_score_that_is_no_probability_is_refused_where_it_claims_to_be_one(score):
    with pytest.raises(InputError, match=f"^score must be a probability, as is_probability says, got {score}$"):
        read(account_id=[11], score=[score])


def test_answer_tells_what_the_detector_said_of_itself_and_what_it_cost():
    answer = read(account_id=[11], score=[0.3])
    assert (answer.name, answer.level, answer.threshold, answer.is_probability) == ("mine", "account", 0.5, True)
    assert answer.is_good
    assert answer.cost == COST


@pytest.mark.parametrize("groups", [[7, 7, None, 3], [-5, -5, None, 900], ["b", "b", None, "a"]])
def test_groups_are_numbered_by_account_whatever_they_are_called(groups):
    assert read("group", account_id=[11, 12, 13, 14], group_id=groups).groups.tolist() == [0, 0, -1, 1]


def test_groups_are_numbered_by_account_whatever_the_order_of_rows():
    assert read("group", account_id=[14, 12, 11], group_id=[3, 7, 7]).groups.tolist() == [0, 0, -1, 1]


def test_groups_alone_have_no_scores():
    answer = read("group", account_id=[11], group_id=[1])
    assert (answer.has_scores, answer.has_groups) == (False, True)


@pytest.mark.parametrize("nothing", [pa.nulls(2, pa.int64()), pa.nulls(2)])
def test_accounts_may_all_be_in_no_group(nothing):
    assert read(account_id=[11, 12], score=[0.1, 0.2], group_id=nothing).groups.tolist() == [-1] * 4


def test_empty_answer_is_one():
    answer = read(account_id=pa.array([], pa.int64()), score=pa.array([], pa.float64()))
    assert answer.scores.tolist() == [-math.inf] * 4


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_alerts_come_in_the_order_of_time(unit):
    per_second = {"s": 1, "ms": 1000, "us": 10**6, "ns": 10**9}[unit]
    answer = read("alert", time=moments(7 * per_second, 5 * per_second, unit=unit), score=[0.1, 0.9])
    assert (answer.ids.tolist(), answer.scores.tolist()) == ([5000, 7000], [0.9, 0.1])
    assert answer.step_minutes == 60


@pytest.mark.parametrize(
    "answer",
    [
        Answer("mine", "account", "crashed", "its process ended with code 3."),
        Answer("mine", "alert", ids=np.array([5, 7]), scores=np.array([0.5, 0.1]), has_scores=True, step_minutes=30),
        Answer("mine", "account", threshold=0.1, is_probability=True, within_world=True, ids=SHOWN, cost=COST,
               scores=np.array([0.1, -np.inf, 3.0, 1 / 3]), groups=np.array([0, -1, 1, 0]), has_scores=True,
               has_groups=True),
    ],
    ids=lambda answer: answer.level + answer.status,
)  # fmt: skip
def test_answer_survives_the_disk(tmp_path, answer):
    save_answer(answer, tmp_path)
    found = open_answer(tmp_path)
    for name in Answer.__dataclass_fields__:
        one, other = getattr(answer, name), getattr(found, name)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, name
