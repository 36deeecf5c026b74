"""Events of a dataset: all that becomes visible, in time order, and nothing of the truth or the future."""

import json

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.replay.events import Chunk, count_events
from benchmarks.replay.merging import merge, number_events
from simulator.dataset import Dataset, open_dataset
from tests.tiny_dataset import write_tiny

# What the tiny dataset shows, by hand: what was there before the start comes first.
KINDS = (
    *(["account"] * 6 + ["follow"] * 3),
    *("post", "post", "repost", "like", "repost", "reply", "post", "post", "quote", "like"),
    *("unfollow", "removal", "removal"),
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("replay") / "tiny"))


def read(batches):
    return [json.loads(line) for batch in batches for line in bytes(batch.payload).splitlines()]


@pytest.fixture(scope="module")
def events(dataset):
    return read(number_events(dataset))


def test_every_observed_row_is_an_event(events, dataset):
    assert [event["kind"] for event in events] == list(KINDS)
    assert count_events(dataset) == len(KINDS)


def test_numbers_have_no_gap_and_times_never_fall(events):
    assert [event["sequence"] for event in events] == list(range(1, len(KINDS) + 1))
    times = [event["time"] for event in events]
    assert times == sorted(times)


def test_every_event_says_that_it_is_synthetic(events):
    assert all(event["synthetic"] is True for event in events)


def test_post_carries_its_columns(events):
    assert events[11] == {
        "sequence": 12,
        "time": "2025-05-02T00:01:00.000Z",
        "kind": "repost",
        "synthetic": True,
        "post_id": 103,
        "account_id": 22,
        "parent_id": 102,
        "root_id": 102,
        "text": None,
        "lang": "zh",
        "hashtags": [],
        "urls": [],
        "mentions": [],
        "client": "android",
    }


def test_follow_does_not_tell_when_it_will_end(events):
    ended = [event for event in events if event.get("follower_id") == 12]
    assert [event["kind"] for event in ended] == ["follow", "unfollow"]
    assert all("until" not in event for event in ended)


def test_only_observations_are_read(dataset, monkeypatch):
    read_tables = set()
    whole = Dataset.batches

    def watch(self, name, *arguments):
        read_tables.add(name)
        return whole(self, name, *arguments)

    monkeypatch.setattr(Dataset, "batches", watch)
    list(number_events(dataset))
    assert read_tables == {"accounts", "posts", "likes", "follows", "removals"}


@pytest.mark.parametrize("after", [0, 1, 9, 21, 22])
def test_events_after_a_number_are_the_rest(dataset, events, after):
    assert read(number_events(dataset, after)) == events[after:]


def chunk(*times):
    return Chunk(np.array(times, np.int64), pa.array([str(time) for time in times], pa.string()))


def merged(*streams):
    chunks = list(merge([iter(stream) for stream in streams]))
    times = [int(time) for part in chunks for time in part.times]
    return list(zip(times, (line for part in chunks for line in part.lines.to_pylist()), strict=True))


def test_merging_streams_of_many_chunks_equals_sorting():
    rng = np.random.default_rng(5)
    streams = []
    for n_chunks in (1, 7, 3, 0):
        times = np.sort(rng.integers(0, 30, n_chunks * 4))
        streams.append([chunk(*part) for part in times.reshape(n_chunks, 4)])
    together = sorted(int(t) for stream in streams for c in stream for t in c.times)
    assert [time for time, _ in merged(*streams)] == together


def test_one_instant_keeps_the_order_of_the_streams():
    first = Chunk(np.array([5, 5]), pa.array(["a1", "a2"]))
    more = Chunk(np.array([5]), pa.array(["a3"]))
    second = Chunk(np.array([5]), pa.array(["b1"]))
    assert [line for _, line in merged([first, more], [second])] == ["a1", "a2", "a3", "b1"]


def test_one_long_instant_is_not_held_in_memory():
    loaded = []

    def stream():
        for number in range(50):
            loaded.append(number)
            yield chunk(7, 7, 7)

    for n_seen, _ in enumerate(merge([stream(), iter([chunk(7, 8)])])):
        assert len(loaded) <= n_seen + 2
