"""Rules of the content digest: it follows the rows, and nothing but the rows."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator.dataset import content_digest, digest_tables
from simulator.dataset import reader as reader_module
from simulator.dataset import tables as table_files
from tests.tiny_dataset import make_tables, rows_of, write_tiny

# Any change of these digits after a release is a change of what earlier datasets said: a new schema version.
# Before the first release they moved within version 1, when truth/posts gained rally_id.
TINY_DIGEST = "26e7da9f72ccfa9b03e1ff18454109aeb1f8992abdf279533a0d3e946e81af5c"


def test_the_digest_of_known_rows_never_changes(tiny: Path) -> None:
    assert content_digest(tiny) == TINY_DIGEST


def test_the_digest_does_not_see_seed_or_documents(tmp_path: Path, tiny: Path) -> None:
    other = write_tiny(tmp_path / "other", seed=99, variant="twin")
    assert content_digest(other) == content_digest(tiny)


def test_the_digest_does_not_see_row_groups_and_parts(
    tmp_path: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_files, "ROW_GROUP_ROWS", 3)
    monkeypatch.setattr(table_files, "ROW_GROUPS_PER_PART", 1)
    other = write_tiny(tmp_path / "other")
    assert pq.read_metadata(other / "observations/posts/part-00000.parquet").num_rows == 3
    assert content_digest(other) == content_digest(tiny)


@pytest.mark.parametrize("n_rows", [1, 3, 7])
def test_the_digest_does_not_see_how_it_is_read(n_rows: int, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = content_digest(tiny)
    batches = reader_module.Dataset.batches
    monkeypatch.setattr(reader_module.Dataset, "batches", lambda self, name: batches(self, name, rows=n_rows))
    assert content_digest(tiny) == whole


def change_cell(name: str, column: str, row: int, value: object) -> pa.Table:
    rows = make_tables()[name].to_pylist()
    rows[row][column] = value
    return rows_of(name, [tuple(row.values()) for row in rows])


@pytest.mark.parametrize(
    ("name", "column", "row", "value"),
    [
        ("posts", "post_id", 3, 999),
        ("posts", "parent_id", 2, None),
        ("posts", "text", 0, "Bread day"),
        ("posts", "text", 0, None),
        ("posts", "text", 2, ""),
        ("posts", "kind", 5, "quote"),
        ("posts", "hashtags", 1, []),
        ("posts", "hashtags", 1, ["Auralis", "One"]),
        ("accounts", "verified", 0, True),
        ("truth_accounts", "role", 0, "seeder"),
        ("truth_attitudes", "mean", 0, 0.1000000001),
        ("truth_posts", "stance", 0, 1),
    ],
)
def test_the_digest_sees_every_kind_of_cell(
    name: str, column: str, row: int, value: object, tmp_path: Path, tiny: Path
) -> None:
    other = write_tiny(tmp_path / "other", tables={name: change_cell(name, column, row, value)})
    differing = {table for table, digest in digest_tables(other).items() if digest != digest_tables(tiny)[table]}
    assert differing == {name}


def test_the_digest_sees_where_one_text_ends(tmp_path: Path) -> None:
    def write(first: str, second: str) -> str:
        rows = change_cell("posts", "text", 0, first).to_pylist()
        rows[1]["text"] = second
        changed = rows_of("posts", [tuple(row.values()) for row in rows])
        return content_digest(write_tiny(tmp_path / "tiny", force=True, tables={"posts": changed}))

    assert write("ab", "c") != write("a", "bc")


def test_the_digest_sees_the_order_of_rows(tmp_path: Path, tiny: Path) -> None:
    swapped = make_tables()["likes"].take(pa.array([1, 0]))
    assert content_digest(write_tiny(tmp_path / "other", tables={"likes": swapped})) != content_digest(tiny)


def test_the_digest_sees_a_missing_optional_table(tmp_path: Path, tiny: Path) -> None:
    assert content_digest(write_tiny(tmp_path / "other", log=False)) != content_digest(tiny)
