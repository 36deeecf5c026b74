"""The daily pass over accounts equals Python integers, at the ends of their ranges too."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from simulator.kernels import layout
from simulator.kernels.upkeep import recover_attitudes, review_accounts, summarise_attitudes
from tests.reference import naive_upkeep
from tests.reference.naive_plan import DAY_MS
from tests.reference.naive_things import accounts_from

_VIEW = st.integers(-65_536, 65_536)
_LINE = st.tuples(
    _VIEW, _VIEW, st.integers(0, 65_536), st.integers(0, 4), st.integers(0, 40), st.integers(0, 9), st.booleans()
)
_LINES = st.lists(_LINE, max_size=12)
_THRESHOLD = st.integers(0, 1 << 32)


def _records(lines: list[tuple[int, int, int, int, int, int, bool]]) -> NDArray[np.void]:
    records = np.zeros(len(lines), layout.ACCOUNT)
    for record, (attitude, anchor, hostility, segment, posts, copies, is_removed) in zip(records, lines, strict=True):
        record["attitude"], record["anchor"], record["hostility"] = attitude, anchor, hostility
        record["segment"] = segment if segment < 4 else layout.NO_SEGMENT
        record["posts_today"], record["copies_today"] = posts, copies
        record["removed_at"] = 17 if is_removed else layout.NEVER_MS
    records["key"] = np.arange(len(lines), dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return records


@given(_LINES, st.integers(0, 65_536))
@settings(max_examples=200, deadline=None)
def test_recovery_equals_naive(lines: list[tuple[int, int, int, int, int, int, bool]], recovery_q16: int) -> None:
    records = _records(lines)
    accounts = accounts_from(records)
    recover_attitudes(records, recovery_q16)
    naive_upkeep.recover(accounts, recovery_q16)
    assert records["attitude"].tolist() == [account.attitude for account in accounts]
    assert records["hostility"].tolist() == [account.hostility for account in accounts]


@given(_LINES)
@settings(max_examples=200, deadline=None)
def test_summary_of_attitudes_equals_naive(lines: list[tuple[int, int, int, int, int, int, bool]]) -> None:
    records, out = _records(lines), np.full((4, 7), -1, np.int64)
    summarise_attitudes(records, out)
    assert out.tolist() == naive_upkeep.summarise(accounts_from(records), 4)


@given(_LINES, _THRESHOLD, _THRESHOLD, _THRESHOLD, st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_review_equals_naive(
    lines: list[tuple[int, int, int, int, int, int, bool]], base: int, volume: int, copies: int, day: int
) -> None:
    records = _records(lines)
    expected = naive_upkeep.review(11, accounts_from(records), day, base, (25, volume), (4, copies))
    out = np.zeros((len(lines), 2), np.int64)
    n = review_accounts(np.uint64(11), records, day, (day + 1) * DAY_MS, base, 25, volume, 4, copies, out)
    assert [tuple(found) for found in out[:n].tolist()] == expected
    assert not records["posts_today"].any()
    assert not records["copies_today"].any()
