"""A team's own series: SQL over the observations and nothing else, its events added up step by step.

DuckDB may read the observations' folder alone, and no setting can be changed; every question is asked again on
observations that end earlier, and must say the same of what came before.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.alerting.rule_file import OwnSeries, SeriesOfFile
from benchmarks.alerting.series import STEP_MS
from benchmarks.alerting.time_limit import TookTooLongError, limit_time
from benchmarks.blind.streaming import TIME_COLUMN, read_start_ms
from benchmarks.detector import OBSERVATIONS, Observations
from simulator.dataset.queries import escape_pattern
from simulator.scenario.wording import show

Values = NDArray[np.float64]
# Shares of the run after which the future is hidden to see whether anything changes (assumed).
_CUTS = (0.25, 0.5, 0.75)
# Sums of the same numbers in another order differ by this share at most.
_ROUNDING = 1e-9


def add_own_series(observations: Observations, rules: SeriesOfFile, series: pa.Table) -> pa.Table:
    """Return the series with the team's own columns, float64: the values of each step added up, 0 without any.

    Parameters
    ----------
    observations : Observations
        Their folder is all that the questions can read, so nothing else may lie in it.
    rules : SeriesOfFile
    series : pyarrow.Table
        As of :func:`benchmarks.alerting.series.make_series`.

    Raises
    ------
    InputError
        When a question is not one SELECT of `time` and `value`, fails, returns NaN or infinity, or sees later rows.
    """
    n_steps = series.num_rows
    for place, own in enumerate(rules.content.series):
        values = _ask(observations, rules, place, own, n_steps, n_steps)
        if not np.isfinite(values).all():
            got = f"{values[~np.isfinite(values)][0]:g} in {np.count_nonzero(~np.isfinite(values)):,} steps"
            raise rules.refuse(("series", place, "sql"), "return values that are finite numbers", got)
        for cut in sorted({int(n_steps * share) for share in _CUTS} - {0}):
            earlier = _ask(observations, rules, place, own, cut, cut)
            if not np.allclose(earlier, values[:cut], rtol=_ROUNDING, atol=_ROUNDING):
                got = f"another answer when what comes after step {cut} of {n_steps} is hidden"
                raise rules.refuse(("series", place, "sql"), "see nothing later than its time", got)
        series = series.append_column(own.name, pa.array(values))
    return series


@contextmanager
def open_locked(folder: Path, until_ms: int) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB with a view of every table up to a moment; it can read one folder and cannot be unlocked.

    Parameters
    ----------
    folder : Path
        An ``observations/``.
    until_ms : int
        What became visible from then on is hidden, ms since the epoch, UTC.
    """
    observations = Observations(folder.resolve(), until_ms)
    with duckdb.connect(":memory:", config={"threads": 1, "memory_limit": "3GB"}) as database:
        database.execute("set TimeZone = 'UTC'")
        for name in OBSERVATIONS:
            paths = [escape_pattern(str(path)) for path in observations.files(name)]
            database.read_parquet(paths).create_view(f"all_{name}")
            database.execute(_make_view(name, until_ms))
        quoted = str(observations.folder).replace("'", "''")
        database.execute(f"set allowed_directories = ['{quoted}/']")
        database.execute("set enable_external_access = false")
        database.execute("set lock_configuration = true")
        yield database


def _make_view(name: str, until_ms: int) -> str:
    """Return the view of a table's rows that are visible before a moment; a follow that ends later lasts."""
    time = TIME_COLUMN[name]
    # A counter as of a moment tells only of what came before it.
    is_visible = f"epoch_ms({time}) {'<=' if name == 'metrics' else '<'} {until_ms}"
    hidden = f"replace (case when epoch_ms(until) < {until_ms} then until end as until)" if name == "follows" else ""
    return f"create view {name} as select * {hidden} from all_{name} where {is_visible}"


def _ask(
    observations: Observations, rules: SeriesOfFile, place: int, own: OwnSeries, n_steps: int, n_visible: int
) -> Values:
    """Return the values of the first steps, when what comes after the visible ones is hidden."""
    start_ms = read_start_ms(observations.context)
    try:
        with open_locked(observations.folder, start_ms + n_visible * STEP_MS) as database:
            _demand_select(rules, place, own.sql)
            question = f"""
            select (epoch_ms(time::timestamptz) - {start_ms}) // {STEP_MS} as step, sum(value)::double as value
            from ({own.sql.strip().rstrip(";")}\n) as events where epoch_ms(time::timestamptz) >= {start_ms}
            group by step order by step
            """
            with limit_time(database, rules.limit_seconds):
                answer = database.execute(question).fetchnumpy()
    except TookTooLongError:
        raise rules.refuse_slow(("series", place, "sql"), own.sql) from None
    except duckdb.Error as error:
        why = " ".join(str(error).split("\nLINE")[0].split()).rstrip(".") + "."
        raise rules.refuse(("series", place, "sql"), "be SQL over the observations", show(own.sql), why) from error
    return _lay_out(answer, n_steps)


def _demand_select(rules: SeriesOfFile, place: int, sql: str) -> None:
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise rules.refuse(("series", place, "sql"), "be one SELECT", show(sql))


def _lay_out(answer: dict[str, NDArray[np.generic]], n_steps: int) -> Values:
    """Return a value a step; what is later than the present belongs to none."""
    values = np.zeros(n_steps)
    step = np.ma.getdata(np.ma.asarray(answer["step"])).astype(np.int64)
    inside = step < n_steps
    values[step[inside]] = np.ma.filled(np.ma.asarray(answer["value"], np.float64), 0.0)[inside]
    return values
