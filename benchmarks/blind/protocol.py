"""The blind call: a detector works in a process of its own that never saw the truth or where it lies.

This prevents accidents, not malice: a process of the same user could still search the disk.
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

import benchmarks
from benchmarks.blind.answers import COST_KEYS, Answer, read_answer
from benchmarks.blind.blind_process import (
    ANSWER_FILE,
    FITTED_FILE,
    MODULES_FOLDER,
    OBSERVATIONS_FOLDER,
    REPORT_FILE,
    TRAINING_FOLDER,
)
from benchmarks.blind.external import bring_files
from benchmarks.blind.limited_process import Ended, run_limited
from benchmarks.orders import Limits, Order
from benchmarks.registry import bring_module
from simulator.errors import InputError, SmearbenchError

_START = "import sys; sys.path.insert(0, {root!r}); from benchmarks.blind.blind_process import main; main()"
_LAST_LINES = 5


@dataclass(frozen=True, slots=True)
class View:
    """What a detector is shown of a world: a folder of observations that holds nothing later than `as_of_ms`."""

    folder: Path
    as_of_ms: int


@dataclass(frozen=True, slots=True)
class Description:
    """What a detector says of itself; `status` and `message` are as of :class:`benchmarks.blind.answers.Answer`."""

    name: str
    level: str
    has_fit: bool = False
    status: str = "ok"
    message: str = ""


class DetectorFailure(SmearbenchError):
    """A detector that gave no answer; `status` says how it failed."""

    def __init__(self, status: str, message: str, cost: dict[str, float]) -> None:
        super().__init__(message)
        self.status, self.cost = status, cost


def describe_blind(order: Order, limits: Limits, *, debug: bool = False) -> Description:
    """Ask a detector for its name, its level and whether it learns."""
    with _home(order) as home:
        try:
            report = _call(home, order, {"task": "describe"}, limits, debug=debug)
        except DetectorFailure as failure:
            return Description(order.asked, order.level, status=failure.status, message=str(failure))
    return Description(report["name"], report["level"], report["has_fit"])


def fit_blind(
    order: Order, training: Sequence[tuple[View, Path]], fitted: Path, limits: Limits, *, debug: bool = False
) -> dict[str, float]:
    """Let a detector learn from labelled worlds, and keep it pickled.

    Parameters
    ----------
    order : Order
    training : sequence of (View, Path)
        What it sees of each training world, and the folder with that world's tables of labels.
    fitted : Path
        File to write.

    Returns
    -------
    dict
        The cost of fitting.

    Raises
    ------
    DetectorFailure
        When it fails.
    """
    with _home(order) as home:
        for place, (view, labels) in enumerate(training):
            target = home / TRAINING_FOLDER / str(place)
            shutil.copytree(view.folder, target / OBSERVATIONS_FOLDER)
            shutil.copytree(labels, target / "labels")
        moments = [view.as_of_ms for view, _ in training]
        report = _call(home, order, {"task": "fit", "training_as_of_ms": moments}, limits, debug=debug)
        shutil.copyfile(home / FITTED_FILE, fitted)
    return {key: report[key] for key in COST_KEYS}


def score_blind(order: Order, view: View, limits: Limits, *, fitted: Path | None = None, debug: bool = False) -> Answer:
    """Let a detector score what it is shown, in a fresh process and folder.

    A crash, a broken limit or a wrong table is an answer too: its `status` and `message` say which.

    Parameters
    ----------
    order : Order
    view : View
    limits : Limits
    fitted : Path, optional
        The pickle of :func:`fit_blind`.
    debug : bool
        Whether a failure's message holds the whole traceback.
    """
    with _home(order) as home:
        shutil.copytree(view.folder, home / OBSERVATIONS_FOLDER)
        if fitted is not None:
            shutil.copyfile(fitted, home / FITTED_FILE)
        report: dict[str, Any] = {"name": order.asked, "level": order.level}
        try:
            report = _call(home, order, {"task": "score", "as_of_ms": view.as_of_ms}, limits, debug=debug)
            return read_answer(pq.read_table(home / ANSWER_FILE), report, read_shown_ids(view, report["level"]))
        except DetectorFailure as failure:
            return _fail(report, failure.status, str(failure), failure.cost)
        except (InputError, OSError, pa.ArrowException) as error:
            cost = {key: report[key] for key in COST_KEYS if key in report}
            return _fail(report, "wrong answer", next(iter(str(error).splitlines()), type(error).__name__), cost)


def _fail(report: dict[str, Any], status: str, message: str, cost: dict[str, float]) -> Answer:
    return Answer(report["name"], report["level"], status, message, cost=cost)


def read_shown_ids(view: View, level: str) -> NDArray[np.int64]:
    """Return the accounts, or at level post the posts, of a view, ascending."""
    if level == "alert":
        return np.zeros(0, np.int64)
    files = sorted(view.folder.glob("posts/*.parquet")) if level == "post" else [view.folder / "accounts.parquet"]
    column = "post_id" if level == "post" else "account_id"
    ids = [pq.read_table(file, columns=[column])[0].to_numpy() for file in files]
    found: NDArray[np.int64] = np.sort(np.concatenate([np.zeros(0, np.int64), *ids]))
    return found


@contextmanager
def _home(order: Order) -> Iterator[Path]:
    """Make the folder that a detector works in, with what it is imported from."""
    with tempfile.TemporaryDirectory(prefix="smearbench-blind-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        if order.reference:
            bring_module(order.reference, home / MODULES_FOLDER)
        yield home


def _call(home: Path, order: Order, task: dict[str, Any], limits: Limits, *, debug: bool) -> dict[str, Any]:
    """Run a detector's process in its folder and return its report."""
    told = order.to_json() | task | {"debug": debug}
    if order.command:
        told["command"] = bring_files(order.command, home / MODULES_FOLDER)
    root = str(Path(benchmarks.__file__).resolve().parents[1])
    with tempfile.TemporaryDirectory(prefix="smearbench-scratch-", ignore_cleanup_errors=True) as scratch:
        ended = run_limited(
            [sys.executable, "-I", "-c", _START.format(root=root)],
            told=json.dumps(told),
            folder=home,
            environment=_make_environment(scratch),
            limits=limits,
        )
    try:
        return _read_report(home, ended, limits, debug=debug)
    except DetectorFailure as failure:
        raise DetectorFailure(failure.status, _hide_home(str(failure), home), failure.cost) from failure


def _hide_home(message: str, home: Path) -> str:
    """Return a message without the temporary folder, which differs from run to run."""
    for place in {str(home), str(home.resolve())}:
        message = message.replace(f"{place}/{MODULES_FOLDER}/", "").replace(f"{place}/", "")
    return message


def _read_report(home: Path, ended: Ended, limits: Limits, *, debug: bool) -> dict[str, Any]:
    """Return what a process reported, with the peak memory of its whole tree, or raise how it failed."""
    cost = {"wall_seconds": round(ended.wall_seconds, 3), "peak_memory_bytes": ended.peak_memory_bytes}
    if ended.broke:
        limit = f"{limits.seconds:g} s" if ended.broke == "out of time" else f"{limits.memory_bytes / 1e9:.3g} GB"
        raise DetectorFailure(ended.broke, f"its process was stopped at the limit of {limit}", cost)
    lines = ended.said.strip().splitlines()
    said = "".join(f"\n{line}" for line in (lines if debug else lines[-_LAST_LINES:]))
    file = home / REPORT_FILE
    if ended.code or not file.exists():
        how = f"was killed by signal {-ended.code}" if ended.code < 0 else f"ended with code {ended.code}"
        raise DetectorFailure("crashed", f"its process {how} before it answered.{said}", cost)
    report: dict[str, Any] = json.loads(file.read_bytes())
    if "wrong" in report:
        raise DetectorFailure("wrong answer", report["wrong"], cost)
    if "error" in report:
        raise DetectorFailure("crashed", report["error"] + (said if debug else ""), cost)
    if "peak_memory_bytes" in report:
        report["peak_memory_bytes"] = max(report["peak_memory_bytes"], ended.peak_memory_bytes)
    return report


def _make_environment(scratch: str) -> dict[str, str]:
    """Return an environment that says nothing of the user's folders; one thread, so that costs compare."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    kept["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    return kept | threads | {"HOME": scratch, "TMPDIR": scratch, "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
