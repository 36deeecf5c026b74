"""A detector under check: how it is made, asked, and how two of its answers are compared."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.blind.external import ExternalProgram, bring_files, check_command
from benchmarks.blind.streaming import DEFAULT_STEP_MINUTES, replay
from benchmarks.checking.check_changes import Renumbering
from benchmarks.checking.check_worlds import Ints
from benchmarks.detector import LEVELS, Alert, Batch, Level, Observations
from benchmarks.loading import load_detector
from benchmarks.registry import find_reference
from simulator.errors import InputError

_CLOSE = 1e-6  # assumed: what another order of summing may change, relative
_NO_GROUP = -1
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What a detector answered: `table` as it came, and the same as arrays in the order of ids.

    Attributes
    ----------
    table : pyarrow.Table
    ids : int64[n]
        Accounts or posts, ascending; at level alert the times, ms since the epoch, UTC.
    scores : float64[n]
        NaN where there is none.
    groups : int64[n]
        The smallest id of the group that an account is in, whatever the group is called; -1 for none.
    """

    table: pa.Table
    ids: Ints
    scores: Floats
    groups: Ints


class Program:
    """A detector that is an external program, run in a folder of its own each time."""

    def __init__(self, command: str, level: Level) -> None:
        check_command(command)
        self._made = ExternalProgram(command, level)
        self.name, self.level = self._made.name, level

    def score(self, observations: Observations) -> pa.Table:
        """Run the program and return what it wrote."""
        with tempfile.TemporaryDirectory(prefix="smearbench-check-program-") as folder:
            command = bring_files(self._made.command, Path(folder) / "modules")
            absolute = Observations(observations.folder.resolve(), observations.as_of_ms)
            with contextlib.chdir(folder):
                return ExternalProgram(command, self._made.level).score(absolute)


@dataclass(frozen=True, slots=True)
class Subject:
    """A detector under check; `make` returns a new instance that has learnt nothing."""

    make: Callable[[], Any]
    name: str
    level: Level
    has_fit: bool
    is_program: bool

    @property
    def entity(self) -> str:
        """The column that names what is scored."""
        return {"post": "post_id", "alert": "time"}.get(self.level, "account_id")


def find_subject(detector: Any, parameters: Mapping[str, Any] | None = None) -> Subject:
    """Return the subject that a caller of ``check_detector`` names.

    Parameters
    ----------
    detector : class, callable or str
        A class or what else makes a detector when called with `parameters`, an estimator class of
        scikit-learn, `module:Class`, or an installed name.
    parameters : mapping, optional

    Raises
    ------
    InputError
        When nothing is made, or what is made is no detector.
    """
    given = dict(parameters or {})
    reference = _find_reference(detector)
    if reference:
        make: Callable[[], Any] = partial(load_detector, reference, given)
    elif callable(detector):
        make = partial(detector, **given)
    else:
        raise InputError(f"check_detector: must be given a class, module:Class or a name, got {detector!r}.")
    made = make()
    name, level = getattr(made, "name", None), getattr(made, "level", None)
    if not isinstance(name, str) or level not in LEVELS:
        raise InputError(
            f"check_detector: must have a name and a level of {', '.join(LEVELS)}, got {name!r}, {level!r}."
        )
    return Subject(make, name, level, callable(getattr(made, "fit", None)), isinstance(made, Program))


def _find_reference(detector: Any) -> str:
    if isinstance(detector, str):
        return find_reference(detector)
    if hasattr(detector, "get_params") and not hasattr(detector, "level"):
        return f"{detector.__module__}:{detector.__qualname__}"
    return ""


def ask(detector: Any, observations: Observations) -> Told:
    """Let a detector that is ready score a world, or feed the world to it.

    Raises
    ------
    InputError
        When it answers neither a table of the columns of its level nor alerts.
    """
    if detector.level == "alert" and hasattr(detector, "update"):
        detector.start(observations.context)
        told = [pair for batch, now in step(detector, observations) for pair in update(detector, batch, now)]
        return read(_tabulate(told), "time")
    answer = detector.score(observations)
    if not isinstance(answer, pa.Table):
        raise InputError(f"must answer a pyarrow.Table, got {type(answer).__name__}")
    return read(answer, {"post": "post_id", "alert": "time"}.get(detector.level, "account_id"))


def step(detector: Any, observations: Observations) -> Iterator[tuple[Batch, datetime]]:
    """Yield the batches of a world in the steps that a streaming detector asks for."""
    return replay(observations, int(getattr(detector, "step_minutes", DEFAULT_STEP_MINUTES)))


def update(detector: Any, batch: Batch, now: datetime) -> list[tuple[datetime, float]]:
    """Return time and score of the alerts of one step."""
    alerts = detector.update(batch, now)
    if not isinstance(alerts, (list, tuple)) or not all(isinstance(alert, Alert) for alert in alerts):
        raise InputError(f"update must answer a list of Alert, got {alerts!r} at {now.isoformat()}")
    return [(now, float(alert.score)) for alert in alerts]


def _tabulate(alerts: list[tuple[datetime, float]]) -> pa.Table:
    times = pa.array([time for time, _ in alerts], pa.timestamp("ms", "UTC"))
    return pa.table({"time": times, "score": pa.array([score for _, score in alerts], pa.float64())})


def read(table: pa.Table, entity: str) -> Told:
    """Bring an answer into the order of its ids.

    Raises
    ------
    InputError
        When there is no column of ids or it has nulls.
    """
    if entity not in table.column_names or table[entity].null_count:
        raise InputError(f"must answer {entity} without nulls, got {', '.join(table.column_names) or 'no column'}")
    column = table[entity].cast(pa.timestamp("ms", "UTC"), safe=False) if entity == "time" else table[entity]
    ids = column.cast(pa.int64()).to_numpy()
    scores = np.full(len(ids), np.nan)
    if "score" in table.column_names:
        scores = table["score"].cast(pa.float64()).to_numpy(zero_copy_only=False)
    order = np.lexsort([scores, ids])
    return Told(table, ids[order], scores[order], _read_groups(table, ids)[order])


def _read_groups(table: pa.Table, ids: Ints) -> Ints:
    if "group_id" not in table.column_names or not len(ids):
        return np.full(len(ids), _NO_GROUP)
    codes = pc.fill_null(pc.dictionary_encode(table["group_id"].combine_chunks()).indices, _NO_GROUP).to_numpy()
    smallest = np.full(int(codes.max()) + 2, np.iinfo(np.int64).max)
    np.minimum.at(smallest, codes, ids)
    return np.where(codes == _NO_GROUP, _NO_GROUP, smallest[codes])


def rename(told: Told, subject: Subject, numbering: Renumbering) -> Told:
    """Return an answer with the ids that a renumbering gives."""
    place = told.table.column_names.index(subject.entity)
    column = numbering.apply(told.table[place].cast(pa.int64()))
    return read(told.table.set_column(place, subject.entity, column), subject.entity)


def describe_difference(first: Told, second: Told, entity: str, *, exact: bool) -> str:
    """Return where two answers differ, or nothing; `exact` False allows for another order of summing."""
    if not np.array_equal(first.ids, second.ids):
        return f"answered {len(first.ids)} rows, then {len(second.ids)} or of others"
    close = 0.0 if exact else _CLOSE
    other = ~np.isclose(first.scores, second.scores, rtol=close, atol=close * 1e-3, equal_nan=True)
    if other.any():
        return _describe_first(first, first.scores, second.scores, other, f"score of {entity}")
    other = first.groups != second.groups
    return _describe_first(first, first.groups, second.groups, other, f"group of {entity}") if other.any() else ""


def _describe_first(told: Told, one: Any, another: Any, other: NDArray[np.bool_], what: str) -> str:
    row = int(np.flatnonzero(other)[0])
    return f"{what} {told.ids[row]}: {one[row]:.6g}, then {another[row]:.6g} ({other.sum()} of {len(other)} differ)"
