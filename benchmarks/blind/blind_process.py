"""The process that a detector runs in: reads its order from stdin, writes answer and cost into its folder.

It is started afresh, in a temporary folder that holds only observations, and is told of nothing else.
"""

import json
import pickle
import resource
import sys
import time
import traceback
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from benchmarks.detector import Observations, TrainingWorld

OBSERVATIONS_FOLDER = "observations"
TRAINING_FOLDER = "training"
MODULES_FOLDER = "modules"
ANSWER_FILE = "answer.parquet"
REPORT_FILE = "report.json"
FITTED_FILE = "fitted.pickle"
LABELS = ("accounts", "posts", "waves")
# Kilobytes on Linux, bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Describe, fit or run one detector as ordered."""
    order: dict[str, Any] = json.loads(sys.stdin.read())
    if Path(MODULES_FOLDER).is_dir():
        sys.path.append(str(Path(MODULES_FOLDER).resolve()))
    try:
        report = _TASKS[order["task"]](order)
    except Exception as error:
        from simulator.errors import InputError

        kind = "wrong" if isinstance(error, InputError) else "error"
        report = {kind: str(error) if kind == "wrong" else f"{type(error).__name__}: {error}"}
        if order["debug"]:
            traceback.print_exc()
    Path(REPORT_FILE).write_text(json.dumps(report), encoding="utf-8")


def _describe(order: dict[str, Any]) -> dict[str, Any]:
    return _describe_detector(_make_detector(order))


def _fit(order: dict[str, Any]) -> dict[str, Any]:
    """Fit a detector to the training worlds and pickle it."""
    detector = _make_detector(order)
    _spare_pandas()
    watch = _Watch()
    detector.fit(_open_training(order["training_as_of_ms"]))
    cost = watch.read()
    Path(FITTED_FILE).write_bytes(pickle.dumps(detector))
    return _describe_detector(detector) | cost


def _score(order: dict[str, Any]) -> dict[str, Any]:
    import pyarrow.parquet as pq

    from benchmarks.detector import Observations

    fitted = Path(FITTED_FILE)
    detector = pickle.loads(fitted.read_bytes()) if fitted.exists() else _make_detector(order)
    observations = Observations(Path(OBSERVATIONS_FOLDER), order["as_of_ms"])
    _spare_pandas()
    watch = _Watch()
    answer = _answer(detector, observations)
    cost = watch.read()
    pq.write_table(answer, ANSWER_FILE)
    return _describe_detector(detector) | cost


def _answer(detector: Any, observations: "Observations") -> "pa.Table":
    import pyarrow as pa

    from simulator.errors import InputError

    if detector.level == "alert" and hasattr(detector, "update"):
        from benchmarks.blind.alert_stream import collect_alerts

        return collect_alerts(detector, observations)
    scores = detector.score(observations)
    if not isinstance(scores, pa.Table):
        raise InputError(f"must answer a pyarrow.Table, got {type(scores).__name__}")
    return scores


def _make_detector(order: dict[str, Any]) -> Any:
    import pyarrow as pa

    pa.set_cpu_count(1)  # one thread, so that costs compare
    if order["command"]:
        from benchmarks.blind.external import ExternalProgram

        return ExternalProgram(order["command"], order["level"])
    from benchmarks.loading import load_detector

    return load_detector(order["reference"], order["parameters"])


def _spare_pandas() -> None:
    """Keep pyarrow from importing pandas where the detector does not use it.

    pyarrow does so at its first conversion, only to ask whether it was given a Series: half a second and 40 MB of
    every detector. It asks once; a detector that imports pandas later is still served by ``Table.from_pandas``.
    """
    import pyarrow as pa

    if "pandas" not in sys.modules:
        sys.meta_path.insert(0, _WithoutPandas())
        try:
            pa.array([0])
        finally:
            del sys.meta_path[0]


class _WithoutPandas(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(self, name: str, path: object, target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def _describe_detector(detector: Any) -> dict[str, Any]:
    threshold = getattr(detector, "threshold", None)
    return {
        "name": detector.name,
        "level": detector.level,
        "threshold": None if threshold is None else float(threshold),
        "is_probability": bool(getattr(detector, "is_probability", False)),
        "within_world": bool(getattr(detector, "within_world", False)),
        "step_minutes": int(getattr(detector, "step_minutes", 60)) if detector.level == "alert" else 0,
        "has_fit": callable(getattr(detector, "fit", None)),
    }


def _open_training(as_of_ms: list[int]) -> "list[TrainingWorld]":
    import pyarrow.parquet as pq

    from benchmarks.detector import Observations, TrainingWorld

    worlds = []
    for place, moment in enumerate(as_of_ms):
        home = Path(TRAINING_FOLDER) / str(place)
        labels = {name: pq.read_table(home / "labels" / f"{name}.parquet") for name in LABELS}
        worlds.append(TrainingWorld(Observations(home / OBSERVATIONS_FOLDER, moment), labels))
    return worlds


class _Watch:
    """Measures a stretch of work of this process and of the programs that it starts."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), self._read_cpu()

    @staticmethod
    def _read_cpu() -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    def read(self) -> dict[str, Any]:
        """Return CPU and wall seconds since the start, and the peak memory of this process so far."""
        return {
            "cpu_seconds": round(self._read_cpu() - self._cpu, 3),
            "wall_seconds": round(time.perf_counter() - self._wall, 3),
            "peak_memory_bytes": measure_peak_memory(),
        }


def measure_peak_memory() -> int:
    """Return the peak memory of this process, bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # Not getrusage: its peak includes that of the process that started this one.
        lines = status.read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


_TASKS = {"describe": _describe, "fit": _fit, "score": _score}
