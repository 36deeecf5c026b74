"""What holds for every detector on offer, and for the blind call that runs it."""

import json

import numpy as np
import pytest

from benchmarks.blind.alert_stream import collect_alerts
from benchmarks.blind.answers import COST_KEYS, read_answer
from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import View, read_shown_ids, score_blind
from benchmarks.detector import Observations, TrainingWorld
from benchmarks.loading import load_detector
from benchmarks.orders import Limits, Order, make_orders
from benchmarks.registry import list_detectors
from benchmarks.scoring.labels import label_for_training
from benchmarks.scoring.score import score_datasets
from simulator.dataset import open_dataset
from simulator.schema import TABLES
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


@pytest.fixture(scope="module")
def shown(tiny, tmp_path_factory):
    return show(tiny, tmp_path_factory.mktemp("shown"))


def show(dataset, folder):
    until_ms = dataset.manifest.moments.evaluate_until_ms
    lay_out(dataset, folder, until_ms)
    return View(folder, until_ms)


@pytest.fixture(scope="module")
def shown_empty(tmp_path_factory):
    empty = {table.name: table.arrow.empty_table() for table in TABLES}
    dataset = open_dataset(write_tiny(tmp_path_factory.mktemp("empty") / "empty", tables=empty))
    return show(dataset, tmp_path_factory.mktemp("shown-empty"))


@pytest.fixture
def own_detector(tmp_path, monkeypatch):
    """Write a detector into the working folder from the lines of its method."""
    monkeypatch.chdir(tmp_path)

    def write(*lines: str) -> Order:
        (tmp_path / "own.py").write_text(HEAD + "".join(f"        {line}\n" for line in lines))
        return Order("own:Mine", "own:Mine")

    return write


@pytest.fixture(scope="module")
def training(tiny, shown):
    """The tiny world with its labels; so few accounts teach nothing, and do for a contract."""
    return [TrainingWorld(Observations(shown.folder, shown.as_of_ms), label_for_training(tiny, shown.as_of_ms))]


def answer_here(name, view, training):
    """Return a detector's answer, checked as a blind one is but made in this process."""
    (order,) = make_orders([name])
    detector = load_detector(order.reference)
    if hasattr(detector, "fit"):
        detector.fit(training)
    observations = Observations(view.folder, view.as_of_ms)
    is_alert = detector.level == "alert"
    table = collect_alerts(detector, observations) if is_alert else detector.score(observations)
    report = {"name": name, "level": detector.level, "threshold": None, "is_probability": False, "within_world": False,
              "step_minutes": 60}  # fmt: skip
    return read_answer(table, report, read_shown_ids(view, detector.level))


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_scores_everything_with_a_finite_number(shown, training, name):
    answer = answer_here(name, shown, training)
    assert answer.has_scores
    assert np.isfinite(answer.scores).all()
    if answer.level != "alert":
        assert answer.ids.tolist() == (list(range(101, 109)) if answer.level == "post" else list(ALL_ACCOUNTS))


@pytest.mark.parametrize("name", DETECTORS)
def test_detector_scores_an_empty_world(shown_empty, training, name):
    answer = answer_here(name, shown_empty, training)
    assert answer.level == "alert" or len(answer.scores) == 0


@pytest.mark.parametrize("name", ["near_duplicate", "cusum"])
def test_blind_answer_is_that_of_the_detector(shown, name):
    blind, here = score_blind(*make_orders([name]), shown, Limits()), answer_here(name, shown, [])
    assert blind.is_good
    assert (blind.name, blind.level) == (name, here.level)
    for field in ("ids", "scores", "groups"):
        assert np.array_equal(getattr(blind, field), getattr(here, field))
    assert set(blind.cost) == set(COST_KEYS)
    assert blind.cost["peak_memory_bytes"] > 1 << 20


def test_detector_meets_neither_truth_nor_the_way_to_it(shown, own_detector):
    order = own_detector(
        "told = [os.getcwd(), *sys.argv, *os.environ.values(), *map(str, seen.files('posts')), str(vars(seen))]",
        "names = sorted(name for _, _, names in os.walk('observations') for name in names)",
        "raise ValueError(json.dumps([told, names]))",
    )
    told, names = json.loads(score_blind(order, shown, Limits()).message.split("ValueError: ", 1)[1])
    assert "secret-place" not in " ".join(told)
    assert "truth" not in " ".join([*told, *names])
    assert names == [
        *("accounts.parquet", "context.json", "follows.parquet"),
        *("part-00000.parquet", "part-00000.parquet", "part-00000.parquet", "removals.parquet"),
    ]


def test_detector_is_told_the_present(shown, own_detector):
    order = own_detector("raise ValueError(seen.as_of.isoformat())")
    assert score_blind(order, shown, Limits()).message == "ValueError: 2025-05-05T00:00:00+00:00"


def test_oracle_scores_one(tiny):
    (world,), _ = score_and_open([tiny], make_orders(["oracle"]))
    tracks = world["detectors"][0]["tracks"]
    assert tracks["account"]["average_precision"] == 1
    assert tracks["account"]["precision"] == tracks["account"]["recall"] == 1
    assert tracks["account"]["by"]["role"]["seeder"]["average_precision"] == 1
    assert tracks["account"]["by"]["squad"]["agency.night"]["positives"] == 2
    assert tracks["group"]["group_score"] == 1


def score_and_open(datasets, orders, **options):
    metrics, scored = score_datasets(datasets, orders, **options)
    return metrics["worlds"], scored


def test_score_of_a_world_by_hand(tiny, own_detector):
    """Scores 11..14: 4, 3, 2, 1; the operated 21: 5, 22: 0; so that 21 ranks first and 22 last of six."""
    order = own_detector("return pa.table({'account_id': ids, 'score': [4.0, 3.0, 2.0, 1.0, 5.0, 0.0]})")
    (world,), _ = score_and_open([tiny], [order])
    assert world["accounts"] == {
        "scored": 6,
        "positives": 2,
        "negatives": 4,
        "silent_operated": 0,
        "prevalence": 0.333333,
    }
    (detector,) = world["detectors"]
    assert (detector["name"], detector["asked"], detector["status"]) == ("mine", "own:Mine", "ok")
    overall = detector["tracks"]["account"]
    assert overall["average_precision"] == pytest.approx((1 + 2 / 6) / 2, abs=1e-6)
    assert (overall["accused"], overall["precision"], overall["recall"]) == (5, 0.2, 0.5)
    assert [overall[f"precision_at_{k}"] for k in ("100", "1000", "n")] == [0.333333, 0.333333, 0.5]
    assert overall["false_positives_by_segment"] == {"brand": [1, 1], "casual": [2, 2], "critic": [1, 1]}
    assert overall["by"]["role"]["amplifier"] == {
        "positives": 1,
        "prevalence": 0.2,
        "average_precision": 0.2,
        "precision": 0.0,
        "recall": 0.0,
        "precision_at_n": 0.0,
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
    (world,), _ = score_and_open([open_dataset(tmp_path / "quiet")], make_orders(["chance"]))
    assert world["accounts"]["positives"] == 0
    assert world["accounts"]["silent_operated"] == 2
    assert world["detectors"][0]["tracks"]["account"]["average_precision"] is None
