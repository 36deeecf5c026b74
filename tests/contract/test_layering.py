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
    "simulator.verify": 5,
    "simulator.effect_tables": 5,
    "simulator.effect_over_seeds": 5,
    "simulator.console": 6,
    "simulator.progress": 6,
    "simulator.commands": 6,
    "simulator.__main__": 6,
    "simulator": 6,
    "benchmarks.detector": 10,
    "benchmarks.registry": 10,
    "benchmarks.whole_file": 10,
    "benchmarks.orders": 10,
    "benchmarks.blind.streaming": 10,
    "benchmarks.blind.alert_stream": 10,
    "benchmarks.blind.external": 10,
    "benchmarks.scoring.metrics": 11,
    "benchmarks.scoring.thresholds": 11,
    "benchmarks.scoring.group_metrics": 11,
    "benchmarks.scoring.alert_episodes": 11,
    "benchmarks.scoring.alert_metrics": 11,
    "benchmarks.scoring.labels": 11,
    "benchmarks.scoring.lived_scenario": 11,
    "benchmarks.signals.text_shingles": 11,
    "benchmarks.signals.features": 11,
    "benchmarks.signals.feature_questions": 11,
    "benchmarks.signals.labelled_features": 11,
    "benchmarks.signals.networks": 11,
    "benchmarks.signals.shares": 11,
    "benchmarks.signals.lexicon": 11,
    "benchmarks.signals.lexicon_agreement": 12,
    "benchmarks.signals.seasonality": 11,
    "benchmarks.signals.series": 11,
    "benchmarks.detectors": 11,
    "benchmarks.signals.estimator": 11,
    "benchmarks.loading": 12,
    "benchmarks.blind.blind_folder": 12,
    "benchmarks.blind.blind_process": 12,
    "benchmarks.blind.limited_process": 12,
    "benchmarks.blind.answers": 12,
    "benchmarks.blind.protocol": 12,
    "benchmarks.scoring.calibration": 13,
    "benchmarks.scoring.measure": 13,
    "benchmarks.scoring.score": 14,
    "benchmarks.scoring.run_folder": 13,
    "benchmarks.suites.workers": 13,
    "benchmarks.suites.suite": 13,
    "benchmarks.suites.digests": 13,
    "benchmarks.suites.world_cache": 13,
    "benchmarks.suites.suite_tasks": 14,
    "benchmarks.suites.suite_rows": 14,
    "benchmarks.suites.suite_curves": 14,
    "benchmarks.suites.suite_run": 14,
    "benchmarks.verdict.statistics": 11,
    "benchmarks.verdict.result_rows": 12,
    "benchmarks.verdict.compare": 13,
    "benchmarks.verdict.leaderboard_tables": 14,
    "benchmarks.verdict.leaderboard": 14,
    "benchmarks.verdict.plot_style": 14,
    "benchmarks.verdict.plot_ranks": 14,
    "benchmarks.verdict.plots": 14,
    "benchmarks.suites.suite_results": 15,
    "benchmarks.sealed.sealed_worlds": 15,
    "benchmarks.sealed.secret_dials": 15,
    "benchmarks.sealed.sealing": 15,
    "benchmarks.sealed.sealed_answers": 15,
    "benchmarks.sealed.unsealing": 15,
    "benchmarks.speed": 15,
    "benchmarks.picture": 15,
    "benchmarks.notebook": 15,
    "benchmarks.checking.check_worlds": 15,
    "benchmarks.checking.check_changes": 15,
    "benchmarks.checking.check_subject": 15,
    "benchmarks.checking.check_memory": 15,
    "benchmarks.checking.checks": 15,
    "benchmarks.detector_list": 13,
    "benchmarks.scoring.scores_file": 15,
    "benchmarks.suites.headlines": 15,
    "benchmarks.audit": 11,
    "benchmarks.audit.marginal_questions": 11,
    "benchmarks.audit.format_questions": 11,
    "benchmarks.audit.probe_tables": 11,
    "benchmarks.audit.profile_patterns": 11,
    "benchmarks.audit.texts": 11,
    "benchmarks.audit.file_marks": 11,
    "benchmarks.audit.learners": 11,
    "benchmarks.audit.gate": 12,
    "benchmarks.audit.baselines": 13,
    "benchmarks.audit.audited_world": 15,
    "benchmarks.audit.audit": 15,
    "benchmarks.audit.audit_tables": 15,
    "benchmarks.alerting": 15,
    "benchmarks.alerting.alert_lines": 15,
    "benchmarks.alerting.placing": 15,
    "benchmarks.alerting.own_rehearsal": 15,
    "benchmarks.alerting.own_tables": 15,
    "benchmarks.collecting": 15,
    "benchmarks.own_alert_commands": 16,
    "benchmarks.drill": 15,
    "benchmarks.drill_commands": 16,
    "benchmarks.alerting.catalogue_study": 16,
    "benchmarks.alert_commands": 16,
    "benchmarks.audit_commands": 16,
    "benchmarks.fidelity": 15,
    "benchmarks.fidelity_commands": 16,
    "benchmarks.validity": 15,
    "benchmarks.validity.__main__": 16,
    "benchmarks.validity_commands": 16,
    "benchmarks.replay.json_lines": 11,
    "benchmarks.replay.events": 12,
    "benchmarks.replay.merging": 12,
    "benchmarks.replay.addresses": 11,
    "benchmarks.replay.targets": 11,
    "benchmarks.replay.pacing": 13,
    "benchmarks.replay.sinks": 13,
    "benchmarks.replay.http_sink": 13,
    "benchmarks.replay.redis_sink": 13,
    "benchmarks.replay.kafka_metadata": 13,
    "benchmarks.replay.kafka_tail": 13,
    "benchmarks.replay.kafka_sink": 13,
    "benchmarks.replay.replay_state": 13,
    "benchmarks.replay.fault_orders": 11,
    "benchmarks.replay.malformed": 12,
    "benchmarks.replay.fault_plan": 12,
    "benchmarks.replay.faults": 12,
    "benchmarks.replay.fault_record": 13,
    "benchmarks.replay.clock_file": 13,
    "benchmarks.replay.streams": 14,
    "benchmarks.replay.sending": 14,
    "benchmarks.replay.replay": 15,
    "benchmarks.replay.load_step": 14,
    "benchmarks.replay.find_limit": 15,
    "benchmarks.replay_commands": 16,
    "benchmarks.report.communities": 12,
    "benchmarks.report.packing": 12,
    "benchmarks.report.columns": 12,
    "benchmarks.report.drawn": 12,
    "benchmarks.report.narrative_series": 12,
    "benchmarks.report.placement": 13,
    "benchmarks.report.visible_part": 14,
    "benchmarks.report.hidden_part": 14,
    "benchmarks.report.page_file": 14,
    "benchmarks.report.truth_facts": 12,
    "benchmarks.report.evidence": 12,
    "benchmarks.report.lesson_problems": 12,
    "benchmarks.report.lesson_file": 13,
    "benchmarks.report.lesson_part": 14,
    "benchmarks.report.bets": 13,
    "benchmarks.report.sides": 15,
    "benchmarks.report.scores_part": 15,
    "benchmarks.report.alerts_part": 15,
    "benchmarks.report.teaching": 15,
    "benchmarks.report.payload": 15,
    "benchmarks.report.report": 15,
    "benchmarks.report_commands": 16,
    "benchmarks.live": 13,
    "benchmarks.live.sliders": 13,
    "benchmarks.live.wishes": 13,
    "benchmarks.live.stage": 15,
    "benchmarks.live.shell": 15,
    "benchmarks.live.server": 15,
    "benchmarks.live.solara_view": 16,
    "benchmarks.live.solara_app": 16,
    "benchmarks.live_commands": 16,
    "benchmarks.suite_commands": 16,
    "benchmarks.sealed.seal_commands": 16,
    "benchmarks.plugin_commands": 16,
    "benchmarks.scoring.score_tables": 16,
    "benchmarks.commands": 16,
    "benchmarks.cli": 16,
    "benchmarks.__main__": 16,
    "benchmarks.blind": 10,
    "benchmarks.signals": 11,
    "benchmarks.scoring": 11,
    "benchmarks.suites": 13,
    "benchmarks.sealed": 15,
    "benchmarks.verdict": 11,
    "benchmarks.checking": 15,
    "benchmarks.replay": 11,
    "benchmarks.report": 12,
    "benchmarks": 10,
}

# Who may import what; everything else of the two packages may not.
FENCES: dict[str, tuple[str, ...]] = {
    "mesa": ("simulator.model", "simulator.agents", "benchmarks.speed.plain_mesa", "benchmarks.live.solara_view"),
    "numba": ("simulator.kernels",),
    "yaml": ("simulator.scenario",),
    "faker": ("simulator.profiles",),
    "pyarrow": (
        *("simulator.schema", "simulator.language", "simulator.profiles", "simulator.dataset"),
        *("simulator.observations", "simulator.truth", "benchmarks"),
    ),
    "sklearn": ("benchmarks",),
    "duckdb": ("simulator.dataset", "benchmarks"),
    "redis": ("benchmarks.replay.redis_sink",),
    "confluent_kafka": ("benchmarks.replay.kafka_sink", "benchmarks.replay.kafka_tail"),
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
