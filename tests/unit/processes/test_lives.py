"""Which part of a run each kind of account lives its own life in, in a world and in its twin."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.population import build_population
from simulator.processes.lives import operated_until, plan_spans
from simulator.scenario import Scenario
from simulator.vocabulary import Stock
from tests.worlds import DAY, operator, plain, scenario_from, squad

SEED = 8
BOUGHT, BROKEN = "T-3d 00:00", "T-1d 00:00"


def scenario_of(stock: str, camouflage: float = 0.0, **settings: Any) -> Scenario:
    """Return a world of one operator whose accounts are bought on one day and broken up on another."""
    agency = operator(
        20,
        stock={stock: 1},
        squads={"day": squad("L1", camouflage_share=camouflage)},
        batches={"only": {"time": BOUGHT, "share": 1.0}},
        break_up={"time": BROKEN, "removed_share": 0.0},
        **settings,
    )
    return scenario_from(
        plain(organic={"accounts": 60, "leaving_share": 0.3, "joining_share": 0.3}, operators={"agency": agency})
    )


def spans_of(scenario: Scenario, twin: bool) -> NDArray[np.int64]:
    """Return the spans of the operated accounts, in days since the start, cut to the run."""
    population = build_population(scenario, SEED)
    spans = plan_spans(scenario, population, twin)[population.accounts.operator >= 0]
    run = scenario.end_ms - scenario.start_ms
    found: NDArray[np.int64] = np.unique(np.clip(spans, 0, run) / DAY, axis=0)
    return found


BEFORE, OPERATED, WHOLE, NONE = (0.0, 1.0), (1.0, 3.0), (0.0, 5.0), None


@pytest.mark.parametrize(
    ("stock", "camouflage", "twin", "span"),
    [
        ("bulk_created", 0.0, False, NONE),
        ("bulk_created", 1.0, False, OPERATED),
        ("bulk_created", 0.0, True, NONE),
        ("bulk_created", 1.0, True, NONE),
        ("purchased_aged", 0.0, False, BEFORE),
        ("purchased_aged", 1.0, False, (0.0, 3.0)),
        ("purchased_aged", 0.0, True, WHOLE),
        ("purchased_aged", 1.0, True, WHOLE),
        ("compromised", 0.0, False, WHOLE),
        ("compromised", 0.0, True, WHOLE),
        ("cyborg", 0.0, False, WHOLE),
        ("cyborg", 0.0, True, WHOLE),
    ],
)
def test_stock_lives_its_own_life(stock: str, camouflage: float, twin: bool, span: tuple[float, float] | None) -> None:
    spans = spans_of(scenario_of(stock, camouflage), twin)
    if span is None:
        assert np.array_equal(spans[:, 0], spans[:, 1])
    else:
        assert spans.tolist() == [list(span)]


@pytest.mark.parametrize("twin", [False, True])
def test_organics_live_from_their_creation_until_they_leave(twin: bool) -> None:
    scenario = scenario_of("cyborg")
    population = build_population(scenario, SEED)
    organic = slice(0, population.n_organic)
    spans = plan_spans(scenario, population, twin)[organic] + scenario.start_ms
    accounts = population.accounts
    assert np.array_equal(spans[:, 0], accounts.active_from_ms[organic])
    assert np.array_equal(spans[:, 1], np.minimum(accounts.active_until_ms[organic], scenario.end_ms))
    assert (spans[:, 1] < scenario.end_ms).any()


def test_an_operation_ends_with_its_break_up_or_the_run() -> None:
    free = operator(5, pushes={})
    broken = operator(5, pushes={}, break_up={"time": BROKEN})
    scenario = scenario_from(plain(operators={"free": free, "broken": broken}))
    population = build_population(scenario, SEED)
    until = operated_until(scenario, population)
    owner = population.accounts.operator
    assert set(until[owner == 0].tolist()) == set(until[owner < 0].tolist()) == {scenario.end_ms}
    assert set(until[owner == 1].tolist()) == {scenario.first_break_up_ms}


def test_camouflage_is_for_bulk_and_bought_accounts_only() -> None:
    accounts = build_population(scenario_of("compromised", 1.0), SEED).accounts
    assert not accounts.camouflage[accounts.stock == Stock.compromised].any()
