"""Workers end with the process that they work for, whatever they have done by then."""

import signal
import subprocess
import sys
import time

import psutil

# One piece of work for two workers: the second never gets any.
OWNER = """import sys, time
from pathlib import Path
from benchmarks.suites.workers import SuiteProgress, Task, Workers, run_tasks
def work(sign):
    Path(sign).touch()
    time.sleep(600)
if __name__ == "__main__":
    with Workers(2).open(), SuiteProgress("test", Path("board")) as display:
        run_tasks([Task("sleep", work, (sys.argv[1],))], Workers(2), display)
"""


def is_running(member):
    return member.is_running() and member.status() != psutil.STATUS_ZOMBIE


def test_worker_without_work_ends_with_its_killed_owner(tmp_path):
    (tmp_path / "owner.py").write_text(OWNER)
    process = subprocess.Popen([sys.executable, "owner.py", "begun"], cwd=tmp_path)
    deadline = time.monotonic() + 120
    while not (tmp_path / "begun").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=30)
    assert [member for member in alive if is_running(member)] == []
