"""Which part of the run each account lives its own life in, in a world and in its twin."""

import numpy as np
from numpy.typing import NDArray

from simulator.population import NO_CODE, Population
from simulator.scenario import Operator, Scenario
from simulator.vocabulary import Stock

_OWN_LIFE_GOES_ON = (Stock.compromised, Stock.cyborg)


def operation_end(scenario: Scenario, operator: Operator) -> int:
    """Return when an operator stops, ms since the epoch: at its break-up or the run's end."""
    if operator.break_up is None:
        return scenario.end_ms
    return min(scenario.end_ms, scenario.at(operator.break_up.time))


def operated_until(scenario: Scenario, population: Population) -> NDArray[np.int64]:
    """Return when each account's operator stops, ms since the epoch; the run's end where it does not."""
    ends = [operation_end(scenario, operator) for operator in scenario.operators.values()]
    return np.asarray([*ends, scenario.end_ms], np.int64)[population.accounts.operator]


def plan_spans(scenario: Scenario, population: Population, twin: bool) -> NDArray[np.int64]:
    """Return the first and last (exclusive) moment of each account's own life, ms since the start, int64[n, 2].

    An aged account's old life ends with its purchase unless it is camouflaged; a bulk-created account
    has a life only as camouflage, and in a twin none.
    """
    accounts = population.accounts
    first, last = accounts.active_from_ms.copy(), np.minimum(accounts.active_until_ms, scenario.end_ms)
    purely = accounts.segment == NO_CODE
    operated = accounts.operator >= 0
    if twin:
        last[purely] = first[purely]
    else:
        until = operated_until(scenario, population)
        taken = operated & ~np.isin(accounts.stock, _OWN_LIFE_GOES_ON)
        hidden = accounts.camouflage == 1
        last[taken] = np.where(hidden, np.minimum(last, until), np.minimum(last, accounts.operated_from_ms))[taken]
        first[purely] = np.maximum(first, accounts.operated_from_ms)[purely]
        last[purely & ~hidden] = first[purely & ~hidden]
    return np.stack([first, last], axis=1) - scenario.start_ms
