"""The pushes of a world as alerts are scored on them: when, with which tactic, by which squads at which level."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring.score import find_evasion
from simulator.dataset import Dataset
from simulator.dataset.queries import ask

Moments = NDArray[np.int64]
_NONE = np.zeros(0, np.int64)

# What pushes are grouped by; one by several squads belongs to each of them, and to each of their levels.
KINDS = ("tactic", "evasion", "squad")


@dataclass(frozen=True, slots=True)
class Pushes:
    """Pushes by start.

    Attributes
    ----------
    names : tuple of str
        As operator.push.
    start_ms, end_ms : int64[p]
        ms since the epoch, UTC; the end is exclusive. They may overlap.
    groups : dict of tuple of tuple of str
        For each of :data:`KINDS` the names that each push belongs to; levels are unknown, and none, where the
        scenario is not readable.
    """

    names: tuple[str, ...] = ()
    start_ms: Moments = field(default_factory=lambda: _NONE)
    end_ms: Moments = field(default_factory=lambda: _NONE)
    groups: dict[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def cut(self, begin_ms: int) -> "Pushes":
        """Return the pushes that are not over by a moment; one that is under way begins then."""
        kept = np.flatnonzero(self.end_ms > begin_ms)
        places = kept.tolist()
        return replace(
            self,
            names=tuple(self.names[place] for place in places),
            start_ms=np.maximum(self.start_ms[kept], begin_ms),
            end_ms=self.end_ms[kept],
            groups={kind: tuple(names[place] for place in places) for kind, names in self.groups.items()},
        )


def label_pushes(dataset: Dataset, until_ms: int) -> Pushes:
    """Return the pushes of a dataset that began before a moment, cut at it; a twin has none."""
    if dataset.is_twin:
        return Pushes()
    with ask(tables=dataset) as queries:
        rows = queries.table(_PUSHES, {"until": until_ms}).to_pylist()
    levels = find_evasion(dataset)
    squads = [tuple(f"{row['operator_id']}.{squad}" for squad in row["squads"]) for row in rows]
    of_level = [tuple(sorted({levels[squad] for squad in each if squad in levels})) for each in squads]
    return Pushes(
        names=tuple(row["name"] for row in rows),
        start_ms=np.array([row["start"] for row in rows], np.int64),
        end_ms=np.minimum(np.array([row["end"] for row in rows], np.int64), until_ms),
        groups={
            "tactic": tuple((row["tactic"],) for row in rows),
            "evasion": tuple(of_level),
            "squad": tuple(squads),
        },
    )


_PUSHES = """
select name, operator_id::varchar as operator_id, tactic::varchar as tactic, squads,
    epoch_ms(start) as start, epoch_ms("end") as "end"
from truth_pushes where epoch_ms(start) < $until order by start, push_id
"""
