"""Sliders: what can be turned, what may be asked, and the scenario that follows."""

import pytest

from benchmarks.live.sliders import DAY_MS, list_sliders, make_overrides, read_changes
from simulator.errors import InputError
from simulator.scenario import load_scenario

NEVER = 7


@pytest.fixture(scope="module")
def classroom():
    return load_scenario("classroom")


def turn(scenario, changes, **options):
    overrides = make_overrides(scenario, changes, NEVER)
    return load_scenario(scenario.id, overrides=overrides, **options)


def list_windows(scenario):
    """Return (start, end) of every phase and push, ms."""
    operators = scenario.operators.values()
    parts = [part for o in operators for part in (*o.plan.values(), *o.pushes.values())]
    return sorted((scenario.at(part.start), scenario.at(part.end)) for part in parts)


def test_sliders_start_where_the_scenario_is(classroom):
    found = {s.name: (s.low, s.value, s.high) for s in list_sliders(classroom, 3)}
    assert found == {
        "stop": (-34, 6, 7),
        "begin": (-35, -28, 6),
        "hiding": (0, None, 5),
        "share": (1, 10, 30),
        "shift": (-14, 0, 14),
        "seed": (0, 3, 9999),
    }


def test_world_without_operators_has_only_a_seed():
    assert [s.name for s in list_sliders(load_scenario("quiet_launch"), 1)] == ["seed"]


def test_level_that_all_squads_share_is_shown(classroom):
    same = load_scenario("classroom", overrides=["operators.all.squads.all.evasion=L3"])
    assert next(s.value for s in list_sliders(same, 1) if s.name == "hiding") == 3


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], r"changes: must be a mapping, got \[\]\."),
        ("stop", "changes: must be a mapping, got 'stop'"),
        ({"evade": 1}, "changes: must be of stop, begin, hiding, share, shift, seed, got 'evade'"),
        ({"stop": 8}, "changes.stop: must be a whole number from -34 to 7, got 8"),
        ({"stop": -35}, "changes.stop: must be a whole number from -34 to 7, got -35"),
        ({"stop": 1.0}, "changes.stop: must be a whole number .*, got 1.0"),
        ({"stop": True}, "changes.stop: must be a whole number .*, got True"),
        ({"stop": None}, "changes.stop: must be a whole number .*, got None"),
        ({"seed": "9" * 99}, r"changes.seed: must be a whole number .*, got '9{56}\.\.\."),
    ],
)
def test_wish_that_is_no_slider_is_refused(classroom, given, message):
    with pytest.raises(InputError, match=message):
        read_changes(given, list_sliders(classroom, 1))


def test_what_equals_the_scenario_is_no_change(classroom):
    wish = {"stop": 6, "begin": -28, "share": 10, "shift": 0, "seed": 1, "hiding": 2}
    assert read_changes(wish, list_sliders(classroom, 1)) == {"hiding": 2}


def test_seed_and_share_override_nothing(classroom):
    assert make_overrides(classroom, {"seed": 5, "share": 3}, NEVER) == []


def test_hiding_is_the_level_of_every_squad(classroom):
    turned = turn(classroom, {"hiding": 5})
    assert {squad.evasion.value for squad in turned.operators["agency"].squads.values()} == {"L5"}


def test_stop_is_a_break_up_at_the_usual_hour_and_nothing_begins_after(classroom):
    turned = turn(classroom, {"stop": -10})
    break_up = turned.operators["agency"].break_up
    assert (str(break_up.time), break_up.removed_share) == ("T-10d 09:00", 0.7)
    assert max(end for _, end in list_windows(turned)) == turned.at(break_up.time)


def test_stop_at_its_highest_is_no_break_up(classroom):
    turned = turn(classroom, {"stop": NEVER})
    assert turned.operators["agency"].break_up is None
    assert list_windows(turned) == list_windows(classroom)


def test_late_begin_cuts_what_lies_before(classroom):
    turned = turn(classroom, {"begin": -10})
    begin = turned.launch_ms - 10 * DAY_MS
    assert [start for start, _ in list_windows(turned)] == [
        max(begin, start) for start, end in list_windows(classroom) if end > begin
    ]


def test_posts_of_a_push_that_is_cut_shrink_with_it(classroom):
    turned = turn(classroom, {"begin": -23})
    push, whole = (s.operators["agency"].pushes["first_rumour"] for s in (turned, classroom))
    share = (turned.at(push.end) - turned.at(push.start)) / (classroom.at(whole.end) - classroom.at(whole.start))
    assert push.posts == round(90 * share)
    assert 0 < share < 1


def test_early_begin_draws_the_first_phase_forward_alone(classroom):
    turned = turn(classroom, {"begin": -33})
    before, after = list_windows(classroom), list_windows(turned)
    assert after[0] == (classroom.launch_ms - 33 * DAY_MS, before[0][1])
    assert after[1:] == before[1:]


def test_launch_moves_and_the_campaign_stays_on_the_calendar(classroom):
    turned = turn(classroom, {"shift": 2})
    assert turned.launch_ms - classroom.launch_ms == 2 * DAY_MS
    assert list_windows(turned) == list_windows(classroom)


def test_campaign_that_is_stopped_before_it_begins_has_no_push(classroom):
    assert list_windows(turn(classroom, {"stop": -20, "begin": -10})) == []


CAMPAIGNS = ["classroom", "ev_launch", "flash_attack", "hijacked_accounts", "random_timing", "two_operators"]


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_every_corner_is_a_scenario(name):
    scenario = load_scenario(name)
    sliders = {s.name: s for s in list_sliders(scenario, 1)}
    never = sliders["stop"].high
    for corner in ("low", "high"):
        changes = {name: getattr(slider, corner) for name, slider in sliders.items()}
        for left_out in (None, "stop", "begin"):
            kept = {name: value for name, value in changes.items() if name != left_out}
            turned = load_scenario(name, overrides=make_overrides(scenario, kept, never), accounts=400, days=30)
            assert turned.n_accounts == 400
