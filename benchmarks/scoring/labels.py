"""The truth as of a moment: which accounts and posts are positives, to what they belong, and when the waves were."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from benchmarks.scoring.alert_metrics import WaveTruth
from simulator.dataset import Dataset
from simulator.dataset.queries import ask
from simulator.vocabulary import Role, Stock, Tactic

Flags = NDArray[np.bool_]
Names = NDArray[np.object_]
# The order in which names are shown; others in theirs.
_ORDER = {kind: [code.name for code in codes] for kind, codes in (("role", Role), ("stock", Stock), ("tactic", Tactic))}


@dataclass(frozen=True, slots=True)
class AccountLabels:
    """The accounts that were created before a moment.

    Attributes
    ----------
    ids : int64[n]
        Ascending.
    is_positive : bool[n]
        Operated, and seen posting or liking at least once before the moment.
    is_silent : bool[n]
        Operated and never seen: neither positives nor negatives.
    segment : object[n]
        Organic population; None for accounts that only ever were operated.
    squad, operator : int64[n]
        Number of the positive's squad and operator; -1 for all others.
    organic_group : int64[n]
        Number of the organic group that a coordinated, not operated account acts with; -1 for all others.
    groups : dict of dict of bool[n]
        Positives by kind (role, tactic, squad, stock, language, evasion) and name. A tactic's are those that
        carried out one of its pushes; an account can belong to several tactics or to none.
    """

    ids: NDArray[np.int64]
    is_positive: Flags
    is_silent: Flags
    segment: Names
    squad: NDArray[np.int64]
    operator: NDArray[np.int64]
    organic_group: NDArray[np.int64]
    groups: dict[str, dict[str, Flags]]


@dataclass(frozen=True, slots=True)
class PostLabels:
    """The posts made before a moment; a positive is one that a push commanded, camouflage is none.

    Attributes are as of :class:`AccountLabels`; `segment` is that of the author, and the groups of positives
    are those of the author and, for the tactic, of the push.
    """

    ids: NDArray[np.int64]
    is_positive: Flags
    is_silent: Flags
    segment: Names
    groups: dict[str, dict[str, Flags]]


def label_accounts(dataset: Dataset, until_ms: int, evasion: dict[str, str] | None = None) -> AccountLabels:
    """Return the labels of a dataset's accounts as of a moment.

    Parameters
    ----------
    dataset : Dataset
    until_ms : int
        ms since the epoch, UTC.
    evasion : dict of str to str, optional
        Level of each squad, as operator.squad.
    """
    with ask(tables=dataset) as queries:
        rows = queries.table(_ACCOUNTS, {"until": until_ms})
        carried_out = queries.table(_CARRIED_OUT, {"until": until_ms})
    ids = rows["account_id"].to_numpy()
    is_operated, was_seen = _flags(rows["operated"]), _flags(rows["seen"])
    is_positive = is_operated & was_seen
    squad_names = _names(rows["squad_id"])
    groups = _group_by(rows, ("role", "squad_id", "stock", "lang"), is_positive)
    groups["tactic"] = {
        str(name): is_positive & np.isin(ids, carried_out.filter(pc.equal(carried_out["tactic"], name))["account_id"])
        for name in _sort_names("tactic", carried_out["tactic"].unique().to_pylist())
    }
    groups["evasion"] = _group_by_evasion(squad_names, is_positive, evasion or {})
    is_organic_group = ~is_operated & _flags(rows["coordinated"])
    return AccountLabels(
        ids=ids,
        is_positive=is_positive,
        is_silent=is_operated & ~was_seen,
        segment=_names(rows["segment"]),
        squad=_number(squad_names, is_positive),
        operator=_number(_names(rows["operator_id"]), is_positive),
        organic_group=_number(_names(rows["group_id"]), is_organic_group),
        groups=groups,
    )


# Who is taken over later is, as of then, what he was before.
_ACCOUNTS = """
select account_id, coalesce(operated and epoch_ms(operated_from) < $until, false) as operated,
    account_id in (select account_id from posts where epoch_ms(created_at) < $until
                   union select account_id from likes where epoch_ms(created_at) < $until) as seen,
    segment, coordinated, group_id, squad_id, operator_id, role, stock, accounts.lang as lang
from accounts join truth_accounts using (account_id) where epoch_ms(created_at) < $until order by account_id
"""
_CARRIED_OUT = """
select distinct tactic::varchar as tactic, account_id from posts join truth_posts using (post_id)
where tactic is not null and epoch_ms(created_at) < $until order by all
"""
_POSTS = """
select post_id, push_id is not null as pushed, truth_posts.tactic as tactic,
    segment, squad_id, role, stock, posts.lang as lang
from posts join truth_posts using (post_id) join truth_accounts using (account_id)
where epoch_ms(created_at) < $until order by post_id
"""


def label_posts(dataset: Dataset, until_ms: int, evasion: dict[str, str] | None = None) -> PostLabels:
    """Return the labels of a dataset's posts as of a moment; see :func:`label_accounts`."""
    with ask(tables=dataset) as queries:
        rows = queries.table(_POSTS, {"until": until_ms})
    is_positive = _flags(rows["pushed"])
    groups = _group_by(rows, ("role", "tactic", "squad_id", "stock", "lang"), is_positive)
    groups["evasion"] = _group_by_evasion(_names(rows["squad_id"]), is_positive, evasion or {})
    ids = rows["post_id"].to_numpy()
    return PostLabels(ids, is_positive, np.zeros(len(ids), bool), _names(rows["segment"]), groups)


def label_waves(dataset: Dataset, until_ms: int) -> WaveTruth:
    """Return the waves of a dataset that began before a moment, cut at it; a twin has none."""
    with ask(tables=dataset) as queries:
        waves = queries.table(_WAVES, {"until": until_ms})
        shown = queries.table(_WAVE_EXPOSURES, {"until": until_ms})
    if dataset.is_twin:
        waves = waves.slice(0, 0)
    wave_of, hours, exposures = (shown[name].to_numpy() for name in ("wave_id", "hour", "exposures"))
    events = pa.array([event["time"] for event in dataset.context["events"]], pa.string())
    return WaveTruth(
        wave_start_ms=waves["start"].to_numpy(),
        wave_end_ms=np.minimum(waves["end"].to_numpy(), until_ms),
        run_start_ms=dataset.manifest.moments.start_ms,
        run_end_ms=until_ms,
        event_ms=np.sort(events.cast(_TIME).cast(pa.int64()).to_numpy()),
        exposures=[(hours[wave_of == wave], exposures[wave_of == wave]) for wave in waves["wave_id"].to_pylist()],
    )


_TIME = pa.timestamp("ms", tz="UTC")
_WAVES = """
select wave_id, min(epoch_ms(start)) as start, max(epoch_ms("end")) as end from truth_pushes
group by wave_id having min(epoch_ms(start)) < $until order by start, "end", wave_id
"""
_WAVE_EXPOSURES = """
select wave_id, epoch_ms(hour) as hour, sum(exposures)::bigint as exposures
from truth_exposures join truth_pushes using (push_id) where epoch_ms(hour) < $until group by all order by all
"""


def count_exposures(dataset: Dataset, until_ms: int) -> int:
    """Return the exposures of organic accounts to campaign cascades before a moment."""
    question = """select coalesce(sum(exposures), 0)::bigint from truth_exposures
                  where push_id is not null and epoch_ms(hour) < $until"""
    with ask(tables=dataset) as queries:
        return int(queries.row(question, {"until": until_ms})[0])


def label_for_training(dataset: Dataset, until_ms: int) -> dict[str, pa.Table]:
    """Return the labels that a detector may learn from; see :class:`benchmarks.detector.TrainingWorld`."""
    with ask(tables=dataset) as queries:
        accounts = queries.table(
            f"""select account_id, operated, case when operated then squad_id end as squad_id,
                case when operated then operator_id end as operator_id, case when operated then role end as role
                from ({_ACCOUNTS}) where seen or not operated order by account_id""",
            {"until": until_ms},
        )
        posts = queries.table(f"select post_id, pushed, tactic from ({_POSTS})", {"until": until_ms})
        waves = queries.table(_WAVES, {"until": until_ms})
    ends = pa.array(np.minimum(waves["end"].to_numpy(), until_ms), pa.int64())
    moments = {"start": waves["start"].cast(pa.int64()).cast(_TIME), "end": ends.cast(_TIME)}
    waves = pa.table({"wave_id": waves["wave_id"], **moments})
    return {"accounts": accounts, "posts": posts, "waves": waves}


def write_training_labels(dataset: Dataset, until_ms: int, folder: Path) -> None:
    """Write the labels of a world that detectors may learn from, a Parquet file a table."""
    for name, table in label_for_training(dataset, until_ms).items():
        pq.write_table(table, folder / f"{name}.parquet")


def _flags(column: pa.ChunkedArray) -> Flags:
    found: Flags = column.to_numpy().astype(bool)
    return found


def _names(column: pa.ChunkedArray) -> Names:
    return np.asarray(column.to_pylist(), dtype=object)


def _group_by(rows: pa.Table, columns: tuple[str, ...], is_positive: Flags) -> dict[str, dict[str, Flags]]:
    """Return the positives by each column and its values."""
    kinds = {"squad_id": "squad", "lang": "language"}
    found: dict[str, dict[str, Flags]] = {}
    for column in columns:
        kind, values = kinds.get(column, column), _names(rows[column])
        present = _sort_names(kind, [value for value in set(values[is_positive]) if value is not None])
        found[kind] = {name: is_positive & (values == name) for name in present}
    return found


def _group_by_evasion(squads: Names, is_positive: Flags, evasion: dict[str, str]) -> dict[str, Flags]:
    levels = np.asarray([evasion.get(squad, "") if squad else "" for squad in squads], dtype=object)
    present = sorted({level for level in levels[is_positive] if level})
    return {level: is_positive & (levels == level) for level in present}


def _sort_names(kind: str, names: list[Any]) -> list[str]:
    order = _ORDER.get(kind, [])
    return sorted(names, key=lambda name: (order.index(name) if name in order else len(order), name))


def _number(names: Names, counted: Flags) -> NDArray[np.int64]:
    """Return the number of each name among the counted ones; -1 for the others."""
    present = {name: place for place, name in enumerate(sorted({n for n in names[counted] if n is not None}))}
    return np.asarray(
        [present.get(name, -1) if is_in else -1 for name, is_in in zip(names, counted, strict=True)], np.int64
    )
