"""The blind call: a detector scores in a process of its own that never saw the truth or where it lies.

This prevents accidents, not malice: a process of the same user could still search the disk.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

import benchmarks
from benchmarks.blind_folder import lay_out
from benchmarks.blind_process import OBSERVATIONS_FOLDER, REPORT_FILE, SCORES_FILE
from benchmarks.registry import find_import_folders, find_reference
from simulator.dataset import Dataset
from simulator.errors import InputError, SmearbenchError

_START = "import sys; sys.path.insert(0, {root!r}); from benchmarks.blind_process import main; main()"
_LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class BlindScores:
    """What a detector answered.

    Attributes
    ----------
    name : str
    threshold : float
    account_ids : int64[n]
        Every account visible to the detector, ascending.
    scores : float64[n]
        Higher is more suspicious; -inf where the detector gave none.
    cost : dict
        `cpu_seconds`, `wall_seconds` and `peak_memory_bytes` of its process.
    """

    name: str
    threshold: float
    account_ids: NDArray[np.int64]
    scores: NDArray[np.float64]
    cost: dict[str, float]


def score_blind(dataset: Dataset, detectors: Sequence[str], *, debug: bool = False) -> list[BlindScores]:
    """Let detectors score a dataset as of its `evaluate_until`, each in a fresh process.

    Parameters
    ----------
    dataset : Dataset
    detectors : sequence of str
        Names, or `module:Class`.
    debug : bool
        Whether a failing detector's traceback is shown.

    Raises
    ------
    InputError
        When a name is unknown, or an answer is no scores of the accounts it was shown.
    SmearbenchError
        When a detector fails.
    """
    references = [find_reference(name) for name in detectors]
    as_of_ms = dataset.manifest.moments.evaluate_until_ms
    answers = []
    with tempfile.TemporaryDirectory(prefix="smearbench-blind-") as home:
        observations = Path(home) / OBSERVATIONS_FOLDER
        observations.mkdir()
        lay_out(dataset, observations, as_of_ms)
        account_ids = np.sort(pq.read_table(observations / "accounts.parquet", columns=["account_id"])[0].to_numpy())
        for reference in references:
            order = {
                "reference": reference,
                "as_of_ms": as_of_ms,
                "import_folders": find_import_folders(reference),
                "debug": debug,
            }
            with tempfile.TemporaryDirectory(prefix="smearbench-blind-") as own:
                shutil.copytree(observations, Path(own) / OBSERVATIONS_FOLDER)
                answers.append(_read_answer(Path(own), _call(Path(own), order), account_ids))
    return answers


def _call(home: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Run a detector's process in a folder and return its report."""
    root = str(Path(benchmarks.__file__).resolve().parents[1])
    scratch = home / "scratch"
    scratch.mkdir(exist_ok=True)
    for name in (REPORT_FILE, SCORES_FILE):
        (home / name).unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, "-I", "-c", _START.format(root=root)],
        input=json.dumps(order),
        cwd=home,
        env=_make_environment(scratch),
        text=True,
        encoding="utf-8",
        errors="replace",
        capture_output=True,
        check=False,
    )
    report_file = home / REPORT_FILE
    if done.returncode or not report_file.exists():
        lines = done.stderr.strip().splitlines()
        said = "\n".join(lines if order["debug"] else lines[-_LAST_LINES:])
        raise SmearbenchError(f"detector {order['reference']}: its process ended with code {done.returncode}.\n{said}")
    report: dict[str, Any] = json.loads(report_file.read_bytes())
    if "error" in report:
        raise SmearbenchError(f"detector {order['reference']}: {report['error']}")
    return report


def _make_environment(scratch: Path) -> dict[str, str]:
    """Return an environment that says nothing of the user's folders; one thread, so that costs compare."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    return kept | threads | {"HOME": str(scratch), "TMPDIR": str(scratch), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}


def _read_answer(home: Path, report: dict[str, Any], account_ids: NDArray[np.int64]) -> BlindScores:
    """Check an answer and bring it into the order of the accounts."""
    name = report["name"]
    answer = pq.read_table(home / SCORES_FILE)
    if sorted(answer.column_names) != ["account_id", "score"]:
        raise InputError(f"detector {name}: must answer account_id and score, got {', '.join(answer.column_names)}.")
    if not pa.types.is_integer(answer["account_id"].type) or not pa.types.is_floating(answer["score"].type):
        got = f"{answer['account_id'].type} and {answer['score'].type}"
        raise InputError(f"detector {name}: account_id must be int64 and score float64, got {got}.")
    scored = answer["account_id"].to_numpy()
    values = answer["score"].cast(pa.float64()).to_numpy()
    _check_scores(name, scored, values, account_ids)
    scores = np.full(len(account_ids), -np.inf)
    scores[np.searchsorted(account_ids, scored)] = values
    cost = {key: report[key] for key in ("cpu_seconds", "wall_seconds", "peak_memory_bytes")}
    return BlindScores(name, report["threshold"], account_ids, scores, cost)


def _check_scores(
    name: str, scored: NDArray[np.int64], values: NDArray[np.float64], account_ids: NDArray[np.int64]
) -> None:
    unknown = scored[~np.isin(scored, account_ids)]
    if len(unknown):
        raise InputError(f"detector {name}: must score accounts that it was shown, got account_id {unknown[0]}.")
    if len(np.unique(scored)) != len(scored):
        ordered = np.sort(scored)
        double = ordered[:-1][np.diff(ordered) == 0][0]
        raise InputError(f"detector {name}: must score every account once, got {double} twice.")
    if not np.isfinite(values).all():
        bad = scored[~np.isfinite(values)][0]
        raise InputError(f"detector {name}: every score must be a finite number, got another for account_id {bad}.")
