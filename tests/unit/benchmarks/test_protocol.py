"""The blind call: whatever a detector does is an answer with a status, and it works where nothing else lies."""

import json
import os
import shlex
import sys

import pytest

from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import DetectorFailure, View, describe_blind, fit_blind, score_blind
from benchmarks.orders import Limits, Order
from benchmarks.scoring.labels import label_for_training, write_training_labels
from simulator.dataset import open_dataset
from tests.tiny_dataset import ALL_ACCOUNTS, END, write_tiny

HEAD = """
import os, sys, time
import pyarrow as pa
class Mine:
    name = "mine"; level = "account"; threshold = 0.5; is_probability = True
    def __init__(self, scale=1.0):
        self.scale = scale
    def score(self, seen):
        ids = seen.table("accounts", ["account_id"])["account_id"]
"""
LIMITS = Limits(60, 1 << 30)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("protocol") / "tiny"))


@pytest.fixture(scope="module")
def view(tiny, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shown")
    lay_out(tiny, folder, END)
    return View(folder, END)


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Write a detector into the working folder from the lines of its method, or of its module."""
    monkeypatch.chdir(tmp_path)

    def write(*lines, module=None, **parameters):
        (tmp_path / "own.py").write_text(module or HEAD + "".join(f"        {line}\n" for line in lines))
        return Order("own:Mine", "own:Mine", parameters=parameters)

    return write


GOOD = "return pa.table({'account_id': ids, 'score': [self.scale * i.as_py() for i in ids]})"


def test_pandas_is_not_imported_for_a_detector_that_does_not_use_it(own, view):
    order = own("pa.table({'account_id': ids, 'score': [1.0] * len(ids)})", "raise ValueError('pandas' in sys.modules)")
    assert score_blind(order, view, LIMITS).message == "ValueError: False"


PANDAS = "frame = pd.DataFrame({'account_id': ids.to_pylist(), 'score': 0.5})"
SERIES = "return pa.table({'account_id': frame.account_id, 'score': frame.score})"
FRAME = "return pa.Table.from_pandas(frame, preserve_index=False)"


@pytest.mark.parametrize("answer", [SERIES, FRAME], ids=["series", "frame"])
def test_detector_that_imports_pandas_late_answers_with_it(own, view, answer):
    found = score_blind(own("import pandas as pd", PANDAS, answer), view, LIMITS)
    assert (found.status, found.message) == ("ok", "")
    assert set(found.scores) == {0.5}


def test_good_answer_with_parameters(own, view):
    answer = score_blind(own(GOOD, scale=0.01), view, LIMITS)
    assert (answer.status, answer.message, answer.name) == ("ok", "", "mine")
    assert (answer.threshold, answer.is_probability, answer.within_world) == (0.5, True, False)
    assert answer.scores.tolist() == [0.01 * account for account in ALL_ACCOUNTS]


@pytest.mark.parametrize(
    ("line", "status", "message"),
    [
        ("raise KeyError('lost')", "crashed", "KeyError: 'lost'"),
        ("sys.exit(5)", "crashed", "its process ended with code 5 before it answered."),
        ("sys.stderr.write('last words'); sys.stderr.flush(); os._exit(3)", "crashed",
         "its process ended with code 3 before it answered.\nlast words"),
        ("os.kill(os.getpid(), 11)", "crashed", "its process was killed by signal 11 before it answered."),
        ("return [1.0]", "wrong answer", "must answer a pyarrow.Table, got list"),
        ("return pa.table({'account_id': ids})", "wrong answer",
         "must answer account_id and score, optionally group_id, got account_id"),
        ("return pa.table({'account_id': [9], 'score': [1.0]})", "wrong answer",
         "must score only what it was shown, got account_id 9"),
    ],
)  # fmt: skip
def test_failure_is_an_answer_that_says_how(own, view, line, status, message):
    answer = score_blind(own(line), view, LIMITS)
    assert (answer.status, answer.message) == (status, message)
    assert not answer.is_good
    assert len(answer.scores) == 0


def test_ending_well_without_an_answer_is_a_crash(own, view):
    assert score_blind(own("os._exit(0)"), view, LIMITS).message == "its process ended with code 0 before it answered."


def test_time_limit_is_a_status(own, view):
    answer = score_blind(own("time.sleep(60)"), view, Limits(3, 1 << 30))
    assert (answer.status, answer.message) == ("out of time", "its process was stopped at the limit of 3 s")
    assert answer.cost["wall_seconds"] >= 3


def test_memory_limit_is_a_status(own, view):
    answer = score_blind(own("held = bytearray(700 << 20)", "time.sleep(20)"), view, Limits(60, 500_000_000))
    assert (answer.status, answer.message) == ("out of memory", "its process was stopped at the limit of 0.5 GB")
    assert answer.cost["peak_memory_bytes"] > 500_000_000


def test_debug_keeps_the_traceback(own, view):
    message = score_blind(own("raise KeyError('lost')"), view, LIMITS, debug=True).message
    assert "Traceback" in message
    assert "own.py" in message


@pytest.mark.parametrize(
    ("module", "status", "message"),
    [
        ("def broken(:\n", "crashed", "SyntaxError"),
        ("x = 1\n", "wrong answer", "must be importable, got AttributeError: module 'own' has no attribute 'Mine'"),
        ("import no_such_thing\n", "wrong answer", "must be importable, got ModuleNotFoundError"),
        ("class Mine: name = 'mine'\n", "wrong answer", "level must be one of account, post, group, alert, got None"),
    ],
)
def test_description_of_what_is_no_detector_says_why(own, module, status, message):
    found = describe_blind(own(module=module), LIMITS)
    assert (found.name, found.status) == ("own:Mine", status)
    assert message in found.message


def test_description_of_a_detector(own):
    found = describe_blind(own("pass"), LIMITS)
    assert (found.name, found.level, found.has_fit, found.status) == ("mine", "account", False, "ok")


LEARNER = """
import pyarrow as pa
import neighbour
class Mine:
    name = "mine"; level = "account"
    def fit(self, worlds):
        self.learnt = [(w.observations.table("accounts").num_rows, w.observations.as_of_ms,
                        sorted(w.labels), sum(w.labels["accounts"]["operated"].to_pylist())) for w in worlds]
        if neighbour.FAIL: raise ValueError("cannot learn")
    def score(self, seen):
        raise ValueError(repr(self.learnt))
"""


@pytest.fixture
def labels(tiny, tmp_path):
    folder = tmp_path / "labels"
    folder.mkdir()
    write_training_labels(tiny, END, folder)
    return folder


def test_what_was_learnt_is_there_when_it_scores(own, view, labels, tmp_path):
    order = own(module=LEARNER)
    (tmp_path / "neighbour.py").write_text("FAIL = False\n")
    cost = fit_blind(order, [(view, labels)] * 2, tmp_path / "fitted.pickle", LIMITS)
    assert cost["peak_memory_bytes"] > 0
    answer = score_blind(order, view, LIMITS, fitted=tmp_path / "fitted.pickle")
    learnt = (len(ALL_ACCOUNTS), END, ["accounts", "posts", "waves"], 2)
    assert answer.message == f"ValueError: {[learnt, learnt]!r}"


def test_failure_to_learn_says_how_and_leaves_nothing(own, view, labels, tmp_path):
    order = own(module=LEARNER)
    (tmp_path / "neighbour.py").write_text("FAIL = True\n")
    with pytest.raises(DetectorFailure, match="ValueError: cannot learn") as caught:
        fit_blind(order, [(view, labels)], tmp_path / "fitted.pickle", LIMITS)
    assert caught.value.status == "crashed"
    assert not (tmp_path / "fitted.pickle").exists()


def test_labels_on_disk_are_those_to_learn_from(tiny, labels):
    import pyarrow.parquet as pq

    for name, table in label_for_training(tiny, END).items():
        assert pq.read_table(labels / f"{name}.parquet").equals(table)


def test_program_that_fails_is_an_answer_too(view, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "find.py").write_text("import sys; sys.exit('no idea')\n")
    command = shlex.join([sys.executable, "find.py"])
    answer = score_blind(Order(command, command=command, level="post"), view, LIMITS)
    assert (answer.status, answer.level) == ("crashed", "post")
    assert answer.message == f"SmearbenchError: {sys.executable} ended with code 1\nno idea"


def test_scratch_and_home_are_gone_afterwards(own, view):
    lines = ["import json, tempfile", "where = [os.getcwd(), tempfile.mkdtemp(), os.path.expanduser('~')]"]
    message = score_blind(own(*lines, "raise ValueError(json.dumps(where))"), view, LIMITS).message
    folders = json.loads(message.removeprefix("ValueError: "))
    assert len(set(folders)) == 3
    assert not any(map(os.path.exists, folders))


def test_message_names_no_temporary_folder(view, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "find.sh").write_text("echo lost in $0 >&2; exit 3\n")
    answer = score_blind(Order("sh find.sh", command="sh find.sh", level="account"), view, LIMITS)
    assert answer.message.endswith("ended with code 3\nlost in find.sh")
