"""Chooses the engine of a rule file: by --engine, else by the form of the file."""

from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.alerting.time_limit import LIMIT_SECONDS
from simulator.errors import InputError, ScenarioError
from simulator.scenario.load import find_shipped
from simulator.scenario.reader import read_file
from simulator.scenario.wording import nearest, show

if TYPE_CHECKING:
    from benchmarks.alerting.engines.engine import Engine
    from benchmarks.alerting.rule_file import SeriesOfFile

PROGRAMS = {"duckdb": (), "prometheus": ("prometheus", "promtool"), "vmalert": ("vmalert", "victoria-metrics")}
ENGINES = tuple(PROGRAMS)
_SHIPPED = Path(__file__).parents[1]
_SUFFIX = "_prometheus.yaml"


def list_prometheus_files() -> dict[str, Path]:
    """Return the shipped rule files of Prometheus by name."""
    return {path.name.removesuffix(_SUFFIX): path for path in sorted(_SHIPPED.glob(f"*{_SUFFIX}"))}


def load_engine(
    path_or_name: str,
    engine: str | None = None,
    limit_seconds: float = LIMIT_SECONDS,
    own_series: Path | None = None,
) -> "Engine":
    """Return an engine with the rules of a file, or the shipped ones of that name.

    Parameters
    ----------
    path_or_name : str
    engine : str, optional
        One of :data:`ENGINES`; left out, a file with `groups` is Prometheus's and all others are smearbench's.
    limit_seconds : float
        How long each SQL question may take; Prometheus's limits are its own.
    own_series : Path, optional
        A file of the team's own series, for a rule file that has no place for them.

    Raises
    ------
    InputError
        When the engine is unknown, its program missing, or the file wrong.
    """
    if engine is not None and engine not in ENGINES:
        advice = nearest(engine, ENGINES) or f"Engines: {', '.join(ENGINES)}."
        raise InputError(f"--engine: must be a known engine, got {show(engine)}. {advice}")
    from benchmarks.alerting.rule_file import load_own_series, load_rules

    chosen = engine or _choose(path_or_name)
    if chosen == "duckdb":
        from benchmarks.alerting.engines.duckdb_engine import DuckdbEngine

        if own_series is not None:
            raise InputError(
                f"--series: must not be given to duckdb, got {own_series}. Write it into the file of rules."
            )
        return DuckdbEngine(load_rules(path_or_name, limit_seconds))
    own = None if own_series is None else load_own_series(own_series, limit_seconds)
    return _load_served(_find(path_or_name), chosen, own)


def _load_served(path: Path, engine: str, own: "SeriesOfFile | None") -> "Engine":
    """Return an engine that is a server of its own; a missing program is told before anything is lived."""
    from benchmarks.alerting.engines.programs import find_program
    from benchmarks.alerting.engines.prometheus_engine import PrometheusEngine
    from benchmarks.alerting.engines.prometheus_rules import load_prometheus_rules
    from benchmarks.alerting.engines.vmalert_engine import VmalertEngine

    for program in PROGRAMS[engine]:
        find_program(program)
    names = [] if own is None else [one.name for one in own.content.series]
    if engine == "vmalert":
        return VmalertEngine(load_prometheus_rules(path, "vmalert", names), own)
    return PrometheusEngine(load_prometheus_rules(path, "promtool", names), own)


def _find(path_or_name: str) -> Path:
    path = Path(path_or_name)
    if path.suffix in (".yaml", ".yml"):
        return path
    return find_shipped(path_or_name, list_prometheus_files(), "--rules", "Prometheus rules that ship")


def _choose(path_or_name: str) -> str:
    """Return the engine of a file: Prometheus's has `groups` at its top. What is no YAML is told when it is loaded."""
    path = Path(path_or_name)
    if path.suffix not in (".yaml", ".yml"):
        return "duckdb"
    try:
        content = read_file(path).data
    except ScenarioError:
        return "duckdb"
    return "prometheus" if isinstance(content, dict) and "groups" in content else "duckdb"
