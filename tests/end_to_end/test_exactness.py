"""The same scenario, seed and version give the same data, whatever the process, threads, caches, CPU or buffers."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import World, load_scenario, simulate
from simulator.dataset import content_digest
from simulator.kernels import layout
from simulator.kernels.layout import State
from simulator.scenario import Scenario
from tests.worlds import Library

ROOT = Path(__file__).parents[2]
SEED = 3
_SIZE = {"accounts": 240, "days": 8}
_CACHES = ("SMEARBENCH_CACHE", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR")

_PROGRAM = f"""
import sys
from simulator import load_scenario, simulate
from simulator.dataset import content_digest
run = simulate(load_scenario("classroom", **{_SIZE}), {SEED}, sys.argv[1])
print(content_digest(run.path))
"""


def _scenario() -> Scenario:
    return load_scenario("classroom", **_SIZE)


@pytest.fixture(scope="module")
def digest(library: Library) -> str:
    """Return the digest of the world as this process makes it."""
    return content_digest(library.path(_scenario(), SEED))


def digest_of_a_process(out: Path, **settings: str) -> str:
    """Return the digest of the same world made by a fresh process; an empty setting is taken out."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **settings}
    environment = {name: value for name, value in environment.items() if value}
    command = [sys.executable, "-c", _PROGRAM, str(out)]
    ended = subprocess.run(command, env=environment, cwd=out.parent, capture_output=True, text=True, timeout=900)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def _cpu_features() -> str:
    """Return the names of all features of this CPU that numpy can be told to do without."""
    multiarray: Any = np._core._multiarray_umath
    return " ".join(name for name in multiarray.__cpu_dispatch__ if multiarray.__cpu_features__.get(name))


def test_two_runs_of_one_process_are_equal(digest: str, tmp_path: Path) -> None:
    assert content_digest(simulate(_scenario(), SEED, tmp_path / "again").path) == digest


def test_another_seed_gives_another_world(digest: str, tmp_path: Path) -> None:
    assert content_digest(simulate(_scenario(), SEED + 1, tmp_path / "other").path) != digest


@pytest.mark.parametrize("n_threads", ["1", "2"])
def test_a_fresh_process_gives_the_same_whatever_its_threads(digest: str, tmp_path: Path, n_threads: str) -> None:
    settings = {"NUMBA_NUM_THREADS": n_threads, "OMP_NUM_THREADS": n_threads, "PYTHONHASHSEED": n_threads}
    assert digest_of_a_process(tmp_path / "world", **settings) == digest


def test_a_plainer_cpu_gives_the_same_arrays(digest: str, tmp_path: Path) -> None:
    settings = {"NPY_DISABLE_CPU_FEATURES": _cpu_features(), "ARROW_USER_SIMD_LEVEL": "NONE"}
    assert digest_of_a_process(tmp_path / "world", **settings) == digest


def test_kernels_compiled_anew_for_any_cpu_and_without_a_home_give_the_same(digest: str, tmp_path: Path) -> None:
    """One cold start for all three, for it costs some 20 s of compiling."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    nowhere = {"HOME": "/dev/null/nowhere", "TMPDIR": str(temporary), **dict.fromkeys(_CACHES, "")}
    assert digest_of_a_process(tmp_path / "world", NUMBA_CPU_NAME="generic", **nowhere) == digest
    assert list(temporary.glob("smearbench-kernels-*/**/*.nbi")), "kernels were not compiled anew"


def _shrunk(state: State) -> State:
    """Return the state of an unused world with the smallest buffers there can be."""
    names = ("hot", "cold", "pending", "likes", "follows", "removed", "touched", "logged")
    small = {name: getattr(state, name)[:1].copy() for name in names}
    return state._replace(members=np.zeros((2, 2), np.uint64), **small)


def test_sizes_of_buffers_do_not_matter(digest: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up, made = World._set_up_memory, []

    def set_up_little(world: World) -> None:
        set_up(world)
        world.state, world.scratch = _shrunk(world.state), np.empty(1, np.int64)
        made.append(world)

    monkeypatch.setattr(World, "_set_up_memory", set_up_little)
    assert content_digest(simulate(_scenario(), SEED, tmp_path / "small").path) == digest
    assert all(len(getattr(made[0].state, name)) > layout.HEADROOM for name in ("hot", "pending", "likes"))
