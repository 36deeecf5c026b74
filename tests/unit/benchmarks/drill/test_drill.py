"""A drill from set-up to reveal: the truth stays sealed, a change of it is found, and who called when is told."""

import base64
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from benchmarks.alerting.alert_lines import Alert
from benchmarks.drill.call_scores import score_calls
from benchmarks.drill.calls import call, read_calls
from benchmarks.drill.drill_folder import Run, Stage, name_key, open_run, read_key
from benchmarks.drill.playing import play, read_played
from benchmarks.drill.revealing import reveal
from benchmarks.drill.secret_times import move_pushes
from benchmarks.drill.setting_up import set_up
from benchmarks.replay.clock_file import ReplayClock
from simulator.dataset import open_dataset
from simulator.dataset.context import to_iso
from simulator.errors import InputError, OutputError
from simulator.scenario import scenario_yaml
from simulator.simulation import simulate
from tests.tiny_dataset import DAY, HOUR, START, write_tiny
from tests.worlds import operator, plain, scenario_from

SEED = 0x5EED_5EED_5EED_5EED
SCENARIO = plain(id="secret_of_the_drill", operators={"hidden_agency": operator()}, exposure_log=False)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module", autouse=True)
def lived(tmp_path_factory):
    """Let every world of this file be lived once and copied from then on."""
    worlds = tmp_path_factory.mktemp("lived")

    def live(scenario, seed, out, **_):
        world = worlds / f"{scenario.id}-{seed}"
        if not world.exists():
            simulate(scenario, seed, world)
        shutil.copytree(world, out)

    with pytest.MonkeyPatch.context() as patch:
        for module in ("setting_up", "revealing"):
            patch.setattr(f"benchmarks.drill.{module}.simulate", live)
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Give a folder with a drill that was set up and one that was played, both of the same world."""
    folder = tmp_path_factory.mktemp("drill")
    played = read_played(f"ndjson:{folder / 'events.ndjson'}", None, 0.0, ())
    set_up(scenario_from(SCENARIO), played, folder / "ready", folder / "ready.key.json", SEED)
    shutil.copytree(folder / "ready", folder / "over")
    shutil.copy(folder / "ready.key.json", folder / "over.key.json")
    play(open_run(folder / "over"), None, lambda _: None)
    return folder


@pytest.fixture
def copy(home, tmp_path):
    """Give a function that copies one of the two drills, with its key."""

    def _copy(name: str) -> tuple[Run, Path]:
        shutil.copytree(home / name, tmp_path / name)
        key = name_key(tmp_path / name)
        shutil.copy(home / f"{name}.key.json", key)
        return open_run(tmp_path / name), key

    return _copy


def _secrets(home: Path) -> dict[str, bytes]:
    """Return what must be found nowhere."""
    key = read_key(home / "ready.key.json")
    seed = SEED.to_bytes(8, "big")
    return {
        "seed": str(SEED).encode(),
        "seed in hexadecimal": f"{SEED:x}".encode(),
        "seed in bytes": seed,
        "seed in bytes, turned": seed[::-1],
        "seed in base 64": base64.b64encode(seed).rstrip(b"="),
        "nonce": key.nonce.encode(),
        "content": key.content.encode(),
        "scenario": b"secret_of_the_drill",
        "operator": b"hidden_agency",
        "tactic": b"misinformation",
        "push": b"T-2d 09:00",
        "narrative": b"battery_fire",
    }


@pytest.mark.parametrize("name", ["ready", "over"])
def test_folder_of_a_drill_tells_nothing_before_the_reveal(home, name):
    hidden = _secrets(home)
    for path in _files(home / name):
        content = path.read_bytes() + str(path.relative_to(home)).encode()
        assert [what for what, secret in hidden.items() if secret in content] == [], path
    assert not [path for path in _files(home / name) if "truth" in str(path.relative_to(home))]


def test_key_would_tell(home):
    content = (home / "ready.key.json").read_bytes()
    assert {what for what, secret in _secrets(home).items() if secret in content} >= {
        "seed",
        "nonce",
        "operator",
        "push",
    }


def test_parquet_of_a_drill_carries_no_marks_but_that_it_is_synthetic(home):
    for path in _files(home / "ready/observations"):
        if path.suffix == ".parquet":
            kept = {name for name in pq.read_schema(path).metadata or {} if b"smearbench" in name}
            assert kept <= {b"smearbench.synthetic", b"smearbench.schema_version"}


def test_key_is_for_its_owner_alone(home):
    assert (home / "ready.key.json").stat().st_mode & 0o777 == 0o600
    assert not list(home.glob(".*.secret-*"))


def test_nothing_later_than_the_scored_end_is_shown(home):
    drill = open_run(home / "ready").drill
    times = [json.loads(line)["time"] for line in (home / "events.ndjson").read_text().splitlines()]
    assert times == sorted(times)
    assert times[-1] < to_iso(drill.until_ms)


def test_seed_is_drawn_anew_for_every_drill(tmp_path, monkeypatch):
    seeds = []

    def note(_, seed, out, **__):
        seeds.append(seed)
        raise OutputError(f"{out}: enough.")

    monkeypatch.setattr("benchmarks.drill.setting_up.simulate", note)
    for _ in range(3):
        with pytest.raises(OutputError, match="enough"):
            set_up(scenario_from(SCENARIO), read_played("stdout", None, 0.0, ()), tmp_path / "a", tmp_path / "a.key")
    assert len({*seeds}) == 3
    assert max(seeds) > 1 << 48  # by chance not, once in 2^48
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("drawn", "moved"), [(0, -24), (24, 0), (30, 6), (48, 24)])
def test_written_pushes_are_moved_and_keep_their_length(monkeypatch, drawn, moved):
    data = SCENARIO | {"start": "T-6d 00:00", "end": "T+2d 00:00"}
    scenario = scenario_from(data)
    monkeypatch.setattr("benchmarks.drill.secret_times.secrets.randbelow", lambda _: drawn)
    found = move_pushes(scenario)
    edges = [
        [one.at(getattr(one.operators["hidden_agency"].pushes["first"], edge)) for edge in ("start", "end")]
        for one in (scenario, found)
    ]
    assert [after - before for before, after in zip(*edges, strict=True)] == [moved * HOUR] * 2


def test_push_that_cannot_be_moved_so_far_is_moved_less(monkeypatch):
    # Five hours lie between its end and the run's; of 24, 12, 6 and 3 hours the last one fits.
    monkeypatch.setattr("benchmarks.drill.secret_times.secrets.randbelow", lambda most: most - 1)
    push = {"narrative": "fire", "start": "T-1d 09:00", "end": "T 19:00", "posts": 60}
    operators = {"hidden_agency": operator(pushes={"first": push})}
    scenario = scenario_from(SCENARIO | {"operators": operators})
    found = move_pushes(scenario)
    moved = [one.at(one.operators["hidden_agency"].pushes["first"].start) for one in (scenario, found)]
    assert moved[1] - moved[0] == 3 * HOUR


def test_pushes_that_cannot_be_moved_are_told(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.drill.secret_times.secrets.randbelow", lambda most: most - 1)
    push = {"narrative": "fire", "start": "T-1d 09:00", "end": "T+1d 00:00", "posts": 60}
    scenario = scenario_from(SCENARIO | {"operators": {"hidden_agency": operator(pushes={"first": push})}})
    assert move_pushes(scenario) is scenario
    assert "no written push could be moved" in capsys.readouterr().err


def test_scenario_without_written_pushes_is_left_as_it_is():
    scenario = scenario_from(plain())
    assert move_pushes(scenario) is scenario


def test_commitment_is_another_every_time(home, tmp_path):
    played = read_played("stdout", None, 0.0, ())
    run = set_up(scenario_from(SCENARIO), played, tmp_path / "a", tmp_path / "a.key", SEED)
    ready = open_run(home / "ready").drill
    assert run.drill.files == ready.files
    assert run.drill.commitment != ready.commitment


def test_reveal_twice_is_the_same_and_opens_the_world(copy):
    run, key = copy("over")
    first = reveal(run, key)
    content = (run.path / "reveal.json").read_bytes()
    assert reveal(run, key) == first
    assert (run.path / "reveal.json").read_bytes() == content
    assert (first["scenario"], first["seed"], first["given_up"]) == ("secret_of_the_drill", SEED, False)
    assert (first["summary"]["waves"], first["summary"]["called"]) == (1, 0)
    assert open_dataset(run.path / "world").manifest.scenario.id == "secret_of_the_drill"
    assert run.stage is Stage.revealed


def test_world_that_was_revealed_is_the_one_that_was_played(copy):
    run, key = copy("over")
    reveal(run, key)
    world, seen = open_dataset(run.path / "world"), run.open_observations()
    posts = world.table("posts", ["post_id"])["post_id"].to_pylist()
    assert seen.table("posts", ["post_id"])["post_id"].to_pylist() == posts[: seen.counts["posts"]]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("seed", SEED + 1), ("scenario", "id: other\n")),
        *(("nonce", "0" * 64), ("content", "0" * 64), ("commitment", "0" * 64)),
    ],
)
def test_changed_key_is_found(copy, name, value):
    run, key = copy("over")
    content = json.loads(key.read_text())
    key.write_text(json.dumps(content | {name: value}))
    with pytest.raises(InputError, match="must be the truth that was sealed, of the commitment"):
        reveal(run, key)
    assert not (run.path / "world").exists()


def test_key_of_another_drill_is_refused(copy, tmp_path):
    run, _ = copy("over")
    set_up(scenario_from(SCENARIO), read_played("stdout", None, 0.0, ()), tmp_path / "b", tmp_path / "b.key", SEED)
    with pytest.raises(InputError, match="It is the key of another drill"):
        reveal(run, tmp_path / "b.key")


def test_changed_observations_are_found(copy):
    run, key = copy("over")
    path = run.path / "observations/context.json"
    path.write_text(path.read_text().replace("launch", "lunch"))
    with pytest.raises(InputError, match="must be as it was sealed, got another content"):
        reveal(run, key)
    with pytest.raises(InputError, match="must be as it was sealed"):
        play(run, None, lambda _: None)


def test_truth_that_was_changed_after_the_reveal_is_found(copy, home, tmp_path):
    run, key = copy("over")
    reveal(run, key)
    shutil.rmtree(run.path / "world")
    write_tiny(run.path / "world")  # whole, and another one
    with pytest.raises(InputError, match=r"must be the truth that was sealed, got another one. It was changed"):
        reveal(run, key)


def test_calls_that_were_changed_after_the_reveal_are_found(copy):
    run, key = copy("over")
    run.alerts_file.write_text(Alert(START, "early").to_line())
    reveal(run, key)
    run.alerts_file.write_text(Alert(START + 1, "early").to_line())
    with pytest.raises(InputError, match="must be the calls of the first reveal, got others"):
        reveal(run, key)


@pytest.mark.parametrize("name", ["ready", "over"])
def test_call_is_refused_when_the_drill_does_not_run(copy, name):
    run, _ = copy(name)
    with pytest.raises(InputError, match=r"must be a drill that runs, got one that is (not begun|over)\. "):
        call(run, "too late")
    assert run.n_alerts == 0


def _interrupt(run: Run) -> Run:
    """Make a played drill look as if it had been stopped half way."""
    path = run.path / "play.clock.json"
    content = json.loads(path.read_text())
    (segment,) = content["segments"]
    first, last = segment["anchors"][0], segment["anchors"][-1]
    middle = [first[0] + 60_000, (first[1] + last[1]) // 2, 2]
    path.write_text(json.dumps(content | {"finished": False, "segments": [segment | {"anchors": [first, middle]}]}))
    return run


def test_call_is_kept_at_once_with_its_kind(copy):
    run = _interrupt(copy("over")[0])
    call(run, "copied texts", now=lambda: 1_795_000_000.5)
    call(run, "petition", is_crisis=True, now=lambda: 1_795_000_001)
    assert read_calls(run) == [
        Alert(1_795_000_000_500, "copied texts"),
        Alert(1_795_000_001_000, "petition", "crisis"),
    ]


def test_truth_is_not_opened_before_the_end(copy):
    run, key = copy("over")
    with pytest.raises(InputError, match="must be over before the truth is opened, got one that is begun"):
        reveal(_interrupt(run), key)
    assert not (run.path / "world").exists()


def test_drill_that_was_given_up_is_judged_as_far_as_it_came_and_not_played_on(copy):
    run, key = copy("over")
    found = reveal(_interrupt(run), key, give_up=True)
    assert found["given_up"]
    assert found["played_until"] < to_iso(run.drill.until_ms)
    with pytest.raises(InputError, match="must be played before its truth is opened, got one that is revealed"):
        play(run, None, lambda _: None)
    assert reveal(run, key) == found


def test_drill_that_plays_is_not_revealed(copy):
    from benchmarks.replay.replay_state import hold

    run, key = copy("over")
    with (
        hold(run.path / "play.state.json"),
        pytest.raises(InputError, match="must be over before its truth is opened, got a drill that plays"),
    ):
        reveal(run, key, give_up=True)


def test_existing_outputs_are_refused(copy, tmp_path):
    run, key = copy("ready")
    played, scenario = read_played("stdout", None, 0.0, ()), scenario_from(SCENARIO)
    with pytest.raises(OutputError, match=r"is a drill already. Go on with it: smearbench drill resume"):
        set_up(scenario, played, run.path, tmp_path / "new.key")
    with pytest.raises(OutputError, match=r"exists already. Remove it when its drill is gone"):
        set_up(scenario, played, tmp_path / "new", key)
    with pytest.raises(InputError, match="--key: must lie outside of"):
        set_up(scenario, played, tmp_path / "new", tmp_path / "new/key")
    (tmp_path / "full").mkdir()
    (tmp_path / "full/precious").touch()
    with pytest.raises(OutputError, match=r"exists already. Choose another name"):
        set_up(scenario, played, tmp_path / "full", tmp_path / "new.key")


def test_key_of_a_drill_that_could_not_be_placed_does_not_stay(tmp_path, monkeypatch):
    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("benchmarks.drill.setting_up.publish", fail)
    with pytest.raises(OutputError, match="the disk is full"):
        set_up(scenario_from(SCENARIO), read_played("stdout", None, 0.0, ()), tmp_path / "a", tmp_path / "a.key", SEED)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_set_up_left_is_removed(tmp_path):
    left = tmp_path / ".a.secret-left"
    left.mkdir()
    (left / "truth").touch()
    set_up(scenario_from(SCENARIO), read_played("stdout", None, 0.0, ()), tmp_path / "a", tmp_path / "a.key", SEED)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.key"]


def test_target_is_checked_before_a_world_is_lived(tmp_path):
    with pytest.raises(InputError, match="must lead to a loopback or private address"):
        read_played("http://192.0.2.1/", "1x", None, ())
    (tmp_path / "events").write_text("precious\n")
    with pytest.raises(OutputError, match=r"is there already\. Name a new file"):
        read_played(f"ndjson:{tmp_path / 'events'}", "1x", None, ())


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"format": "smearbench drill"}'])
def test_folder_that_is_no_drill_is_refused(tmp_path, broken):
    (tmp_path / "drill.json").write_text(broken)
    with pytest.raises(InputError, match="must be the file of a drill"):
        open_run(tmp_path)


# The tiny world: a wave on the second day of four, four exposures in its first hour. A day in a minute.
WALL = 1_795_000_000_000
CLOCK = ReplayClock([(WALL, START), (WALL + 300_000, START + 5 * DAY)], is_finished=True)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("tiny") / "world"))


def _call(hour, name="x", kind="attack"):
    return Alert(WALL + round(hour * 2500), name, kind)


def test_wave_is_told_with_when_it_was_called(tiny):
    found = score_calls(tiny, [_call(24.5, "brakes?"), _call(30), _call(80)], CLOCK)
    (wave,) = found["waves"]
    assert wave == {
        "start": to_iso(START + DAY),
        "end": to_iso(START + 2 * DAY),
        "tactics": ["misinformation"],
        "narratives": ["brakes"],
        "called": to_iso(START + DAY + HOUR // 2),
        "by": "brakes?",
        "hours_late": 0.5,
        "seconds_late": 1.2,
        "exposures": 4,
        "exposures_before": 2,
        "exposure_share_before": 0.5,
    }
    assert found["summary"] | {"called_by_chance": 0} == {
        "waves": 1,
        "called": 1,
        "median_hours_late": 0.5,
        "exposure_share_before": 0.5,
        "false_calls": 1,
        "crises": 0,
        "crises_rightly": 0,
        "crises_as_attack": 0,
        "crisis_calls_without_one": 0,
        "called_by_chance": 0,
    }


@pytest.mark.parametrize(("kind", "name"), [("attack", "false_calls"), ("crisis", "crisis_calls_without_one")])
def test_call_in_the_first_minutes_is_judged_too(tiny, kind, name):
    found = score_calls(tiny, [_call(0, kind=kind), _call(0.05, kind=kind)], CLOCK)
    assert (len(found["calls"]), found["summary"][name]) == (2, 1)


def test_missed_wave_has_been_seen_by_all(tiny):
    (wave,) = score_calls(tiny, [_call(10)], CLOCK)["waves"]
    assert (wave["called"], wave["hours_late"], wave["exposures_before"]) == (None, None, 4)


@pytest.mark.parametrize(
    ("calls", "taken_for", "rightly", "as_attack", "false", "without"),
    [
        ([], "nothing", 0, 0, 0, 0),
        ([_call(60, kind="crisis")], "a crisis", 1, 0, 0, 0),
        ([_call(60)], "an attack", 0, 1, 0, 0),
        ([_call(60), _call(61, kind="crisis")], "a crisis", 1, 0, 0, 0),
        ([_call(26, kind="crisis")], "nothing", 0, 0, 0, 1),
        ([_call(80)], "nothing", 0, 0, 1, 0),
    ],
)
def test_crisis_is_told_with_what_it_was_taken_for(
    tiny, monkeypatch, calls, taken_for, rightly, as_attack, false, without
):
    crisis = (np.array([START + 55 * HOUR]), np.array([START + 70 * HOUR]))
    monkeypatch.setattr("benchmarks.drill.call_scores.find_crises", lambda _: crisis)
    found = score_calls(tiny, calls, CLOCK)
    assert [one["taken_for"] for one in found["crises"]] == [taken_for]
    names = ("crises_rightly", "crises_as_attack", "false_calls", "crisis_calls_without_one")
    assert tuple(found["summary"][name] for name in names) == (rightly, as_attack, false, without)


def test_what_was_not_played_is_not_held_against_the_team(tiny):
    clock = ReplayClock([(WALL, START), (WALL + 30_000, START + DAY // 2)])
    found = score_calls(tiny, [], clock)
    assert (found["waves"], found["summary"]["waves"]) == ([], 0)


def test_scenario_of_the_key_is_the_whole_one(home):
    assert read_key(home / "ready.key.json").scenario == scenario_yaml(scenario_from(SCENARIO))
