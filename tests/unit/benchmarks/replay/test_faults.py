"""Faults on purpose: what each does to the stream, and that their record tells exactly that."""

import json
import re
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.replay.events import Chunk
from benchmarks.replay.fault_orders import read_faults
from benchmarks.replay.fault_plan import FaultPlan, Foreseen
from benchmarks.replay.fault_record import FaultRecord
from benchmarks.replay.faults import MARKS, make_faults
from benchmarks.replay.json_lines import describe_moment
from benchmarks.replay.pacing import RatePace, SpeedPace
from tests.tiny_dataset import START

N_STOCK, N_LIVE, SECOND = 50, 4000, 1000
END = START + N_LIVE * SECOND
EVERYTHING = ["late=0.1:2m", "duplicate=0.1:1m", "gap=0.2:30s", "burst=0.2:1m", "skew=0.1:+90s", "malformed=0.1"]


def chunks(rows=700):
    """Give a stock of events at the start, and one more every second."""
    times = np.array([START] * N_STOCK + [START + i * SECOND for i in range(1, N_LIVE + 1)])
    text = '"time":"{}","kind":"post","synthetic":true,"created_at":"{}"}}\n'
    lines = [text.format(moment := describe_moment(int(time)), moment) for time in times]
    for begin in range(0, len(times), rows):
        yield Chunk(times[begin : begin + rows], pa.array(lines[begin : begin + rows]))


def plan_of(*texts, seed=1):
    return FaultPlan(read_faults(texts), seed, START, END)


@cache
def send(*texts, seed=1, rows=700, **options):
    """Return the lines as sent, their moments of arrival and their marks."""
    pieces = list(make_faults(plan_of(*texts, seed=seed), chunks(rows), **options))
    lines = [line for piece in pieces for line in piece.batch.lines.to_pylist()]
    arrivals = np.concatenate([piece.batch.times for piece in pieces]).tolist()
    assert [piece.batch.first for piece in pieces] == np.cumsum([1, *map(len, (p.batch for p in pieces[:-1]))]).tolist()
    return lines, arrivals, np.concatenate([piece.marks for piece in pieces])


def number(line):
    return int(re.match(r'\{"sequence":(\d+),', line)[1])


def numbers(lines):
    return list(map(number, lines))


def times_by_number():
    return {n: START + max(n - N_STOCK, 0) * SECOND for n in range(1, N_STOCK + N_LIVE + 1)}


def near(count, share, of=N_LIVE):
    """Whether a count is within five standard errors of its share."""
    return abs(count - share * of) < 5 * (of * share * (1 - share)) ** 0.5


def test_late_events_arrive_later_by_at_most_the_delay_with_their_own_number_and_time():
    lines, arrivals, marks = send("late=0.1:2m")
    own = times_by_number()
    delays = {number(line): at - own[number(line)] for line, at in zip(lines, arrivals, strict=True)}
    late = {n for n, delay in delays.items() if delay}
    assert sorted(delays) == list(own)
    assert near(len(late), 0.1)
    assert 110_000 < max(delays.values()) <= 120_000
    assert {number(line) for line, mark in zip(lines, marks, strict=True) if mark & MARKS["late"]} == late
    assert all(json.loads(line)["time"] == describe_moment(own[number(line)]) for line in lines)
    assert arrivals == sorted(arrivals)
    assert [n for n in numbers(lines) if n not in late] == [n for n in own if n not in late]


def test_duplicate_follows_its_original_at_once_byte_for_byte():
    lines, _, marks = send("duplicate=0.1")
    repeats = [place for place, (a, b) in enumerate(pairwise(lines), 1) if a == b]
    assert near(len(repeats), 0.1)
    assert np.flatnonzero(marks & MARKS["duplicate"]).tolist() == repeats
    assert sorted(set(numbers(lines))) == list(times_by_number())


def test_duplicate_with_a_delay_comes_behind_its_original_by_at_most_the_delay():
    lines, arrivals, marks = send("duplicate=0.1:1m", "late=0.1:2m")
    originals = {n: at for n, at, mark in zip(numbers(lines), arrivals, marks, strict=True) if not mark & 2}
    gaps = [at - originals[n] for n, at, mark in zip(numbers(lines), arrivals, marks, strict=True) if mark & 2]
    assert near(len(gaps), 0.1)
    assert min(gaps) > 0
    assert 50_000 < max(gaps) <= 60_000


def test_gap_loses_every_event_of_its_stretch_and_nothing_else():
    lines, _, _ = send("gap=0.2:30s")
    own = times_by_number()
    missing = set(own) - set(numbers(lines))
    stretches = {(own[n] - START) // 30_000 for n in missing}
    assert missing == {n for n, at in own.items() if at > START and (at - START) // 30_000 in stretches}
    assert near(len(stretches), 0.2, of=N_LIVE / 30)


def test_burst_comes_at_once_at_the_end_of_its_stretch_in_order():
    lines, arrivals, marks = send("burst=0.2:1m")
    own = list(times_by_number().values())
    assert numbers(lines) == list(times_by_number())
    held = [(at, was) for at, was, mark in zip(arrivals, own, marks, strict=True) if mark & MARKS["burst"]]
    assert near(len({at for at, _ in held}), 0.2, of=N_LIVE / 60)
    assert all(at == START + ((was - START) // 60_000 + 1) * 60_000 for at, was in held)
    assert all(at == was for at, was, mark in zip(arrivals, own, marks, strict=True) if not mark & MARKS["burst"])


@pytest.mark.parametrize("rows", [37, 700])
def test_burst_is_due_at_once_at_a_steady_rate_too(rows):
    pieces = list(make_faults(plan_of("burst=0.2:1m"), chunks(rows)))
    pace = RatePace(1.0)
    due = np.concatenate([pace.due_seconds(piece.batch) for piece in pieces])
    marks = np.concatenate([piece.marks for piece in pieces])
    arrivals = np.concatenate([piece.batch.times for piece in pieces])
    assert np.all(np.diff(due) >= 0)
    for end in np.unique(arrivals[marks > 0]):
        places = np.flatnonzero((marks > 0) & (arrivals == end))
        assert set(due[places]) == {places[0]}
    assert np.array_equal(due[marks == 0], np.flatnonzero(marks == 0))


def test_late_event_is_due_when_it_arrives_at_a_multiple_of_time():
    pieces = list(make_faults(plan_of("late=0.1:2m"), chunks()))
    pace = SpeedPace(1.0)
    due = np.concatenate([pace.due_seconds(piece.batch) for piece in pieces])
    arrivals = np.concatenate([piece.batch.times for piece in pieces])
    assert np.array_equal(due, (arrivals - START) / 1000)


def test_skew_is_in_the_member_time_alone():
    lines, arrivals, _ = send("skew=0.1:-90s")
    events = list(map(json.loads, lines))
    own = times_by_number()
    assert arrivals == list(own.values())
    assert [event["created_at"] for event in events] == [describe_moment(own[event["sequence"]]) for event in events]
    skewed = [event for event in events if event["time"] != event["created_at"]]
    assert near(len(skewed), 0.1)
    assert all(event["time"] == describe_moment(own[event["sequence"]] - 90_000) for event in skewed)


def test_malformed_events_are_lines_with_number_and_synthetic_of_three_ways():
    lines, _, marks = send("malformed=0.3")
    good, _, _ = send("late=1e-9:1s")
    spoiled = [(line, whole) for line, whole, mark in zip(lines, good, marks, strict=True) if mark]
    assert near(len(spoiled), 0.3)
    assert all(line == whole for line, whole, mark in zip(lines, good, marks, strict=True) if not mark)
    assert all(line.endswith("\n") and line.count("\n") == 1 and '"synthetic":true' in line for line, _ in spoiled)
    ways = [tell_way(line, whole) for line, whole in spoiled]
    assert all(near(ways.count(way), 1 / 3, of=len(ways)) for way in ("torn", "no time", "unknown kind"))


def tell_way(line, whole):
    if whole.startswith(line[:-1]):
        with pytest.raises(ValueError):  # noqa: PT011 - any of json's
            json.loads(line)
        return "torn"
    found, expected = json.loads(line), json.loads(whole)
    (changed,) = [name for name in expected if found[name] != expected[name]]
    return {("time", None): "no time", ("kind", "?"): "unknown kind"}[changed, found[changed]]


@pytest.mark.parametrize("texts", [[text] for text in EVERYTHING] + [EVERYTHING], ids=lambda texts: texts[-1])
def test_stock_meets_no_fault(texts):
    lines, arrivals, marks = send(*texts)
    assert numbers(lines[:N_STOCK]) == list(range(1, N_STOCK + 1))
    assert set(arrivals[:N_STOCK]) == {START}
    assert not marks[:N_STOCK].any()


def test_faults_depend_on_the_seed_alone():
    assert send(*EVERYTHING)[0] == send(*EVERYTHING, rows=133)[0]
    assert send(*EVERYTHING)[0] != send(*EVERYTHING, seed=2)[0]


def test_each_fault_meets_the_same_events_whatever_others_there_are():
    alone = send("late=0.1:2m")
    among = send("late=0.1:2m", "duplicate=0.2", "skew=+1s")
    late = [
        {n for n, mark in zip(numbers(lines), marks, strict=True) if mark & 1} for lines, _, marks in (alone, among)
    ]
    assert late[0] == late[1]


def test_full_memory_sends_late_events_early_loses_none_and_says_so():
    lines, arrivals, marks = send("late=0.5:30m", most_held=100)
    assert sorted(numbers(lines)) == list(times_by_number())
    assert arrivals == sorted(arrivals)
    assert np.count_nonzero(marks & MARKS["released_early"]) > 0


def record_of(texts, path=None):
    plan = plan_of(*texts)
    counts = np.zeros(len(plan.lost), np.int64)
    for at in times_by_number().values():
        if plan.are_lost(np.array([at]))[0]:
            counts[(at - START) // 30_000] += 1
    n_lines = len(send(*texts)[0])
    return FaultRecord(path, plan, Foreseen(n_lines, counts)), plan, n_lines


def test_record_tells_what_was_acknowledged_and_no_more():
    record, plan, n_lines = record_of(EVERYTHING)
    lines, arrivals, marks = send(*EVERYTHING)
    pieces = record.watch(make_faults(plan, chunks()))
    own = times_by_number()
    missing = set(own) - set(numbers(lines))
    seen = 0
    for batch in pieces:
        for last in (batch.first + len(batch) // 2, batch.last):
            found = record.count(last)
            originals = [mark for mark in marks[:last] if not mark & 2]
            for kind in ("late", "burst", "skew", "malformed"):
                assert found[kind]["n_events"] == sum(bool(mark & MARKS[kind]) for mark in originals)
            assert found["duplicate"]["n_events"] == last - len(originals)
            ended = START + (arrivals[last - 1] - START) // 30_000 * 30_000
            assert found["gap"]["n_events"] == sum(own[n] < ended or last == n_lines for n in missing)
            seen += 1
    assert seen > 4


def test_record_lists_gaps_with_neighbours_as_one(tmp_path):
    record, plan, n_lines = record_of(["gap=0.5:30s"], tmp_path / "faults.json")
    for _ in record.watch(make_faults(plan, chunks())):
        pass
    record.save("run1", n_lines)
    content = json.loads((tmp_path / "faults.json").read_text())
    moments = {n: describe_moment(at) for n, at in times_by_number().items() if at > START}
    lost = {n for n, at in moments.items() if any(begin <= at < end for begin, end in content["gaps"])}
    assert lost == set(times_by_number()) - set(numbers(send("gap=0.5:30s")[0]))
    assert all(end < begin for (_, end), (begin, _) in pairwise(content["gaps"]))
    assert content["faults"]["gap"] == {
        "rate": 0.5,
        "amount_seconds": 30.0,
        "n_events": len(lost),
        "n_stretches": len(content["gaps"]),
    }
    assert (content["run"], content["fault_seed"], content["synthetic"]) == ("run1", 1, True)
