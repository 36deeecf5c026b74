"""Digests: whatever changes a world or a detector changes its digest, and nothing else does."""

import shlex
from dataclasses import replace

import pytest

from benchmarks.orders import Order, make_orders
from benchmarks.suites import digests
from benchmarks.suites.digests import digest_detector, digest_of, digest_simulator, digest_world
from benchmarks.suites.suite import Cell, WorldOrder
from simulator.vocabulary import Split

WORLD = WorldOrder("", Cell(scenario="classroom", level="L1"), Split.test, 1, accounts=100, days=5, prevalence=0.1)


def test_order_of_keys_changes_nothing():
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1}) != digest_of({"a": 1, "b": 3})


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"variant": "twin"},
        {"accounts": 101},
        {"days": 6},
        {"prevalence": 0.2},
        {"split": Split.train},
        {"cell": Cell(scenario="classroom", level="L2")},
        {"cell": Cell(scenario="quiet_launch")},
        {"cell": Cell(scenario="classroom", level="L1", set=("organic.leaving_share=0.5",))},
    ],
    ids=str,
)
def test_another_world_has_another_digest(change):
    assert digest_world(replace(WORLD, **change)) != digest_world(WORLD)


@pytest.mark.parametrize(
    "change",
    [
        {"cell": Cell(scenario="classroom", level="L1", label="called otherwise")},
        {"cell": Cell(scenario="classroom", level="L1", splits=("test",))},
        {"suite_folder": "/elsewhere"},
    ],
    ids=str,
)
def test_the_same_world_in_another_suite_has_the_same_digest(change):
    assert digest_world(replace(WORLD, **change)) == digest_world(WORLD)


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """A simulator of a few files, whose digest is not remembered."""
    for name in ("kernels.py", "words.txt", "console.py", "notes.md"):
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(digests, "_SIMULATOR", tmp_path)
    forget()
    yield tmp_path
    forget()


def forget():
    """Forget what was read, as a new process would."""
    digest_simulator.cache_clear()
    digests._digest_code.cache_clear()


@pytest.mark.parametrize(
    ("name", "changes"), [("kernels.py", True), ("words.txt", True), ("console.py", False), ("notes.md", False)]
)
def test_simulator_is_what_can_change_a_dataset(sources, name, changes):
    before = digest_simulator()
    (sources / name).write_text("two")
    forget()
    assert (digest_simulator() != before) == changes


def test_versions_of_the_packages_are_part_of_the_simulator(sources, monkeypatch):
    before = digest_simulator()
    monkeypatch.setattr(digests, "find_software_versions", lambda: {"numpy": "0.0"})
    forget()
    assert digest_simulator() != before


def digest_named(name, *parameters):
    return digest_detector(*make_orders([name], parameters))


def test_detectors_and_parameters_have_digests_of_their_own():
    reference = "sklearn.ensemble:IsolationForest"
    found = [
        digest_named("chance"),
        digest_named("synchrony"),
        digest_named("synchrony", "threshold=0.1"),
        digest_named("synchrony", "threshold=0.2"),
        digest_named(reference),
        digest_named(reference, "n_estimators=7"),
    ]
    assert len(set(found)) == len(found)
    assert digest_named("synchrony", "threshold=0.1") == found[2]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A working folder with a module, a package and a script."""
    for name in ("own.py", "neighbour.py", "find.sh", "words.sh", "notes.txt", "pack/__init__.py", "pack/list.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


OWN = Order("own:Mine", "own:Mine")
PACKED = Order("pack.deep:Mine", "pack.deep:Mine")
PROGRAM = Order("p", command=shlex.join(["sh", "find.sh"]), level="account")


@pytest.mark.parametrize(
    ("order", "name", "changes"),
    [
        (OWN, "own.py", True),
        (OWN, "neighbour.py", True),
        (OWN, "notes.txt", False),
        (PACKED, "pack/__init__.py", True),
        (PACKED, "pack/list.json", True),
        (PACKED, "own.py", False),
        (PROGRAM, "find.sh", True),
        (PROGRAM, "words.sh", True),
        (PROGRAM, "own.py", False),
    ],
    ids=lambda value: getattr(value, "asked", value),
)
def test_detector_of_the_user_is_what_is_copied_for_it(desk, order, name, changes):
    before = digest_detector(order)
    (desk / name).write_text("x = 1\n")
    assert (digest_detector(order) != before) == changes
