"""What every shipped detector costs on a large world, and how that grows from a world of a tenth of the posts."""

import tempfile
from collections.abc import Callable, Sequence
from math import log10
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from benchmarks.blind.answers import COST_KEYS, Answer
from benchmarks.blind.blind_folder import lay_out
from benchmarks.blind.protocol import View, describe_blind, fit_blind, score_blind
from benchmarks.orders import Limits, Order, make_orders
from benchmarks.registry import SHIPPED
from benchmarks.scoring.labels import write_training_labels
from benchmarks.speed.processes import measure
from benchmarks.speed.suite import SCENARIO
from simulator.dataset import open_dataset

FULL, QUICK = (2_000, 20_000), (300, 3_000)
TRAINING_ACCOUNTS = 2_000
MOST_SECONDS, MOST_BYTES, MOST_GROWTH = 60.0, 4e9, 14.0
# Quicker ones spend their time on starting up, which does not grow.
LEAST_SECONDS = 0.1
_LIMITS = Limits(seconds=600.0, memory_bytes=12 << 30)


def run_detectors(sizes: tuple[int, int], tell: Callable[[str], None]) -> dict[str, Any]:
    """Score two worlds with every shipped detector, each in a process of its own, one after the other.

    Parameters
    ----------
    sizes : (int, int)
        Accounts of the small and of the large world.
    tell : callable
        Is told what is being done.

    Returns
    -------
    dict
        `posts` of the two worlds, and `detectors`: name, level, status, CPU and wall seconds and peak memory on
        each; `growth` is the CPU time of the large over the small, for ten times the posts.
    """
    with tempfile.TemporaryDirectory(prefix="smearbench-speed-") as folder:
        home = Path(folder)
        tell("worlds")
        views = [_make_world(home / f"world-{n}", n, seed=1) for n in sizes]
        training = _make_world(home / "training", min(TRAINING_ACCOUNTS, sizes[1]), seed=2)
        labels = home / "training-labels"
        labels.mkdir()
        write_training_labels(open_dataset(home / "training"), training.as_of_ms, labels)
        found = []
        for order in make_orders(list(SHIPPED)):
            tell(order.asked)
            found.append(_measure(order, views, (training, labels), home))
        posts = [_count_posts(view) for view in views]
    growths = [_find_growth(entry, posts) for entry in found]
    detectors = [entry | {"growth": growth} for entry, growth in zip(found, growths, strict=True)]
    return {"accounts": list(sizes), "posts": posts, "detectors": detectors}


def _make_world(path: Path, accounts: int, seed: int) -> View:
    shape = ("--accounts", str(accounts), "--seed", str(seed))
    measure(("-m", "benchmarks", "simulate", SCENARIO, *shape, "-o", str(path), "--json"))
    dataset = open_dataset(path)
    until_ms = dataset.manifest.moments.evaluate_until_ms
    shown = path.with_name(f"{path.name}-shown")
    shown.mkdir()
    lay_out(dataset, shown, until_ms)
    return View(shown, until_ms)


def _count_posts(view: View) -> int:
    return sum(pq.read_metadata(path).num_rows for path in view.folder.glob("posts/*.parquet"))


def _measure(order: Order, views: Sequence[View], training: tuple[View, Path], home: Path) -> dict[str, Any]:
    """Return what one detector cost on each world; learning is apart and not counted."""
    fitted = home / f"{order.asked}.pickle"
    learns = describe_blind(order, _LIMITS).has_fit
    if learns:
        fit_blind(order, [training], fitted, _LIMITS)
    answers = [score_blind(order, view, _LIMITS, fitted=fitted if learns else None) for view in views]
    return {
        "detector": order.asked,
        "level": answers[-1].level,
        "status": next((answer.status for answer in answers if not answer.is_good), "ok"),
        **{name: [_read(answer, name) for answer in answers] for name in COST_KEYS},
    }


def _read(answer: Answer, name: str) -> float | None:
    return answer.cost.get(name)


def _find_growth(entry: dict[str, Any], posts: Sequence[int]) -> float | None:
    """Return how many times the CPU time ten times the posts cost; None for what is too quick to tell."""
    small, large = entry["cpu_seconds"]
    if small is None or large is None or small < LEAST_SECONDS:
        return None
    exponent = log10(large / small) / log10(posts[1] / posts[0])
    return round(10**exponent, 2)


def lay_out_detectors(found: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Return the headings and the cells of the table."""
    small, large = (f"{accounts:,}" for accounts in found["accounts"])
    headings = ["detector", f"CPU s, {small}", f"CPU s, {large}", "wall s", "memory, MB", "ten times the posts", ""]
    return headings, [_show(entry) for entry in found["detectors"]]


def _show(entry: dict[str, Any]) -> list[str]:
    if entry["status"] != "ok":
        return [entry["detector"], *["–"] * 5, entry["status"]]
    small, large = entry["cpu_seconds"]
    memory, growth = entry["peak_memory_bytes"][1], entry["growth"]
    misses = [
        name
        for name, is_missed in (
            ("time", entry["wall_seconds"][1] > MOST_SECONDS),
            ("memory", memory > MOST_BYTES),
            ("growth", growth is not None and growth > MOST_GROWTH),
        )
        if is_missed
    ]
    return [
        entry["detector"],
        f"{small:.2f}",
        f"{large:.1f}",
        f"{entry['wall_seconds'][1]:.1f}",
        f"{memory / 1e6:,.0f}",
        "–" if growth is None else f"x {growth:.1f}",
        f"misses {', '.join(misses)}" if misses else "",
    ]


def render_detectors(found: dict[str, Any]) -> str:
    """Return the figures as a Markdown page."""
    headings, rows = lay_out_detectors(found)
    small, large = (f"{count:,}" for count in found["posts"])
    machine = found["machine"]
    return "\n".join(
        [
            "# What the detectors cost",
            "",
            f"Written by `make bench`; not to be edited. {SCENARIO} with {found['accounts'][0]:,} and "
            f"{found['accounts'][1]:,} accounts ({small} and {large} posts), one thread, each detector in a process of "
            f"its own, without its start. Aim: at most {MOST_SECONDS:.0f} s and {MOST_BYTES / 1e9:.0f} GB on the large "
            f"world, and ten times the posts at most {MOST_GROWTH:.0f} times the CPU time (not told for what takes "
            f"less than {LEAST_SECONDS:g} s on the small one).",
            "",
            f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_bytes'] / 1e9:.0f} GB, {machine['system']}.",
            "",
            f"| {' | '.join(headings)} |",
            f"| --- | {' | '.join('---:' for _ in headings[1:-1])} | --- |",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
        ]
    )
