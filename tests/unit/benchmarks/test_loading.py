"""Making detectors: imported, given their parameters, and refused where they do not follow the protocol."""

import sys

import pytest

from benchmarks.detector import Detector, StreamingDetector
from benchmarks.loading import load_detector
from benchmarks.registry import list_detectors
from simulator.errors import InputError


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("no_such_module:A", r"^must be importable, got ModuleNotFoundError: No module named 'no_such_module'$"),
        ("json:NoSuchClass", r"^must be importable, got AttributeError: module 'json' has no attribute 'NoSuchClass'$"),
        ("collections:OrderedDict", r"^must have a name, got None$"),
    ],
)
def test_what_is_no_detector_is_refused(reference, message):
    with pytest.raises(InputError, match=message):
        load_detector(reference)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("name = 3", r"^must have a name, got 3$"),
        ("name = 'a'; level = 'world'", r"^level must be one of account, post, group, alert, got 'world'$"),
        ("name = 'a'; level = 'account'; threshold = 'high'", r"^threshold must be a finite number, got 'high'$"),
        ("name = 'a'; level = 'account'", r"^a detector of level account must have a method score, got none$"),
        ("name = 'a'; level = 'alert'", r"^a detector of level alert must have a method start, got none$"),
        (
            "name = 'a'; level = 'alert'; start = print",
            r"^a detector of level alert must have a method update, got none$",
        ),
    ],
)
def test_incomplete_detector_is_refused(tmp_path, monkeypatch, body, message):
    (tmp_path / "half_made.py").write_text(f"class Half: {body}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "half_made", raising=False)
    with pytest.raises(InputError, match=message):
        load_detector("half_made:Half")


def test_parameters_reach_the_class():
    assert load_detector("benchmarks.detectors.synchrony:Synchrony", {"threshold": 0.75}).threshold == 0.75


def test_parameters_that_the_class_does_not_know_are_refused():
    with pytest.raises(InputError, match=r"must be made from the given parameters {'luck': 1}, got TypeError: Chance"):
        load_detector("benchmarks.detectors.chance:Chance", {"luck": 1})


def test_estimator_becomes_a_detector_of_accounts():
    made = load_detector("sklearn.ensemble:IsolationForest", {"n_estimators": 5})
    assert (made.level, isinstance(made, Detector)) == ("account", True)


def test_parameter_that_the_estimator_does_not_know_is_refused():
    with pytest.raises(InputError, match=r"IsolationForest: parameter must be one of bootstrap, .*, got 'luck'\."):
        load_detector("sklearn.ensemble:IsolationForest", {"luck": 1})


@pytest.mark.parametrize("entry", list_detectors(), ids=lambda entry: entry.name)
def test_detector_answers_to_its_name(entry):
    detector = load_detector(entry.reference)
    assert isinstance(detector, (Detector, StreamingDetector))
    assert detector.name == entry.name
