"""Rules of opening: what is not a complete dataset of this version is refused, with the reason."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator.dataset import open_dataset
from simulator.dataset.checks import check_dataset
from simulator.errors import DatasetError
from simulator.schema import SCHEMA_VERSION, TABLES
from tests.tiny_dataset import make_tables, write_tiny

POSTS_FILE = "observations/posts/part-00000.parquet"


def change_manifest(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads((path / "manifest.json").read_text())
    change(content)
    (path / "manifest.json").write_text(json.dumps(content))


def replace_file(path: Path, name: str, rows: pa.Table) -> None:
    """Put other rows in a file and make the manifest agree, as a mistaken tool would."""
    pq.write_table(rows, path / name)

    def change(content: dict[str, Any]) -> None:
        (entry,) = (entry for entry in content["files"] if entry["path"] == name)
        entry["bytes"] = (path / name).stat().st_size

    change_manifest(path, change)


def test_a_dataset_gives_its_origin(tiny: Path) -> None:
    dataset = open_dataset(tiny)
    assert (dataset.seed, dataset.is_twin, dataset.counts["posts"]) == (7, False, 8)
    assert dataset.scenario_text.startswith("id: tiny")
    assert dataset.context["brand"] == "Auralis"
    assert dataset.observations == tiny / "observations"


def test_a_twin_says_so(tmp_path: Path) -> None:
    assert open_dataset(write_tiny(tmp_path / "twin", variant="twin")).is_twin


def test_columns_come_in_the_order_asked_for(tiny: Path) -> None:
    assert open_dataset(tiny).table("posts", ["lang", "post_id"]).column_names == ["lang", "post_id"]


def test_tables_have_exactly_the_types_of_the_schema(tiny: Path) -> None:
    dataset = open_dataset(tiny)
    for table in TABLES:
        assert dataset.table(table.name).schema.equals(table.arrow), table.name


def test_batches_are_bounded_and_together_the_table(tiny: Path) -> None:
    batches = list(open_dataset(tiny).batches("posts", rows=3))
    assert [batch.num_rows for batch in batches] == [3, 3, 2]
    assert pa.Table.from_batches(batches).to_pylist() == make_tables()["posts"].to_pylist()


def test_an_unknown_table_is_refused(tiny: Path) -> None:
    with pytest.raises(ValueError, match=r"table must be one of accounts, posts.*got 'tweets'"):
        open_dataset(tiny).table("tweets")


def test_an_unknown_column_is_refused(tiny: Path) -> None:
    with pytest.raises(ValueError, match=r"column of posts must be one of post_id.*got 'push_id'"):
        open_dataset(tiny).table("posts", ["push_id"])


def test_an_optional_table_that_was_not_written_is_refused(tmp_path: Path) -> None:
    dataset = open_dataset(write_tiny(tmp_path / "tiny", log=False))
    with pytest.raises(DatasetError, match="must hold the table truth_exposure_log, got a dataset without it"):
        dataset.table("truth_exposure_log")


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"none: must be a dataset folder, got no such folder. Give the folder"):
        open_dataset(tmp_path / "none")


def test_a_file_instead_of_a_folder_is_refused(tiny: Path) -> None:
    with pytest.raises(DatasetError, match="must be a dataset folder, got a file"):
        open_dataset(tiny / "manifest.json")


def test_a_folder_without_manifest_is_refused(tiny: Path) -> None:
    (tiny / "manifest.json").unlink()
    with pytest.raises(DatasetError, match=r"manifest.json: must be there, got no such file. The dataset was never"):
        open_dataset(tiny)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"format": ', "manifest.json: must be JSON, got Expecting value"),
        ("[" * 100_000, "manifest.json: must be JSON, got "),
        ("[1]", "must say format 'smearbench dataset', got something else. This is not a smearbench dataset"),
        ('{"name": "other"}', "must say format 'smearbench dataset', got something else"),
        ('{"format": "smearbench dataset"}', "schema_version: must be 1, got None. Simulate it again"),
        ('{"format": "smearbench dataset", "schema_version": 1}', r"seed: must be valid \(Field required\)"),
    ],
)
def test_a_foreign_manifest_is_refused(text: str, message: str, tiny: Path) -> None:
    (tiny / "manifest.json").write_text(text)
    with pytest.raises(DatasetError, match=message):
        open_dataset(tiny)


def test_a_manifest_that_is_no_text_is_refused(tiny: Path) -> None:
    (tiny / "manifest.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(DatasetError, match=r"manifest.json: must be JSON"):
        open_dataset(tiny)


def test_a_huge_manifest_is_refused_unread(tiny: Path) -> None:
    os.truncate(tiny / "manifest.json", 1 << 40)
    with pytest.raises(DatasetError, match="must be at most 16777216 bytes, got 1099511627776"):
        open_dataset(tiny)


def test_a_newer_version_is_refused_with_both_versions(tiny: Path) -> None:
    change_manifest(tiny, lambda content: content.update(schema_version=SCHEMA_VERSION + 1))
    with pytest.raises(DatasetError, match=r"schema_version: must be 1, got 2. Install a newer smearbench"):
        open_dataset(tiny)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "observations/../../x", "truth/extra.parquet"])
def test_a_name_outside_the_dataset_is_refused(name: str, tiny: Path) -> None:
    change_manifest(tiny, lambda content: content["files"].append({"path": name, "bytes": 1, "sha256": "0" * 64}))
    with pytest.raises(DatasetError, match=f"files: must name files of a dataset only, got '{name}'"):
        open_dataset(tiny)


def test_a_file_listed_twice_is_refused(tiny: Path) -> None:
    change_manifest(tiny, lambda content: content["files"].append(content["files"][0]))
    with pytest.raises(DatasetError, match=r"must name every file once, got 'observations/accounts.parquet'"):
        open_dataset(tiny)


def test_a_table_that_is_not_listed_is_refused(tiny: Path) -> None:
    change_manifest(
        tiny, lambda content: content.update(files=[e for e in content["files"] if e["path"] != POSTS_FILE])
    )
    with pytest.raises(DatasetError, match="files: must name every file of posts in order"):
        open_dataset(tiny)


def test_row_counts_that_disagree_are_refused(tiny: Path) -> None:
    change_manifest(tiny, lambda content: content["rows"].update(posts=9))
    with pytest.raises(DatasetError, match=r"rows.posts: must be the sum of its files, 8, got 9"):
        open_dataset(tiny)


def test_a_missing_file_is_refused(tiny: Path) -> None:
    (tiny / POSTS_FILE).unlink()
    with pytest.raises(DatasetError, match=r"part-00000.parquet: must be a file of \d+ bytes, got no such file"):
        open_dataset(tiny)


def test_every_missing_file_is_named_at_once(tiny: Path) -> None:
    (tiny / POSTS_FILE).unlink()
    (tiny / "truth/pushes.parquet").unlink()
    with pytest.raises(DatasetError) as caught:
        open_dataset(tiny)
    assert len(caught.value.problems) == 2


def test_a_truncated_file_is_refused(tiny: Path) -> None:
    size = (tiny / POSTS_FILE).stat().st_size
    os.truncate(tiny / POSTS_FILE, size - 10)
    with pytest.raises(DatasetError, match=f"must be {size} bytes long, got {size - 10} bytes. It was cut"):
        open_dataset(tiny)


def test_a_file_between_the_parts_is_refused(tiny: Path) -> None:
    """Other programs read every part that they find."""
    (tiny / "observations/posts/part-00001.parquet").write_bytes((tiny / POSTS_FILE).read_bytes())
    with pytest.raises(DatasetError, match=r"part-00001.parquet: must be listed in the manifest, got a file that is"):
        open_dataset(tiny)


def test_a_changed_byte_is_found_when_verifying(tiny: Path) -> None:
    content = bytearray((tiny / POSTS_FILE).read_bytes())
    content[40] ^= 1
    (tiny / POSTS_FILE).write_bytes(content)
    with pytest.raises(DatasetError, match=r"part-00000.parquet: must have SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}"):
        open_dataset(tiny, verify=True)


def test_a_file_that_is_no_parquet_is_refused(tiny: Path) -> None:
    (tiny / POSTS_FILE).write_bytes(b"x" * (tiny / POSTS_FILE).stat().st_size)
    with pytest.raises(DatasetError, match=r"part-00000.parquet: must be Parquet, got .*magic bytes"):
        open_dataset(tiny)


def test_broken_pages_are_refused_when_read(tiny: Path) -> None:
    content = bytearray((tiny / POSTS_FILE).read_bytes())
    content[4:200] = bytes(196)
    (tiny / POSTS_FILE).write_bytes(content)
    with pytest.raises(DatasetError, match=r"part-00000.parquet: must be readable Parquet, got "):
        open_dataset(tiny).table("posts")


def test_a_missing_column_is_refused(tiny: Path) -> None:
    replace_file(tiny, POSTS_FILE, make_tables()["posts"].drop_columns(["text"]))
    with pytest.raises(DatasetError, match=r"part-00000.parquet: text: must be one column of type string, got no such"):
        open_dataset(tiny)


def test_a_column_of_another_type_is_refused(tiny: Path) -> None:
    rows = make_tables()["posts"]
    rows = rows.set_column(0, "post_id", rows["post_id"].cast(pa.string()))
    replace_file(tiny, POSTS_FILE, rows)
    with pytest.raises(DatasetError, match=r"part-00000.parquet: post_id: must be of type int64, got string"):
        open_dataset(tiny)


def test_a_column_more_is_refused(tiny: Path) -> None:
    """A label that slipped into the observations would be read by every detector."""
    rows = make_tables()["posts"]
    replace_file(tiny, POSTS_FILE, rows.append_column("push_id", pa.array([0] * len(rows))))
    with pytest.raises(DatasetError, match=r"push_id: must be a column of posts \(post_id, .*\), got int64"):
        open_dataset(tiny)


def test_columns_in_another_order_are_refused(tiny: Path) -> None:
    rows = make_tables()["likes"]
    replace_file(tiny, "observations/likes/part-00000.parquet", rows.select(["post_id", "account_id", "created_at"]))
    with pytest.raises(DatasetError, match=r"must have its columns in the order .*created_at.*got .*post_id"):
        open_dataset(tiny)


def test_a_file_with_other_rows_than_listed_is_refused(tiny: Path) -> None:
    replace_file(tiny, POSTS_FILE, make_tables()["posts"].slice(0, 5))
    with pytest.raises(DatasetError, match=r"part-00000.parquet: must have 8 rows, got 5 rows"):
        open_dataset(tiny)


def test_a_moved_dataset_is_still_whole(tiny: Path) -> None:
    moved = tiny.rename(tiny.with_name("moved [1] *"))
    assert open_dataset(moved, verify=True).table("posts").num_rows == 8


def test_other_files_at_the_top_do_not_matter(tiny: Path) -> None:
    (tiny / "notes.txt").write_text("mine")
    assert check_dataset(tiny, verify=True).seed == 7
