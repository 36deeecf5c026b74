"""Worlds in the cache are whole or absent, whoever else makes them at the same time."""

import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from benchmarks.scoring.labels import label_for_training
from benchmarks.suites import world_cache
from benchmarks.suites.suite import Cell, WorldOrder
from benchmarks.suites.suite_tasks import prepare_world
from benchmarks.suites.world_cache import appear, ensure_world, find_world
from simulator.dataset import open_dataset
from simulator.vocabulary import Split

WORLD = WorldOrder("", Cell(scenario="classroom", level="L1"), Split.train, 1, accounts=60, days=3, prevalence=0.2)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A cache with one training world."""
    folder = tmp_path_factory.mktemp("cache")
    ensure_world(WORLD, folder)
    return folder


def take_times(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_world_has_dataset_view_and_labels(cache):
    world = find_world(WORLD, cache)
    assert {path.name for path in world.home.iterdir()} == {
        *("dataset", world.view.folder.name, world.training_labels.name)
    }
    assert open_dataset(world.home / "dataset", verify=True).seed == 1
    assert (world.view.folder / "accounts.parquet").exists()
    assert not list(world.view.folder.rglob("truth*"))
    assert world.view.as_of_ms == world.dataset.manifest.moments.evaluate_until_ms
    for name, table in label_for_training(world.dataset, world.until_ms).items():
        assert pq.read_table(world.training_labels / f"{name}.parquet").equals(table)


def test_world_is_simulated_once(cache, monkeypatch):
    import simulator.simulation

    monkeypatch.setattr(simulator.simulation, "simulate", None)
    before = take_times(cache)
    ensure_world(WORLD, cache)
    assert take_times(cache) == before


def test_what_is_missing_is_made_from_what_is_there(cache, tmp_path, monkeypatch):
    import simulator.simulation

    monkeypatch.setattr(simulator.simulation, "simulate", None)
    shutil.copytree(cache / "worlds", tmp_path / "worlds")
    found = find_world(WORLD, tmp_path)
    home, names = found.home, (found.shown.name, found.training_labels.name)
    for name in names:
        shutil.rmtree(home / name)
    ensure_world(WORLD, tmp_path)
    for name in names:
        for path in (find_world(WORLD, cache).home / name).rglob("*.parquet"):
            assert (home / path.relative_to(find_world(WORLD, cache).home)).read_bytes() == path.read_bytes()


def test_content_is_noted_beside_the_world(cache, tmp_path):
    shutil.copytree(cache / "worlds", tmp_path / "worlds")
    content = prepare_world(WORLD, tmp_path)
    assert (find_world(WORLD, tmp_path).home / "content.txt").read_text() == content
    assert prepare_world(WORLD, tmp_path) == content


def test_folder_appears_whole(tmp_path):
    with appear(tmp_path / "a" / "target") as folder:
        (folder / "one").touch()
        assert not (tmp_path / "a" / "target").exists()
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["target"]
    assert (tmp_path / "a" / "target" / "one").exists()


def test_folder_that_is_there_is_not_filled_again(tmp_path):
    (tmp_path / "target").mkdir()
    with appear(tmp_path / "target") as folder:
        assert folder is None


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_folder_that_is_not_finished_never_appears(tmp_path, error):
    with pytest.raises(error), appear(tmp_path / "target") as folder:  # noqa: PT012
        (folder / "one").touch()
        raise error
    assert list(tmp_path.iterdir()) == []


def test_first_of_two_that_fill_a_folder_wins(tmp_path):
    with appear(tmp_path / "target") as folder:
        (folder / "mine").touch()
        (tmp_path / "target").mkdir()
        (tmp_path / "target" / "theirs").touch()
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["theirs"]


def test_error_of_the_disk_is_not_taken_for_another_process(tmp_path, monkeypatch):
    def refuse(self, target):
        raise PermissionError

    monkeypatch.setattr(world_cache.Path, "rename", refuse)
    with pytest.raises(PermissionError), appear(tmp_path / "target"):
        pass


RACE = """
import sys
from pathlib import Path
from tests.unit.benchmarks.test_world_cache import WORLD
from benchmarks.suites.suite_tasks import prepare_world
print(prepare_world(WORLD, Path(sys.argv[1])))
"""


def test_two_processes_make_one_world(cache, tmp_path):
    command = [sys.executable, "-c", RACE, str(tmp_path)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    ends = [racer.communicate(timeout=120) for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0], ends
    assert ends[0][0] == ends[1][0]
    assert ends[0][0].strip() == prepare_world(WORLD, cache)
    left = [path.name for path in (tmp_path / "worlds").iterdir()]
    assert left == [find_world(WORLD, cache).digest]
    assert not list(tmp_path.rglob(".*partial*"))
