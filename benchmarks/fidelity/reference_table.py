"""A user's own posts as a real population: reads the table, measures it, and holds a dataset against it."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pyarrow as pa

from benchmarks.fidelity.facts import Fact
from benchmarks.fidelity.fidelity import PairResult, compare_fact, describe_pair, hold
from benchmarks.fidelity.measures import MEASURE_BY_FACT, MEASURES, Holdings
from benchmarks.fidelity.pairs import Pair
from benchmarks.fidelity.posts import DAY, Posts
from benchmarks.fidelity.slices import World, make_posts, read_slice
from simulator.dataset.queries import escape_pattern
from simulator.errors import InputError, Problem

POPULATION = "reference"
SLICE = "everyday_posts"
_NEEDED = ("account_id", "created_at", "text")
_READERS = {".parquet": "read_parquet", ".csv": "read_csv"}
_FAMILIES = ("activity", "calendar", "bursts", "text", "duplication", "push shape")
# A table of account, time and text does not say what a repost is, so that it has none.
_UNKNOWN = ("repost_share",)
_MOST_SAMPLE = 10_000


def read_reference(path: Path, zone: ZoneInfo) -> Posts:
    """Return the posts of a user's table.

    Parameters
    ----------
    path : Path
        Parquet or CSV with the columns account_id (anything), created_at (a time, or text of one; UTC without a
        zone) and text; others are not read.
    zone : ZoneInfo
        Zone of the wall clock.

    Raises
    ------
    InputError
        When it cannot be read, a column is missing, a time is none, or nothing is left.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise _refuse(path, "be a .parquet or .csv file", repr(path.suffix))
    if not path.is_file():
        raise _refuse(path, "be a file that exists", "none")
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        try:
            rows = connection.sql(f"SELECT * FROM {reader}($path)", params={"path": escape_pattern(str(path))})
            _check_columns(path, list(rows.columns))
            return _make(_ask(connection, reader, path), path, zone)
        except duckdb.Error as error:
            raise _refuse(path, "be readable", str(error).splitlines()[0][:120]) from error


def _ask(connection: duckdb.DuckDBPyConnection, reader: str, path: Path) -> pa.Table:
    question = rf"""
        SELECT dense_rank() OVER (ORDER BY account_id::VARCHAR) AS account_id,
               epoch_ms(created_at::TIMESTAMPTZ) AS at_ms, text::VARCHAR AS text, '' AS lang, false AS is_repost,
               contains(text::VARCHAR, '://') AS has_url,
               regexp_matches(text::VARCHAR, '#\S') AS has_hashtag, regexp_matches(text::VARCHAR, '@\w') AS has_mention,
               nullif(regexp_extract(text::VARCHAR, 'https?://\S+'), '') AS url
        FROM {reader}($path) WHERE created_at IS NOT NULL
    """
    numbered = f"SELECT row_number() OVER () AS post_id, * FROM ({question} ORDER BY at_ms, account_id, text)"
    answer = connection.sql(f"{numbered} ORDER BY post_id", params={"path": escape_pattern(str(path))})
    return answer.to_arrow_table()


def _check_columns(path: Path, names: list[str]) -> None:
    missing = [name for name in _NEEDED if name not in names]
    if missing:
        raise _refuse(path, f"have the column {missing[0]}", f"{', '.join(names[:8]) or 'none'}")


def _make(rows: pa.Table, path: Path, zone: ZoneInfo) -> Posts:
    if not rows.num_rows:
        raise _refuse(path, "have at least one row with a time", "none")
    return make_posts(rows, zone)


def _refuse(path: Path, rule: str, got: str) -> InputError:
    return InputError(Problem(str(path), 0, 0, "", rule, got, "See smearbench fidelity --help."))


def compare_reference(world: World, path: Path) -> dict[str, Any]:
    """Return the result of the pair of a dataset's people and a user's table, as plain data."""
    reference = read_reference(path, world.zone)
    pair = _make_pair(reference)
    facts = measure_reference(Holdings(pair, reference), str(path))
    held = hold(pair, read_slice(world, SLICE), None)
    comparisons = [compare_fact(held, fact) for fact in facts]
    posts = held.posts
    return describe_pair(PairResult(POPULATION, pair, len(posts), len(np.unique(posts.account)), comparisons))


def _make_pair(reference: Posts) -> Pair:
    """Return how the dataset is sampled: the table's window and sizes."""
    days = max(float(reference.at_ms[-1] - reference.at_ms[0]) / DAY, 1.0)
    return Pair(
        synthetic=SLICE,
        real=POPULATION,
        why="the user's own",
        window_days=days,
        accounts=len(np.unique(reference.account)),
        posts=len(reference),
        push_accounts=3,
    )


def measure_reference(held: Holdings, source: str) -> list[Fact]:
    """Return every fact that can be measured on a user's table, with quartiles as its interval where there are any."""
    found = []
    for family in _FAMILIES:
        for name in MEASURES[family]:
            asked = Fact(name, "", POPULATION, 0.0, None, None, min(len(held.posts), _MOST_SAMPLE), source)
            measured = MEASURE_BY_FACT[name](held, asked)
            if name not in _UNKNOWN and measured.value is not None:
                definition = (MEASURE_BY_FACT[name].__doc__ or "").strip()
                found.append(
                    Fact(name, definition, POPULATION, measured.value, measured.low, measured.high, measured.n, source)
                )
    return found
