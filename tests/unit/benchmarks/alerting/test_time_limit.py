"""SQL that never ends is ended, and the message names file, line, path and limit."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.alerting.evaluation import evaluate
from benchmarks.alerting.own_series import add_own_series
from benchmarks.alerting.rule_file import load_rules
from benchmarks.alerting.time_limit import TookTooLongError, limit_time
from benchmarks.detector import Observations
from simulator.errors import InputError
from tests.tiny_dataset import END, write_tiny

LIMIT = 0.4
ENDLESS = (
    "select to_timestamp(a.range) as time, 1 as value from range(10000000) a, range(10000000) b where hash(a, b) = 1"
)
SLOW = "list_sum(list_transform(range(16000 + mentions % 2), lambda x: sin(x))) > 5"


def _load(folder, text):
    path = folder / "rules.yaml"
    path.write_text(text)
    return load_rules(str(path), LIMIT)


def test_question_is_ended_and_the_connection_goes_on():
    with duckdb.connect() as database:
        with pytest.raises(TookTooLongError), limit_time(database, LIMIT):
            database.execute("select count(*) from range(1000000000000)").fetchall()
        with limit_time(database, 60):
            assert database.execute("select 1").fetchall() == [(1,)]


def test_slow_series_is_refused_with_its_place(tmp_path):
    rules = _load(
        tmp_path,
        f"series:\n  - name: slow\n    sql: {ENDLESS}\nrules:\n  - {{name: x, expr: slow > 1, summary: Never.}}\n",
    )
    observations = Observations(write_tiny(tmp_path / "world") / "observations", END)
    with pytest.raises(InputError, match=r"rules.yaml:3:10: series.0.sql: must be answered within 0.4 s"):
        add_own_series(observations, rules, pa.table({"time": np.arange(4)}))


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (
            "rules:\n  - {name: a, expr: mentions > 1, summary: Fine.}\n"
            f'  - {{name: b, summary: Slow.,\n     expr: "{SLOW}"}}\n',
            "rules.1",
        ),
        (f'derived:\n  - name: d\n    expr: "{SLOW}"\nrules:\n  - {{name: a, expr: d, summary: Fine.}}\n', "derived.0"),
    ],
)
def test_slow_expression_is_refused_with_its_place(tmp_path, text, path):
    times = pa.array(np.arange(10_000) * 300_000, pa.timestamp("ms"))
    series = pa.table({"time": times, "mentions": np.arange(10_000)})
    with pytest.raises(InputError, match=rf"rules.yaml:\d+:1[0-2]: {path}.expr: must be answered within 0.4 s"):
        evaluate(_load(tmp_path, text), series)
