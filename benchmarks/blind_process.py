"""The process that a detector runs in: reads its order from stdin, writes scores and cost into its folder.

It is started afresh, in a temporary folder that holds only observations, and is told of nothing else.
"""

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

OBSERVATIONS_FOLDER = "observations"
SCORES_FILE = "scores.parquet"
REPORT_FILE = "report.json"
# Kilobytes on Linux, bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Run one detector as ordered."""
    order: dict[str, Any] = json.loads(sys.stdin.read())
    sys.path.extend(order["import_folders"])
    try:
        report = _run(order)
    except Exception as error:
        report = {"error": f"{type(error).__name__}: {error}"}
        if order["debug"]:
            raise
    Path(REPORT_FILE).write_text(json.dumps(report), encoding="utf-8")


def _run(order: dict[str, Any]) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from benchmarks.detector import Observations
    from benchmarks.registry import load_detector
    from simulator.errors import InputError

    pa.set_cpu_count(1)  # one thread, so that costs compare
    detector = load_detector(order["reference"])
    observations = Observations(Path(OBSERVATIONS_FOLDER), order["as_of_ms"])
    wall, cpu = time.perf_counter(), time.process_time()
    scores = detector.score(observations)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    if not isinstance(scores, pa.Table):
        raise InputError(f"must answer a pyarrow.Table of account_id and score, got {type(scores).__name__}.")
    pq.write_table(scores, SCORES_FILE)
    return {
        "name": detector.name,
        "level": detector.level,
        "threshold": float(detector.threshold),
        "cpu_seconds": round(cpu, 3),
        "wall_seconds": round(wall, 3),
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
