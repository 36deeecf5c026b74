"""The floors of the two packages: imports point down, run in no circle, and respect the fences."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("simulator", "benchmarks")

# The first pattern that fits decides; a folder stands for all that is in it. Files of one floor may import each other.
FLOORS: dict[str, int] = {
    "simulator.errors": 0,
    "simulator.vocabulary": 0,
    "simulator.schema": 0,
    "simulator.scenario": 1,
    "simulator.random_streams": 1,
    "simulator.kernels": 1,
    "simulator.population": 2,
    "simulator.network": 2,
    "simulator.profiles": 2,
    "simulator.rhythm": 2,
    "simulator.language": 2,
    "simulator.processes": 3,
    "simulator.campaign": 3,
    "simulator.agents": 4,
    "simulator.model": 4,
    "simulator.origin": 5,
    "simulator.dataset": 5,
    "simulator.observations": 5,
    "simulator.truth": 5,
    "simulator.simulation": 5,
    "simulator.grids": 5,
    "simulator.concentration": 5,
    "simulator.describe": 5,
    "simulator.effect": 5,
    "simulator.effect_tables": 5,
    "simulator.effect_over_seeds": 5,
    "simulator.console": 6,
    "simulator.progress": 6,
    "simulator.commands": 6,
    "simulator.__main__": 6,
    "simulator": 6,
    "benchmarks.detector": 10,
    "benchmarks.registry": 10,
    "benchmarks.orders": 10,
    "benchmarks.streaming": 10,
    "benchmarks.alert_stream": 10,
    "benchmarks.external": 10,
    "benchmarks.metrics": 11,
    "benchmarks.thresholds": 11,
    "benchmarks.group_metrics": 11,
    "benchmarks.alert_episodes": 11,
    "benchmarks.alert_metrics": 11,
    "benchmarks.labels": 11,
    "benchmarks.text_shingles": 11,
    "benchmarks.features": 11,
    "benchmarks.feature_questions": 11,
    "benchmarks.labelled_features": 11,
    "benchmarks.networks": 11,
    "benchmarks.shares": 11,
    "benchmarks.lexicon": 11,
    "benchmarks.lexicon_agreement": 12,
    "benchmarks.seasonality": 11,
    "benchmarks.series": 11,
    "benchmarks.detectors": 11,
    "benchmarks.estimator": 11,
    "benchmarks.loading": 12,
    "benchmarks.blind_folder": 12,
    "benchmarks.blind_process": 12,
    "benchmarks.limited_process": 12,
    "benchmarks.answers": 12,
    "benchmarks.protocol": 12,
    "benchmarks.calibration": 13,
    "benchmarks.measure": 13,
    "benchmarks.score": 14,
    "benchmarks.run_folder": 13,
    "benchmarks.workers": 13,
    "benchmarks.suite": 13,
    "benchmarks.digests": 13,
    "benchmarks.world_cache": 13,
    "benchmarks.suite_tasks": 14,
    "benchmarks.suite_rows": 14,
    "benchmarks.suite_curves": 14,
    "benchmarks.suite_run": 14,
    "benchmarks.statistics": 11,
    "benchmarks.result_rows": 12,
    "benchmarks.compare": 13,
    "benchmarks.leaderboard_tables": 14,
    "benchmarks.leaderboard": 14,
    "benchmarks.plot_style": 14,
    "benchmarks.plot_ranks": 14,
    "benchmarks.plots": 14,
    "benchmarks.suite_results": 15,
    "benchmarks.sealed_worlds": 15,
    "benchmarks.secret_dials": 15,
    "benchmarks.sealing": 15,
    "benchmarks.sealed_answers": 15,
    "benchmarks.unsealing": 15,
    "benchmarks.speed": 15,
    "benchmarks.picture": 15,
    "benchmarks.check_worlds": 15,
    "benchmarks.check_changes": 15,
    "benchmarks.check_subject": 15,
    "benchmarks.check_memory": 15,
    "benchmarks.checks": 15,
    "benchmarks.detector_list": 13,
    "benchmarks.scores_file": 15,
    "benchmarks.headlines": 15,
    "benchmarks.suite_commands": 16,
    "benchmarks.seal_commands": 16,
    "benchmarks.plugin_commands": 16,
    "benchmarks.score_tables": 16,
    "benchmarks.commands": 16,
    "benchmarks.cli": 16,
    "benchmarks.__main__": 16,
    "benchmarks": 10,
}

# Who may import what; everything else of the two packages may not.
FENCES: dict[str, tuple[str, ...]] = {
    "mesa": ("simulator.model", "simulator.agents", "benchmarks.speed.plain_mesa"),
    "numba": ("simulator.kernels",),
    "yaml": ("simulator.scenario",),
    "faker": ("simulator.profiles",),
    "pyarrow": (
        *("simulator.schema", "simulator.language", "simulator.profiles", "simulator.dataset"),
        *("simulator.observations", "simulator.truth", "benchmarks"),
    ),
    "sklearn": ("benchmarks",),
    "duckdb": ("simulator.dataset", "benchmarks"),
    "pandas": (),
}
RANDOM_MODULES = ("random", "numpy.random")


def _name_module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def _find_modules() -> dict[str, Path]:
    files = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return {_name_module(path): path for path in files}


@cache
def _find_imports(module: str) -> frozenset[str]:
    """Return the modules that a module imports when it runs, wherever in the file; types alone do not count."""
    found = set()
    for node in _walk(ast.parse(_find_modules()[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import in line {node.lineno}"
            assert node.module
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                found.add(inner if inner in _find_modules() else node.module)
    return frozenset(found)


def _walk(node: ast.AST):
    """Yield all nodes but those under ``if TYPE_CHECKING``."""
    yield node
    for child in ast.iter_child_nodes(node):
        if not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
            yield from _walk(child)


def _is_under(module: str, place: str) -> bool:
    return module == place or module.startswith(f"{place}.")


def _find_floor(module: str) -> int:
    place = module
    while place not in FLOORS:
        place = place.rpartition(".")[0]
    return FLOORS[place]


def _own_imports(module: str) -> list[str]:
    return sorted(name for name in _find_imports(module) if name.partition(".")[0] in PACKAGES)


MODULES = sorted(_find_modules())


@pytest.mark.parametrize("module", MODULES)
def test_module_has_a_floor_of_its_own(module):
    assert module in PACKAGES or any(_is_under(module, place) for place in FLOORS if place not in PACKAGES), (
        f"{module} stands on no floor: give it one in {Path(__file__).name}"
    )


def test_every_floor_has_a_module():
    assert not [place for place in FLOORS if place not in _find_modules() and place != "benchmarks.speed"]


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    upward = [name for name in _own_imports(module) if _find_floor(name) > _find_floor(module)]
    assert not upward, f"{module} (floor {_find_floor(module)}) imports {upward}"


@pytest.mark.parametrize("module", [name for name in MODULES if _is_under(name, "simulator")])
def test_simulator_does_not_import_benchmarks(module):
    assert not [name for name in _find_imports(module) if _is_under(name, "benchmarks")]


def test_no_import_runs_in_a_circle():
    open_modules: list[str] = []
    done: set[str] = set()

    def visit(module: str) -> None:
        assert module not in open_modules, " -> ".join([*open_modules[open_modules.index(module) :], module])
        if module in done:
            return
        open_modules.append(module)
        for name in _own_imports(module):
            visit(name)
        open_modules.pop()
        done.add(module)

    for module in MODULES:
        visit(module)


@pytest.mark.parametrize("fenced", FENCES)
def test_fence_holds(fenced):
    outside = [
        module
        for module in MODULES
        if any(_is_under(name, fenced) for name in _find_imports(module))
        and not any(_is_under(module, place) for place in FENCES[fenced])
    ]
    assert not outside, f"{fenced} is imported outside its fence by {outside}"


@pytest.mark.parametrize("module", MODULES)
def test_no_module_draws_from_global_randomness(module):
    text = _find_modules()[module].read_text(encoding="utf-8")
    assert not [name for name in _find_imports(module) if name in RANDOM_MODULES]
    assert "np.random." not in text.replace("``np.random.``", "")
