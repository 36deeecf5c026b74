"""Own alerts, worked by hand: placed by the clock of a replay, counted where they lie outside, scored as rules are."""

import json

import pytest

from benchmarks.alerting.alert_lines import Alert
from benchmarks.alerting.own_rehearsal import ANY, OwnAlerts, rehearse_own
from benchmarks.alerting.own_tables import put_beside
from benchmarks.alerting.placing import open_clock, place_alerts
from benchmarks.alerting.rule_scores import Settings
from benchmarks.replay.clock_file import ReplayClock
from benchmarks.replay.replay_state import digest_observations
from simulator.dataset import open_dataset
from simulator.errors import InputError
from tests.tiny_dataset import DAY, START, write_tiny

# The tiny world: one wave on the second day of four that are scored, four exposures in its first hour.
AT_ONCE = Settings(warm_up_days=0, delay_minutes=0)
WALL = 1_795_000_000_000
# A day in a minute, two days, a pause of ten minutes, the rest.
CLOCK = ReplayClock(
    [
        (WALL, START),
        (WALL + 120_000, START + 2 * DAY),
        (WALL + 719_999, START + 2 * DAY),
        (WALL + 720_000, START + 2 * DAY),
        (WALL + 900_000, START + 5 * DAY),
    ],
    is_finished=True,
    pauses=[(WALL + 120_000, WALL + 720_000)],
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return open_dataset(write_tiny(tmp_path_factory.mktemp("own") / "world"))


def _at(*seconds, name="x"):
    return [Alert(WALL + round(1000 * second), name) for second in seconds]


@pytest.mark.parametrize(
    ("second", "simulated"),
    [
        (0, 0),
        (60, DAY),
        (90, 1.5 * DAY),
        (120, 2 * DAY),
        (400, 2 * DAY),
        (720, 2 * DAY),
        (780, 3 * DAY),
        (900, 5 * DAY),
    ],
)
def test_wall_clock_becomes_simulated_time(dataset, second, simulated):
    (alert,) = place_alerts(_at(second), dataset, CLOCK).alerts
    assert alert.time_ms == START + simulated


def test_alerts_outside_of_the_replay_are_counted_apart(dataset):
    placed = place_alerts(_at(-1, 60, 400, 900.001, 9999), dataset, CLOCK)
    assert placed.tally.to_json() == {"read": 5, "before_start": 1, "after_end": 2, "in_pause": 1}
    assert len(placed.alerts) == 2


def test_without_a_clock_times_are_simulated(dataset):
    alerts = [Alert(START - 1, "x"), Alert(START + DAY, "x"), Alert(START + 6 * DAY, "x")]
    placed = place_alerts(alerts, dataset, None)
    assert [alert.time_ms for alert in placed.alerts] == [START + DAY]
    assert (placed.tally.before_start, placed.tally.after_end, placed.until_ms) == (1, 1, None)


def _score(dataset, alerts, twin=None, clock=CLOCK, faults=None):
    placed = [None if some is None else place_alerts(some, dataset, clock) for some in (alerts, twin)]
    return rehearse_own(dataset, OwnAlerts(placed[0], placed[1], faults), AT_ONCE)


def test_alert_is_scored_with_its_real_delay_and_nothing_added(dataset):
    found = _score(dataset, _at(61.25))
    (rule,) = found["rules"]
    assert (rule["n_detected"], rule["n_waves"], rule["time_to_detect_hours"]) == (1, 1, 0.5)
    assert (rule["exposure_share_at_detection"], rule["lead_time_hours"]) == (0.5, 47.5)
    assert rule["alert_minutes_per_day"] is None
    assert found["twin_at_hand"] == [False]


def test_every_name_is_a_rule_and_all_together_are_one(dataset):
    found = _score(dataset, [*_at(62.5, name="late"), *_at(61.25, 10, name="soon")])
    hours = {rule["name"]: (rule["time_to_detect_hours"], rule["n_false_episodes"]) for rule in found["rules"]}
    assert hours == {"late": (1.0, 0), "soon": (0.5, 1), ANY: (0.5, 1)}


def test_silence_is_scored_too(dataset):
    (rule,) = _score(dataset, [])["rules"]
    assert (rule["name"], rule["n_detected"], rule["n_waves"]) == (ANY, 0, 1)


def test_alert_that_comes_in_the_twin_too_is_false(dataset):
    (rule,) = _score(dataset, _at(61.25), twin=_at(61.5))["rules"]
    assert (rule["n_detected"], rule["n_false_episodes"], rule["twin_alarms_per_day"]) == (0, 1, 0.25)


def test_name_of_the_twin_alone_is_listed(dataset):
    found = _score(dataset, _at(61.25), twin=_at(10, name="y"))
    assert [rule["name"] for rule in found["rules"]] == ["x", "y", ANY]


def test_replay_that_is_not_over_is_scored_as_far_as_it_came(dataset):
    clock = ReplayClock([(WALL, START), (WALL + 30_000, START + DAY // 2)])
    found = _score(dataset, _at(10), clock=clock)
    assert found["rules"][0]["n_waves"] == 0
    assert (found["own"]["replay_finished"], found["own"]["scored_until"]) == (False, "2025-05-01T12:00:00.001Z")


def test_unscored_alerts_are_told_apart(dataset):
    placed = place_alerts(_at(30, 60, 890), dataset, CLOCK)
    found = rehearse_own(dataset, OwnAlerts(placed), Settings(warm_up_days=1, delay_minutes=0))
    tally = found["own"]["alerts"]
    assert (tally["in_warm_up"], tally["scored"], tally["after_scored"]) == (2, 0, 1)


def test_too_many_names_are_refused(dataset):
    alerts = [Alert(WALL + place, f"n{place}") for place in range(201)]
    with pytest.raises(InputError, match="must have at most 200 names, got 201"):
        _score(dataset, alerts)


def test_faults_of_the_replay_are_told(dataset):
    faults = {"late": {"rate": 0.1, "n_events": 12}}
    assert _score(dataset, [], faults=faults)["own"]["faults"] == faults


def test_two_runs_stand_side_by_side(dataset):
    before, now = _score(dataset, _at(61.25)), _score(dataset, _at(62.5, name="y"))
    rows = put_beside(now, before)
    assert [(row["name"], row["other"] is None, row["this"] is None) for row in rows] == [
        ("y", True, False),
        ("x", False, True),
    ]
    assert rows[0]["this"]["time_to_detect_hours"] == 1.0


def _write_clock(path, **told):
    segments = [{"pace": "1x", "anchors": [[WALL, START, 1]]}]
    path.write_text(json.dumps({"format": "smearbench replay clock", "run": "r", "segments": segments, **told}))
    return path


def test_clock_of_another_dataset_is_refused(dataset, tmp_path):
    path = _write_clock(tmp_path / "c", dataset="0" * 64)
    with pytest.raises(InputError, match=r"must be the clock of a replay of .*, got one of another dataset"):
        open_clock(path, dataset)


@pytest.mark.parametrize("told", [{}, {"dataset": ""}, {"dataset": None}])
def test_clock_that_names_no_dataset_is_taken(dataset, tmp_path, told):
    told = {"dataset": digest_observations(dataset)} if told == {"dataset": None} else told
    clock = open_clock(_write_clock(tmp_path / "c", finished=True, faults={"gaps": {"n_events": 3}}, **told), dataset)
    assert (clock.is_finished, clock.faults) == (True, {"gaps": {"n_events": 3}})


@pytest.mark.parametrize(
    ("anchors", "place"),
    [
        ([[[WALL, START, 1], [WALL - 1, START, 2]]], "0.anchors.1"),
        ([[[WALL, START, 1], [WALL + 1, START - 1, 2]]], "0.anchors.1"),
        ([[[WALL, START, 1]], [], [[WALL - 1, START, 2]]], "2.anchors.0"),
    ],
)
def test_clock_that_goes_back_is_refused(dataset, tmp_path, anchors, place):
    path = _write_clock(tmp_path / "c", segments=[{"pace": "1x", "anchors": each} for each in anchors])
    with pytest.raises(InputError, match=rf"c: segments\.{place}: must be no earlier than the one before, got "):
        open_clock(path, dataset)


def test_clock_of_a_resumed_replay_may_begin_before_what_it_had_reached(dataset, tmp_path):
    anchors = [[[WALL, START + 9, 1], [WALL, START + 9, 2]], [[WALL + 5, START, 1]]]
    path = _write_clock(tmp_path / "c", segments=[{"pace": "1x", "anchors": each} for each in anchors])
    assert open_clock(path, dataset).end_wall_ms == WALL + 5
