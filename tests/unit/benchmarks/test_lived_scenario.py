"""A dataset's scenario is read once for all that were lived by it, and anew for another."""

import pytest

import simulator.scenario
from benchmarks.scoring.lived_scenario import read_scenario
from simulator.scenario import load_scenario, scenario_yaml


class Lived:
    """As much of a dataset as its folder."""

    def __init__(self, path, text=None):
        self.path = path
        path.mkdir()
        if text is not None:
            (path / "scenario.yaml").write_text(text, encoding="utf-8")


@pytest.fixture
def reads(monkeypatch):
    """Return the list of what was read."""
    found = []

    def load(path):
        found.append(path.parent.name)
        return load_scenario(path)

    monkeypatch.setattr(simulator.scenario, "load_scenario", load)
    return found


@pytest.mark.parametrize("text", [None, "id: [", "id: nothing_else"])
def test_scenario_that_is_not_readable_is_none(tmp_path, text):
    assert read_scenario(Lived(tmp_path / "world", text)) is None


def test_scenario_is_read_anew_where_it_is_another(tmp_path, reads):
    first, other = (load_scenario("classroom", accounts=n) for n in (300, 400))
    worlds = [
        Lived(tmp_path / name, scenario_yaml(lived)) for name, lived in (("a", first), ("b", first), ("c", other))
    ]
    assert [read_scenario(world) for world in worlds] == [first, first, other]
    assert reads == ["a", "c"]
