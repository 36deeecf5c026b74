"""A small proved world, and a copy of it to tamper with."""

import functools
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from simulator import load_scenario
from simulator.scenario import Scenario
from simulator.verify import proof
from tests.worlds import Library


@pytest.fixture(scope="module")
def world(library: Library) -> Path:
    """A world with a break-up, deleted posts and a squad that keeps office hours."""
    overrides = [
        "operators.agency.squads.loud.delete_after_minutes=45",
        "operators.agency.break_up.removed_share=1",
        "exposure_log=false",
    ]
    return library.path(load_scenario("classroom", accounts=300, overrides=overrides), 3)


@functools.cache
def read_once(text: str) -> Scenario:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(text, encoding="utf-8")
        return load_scenario(path)


@pytest.fixture(autouse=True)
def scenarios_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most changes leave the scenario as it is, and reading it takes as long as the rules."""
    monkeypatch.setattr(proof, "load_scenario", lambda path: read_once(path.read_text(encoding="utf-8")))


@pytest.fixture
def copy(world: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(world, tmp_path / "copy"))
