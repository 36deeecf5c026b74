"""Columns as JSON: what a parser reads back is what was there."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from benchmarks.replay.json_lines import write_members, write_values

NASTY = ['say "hi"', "back\\slash", "line\nend\r\ttab", "\x00\x07\x1f", "\u2028 陈 🍞", "", '\\"', None]


def read(column):
    return [json.loads(text) for text in write_values(column).to_pylist()]


@pytest.mark.parametrize(
    "column",
    [
        pa.array(NASTY, pa.string()),
        pa.array([0, -1, (1 << 53) - 1, None], pa.int64()),
        pa.array([True, False, None]),
        pa.array(["en", None, "zh", "en"]).dictionary_encode(),
        pa.array([["a", 'b"'], [], None, ["\n"]], pa.list_(pa.string())),
    ],
    ids=["text", "integer", "boolean", "word", "list"],
)
def test_values_are_read_back_as_they_were(column):
    assert read(column) == column.to_pylist()


def test_slice_of_lists_is_read_back():
    column = pa.array([["a"], ["b", "c"], [], ["d"]], pa.list_(pa.string()))
    assert read(column.slice(1, 2)) == [["b", "c"], []]


def test_times_are_iso_8601_in_utc():
    at = datetime(2025, 5, 1, 23, 59, 59, 7000, tzinfo=UTC)
    column = pa.array([at, None], pa.timestamp("ms", tz="UTC"))
    assert read(column) == ["2025-05-01T23:59:59.007Z", None]


def test_members_make_an_object():
    rows = write_members(["a", "b"], [pa.array([1, None]), pa.array(["x", "y"])])
    assert [json.loads("{" + row + "}") for row in rows.to_pylist()] == [{"a": 1, "b": "x"}, {"a": None, "b": "y"}]


def test_unknown_type_is_refused():
    with pytest.raises(TypeError, match="no JSON for a column of type double"):
        write_values(pa.array([1.5]))
