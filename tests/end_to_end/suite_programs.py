"""What the tests of suites run: a tiny suite, detectors of a user's own, and the program in a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

TINY = """id: tiny
summary: Two kinds of tiny worlds; shows that suites run, says nothing about which detector is good.
accounts: 150
days: 7
prevalence: 0.2
cells:
  - {scenario: classroom, level: L1}
  - {scenario: quiet_launch, splits: [test]}
seeds:
  train: [201]
  validation: [101]
  test: [1]
"""
OWN = """import time
import pyarrow as pa
class Crash:
    name, level = "crash", "account"
    def score(self, observations):
        raise ValueError("lost")
class Slow:
    name, level = "slow", "account"
    def score(self, observations):
        time.sleep(600)
class Learner:
    name, level = "learner", "account"
    def fit(self, worlds):
        (world,) = worlds
        self.operated = sum(world.labels["accounts"]["operated"].to_pylist())
    def score(self, observations):
        ids = observations.table("accounts", ["account_id"])["account_id"]
        return pa.table({"account_id": ids, "score": [float(self.operated)] * len(ids)})
"""
CLUSTER = """import sys
from pathlib import Path
from distributed import LocalCluster
if __name__ == "__main__":
    options = dict(processes=True, host="127.0.0.1", scheduler_port=0, dashboard_address=None)
    with LocalCluster(n_workers=2, threads_per_worker=1, worker_dashboard_address=None, **options) as cluster:
        Path("address.partial").write_text(cluster.scheduler_address)
        Path("address.partial").rename("address")
        sys.stdin.read()
"""
SECONDS = 240
DETECTORS = ("chance", "cusum", "oracle", "own:Crash", "own:Slow")
# A detector that keeps its limit needs two seconds on an idle machine.
LIMIT = 15


def make_work(folder: Path) -> Path:
    """Fill a working folder."""
    (folder / "tiny.yaml").write_text(TINY)
    (folder / "own.py").write_text(OWN)
    (folder / "cluster.py").write_text(CLUSTER)
    return folder


def suite_run(cache: str, out: str, *more: str, detectors: tuple[str, ...] = DETECTORS) -> list[str]:
    """Return the command line that runs the tiny suite."""
    named = [word for name in detectors for word in ("--detector", name)]
    places = ["--cache", cache, "-o", out, "--time-limit", str(LIMIT)]
    return [sys.executable, "-m", "benchmarks", "suite", "run", "tiny.yaml", *named, *places, *more]


def call(command: list[str], work: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    environment = os.environ | {"COLUMNS": "80"}
    return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=SECONDS)


def stop_when(command: list[str], work: Path, pattern: str, sign: int) -> tuple[int, str, list[int]]:
    """Start a command, send it a signal once something appears; return its code, stderr and what it had started."""
    import psutil

    process = subprocess.Popen(command, cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + SECONDS
    while not list(work.glob(pattern)):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"{pattern} never appeared: {process.communicate()[1]}")
        time.sleep(0.02)
    family = [member.pid for member in psutil.Process(process.pid).children(recursive=True)]
    process.send_signal(sign)
    process.wait(SECONDS)
    errors = process.stderr.read() if sign != 9 and process.stderr else ""
    if process.stderr:
        process.stderr.close()
    return process.returncode, errors, family


def take_times(cache: Path, *kinds: str) -> dict[str, int]:
    """Return when each file of finished worlds and answers was written."""
    files = [path for kind in kinds for path in (cache / kind).rglob("*") if path.is_file()]
    return {str(path.relative_to(cache)): path.stat().st_mtime_ns for path in files if ".partial-" not in str(path)}


def read_files(results: Path) -> dict[str, bytes]:
    """Return the content of every file of results but costs and plots."""
    files = [path for path in results.rglob("*") if path.is_file() and "plots" not in path.parts]
    return {path.name: path.read_bytes() for path in files if path.name != "costs.json"}
