"""A detector that looks for the truth the obvious ways finds nothing: neither labels nor the way to them.

Not tried, because not prevented: the process that started it, and a search of the whole disk; README says so.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.orders import Order
from benchmarks.scoring.score import score_datasets
from simulator.dataset import open_dataset
from simulator.schema import TABLES
from tests.end_to_end.spy import WAYS
from tests.tiny_dataset import write_tiny

SPY = Path(__file__).with_name("spy.py")
PROGRAM = f"{sys.executable} spy.py"
ORDERS = {
    "class": Order("spy:Spy", "spy:Spy"),
    "program": Order(PROGRAM, command=PROGRAM, level="account"),
}
TRUTH = {Path(table.path).name for table in TABLES if table.path.startswith("truth/")}
SHOWN = {Path(table.path).name for table in TABLES if table.path.startswith("observations/")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """An author's working folder: the detector and, beside it, the dataset with its truth."""
    folder = tmp_path_factory.mktemp("pile") / "authors-desk"
    folder.mkdir()
    shutil.copy(SPY, folder / "spy.py")
    write_tiny(folder / "secret-world")
    write_tiny(folder / "secret-world-twin", variant="twin")
    return folder


@pytest.fixture(scope="module", params=list(ORDERS))
def seen(request, desk):
    """What a spy saw, by way."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        patch.setenv("SMEARBENCH_DATASET", str(desk / "secret-world"))
        metrics, _ = score_datasets([open_dataset(Path("secret-world"))], [ORDERS[request.param]])
    (detector,) = metrics["worlds"][0]["detectors"]
    assert detector["status"] == "crashed"
    return json.loads(detector["message"][detector["message"].index("{") :])


@pytest.mark.parametrize("way", [*WAYS, "observations"])
def test_way_does_not_lead_to_the_dataset(seen, way):
    """Nor to the author's folder, in which it lies."""
    for text in seen.get(way, ()):
        assert "secret-world" not in text
        assert "authors-desk" not in text


@pytest.mark.parametrize("way", ["working folder", "module", "home"])
def test_no_table_of_the_truth_is_within_reach(seen, way):
    assert not [path for path in seen[way] if "truth" in path or Path(path).name in TRUTH - SHOWN]


def test_spy_looked(seen):
    """Each way led somewhere, so that finding nothing means something."""
    for way in ("working folder", "parents", "sys.path", "module", "arguments", "environment", "frames", "memory"):
        assert len(seen[way]) > 1, way
    assert any("accounts.parquet" in path for path in seen["working folder"])
    assert any(path.endswith("spy.py") for path in seen["module"])


def test_spy_would_find_what_lies_open(desk):
    """The same spy in the author's own folder sees the dataset at once."""
    told = subprocess.run(
        [sys.executable, "spy.py"], cwd=desk, env={"HOME": str(desk)}, capture_output=True, text=True
    ).stderr
    found = json.loads(told)
    assert any("secret-world/truth" in path for path in found["working folder"])
    assert any("authors-desk" in path for path in found["module"])
