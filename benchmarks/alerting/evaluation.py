"""Evaluates rules every five minutes with DuckDB over the series, and proves on prefixes that nothing looks ahead."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.past_only import find_look_ahead
from benchmarks.alerting.rule_file import Rules
from benchmarks.alerting.series_list import STEP_MINUTES, STEPS_PER_HOUR
from benchmarks.alerting.time_limit import TookTooLongError, limit_time
from simulator.errors import InputError
from simulator.scenario.reader import Place
from simulator.scenario.wording import show

Moments = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENGINE = "duckdb"
# Moments at which the future is hidden to see whether anything changes (assumed).
N_CUTS = 12
_BACK = "over (order by time rows between greatest(steps_back(hours) - 1, 0) preceding and current row)"
MACROS = {
    "steps_back(hours)": f"""case when hours >= 0 then (hours * {STEPS_PER_HOUR})::bigint
        else error('hours must be 0 or more, got ' || hours) end""",
    **{f"{name}_over(x, hours)": f"{sql}(x) {_BACK}" for name, sql in (("sum", "sum"), ("mean", "avg"))},
    **{f"{name}_over(x, hours)": f"{name}(x) {_BACK}" for name in ("min", "max")},
    "deviation_over(x, hours)": f"stddev_samp(x) {_BACK}",
    "quantile_over(x, share, hours)": f"quantile_cont(x, share) {_BACK}",
    "ago(x, hours)": "lag(x, steps_back(hours)) over (order by time)",
}


@dataclass(frozen=True, slots=True)
class Firings:
    """When a rule fires: `moments` are the ends, ms since the epoch, of the steps at which it does."""

    name: str
    moments: Moments


def evaluate(rules: Rules, series: pa.Table) -> tuple[Firings, ...]:
    """Return when each rule fires.

    Parameters
    ----------
    rules : Rules
    series : pyarrow.Table
        As of :func:`benchmarks.alerting.series.make_series`, with the team's own columns.

    Raises
    ------
    InputError
        When an expression is not SQL over the series, is no condition, or sees later rows.
    """
    with _open(series) as database:
        check_expressions(database, rules)
        is_true = _ask(database, rules, series.num_rows)
        fires = {rule.name: hold(is_true[rule.name], rule.for_minutes) for rule in rules.rules}
        _prove_past_only(database, rules, is_true, _choose_cuts(list(fires.values()), series.num_rows))
    ends = series["time"].cast(pa.int64()).to_numpy()
    return tuple(Firings(name, ends[flags]) for name, flags in fires.items())


def hold(is_true: Flags, for_minutes: float) -> Flags:
    """Return at which steps a rule fires: true here and at every step of the last `for_minutes`.

    As Prometheus has it: the first true evaluation begins to count, and the rule fires at the first one that is at
    least `for_minutes` later.

    Examples
    --------
    >>> hold(np.array([True, True, False, True, True, True]), 10).tolist()
    [False, False, False, False, False, True]
    """
    steps = np.arange(len(is_true))
    last_false = np.maximum.accumulate(np.where(is_true, -1, steps)) if len(steps) else steps
    held: Flags = is_true & ((steps - last_false - 1) * STEP_MINUTES >= for_minutes)
    return held


@contextmanager
def _open(series: pa.Table) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB that holds the series, reaches nothing outside and cannot be changed to do so."""
    with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "3GB"}) as database:
        database.execute("set TimeZone = 'UTC'")
        database.register("given", series)
        database.execute("create table given_series as select *, row_number() over (order by time) as _row from given")
        database.unregister("given")
        for signature, body in MACROS.items():
            database.execute(f"create macro {signature} as {body}")
        database.execute("set variable n_rows = 9223372036854775807")
        database.execute("set enable_external_access = false")
        database.execute("set lock_configuration = true")
        yield database


def _nest(rules: Rules, n_derived: int | None = None) -> str:
    """Return the series with the (first) derived columns, as far as the variable n_rows shows it."""
    inner = "select * exclude (_row) from given_series where _row <= getvariable('n_rows')"
    for one in rules.content.derived[:n_derived]:
        inner = f'select *, ({one.expr}\n) as "{one.name}" from ({inner}) as series'
    return inner


def _ask(database: duckdb.DuckDBPyConnection, rules: Rules, n_rows: int) -> dict[str, Flags]:
    """Return at which of the first rows each rule is true, when there are no later ones."""
    database.execute(f"set variable n_rows = {n_rows}")
    conditions = ", ".join(f'coalesce(({rule.expr}\n), false) as "{rule.name}"' for rule in rules.rules)
    question = f"select {conditions} from ({_nest(rules)}) as series order by series.time"
    try:
        with limit_time(database, rules.limit_seconds):
            answer = database.execute(question).fetchnumpy()
    except TookTooLongError:
        raise _blame_slow(database, rules) from None
    except duckdb.Error as error:
        raise _blame_failed(database, rules, error) from error
    return {name: np.ma.filled(np.ma.asarray(flags), False).astype(bool) for name, flags in answer.items()}


def _blame_slow(database: duckdb.DuckDBPyConnection, rules: Rules) -> InputError:
    """Return the error of the first expression that takes more than its part of the time, else of all rules."""
    alone = _list_alone(rules)
    for path, expr, question in alone:
        try:
            with limit_time(database, rules.limit_seconds / len(alone)):
                database.execute(question).fetchall()
        except TookTooLongError:
            return rules.refuse_slow(path, expr)
    return rules.refuse_slow(("rules",), f"{len(rules.rules)} rules")


def _blame_failed(database: duckdb.DuckDBPyConnection, rules: Rules, error: duckdb.Error) -> InputError:
    """Return the error of the first expression that fails by itself on the values that there are, else of all rules."""
    for path, expr, question in _list_alone(rules):
        try:
            with limit_time(database, rules.limit_seconds):
                database.execute(question).fetchall()
        except TookTooLongError:
            return rules.refuse_slow(path, expr)
        except duckdb.Error as alone:
            return rules.refuse(path, "be SQL over the series", show(expr), _first_line(alone))
    return rules.refuse(("rules",), "be SQL over the series", f"{len(rules.rules)} rules", _first_line(error))


def _list_alone(rules: Rules) -> list[tuple[Place, str, str]]:
    """Return place and text of each expression, and a question of all its values that asks for no later expression."""
    derived = [(("derived", place, "expr"), one.expr, place) for place, one in enumerate(rules.content.derived)]
    ruled = [(("rules", place, "expr"), rule.expr, None) for place, rule in zip(rules.places, rules.rules, strict=True)]
    alone: list[tuple[Place, str, int | None]] = [*derived, *ruled]
    return [
        (path, expr, f"select count(value) from (select ({expr}\n) as value from ({_nest(rules, n)}) as series)")
        for path, expr, n in alone
    ]


def check_expressions(database: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Refuse an expression that does not look back alone, or that DuckDB cannot evaluate."""
    inner = "select * exclude (_row) from given_series"
    for place, one in enumerate(rules.content.derived):
        _check(database, rules, ("derived", place, "expr"), one.expr, inner)
        inner = f'select *, ({one.expr}\n) as "{one.name}" from ({inner}) as series'
    for place, rule in zip(rules.places, rules.rules, strict=True):
        kind = _check(database, rules, ("rules", place, "expr"), rule.expr, inner)
        if kind not in ("BOOLEAN", '"NULL"'):
            advice = "Compare it with something, as mentions > 10."
            raise rules.refuse(("rules", place, "expr"), "be a condition, true or false", kind, advice)


def _check(database: duckdb.DuckDBPyConnection, rules: Rules, path: Place, expr: str, inner: str) -> str:
    """Return the type of an expression's value."""
    problem = find_look_ahead(database, expr)
    if problem is not None:
        raise rules.refuse(path, *problem)
    try:
        described = database.execute(f"describe select ({expr}\n) from ({inner}) as series").fetchall()
    except duckdb.Error as error:
        raise rules.refuse(path, "be SQL over the series", show(expr), _first_line(error)) from error
    return str(described[0][1])


def _first_line(error: duckdb.Error) -> str:
    """Return what DuckDB says, on one line."""
    return " ".join(str(error).split("\nLINE")[0].split()).rstrip(".") + "."


def _choose_cuts(fires: Sequence[Flags], n_rows: int) -> list[int]:
    """Return after how many rows the future is hidden: right after first firings, and at even distances."""
    starts = np.unique(np.concatenate([_find_starts(flags) for flags in fires])) + 1
    chosen = starts[np.linspace(0, len(starts) - 1, min(N_CUTS, len(starts))).astype(int)] if len(starts) else starts
    even = np.linspace(0, n_rows, 4)[1:-1].astype(int)
    return sorted({int(cut) for cut in (*chosen, *even) if 0 < cut < n_rows})


def _find_starts(flags: Flags) -> NDArray[np.intp]:
    return np.flatnonzero(flags & ~np.concatenate([[False], flags[:-1]]))


def _prove_past_only(
    database: duckdb.DuckDBPyConnection, rules: Rules, is_true: dict[str, Flags], cuts: Sequence[int]
) -> None:
    for cut in cuts:
        again = _ask(database, rules, cut)
        for place, rule in zip(rules.places, rules.rules, strict=True):
            if not np.array_equal(again[rule.name], is_true[rule.name][:cut]):
                got = f"another answer when the rows after the {cut}th are hidden"
                raise rules.refuse(("rules", place, "expr"), "look only back", got)
