"""The examples in the docstrings of everything that writes, reads or summarises datasets."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

from tests.tiny_dataset import CONTEXT, make_origin, make_tables, write_tiny

MODULES = (
    "simulator.dataset.digest",
    "simulator.dataset.reader",
    "simulator.dataset.reference",
    "simulator.dataset.writer",
    "simulator.describe",
    "simulator.effect",
    "simulator.effect_over_seeds",
    "simulator.grids",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_do_what_they_say(name: str, tmp_path: Path) -> None:
    names = {
        "folder": tmp_path,
        "world": write_tiny(tmp_path / "world"),
        "twin": write_tiny(tmp_path / "twin", variant="twin"),
        "placebo": write_tiny(tmp_path / "placebo", variant="placebo"),
        "posts": make_tables()["posts"],
        "origin": make_origin(),
        "context": CONTEXT,
    }
    result = doctest.testmod(import_module(name), extraglobs=names)
    assert result.attempted > 0
    assert result.failed == 0
