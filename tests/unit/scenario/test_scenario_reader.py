"""The reader: places of values, what plain scalars mean, and what YAML is refused."""

import os
import time
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.scenario.reader import Mark, read_file, read_text, resolve_scalar


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("0", 0),
        ("-12", -12),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("1_000", "1_000"),
        ("010", "010"),
        ("0x1F", "0x1F"),
        ("1:30", "1:30"),
        ("2025-05-22", "2025-05-22"),
        ("T-7d", "T-7d"),
    ],
)
def test_plain_scalar_means(text: str, value: object) -> None:
    resolved = resolve_scalar(text)
    assert (type(resolved), resolved) == (type(value), value)


@pytest.mark.parametrize("text", [".inf", "-.INF", ".nan", "1e999", "9" * 5000, "-1e16"])
def test_number_that_is_not_finite_or_too_large_overflows(text: str) -> None:
    with pytest.raises(OverflowError):
        resolve_scalar(text)


def test_quoted_number_stays_text() -> None:
    assert read_text("a: '5'\nb: \"true\"\n", "f").data == {"a": "5", "b": "true"}


def test_values_and_keys_have_places() -> None:
    document = read_text("a:\n  b: [1, {c: 2}]\n", "f")
    assert document.data == {"a": {"b": [1, {"c": 2}]}}
    assert document.mark(("a", "b", 1, "c")) == Mark("f", 2, 14)
    assert document.key_mark(("a", "b")) == Mark("f", 2, 3)
    assert document.mark(("a", "b", 1, "missing")) == Mark("f", 2, 10)


def test_first_of_two_equal_keys_counts() -> None:
    document = read_text("a: {b: 1}\na: {b: 2}\n", "f")
    assert document.data == {"a": {"b": 1}}
    assert document.mark(("a", "b")) == Mark("f", 1, 8)


def test_every_refusal_is_noted() -> None:
    document = read_text("a: &x 1\nb: *x\nc: !!int 3\nd: {<<: {e: 1}}\na: 2\nf: .inf\n", "f")
    assert [problem.line for problem in document.problems] == [1, 2, 3, 4, 5, 6]


def test_mistakes_before_broken_yaml_are_told_too() -> None:
    with pytest.raises(ScenarioError) as raised:
        read_text("a: &x 1\nb: {c: 1\n", "f")
    assert ["anchors" in str(problem) for problem in raised.value.problems] == [True, False]
    assert "f:3:1: must be valid YAML" in str(raised.value)


def test_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read_file(path).data == {"a": 1}


def test_windows_line_ends_keep_line_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: 1\r\nb: 2\r\n")
    assert read_file(path).mark(("b",)) == Mark(str(path), 2, 4)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
def test_wide_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\n".encode(encoding))
    with pytest.raises(ScenarioError, match=r"must be UTF-8 text, got UTF-16 or UTF-32\. Save it as UTF-8\."):
        read_file(path)


def test_other_encoding_is_refused_at_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("a: 1\nb: Köln\n".encode("latin-1"))
    with pytest.raises(ScenarioError, match=r"a\.yaml:2:5: must be UTF-8 text, got byte 0xf6\."):
        read_file(path)


def test_file_over_a_megabyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n" + "# filler\n" * 120_000)
    with pytest.raises(ScenarioError, match="must be at most 1 MB, got more"):
        read_file(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml: must be a file that exists"):
        read_file(tmp_path / "none.yaml")


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="must be a regular file"):
        read_file(tmp_path)


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)
    with pytest.raises(ScenarioError, match="must be a regular file"):
        read_file(path)


HOSTILE = {
    "nested_lists": "a: " + "[" * 900_000,
    "nested_mappings": "a: " + "{a: " * 200_000,
    "nested_keys": "? " * 400_000,
    "nested_dashes": "- " * 400_000,
    "many_values": "a: [" + "1," * 400_000 + "]",
    "many_keys": "".join(f"k{index}: 1\n" for index in range(80_000)),
    "many_duplicates": "a: 1\n" * 180_000,
    "many_anchors": "a: [" + "&a 1," * 180_000 + "]",
    "many_aliases": "a: [" + "*a," * 300_000 + "]",
    "alias_bomb": "".join(f"k{i}: &k{i} [*k{i - 1}, *k{i - 1}]\n" for i in range(1, 50)),
    "many_documents": "---\n" * 240_000,
    "open_quote": 'a: "' + "\n" * 900_000,
    "deep_indent": "".join(" " * depth + "a:\n" for depth in range(1200)),
    "many_digits": "a: " + "9" * 900_000,
    "many_escapes": 'a: "' + "\\x07" * 200_000 + '"',
    "control_characters": "\x07" * 900_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_yaml_is_refused_soon_and_briefly(text: str) -> None:
    begin = time.process_time()
    try:
        problems = tuple(read_text(text, "f").problems)
    except ScenarioError as error:
        problems = error.problems  # type: ignore[assignment]
    assert 1 <= len(problems) <= 100
    assert max(len(str(problem)) for problem in problems) < 400
    assert time.process_time() - begin < 10
