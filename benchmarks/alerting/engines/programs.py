"""Finds the programs of other engines, asks for their version, and runs those that end by themselves."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from simulator.errors import InputError, SmearbenchError

# Debian's packages of the programs.
PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "victoria-metrics": "victoria-metrics",
    "vmalert": "victoria-metrics",
}
# Longer than any of them takes on a world of a year (assumed).
TIMEOUT_SECONDS = 600
_VERSION = re.compile(r"version ([^\s,]+)")


class ProgramError(SmearbenchError):
    """A program that failed, was killed or did not answer (exit code 1)."""


def find_program(name: str) -> str:
    """Return the path of a program.

    Raises
    ------
    InputError
        When it is not installed.
    """
    path = shutil.which(name)
    if path is None:
        package = PACKAGES[name]
        raise InputError(
            f"{name}: must be installed, got no such program. It is in Debian's package {package}: "
            f"apt-get install {package}"
        )
    return path


def leash() -> list[str]:
    """Return what stands before a command so that it dies with this process; nothing without util-linux."""
    return ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []


def keep_inside(folder: Path) -> dict[str, str]:
    """Return an environment in which a program's own temporary files lie in a folder, and go with it.

    The programs are of Go: they live for seconds on some ten MB, of which tidying up costs a quarter of their time.
    """
    return {"GOGC": "800"} | os.environ | {"TMPDIR": str(folder)}


def run_program(command: Sequence[str | Path], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a program to its end in a folder; its output is kept.

    Raises
    ------
    InputError
        When it is not installed.
    ProgramError
        When it takes too long.
    """
    words = [*leash(), find_program(str(command[0])), *map(str, command[1:])]
    environment = keep_inside(folder)
    try:
        return subprocess.run(
            words, cwd=folder, env=environment, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"{command[0]}: must end within {TIMEOUT_SECONDS} s, got no end.") from error


def demand_success(done: subprocess.CompletedProcess[str], program: str, task: str) -> None:
    """Refuse a program's failure.

    Raises
    ------
    ProgramError
        With the last line that it printed.
    """
    if done.returncode:
        raise ProgramError(f"{program}: must {task}, got exit code {done.returncode}: {last_line(done)}")


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Return the last line that a program printed, of its errors if it printed any."""
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    return lines[-1].strip() if lines else "nothing printed"


def read_version(name: str) -> str:
    """Return the version that a program reports, ``unstated`` when it reports none.

    Debian builds vmalert without one; then it is that of the package, and said to be so.
    """
    done = run_program([name, "--version"], Path(tempfile.gettempdir()))
    found = _VERSION.search(done.stdout + done.stderr)
    return found[1] if found else _read_package_version(PACKAGES[name])


def _read_package_version(package: str) -> str:
    if shutil.which("dpkg-query") is None:
        return "unstated"
    words = ["dpkg-query", "--show", "--showformat=${Version}", package]
    done = subprocess.run(words, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False)
    return f"{done.stdout.strip()} (Debian)" if done.returncode == 0 else "unstated"
