"""What a detector answered about a world: checked, and in the order of what it was shown."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulator.errors import InputError

NO_GROUP = -1
DESCRIBED = ("name", "level", "threshold", "is_probability", "within_world", "step_minutes")
COST_KEYS = ("cpu_seconds", "wall_seconds", "peak_memory_bytes")
_TABLE_FILE, _REST_FILE = "answer.parquet", "answer.json"


@dataclass(frozen=True, slots=True)
class Answer:
    """A detector's answer, or why there is none.

    Attributes
    ----------
    name : str
    level : {'account', 'post', 'group', 'alert'}
    status : {'ok', 'crashed', 'out of time', 'out of memory', 'wrong answer'}
    message : str
        What went wrong; empty when nothing did.
    threshold : float or None
        The detector's own, if it has one.
    is_probability, within_world : bool
        What the scores claim to be, see :class:`benchmarks.detector.Detector`.
    step_minutes : int
        Minutes from one update to the next at level alert.
    ids : int64[n]
        Account or post ids, ascending; at level alert the times, ms since the epoch, UTC.
    scores : float64[n]
        Higher is more suspicious; -inf where the detector gave none.
    groups : int64[n]
        Group of each account, numbered from 0 in the order of ids; -1 for none.
    has_scores, has_groups : bool
        Whether the detector gave any.
    cost : dict
        `cpu_seconds`, `wall_seconds` and `peak_memory_bytes` of its process.
    """

    name: str
    level: str
    status: str = "ok"
    message: str = ""
    threshold: float | None = None
    is_probability: bool = False
    within_world: bool = False
    step_minutes: int = 0
    ids: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    scores: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    groups: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    has_scores: bool = False
    has_groups: bool = False
    cost: dict[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether there is an answer."""
        return self.status == "ok"


def read_answer(table: pa.Table, report: dict[str, Any], shown_ids: NDArray[np.int64]) -> Answer:
    """Check a detector's table and bring it into the order of what it was shown.

    Parameters
    ----------
    table : pyarrow.Table
        As it was written.
    report : dict
        What its process said of the detector.
    shown_ids : int64[n]
        Accounts or posts, ascending; not used at level alert.

    Raises
    ------
    InputError
        When columns, types, ids or scores are not of the level.
    """
    described = {key: report[key] for key in DESCRIBED}
    cost = {key: report[key] for key in COST_KEYS if key in report}
    if report["level"] == "alert":
        return Answer(**described, **_read_alerts(table), cost=cost)
    _check_columns(table, report["level"])
    entity = "post_id" if report["level"] == "post" else "account_id"
    ids = _read_ids(table, entity, shown_ids)
    place = np.searchsorted(shown_ids, ids)
    scores, groups = np.full(len(shown_ids), -np.inf), np.full(len(shown_ids), NO_GROUP)
    has_scores, has_groups = "score" in table.column_names, "group_id" in table.column_names
    if has_scores:
        scores[place] = _read_scores(table, entity)
        if report["is_probability"]:
            _demand_probabilities(scores[place])
    if has_groups:
        groups[place] = _number_groups(table["group_id"], ids)
    return Answer(
        **described,
        ids=shown_ids,
        scores=scores,
        groups=groups,
        has_scores=has_scores,
        has_groups=has_groups,
        cost=cost,
    )


def _check_columns(table: pa.Table, level: str) -> None:
    required, optional = {
        "account": (["account_id", "score"], ["group_id"]),
        "post": (["post_id", "score"], []),
        "group": (["account_id", "group_id"], ["score"]),
    }[level]
    names = table.column_names
    if not set(required) <= set(names) <= {*required, *optional} or len(set(names)) < len(names):
        allowed = " and ".join(required) + "".join(f", optionally {name}" for name in optional)
        raise InputError(f"must answer {allowed}, got {', '.join(names) or 'no column'}")


def _read_ids(table: pa.Table, entity: str, shown_ids: NDArray[np.int64]) -> NDArray[np.int64]:
    column = table[entity]
    if not pa.types.is_integer(column.type):
        raise InputError(f"{entity} must be int64, got {column.type}")
    if column.null_count:
        raise InputError(f"{entity} must not be null, got {column.null_count} nulls")
    ids: NDArray[np.int64] = column.to_numpy().astype(np.int64)
    unknown = ids[~np.isin(ids, shown_ids)]
    if len(unknown):
        raise InputError(f"must score only what it was shown, got {entity} {unknown[0]}")
    if len(np.unique(ids)) != len(ids):
        ordered = np.sort(ids)
        raise InputError(f"must answer once for each, got {entity} {ordered[:-1][np.diff(ordered) == 0][0]} twice")
    return ids


def _read_scores(table: pa.Table, entity: str) -> NDArray[np.float64]:
    column = table["score"]
    if not pa.types.is_floating(column.type):
        raise InputError(f"score must be float64, got {column.type}")
    scores: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        named = f" of {entity} {table[entity][int(bad[0])]}" if entity in table.column_names else ""
        raise InputError(f"every score must be a finite number, got {scores[bad[0]]}{named}")
    return scores


def _demand_probabilities(scores: NDArray[np.float64]) -> None:
    outside = scores[(scores < 0) | (scores > 1)]
    if len(outside):
        raise InputError(f"score must be a probability, as is_probability says, got {outside[0]:g}")


def _number_groups(column: pa.ChunkedArray, ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return groups numbered by their smallest account; what they were called does not matter."""
    codes = pc.fill_null(pc.dictionary_encode(column.combine_chunks()).indices, NO_GROUP).to_numpy()
    order = np.argsort(ids)
    codes_in_order = codes[order]
    named = codes_in_order[codes_in_order != NO_GROUP]
    _, first = np.unique(named, return_index=True)
    number = np.full(int(codes.max(initial=NO_GROUP)) + 2, NO_GROUP)
    number[named[np.sort(first)]] = np.arange(len(first))
    found: NDArray[np.int64] = np.where(codes == NO_GROUP, NO_GROUP, number[codes])
    return found


def _read_alerts(table: pa.Table) -> dict[str, Any]:
    if not {"time", "score"} <= set(table.column_names) <= {"time", "score", "reason"}:
        raise InputError(f"must answer time and score, got {', '.join(table.column_names) or 'no column'}")
    if not pa.types.is_timestamp(table["time"].type):
        raise InputError(f"time must be a timestamp, got {table['time'].type}")
    if table["time"].null_count:
        raise InputError(f"time must not be null, got {table['time'].null_count} nulls")
    times = table["time"].cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64()).to_numpy()
    scores = _read_scores(table, "time")
    order = np.argsort(times, kind="stable")
    return {"ids": times[order], "scores": scores[order], "groups": np.zeros(0, np.int64), "has_scores": True}


def save_answer(answer: Answer, folder: Path) -> None:
    """Write an answer into an existing folder; see :func:`open_answer`."""
    arrays = {name: getattr(answer, name) for name in ("ids", "scores", "groups") if len(getattr(answer, name))}
    rest = {key: value for key, value in asdict(answer).items() if key not in ("ids", "scores", "groups")}
    pq.write_table(pa.table(arrays), folder / _TABLE_FILE, compression="zstd")
    (folder / _REST_FILE).write_text(json.dumps(rest, indent=1), encoding="utf-8")


def open_answer(folder: Path) -> Answer:
    """Return the answer that :func:`save_answer` wrote."""
    table = pq.read_table(folder / _TABLE_FILE)
    arrays = {name: table[name].to_numpy() for name in table.column_names}
    return Answer(**json.loads((folder / _REST_FILE).read_bytes()), **arrays)
