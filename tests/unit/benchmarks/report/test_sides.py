"""Runs side by side: what may be compared, and what is counted."""

import pytest

from benchmarks.report.sides import check_sides, describe_sides
from simulator.dataset import DatasetWriter, open_dataset
from simulator.errors import InputError
from tests.tiny_dataset import CONTEXT, make_origin, make_tables, write_tiny


@pytest.fixture(scope="module")
def main(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("main") / "main"))


def _write_other(out, seed=7, scenario_id="tiny"):
    with DatasetWriter(out) as writer:
        for name, rows in make_tables().items():
            writer.write(name, rows)
        return open_dataset(writer.finish(make_origin(seed=seed, scenario_id=scenario_id), CONTEXT))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"seed": 8}, "other: must have the seed of .*main, 7, got 8. Simulate tiny with --seed 7 again"),
        ({"scenario_id": "else"}, "other: must have the scenario of .*main, tiny, got else."),
    ],
)
def test_runs_of_another_world_are_refused(main, tmp_path, changes, complaint):
    other = _write_other(tmp_path / "other", **changes)
    with pytest.raises(InputError, match=complaint):
        check_sides(main, [other])


def test_more_than_three_runs_are_refused(main):
    with pytest.raises(InputError, match=r"--compare: must be given at most 2 times, got 3. Leave some out."):
        check_sides(main, [main, main, main])


def test_sides_tell_posts_before_and_the_rest_after_the_reveal(main):
    visible, sealed = describe_sides([main, main])
    assert set(visible[0]) == {"talk", "claims"}
    assert set(sealed[0]) == {"kind", "when", "exposures", "attitudes", "pushed"}
    assert all(claim <= talk for claim, talk in zip(visible[0]["claims"], visible[0]["talk"], strict=True))
