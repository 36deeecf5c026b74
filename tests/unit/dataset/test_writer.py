"""Rules of writing: rows are checked, errors surface, nothing half is left."""

import errno
import hashlib
import json
import threading
from pathlib import Path

import pyarrow as pa
import pytest

from simulator.dataset import Context, DatasetWriter, open_dataset
from simulator.dataset import writer as writer_module
from simulator.dataset.tables import TableFiles
from simulator.errors import OutputError
from simulator.schema import TABLES
from tests.tiny_dataset import CONTEXT, make_origin, make_tables, write_tiny


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_finished_dataset_holds_every_row(tmp_path: Path) -> None:
    dataset = open_dataset(write_tiny(tmp_path / "tiny"), verify=True)
    for name, rows in make_tables().items():
        read = dataset.table(name)
        assert (read.schema, read.to_pylist()) == (rows.schema, rows.to_pylist()), name


def test_a_finished_dataset_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_tiny(tmp_path / "tiny")
    assert names_in(tmp_path) == ["tiny"]


def test_equal_content_gives_equal_bytes(tmp_path: Path) -> None:
    first, second = write_tiny(tmp_path / "a"), write_tiny(tmp_path / "b")
    for file in first.rglob("*"):
        if file.is_file():
            assert file.read_bytes() == (second / file.relative_to(first)).read_bytes(), file


def test_the_manifest_lists_every_other_file_with_its_digest(tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "tiny")
    entries = {entry["path"]: entry for entry in json.loads((path / "manifest.json").read_text())["files"]}
    files = {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}
    assert set(entries) == files - {"manifest.json"}
    for name, entry in entries.items():
        content = (path / name).read_bytes()
        assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_tables_without_rows_are_written_empty(tmp_path: Path) -> None:
    with DatasetWriter(tmp_path / "empty") as writer:
        path = writer.finish(make_origin(), CONTEXT)
    dataset = open_dataset(path, verify=True)
    assert dataset.counts == {table.name: 0 for table in TABLES if not table.optional}
    assert dataset.table("posts").num_rows == 0


def test_optional_tables_are_only_written_when_they_got_rows(tmp_path: Path) -> None:
    dataset = open_dataset(write_tiny(tmp_path / "tiny", log=False))
    assert not dataset.has("truth_exposure_log")
    assert not (dataset.path / "truth/exposure_log").exists()


def test_record_batches_are_taken_as_well_as_tables(tmp_path: Path) -> None:
    rows = make_tables()["posts"]
    with DatasetWriter(tmp_path / "tiny") as writer:
        for batch in rows.to_batches(max_chunksize=3):
            writer.write("posts", batch)
        path = writer.finish(make_origin(), CONTEXT)
    assert open_dataset(path).table("posts").to_pylist() == rows.to_pylist()


def test_an_unknown_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"table must be one of accounts, posts.*got '../posts'"):  # noqa: SIM117
        with DatasetWriter(tmp_path / "tiny") as writer:
            writer.write("../posts", make_tables()["posts"])


def test_a_missing_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"table likes: columns must be .*got \['created_at', 'account_id'\]"):  # noqa: SIM117
        with DatasetWriter(tmp_path / "tiny") as writer:
            writer.write("likes", make_tables()["likes"].drop_columns(["post_id"]))


def test_a_column_of_another_type_is_refused(tmp_path: Path) -> None:
    rows = make_tables()["likes"]
    rows = rows.set_column(2, "post_id", rows["post_id"].cast(pa.int32()))
    with pytest.raises(ValueError, match="table likes: post_id must be int64, got int32"):  # noqa: SIM117
        with DatasetWriter(tmp_path / "tiny") as writer:
            writer.write("likes", rows)


def test_a_null_where_none_may_be_is_refused(tmp_path: Path) -> None:
    rows = make_tables()["likes"]
    rows = rows.set_column(2, "post_id", pa.array([None, 1], pa.int64()))
    with pytest.raises(ValueError, match="table likes: post_id must never be null, got 1 nulls"):  # noqa: SIM117
        with DatasetWriter(tmp_path / "tiny") as writer:
            writer.write("likes", rows)


def test_an_error_in_the_block_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), DatasetWriter(tmp_path / "tiny") as writer:  # noqa: PT012
        writer.write("posts", make_tables()["posts"])
        raise ZeroDivisionError
    assert names_in(tmp_path) == []


def test_a_block_that_never_finished_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nothing was written: the dataset was never finished"):  # noqa: SIM117
        with DatasetWriter(tmp_path / "tiny") as writer:
            writer.write("posts", make_tables()["posts"])
    assert names_in(tmp_path) == []


def fail(error: BaseException) -> object:
    def raise_it(*_: object, **__: object) -> None:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "tiny: must be writable: the disk is full. Free some space"),
        (OSError(errno.EROFS, "Read-only file system"), "must be writable: the file system is read-only. Choose"),
        (OSError(errno.EFBIG, "File too large"), "must be writable: the file would be larger than allowed"),
        (OSError(errno.EIO, "Input/output error"), r"must be writable: \[Errno 5\] Input/output error"),
        (pa.ArrowInvalid("odd rows"), "writing failed: odd rows"),
    ],
)
def test_an_error_of_the_thread_surfaces_with_its_reason(
    error: Exception, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TableFiles, "add", fail(error))
    with pytest.raises(OutputError, match=message):
        write_tiny(tmp_path / "tiny")
    assert names_in(tmp_path) == []


def test_an_error_of_the_thread_surfaces_while_rows_are_still_coming(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that only noticed at the end would simulate for hours in vain, or wait for ever."""
    monkeypatch.setattr(TableFiles, "add", fail(OSError(errno.ENOSPC, "full")))
    rows = make_tables()["likes"]
    n_written = 0
    with pytest.raises(OutputError, match="the disk is full"), DatasetWriter(tmp_path / "tiny") as writer:  # noqa: PT012
        for _ in range(1000):
            writer.write("likes", rows)
            n_written += 1
    assert n_written < 1000


def test_an_error_while_documents_are_written_keeps_the_old_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_tiny(tmp_path / "tiny", seed=1)
    monkeypatch.setattr(writer_module, "render_card", fail(OSError(errno.ENOSPC, "full")))
    with pytest.raises(OutputError, match="the disk is full"):
        write_tiny(path, seed=2, force=True)
    assert names_in(tmp_path) == ["tiny"]
    assert open_dataset(path, verify=True).seed == 1


def test_the_queue_bounds_what_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(TableFiles, "add", lambda *_: gate.wait(10))
    with DatasetWriter(tmp_path / "tiny") as writer:
        filler = threading.Thread(target=lambda: [writer.write("likes", make_tables()["likes"]) for _ in range(9)])
        filler.start()
        filler.join(0.3)
        assert filler.is_alive()
        gate.set()
        filler.join(10)
        writer.finish(make_origin(), CONTEXT)


def test_the_context_names_no_scenario_and_no_seed(tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "tiny", seed=987654)
    text = (path / "observations/context.json").read_text()
    assert "tiny" not in text
    assert "987654" not in text
    assert json.loads(text)["events"] == [{"name": "car", "kind": "launch", "time": "2025-05-04T00:00:00Z"}]


def test_the_context_keeps_other_scripts_readable() -> None:
    values = {name: getattr(CONTEXT, name) for name in Context.__slots__} | {"brand": "曙光"}
    assert '"brand": "曙光"' in Context(**values).to_json()
