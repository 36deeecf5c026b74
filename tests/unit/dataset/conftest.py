"""A tiny dataset for every test of the dataset's rooms."""

from pathlib import Path

import pytest

from tests.tiny_dataset import write_tiny


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Return a freshly written tiny dataset, alone in its folder."""
    return write_tiny(tmp_path / "tiny")
