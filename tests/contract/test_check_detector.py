"""What `check_detector` asks of every shipped detector, and that each of its checks can fail."""

import importlib
import json
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from sklearn.ensemble import IsolationForest

import benchmarks
from benchmarks import check_detector
from benchmarks.checking.check_subject import Program
from benchmarks.checking.checks import CHECKS, CheckFailure
from benchmarks.cli import make_app
from benchmarks.detector import Alert
from benchmarks.registry import SHIPPED
from simulator.console import start
from simulator.errors import InputError

BY_ID = "it hashes ids, so that it knows nothing of the world"
SKIP = {"chance": {"permutation": BY_ID}, "chance_posts": {"permutation": BY_ID}}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_detector_passes(name):
    check_detector(name, skip=SKIP.get(name))


class Good:
    """Counts the posts of every account."""

    name, level = "good", "account"

    def score(self, observations):
        ids = np.sort(observations.table("accounts", ["account_id"])["account_id"].to_numpy())
        authors = observations.table("posts", ["account_id"])["account_id"].to_numpy()
        counts = np.bincount(np.searchsorted(ids, authors), minlength=len(ids)).astype(float)
        return self.tell(observations, ids, counts)

    def tell(self, observations, ids, counts):
        return pa.table({"account_id": ids, "score": counts})


class Moody(Good):
    made = 0

    def __init__(self):
        Moody.made += 1
        self.mood = Moody.made

    def tell(self, observations, ids, counts):
        return pa.table({"account_id": ids, "score": counts + self.mood})


class ById(Good):
    def tell(self, observations, ids, counts):
        return pa.table({"account_id": ids, "score": counts + ids % 7})


class ByYear(Good):
    def tell(self, observations, ids, counts):
        return pa.table({"account_id": ids, "score": counts * (observations.as_of.year - 2024)})


class Scribbler(Good):
    def tell(self, observations, ids, counts):
        (observations.folder / "notes.txt").write_text("seen")
        return pa.table({"account_id": ids, "score": counts})


class Divider(Good):
    def tell(self, observations, ids, counts):
        many = len(ids) > 1
        return pa.table(
            {"account_id": ids, "score": np.where(many & (counts == counts.max(initial=1)), np.nan, counts)}
        )


class Sparing(Good):
    def tell(self, observations, ids, counts):
        kept = counts > 3
        return pa.table({"account_id": ids[kept], "score": counts[kept]})


class Hasty(Good):
    def tell(self, observations, ids, counts):
        return pa.table({"account_id": ids, "score": counts / max(counts)})


class Comparing(Good):
    def tell(self, observations, ids, counts):
        if len(ids) == 1:
            raise ValueError("needs two accounts to compare")
        return pa.table({"account_id": ids, "score": counts})


class Hoarder(Good):
    def __init__(self):
        self.seen = []

    def tell(self, observations, ids, counts):
        self.seen.append(observations.table("posts"))
        return pa.table({"account_id": ids, "score": counts})


class Locked(Good):
    def __init__(self):
        self.rule = lambda counts: counts * 2

    def tell(self, observations, ids, counts):
        return pa.table({"account_id": ids, "score": self.rule(counts)})


class Hindsight:
    """Alarms with the first post, the louder the more will follow."""

    name, level = "hindsight", "alert"

    def score(self, observations):
        times = observations.table("posts", ["created_at"])["created_at"]
        return pa.table({"time": times[:1], "score": np.full(min(len(times), 1), float(len(times)))})


BROKEN = [
    (Moody, "determinism", r"two instances: score of account_id \d+: \d+, then \d+ \(220 of 220 differ\)"),
    (ById, "permutation", r"score of account_id \d+: \d+, then \d+ \(\d+ of 220 differ\)"),
    (ByYear, "shift_in_time", r"score of account_id \d+: \d+, then \d+"),
    (Scribbler, "no_mutation", r"changed the files that it was given to read: notes.txt"),
    (Divider, "finite_scores", r"score of account_id \d+ is nan \(2 of 220 are not finite\)"),
    (Sparing, "one_score_per_entity", r"left out \d+ of 220, as account_id \d+"),
    (Hasty, "empty_world", r"raised ValueError: .* \(test_check_detector.py, line \d+\)"),
    (Comparing, "one_post_world", r"raised ValueError: needs two accounts to compare \(test_check_detector.py"),
    (Hindsight, "no_look_ahead", r"score of time \d+: 8\d\d, then 9\d\d \(1 of 1 differ\)"),
    (Hoarder, "bounded_memory", r"keeps \d+ kB more with every run, at most 16 kB"),
    (Locked, "pickling", r"cannot be pickled: "),
]


def test_good_detector_passes_every_check_that_applies():
    results = check_detector(Good).results
    assert [result.check for result in results] == [*CHECKS]
    assert {result.check for result in results if result.outcome != "passed"} == {"no_look_ahead"}


@pytest.mark.parametrize(("detector", "check", "seen"), BROKEN)
def test_each_check_finds_what_breaks_it_and_nothing_else(detector, check, seen):
    with pytest.raises(CheckFailure, match=seen) as caught:
        check_detector(detector)
    assert [result.check for result in caught.value.report.failed] == [check]


def test_every_check_has_a_detector_that_fails_it():
    assert [check for _, check, _ in BROKEN] == [*CHECKS]


class Streaming:
    """Alarms by the posts of an hour."""

    name, level = "streaming", "alert"

    def start(self, context):
        self.kept = []

    def update(self, batch, now):
        return [Alert(float(batch.table("posts").num_rows))]


class Keeper(Streaming):
    def update(self, batch, now):
        self.kept.append(batch.table("posts"))
        return super().update(batch, now)


class Eraser(Streaming):
    def update(self, batch, now):
        alerts = super().update(batch, now)
        del batch.tables["likes"]
        return alerts


class Unended(Streaming):
    """Goes on where the last world ended."""

    kept = ()

    def start(self, context):
        self.kept = [*self.kept, 1]

    def update(self, batch, now):
        return [Alert(float(len(self.kept)))]


class Infinite(Streaming):
    def update(self, batch, now):
        return [Alert(float("inf"))] if now.hour == 3 and batch.table("accounts").num_rows == 0 else []


@pytest.mark.parametrize(
    ("detector", "check", "seen"),
    [
        (Keeper, "bounded_memory", r"keeps [\d,]+ kB more after 4 days of 700 posts, at most 80 kB"),
        (Eraser, "no_mutation", r"changed the tables that update was given at 2025-06-02T01:00:00\+00:00: likes"),
        (Unended, "determinism", r"score of time \d+: \d, then \d"),
        (Infinite, "finite_scores", r"score of time \d+ is inf"),
    ],
)
def test_streams_are_checked_too(detector, check, seen):
    skip = {name: "not what is tested" for name in CHECKS if name != check}
    with pytest.raises(CheckFailure, match=seen):
        check_detector(detector, skip=skip)


def test_stream_that_keeps_nothing_passes():
    assert not check_detector(Streaming).failed


class Learner(Good):
    def fit(self, worlds):
        labels = [world.labels["accounts"]["operated"].to_pylist() for world in worlds]
        self.n_operated = [sum(flags) for flags in labels]

    def tell(self, observations, ids, counts):
        assert self.n_operated == [40, 40]
        return pa.table({"account_id": ids, "score": counts})


def test_learner_is_fitted_to_labelled_worlds_first():
    assert not check_detector(Learner).failed


def test_groups_compare_by_their_members_not_by_their_names():
    class Grouped(Good):
        level, called = "group", 0

        def tell(self, observations, ids, counts):
            Grouped.called += 1
            return pa.table({"account_id": ids, "group_id": counts.astype(np.int64) + 1000 * Grouped.called})

    check_detector(Grouped, skip={"pickling": "defined in a function"})


def test_failures_of_one_cause_are_told_once():
    class Crashing(Good):
        def tell(self, observations, ids, counts):
            raise RuntimeError("no luck")

    with pytest.raises(AssertionError) as caught:
        check_detector(Crashing)
    lines = str(caught.value).splitlines()
    assert lines[0] == "good (level account) fails 10 of 11 checks."
    assert len(lines) == 4
    assert lines[1].startswith("  determinism, permutation, shift_in_time, no_mutation, finite_scores, ")
    assert "raised RuntimeError: no luck (test_check_detector.py, line" in lines[1]
    assert "pickling" in lines[2]


@pytest.mark.parametrize(
    ("skip", "message"),
    [
        ({"luck": "why not"}, r"skip: must name one of the checks determinism, .*, pickling, got 'luck'\."),
        ({"pickling": " "}, r"skip: must give a reason for skipping pickling, got none\."),
    ],
)
def test_checks_are_skipped_by_name_and_with_a_reason_only(skip, message):
    with pytest.raises(InputError, match=message):
        check_detector(Good, skip=skip)


def test_skipped_check_is_told_with_its_reason():
    results = check_detector(ById, skip={"permutation": "by design"}).results
    assert [(r.check, r.why) for r in results if r.outcome == "skipped"] == [("permutation", "by design")]


@pytest.mark.parametrize(
    ("detector", "message"),
    [
        (Good(), "must be given a class, module:Class or a name, got <"),
        (dict, "must have a name and a level of account, post, group, alert, got None, None"),
        ("luck", "detector: must be one of"),
    ],
)
def test_what_is_no_detector_is_refused(detector, message):
    with pytest.raises(InputError, match=message):
        check_detector(detector)


def test_estimator_class_of_scikit_learn_is_a_detector():
    quick = {name: "not what is tested" for name in CHECKS if name not in ("permutation", "empty_world")}
    assert check_detector(IsolationForest, parameters={"n_estimators": 5}, skip=quick).detector.startswith("sklearn")


PROGRAM = """
import sys
import pyarrow as pa, pyarrow.parquet as pq
ids = pq.read_table(sys.argv[1] + "/accounts.parquet")["account_id"]
pq.write_table(pa.table({"account_id": ids, "score": pa.array([1.0] * len(ids), pa.float64())}), sys.argv[2])
"""


def test_external_program_is_checked_too(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    (tmp_path / "constant.py").write_text(PROGRAM)
    quick = dict.fromkeys(("determinism", "shift_in_time", "no_mutation"), "not what is tested")
    report = check_detector(partial(Program, "python constant.py", "account"), skip=quick)
    assert [r.check for r in report.results if r.outcome == "not applicable"] == [
        *("no_look_ahead", "bounded_memory", "pickling"),
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["constant.py"]


def test_package_offers_the_check_and_nothing_else():
    assert benchmarks.check_detector is check_detector
    with pytest.raises(AttributeError, match="module 'benchmarks' has no attribute 'check_luck'"):
        _ = benchmarks.check_luck


def test_alerts_up_to_the_present_are_within_the_prefix():
    """An alert of the very step that ends with the prefix counts."""

    class Late(Streaming):
        def update(self, batch, now):
            return [Alert(1.0)] if now - timedelta(hours=1) else []

    assert not check_detector(Late, skip={"pickling": "defined in a function"}).failed


def _smearbench(*arguments):
    """Run the program in this process and return its exit code."""
    with pytest.raises(SystemExit) as done:
        start(make_app(), arguments)
    return done.value.code


def test_command_prints_the_reasons_in_eighty_columns_and_fails(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert _smearbench("check-detector", "chance") == 1
    told = capsys.readouterr()
    assert max(map(len, told.out.splitlines())) <= 80
    assert "permutation           failed          score of account_id" in told.out
    assert told.err == "chance: fails 1 of 11 checks: permutation.\n"


def test_command_skips_with_a_reason_and_passes_parameters(capsys, monkeypatch):
    monkeypatch.setattr(sys, "path", [*sys.path])
    arguments = ("check-detector", "benchmarks.detectors.chance:Chance", "--skip", f"permutation={BY_ID}", "--json")
    assert _smearbench(*arguments) == 0
    results = {row["check"]: row for row in json.loads(capsys.readouterr().out)["results"]}
    assert results["permutation"] == {"check": "permutation", "outcome": "skipped", "why": BY_ID}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "must be given one detector, by name or by --detector-command, got none"),
        (("chance", "--detector-command", "true"), "by name or by --detector-command, got both"),
        (("chance", "--skip", "luck=none"), "skip: must name one of the checks determinism"),
        (("chance", "--skip", "pickling"), "skip: must give a reason for skipping pickling, got none"),
        (("chance", "--param", "luck=1"), "must be made from the given parameters {'luck': 1}"),
    ],
)
def test_command_says_what_is_wrong_with_its_input(capsys, arguments, message):
    assert _smearbench("check-detector", *arguments) == 2
    assert message in capsys.readouterr().err


def test_new_detector_passes_its_own_test(tmp_path, monkeypatch, capsys):
    assert _smearbench("new-detector", "loud_voices", "-o", str(tmp_path)) == 0
    monkeypatch.syspath_prepend(tmp_path)
    test = importlib.import_module("test_loud_voices")
    test.test_loud_voices_passes_the_checks()
    assert test.LoudVoices.name == "loud_voices"


@pytest.mark.parametrize("name", ["My-Detector", "2fast", "class", "chance", "json", ""])
def test_new_detector_of_a_bad_name_is_refused(tmp_path, capsys, name):
    assert _smearbench("new-detector", name, "-o", str(tmp_path / "new")) == 2
    assert f"got {name!r}" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_new_detector_replaces_nothing(tmp_path, capsys):
    (tmp_path / "test_mine.py").write_text("thesis")
    assert _smearbench("new-detector", "mine", "-o", str(tmp_path)) == 1
    assert "test_mine.py: exists already. Choose another name or folder." in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["test_mine.py"]
