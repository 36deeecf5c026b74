"""Rules of the files: encodings, row groups, parts, sizes, and bytes that depend on the rows alone."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.dataset import tables as table_files
from simulator.dataset.encodings import ROW_GROUP_ROWS, choose_parquet_options, settle
from simulator.dataset.tables import TableFiles
from simulator.schema import ACCOUNTS, POSTS, TABLES, TRUTH_LIKES, Table
from tests.tiny_dataset import make_tables, rows_of, write_tiny


def read_encodings(path: Path) -> dict[str, set[str]]:
    group = pq.read_metadata(path).row_group(0)
    columns = [group.column(place) for place in range(group.num_columns)]
    return {column.path_in_schema: set(column.encodings) for column in columns}


def write_rows(folder: Path, table: Table, portions: list[pa.Table]) -> list[Path]:
    files = TableFiles(folder, table)
    for portion in portions:
        files.add(portion)
    files.close()
    return [folder / entry.path for entry in files.entries]


def make_posts(n_rows: int) -> pa.Table:
    """Templated posts of 20,000 accounts, a third of them reposts, as simulated worlds have them."""
    draws = np.random.default_rng(5)
    slots = [f"{letter}{number}word" for letter in "abcdefgh" for number in range(40)]
    picks = draws.integers(0, len(slots), (n_rows, 3))
    templates = [f"I drove the Auralis One {n} weeks and {{}} then {{}} happened, {{}} #AuralisOne" for n in range(60)]
    texts = [
        None if row % 3 == 0 else templates[draws.integers(60)].format(*(slots[pick] for pick in picks[row]))
        for row in range(n_rows)
    ]
    times = 1_746_057_600_000 + np.sort(draws.integers(0, 86_400_000, n_rows))
    ids = (times - 1_746_057_600_000) << 16 | draws.integers(0, 1 << 16, n_rows)
    kinds = ["repost" if text is None else "post" for text in texts]
    parents = [None if text is not None else int(ids[max(row - 40, 0)]) for row, text in enumerate(texts)]
    roots = [int(own) if parent is None else parent for own, parent in zip(ids, parents, strict=True)]
    activity = draws.pareto(1.2, 20_000) + 0.3
    accounts = draws.integers(0, 1 << 53, 20_000)[draws.choice(20_000, n_rows, p=activity / activity.sum())]
    tags = [["AuralisOne"] if row % 3 else [] for row in range(n_rows)]
    urls = [[f"https://news{row % 50}.example/a"] if row % 7 == 1 else [] for row in range(n_rows)]
    mentions = [[f"user_{row % 5000}"] if row % 9 == 1 else [] for row in range(n_rows)]
    columns = [ids, times, accounts, kinds, parents, roots, texts, ["en"] * n_rows, tags, urls, mentions]
    rows = list(zip(*(map(_plain, column) for column in columns), ["web"] * n_rows, strict=True))
    return rows_of("posts", rows)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


@pytest.fixture(scope="module")
def posts() -> pa.Table:
    return make_posts(40_000)


def test_own_ids_and_times_are_written_as_deltas(tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path, POSTS, [make_tables()["posts"]])
    encodings = read_encodings(path)
    for column in ("post_id", "created_at"):
        assert "DELTA_BINARY_PACKED" in encodings[column]
        assert not any("DICTIONARY" in name for name in encodings[column])


def test_references_to_accounts_are_written_as_dictionaries(tmp_path: Path) -> None:
    """Random ids have no small differences, but authors repeat."""
    (path,) = write_rows(tmp_path, POSTS, [make_tables()["posts"]])
    assert "RLE_DICTIONARY" in read_encodings(path)["account_id"]


def test_references_to_posts_are_written_plain(tmp_path: Path) -> None:
    """Equal bytes are what zstd finds; deltas hide them."""
    (path,) = write_rows(tmp_path, POSTS, [make_tables()["posts"]])
    encodings = read_encodings(path)
    for column in ("parent_id", "root_id"):
        assert encodings[column] <= {"PLAIN", "RLE"}


def test_keys_of_accounts_are_written_as_deltas(tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path, ACCOUNTS, [make_tables()["accounts"]])
    assert "DELTA_BINARY_PACKED" in read_encodings(path)["account_id"]


def test_a_dictionary_of_ids_never_falls_back_to_plain_values(tmp_path: Path) -> None:
    ids = np.random.default_rng(2).integers(0, 1 << 53, ROW_GROUP_ROWS)
    rows = pa.table([ids, ids, np.zeros(ROW_GROUP_ROWS, np.int32)], schema=TRUTH_LIKES.arrow)
    (path,) = write_rows(tmp_path, TRUTH_LIKES, [rows])
    column = pq.read_metadata(path).row_group(0).column(0)
    assert column.total_uncompressed_size < (8 + 18 / 8) * ROW_GROUP_ROWS + 10_000


def test_text_is_written_as_delta_lengths(tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path, POSTS, [make_tables()["posts"]])
    encodings = read_encodings(path)
    assert "DELTA_LENGTH_BYTE_ARRAY" in encodings["text"]
    assert "DELTA_LENGTH_BYTE_ARRAY" in encodings["mentions.list.element"]


def test_elements_of_repeating_lists_are_written_as_dictionaries(tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path, POSTS, [make_tables()["posts"]])
    encodings = read_encodings(path)
    for column in ("kind", "lang", "client", "hashtags.list.element", "urls.list.element"):
        assert "RLE_DICTIONARY" in encodings[column]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_option_names_a_leaf_of_the_file(table: Table, tmp_path: Path) -> None:
    """pyarrow ignores options of columns that do not exist."""
    (path,) = write_rows(tmp_path, table, [make_tables()[table.name]])
    options = choose_parquet_options(table)
    named = {*options["use_dictionary"], *(options["column_encoding"] or {})}
    assert named <= set(read_encodings(path))


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_compressed_by_zstd(table: Table, tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path, table, [make_tables()[table.name]])
    group = pq.read_metadata(path).row_group(0)
    assert {group.column(place).compression for place in range(group.num_columns)} == {"ZSTD"}


def test_files_say_that_they_are_synthetic(tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "tiny")
    for file in path.rglob("*.parquet"):
        assert pq.read_schema(file).metadata[b"smearbench.synthetic"] == b"true"


def test_files_of_observations_carry_no_metadata_of_their_own(tmp_path: Path) -> None:
    """What differs between worlds must not stand in a file that a detector sees."""
    first = write_tiny(tmp_path / "a", seed=1)
    second = write_tiny(tmp_path / "b", seed=2, variant="twin")
    for file in (first / "observations").rglob("*.parquet"):
        assert file.read_bytes() == (second / file.relative_to(first)).read_bytes()


def test_posts_are_at_most_55_percent_of_the_size_with_default_options(posts: pa.Table, tmp_path: Path) -> None:
    (path,) = write_rows(tmp_path, POSTS, [posts])
    pq.write_table(posts, tmp_path / "default.parquet")
    assert path.stat().st_size <= 0.55 * (tmp_path / "default.parquet").stat().st_size


def test_row_groups_are_exactly_two_to_the_18(tmp_path: Path) -> None:
    n_rows = ROW_GROUP_ROWS + 1000
    rows = pa.table([np.arange(n_rows), np.arange(n_rows), np.zeros(n_rows, np.int32)], schema=TRUTH_LIKES.arrow)
    (path,) = write_rows(tmp_path, TRUTH_LIKES, [rows.slice(0, 100_001), rows.slice(100_001)])
    metadata = pq.read_metadata(path)
    assert [metadata.row_group(place).num_rows for place in range(metadata.num_row_groups)] == [1 << 18, 1000]


def test_parts_roll_over_after_their_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "ROW_GROUP_ROWS", 10)
    monkeypatch.setattr(table_files, "ROW_GROUPS_PER_PART", 3)
    rows = pa.table([np.arange(65), np.arange(65), np.zeros(65, np.int32)], schema=TRUTH_LIKES.arrow)
    paths = write_rows(tmp_path, TRUTH_LIKES, [rows])
    assert [path.name for path in paths] == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert [pq.read_metadata(path).num_rows for path in paths] == [30, 30, 5]


def test_a_full_last_part_is_not_followed_by_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_files, "ROW_GROUP_ROWS", 10)
    monkeypatch.setattr(table_files, "ROW_GROUPS_PER_PART", 3)
    rows = pa.table([np.arange(30), np.arange(30), np.zeros(30, np.int32)], schema=TRUTH_LIKES.arrow)
    assert len(write_rows(tmp_path, TRUTH_LIKES, [rows])) == 1


@given(cuts=st.lists(st.integers(0, 40_000), max_size=8))
@settings(max_examples=8, deadline=None)
def test_bytes_do_not_depend_on_how_rows_are_cut(
    posts: pa.Table, tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_files, "ROW_GROUP_ROWS", 1 << 14)
        folder = tmp_path_factory.mktemp("cuts")
        (whole,) = write_rows(folder / "whole", POSTS, [posts])
        ends = [0, *sorted(cuts), len(posts)]
        portions = [posts.slice(first, last - first) for first, last in pairwise(ends)]
        (cut,) = write_rows(folder / "cut", POSTS, portions)
        assert cut.read_bytes() == whole.read_bytes()


def test_bytes_do_not_depend_on_the_order_of_dictionaries(tmp_path: Path) -> None:
    rows = make_tables()["posts"]
    place = rows.schema.get_field_index("kind")
    codes = pa.array([{"post": 3, "repost": 1, "quote": 0, "reply": 2}[kind] for kind in rows["kind"].to_pylist()])
    words = pa.array(["quote", "repost", "reply", "post", "never used"])
    other = pa.DictionaryArray.from_arrays(codes.cast(pa.int16()), words)
    changed = rows.set_column(place, rows.schema.field(place), other)
    (first,) = write_rows(tmp_path / "a", POSTS, [rows])
    (second,) = write_rows(tmp_path / "b", POSTS, [changed])
    assert first.read_bytes() == second.read_bytes()


def test_settled_dictionaries_are_sorted_and_hold_used_words_only() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([2, None, 0, 2], pa.int16()), pa.array(["c", "b", "a"]))
    (column,) = settle(pa.table({"word": words})).columns
    assert column.chunk(0).dictionary.to_pylist() == ["a", "c"]
    assert column.to_pylist() == ["a", None, "c", "a"]


def test_settling_keeps_a_column_of_nulls() -> None:
    words = pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int16()), pa.array(["a"]))
    (column,) = settle(pa.table({"word": words})).columns
    assert column.to_pylist() == [None, None]


def test_settling_joins_chunks_with_different_dictionaries() -> None:
    chunks = [
        pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int16()), pa.array(["b", "a"])),
        pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int16()), pa.array(["c", "b"])),
    ]
    (column,) = settle(pa.table({"word": pa.chunked_array(chunks)})).columns
    assert column.num_chunks == 1
    assert column.to_pylist() == ["b", "a", "b", "c"]
