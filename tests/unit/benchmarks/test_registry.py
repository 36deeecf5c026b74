"""Detectors by name: what is on offer, what a wrong name says, and what of the user's folder comes along."""

import sys

import pytest

from benchmarks.registry import SHIPPED, bring_module, find_module_sources, find_reference, list_detectors
from simulator.errors import InputError


@pytest.fixture
def work(tmp_path, monkeypatch):
    """An empty working folder, from which nothing is importable."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "path", [place for place in sys.path if place])
    return folder


def test_shipped_detectors_are_listed_by_name():
    names = [entry.name for entry in list_detectors()]
    assert names == sorted(names)
    assert set(SHIPPED) <= set(names)


def test_shipped_detectors_are_the_entry_points_of_the_project():
    import tomllib
    from pathlib import Path

    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["smearbench.detectors"] == SHIPPED


def test_unknown_name_lists_what_there_is_and_the_nearest():
    with pytest.raises(
        InputError, match=r"must be one of always_null, .*near_duplicate.* got 'near_dupe'.*'near_duplicate'"
    ):
        find_reference("near_dupe")


def test_module_and_class_stand_for_themselves():
    assert find_reference("my.module:MyClass") == "my.module:MyClass"


def test_module_of_the_working_folder_is_found(work):
    (work / "mine.py").write_text("class A: pass\n")
    assert find_module_sources("mine:A") == work / "mine.py"
    assert find_module_sources("other:A") is None


@pytest.mark.parametrize("name", ["json", "benchmarks", "pyarrow"])
def test_what_is_installed_is_not_taken_from_the_working_folder(work, name):
    (work / f"{name}.py").write_text("class A: pass\n")
    assert find_module_sources(f"{name}:A") is None


def test_module_comes_with_its_neighbours_and_nothing_else(work, tmp_path):
    for name in ("mine.py", "words.py", "notes.txt"):
        (work / name).write_text("")
    (work / "dataset").mkdir()
    bring_module("mine:A", tmp_path / "modules")
    assert sorted(path.name for path in (tmp_path / "modules").iterdir()) == ["mine.py", "words.py"]


def test_package_comes_whole(work, tmp_path):
    package = work / "pack" / "deep"
    package.mkdir(parents=True)
    for path in (work / "pack" / "__init__.py", package / "model.py", package / "words.json", work / "stray.py"):
        path.write_text("")
    (package / "__pycache__").mkdir()
    bring_module("pack.deep.model:A", tmp_path / "modules")
    found = sorted(str(p.relative_to(tmp_path / "modules")) for p in (tmp_path / "modules").rglob("*") if p.is_file())
    assert found == ["pack/__init__.py", "pack/deep/model.py", "pack/deep/words.json"]
