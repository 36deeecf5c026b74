"""A process within limits: what breaks one is stopped with all that it started."""

import contextlib
import sys
import time

import psutil
import pytest

from benchmarks.blind.limited_process import run_limited
from benchmarks.orders import Limits

ROOMY = Limits(60, 1 << 30)
MB = 1 << 20


def run(folder, script, *, limits=ROOMY, told="", environment=None):
    arguments = [sys.executable, "-I", "-c", script]
    return run_limited(arguments, told=told, folder=folder, environment=environment or {}, limits=limits)


def is_alive(pid):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def wait_for_end(pids):
    """Killed processes take a moment to go; none may be there after it."""
    deadline = time.monotonic() + 5
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return [pid for pid in pids if is_alive(pid)]


def test_process_that_keeps_its_limits_ends_by_itself(tmp_path):
    ended = run(tmp_path, "import sys; print(sys.stdin.read() * 2, file=sys.stderr); sys.exit(4)", told="ab")
    assert (ended.code, ended.broke, ended.said) == (4, "", "abab\n")
    assert 0 < ended.wall_seconds < 60


def test_process_has_its_folder_and_no_environment_but_the_given_one(tmp_path):
    script = "import os, sys; print(os.getcwd(), sorted(os.environ), file=sys.stderr)"
    ended = run(tmp_path, script, environment={"ONLY": "1", "LC_CTYPE": "C.UTF-8"})
    assert ended.said == f"{tmp_path} ['LC_CTYPE', 'ONLY']\n"


def test_what_a_process_prints_is_nobodys(tmp_path, capfd):
    run(tmp_path, "print('hello')")
    assert capfd.readouterr().out == ""


# A process starts its own script again, once or twice; each notes its id, and the first ends as it is told.
FAMILY = """
import os, pathlib, subprocess, sys, time
_, depth, new_session, end = sys.argv
pathlib.Path(f"pid-{os.getpid()}").touch()
if depth != "0":
    again = [sys.executable, "-c", pathlib.Path("family.py").read_text(), str(int(depth) - 1), new_session, ""]
    subprocess.Popen(again, start_new_session=new_session == "True" and depth == "1")
while end and len(list(pathlib.Path(".").glob("pid-*"))) < 3:
    time.sleep(0.01)
exec(end or "time.sleep(60)")
"""


def run_family(folder, *, new_session, end, limits=ROOMY):
    (folder / "family.py").write_text(FAMILY)
    arguments = [sys.executable, "-c", FAMILY, "2", str(new_session), end]
    return run_limited(arguments, told="", folder=folder, environment={}, limits=limits)


def pids_in(folder):
    return [int(path.name.removeprefix("pid-")) for path in folder.glob("pid-*")]


@pytest.mark.parametrize("new_session", [False, True], ids=["same session", "session of its own"])
def test_time_limit_ends_the_whole_tree(tmp_path, new_session):
    ended = run_family(tmp_path, new_session=new_session, end="time.sleep(60)", limits=Limits(1.5, 1 << 30))
    assert ended.broke == "out of time"
    assert 1.5 <= ended.wall_seconds < 10
    assert len(pids_in(tmp_path)) == 3
    assert wait_for_end(pids_in(tmp_path)) == []


@pytest.mark.parametrize("end", ["sys.exit(0)", "os._exit(3)", "raise ValueError"])
def test_nothing_is_left_when_a_process_ends_before_its_children(tmp_path, end):
    run_family(tmp_path, new_session=False, end=end)
    assert len(pids_in(tmp_path)) == 3
    assert wait_for_end(pids_in(tmp_path)) == []


def test_memory_of_a_grandchild_counts(tmp_path):
    eat = f"import time; held = bytearray({150 * MB}); time.sleep(30)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {eat!r}])"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    ended = run(tmp_path, script, limits=Limits(30, 120 * MB))
    assert ended.broke == "out of memory"
    assert ended.wall_seconds < 15
    assert ended.peak_memory_bytes > 120 * MB


def test_peak_memory_is_that_of_the_tree(tmp_path):
    script = f"import time; held = bytearray({100 * MB}); time.sleep(0.8)"
    ended = run(tmp_path, script)
    assert (ended.broke, ended.code) == ("", 0)
    assert ended.peak_memory_bytes > 100 * MB
