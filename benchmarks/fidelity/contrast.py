"""Whether fast squads stand out from organics as real ones do, while slow squads do not."""

from dataclasses import asdict, dataclass
from math import log
from typing import Any

from benchmarks.fidelity.facts import Fact, find_fact
from benchmarks.fidelity.fidelity import hold
from benchmarks.fidelity.measured import Measured
from benchmarks.fidelity.measures import MEASURE_BY_FACT
from benchmarks.fidelity.pairs import ContrastFact, Pair, read_pairs
from benchmarks.fidelity.slices import World, read_slice

HALF = 0.5
# The slow population that is near people: the left-wing one repeats its texts and stands out as the fast one does.
_PAIR_BY_SIDE = {"fast": "fast_squad", "slow": "slow_squad_russian"}


@dataclass(frozen=True, slots=True)
class ContrastResult:
    """One fact, in the three synthetic slices and as a ratio of two real populations.

    Attributes
    ----------
    fact : str
    real_log_ratio : float
        Fast squad over organics, natural log.
    fast, slow, organic : Measured
    """

    fact: str
    real_log_ratio: float
    fast: Measured
    slow: Measured
    organic: Measured

    @property
    def fast_log_ratio(self) -> float | None:
        """Fast squad over organics; None where one is missing."""
        return _log_ratio(self.fast, self.organic)

    @property
    def slow_log_ratio(self) -> float | None:
        """Slow squad over organics."""
        return _log_ratio(self.slow, self.organic)


def judge_contrast(
    real_log_ratio: float, fast_log_ratio: float | None, slow_log_ratio: float | None
) -> dict[str, bool | None]:
    """Return whether the fast squad differs in the real direction by half the real log ratio, and the slow by less.

    Examples
    --------
    >>> judge_contrast(-4.0, -3.0, None)
    {'fast_differs': True, 'slow_overlaps': None}
    """
    return {
        "fast_differs": None if fast_log_ratio is None else fast_log_ratio / real_log_ratio >= HALF,
        "slow_overlaps": None if slow_log_ratio is None else slow_log_ratio / real_log_ratio < HALF,
    }


def _log_ratio(one: Measured, other: Measured) -> float | None:
    top, bottom = _lift(one), _lift(other)
    return log(top / bottom) if top and bottom else None


def _lift(measured: Measured) -> float | None:
    """Return the value; for none among n, half a case, so that a ratio exists (assumed)."""
    if measured.value == 0 and measured.n:
        return HALF / measured.n
    return measured.value


def find_contrast(world: World) -> list[ContrastResult]:
    """Return the contrast of every fact of pairs.yaml."""
    return [_contrast(world, name, entry) for name, entry in read_pairs().contrast.items()]


def _contrast(world: World, name: str, entry: ContrastFact) -> ContrastResult:
    real_fast, real_organic = find_fact(entry.fast, name), find_fact(entry.organic, name)
    sides = {side: _measure(world, read_pairs().pairs[pair], real_fast) for side, pair in _PAIR_BY_SIDE.items()}
    organic = _find_organic_pair(entry)
    measured = _measure(world, organic, real_organic)
    return ContrastResult(name, log(real_fast.value / real_organic.value), sides["fast"], sides["slow"], measured)


def _find_organic_pair(entry: ContrastFact) -> Pair:
    """Return how synthetic organics are sampled: as in a pair, or a whole slice."""
    if entry.pair is not None:
        return read_pairs().pairs[entry.pair]
    assert entry.slice is not None
    return Pair(
        synthetic=entry.slice,
        real=entry.organic,
        why="contrast",
        resolution="minute",
        push_accounts=entry.push_accounts,
    )


def _measure(world: World, pair: Pair, fact: Fact) -> Measured:
    return MEASURE_BY_FACT[fact.name](hold(pair, read_slice(world, pair.synthetic)), fact)


def describe_contrast(result: ContrastResult) -> dict[str, Any]:
    """Return a result as plain data for JSON."""
    ratios = {name: getattr(result, name) for name in ("real_log_ratio", "fast_log_ratio", "slow_log_ratio")}
    sides = {side: asdict(getattr(result, side)) for side in ("fast", "slow", "organic")}
    return {"fact": result.fact} | ratios | judge_contrast(**ratios) | sides
