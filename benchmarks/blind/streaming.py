"""Replays observations in time order, step by step, as a streaming detector is fed them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from benchmarks.detector import OBSERVATIONS, Batch, Observations, StepTables

# The column that says when a row became visible. A counter as of a moment tells only of what came before it.
TIME_COLUMN = {
    "accounts": "created_at",
    "posts": "created_at",
    "likes": "created_at",
    "follows": "since",
    "metrics": "as_of",
    "removals": "time",
}
MINUTE_MS = 60_000
# The first step also shows what was there before the start.
BEFORE_ALL_MS = np.iinfo(np.int64).min
DEFAULT_STEP_MINUTES = 60


def replay(observations: Observations, step_minutes: int = DEFAULT_STEP_MINUTES) -> Iterator[tuple[Batch, datetime]]:
    """Yield what became visible in each step of time, and the moment at which it ended.

    Steps begin at the start of the window in ``context.json`` and end with the present; an unfinished last
    one is left out. A follow that ends later is shown as lasting. Cost is linear in the rows of the tables that
    are asked for; the others are not read. A batch holds the rows of one step, whenever it is asked for them.

    Parameters
    ----------
    observations : Observations
    step_minutes : int
        Minutes of a step, at least 1.

    Raises
    ------
    ValueError
        When the step is shorter than a minute.
    """
    if step_minutes < 1:
        raise ValueError(f"step_minutes: must be at least 1, got {step_minutes}")
    step_ms = step_minutes * MINUTE_MS
    start_ms = read_start_ms(observations.context)
    feeds = _Feeds(observations)
    begin_ms = BEFORE_ALL_MS
    for end_ms in range(start_ms + step_ms, observations.as_of_ms + 1, step_ms):
        yield Batch(_Shown(feeds, begin_ms, end_ms)), datetime.fromtimestamp(end_ms / 1000, UTC)
        begin_ms = end_ms


def read_start_ms(context: dict[str, Any]) -> int:
    """Return the start of the window of a ``context.json``, ms since the epoch."""
    return int(datetime.fromisoformat(context["start"]).timestamp() * 1000)


class _Shown(StepTables):
    """The tables of one step, each read when it is first asked for; only columns asked for are made ready."""

    def __init__(self, feeds: "_Feeds", begin_ms: int, end_ms: int) -> None:
        self._feeds, self._begin_ms, self._end_ms = feeds, begin_ms, end_ms
        self._rows: dict[str, pa.Table] = {}
        self._taken: dict[str, pa.Table] = {}

    def __getitem__(self, name: str) -> pa.Table:
        if name not in OBSERVATIONS:
            raise KeyError(name)
        if name not in self._taken:
            self._taken[name] = self.pick(name, OBSERVATIONS[name].arrow)
        return self._taken[name]

    def pick(self, name: str, schema: pa.Schema) -> pa.Table:
        if name not in self._rows:
            self._rows[name] = self._feeds.take(name, self._begin_ms, self._end_ms)
        return _encode(self._rows[name], schema)

    def __iter__(self) -> Iterator[str]:
        return iter(OBSERVATIONS)

    def __len__(self) -> int:
        return len(OBSERVATIONS)


def _encode(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the columns of a schema, dictionaries encoded anew: that of all rows would name what is said later."""
    columns = [
        rows[field.name].cast(field.type) if pa.types.is_dictionary(field.type) else rows[field.name]
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


class _Feeds:
    """The feeds of the tables that were asked for."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations
        self._feeds: dict[str, _Feed] = {}

    def take(self, name: str, begin_ms: int, end_ms: int) -> pa.Table:
        """Return the rows of a step; a feed that is past its beginning, as for a batch kept, begins anew."""
        feed = self._feeds.get(name)
        if feed is None or feed.passed_ms > begin_ms:
            feed = self._feeds[name] = _Feed(self._observations, name)
        if feed.passed_ms < begin_ms:
            feed.pass_over(begin_ms)
        return _hide_future(name, feed.take_until(end_ms), end_ms)


class _Feed:
    """The rows of one table in time order, taken from the front."""

    def __init__(self, observations: Observations, name: str) -> None:
        self._batches = observations.batches(name)
        self._column = TIME_COLUMN[name]
        # A counter as of a moment is visible at that moment, everything else after it.
        self._side = "right" if name == "metrics" else "left"
        self._schema = _spell_out(OBSERVATIONS[name].arrow)
        self._empty = self._schema.empty_table()
        self._rows: pa.Table = self._empty
        self._times: NDArray[np.int64] = np.zeros(0, np.int64)
        self._place = 0
        self.passed_ms = BEFORE_ALL_MS
        self._more()

    def _more(self) -> bool:
        batch = next(self._batches, None)
        if batch is None:
            return False
        self._rows = pa.Table.from_batches([batch]).cast(self._schema)
        self._times = batch[self._column].cast(pa.int64()).to_numpy(zero_copy_only=False)
        self._place = 0
        return True

    def take_until(self, end_ms: int) -> pa.Table:
        """Return the rows before a moment that were not taken yet."""
        pieces = self.pass_over(end_ms)
        return pa.concat_tables(pieces) if len(pieces) > 1 else pieces[0] if pieces else self._empty

    def pass_over(self, end_ms: int) -> list[pa.Table]:
        """Go on to a moment; return the rows between, in pieces."""
        pieces = []
        self.passed_ms = end_ms
        while True:
            stop = int(np.searchsorted(self._times, end_ms, side=self._side))  # type: ignore[call-overload]
            if stop > self._place:
                pieces.append(self._rows.slice(self._place, stop - self._place))
                self._place = stop
            if stop < len(self._times) or not self._more():
                break
        return pieces


def _spell_out(schema: pa.Schema) -> pa.Schema:
    """Return a schema with plain values in the place of dictionaries."""
    fields = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field for field in schema
    ]
    return pa.schema(fields, schema.metadata)


def _hide_future(name: str, rows: pa.Table, end_ms: int) -> pa.Table:
    if name != "follows" or not rows.num_rows:
        return rows
    return hide_later_ends(rows, end_ms)


def hide_later_ends(follows: pa.Table, end_ms: int) -> pa.Table:
    """Return follows in which those that end at or after a moment are shown as lasting."""
    now = pa.scalar(end_ms, pa.int64()).cast(pa.timestamp("ms", "UTC"))
    ended = pc.fill_null(pc.less(follows["until"], now), False)
    until = pc.if_else(ended, follows["until"], pa.scalar(None, now.type))
    place = follows.schema.get_field_index("until")
    return follows.set_column(place, follows.schema.field("until"), until)
