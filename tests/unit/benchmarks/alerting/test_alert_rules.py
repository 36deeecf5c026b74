"""Rules: what a file of them may say, that they look only back, and when they fire."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from benchmarks.alerting.evaluation import evaluate, hold
from benchmarks.alerting.past_only import find_look_ahead
from benchmarks.alerting.rule_file import list_rule_files, load_rules
from benchmarks.alerting.series_list import SERIES_NAMES
from simulator.errors import InputError

MINUTE = 60_000
STEP = 5 * MINUTE
RULE = "{name: a, expr: mentions > 1, summary: Many.}"


def _series(mentions):
    """Return a series of mentions, every other column 0, the first step ending after five minutes."""
    times = pa.array([(step + 1) * STEP for step in range(len(mentions))], pa.timestamp("ms"))
    zeros = pa.array([0] * len(mentions), pa.int64())
    columns = dict.fromkeys(SERIES_NAMES, zeros) | {"time": times, "mentions": pa.array(mentions, pa.int64())}
    return pa.table(columns)


def _load(folder, text):
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return load_rules(str(path))


def _fire(folder, expr, mentions, for_="0m", derived=""):
    rules = _load(folder, f"{derived}\nrules:\n  - name: a\n    expr: {expr}\n    for: {for_}\n    summary: It is.\n")
    return (evaluate(rules, _series(mentions))[0].moments // STEP).tolist()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rules: []", r"my.yaml:1:8: rules: must have at least 1 entry, got a list"),
        ("series: []", r"my.yaml:1:1: rules: must be given"),
        (f"rules:\n  - {RULE}\nrule: 1", r"my.yaml:3:1: rule: must be a known key, got 'rule'. Did you mean 'rules'"),
        ("rules:\n  - {name: a, exp: x, expr: x, summary: Any.}", r"2:15: rules.0.exp: must be a known key.*'expr'"),
        ("rules:\n  - {name: A b, expr: x, summary: Any.}", r"rules.0.name: must be lower-case .*, got 'A b'"),
        ("rules:\n  - {name: a, expr: x, for: 5 min, summary: Any.}", r"rules.0.for: must be a duration.*'5 min'"),
        (
            "rules:\n  - {name: a, expr: mentions > $threshold, summary: Any.}",
            r"2:5: rules.0: must have \$threshold in its expression together with thresholds, got \$threshold alone",
        ),
        ("rules:\n  - {name: a, expr: 3, summary: Any.}", r"rules.0.expr: must be text, got 3"),
        (f"rules:\n  - {RULE}\n  - {RULE}", r"3:12: rules.1.name: must be a name that is not taken, got 'a'"),
        (
            f"derived:\n  - {{name: likes, expr: mentions}}\nrules:\n  - {RULE}",
            r"2:12: derived.0.name: must be a name that is not taken, got 'likes'. It is a given series",
        ),
    ],
)
def test_file_that_is_wrong_is_refused(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        _load(tmp_path, text)


def test_rule_that_is_wrong_is_told_without_saying_that_there_is_none(tmp_path):
    with pytest.raises(InputError) as caught:
        _load(tmp_path, "rules:\n  - {name: a, expr: mentions > 1}")
    assert str(caught.value) == f"{tmp_path}/my.yaml:2:5: rules.0.summary: must be given."


def test_unknown_shipped_rules_name_the_nearest():
    with pytest.raises(InputError, match=r"got 'startr'\. Did you mean 'starter'"):
        load_rules("startr")


@pytest.mark.parametrize("name", list_rule_files())
def test_shipped_rules_evaluate_on_silence(name):
    assert all(len(firings.moments) == 0 for firings in evaluate(load_rules(name), _series([0] * 300)))


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("mentions >", "must be an SQL expression, got"),
        ("mention > 1", r"must be SQL over the series, got 'mention > 1'.*mentions"),
        ("mentions", r"must be a condition, true or false, got BIGINT"),
        ("true) as b, (false", "must be one SQL expression over the series"),
        ("mentions > lag(mentions, -1) over (order by time)", "must look only back, got another answer"),
        ("mentions > ago(mentions, 1e300)", r"must be SQL over the series, got 'mentions > ago.*'. Conversion Error"),
        ("mentions > ago(mentions, -1)", r"must be SQL over the series, got .*hours must be 0 or more, got -1"),
        ("sum_over(mentions, -0.5) > 1", r"must be SQL over the series, got .*hours must be 0 or more, got -0\.5"),
    ],
)
def test_expression_that_is_wrong_is_refused(tmp_path, expr, message):
    with pytest.raises(InputError, match=rf"my\.yaml:4:\d+: rules\.0\.expr: {message}"):
        _fire(tmp_path, f'"{expr}"', [1, 2, 1, 3] * 9)


@pytest.mark.parametrize(
    ("expr", "rule"),
    [
        ("lead(mentions) over (order by time)", "look only back"),
        ("percent_rank() over (order by time)", "look only back"),
        ("mentions > (select avg(mentions) from series)", "hold no subquery, which could see later rows"),
        ("avg(mentions) over ()", "order its windows by time, ascending, and by nothing else"),
        ("avg(mentions) over (order by time desc)", "order its windows by time, ascending, and by nothing else"),
        ("avg(mentions) over (order by mentions)", "order its windows by time, ascending, and by nothing else"),
        (
            "1 + avg(mentions) over (order by time rows between 1 preceding and 1 following)",
            "end its windows at the current row or before",
        ),
        ("random() > 0.5", "give the same answer whenever it is asked"),
        ("avg(mentions) over (partition by hour(time) order by time)", None),
        ("mentions - lag(mentions, 12) over (order by time)", None),
        ("sum_over(mentions, 1) > 3", None),
    ],
)
def test_expression_may_only_look_back(expr, rule):
    with duckdb.connect() as database:
        found = find_look_ahead(database, expr)
    assert (found and found[0]) == rule


@pytest.mark.parametrize(
    ("expr", "mentions", "fires"),
    [
        ("mentions > 1", [0, 2, 1, 3], [2, 4]),
        ("sum_over(mentions, 0.25) >= 4", [2, 2, 0, 0, 4], [2, 3, 5]),
        ("mean_over(mentions, 1) > 1", [0, 3, 0], [2]),
        ("max_over(mentions, 0.1) > 2", [3, 0, 3], [1, 3]),
        ("mentions > ago(mentions, 0.25)", [1, 1, 1, 2, 1, 0], [4]),
        ("mentions = ago(mentions, 0) and sum_over(mentions, 0) > 1", [1, 2], [2]),
        ('"null"', [1, 2], []),
    ],
)
def test_rule_fires(tmp_path, expr, mentions, fires):
    assert _fire(tmp_path, expr, mentions) == fires


def test_swept_rule_is_one_rule_a_threshold(tmp_path):
    rules = _load(tmp_path, "rules:\n  - {name: a, expr: mentions > $threshold, thresholds: [1, 2.5], summary: Any.}")
    fired = {firings.name: (firings.moments // STEP).tolist() for firings in evaluate(rules, _series([1, 2, 3]))}
    assert fired == {"a 1": [2, 3], "a 2.5": [3]}


def test_derived_series_build_on_each_other(tmp_path):
    derived = "derived:\n  - {name: twice, expr: 2 * mentions}\n  - {name: before, expr: 'ago(twice, 0.1)'}"
    assert _fire(tmp_path, "before = 6", [3, 1, 2], derived=derived) == [2]


@pytest.mark.parametrize(
    ("minutes", "held"),
    [(0, [0, 1, 1, 1, 0, 1]), (5, [0, 0, 1, 1, 0, 0]), (7, [0, 0, 0, 1, 0, 0]), (15, [0] * 6)],
)
def test_rule_waits_until_it_was_true_for_long_enough(minutes, held):
    assert hold(np.array([0, 1, 1, 1, 0, 1], bool), minutes).tolist() == [bool(flag) for flag in held]


def test_later_rows_never_change_earlier_alerts():
    rules, mentions = load_rules("starter"), [step * step * 7 % 61 * (step % 50 > 40) for step in range(700)]
    whole = evaluate(rules, _series(mentions))
    assert sum(len(firings.moments) for firings in whole) > 20
    for n_first in (47, 350, 644):
        first = evaluate(rules, _series(mentions[:n_first]))
        for long, short in zip(whole, first, strict=True):
            assert long.moments[long.moments <= n_first * STEP].tolist() == short.moments.tolist()
