"""The kernels of the follow graph equal their slow twins, on worlds made to be awkward."""

import numpy as np
import pytest

from simulator.kernels import network as kernels
from simulator.random_streams import Purpose
from tests.reference import naive_network as naive

N = 60
START_MS, END_MS = 1_000_000_000_000, 1_000_000_000_000 + 150 * 86_400_000
NEVER = np.iinfo(np.int64).max
SEEDS = (0, 1, 2**64 - 1)


class Case:
    """Random inputs of every kernel: crowded pools, wishes that cannot be met, a few commanded accounts."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed % 1000)
        self.seed = seed
        self.keys = rng.integers(0, 2**64, N, np.uint64)
        sizes = [N, 1, 2, 7, 20]
        self.pool_members = [np.sort(rng.choice(N, size, replace=False)).astype(np.int32) for size in sizes]
        self.pool_weights = [rng.integers(16, 1 << int(rng.integers(5, 28)), size) for size in sizes]
        self.starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        self.quotas = rng.choice(np.array([0, 1, 3, 12, 40, 200], np.int32), N)
        self.squad_quotas = rng.choice(np.array([0, 0, 4], np.int32), N)
        self.is_commanded = rng.integers(0, 2, N, dtype=np.uint8)
        self.classes = rng.integers(0, 2, N, dtype=np.uint8)
        self.limits = np.array([[2**30, 2**31, 2**32], [0, 2**32, 2**32]], np.uint64)
        self.pools = rng.integers(0, len(sizes), (N, 3), dtype=np.int32)
        self.squad_pools = rng.integers(0, len(sizes), N, dtype=np.int32)
        bought = [rng.choice(N, rng.integers(0, 4)) for _ in range(N)]
        self.bought_starts = np.concatenate([[0], np.cumsum([len(b) for b in bought])]).astype(np.int64)
        self.bought = np.concatenate(bought).astype(np.int32)
        self.created_ms = START_MS + rng.integers(-(10**11), 10**10, N)
        self.until_ms = np.where(rng.random(N) < 0.3, START_MS + rng.integers(0, 10**10, N), NEVER)
        self.commanded_from_ms = self.created_ms + rng.integers(0, 10**9, N)
        self.octaves = rng.choice(np.array([12, 15], np.uint8), N)
        self.is_lifeless = rng.integers(0, 2, N, dtype=np.uint8)
        members = np.concatenate(self.pool_members)
        self.table = kernels.build_alias(self.starts, members, np.concatenate(self.pool_weights).astype(np.int64))

    def naive_pools(self) -> list[list[naive.Choice]]:
        """Return the alias tables of the slow twin."""
        pairs = zip(self.pool_members, self.pool_weights, strict=True)
        return [naive.build_alias(members.tolist(), weights.tolist()) for members, weights in pairs]

    def pick(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return offsets, counts and entries of the kernel's picks."""
        capacity = self.quotas.astype(np.int64) + self.squad_quotas + np.diff(self.bought_starts)
        offsets = np.concatenate([[0], np.cumsum(capacity)]).astype(np.int64)
        entries, counts = np.zeros(offsets[-1], np.int32), np.zeros(N, np.int32)
        kernels.pick_follows(
            np.uint64(self.seed), np.uint64(Purpose.follow_pick), self.keys, self.quotas, self.is_commanded,
            self.classes, self.limits, self.pools, self.starts, self.table, np.uint64(Purpose.squad_follow),
            self.squad_quotas, self.squad_pools, self.bought_starts, self.bought, offsets, entries, counts,
        )  # fmt: skip
        return offsets, counts, entries

    def naive_pick(self) -> list[list[naive.Entry]]:
        """Return every account's picks of the slow twin."""
        tables = self.naive_pools()
        rows = []
        for row in range(N):
            limits = self.limits[self.classes[row]].tolist()
            own = (
                int(self.quotas[row]),
                bool(self.is_commanded[row]),
                limits,
                [tables[pool] for pool in self.pools[row]],
            )
            squad = (int(self.squad_quotas[row]), tables[self.squad_pools[row]])
            bought = self.bought[self.bought_starts[row] : self.bought_starts[row + 1]].tolist()
            rows.append(naive.pick_follows(self.seed, row, int(self.keys[row]), bought, squad, own))
        return rows


@pytest.fixture(scope="module", params=SEEDS)
def case(request: pytest.FixtureRequest) -> Case:
    """Return the inputs of one seed."""
    return Case(request.param)


@pytest.fixture(scope="module")
def picked(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the kernel's picks."""
    return case.pick()


@pytest.fixture(scope="module")
def naively_picked(case: Case) -> list[list[naive.Entry]]:
    """Return the slow twin's picks."""
    return case.naive_pick()


def _entries(slots, row):
    offsets, counts, entries = slots
    return [(int(e) >> 1, bool(e & 1)) for e in entries[offsets[row] : offsets[row] + counts[row]]]


def _budgets(returnable):
    return ((returnable + np.arange(N, dtype=np.int32) % 2) // 2).astype(np.int32)


def test_alias_tables_equal_naive(case):
    expected = [choice for pool in case.naive_pools() for choice in pool]
    assert [tuple(choice) for choice in case.table.tolist()] == expected


def test_picks_equal_naive(picked, naively_picked):
    assert [_entries(picked, row) for row in range(N)] == naively_picked


def test_followers_equal_naive(picked, naively_picked):
    starts, followers = kernels.transpose(*picked)
    found = [[int(f) for f in followers[starts[row] : starts[row + 1]]] for row in range(N)]
    expected = [
        [i * 2 + commanded for i in range(N) for followee, commanded in naively_picked[i] if followee == row]
        for row in range(N)
    ]
    assert found == expected


def test_sorted_rows_equal_naive(picked, naively_picked):
    offsets, counts, entries = (array.copy() for array in picked)
    kernels.sort_rows(*kernels.transpose(*picked), offsets, entries)
    assert [_entries((offsets, counts, entries), row) for row in range(N)] == [sorted(r) for r in naively_picked]


def test_returned_follows_equal_naive(case, picked, naively_picked):
    starts, followers = kernels.transpose(*picked)
    returnable = kernels.count_returnable(*picked, starts, followers)
    candidates = [naive.find_returnable(naively_picked, row) for row in range(N)]
    assert returnable.tolist() == [len(c) for c in candidates]
    budgets = _budgets(returnable)
    ends = np.concatenate([[0], np.cumsum(budgets, dtype=np.int64)])
    returned = kernels.pick_returns(
        np.uint64(case.seed), np.uint64(Purpose.reciprocate), case.keys, *picked, starts, followers, returnable,
        budgets, ends,
    )  # fmt: skip
    found = [returned[ends[row] : ends[row + 1]].tolist() for row in range(N)]
    keys = case.keys.tolist()
    expected = [naive.pick_returns(case.seed, keys, row, candidates[row], int(budgets[row])) for row in range(N)]
    assert found == expected


def test_finished_rows_equal_naive(case, picked, naively_picked):
    offsets, counts, entries = (array.copy() for array in picked)
    starts, followers = kernels.transpose(*picked)
    kernels.sort_rows(starts, followers, offsets, entries)
    candidates = [naive.find_returnable(naively_picked, row)[::3] for row in range(N)]
    ends = np.concatenate([[0], np.cumsum([len(c) for c in candidates])]).astype(np.int64)
    returned = np.array([c for row in candidates for c in row], np.int32)
    most = int(counts.sum()) + len(returned)
    indptr, followees = np.zeros(N + 1, np.int64), np.zeros(most, np.int32)
    since_ms, commanded = np.zeros(most, np.int64), np.zeros(most, np.bool_)
    written = kernels.finish_rows(
        np.uint64(case.seed), np.uint64(Purpose.follow_since), case.keys, case.created_ms, case.until_ms,
        case.commanded_from_ms, case.octaves, case.is_commanded, case.is_lifeless, START_MS, END_MS,
        offsets, counts, entries, ends, returned, indptr, followees, since_ms, commanded,
    )  # fmt: skip
    columns = ("keys", "created_ms", "until_ms", "commanded_from_ms", "octaves", "is_lifeless")
    rows = naive.Rows(*(getattr(case, name).tolist() for name in columns))
    for row in range(N):
        all_entries = naively_picked[row] + [(c, bool(case.is_commanded[row])) for c in candidates[row]]
        expected = naive.finish_row(case.seed, rows, row, all_entries, START_MS, END_MS)
        part = slice(indptr[row], indptr[row + 1])
        assert list(zip(followees[part], since_ms[part], commanded[part], strict=True)) == expected
    assert written == indptr[-1] < most  # some follows never come about
