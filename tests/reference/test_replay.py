"""The replay shows in every step the rows that a plain search finds."""

import pytest

from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.streaming import replay
from benchmarks.detector import OBSERVATIONS, Observations
from simulator.dataset import open_dataset
from tests.reference import naive_replay
from tests.worlds import HARSH, HOUR, LIVELY, operator, plain, scenario_from

DATA = plain(
    end="T-2d 00:00",
    organic={"accounts": 60},
    operators={"agency": operator(8, pushes={})},
    feed=LIVELY["feed"],
    reaction=LIVELY["reaction"] | {"unfollow_share": 1.0},
    moderation=HARSH,
)


class InPortions(Observations):
    """Observations that are read a few rows at a time, so that portions end within row groups and steps."""

    def batches(self, name, columns=None, rows=7):
        return super().batches(name, columns, rows)


@pytest.fixture(scope="module")
def world(library):
    scenario = scenario_from(DATA)
    return open_dataset(library.path(scenario, 1))


def observe(dataset, folder, as_of_ms, kind=Observations):
    folder.mkdir()
    lay_out(dataset, folder, as_of_ms)
    return kind(folder, as_of_ms)


@pytest.mark.parametrize("kind", [Observations, InPortions])
@pytest.mark.parametrize(("step_minutes", "left_ms"), [(60, 0), (7 * 60, 0), (1440, 5 * HOUR)])
def test_replay_equals_naive(world, tmp_path, kind, step_minutes, left_ms):
    observations = observe(world, tmp_path / "shown", world.manifest.moments.end_ms - left_ms, kind)
    expected = naive_replay.replay(observations, step_minutes)
    found = list(replay(observations, step_minutes))
    assert [naive_replay.to_ms(now) for _, now in found] == [end_ms for _, end_ms in expected]
    for (batch, now), (rows, _) in zip(found, expected, strict=True):
        for name in rows:
            assert batch.table(name).to_pylist() == rows[name], (name, now)


def test_world_has_something_of_everything(world):
    assert {name: world.counts[name] > 0 for name in OBSERVATIONS} == dict.fromkeys(OBSERVATIONS, True)
    assert world.table("follows")["until"].null_count < world.counts["follows"]


def test_replay_shows_every_row_once(world, tmp_path):
    observations = observe(world, tmp_path / "shown", world.manifest.moments.end_ms, InPortions)
    batches = [batch for batch, _ in replay(observations, 60)]
    shown = [post for batch in batches for post in batch.table("posts", ["post_id"])["post_id"].to_pylist()]
    assert shown == observations.table("posts", ["post_id"])["post_id"].to_pylist()
