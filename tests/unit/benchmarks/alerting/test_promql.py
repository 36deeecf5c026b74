"""What is read of a PromQL expression before it is evaluated: its series, and looks into the future."""

import pytest

from benchmarks.alerting.engines.promql import find_look_ahead, find_metrics, has_nameless_selector


@pytest.mark.parametrize(
    ("expr", "names"),
    [
        ("a", {"a"}),
        ("a:b:c > 5", {"a:b:c"}),
        ('a{lang="en", b!="c"} offset 1d', {"a"}),
        ("sum_over_time(a[5m:30s]) / 1e-3", {"a"}),
        ("sum by (lang) (a) + sum(b) without (lang)", {"a", "b"}),
        ("a * on (x) group_left (y) b", {"a", "b"}),
        ("a and b unless c or d > bool inf", {"a", "b", "c", "d"}),
        ('{__name__="a", lang="en"}', {"a"}),
        ("a # and b\n > 1", {"a"}),
        ("""label_replace(a, "b", '$1', `c`, "d")""", {"a"}),
        ("offset_of_mine default 5Ki keep_metric_names", {"offset_of_mine"}),
        ("quantile(0.5, a) > scalar(b) + time()", {"a", "b"}),
        ("", set()),
    ],
)
def test_series_are_found_by_name(expr, names):
    assert find_metrics(expr) == names


@pytest.mark.parametrize(
    ("expr", "got"),
    [
        ("a offset -5m", "offset -5m"),
        ("avg_over_time(a[1h:5m] OFFSET - 1d) > 1", "offset -1d"),
        ("a @ 1700000000", "@ 1700000000"),
        ("a @ end() > 1", "@ end"),
        ("range_max(a)", "range_max"),
        ("topk_avg(1, a)", "topk_avg"),
        ("outliersk(1, a)", "outliersk"),
        ("interpolate(a)", "interpolate"),
        ("keep_next_value(a) > 1", "keep_next_value"),
        ("rollup_candlestick(a[1h])", "rollup_candlestick"),
        ("a > rand_normal()", "rand_normal"),
        ("a > now()", "now"),
        ("WITH (b = a offset 1d) b > 1", "WITH"),
    ],
)
def test_look_into_the_future_is_refused(expr, got):
    problem = find_look_ahead(expr)
    assert problem is not None
    assert problem[1] == got


@pytest.mark.parametrize(
    "expr",
    ['a{b="offset -5m @ 1"} offset 5m', "a - 5 > 1 # @", "range_of_mine > topk(2, a)", "a[1h] offset 1w", "random - 1"],
)
def test_look_back_is_not_refused(expr):
    assert find_look_ahead(expr) is None


@pytest.mark.parametrize("expr", ['{lang="en"}', '{__name__=~"a.*"}', '{lang="en", __name__!="a"} > 1', "a + {b='c'}"])
def test_selector_without_a_name_is_told(expr):
    assert has_nameless_selector(expr)


@pytest.mark.parametrize("expr", ['a{lang="en"}', '{__name__="a"}', "a > 1", 'sum by (b) (a{c=~"d"})'])
def test_selector_with_a_name_is_none_without(expr):
    assert not has_nameless_selector(expr)
