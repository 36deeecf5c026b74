"""Writes the files of one table: rows are re-cut into full row groups, row groups into numbered parts."""

import hashlib
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.dataset.encodings import ROW_GROUP_ROWS, ROW_GROUPS_PER_PART, choose_parquet_options, settle
from simulator.dataset.manifest import FileEntry
from simulator.schema import Table


def check_rows(table: Table, rows: pa.Table) -> None:
    """Refuse rows that are not those of the table.

    Raises
    ------
    ValueError
        When a column is missing, misplaced or of another type, or when one that must not be null is.
    """
    found = {field.name: field.type for field in rows.schema}
    expected = {column.name: column.type for column in table.columns}
    if list(found) != list(expected):
        raise ValueError(f"table {table.name}: columns must be {list(expected)}, got {list(found)}")
    for column in table.columns:
        if found[column.name] != column.type:
            raise ValueError(f"table {table.name}: {column.name} must be {column.type}, got {found[column.name]}")
        if not column.nullable and rows.column(column.name).null_count:
            n_null = rows.column(column.name).null_count
            raise ValueError(f"table {table.name}: {column.name} must never be null, got {n_null} nulls")


class TableFiles:
    """The growing files of one table.

    Rows wait until they fill a row group of exactly 2^18, so that files do not depend on the size of
    the batches; at most one row group is held in memory.

    Parameters
    ----------
    folder : Path
        The unfinished dataset folder.
    table : Table
        The table that the rows belong to.
    """

    def __init__(self, folder: Path, table: Table) -> None:
        self._folder = folder
        self._table = table
        self._schema = table.arrow
        self._options = choose_parquet_options(table)
        self._waiting: list[pa.Table] = []
        self._n_waiting = 0
        self._n_row_groups = 0
        self._writer: pq.ParquetWriter | None = None
        self._path = ""
        self._n_rows = 0
        self.entries: list[FileEntry] = []

    def add(self, rows: pa.Table) -> None:
        """Append rows; write those that fill a row group."""
        rows = pa.Table.from_arrays(rows.columns, schema=self._schema)
        while self._n_waiting + rows.num_rows >= ROW_GROUP_ROWS:
            head = rows.slice(0, ROW_GROUP_ROWS - self._n_waiting)
            rows = rows.slice(head.num_rows)
            self._waiting.append(head)
            self._write_row_group()
        if rows.num_rows:
            self._waiting.append(rows)
            self._n_waiting += rows.num_rows

    def close(self) -> None:
        """Write what waits and finish the last file; a table without rows gets one empty file."""
        if self._n_waiting or not (self._writer or self.entries):
            self._write_row_group()
        self._close_part()

    def abandon(self) -> None:
        """Close the open file without caring for its content."""
        self._waiting.clear()
        if self._writer is not None:
            self._writer.close()

    def _write_row_group(self) -> None:
        if self._writer is None:
            self._open_part()
        assert self._writer is not None
        rows = settle(pa.concat_tables(self._waiting) if self._waiting else self._schema.empty_table())
        self._waiting.clear()
        self._n_waiting = 0
        self._writer.write_table(rows, row_group_size=ROW_GROUP_ROWS)
        self._n_rows += rows.num_rows
        self._n_row_groups += 1
        if self._table.parts and self._n_row_groups == ROW_GROUPS_PER_PART:
            self._close_part()

    def _open_part(self) -> None:
        table = self._table
        self._path = f"{table.path}/part-{len(self.entries):05d}.parquet" if table.parts else table.path
        path = self._folder / self._path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = pq.ParquetWriter(str(path), self._schema, **self._options)
        self._n_rows = 0
        self._n_row_groups = 0

    def _close_part(self) -> None:
        if self._writer is None:
            return
        self._writer.close()
        self._writer = None
        self.entries.append(seal_file(self._folder, self._path, self._n_rows))


def seal_file(folder: Path, path: str, rows: int | None = None) -> FileEntry:
    """Bring a file safely to the disk and return its entry of the manifest."""
    with open(folder / path, "rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return FileEntry(path=path, bytes=file.tell(), sha256=digest, rows=rows)
