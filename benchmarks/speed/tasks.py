"""What is measured beside the simulate command; each task runs in a process of its own and prints JSON.

``python -m benchmarks.speed.tasks read|write|defaults DATASET [OUT]`` and
``python -m benchmarks.speed.tasks parts|mesa SCENARIO ACCOUNTS DAYS [OUT]``.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Rows handed over at once, as a simulated day brings them at 100,000 accounts.
PORTION_ROWS = 1 << 17
DEFAULT_ROW_GROUP = 1 << 20


def read(dataset: str) -> dict[str, Any]:
    """Read every table, a portion at a time, and drop it."""
    from simulator.dataset import open_dataset

    opened = open_dataset(dataset)
    n_rows = sum(batch.num_rows for name in opened.counts for batch in opened.batches(name, rows=PORTION_ROWS))
    return {"rows": n_rows}


def write(dataset: str, out: str) -> dict[str, Any]:
    """Read every table and write it through the writer that simulate uses."""
    from simulator.dataset import Context, DatasetWriter, open_dataset

    opened = open_dataset(dataset)
    with DatasetWriter(out) as writer:
        for name in opened.counts:
            for batch in opened.batches(name, rows=PORTION_ROWS):
                writer.write(name, batch)
        writer.finish(_make_origin(), Context("A", "A", (), "B", "B", "", (), (), (), 0, 0, 1, ()))
    return {}


def _make_origin() -> Any:
    from simulator.origin import Origin

    return Origin("speed", "Only written.", "id: speed\n", 0, 0, 1, 0, 1)


def write_with_defaults(dataset: str, out: str) -> dict[str, Any]:
    """Write every table with the defaults of pyarrow; return the bytes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from simulator.dataset import open_dataset
    from simulator.schema import TABLE_BY_NAME

    opened = open_dataset(dataset)
    Path(out).mkdir(parents=True)
    sizes = {}
    for name in opened.counts:
        path = Path(out) / f"{name}.parquet"
        rows: Iterator[Any] = opened.batches(name, rows=PORTION_ROWS)
        with pq.ParquetWriter(path, TABLE_BY_NAME[name].arrow) as writer:
            waiting: list[Any] = []
            for batch in rows:
                waiting.append(batch)
                if sum(len(part) for part in waiting) >= DEFAULT_ROW_GROUP:
                    writer.write_table(pa.Table.from_batches(waiting))
                    waiting.clear()
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting))
        sizes[name] = path.stat().st_size
    return {"bytes": sum(sizes.values()), "bytes_by_table": sizes}


def measure_parts(name: str, accounts: str, days: str, out: str) -> dict[str, Any]:
    """Time population, graph, profiles and texts, each alone in its thread."""
    import simulator.observations
    from simulator.network import build_follow_graph
    from simulator.population import build_population
    from simulator.profiles import draw_profiles
    from simulator.scenario import load_scenario
    from simulator.simulation import simulate

    scenario = load_scenario(name, accounts=int(accounts), days=int(days))
    small = load_scenario("classroom", accounts=100, days=2)
    simulate(small, 1, f"{out}-warm")  # loads all compiled code
    population, population_ns = _time(lambda: build_population(scenario, 1))
    graph, graph_ns = _time(lambda: build_follow_graph(scenario, population, 1))
    _, profiles_ns = _time(lambda: draw_profiles(population, 1))
    recording: Any = simulator.observations
    recording.fill_texts = texts = _TimedCalls(recording.fill_texts)
    simulate(scenario, 1, out)
    n = len(population)
    return {
        "edges": len(graph.followees),
        "population_ns_per_account": population_ns / n,
        "graph_ns_per_edge": graph_ns / max(len(graph.followees), 1),
        "profile_ns_each": profiles_ns / n,
        "text_ns_per_row": texts.total_ns / max(texts.n_rows, 1),
    }


def _time(work: Callable[[], Any]) -> tuple[Any, int]:
    start = time.thread_time_ns()
    found = work()
    return found, time.thread_time_ns() - start


class _TimedCalls:
    """Calls on, and sums up the thread's time and the rows of the first array answered."""

    def __init__(self, work: Callable[..., Any]) -> None:
        self._work = work
        self.total_ns = 0
        self.n_rows = 0

    def __call__(self, *arguments: Any) -> Any:
        found, spent = _time(lambda: self._work(*arguments))
        self.total_ns += spent
        self.n_rows += len(found[0]) - found[0].null_count
        return found


def run_plain_mesa(name: str, accounts: str, days: str) -> dict[str, Any]:
    """Run the plain Mesa model of the same world."""
    from benchmarks.speed.plain_mesa import PlainWorld
    from simulator.scenario import load_scenario

    scenario = load_scenario(name, accounts=int(accounts), days=int(days))
    world = PlainWorld(scenario, seed=1)
    start = time.process_time_ns()
    world.run()
    spent = time.process_time_ns() - start
    return {"posts": world.n_posts, "exposures": world.n_exposures, "ns": spent}


TASKS: dict[str, Callable[..., dict[str, Any]]] = {
    "read": read,
    "write": write,
    "defaults": write_with_defaults,
    "parts": measure_parts,
    "mesa": run_plain_mesa,
}

if __name__ == "__main__":
    print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
