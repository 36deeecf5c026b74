"""Who talks about brand events, and when."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.kernels.plan import EVENT_TALK
from simulator.population import Population, build_population
from simulator.processes.events import plan_event_talk
from simulator.processes.lives import plan_spans
from simulator.vocabulary import Segment
from tests.worlds import DAY, HOUR, plain, scenario_from

SEED = 6
LAUNCH = {"kind": "launch", "time": "T", "talk_share": 0.5}
_PRESS = (Segment.journalist, Segment.news_bot, Segment.brand)


class Talk:
    """The talk of a population of 4,000 about some events."""

    def __init__(self, seed: int = SEED, **events: Any) -> None:
        data = plain(events=events, organic={"accounts": 4_000, "leaving_share": 0.2, "joining_share": 0.2})
        self.scenario = scenario_from(data)
        self.population: Population = build_population(self.scenario, seed)
        self.lives = plan_spans(self.scenario, self.population, False)
        self.days, self.keys = plan_event_talk(self.scenario, self.population, seed, self.lives)
        self.times: NDArray[np.int64] = self.days * DAY + (self.keys >> 36)
        self.rows: NDArray[np.int64] = (self.keys >> 12) & 0xFFFFFF
        self.events: NDArray[np.int64] = self.keys & 1023
        self.press = np.isin(self.population.accounts.mimic[self.rows], _PRESS)

    def of(self, event: int) -> set[tuple[int, int]]:
        """Return (time, row) of the talk about one event."""
        mine = self.events == event
        return set(zip(self.times[mine].tolist(), self.rows[mine].tolist(), strict=True))


@pytest.fixture(scope="module")
def talk() -> Talk:
    return Talk(launch=LAUNCH)


def test_talk_is_sorted_and_marked_as_event_talk(talk: Talk) -> None:
    assert len(talk.keys) > 100
    assert np.array_equal(np.lexsort((talk.keys, talk.days)), np.arange(len(talk.keys)))
    assert set((talk.keys >> 10 & 3).tolist()) == {EVENT_TALK}


def test_only_the_interested_talk_once_an_event(talk: Talk) -> None:
    assert talk.population.accounts.brand_interest[talk.rows].all()
    assert len(np.unique(talk.rows)) == len(talk.rows)


def test_nobody_talks_before_the_event_or_outside_their_life(talk: Talk) -> None:
    assert talk.times.min() >= talk.scenario.launch_ms - talk.scenario.start_ms
    assert np.all((talk.times >= talk.lives[talk.rows, 0]) & (talk.times < talk.lives[talk.rows, 1]))


def test_talk_halves_within_about_its_half_life() -> None:
    slow = Talk(launch={**LAUNCH, "talk_share": 0.9, "half_life_hours": 2.0, "time": "T-3d 10:00"})
    waited = np.sort(slow.times[~slow.press]) - (
        slow.scenario.at(slow.scenario.events["launch"].time) - slow.scenario.start_ms
    )
    first_half = np.median(waited) / HOUR
    # Up to 20 min to react come on top; 2,000 talkers leave a standard error of some minutes.
    assert 1.7 < first_half < 2.4


def test_the_press_is_quicker_than_people(talk: Talk) -> None:
    event = talk.scenario.launch_ms - talk.scenario.start_ms
    assert talk.press.any()
    assert (talk.times[talk.press] - event).max() < 4 * 60_000 + 1_000
    assert np.median(talk.times[~talk.press] - event) > 20 * 60_000


def test_a_larger_talk_share_makes_more_talk_by_the_same_people_and_more() -> None:
    little, much = (Talk(launch={**LAUNCH, "talk_share": share}) for share in (0.1, 0.6))
    assert len(much.keys) > 2 * len(little.keys)
    assert little.of(0) < much.of(0)


def test_people_asleep_talk_less() -> None:
    day, night = (
        Talk(launch={**LAUNCH, "half_life_hours": 0.5, "time": time}) for time in ("T-2d 19:00", "T-2d 02:00")
    )
    assert (~night.press).sum() < 0.6 * (~day.press).sum()


def test_another_event_does_not_change_the_talk_about_the_first(talk: Talk) -> None:
    both = Talk(launch=LAUNCH, leak={"kind": "recall", "time": "T-1d", "talk_share": 0.3})
    assert both.of(0) == talk.of(0)
    assert both.of(1)


def test_without_events_nobody_talks() -> None:
    assert len(Talk().keys) == 0


def test_talk_after_the_run_is_left_out() -> None:
    late = Talk(launch={**LAUNCH, "time": "T+4h", "half_life_hours": 100.0})
    assert late.times.max() < late.scenario.end_ms - late.scenario.start_ms
