"""What a replay leaves on disk: its state, its clock, and a file of events that is its own record."""

import json
from dataclasses import replace

import pytest

from benchmarks.replay.clock_file import MOST_ANCHORS, ClockFile, read_clock
from benchmarks.replay.replay_state import Journal, State, digest_observations, hold, read_state
from benchmarks.replay.sinks import FileSink
from simulator.dataset import open_dataset
from simulator.errors import InputError, OutputError
from tests.tiny_dataset import write_tiny

STATE = State("run1", "d" * 64, "http://127.0.0.1:1/", 100)


class Wall:
    now = 1000.0

    def __call__(self):
        return self.now


def test_state_is_what_was_noted(tmp_path):
    journal = Journal(tmp_path / "state.json", STATE)
    journal.begin(40)
    journal.acknowledge(40)
    journal.begin(60)
    assert read_state(tmp_path / "state.json", STATE) == replace(STATE, acknowledged=40, on_its_way=60)
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"dataset": "e" * 64}, "dataset: must be of this dataset .ddd.*got eee.*--force"),
        ({"target": "http://127.0.0.1:2/"}, "target: must be of this target .*:1/.*got .*:2/"),
        ({"total": 7}, "total: must be of this dataset .100., got 7"),
    ],
)
def test_state_of_another_replay_is_refused(tmp_path, changed, message):
    path = tmp_path / "state.json"
    Journal(path, replace(STATE, **changed)).write()
    with pytest.raises(InputError, match=message):
        read_state(path, STATE)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "must be the state of a replay, got Expecting"),
        ("[]", "must be the state of a replay, got something else"),
        ('{"format": "smearbench replay state", "run": 1}', "got something else"),
    ],
)
def test_file_that_is_no_state_is_refused(tmp_path, text, message):
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(InputError, match=message):
        read_state(tmp_path / "state.json", STATE)


def test_state_beyond_its_end_is_refused(tmp_path):
    Journal(tmp_path / "state.json", replace(STATE, acknowledged=9, on_its_way=3)).write()
    with pytest.raises(InputError, match="must have 0 ≤ acknowledged ≤ on_its_way ≤ total, got 9, 3, 100"):
        read_state(tmp_path / "state.json", STATE)


def test_second_replay_with_one_state_is_refused(tmp_path):
    path = tmp_path / "state.json"
    with hold(path), pytest.raises(InputError, match="must belong to one running replay, got a second"), hold(path):
        pass
    with hold(path):
        pass


def test_digest_tells_observations_apart_and_ignores_the_truth(tmp_path):
    worlds = [open_dataset(write_tiny(tmp_path / "a")), open_dataset(write_tiny(tmp_path / "b", log=False))]
    assert digest_observations(worlds[0]) == digest_observations(worlds[1])


def lines(*numbers):
    return b"".join(b'{"sequence":%d,"kind":"post"}\n' % number for number in numbers)


@pytest.mark.parametrize(
    ("content", "kept", "position"),
    [
        (b"", b"", 0),
        (lines(1, 2, 3), lines(1, 2, 3), 3),
        (lines(1, 2) + b'{"sequence":3,"ki', lines(1, 2), 2),
        (lines(1, 2) + b"\0\0\0\0", lines(1, 2), 2),
        (lines(1) + b"\0\0{}\n", lines(1), 1),
        (b'{"sequence":1', b"", 0),
        (lines(1) + b'{"sequence":2,"text":"' + b"x" * 200_000, lines(1), 1),
        (lines(1) + b'{"sequence":2,"text":"' + b"x" * 200_000 + b'"}\n', None, 2),
    ],
    ids=["empty", "whole", "torn", "zeros", "rubbish line", "torn first", "long torn", "long whole"],
)
def test_file_goes_on_behind_its_last_whole_event(tmp_path, content, kept, position):
    path = tmp_path / "events.ndjson"
    path.write_bytes(content)
    sink = FileSink(path)
    sink.close()
    assert sink.position == position
    assert path.read_bytes() == (content if kept is None else kept)


def test_file_of_something_else_is_left_alone(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("my notes\nare precious\n")
    with pytest.raises(OutputError, match="must hold events of a replay, got something else"):
        FileSink(path)
    assert path.read_text() == "my notes\nare precious\n"


def test_clock_maps_wall_time_to_simulated_time(tmp_path):
    wall, path = Wall(), tmp_path / "clock.json"
    clock = ClockFile(path, "run1", "3600x", wall)
    clock.note(5_000_000, 1)
    wall.now += 10
    clock.note(41_000_000, 9)
    clock.save()
    found = read_clock(path)
    moments = [999_999, 1_000_000, 1_005_000, 1_010_000, 1_999_000]
    assert [found.simulated_ms(at) for at in moments] == [None, 5_000_000, 23_000_000, 41_000_000, 41_000_000]


def test_time_stands_still_between_two_runs(tmp_path):
    wall, path = Wall(), tmp_path / "clock.json"
    for simulated in (1_000, 2_000):
        clock = ClockFile(path, "run1", "1x", wall)
        clock.note(simulated, simulated)
        clock.save()
        wall.now += 100
    assert [read_clock(path).simulated_ms(at) for at in (1_050_000, 1_099_000, 1_100_000)] == [1000, 1000, 2000]


def test_wall_clock_that_is_set_back_stands_still_and_is_written_on(tmp_path):
    wall, path = Wall(), tmp_path / "clock.json"
    for simulated in (1_000, 2_000):
        clock = ClockFile(path, "run1", "1x", wall)
        for step in (0, 1):
            clock.note(simulated + step, simulated)
            wall.now -= 10
    found = read_clock(path)
    assert [wall_ms for wall_ms, _ in found.anchors] == [1_000_000] * 5
    assert [found.simulated_ms(at) for at in (999_999, 1_000_000)] == [None, 2_001]


def test_clock_of_another_replay_is_begun_anew(tmp_path):
    wall, path = Wall(), tmp_path / "clock.json"
    for run in ("run1", "run2"):
        clock = ClockFile(path, run, "1x", wall)
        clock.note(1, 1)
        clock.save()
    content = json.loads(path.read_text())
    assert (content["run"], len(content["segments"]), content["synthetic"]) == ("run2", 1, True)


def test_long_clock_stays_small_and_keeps_its_ends(tmp_path, monkeypatch):
    wall, path = Wall(), tmp_path / "clock.json"
    clock = ClockFile(path, "run1", "1x", wall)
    with monkeypatch.context() as patch:
        patch.setattr(clock, "save", lambda: None)
        for second in range(20_000):
            wall.now = 1000.0 + second
            clock.note(second * 1000, second)
    clock.save()
    (segment,) = json.loads(path.read_text())["segments"]
    assert len(segment["anchors"]) <= MOST_ANCHORS
    assert (segment["anchors"][0][1], segment["anchors"][-1][1]) == (0, 19_999_000)
    assert read_clock(path).simulated_ms(1_000_000 + 7_654_321) == pytest.approx(7_654_321, abs=1)


@pytest.mark.parametrize(
    "text", ["", "[]", '{"format": "x"}', '{"format": "smearbench replay clock", "segments": [{}]}']
)
def test_file_that_is_no_clock_is_refused(tmp_path, text):
    (tmp_path / "clock.json").write_text(text)
    with pytest.raises(InputError, match="must be the clock of a replay, got"):
        read_clock(tmp_path / "clock.json")


def test_missing_clock_is_refused(tmp_path):
    with pytest.raises(InputError, match="must be the clock of a replay, got no file"):
        read_clock(tmp_path / "clock.json")
