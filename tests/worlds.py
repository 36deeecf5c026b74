"""Small worlds for the tests: scenarios from pieces, and worlds that are lived once a test session and then shared."""

import fcntl
import functools
import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa

from simulator import load_scenario, open_dataset, simulate
from simulator.scenario import Scenario, scenario_yaml

DAY = 86_400_000
HOUR = 3_600_000

# Everything that happens at all shall happen often in a small world.
LIVELY: dict[str, Any] = {
    "feed": {"trending_per_session": 4, "brand_topic_per_session": 4, "open_thread_share": 0.4},
    "reaction": {
        "repost_share": 0.05,
        "like_share": 0.15,
        "reply_share": 0.04,
        "quote_share": 0.02,
        "copy_share": 0.05,
        "follow_share": 0.4,
        "unfollow_share": 0.2,
    },
}
HARSH: dict[str, Any] = {
    "base_per_million_account_days": 8_000,
    "volume_posts_per_day": 4,
    "volume_removal_share": 0.2,
    "duplicate_posts_per_day": 2,
    "duplicate_removal_share": 0.2,
}


def plain(**pieces: Any) -> dict[str, Any]:
    """Return the data of a small scenario of five days without operators, with pieces replaced or added."""
    return {
        "id": "tried",
        "summary": "A small world that a test makes.",
        "launch": {"time": "2025-05-22 19:00", "zone": "Asia/Shanghai"},
        "start": "T-4d 00:00",
        "end": "T+1d 00:00",
        "target": {"fictional": True},
        "organic": {"accounts": 120},
        "narratives": {
            "fire": {"tactic": "misinformation", "claim": "battery_fire"},
            "slow": {"tactic": "unfavourable_comparison", "claim": "slower_than_rival"},
        },
        "exposure_log": True,
        **pieces,
    }


def squad(level: str = "L2", **settings: Any) -> dict[str, Any]:
    """Return the data of a squad."""
    return {"evasion": level, "roles": {"seeder": 0.4, "amplifier": 0.3, "commenter": 0.3}, **settings}


def operator(accounts: int = 12, **settings: Any) -> dict[str, Any]:
    """Return the data of an operator with one squad and one push on the day before the launch."""
    push = {"narrative": "fire", "start": "T-2d 09:00", "end": "T-1d 09:00", "posts": 6 * accounts}
    basic = {"accounts": accounts, "stock": {"bulk_created": 1}, "squads": {"day": squad()}, "pushes": {"first": push}}
    return {**basic, **settings}


def scenario_from(data: dict[str, Any], **options: Any) -> Scenario:
    """Return a scenario of plain data, checked as a file is; `options` as of ``load_scenario``."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "scenario.yaml"
        path.write_text(json.dumps(data), encoding="utf-8")
        return load_scenario(path, **options)


_TRACE_ORIGINS = """
create table shown as
with recursive trace(post_id, origin_id, kind) as (
    select post_id, post_id, kind from posts
    union all
    select trace.post_id, up.post_id, up.kind
    from trace join posts as down on down.post_id = trace.origin_id join posts as up on up.post_id = down.parent_id
    where trace.kind = 'repost'
)
select trace.post_id, origin_id, author.account_id as origin_account_id
from trace join posts as author on author.post_id = origin_id where trace.kind <> 'repost'
"""


class Told:
    """A dataset and its tables in DuckDB, to be asked what must never be found.

    Times are int64 ms since the epoch; `place` numbers the rows of a table from 1. A further table,
    `shown`, gives the item whose content each item shows: itself, or what a repost leads back to.
    """

    def __init__(self, path: Path, scenario: Scenario, seed: int) -> None:
        self.path, self.scenario, self.seed = path, scenario, seed
        self.dataset = open_dataset(path)
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        for name in self.dataset.counts:
            self._load(name)
        self._connection.execute(_TRACE_ORIGINS)

    def _load(self, name: str) -> None:
        rows = self.dataset.table(name)
        times = [field.name for field in rows.schema if pa.types.is_timestamp(field.type)]
        for time in times:
            place = rows.schema.get_field_index(time)
            rows = rows.set_column(place, time, rows[time].cast(pa.int64()))
        self._connection.register("loaded", rows)
        self._connection.execute(f"create table {name} as select row_number() over () as place, * from loaded")
        self._connection.unregister("loaded")

    def rows(self, question: str, **parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of an answer."""
        return self._connection.execute(question, parameters).fetchall()

    def value(self, question: str, **parameters: Any) -> Any:
        """Return the first value of an answer."""
        return self.rows(question, **parameters)[0][0]


class Library:
    """The worlds of a test session, in a folder that its processes share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, scenario: Scenario, seed: int, kind: str = "world") -> Path:
        """Return the dataset of a world, its "twin" or its "placebo"; lived when first asked for."""
        name = hashlib.sha256(f"{scenario_yaml(scenario)} {seed} {kind}".encode()).hexdigest()[:16]
        path = self.folder / name
        # Whoever asks while another process lives the same world waits for it.
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                simulate(scenario, seed, path, twin=kind == "twin", placebo=kind == "placebo")
        return path

    def told(self, data: dict[str, Any], seed: int = 1, kind: str = "world") -> Told:
        """Return a world of plain data, ready to be asked."""
        return self._ask(json.dumps(data, sort_keys=False), seed, kind)

    @functools.lru_cache(maxsize=64)  # noqa: B019 - one library a session
    def _ask(self, text: str, seed: int, kind: str) -> Told:
        scenario = scenario_from(json.loads(text))
        return Told(self.path(scenario, seed, kind), scenario, seed)
