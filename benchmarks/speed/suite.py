"""The measurements of one size of world, and of all sizes: what each figure is made of."""

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.processes import Cost, measure, measure_best

SCENARIO = "ev_launch"
PARTS_DAYS = 8
TASKS_MODULE = ("-m", "benchmarks.speed.tasks")


@dataclass(frozen=True, slots=True)
class Size:
    """A size of world to measure, and how many times."""

    accounts: int
    days: int
    repeats: int = 1

    @property
    def name(self) -> str:
        """The size as people write it."""
        return f"{self.accounts:,} x {self.days} d"


FULL = (Size(10_000, 170, 3), Size(100_000, 170), Size(1_000_000, 10))
QUICK = (Size(1_000, 30, 2), Size(5_000, 30))
MESA_FULL = Size(5_000, 20)
MESA_QUICK = Size(300, 10)


def run_suite(sizes: Sequence[Size], mesa_size: Size, tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure all sizes and the plain Mesa model; return the figures.

    Parameters
    ----------
    sizes : sequence of Size
    mesa_size : Size
        Size of the world for the plain Mesa model.
    tell : callable
        Is told what is being done.
    """
    with tempfile.TemporaryDirectory(prefix="smearbench-speed-") as folder:
        tell("compiling")
        _simulate(Size(200, 3), Path(folder) / "warm")
        found = [measure_size(size, Path(folder), tell) for size in sizes]
        tell(f"plain Mesa, {mesa_size.name}")
        return {"sizes": found, "plain_mesa": measure_mesa(mesa_size, found[0])}


def measure_size(size: Size, folder: Path, tell: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of one size."""
    dataset = folder / "world"
    tell(f"{size.name}: simulate")
    simulate = min((_simulate(size, dataset) for _ in range(size.repeats)), key=lambda cost: cost.cpu_seconds)
    tell(f"{size.name}: only write")
    reading = measure_best((*TASKS_MODULE, "read", str(dataset)), size.repeats)
    writing = min((_write(dataset, folder / "copy") for _ in range(size.repeats)), key=lambda cost: cost.cpu_seconds)
    tell(f"{size.name}: write with pyarrow's defaults")
    defaults = measure((*TASKS_MODULE, "defaults", str(dataset), str(folder / "defaults")))
    shutil.rmtree(folder / "defaults")
    tell(f"{size.name}: parts")
    arguments = (SCENARIO, str(size.accounts), str(min(size.days, PARTS_DAYS)), str(folder / "parts"))
    parts = measure((*TASKS_MODULE, "parts", *arguments)).answer
    for path in (dataset, folder / "parts", folder / "parts-warm"):
        shutil.rmtree(path)
    return summarise(size, simulate, reading, writing, defaults.answer["bytes"], parts)


def _simulate(size: Size, out: Path) -> Cost:
    shape = ("--accounts", str(size.accounts), "--days", str(size.days))
    return measure(("-m", "benchmarks", "simulate", SCENARIO, *shape, "-o", str(out), "--force", "--json"))


def _write(dataset: Path, out: Path) -> Cost:
    cost = measure((*TASKS_MODULE, "write", str(dataset), str(out)))
    shutil.rmtree(out)
    return cost


def summarise(
    size: Size, simulate: Cost, reading: Cost, writing: Cost, default_bytes: int, parts: dict[str, Any]
) -> dict[str, Any]:
    """Return the figures of one size from the costs of its processes."""
    world = simulate.answer["datasets"][0]
    counters, n_rows = world["counters"], sum(world["rows"].values())
    n_posts = world["rows"]["posts"]
    write_cpu = max(writing.cpu_seconds - reading.cpu_seconds, 1e-9)
    write_wall = max(writing.wall_seconds - reading.wall_seconds, 1e-9)
    return {
        "accounts": size.accounts,
        "days": size.days,
        "posts": n_posts,
        "rows": n_rows,
        "exposures": counters["exposures"],
        "simulate_cpu_seconds": simulate.cpu_seconds,
        "simulate_wall_seconds": simulate.wall_seconds,
        "write_cpu_seconds": write_cpu,
        "write_wall_seconds": write_wall,
        "cpu_ratio": simulate.cpu_seconds / write_cpu,
        "wall_ratio": simulate.wall_seconds / write_wall,
        "cpu_us_per_post": simulate.cpu_seconds / n_posts * 1e6,
        "posts_per_cpu_second": n_posts / simulate.cpu_seconds,
        "rows_per_second": n_rows / simulate.wall_seconds,
        "kernel_ns_per_exposure": counters["kernel_ns"] / max(counters["exposures"], 1),
        "kernel_ns_per_post": counters["kernel_ns"] / n_posts,
        "peak_memory_bytes": simulate.peak_memory_bytes,
        "bytes": world["bytes"],
        "bytes_per_row": world["bytes"] / n_rows,
        "size_ratio_to_defaults": world["bytes"] / default_bytes,
        "text_share_of_writing": parts["text_ns_per_row"] * n_posts / (write_cpu * 1e9),
        **{name: parts[name] for name in ("graph_ns_per_edge", "profile_ns_each", "text_ns_per_row", "edges")},
    }


def measure_mesa(size: Size, kernels: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of the plain Mesa model, and of the kernels (from those of a size) over it."""
    plain = measure((*TASKS_MODULE, "mesa", SCENARIO, str(size.accounts), str(size.days))).answer
    ns_per_post, ns_per_exposure = plain["ns"] / plain["posts"], plain["ns"] / max(plain["exposures"], 1)
    return {
        "accounts": size.accounts,
        "days": size.days,
        "posts": plain["posts"],
        "exposures": plain["exposures"],
        "us_per_post": ns_per_post / 1e3,
        "us_per_exposure": ns_per_exposure / 1e3,
        "kernel_accounts": kernels["accounts"],
        "kernel_us_per_post": kernels["kernel_ns_per_post"] / 1e3,
        "kernel_us_per_exposure": kernels["kernel_ns_per_exposure"] / 1e3,
        "rows_per_second_ratio": ns_per_post / kernels["kernel_ns_per_post"],
        "exposures_per_second_ratio": ns_per_exposure / kernels["kernel_ns_per_exposure"],
    }
