"""Detectors by name: what is on offer, what a wrong name says, and what is no detector."""

import sys

import pytest

from benchmarks.detector import Detector
from benchmarks.registry import find_import_folders, find_reference, list_detectors, load_detector
from simulator.errors import InputError


def test_shipped_detectors_are_listed_by_name():
    names = [entry.name for entry in list_detectors()]
    assert names == sorted(names)
    assert {"chance", "near_duplicate"} <= set(names)


def test_shipped_detectors_are_offered_as_entry_points():
    from importlib.metadata import entry_points

    offered = {point.name: point.value for point in entry_points(group="smearbench.detectors")}
    assert {name: find_reference(name) for name in offered} == offered


def test_unknown_name_lists_what_there_is_and_the_nearest():
    with pytest.raises(
        InputError, match=r"must be one of chance, .*near_duplicate.* got 'near_dupe'.*'near_duplicate'"
    ):
        find_reference("near_dupe")


def test_module_and_class_stand_for_themselves():
    assert find_reference("my.module:MyClass") == "my.module:MyClass"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("no_such_module:A", r"must be importable, got ModuleNotFoundError"),
        ("json:NoSuchClass", r"must be importable, got AttributeError"),
        ("collections:OrderedDict", r"must have a name, got None"),
    ],
)
def test_what_is_no_detector_is_refused(reference, message):
    with pytest.raises(InputError, match=message):
        load_detector(reference)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("name = 'a'; level = 'account'", "must have a threshold, got None"),
        ("name = 'a'; level = 'post'; threshold = 0.5", "level must be 'account', got 'post'"),
        ("name = 'a'; level = 'account'; threshold = 0.5", r"must have a method score\(observations\), got none"),
    ],
)
def test_incomplete_detector_is_refused(tmp_path, monkeypatch, body, message):
    (tmp_path / "half_made.py").write_text(f"class Half: {body}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "half_made", raising=False)
    with pytest.raises(InputError, match=message):
        load_detector("half_made:Half")


def test_module_of_the_working_folder_is_found(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text("class A: pass\n")
    monkeypatch.chdir(tmp_path)
    assert find_import_folders("mine:A") == [str(tmp_path)]
    assert find_import_folders("other:A") == []
    assert find_import_folders("benchmarks.detectors.chance:Chance") == []


@pytest.mark.parametrize("entry", list_detectors(), ids=lambda entry: entry.name)
def test_detector_answers_to_its_name(entry):
    detector = load_detector(entry.reference)
    assert isinstance(detector, Detector)
    assert detector.name == entry.name
