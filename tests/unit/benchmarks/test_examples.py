"""The examples in the docstrings of the benchmarks and of the console run as printed."""

import doctest
from importlib import import_module

import pytest

MODULES = ("benchmarks.metrics", "benchmarks.text_shingles", "simulator.console", "simulator.progress")


@pytest.mark.parametrize("name", MODULES)
def test_examples_of(name):
    found = doctest.testmod(import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
