"""The stage: a world as `simulate` makes it, one at a time, and the newest wish wins."""

import threading
import time

import pytest

from benchmarks.live.stage import MOST_ACCOUNTS, MOST_DAYS, Cast, Shown, Stage, Superseded
from benchmarks.report.page_file import write_page
from benchmarks.report.payload import describe_run
from simulator import load_scenario, open_dataset, simulate
from simulator.errors import InputError, ScenarioError

SMALL = Cast("classroom", accounts=200, days=4)


@pytest.fixture
def no_litter(tmp_path, monkeypatch):
    """Make temporary folders where they can be counted, and count them at the end."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    yield
    assert list(tmp_path.iterdir()) == []


def test_world_without_changes_is_the_scenarios_own(no_litter, tmp_path_factory):
    shown = Stage(SMALL).perform({})
    scenario = load_scenario("classroom", overrides=["exposure_log=false"], accounts=200, days=4)
    folder = tmp_path_factory.mktemp("own") / "world"
    run = simulate(scenario, 1, folder)
    own = describe_run(open_dataset(folder))
    assert shown.page == write_page([own.visible], [own.truth], {})  # bets would cost a third of a second a turn
    assert shown.figures["posts"] == run.counters["posts"]


def test_wish_that_is_followed_by_a_newer_one_is_given_up(no_litter):
    stage, answers = Stage(SMALL), {}

    def wish(name, changes):
        try:
            answers[name] = stage.perform(changes)
        except Superseded:
            answers[name] = "superseded"

    threads = [threading.Thread(target=wish, args=(seed, {"seed": seed})) for seed in (2, 3, 4)]
    with stage._playing:
        for number, thread in enumerate(threads, start=1):
            thread.start()
            while stage._n_wishes < number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert (answers[2], answers[3]) == ("superseded", "superseded")
    assert answers[4].changes == {"seed": 4}


def test_world_that_is_being_made_stops_when_a_newer_wish_comes(no_litter):
    class Hurried(Stage):
        n_checks = 0

        def _check(self, window, number):
            self.n_checks += 1
            if self.n_checks == 3:
                self._count(window)
            super()._check(window, number)

    stage = Hurried(SMALL)
    with pytest.raises(Superseded):
        stage.perform({})
    assert stage.n_checks == 3


def test_another_windows_wish_is_waited_for(no_litter):
    stage, answers = Stage(SMALL), {}
    threads = [
        threading.Thread(target=lambda w=window: answers.update({w: stage.perform({"stop": -1}, w)}))
        for window in ("one", "two")
    ]
    with stage._playing:
        for thread in threads:
            thread.start()
        while stage._n_wishes < 2:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert answers["one"].page is answers["two"].page


def test_world_that_was_made_lately_is_not_made_again(no_litter, monkeypatch):
    stage = Stage(SMALL)
    first = stage.perform({"stop": -1})
    monkeypatch.setattr(stage, "_play", lambda *_: pytest.fail("made again"))
    again = stage.perform({"stop": -1})
    assert (again.page, again.figures) == (first.page, first.figures)


def test_only_the_last_worlds_are_kept(monkeypatch):
    stage, made = Stage(SMALL), []

    def play(scenario, changes, window, number):
        made.append(changes["seed"])
        return Shown("", {}, changes, 0.0)

    monkeypatch.setattr(stage, "_play", play)
    for seed in (*range(2, 8), 2, 8, 2, 3):
        stage.perform({"seed": seed})
    assert made == [2, 3, 4, 5, 6, 7, 8, 3]


def test_closed_stage_makes_no_world():
    stage = Stage(SMALL)
    stage.close()
    with pytest.raises(Superseded):
        stage.perform({})


@pytest.mark.parametrize(
    ("cast", "message"),
    [
        (
            Cast("classroom", accounts=MOST_ACCOUNTS + 1),
            r"--accounts: must be at most 3,000 to be played with, got 3,001",
        ),
        (Cast("classroom", days=MOST_DAYS + 1), r"--days: must be at most 90 to be played with, got 91"),
    ],
)
def test_world_too_large_to_play_with_is_refused(cast, message):
    with pytest.raises(InputError, match=message):
        Stage(cast)


def test_large_scenario_is_cut_to_a_playable_one():
    stage = Stage(Cast("ev_launch"))
    assert (stage.scenario.n_accounts, stage.scenario.n_days) == (600, 42)


def test_wrong_scenario_is_said_at_once():
    with pytest.raises(ScenarioError, match="clasroom"):
        Stage(Cast("clasroom"))
