"""When the items of a push are sent: bursts of one kind, the first early, reactions after something to react to."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.campaign.bursts import form_bursts, time_items
from simulator.campaign.pushes import DAY_MS, PlannedPush, office_spans
from simulator.campaign.turns import Team
from simulator.scenario import Scenario
from tests.worlds import operator, plain, scenario_from, squad

SEED = 4


def _codes(*kinds: int) -> NDArray[np.int64]:
    return np.array(kinds, np.int64)


def test_a_burst_is_of_one_kind_and_no_longer_than_its_size() -> None:
    bursts = form_bursts(_codes(2, 0, 2, 0, 2, 2, 0), 3)
    assert bursts.order.tolist() == [1, 3, 6, 0, 2, 4, 5]
    assert bursts.burst.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert bursts.place.tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_a_burst_that_is_not_full_ends_where_the_kind_does() -> None:
    bursts = form_bursts(_codes(0, 1, 0, 1), 12)
    assert bursts.burst.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize("kinds", [_codes(4), _codes(1, 1, 1)])
def test_bursts_of_one_item_are_each_their_own(kinds: NDArray[np.int64]) -> None:
    bursts = form_bursts(kinds, 1)
    assert bursts.burst.tolist() == list(range(len(kinds)))
    assert bursts.place.tolist() == [0] * len(kinds)


def _scenario(**dials: Any) -> Scenario:
    agency = operator(10, squads={"day": squad("L0", **{"office_hours": False, **dials})})
    return scenario_from(plain(operators={"agency": agency}))


def _times(scenario: Scenario, kinds: NDArray[np.int64], stem: int = 1) -> tuple[PlannedPush, NDArray[np.int64]]:
    """Return a push of a day and when its items are sent, of which those of kind 0 are posts; in bursts of three."""
    start = scenario.at(scenario.operators["agency"].pushes["first"].start)
    push = PlannedPush(0, 0, "first", "agency", "fire", start, start + DAY_MS, len(kinds), ("day",))
    team = Team("agency", "day", np.arange(10), scenario.dials("agency", "day"))
    bursts = form_bursts(kinds, 3)
    return push, time_items(scenario, SEED, push, team, stem, bursts, kinds[bursts.order] == 0)


def _parts(kinds: NDArray[np.int64], stem: int, **dials: Any) -> NDArray[np.float64]:
    """Return the times of items as parts of their push's window."""
    push, times = _times(_scenario(posts_per_burst=3, burst_minutes=1.0, **dials), kinds, stem)
    return (times - push.start_ms) / DAY_MS


@pytest.mark.parametrize("stem", range(5))
def test_the_first_burst_opens_in_the_first_eighth_of_the_window(stem: int) -> None:
    assert _parts(_codes(0, 0, 0, 0, 0, 0), stem)[:3].max() < 1 / 8 + 0.001


@pytest.mark.parametrize("stem", range(5))
def test_reactions_are_sent_after_the_first_eighth_of_the_window(stem: int) -> None:
    parts = _parts(_codes(0, 0, 0, *[1] * 30), stem)
    assert parts[3:].min() >= 1 / 8 - 0.001
    assert parts[3:].max() < 1


def test_later_bursts_of_posts_are_anywhere_in_the_window() -> None:
    later = _parts(np.zeros(120, np.int64), 1)[3:]
    assert later.min() < 0.1
    assert later.max() > 0.9


def test_items_of_a_burst_are_at_most_as_far_apart_as_its_dial_says() -> None:
    parts = _parts(np.zeros(30, np.int64), 1, jitter_share=1.0).reshape(-1, 3)
    minutes = np.ptp(parts, axis=1) * 24 * 60
    assert minutes.max() < 1.1  # a minute, and what keeps items off the very second


def test_bursts_keep_office_hours_where_asked_to() -> None:
    scenario = _scenario(office_hours=True, posts_per_burst=3)
    push, times = _times(scenario, np.zeros(60, np.int64))
    spans = office_spans(scenario.operators["agency"].office, push.start_ms, push.end_ms)
    assert spans
    assert all(any(first <= time < last for first, last in spans) for time in times.tolist())
