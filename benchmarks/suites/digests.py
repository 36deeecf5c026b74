"""Digests of code, worlds and detectors: what a cached piece of work depends on, so that nothing stale is used."""

import ast
import hashlib
import json
import shlex
import shutil
from functools import cache
from importlib.machinery import ModuleSpec
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import benchmarks
import simulator
from benchmarks.blind.external import name_files
from benchmarks.orders import Order
from benchmarks.registry import find_module_sources
from benchmarks.suites.suite import WorldOrder
from simulator.origin import find_software_versions
from simulator.scenario import scenario_yaml

_BENCHMARKS = Path(benchmarks.__file__).parent
_SIMULATOR = Path(simulator.__file__).parent
_LENGTH = 20
_CALL = ("blind_folder", "blind_process", "streaming", "alert_stream", "external", "answers")
# Libraries whose version can change a score.
_LIBRARIES = ("numpy", "pyarrow", "duckdb", "scipy", "scikit-learn", "river")
# What only shows a dataset or summarises it, or reads a scenario: a change there leaves the dataset of every
# resolved scenario as it is.
_OUTSIDE = (
    *("commands.py", "console.py", "progress.py", "describe.py", "effect*.py", "__main__.py"),
    *(f"scenario/{name}.py" for name in ("load", "reader", "overrides", "scaling", "validation", "wording", "checks")),
)


def digest_of(content: Any) -> str:
    """Return a short digest of plain data.

    Examples
    --------
    >>> digest_of({"a": 1}) == digest_of({"a": 1}), len(digest_of([]))
    (True, 20)
    """
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:_LENGTH]


@cache
def digest_simulator() -> str:
    """Return the digest of all that can change a dataset: the simulator's code and words, its packages' versions."""
    outside = {path for pattern in _OUTSIDE for path in _SIMULATOR.glob(pattern)}
    code = [f"{path.name} {_digest_code(path)}" for path in _SIMULATOR.rglob("*.py") if path not in outside]
    words = _digest_files(_SIMULATOR, list(_SIMULATOR.rglob("*.txt")))
    return digest_of([find_software_versions(), sorted(code), words])


@cache
def digest_world(world: WorldOrder) -> str:
    """Return the digest of a world: the same scenario, seed, variant and simulator are the same world.

    Raises
    ------
    ScenarioError
        When its scenario is wrong.
    """
    return digest_of([scenario_yaml(world.load()), world.seed, world.variant, digest_simulator()])


def digest_detector(order: Order) -> str:
    """Return the digest of a detector's work: its parameters, the sources that it is made of, and the blind call."""
    return digest_of([order.to_json(), _digest_sources(order), _digest_files_of("blind", _CALL)])


@cache
def digest_view() -> str:
    """Return the digest of what decides what detectors are shown of a world."""
    return digest_of(_digest_files_of("blind", ("blind_folder",)))


@cache
def digest_labels() -> str:
    """Return the digest of what decides the labels that detectors learn from."""
    return digest_of(_digest_files_of("scoring", ("labels",)))


@cache
def digest_scoring() -> str:
    """Return the digest of what turns answers into figures."""
    return digest_of(_digest_closure("benchmarks.suites.suite_rows"))


def digest_module(module: str) -> str:
    """Return the digest of a module of benchmarks with all that it imports from there."""
    return digest_of(_digest_closure(module))


def _digest_files_of(room: str, names: tuple[str, ...]) -> list[str]:
    return [_digest_code(_BENCHMARKS / room / f"{name}.py") for name in names]


def _digest_sources(order: Order) -> list[str]:
    if order.command:
        program = shutil.which(shlex.split(order.command)[0])
        files = [*name_files(order.command), *([Path(program)] if program else [])]
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    module = order.reference.partition(":")[0]
    if module.partition(".")[0] == "benchmarks":
        return _digest_closure(module)
    # Whoever builds on our signals or on scikit-learn's estimators depends on them too.
    return _digest_closure("benchmarks.signals.estimator") + _digest_strangers(order.reference)


def _digest_strangers(reference: str) -> list[str]:
    """Return the digests of a user's own sources, or of all sources of an installed package."""
    own = find_module_sources(reference)
    if own is not None and own.is_file():
        return _digest_files(own.parent, list(own.parent.glob("*.py")))
    spec = _find_top(reference)
    if own is None and (spec is None or spec.origin is None):
        return []
    place = own or Path(spec.origin)  # type: ignore[union-attr, arg-type]
    folder = place if place.is_dir() else place.parent
    is_package = own is not None or bool(spec and spec.submodule_search_locations)
    found = [path for path in folder.rglob("*.py" if own is None else "*") if path.is_file()]
    return _digest_files(folder, found if is_package else [place])


def _find_top(reference: str) -> ModuleSpec | None:
    """Find the package of a reference without importing anything of it."""
    try:
        return find_spec(reference.partition(":")[0].partition(".")[0])
    except (ImportError, ValueError):
        return None


@cache
def _digest_closure(module: str) -> list[str]:
    """Return the digests of a module of benchmarks, of all that it imports from there, and of their word lists."""
    open_modules, done = [module], dict[str, Path]()
    while open_modules:
        name = open_modules.pop()
        path = _BENCHMARKS.parent / Path(*name.split(".")).with_suffix(".py")
        if name not in done and path.exists():
            done[name] = path
            open_modules += _list_imports(path)
    code = [f"{path.name} {_digest_code(path)}" for path in done.values()]
    lists = [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in _BENCHMARKS.rglob("*.txt")]
    return sorted([*code, *lists, *(f"{name} {version(name)}" for name in _LIBRARIES)])


@cache
def _digest_code(path: Path) -> str:
    """Return the digest of what a module does, whatever it says of that and wherever it and its imports lie."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = sorted(_name_imports(tree))
    for node in ast.walk(tree):
        for block in ("body", "orelse", "finalbody"):
            if isinstance(statements := getattr(node, block, None), list):
                setattr(node, block, [inner for inner in statements if not _is_silent(inner)])
    return hashlib.sha256(f"{imported} {ast.dump(tree)}".encode()).hexdigest()


def _name_imports(tree: ast.AST) -> list[str]:
    """Return what a module imports, by the last part of the module that it is from."""
    return [
        f"{node.module.rpartition('.')[2]}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
    ]


def _is_silent(node: ast.AST) -> bool:
    """Whether a statement is an import or a docstring."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, (ast.Import, ast.ImportFrom))


@cache
def _list_imports(path: Path) -> list[str]:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("benchmarks"):
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return found


def _digest_files(root: Path, files: list[Path]) -> list[str]:
    return [
        f"{path.relative_to(root)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in sorted(set(files))
        if "__pycache__" not in path.parts
    ]
