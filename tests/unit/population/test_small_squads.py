"""Every squad of an operator has an account, however small its share."""

from simulator.population import build_population
from tests.worlds import operator, plain, scenario_from, squad


def test_a_squad_of_a_tiny_share_has_an_account() -> None:
    squads = {"most": squad(share=0.99), "least": squad(share=0.01)}
    scenario = scenario_from(plain(operators={"agency": operator(10, squads=squads)}))
    squads_of = build_population(scenario, seed=1).accounts.squad
    assert [(squads_of == code).sum() for code in (0, 1)] == [9, 1]
