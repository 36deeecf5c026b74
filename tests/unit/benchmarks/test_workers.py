"""Workers end with the process that they work for, whatever they have done by then, and leave Ctrl-C to it."""

import os
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
INTERRUPTED_OWNER = """import sys
from pathlib import Path
from benchmarks.suites.workers import SuiteProgress, Task, Workers, end_workers, run_tasks
try:
    with Workers(2).open(), SuiteProgress("test", Path("board")) as display:
        run_tasks([Task("nothing", print, ()) for _ in range(2)], Workers(2), display)
except KeyboardInterrupt:
    end_workers()
    sys.exit(130)
"""
# Python imports this before anything else; workers come no further.
STARTING = """import sys, time
from pathlib import Path
if any("popen_loky" in word for word in sys.orig_argv):
    Path("starting").touch()
    time.sleep(600)
"""


def is_running(member):
    return member.is_running() and member.status() != psutil.STATUS_ZOMBIE


def wait_for(sign, process):
    deadline = time.monotonic() + 120
    while not sign.exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_worker_without_work_ends_with_its_killed_owner(tmp_path):
    (tmp_path / "owner.py").write_text(OWNER)
    process = subprocess.Popen([sys.executable, "owner.py", "begun"], cwd=tmp_path)
    wait_for(tmp_path / "begun", process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert len(family) >= 2
    _, alive = psutil.wait_procs(family, timeout=30)
    assert [member for member in alive if is_running(member)] == []


def test_interrupt_of_all_while_workers_start_is_heard_by_their_owner_alone(tmp_path):
    (tmp_path / "owner.py").write_text(INTERRUPTED_OWNER)
    (tmp_path / "sitecustomize.py").write_text(STARTING)
    process = subprocess.Popen(
        [sys.executable, "owner.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(tmp_path / "starting", process)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "")
    _, alive = psutil.wait_procs(family, timeout=30)
    assert [member for member in alive if is_running(member)] == []
