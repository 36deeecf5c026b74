"""Small folders of observations, made from a few rows."""

from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.detector import OBSERVATIONS, Observations
from tests.tiny_dataset import START, rows_of

HOUR = 3_600_000


def observe(folder: Path, *, accounts=(), posts=()) -> Observations:
    """Write accounts (ids) and posts (account id, text) as observations, one post an hour."""
    profiles = [(i, f"user{i}", "", "", "", "en", START, "web", False, 0, 0) for i in accounts]
    items = [
        (n, START + n * HOUR, author, "repost" if text is None else "post", None, n, text, "en", [], [], [], "web")
        for n, (author, text) in enumerate(posts)
    ]
    for name, rows in (("accounts", profiles), ("posts", items)):
        path = folder / Path(OBSERVATIONS[name].path).relative_to("observations")
        path = path / "part-00000.parquet" if OBSERVATIONS[name].parts else path
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(rows_of(name, rows), path)
    return Observations(folder, START + 1000 * HOUR)
