"""What the tests of replays share: a small dataset with many posts, and the command as a function and as a process."""

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.replay.pacing import read_pace
from benchmarks.replay.replay import Options, replay
from benchmarks.replay.sending import Policy
from benchmarks.replay.targets import read_target
from tests.tiny_dataset import HOUR, START, rows_of, write_tiny

N_POSTS = 3000
N_EVENTS = N_POSTS + 14  # the other tables of the tiny dataset
ROOT = Path(__file__).parents[1]


def write_many_posts(folder, text="Bread"):
    """Write the tiny dataset with three thousand posts in it."""
    posts = [
        (1000 + i, START + HOUR + i * 1000, 11, "post", None, 1000 + i, f"{text} {i}", "en", [], [], [], "web")
        for i in range(N_POSTS)
    ]
    truth = [(1000 + i, None, None, None, None, None, None, 0) for i in range(N_POSTS)]
    tables = {"posts": rows_of("posts", posts), "truth_posts": rows_of("truth_posts", truth)}
    return write_tiny(folder, tables=tables)


def send(dataset, to, tmp_path, *, rate=0.0, retries=3, force=False, batch=500, say=lambda _: None, **options):
    """Replay in this process."""
    options = Options(
        read_pace(None, rate),
        Policy(batch_events=batch, retries=retries),
        state_file=tmp_path / "replay.state.json",
        force=force,
        **options,
    )
    return replay(dataset, read_target(to), options, say)


def smearbench(*arguments, cwd):
    """Start ``smearbench replay`` as a process."""
    command = [sys.executable, "-m", "benchmarks", "replay", *map(str, arguments)]
    environment = os.environ | {"COLUMNS": "80", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=cwd, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def wait_until(happens, seconds=120.0):
    """Wait until a function returns something true."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def numbers(events):
    """Return the sequence numbers of events."""
    return [event["sequence"] for event in events]


def read_snippet(word):
    """Return the Python code in REPLAY.md that has a word in it."""
    blocks = (ROOT / "benchmarks/REPLAY.md").read_text(encoding="utf-8").split("```python\n")[1:]
    (code,) = [block.partition("```")[0] for block in blocks if word in block.partition("```")[0]]
    return code
