"""``python -m benchmarks.speed``: measure, print the table, and write it to results/speed/."""

import json
import os
import platform
from pathlib import Path
from typing import Annotated, Any

import typer

from benchmarks.speed.detectors import FULL as DETECTORS_FULL
from benchmarks.speed.detectors import QUICK as DETECTORS_QUICK
from benchmarks.speed.detectors import lay_out_detectors, render_detectors, run_detectors
from benchmarks.speed.frames import ACCOUNTS as FRAMES_FULL
from benchmarks.speed.frames import QUICK_ACCOUNTS as FRAMES_QUICK
from benchmarks.speed.frames import check_browser, describe_frames, lay_out_frames, run_frames
from benchmarks.speed.suite import FULL, MESA_FULL, MESA_QUICK, QUICK, run_suite
from benchmarks.speed.table import describe_mesa, lay_out, render_markdown
from simulator.console import AsJson, Program, note, print_json, print_table, start

RESULTS = Path("results/speed")
QUICK_RESULTS = Path("results/runs/speed-quick")

app = typer.Typer(cls=Program, pretty_exceptions_enable=False, add_completion=False)


@app.callback()
def _set_global_options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a failure.")] = False,
) -> None:
    """Measure how fast the program is."""


@app.command("measure")
def bench(
    quick: Annotated[bool, typer.Option("--quick", help="Small worlds, a minute.")] = False,
    most_accounts: Annotated[
        int | None, typer.Option("--most-accounts", metavar="N", help="Leave larger worlds out.")
    ] = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for speed.json and speed.md.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure all sizes in one run, print the table and write it."""
    sizes = [size for size in (QUICK if quick else FULL) if most_accounts is None or size.accounts <= most_accounts]
    found = describe_machine() | run_suite(sizes, MESA_QUICK if quick else MESA_FULL, note)
    folder = out or (QUICK_RESULTS if quick else RESULTS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "speed.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (folder / "speed.md").write_text(render_markdown(found), encoding="utf-8")
    if as_json:
        print_json(found)
        return
    print_table("", *lay_out(found), texts=(0, len(sizes) + 1))
    print(f"\n{describe_mesa(found)}\n\n{folder / 'speed.json'}, {folder / 'speed.md'}")


@app.command("detectors")
def bench_detectors(
    quick: Annotated[bool, typer.Option("--quick", help="Small worlds.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for detectors.json and detectors.md.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what every shipped detector costs, print the table and write it."""
    found = describe_machine() | run_detectors(DETECTORS_QUICK if quick else DETECTORS_FULL, note)
    folder = out or (QUICK_RESULTS if quick else RESULTS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "detectors.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    (folder / "detectors.md").write_text(render_detectors(found), encoding="utf-8")
    if as_json:
        print_json(found)
        return
    print_table("", *lay_out_detectors(found), texts=(0, 6))
    print(f"\n{folder / 'detectors.json'}, {folder / 'detectors.md'}")


@app.command("frames")
def bench_frames(
    quick: Annotated[bool, typer.Option("--quick", help="A small world.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Folder for frames.json.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how long a frame of the page takes, print the table and write it; needs chromium and selenium."""
    check_browser()
    found = describe_machine() | run_frames(FRAMES_QUICK if quick else FRAMES_FULL, note)
    folder = out or (QUICK_RESULTS if quick else RESULTS)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "frames.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if as_json:
        print_json(found)
        return
    print_table("", *lay_out_frames(found))
    print(f"\n{describe_frames(found)}\n\n{folder / 'frames.json'}")


def describe_machine() -> dict[str, Any]:
    """Return machine and versions."""
    from simulator.origin import find_software_versions

    return {
        "machine": {
            "cpu": _name_cpu(),
            "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "software": find_software_versions(),
    }


def _name_cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown processor")


if __name__ == "__main__":
    start(app)
