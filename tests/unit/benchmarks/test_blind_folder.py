"""The folder that a detector works in shows what was visible, and nothing later."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks.blind.blind_folder import lay_out
from benchmarks.detector import OBSERVATIONS, Observations
from simulator.dataset import open_dataset
from tests.tiny_dataset import DAY, END, HOUR, LAUNCH, START, rows_of, write_tiny

MOMENTS = [START, START + DAY, START + DAY + 60_000, START + 2 * DAY, LAUNCH, LAUNCH + DAY, END - HOUR, END + DAY]
TIMES = {"accounts": "created_at", "posts": "created_at", "likes": "created_at", "follows": "since", "removals": "time"}


def _lay_out(tmp_path, as_of, **tables):
    dataset = open_dataset(write_tiny(tmp_path / "tiny", tables=tables))
    folder = tmp_path / "blind"
    folder.mkdir()
    lay_out(dataset, folder, as_of)
    return dataset, Observations(folder, as_of)


@pytest.mark.parametrize("as_of", MOMENTS)
def test_rows_are_those_before_the_moment(tmp_path, as_of):
    dataset, seen = _lay_out(tmp_path, as_of)
    for name, column in TIMES.items():
        whole = dataset.table(name)
        kept = pc.less(whole[column].cast("int64"), as_of)
        columns = [column for column in whole.column_names if column != "until"]
        found, expected = seen.table(name, columns), whole.select(columns).filter(kept)
        assert found.schema.equals(expected.schema)
        assert found.to_pylist() == expected.to_pylist(), name


@pytest.mark.parametrize(("as_of", "n_rows"), [(START + 2 * DAY - 1, 0), (START + 2 * DAY, 1), (LAUNCH + DAY, 2)])
def test_counters_are_visible_from_the_end_of_their_day(tmp_path, as_of, n_rows):
    _, seen = _lay_out(tmp_path, as_of)
    assert seen.table("metrics").num_rows == n_rows


def test_follow_that_ends_later_is_shown_as_lasting(tmp_path):
    dataset, seen = _lay_out(tmp_path, START + 4 * DAY)
    assert dataset.table("follows")["until"].null_count == 2
    assert seen.table("follows")["until"].null_count == 3
    assert seen.table("follows").schema.equals(OBSERVATIONS["follows"].arrow)


def test_follow_that_ended_keeps_its_end(tmp_path):
    dataset, seen = _lay_out(tmp_path, START + 4 * DAY + 1)
    assert seen.table("follows").equals(dataset.table("follows"))


def test_folder_holds_only_observations(tmp_path):
    dataset, seen = _lay_out(tmp_path, LAUNCH)
    found = {str(path.relative_to(seen.folder)) for path in seen.folder.rglob("*") if path.is_file()}
    expected = {
        str(path.relative_to(dataset.observations)) for path in dataset.observations.rglob("*") if path.is_file()
    }
    assert found == expected
    assert not any(path.is_symlink() for path in seen.folder.rglob("*"))


def test_writing_into_the_folder_spoils_only_the_copy(tmp_path):
    dataset, seen = _lay_out(tmp_path, END + DAY)
    for path in seen.folder.rglob("*.parquet"):
        path.write_bytes(b"")
    open_dataset(dataset.path, verify=True)


def test_words_that_occur_only_later_are_not_in_the_dictionaries(tmp_path):
    posts = rows_of("posts", [
        (101, START, 11, "post", None, 101, "one", "en", [], [], [], "iphone"),
        (102, LAUNCH, 12, "post", None, 102, "two", "zh", [], [], [], "api"),
    ])  # fmt: skip
    _, seen = _lay_out(tmp_path, LAUNCH, posts=posts, truth_posts=rows_of("truth_posts", [
        (101, None, None, None, None, None, None, 0), (102, None, None, None, None, None, None, 0),
    ]))  # fmt: skip
    raw = pq.ParquetFile(seen.files("posts")[0])
    assert raw.read().column("client").combine_chunks().dictionary.to_pylist() == ["iphone"]
    assert b"api" not in seen.files("posts")[0].read_bytes()


def test_context_is_copied(tmp_path):
    dataset, seen = _lay_out(tmp_path, LAUNCH)
    assert seen.context == dataset.context
