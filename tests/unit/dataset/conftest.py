"""A tiny dataset for every test of the dataset's rooms."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tiny_dataset import open_fast_folder, write_tiny


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder, in memory where there is one."""
    with open_fast_folder(tmp_path) as folder:
        yield folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a freshly written tiny dataset, alone in its folder."""
    return write_tiny(tmp_path / "tiny")
