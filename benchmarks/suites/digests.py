"""Digests of code, worlds and detectors: what a cached piece of work depends on, so that nothing stale is used."""

import ast
import hashlib
import json
from functools import cache
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
_CALL = ("blind_folder", "blind_process", "streaming", "alert_stream")
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
    return digest_of([order.to_json(), _digest_sources(order), _digest_call()])


@cache
def _digest_call() -> list[str]:
    """Return the digests of what decides what a detector is shown."""
    return [_digest_code(_BENCHMARKS / "blind" / f"{name}.py") for name in _CALL]


def _digest_sources(order: Order) -> list[str]:
    if order.command:
        files = name_files(order.command)
        return [hashlib.sha256(path.read_bytes()).hexdigest() for path in files]
    module = order.reference.partition(":")[0]
    if module.partition(".")[0] == "benchmarks":
        return _digest_closure(module)
    own = find_module_sources(order.reference)
    if own is not None:
        folder = own if own.is_dir() else own.parent
        files = [path for path in folder.rglob("*") if path.is_file()] if own.is_dir() else list(folder.glob("*.py"))
        return _digest_files(folder, files)
    spec = find_spec(module)
    adapter = _digest_closure("benchmarks.signals.estimator")
    return adapter + ([hashlib.sha256(Path(spec.origin).read_bytes()).hexdigest()] if spec and spec.origin else [])


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
    """Return the digest of what a module does: where it lies, comments and docstrings change nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        for block in ("body", "orelse", "finalbody"):
            if isinstance(statements := getattr(node, block, None), list):
                setattr(node, block, [inner for inner in statements if not _is_silent(inner)])
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


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
