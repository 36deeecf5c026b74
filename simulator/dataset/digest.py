"""The digest of what a dataset says, whatever its files look like."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa

from simulator.dataset.reader import Dataset, open_dataset
from simulator.schema import TABLES

_LENGTH = np.dtype("<i4")


def content_digest(path: str | Path) -> str:
    """Return the SHA-256 of the Arrow content of all tables of a dataset.

    Equal for equal rows in equal order, whatever the compression, row groups, dictionaries and the
    versions of the libraries that wrote them; documents beside the tables do not count.

    Parameters
    ----------
    path : str or Path
        A dataset folder.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    DatasetError
        When the folder is no complete dataset.

    Examples
    --------
    >>> len(content_digest(world))
    64
    """
    digest = hashlib.sha256()
    for name, table_digest in digest_tables(path).items():
        digest.update(f"{name} {table_digest}\n".encode())
    return digest.hexdigest()


def digest_tables(path: str | Path) -> dict[str, str]:
    """Return the digest of every table of a dataset, in the order of the schema."""
    dataset = open_dataset(path)
    return {table.name: _digest_table(dataset, table.name) for table in TABLES if dataset.has(table.name)}


def _digest_table(dataset: Dataset, name: str) -> str:
    columns: dict[str, _ColumnDigest] = {}
    for batch in dataset.batches(name):
        for field, column in zip(batch.schema, batch.columns, strict=True):
            columns.setdefault(field.name, _ColumnDigest()).add(column)
    digest = hashlib.sha256(f"{dataset.counts[name]} rows\n".encode())
    for field_name, column_digest in columns.items():
        digest.update(f"{field_name} {column_digest.hexdigest()}\n".encode())
    return digest.hexdigest()


class _ColumnDigest:
    """Digests a column portion by portion: one stream of lengths or nulls, one of values."""

    def __init__(self) -> None:
        self._shape = hashlib.sha256()
        self._values = hashlib.sha256()
        self._elements: _ColumnDigest | None = None

    def add(self, column: pa.Array) -> None:
        """Append the rows of a column."""
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        if pa.types.is_list(column.type):
            self._add_lengths(column.value_lengths())
            self._elements = self._elements or _ColumnDigest()
            self._elements.add(column.flatten())
        elif pa.types.is_string(column.type):
            self._add_lengths(_count_bytes(column))
            self._values.update(_text_of(column))
        else:
            self._shape.update(column.is_valid().to_numpy(zero_copy_only=False))
            self._values.update(_numbers_of(column).data)

    def hexdigest(self) -> str:
        """Return the digest of all rows so far."""
        below = self._elements.hexdigest() if self._elements else ""
        return hashlib.sha256(f"{self._shape.hexdigest()} {self._values.hexdigest()} {below}".encode()).hexdigest()

    def _add_lengths(self, lengths: pa.Array) -> None:
        self._shape.update(lengths.fill_null(-1).to_numpy(zero_copy_only=False).astype(_LENGTH))


def _count_bytes(column: pa.StringArray) -> pa.Array:
    return pa.compute.binary_length(column)


def _text_of(column: pa.StringArray) -> bytes | memoryview:
    dense = column.drop_null()
    if not len(dense):
        return b""
    offsets = np.frombuffer(dense.buffers()[1], _LENGTH)[dense.offset : dense.offset + len(dense) + 1]
    return memoryview(dense.buffers()[2] or b"")[offsets[0] : offsets[-1]]


def _numbers_of(column: pa.Array) -> np.ndarray:
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.int64())
    elif pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    values = column.drop_null().to_numpy(zero_copy_only=False)
    return np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
