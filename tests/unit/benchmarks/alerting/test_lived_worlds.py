"""Worlds that are lived for a rehearsal and removed: cut at what scoring reads, they give what whole ones give."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.alerting.rehearsal_worlds import OBSERVED_TABLES, READ_TABLES, WorldPlace, open_world
from benchmarks.alerting.rule_scores import Settings
from benchmarks.alerting.seen_worlds import see
from benchmarks.blind.blind_folder import lay_out
from simulator.dataset import open_dataset
from simulator.errors import InputError
from simulator.scenario import Scenario
from simulator.simulation import Part, simulate_part
from tests.worlds import operator, plain, scenario_from

SEED = 3
SETTINGS = Settings(warm_up_days=0.0)


@pytest.fixture(scope="module", params=["T-1d 07:30", "T-1d 00:00"])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    """Return one whose scores are taken in the middle of its push, within a day or as a day ends."""
    return scenario_from(
        plain(organic={"accounts": 150}, operators={"agency": operator(12)}, evaluate_until=request.param)
    )


@pytest.fixture(scope="module", params=[False, True], ids=["world", "twin"])
def whole(request: pytest.FixtureRequest, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> WorldPlace:
    place = WorldPlace(tmp_path_factory.mktemp("kept") / "world", scenario, SEED, request.param)
    with open_world(place, shows_all=False):
        return place


def _brief(whole: WorldPlace, folder: Path) -> WorldPlace:
    return WorldPlace(folder / "world", whole.scenario, SEED, whole.is_twin, is_kept=False)


def test_a_world_not_kept_is_seen_as_a_kept_one(whole: WorldPlace, tmp_path: Path) -> None:
    expected = see(open_dataset(whole.path), SETTINGS)
    with open_world(_brief(whole, tmp_path), shows_all=False) as dataset:
        found = see(dataset, SETTINGS)
    assert found.series.equals(expected.series)
    assert found.context == expected.context
    assert repr(found.truth) == repr(expected.truth)
    assert found.manifest.moments == expected.manifest.moments
    assert list(tmp_path.iterdir()) == []


def test_own_series_are_shown_the_same_of_a_world_not_kept(whole: WorldPlace, tmp_path: Path) -> None:
    until_ms = open_dataset(whole.path).manifest.moments.evaluate_until_ms
    folders = tmp_path / "whole", tmp_path / "brief"
    for folder in folders:
        folder.mkdir()
    lay_out(open_dataset(whole.path), folders[0], until_ms)
    with open_world(_brief(whole, tmp_path), shows_all=True) as dataset:
        lay_out(dataset, folders[1], until_ms)
    files = [sorted(file.relative_to(folder) for file in folder.rglob("*.parquet")) for folder in folders]
    assert files[0] == files[1]
    assert all(pq.read_table(folders[0] / file).equals(pq.read_table(folders[1] / file)) for file in files[0])


def test_a_world_not_kept_ends_with_the_day_of_the_last_score(whole: WorldPlace, tmp_path: Path) -> None:
    with open_world(_brief(whole, tmp_path), shows_all=False) as dataset:
        counts, expected = dataset.counts, open_dataset(whole.path).counts
    assert 0 < counts["posts"] < expected["posts"]
    assert {name for name, rows in counts.items() if rows} <= READ_TABLES


@pytest.mark.parametrize("seed", [-1, 1 << 64])
def test_a_part_of_no_world_is_refused(whole: WorldPlace, tmp_path: Path, seed: int) -> None:
    assert whole.scenario is not None
    with pytest.raises(InputError, match=r"^seed: must be between 0 and"):
        simulate_part(whole.scenario, seed, tmp_path / "world", Part(0, OBSERVED_TABLES))
    assert list(tmp_path.iterdir()) == []
