"""Posts of a few accounts for the tests of fidelity's measures."""

from zoneinfo import ZoneInfo

import pyarrow as pa

from benchmarks.fidelity.posts import MINUTE, Posts
from benchmarks.fidelity.slices import make_posts

MONDAY = 1_746_403_200_000  # 2025-05-05T00:00:00Z


def write_posts(
    rows: list[tuple[int, float, str | None]], *, zone: str = "UTC", links: dict[int, str] | None = None
) -> Posts:
    """Return posts of (account, minutes after a Monday's midnight in UTC, text or None for a repost), in order."""
    links = links or {}
    columns = {
        "post_id": pa.array(range(1, len(rows) + 1), pa.int64()),
        "account_id": pa.array([account for account, _, _ in rows], pa.int64()),
        "at_ms": pa.array([MONDAY + round(minutes * MINUTE) for _, minutes, _ in rows], pa.int64()),
        "text": pa.array([text for _, _, text in rows], pa.string()),
        "lang": pa.array(["en"] * len(rows), pa.string()),
        "is_repost": pa.array([text is None for _, _, text in rows], pa.bool_()),
        "has_url": pa.array([row in links for row in range(len(rows))], pa.bool_()),
        "has_hashtag": pa.array(["#" in (text or "") for _, _, text in rows], pa.bool_()),
        "has_mention": pa.array(["@" in (text or "") for _, _, text in rows], pa.bool_()),
        "url": pa.array([links.get(row) for row in range(len(rows))], pa.string()),
    }
    return make_posts(pa.table(columns), ZoneInfo(zone))
