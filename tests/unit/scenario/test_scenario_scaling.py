"""Sizes: another number of accounts, and a window of days around the launch."""

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import load_scenario, load_scenario_with_notes
from simulator.scenario.apportionment import split_largest_remainder

Write = Callable[..., Path]


@pytest.mark.parametrize(
    ("total", "weights", "least", "parts"),
    [
        (10, [1, 1, 1], [0, 0, 0], [4, 3, 3]),
        (10, [98, 1, 1], [1, 1, 1], [8, 1, 1]),
        (7, [5, 3, 2], [0, 0, 0], [4, 2, 1]),
        (3, [1000, 1, 1], [1, 1, 1], [1, 1, 1]),
        (5, [0, 0], [0, 0], [3, 2]),
        (0, [1, 2], [0, 0], [0, 0]),
    ],
)
def test_split_by_largest_remainder(total: int, weights: list[int], least: list[int], parts: list[int]) -> None:
    assert split_largest_remainder(total, weights, least) == parts


def test_split_that_cannot_give_the_least_is_refused() -> None:
    with pytest.raises(ValueError, match="a total of 3 cannot give at least 4"):
        split_largest_remainder(3, [1, 1], [2, 2])


def test_accounts_scale_every_population() -> None:
    scenario = load_scenario("ev_launch", accounts=20_000)
    assert (scenario.organic.accounts, scenario.operators["agency"].accounts) == (18_000, 2_000)


def test_posts_of_explicit_pushes_scale_with_their_operator() -> None:
    full, small = load_scenario("ev_launch"), load_scenario("ev_launch", accounts=20_000)
    for name, push in full.operators["agency"].pushes.items():
        assert small.operators["agency"].pushes[name].posts == push.posts // 5


def test_communities_scale(write_scenario: Write) -> None:
    path = write_scenario(("accounts: 90", "accounts: 90\n  communities: 9"))
    assert load_scenario(path, accounts=1000).organic.communities == 90


@pytest.mark.parametrize("accounts", [-5, 0, 21, 10_000_001])
def test_impossible_number_of_accounts_is_refused(write_scenario: Write, accounts: int) -> None:
    message = rf"--accounts: must be between 22 \(20 organic and one of every squad\) and 10,000,000, got {accounts}\."
    with pytest.raises(ScenarioError, match=message):
        load_scenario(write_scenario(), accounts=accounts)


def test_exposure_log_goes_off_in_large_worlds() -> None:
    scenario, notes = load_scenario_with_notes("classroom", accounts=30_000)
    assert not scenario.exposure_log
    assert notes == ("exposure_log is off: the world has more than 20,000 accounts",)


def test_days_keep_the_proportion_around_the_launch(write_scenario: Write) -> None:
    scenario, notes = load_scenario_with_notes(write_scenario(), days=14)
    assert (str(scenario.start), str(scenario.end), scenario.n_days) == ("T-12d 19:00", "T+2d 19:00", 14)
    assert "the run is cut to T-12d 19:00 to T+2d 19:00" in notes


def test_one_day_is_the_launch_day() -> None:
    scenario = load_scenario("ev_launch", days=1)
    assert scenario.start_ms <= scenario.launch_ms < scenario.end_ms
    assert scenario.n_days == 1


@pytest.mark.parametrize(("end", "start"), [("T-10d", "T-15d 19:00"), ("T", "T-5d 19:00")])
def test_window_stays_inside_a_run_that_ends_before_the_launch(write_scenario: Write, end: str, start: str) -> None:
    path = write_scenario(("end: T+5d", f"end: {end}"), ("time: T-12d", "time: T-16d"))
    scenario = load_scenario(path, days=5)
    assert (str(scenario.start), str(scenario.end)) == (start, end)


def test_as_many_days_as_the_run_change_nothing(write_scenario: Write) -> None:
    path = write_scenario()
    assert load_scenario_with_notes(path, days=35) == (load_scenario(path), ())


def test_more_days_than_the_run_are_told(write_scenario: Write) -> None:
    path = write_scenario()
    note = "the run has only 35 days: --days 99 changes nothing"
    assert load_scenario_with_notes(path, days=99) == (load_scenario(path), (note,))


@pytest.mark.parametrize("days", [0, -1])
def test_no_days_are_refused(write_scenario: Write, days: int) -> None:
    with pytest.raises(ScenarioError, match=f"--days: must be at least 1, got {days}"):
        load_scenario(write_scenario(), days=days)


def test_push_across_the_edge_is_clipped_with_its_posts(write_scenario: Write) -> None:
    scenario, notes = load_scenario_with_notes(write_scenario(("end: T-18d", "end: T-4d")), days=14)
    push = scenario.operators["agency"].pushes["first"]
    assert (str(push.start), str(push.end), push.posts) == ("T-12d 19:00", "T-4d", 25)
    assert "operators.agency.pushes.first is clipped to T-12d 19:00 to T-4d" in notes


def test_what_lies_outside_is_dropped_and_told(write_scenario: Write) -> None:
    phase = "      early: {start: T-25d, end: T-20d, pushes_per_week: 1, posts_per_account: 1}\n"
    path = write_scenario(("end: T+5d", "end: T+5d\nevaluate_until: T-20d"), more=f"    plan:\n{phase}")
    scenario, notes = load_scenario_with_notes(path, days=7)
    agency = scenario.operators["agency"]
    assert (scenario.events, agency.pushes, agency.plan, scenario.evaluate_until) == ({}, {}, {}, None)
    assert notes[1:] == (
        "operators.agency.pushes.first (T-20d to T-18d) is outside: dropped",
        "operators.agency.plan.early (T-25d to T-20d) is outside: dropped",
        "events.teaser (T-12d) is outside: dropped",
        "evaluate_until (T-20d) is outside: the default is taken",
    )


def test_break_up_before_the_window_silences_the_operator() -> None:
    scenario, notes = load_scenario_with_notes("ev_launch", days=5)
    agency = scenario.operators["agency"]
    assert (agency.pushes, agency.plan, agency.break_up) == ({}, {}, None)
    assert "operators.agency is broken up before the window (T-7d 09:00): it commands nothing" in notes
    assert scenario.prevalence == pytest.approx(0.1)


def test_break_up_after_the_window_is_dropped() -> None:
    scenario, notes = load_scenario_with_notes("classroom", days=14)
    assert scenario.operators["agency"].break_up is None
    assert "operators.agency.break_up (T+6d 09:00) is outside: dropped" in notes


def test_batches_after_the_window_leave_their_share_to_the_earlier(write_scenario: Write) -> None:
    shares = {"a": "{time: T-40d, share: 0.3}", "b": "{time: T-9d, share: 0.3}", "c": "{time: T+4d, share: 0.4}"}
    batches = "    batches:\n" + "".join(f"      {name}: {batch}\n" for name, batch in shares.items())
    scenario, notes = load_scenario_with_notes(write_scenario(more=batches), days=7)
    kept = {name: batch.share for name, batch in scenario.operators["agency"].batches.items()}
    assert kept == {"a": 0.5, "b": 0.5}
    assert "operators.agency.batches: c would come after the window: the earlier ones take their share" in notes


@pytest.mark.parametrize(
    ("accounts", "prevalence", "operated"),
    [(4000, 0.02, 80), (4000, 0.1, 400), (4000, 0.001, 5), (1000, 0.0001, 5), (100, 0.9, 80)],
)
def test_prevalence_decides_who_is_operated(accounts: int, prevalence: float, operated: int) -> None:
    """At the least one account a squad, and never less than 20 organic ones."""
    scenario = load_scenario("ev_launch", accounts=accounts, prevalence=prevalence)
    assert (scenario.organic.accounts, scenario.operators["agency"].accounts) == (accounts - operated, operated)


def test_prevalence_alone_keeps_the_size() -> None:
    scenario = load_scenario("classroom", prevalence=0.5)
    assert (scenario.n_accounts, scenario.organic.accounts) == (600, 300)


def test_posts_of_pushes_follow_the_prevalence() -> None:
    full, rare = load_scenario("classroom"), load_scenario("classroom", prevalence=0.05)
    for name, operator in full.operators.items():
        for push, settings in operator.pushes.items():
            assert rare.operators[name].pushes[push].posts == max(1, (settings.posts + 1) // 2)


def test_what_follows_from_another_prevalence_than_the_files_is_not_expected() -> None:
    other = load_scenario("classroom", prevalence=0.5).expected
    assert other.prevalence is other.pushed_share is None
    assert load_scenario("classroom", accounts=400).expected.prevalence == (0.09, 0.11)


def test_prevalence_changes_nothing_without_operators() -> None:
    assert load_scenario("quiet_launch", prevalence=0.5) == load_scenario("quiet_launch")


@pytest.mark.parametrize("prevalence", [0.0, 1.0, -0.1, 1.5])
def test_impossible_prevalence_is_refused(prevalence: float) -> None:
    message = rf"--prevalence: must be between 0 and 1, both exclusive, got {prevalence:g}\."
    with pytest.raises(ScenarioError, match=message):
        load_scenario("classroom", prevalence=prevalence)


@pytest.mark.parametrize("days", [10, 20, 33])
def test_rallies_of_rounds_keep_their_rhythm_in_a_cut_run(days: int) -> None:
    whole, cut = load_scenario("brand_marketing"), load_scenario("brand_marketing", days=days)
    for name, rally in cut.rallies.items():
        shift = cut.at(rally.start) - whole.at(whole.rallies[name].start)
        assert shift % round((rally.every_hours or 1) * 3_600_000) == 0
        assert cut.start_ms <= cut.at(rally.start) < cut.at(rally.end) <= cut.end_ms


def test_rallies_outside_a_cut_run_are_dropped_and_said() -> None:
    scenario, notes = load_scenario_with_notes("organic_outrage", days=7)
    assert scenario.rallies == {}
    assert sum(note.startswith("rallies.open_letter (") and note.endswith("is outside: dropped") for note in notes) == 1
