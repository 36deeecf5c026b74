"""From pushes to commands: what is asked for is ordered, and inside its window, however long that is."""

from dataclasses import replace

import numpy as np
import pytest

from simulator.campaign.orders import order_break_up, order_push
from simulator.campaign.pushes import DAY_MS, PlannedPush
from simulator.campaign.turns import awake_rows, teams_of
from simulator.kernels import layout
from simulator.language import choose_brand_names, load_phrasebook
from simulator.population import build_population
from simulator.scenario import Scenario, load_scenario

SEED = 4
DAYS_OF_A_LONG_SPAN = 80  # in ms more than 31 bits


def _scenario(*overrides: str) -> Scenario:
    return load_scenario(
        "ev_launch",
        accounts=400,
        overrides=(
            f"operators.all.break_up.removal_days={DAYS_OF_A_LONG_SPAN}",
            "operators.all.squads.all.office_hours=false",
            "operators.all.squads.all.daily_cap=100",
            *overrides,
        ),
    )


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return _scenario()


def _long_push(scenario: Scenario, posts: int) -> PlannedPush:
    operator = next(iter(scenario.operators))
    squads = tuple(scenario.operators[operator].squads)
    start, end = scenario.end_ms - (DAYS_OF_A_LONG_SPAN + 1) * DAY_MS, scenario.end_ms - DAY_MS
    narrative = next(iter(scenario.narratives))
    return PlannedPush(0, 0, "long", operator, narrative, start, end, posts, squads, worth_ms=end - start)


def _order(scenario: Scenario, push: PlannedPush) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    population = build_population(scenario, SEED)
    phrasebook = load_phrasebook(choose_brand_names(SEED, scenario), scenario.split)
    return order_push(scenario, population, phrasebook, SEED, push, teams_of(scenario, population))


def test_commands_of_a_long_push_fill_its_window(scenario: Scenario) -> None:
    push = _long_push(scenario, posts=300)
    times = _order(scenario, push)["time"] + scenario.start_ms
    assert (times >= push.start_ms).all()
    assert (times < push.end_ms).all()
    assert times.min() < push.start_ms + 10 * DAY_MS
    assert times.max() > push.end_ms - 10 * DAY_MS


@pytest.mark.parametrize("overlap", [0.0, 0.5])
@pytest.mark.parametrize("posts", [1, 2, 3, 97])
def test_squads_share_out_all_items_of_a_push_that_no_bound_stops(posts: int, overlap: float) -> None:
    scenario = _scenario(f"operators.all.squads.all.overlap={overlap}")
    push = replace(_long_push(scenario, posts), worth_ms=10_000 * DAY_MS)
    assert (_order(scenario, push)["action"] != layout.LIKE).sum() == posts


def test_overlapping_accounts_leave_what_is_beyond_their_bounds() -> None:
    scenario = _scenario("operators.all.squads.all.overlap=1")
    push = replace(_long_push(scenario, posts=5_000), worth_ms=DAY_MS)
    population = build_population(scenario, SEED)
    teams = teams_of(scenario, population)
    rows = [awake_rows(scenario, population, team, push) for team in teams if team.operator == push.operator]
    bounds = [population.accounts.pushed_q16[own].sum() / 65536 for own in rows]
    n_items = (_order(scenario, push)["action"] != layout.LIKE).sum()
    assert n_items == pytest.approx(sum(bounds), abs=len(bounds))


def test_removals_over_a_long_time_follow_the_break_up(scenario: Scenario) -> None:
    removals = order_break_up(scenario, build_population(scenario, SEED), SEED)
    (broken_up,) = (scenario.at(op.break_up.time) for op in scenario.operators.values() if op.break_up)
    since = removals["time"] + scenario.start_ms - broken_up
    assert (since >= 0).all()
    assert (since < DAYS_OF_A_LONG_SPAN * DAY_MS).all()
    assert since.max() > DAYS_OF_A_LONG_SPAN // 2 * DAY_MS
