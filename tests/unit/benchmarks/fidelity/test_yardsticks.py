"""Other real populations in the place of a slice."""

import pytest

from benchmarks.fidelity import yardsticks
from benchmarks.fidelity.facts import Fact
from benchmarks.fidelity.pairs import Pair, read_pairs
from benchmarks.fidelity.yardsticks import find_yardsticks


def make_facts(population, values):
    return [Fact(f"fact_{place}", "", population, value, 1.0, 2.0, 9, "") for place, value in enumerate(values)]


@pytest.fixture
def made_up(monkeypatch):
    """A real population, one alike in three facts of four, one unlike, one with a single fact in common."""
    facts = [
        *make_facts("own", [1.5] * 4),
        *make_facts("unlike", [9.0] * 4),
        *make_facts("alike", [1.0, 2.0, 2.5, 9.0]),
        *make_facts("small", [1.5]),
    ]
    monkeypatch.setattr(yardsticks, "read_facts", lambda: tuple(facts))
    monkeypatch.setattr(yardsticks, "find_facts", lambda name: {f.name: f for f in facts if f.population == name})
    monkeypatch.setattr("benchmarks.fidelity.pairs.find_facts", yardsticks.find_facts)
    monkeypatch.setattr(yardsticks, "LEAST_FACTS", 2)
    return Pair(synthetic="slice", real="own", why="for the test")


def test_nearest_population_comes_first(made_up):
    assert [one.population for one in find_yardsticks(made_up)] == ["alike", "unlike"]


def test_yardstick_is_measured_by_the_bands_of_the_pair(made_up):
    nearest = find_yardsticks(made_up)[0]
    assert (nearest.n_facts, nearest.score, nearest.near_score) == (4, 0.75, 0.75)


def test_population_of_few_facts_in_common_is_left_out(made_up):
    assert "small" not in [one.population for one in find_yardsticks(made_up)]


@pytest.mark.parametrize("name", list(read_pairs().pairs))
def test_no_population_is_its_own_yardstick(name):
    pair = read_pairs().pairs[name]
    assert not {one.population for one in find_yardsticks(pair)} & {fact.population for fact in pair.facts}
