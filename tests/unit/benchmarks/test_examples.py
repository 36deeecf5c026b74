"""The examples in the docstrings of the benchmarks and of the console run as printed."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from benchmarks.detector import Observations
from tests.tiny_dataset import END, write_tiny

ROOT = Path(__file__).parents[3]
BENCHMARKS = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "benchmarks").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def observations(tmp_path_factory):
    """The world that examples call `observations`."""
    return Observations(write_tiny(tmp_path_factory.mktemp("examples") / "tiny") / "observations", END)


def test_modules_with_examples_are_found():
    assert {"benchmarks.detector", "benchmarks.scoring.metrics", "benchmarks.orders", "benchmarks.suites.suite"} <= set(
        BENCHMARKS
    )


@pytest.mark.parametrize("name", [*BENCHMARKS, "simulator.console", "simulator.progress"])
def test_examples_of(name, observations):
    found = doctest.testmod(import_module(name), extraglobs={"observations": observations})
    assert found.attempted > 0
    assert found.failed == 0
