"""Runs a command in a process of its own and tells what it cost."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulator.errors import SmearbenchError

# Kilobytes on Linux, bytes on macOS.
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process used: CPU is user and system time; `answer` is the JSON that it printed."""

    cpu_seconds: float
    wall_seconds: float
    peak_memory_bytes: int
    answer: Any


def measure(arguments: Sequence[str]) -> Cost:
    """Run ``python <arguments>`` and return its cost.

    Raises
    ------
    SmearbenchError
        When it fails.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, *arguments], stdout=out, stderr=errors)
        try:
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            process.wait()
            raise
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            said = errors.read().decode(errors="replace")[-2000:]
            raise SmearbenchError(f"{' '.join(arguments)} ended with code {process.returncode}.\n{said}")
        out.seek(0)
        answer = json.loads(out.read() or b"null")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * _RSS_UNIT, answer)


def measure_best(arguments: Sequence[str], repeats: int) -> Cost:
    """Return the cost of the cheapest of several equal runs."""
    return min((measure(arguments) for _ in range(repeats)), key=lambda cost: cost.cpu_seconds)
