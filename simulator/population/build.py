"""Build the population of a scenario: organic segments first, then every operator's squads."""

import numpy as np
from numpy.typing import NDArray

from simulator.population.columns import (
    COLUMN_NAMES,
    COLUMN_TYPES,
    NEVER,
    NO_BOUND,
    NO_CODE,
    Accounts,
    Group,
    Population,
)
from simulator.population.groups import count_communities, draw_communities, draw_groups
from simulator.population.laws import I64, split_largest_remainder
from simulator.population.lives import Columns, LifeLaws, build_life_laws, draw_lives
from simulator.population.operated import draw_squad, plan_squads
from simulator.random_streams import Purpose, draw_u64, name_key
from simulator.scenario.models import Scenario

_ORGANIC_VALUES = {
    "operator": -1,
    "squad": -1,
    "role": NO_CODE,
    "stock": NO_CODE,
    "operated_from_ms": NEVER,
    "camouflage": 0,
    "overlap": 0,
    "pushed_q16": NO_BOUND,
    "pattern_key": 0,
}


def build_population(scenario: Scenario, seed: int) -> Population:
    """Draw every account of a world.

    Every column of an account follows from the seed and its key, and the key from its group's name and
    its number in it: removing the operators leaves the organic rows as they are, and so does adding a squad.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Seed of the world, 0 to 2^64 - 1.

    Returns
    -------
    Population
        About one microsecond an account.
    """
    zones = _list_zones(scenario)
    laws = build_life_laws(scenario, zones)
    organic = _draw_organic(scenario, laws, seed)
    organic["group"], groups = draw_groups(seed, organic)
    organic["community"] = draw_communities(scenario, seed, organic)
    plans = plan_squads(scenario, zones)
    parts = [organic]
    for plan in plans:
        squad = draw_squad(plan, laws, seed)
        squad["group"] = np.full(plan.n_accounts, len(groups) + plan.squad_code, np.int32)
        squad["community"] = draw_communities(scenario, seed, squad)
        parts.append(squad)
    squad_groups = tuple(Group("squad", f"{plan.operator_name}.{plan.squad_name}") for plan in plans)
    return Population(
        accounts=_join(parts),
        n_organic=len(organic["key"]),
        zones=zones,
        n_communities=count_communities(scenario),
        groups=groups + squad_groups,
        operators=tuple(scenario.operators),
        squads=tuple((plan.operator_name, plan.squad_name) for plan in plans),
    )


def choose_account_ids(keys: NDArray[np.uint64]) -> I64:
    """Return the top 53 bits of each key; where that is taken by an earlier row, the next free number."""
    ids = (keys >> np.uint64(11)).astype(np.int64)
    order = np.argsort(ids, kind="stable")
    repeated = np.sort(order[1:][ids[order[1:]] == ids[order[:-1]]])
    if len(repeated):
        taken = set(np.delete(ids, repeated).tolist())
        for row in repeated.tolist():
            wanted = int(ids[row])
            while wanted in taken:
                wanted = (wanted + 1) % (1 << 53)
            ids[row] = wanted
            taken.add(wanted)
    return ids


def _list_zones(scenario: Scenario) -> tuple[str, ...]:
    """Return the organic zones, then the offices' that are not among them."""
    offices = [operator.office.zone for operator in scenario.operators.values()]
    return tuple(dict.fromkeys([*scenario.organic.zones, *offices]))


def _draw_organic(scenario: Scenario, laws: LifeLaws, seed: int) -> Columns:
    shares = [laws.shares[segment] for segment in laws.present]
    counts = split_largest_remainder(scenario.organic.accounts, shares, least=1)
    keys = [
        draw_u64(seed, Purpose.account_key, name_key("organic", segment.name), np.arange(count, dtype=np.uint64))
        for segment, count in zip(laws.present, counts, strict=True)
    ]
    segments = np.repeat(np.array(laws.present, np.uint8), counts)
    columns = draw_lives(laws, seed, np.concatenate(keys), segments)
    n = len(segments)
    for name, value in _ORGANIC_VALUES.items():
        columns[name] = np.full(n, value, np.int64)
    return columns


def _join(parts: list[Columns]) -> Accounts:
    """Stack the parts' columns, in the types that Accounts declares."""
    columns = {
        name: np.concatenate([part[name] for part in parts]).astype(COLUMN_TYPES[name], copy=False)
        for name in COLUMN_NAMES
        if name != "account_id"
    }
    columns["account_id"] = choose_account_ids(columns["key"])
    for column in columns.values():
        column.setflags(write=False)
    return Accounts(**columns)
