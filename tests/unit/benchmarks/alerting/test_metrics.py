"""How a world's series become metrics: names, labels, times in the unit that each program wants."""

import numpy as np
import pytest

from benchmarks.alerting.engines.metrics import (
    Samples,
    list_metrics,
    name_metric,
    take_samples,
    write_for_import,
    write_openmetrics,
)
from benchmarks.alerting.series_list import SERIES_NAMES
from simulator.errors import InputError
from tests.made_up_metrics import make_table

SOME = [
    Samples("a", (("lang", 'e"n\\'),), np.array([300_000, 600_000]), np.array([1.0, 0.25])),
    Samples("a", (), np.array([300_500]), np.array([np.inf])),
]


@pytest.mark.parametrize(
    ("column", "metric", "labels"),
    [
        ("likes", "smearbench_likes", ()),
        ("negative_zh", "smearbench_negative_by_language", (("lang", "zh"),)),
        # A team's own series is never split.
        ("my_en", "smearbench_my_en", ()),
    ],
)
def test_column_has_one_metric(column, metric, labels):
    assert name_metric(column) == (metric, labels)


def test_metrics_of_all_columns_are_distinct_but_for_labels():
    named = [name_metric(name) for name in SERIES_NAMES if name != "time"]
    assert len(set(named)) == len(named)
    assert len(list_metrics(list(SERIES_NAMES))) == len(named) - 2


def test_null_is_no_sample_and_other_metrics_are_left_out():
    table = make_table({"duplicate_share": [None, 0.5, None], "likes": [1, 2, 3]}, 3, start_ms=0)
    (one,) = take_samples(table, {"smearbench_duplicate_share"})
    assert one.times_ms.tolist() == [300_000]
    assert one.values.tolist() == [0.5]


def test_openmetrics_are_in_seconds(tmp_path):
    write_openmetrics(SOME, tmp_path / "text")
    lines = (tmp_path / "text").read_text().splitlines()
    first, second = r'a{lang="e\"n\\"} 1.0 300', r'a{lang="e\"n\\"} 0.25 600'
    assert lines == ["# TYPE a unknown", first, second, "a inf 300.5", "# EOF"]


def test_import_is_in_milliseconds(tmp_path):
    write_for_import(SOME[1:], tmp_path / "text")
    assert (tmp_path / "text").read_text() == "a inf 300500\n"


def test_milliseconds_taken_for_seconds_are_refused():
    table = make_table({}, 2, start_ms=1_735_689_600_000_000)
    with pytest.raises(InputError, match="series: must end before the year 2100, got 1735689600300000 ms"):
        list(take_samples(table, {"smearbench_likes"}))
