"""The speed benchmark: its arithmetic, its table, and the plain Mesa model. Nothing here is timed."""

import pytest

from benchmarks.speed.plain_mesa import PlainWorld
from benchmarks.speed.processes import Cost, measure
from benchmarks.speed.suite import Size, summarise
from benchmarks.speed.table import LINES, describe_mesa, lay_out, render_markdown
from simulator.errors import SmearbenchError
from simulator.scenario import load_scenario

PARTS = {"graph_ns_per_edge": 80.0, "profile_ns_each": 1200.0, "text_ns_per_row": 100.0, "edges": 5}
WORLD = {
    "path": "x",
    "bytes": 50_000,
    "rows": {"posts": 1000, "likes": 500},
    "counters": {"kernel_ns": 400_000, "exposures": 20_000, "posts": 1000},
}
MESA = {
    "accounts": 5000,
    "days": 20,
    "us_per_post": 60.0,
    "us_per_exposure": 4.0,
    "kernel_accounts": 10_000,
    "kernel_us_per_post": 0.4,
    "kernel_us_per_exposure": 0.02,
    "rows_per_second_ratio": 150.0,
    "exposures_per_second_ratio": 200.0,
}


@pytest.fixture
def figures():
    simulate = Cost(0.02, 0.025, 300_000_000, {"datasets": [WORLD]})
    reading, writing = Cost(0.005, 0.005, 1, None), Cost(0.010, 0.010, 1, None)
    return summarise(Size(100, 10), simulate, reading, writing, 100_000, PARTS)


def test_writing_is_measured_less_reading(figures):
    assert figures["write_cpu_seconds"] == pytest.approx(0.005)
    assert figures["cpu_ratio"] == pytest.approx(4)
    assert figures["wall_ratio"] == pytest.approx(5)


def test_rates_are_of_posts_rows_and_exposures(figures):
    assert figures["cpu_us_per_post"] == pytest.approx(20)
    assert figures["posts_per_cpu_second"] == pytest.approx(50_000)
    assert figures["rows_per_second"] == pytest.approx(60_000)
    assert figures["kernel_ns_per_exposure"] == 20
    assert figures["kernel_ns_per_post"] == 400
    assert figures["bytes_per_row"] == pytest.approx(100 / 3)
    assert figures["size_ratio_to_defaults"] == 0.5
    assert figures["text_share_of_writing"] == pytest.approx(0.02)


def test_table_has_every_line_for_every_size(figures):
    found = {
        "sizes": [figures, figures],
        "plain_mesa": MESA,
        "machine": {"cpu": "A cpu", "cores": 2, "memory_bytes": 24e9, "system": "Linux"},
        "software": {"python": "3.11"},
    }
    headings, rows = lay_out(found)
    assert headings == ["", "100 x 10 d", "100 x 10 d", "aim"]
    assert [row[0] for row in rows] == [line[0] for line in LINES]
    page = render_markdown(found)
    assert "A cpu, 2 cores, 24 GB, Linux; python 3.11." in page
    assert "| CPU ratio | 4.00 | 4.00 |" in page
    assert describe_mesa(found) in page
    assert "150 times the rows" in page


def test_cost_of_a_process_has_its_answer_and_memory():
    found = measure(["-c", "print([1, 2]); sum(range(10**6))"])
    assert found.answer == [1, 2]
    assert found.cpu_seconds > 0
    assert found.peak_memory_bytes > 1 << 20


def test_process_that_fails_is_shown():
    with pytest.raises(SmearbenchError, match=r"ended with code 4\.\nout of luck"):
        measure(["-c", "import sys; print('out of luck', file=sys.stderr); sys.exit(4)"])


def test_plain_mesa_model_posts_reads_and_reposts():
    world = PlainWorld(load_scenario("classroom", accounts=120, days=4), seed=1)
    world.run()
    kinds = [kind for _, _, _, kind in world.rows]
    assert world.n_posts == len(kinds) > 0
    assert world.n_exposures > len(kinds)
    assert kinds.count(1) == sum(world.popularity) - len(world.popularity) > 0
    assert world.hour == 4 * 24


def test_plain_mesa_model_repeats_itself():
    worlds = [PlainWorld(load_scenario("classroom", accounts=60, days=2), seed=5) for _ in range(2)]
    for world in worlds:
        world.run()
    assert worlds[0].rows == worlds[1].rows
