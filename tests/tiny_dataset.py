"""A tiny hand-made dataset of all tables, for tests of whatever writes or reads one."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from simulator.dataset import AnnouncedEvent, Context, DatasetWriter
from simulator.origin import Origin, Variant
from simulator.schema import TABLE_BY_NAME

DAY = 86_400_000
HOUR = 3_600_000
START = 1_746_057_600_000  # 2025-05-01T00:00:00Z
LAUNCH = START + 3 * DAY
END = START + 5 * DAY
ALL_ACCOUNTS = (11, 12, 13, 14, 21, 22)  # the last two are operated

CONTEXT = Context(
    brand="Auralis",
    product="Auralis One",
    aliases=("Auralis", "AuralisOne"),
    rival="Velmora",
    rival_product="Velmora V",
    site="https://auralis.example",
    hashtags=("AuralisOne",),
    brand_account_ids=(14,),
    events=(AnnouncedEvent("car", "launch", LAUNCH),),
    launch_ms=LAUNCH,
    start_ms=START,
    end_ms=END,
    languages=("en", "zh"),
)


@contextmanager
def open_fast_folder(otherwise: Path) -> Iterator[Path]:
    """Give an empty folder in memory where there is one: hundreds of datasets are brought safely to it."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield otherwise
        return
    with tempfile.TemporaryDirectory(dir=memory, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def make_origin(*, seed: int = 7, variant: Variant = "world", scenario_id: str = "tiny") -> Origin:
    text = f"id: {scenario_id}\nsummary: Six accounts and one push.\n"
    return Origin(scenario_id, "Six accounts and one push.", text, seed, START, END, LAUNCH, END - DAY, variant)


def rows_of(name: str, rows: list[tuple[Any, ...]]) -> pa.Table:
    """Build a table from tuples in the order of its columns, null where they end early; times in ms."""
    table = TABLE_BY_NAME[name]
    columns = [[row[place] if place < len(row) else None for row in rows] for place in range(len(table.columns))]
    arrays = [_array(values, column.type) for values, column in zip(columns, table.columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=table.arrow)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode().cast(kind)
    return pa.array(values, kind)


def make_tables() -> dict[str, pa.Table]:
    """The rows of every table: a push of one original and one repost, an organic repost, a reply, a like."""
    en, zh = "en", "zh"
    rows: dict[str, list[tuple[Any, ...]]] = {
        "accounts": [
            (11, "ada", "Ada", "I bake.", "Lund", en, START - 900 * DAY, "iphone", False, 3, 2),
            (12, "bo", "Bo", "", "", en, START - 800 * DAY, "web", False, 1, 2),
            (13, "chen", "陈", "爱车", "杭州", zh, START - 700 * DAY, "android", False, 2, 1),
            (14, "auralis", "Auralis", "Cars.", "", en, START - 600 * DAY, "scheduler", True, 4, 0),
            (21, "x9", "X", "", "", en, START - 9 * DAY, "android", False, 0, 2),
            (22, "x10", "Y", "", "", zh, START - 9 * DAY, "android", False, 0, 2),
        ],
        "posts": [
            (101, START + 1 * HOUR, 11, "post", None, 101, "Bread day 🍞", en, [], [], [], "iphone"),
            (102, START + DAY, 21, "post", None, 102, "Auralis One brakes fail #AuralisOne", en, ["AuralisOne"],
             ["https://leak.example/a"], [], "android"),
            (103, START + DAY + 60_000, 22, "repost", 102, 102, None, zh, [], [], [], "android"),
            (104, START + DAY + HOUR, 12, "repost", 102, 102, None, en, [], [], [], "web"),
            (105, START + DAY + 2 * HOUR, 13, "reply", 102, 102, "真的吗 @x9", zh, [], [], ["x9"], "android"),
            (106, START + 2 * DAY, 21, "post", None, 106, "Nice sunset", en, [], [], [], "android"),
            (107, LAUNCH, 14, "post", None, 107, "Meet Auralis One", en, ["AuralisOne"], [], [], "scheduler"),
            (108, LAUNCH + HOUR, 11, "quote", 107, 107, "Pretty!", en, [], [], [], "iphone"),
        ],
        "likes": [(START + DAY + 90_000, 22, 102), (LAUNCH + 2 * HOUR, 13, 107)],
        "follows": [(11, 14, START - 100 * DAY, None), (12, 21, START - DAY, START + 4 * DAY),
                    (22, 21, START - DAY, None)],
        "metrics": [(102, START + 2 * DAY, 1, 2, 1, 0, 5), (107, LAUNCH + DAY, 1, 0, 0, 1, 3)],
        "removals": [(LAUNCH + DAY, 21, None, "platform"), (LAUNCH + DAY, 22, 103, "author")],
        "truth_accounts": [
            (11, "casual", False, None, None, False, False, False, None, None, None, None, None, 1),
            (12, "critic", False, None, None, False, False, True, None, None, None, None, None, 3),
            (13, "casual", False, None, None, False, False, False, None, None, None, None, None, 0),
            (14, "brand", False, None, None, True, True, False, 3, None, None, None, None, 0),
            (21, None, True, START, None, True, True, True, 7, "agency", "agency.night", "seeder", "bulk_created", 0),
            (22, "fan", True, START, LAUNCH, True, True, True, 7, "agency", "agency.night", "amplifier", "compromised",
             0),
        ],
        "truth_posts": [
            (101, None, None, None, None, None, None, 0),
            (102, 0, 0, "brakes", "misinformation", "T0023", 4, -1),
            (103, 0, 0, "brakes", "misinformation", "T0023", 4, -1),
            (104, None, 0, "brakes", None, None, None, -1),
            (105, None, 0, None, None, None, None, 0),
            (106, None, None, None, None, None, None, 0),
            (107, None, None, None, None, None, None, 1),
            (108, None, None, None, None, None, None, 1),
        ],
        "truth_likes": [(22, 102, 0)],
        "truth_pushes": [(0, "agency.p1", 0, "agency", "brakes", "misinformation", START + DAY, START + 2 * DAY,
                          ["agency.night"], 2, 2)],
        "truth_exposures": [
            (START, None, None, None, "casual", 1, 0, 0),
            (START + DAY, 0, "brakes", "misinformation", "casual", 1, 1, 1),
            (START + DAY, 0, "brakes", "misinformation", "critic", 3, 1, 1),
            (LAUNCH, None, None, None, "casual", 3, 0, 0),
        ],
        "truth_attitudes": [
            (START + day * DAY, segment, mean, 0.04, share, 0.0, 0.1)
            for day, rows_of_day in enumerate(
                ((("casual", 0.1, 0.1), ("critic", -0.4, 0.9)), (("casual", 0.06, 0.2), ("critic", -0.45, 0.9))), 1
            )
            for segment, mean, share in rows_of_day
        ],
        "truth_exposure_log": [
            (12, 101, START + 2 * HOUR, "feed"),
            (12, 102, START + DAY + HOUR, "feed"),
            (12, 103, START + DAY + HOUR + 1, "feed"),
            (12, 102, START + DAY + HOUR + 2, "trending"),
            (13, 102, START + DAY + 2 * HOUR, "feed"),
            (13, 107, LAUNCH + HOUR, "feed"),
        ],
    }  # fmt: skip
    return {name: rows_of(name, table_rows) for name, table_rows in rows.items()}


def write_tiny(out: Path, *, force: bool = False, seed: int = 7, variant: Variant = "world", log: bool = True,
               tables: dict[str, pa.Table] | None = None) -> Path:  # fmt: skip
    """Write the tiny dataset."""
    tables = make_tables() | (tables or {})
    if not log:
        del tables["truth_exposure_log"]
    with DatasetWriter(out, force=force) as writer:
        for name, rows in tables.items():
            writer.write(name, rows)
        return writer.finish(make_origin(seed=seed, variant=variant), CONTEXT)
