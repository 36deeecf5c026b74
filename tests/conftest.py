"""What all tests share: small worlds lived once, failures for missing programs in CI, and the order of modules."""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.worlds import Library


# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


TESTS = Path(__file__).parent
# A worker takes a whole module (`--dist loadfile`), so that what its tests share is made once. The longest begin
# first, so that the workers end together. Before them one worker compiles the kernels, while the other needs none.
FIRST = (
    "end_to_end/test_exactness.py",
    "contract/test_check_detector.py",
    "end_to_end/test_suite.py",
    "end_to_end/test_tutorial.py",
    "statistical/test_gate.py",
    "reference/test_day.py",
    "unit/benchmarks/test_sealing.py",
    # These two live worlds that other modules of their folders ask for later.
    "property/test_campaign_invariants.py",
    "contract/test_scenarios.py",
    "end_to_end/test_replay.py",
    "end_to_end/test_alerts.py",
    "end_to_end/test_wheel.py",
    "end_to_end/test_drill.py",
    "end_to_end/test_alert_engines.py",
    "end_to_end/test_replay_kafka.py",
    "end_to_end/test_replay_redis.py",
    "end_to_end/test_report_page.py",
    "unit/benchmarks/detectors/test_feature_detectors.py",
    "unit/benchmarks/test_world_cache.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest modules first where several workers share the tests."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        places = {TESTS / name: place for place, name in enumerate(FIRST)}
        items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that renews the golden files."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew instead of comparing")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing, and say so; in CI, fail."""
    for mark in item.iter_markers("needs"):
        for program in mark.args:
            if shutil.which(program) is None:
                reason = f"needs the program {program!r}, which is not installed"
                if os.environ.get("CI"):
                    pytest.fail(reason, pytrace=False)
                pytest.skip(reason)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> "Library":
    """Return the worlds of this session; parallel workers share them."""
    from tests.worlds import Library

    base = tmp_path_factory.getbasetemp()
    return Library((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "worlds")
