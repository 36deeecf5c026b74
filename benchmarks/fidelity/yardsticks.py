"""How near other real populations come to the real one of a pair, by the same bands: what a score is to be read by."""

from dataclasses import dataclass

from benchmarks.fidelity.facts import Fact, find_facts, read_facts
from benchmarks.fidelity.intervals import find_band, is_near
from benchmarks.fidelity.pairs import Pair

# Of fewer facts in common a share says little (assumed).
LEAST_FACTS = 10


@dataclass(frozen=True, slots=True)
class Yardstick:
    """Another real population in the place of the synthetic slice.

    Attributes
    ----------
    population : str
    n_facts : int
        Facts that both populations have, profiles left out.
    score, near_score : float
        Share of them inside the pair's bands, and inside or within 25 %.
    """

    population: str
    n_facts: int
    score: float
    near_score: float


def find_yardsticks(pair: Pair) -> list[Yardstick]:
    """Return the other real populations that share enough facts with a pair's, the nearest first.

    Examples
    --------
    >>> from benchmarks.fidelity.pairs import read_pairs
    >>> find_yardsticks(read_pairs().pairs["slow_squad_left"])[0].population
    'coordinated:IRA-RightTroll-originals'
    """
    facts = [fact for fact in pair.facts if not fact.profile]
    own = {fact.population for fact in facts}
    others = sorted({fact.population for fact in read_facts()} - own)
    found = [_hold_against(facts, population) for population in others]
    return sorted((one for one in found if one.n_facts >= LEAST_FACTS), key=lambda one: -one.score)


def _hold_against(facts: list[Fact], population: str) -> Yardstick:
    values = {name: fact.value for name, fact in find_facts(population).items()}
    shared = [(fact, values[fact.name]) for fact in facts if fact.name in values]
    inside = [find_band(fact).holds(value) for fact, value in shared]
    near = [holds or is_near(fact.value, value) for holds, (fact, value) in zip(inside, shared, strict=True)]
    n_facts = len(shared)
    return Yardstick(population, n_facts, sum(inside) / max(n_facts, 1), sum(near) / max(n_facts, 1))
